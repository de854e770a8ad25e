package api

import (
	"context"
	"slices"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
	"time"
)

func (s *server) showTeam(ctx context.Context, _ *call, _ *struct{}) (*body[client.Team], error) {
	t, err := s.DB.Team(ctx)
	return answer(client.Team{Name: t.Name, Zone: t.Zone, Backup: string(t.Backup), Audience: string(t.Audience)}, err)
}

func (s *server) setTeam(ctx context.Context, c *call, in *body[client.Team]) (*body[client.Team], error) {
	b := in.Body
	err := s.DB.SetTeam(ctx, store.Team{Name: b.Name, Zone: b.Zone, Backup: incident.Person(c.me(b.Backup)), Audience: incident.Audience(b.Audience)})
	if err != nil {
		return nil, err
	}
	return s.showTeam(ctx, c, nil)
}

func (s *server) listPolicies(ctx context.Context, _ *call, _ *struct{}) (*body[client.Policies], error) {
	policies, err := s.DB.Policies(ctx)
	out := client.Policies{Policies: []client.Policy{}}
	for _, severity := range incident.Severities {
		out.Policies = append(out.Policies, policyOf(severity, policies.For(severity)))
	}
	return answer(out, err)
}

func policyOf(severity incident.Severity, p incident.Policy) client.Policy {
	return client.Policy{
		Severity: string(severity), First: client.Duration(p.First), Every: client.Duration(p.Every), Watching: client.Duration(p.Watching),
		BrokenAfter: client.Duration(p.BrokenAfter), Steps: stepsOf(p.Steps),
		Review: client.Window{Days: p.Review.Days, Working: p.Review.Working, BrokenAfter: client.Duration(p.Review.BrokenAfter), Steps: stepsOf(p.Review.Steps)},
	}
}

func stepsOf(steps []incident.Step) []client.Step {
	out := make([]client.Step, len(steps))
	for i, step := range steps {
		out[i] = client.Step{After: client.Duration(step.After), To: texts(step.To)}
	}
	return out
}

func readSteps(steps []client.Step) []incident.Step {
	out := make([]incident.Step, len(steps))
	for i, step := range steps {
		out[i].After = time.Duration(step.After)
		for _, role := range step.To {
			out[i].To = append(out[i].To, incident.Role(role))
		}
	}
	return out
}

func (s *server) setPolicy(ctx context.Context, _ *call, in *change[client.Policy]) (*body[client.Policy], error) {
	severity := incident.Severity(in.ID)
	if !slices.Contains(incident.Severities, severity) {
		return nil, fault.New(fault.Missing, "There is no such severity. Choose SEV1, SEV2, SEV3 or SEV4")
	}
	b := in.Body
	p := incident.Policy{
		First: time.Duration(b.First), Every: time.Duration(b.Every), Watching: time.Duration(b.Watching), BrokenAfter: time.Duration(b.BrokenAfter),
		Steps:  readSteps(b.Steps),
		Review: incident.Window{Days: b.Review.Days, Working: b.Review.Working, BrokenAfter: time.Duration(b.Review.BrokenAfter), Steps: readSteps(b.Review.Steps)},
	}
	return answer(policyOf(severity, p), s.DB.SetPolicy(ctx, severity, p))
}

// servicesOf returns the services that a reader may know of, with how they do.
func (s *server) servicesOf(ctx context.Context, who access.Who) ([]client.Service, error) {
	list, err := s.DB.Services(ctx, who)
	if err != nil {
		return nil, err
	}
	states, err := s.DB.ServiceStates(ctx, who)
	out := make([]client.Service, 0, len(list))
	for _, v := range list {
		state := states[v.ID]
		if state == "" {
			state = store.Operational
		}
		out = append(out, client.Service{
			ID: v.ID, Name: v.Name, Description: v.Description, Group: v.Group, Audience: string(v.Audience), State: string(state), ArchivedAt: v.ArchivedAt,
		})
	}
	return out, err
}

func (s *server) listServices(ctx context.Context, c *call, _ *struct{}) (*body[client.Services], error) {
	list, err := s.servicesOf(ctx, c.who)
	return answer(client.Services{Services: list}, err)
}

func serviceFrom(id string, b client.ServiceChange) store.Service {
	return store.Service{ID: id, Name: b.Name, Description: b.Description, Group: b.Group, Audience: incident.Audience(b.Audience)}
}

func (s *server) service(ctx context.Context, c *call, id string, err error) (*body[client.Service], error) {
	if err != nil {
		return nil, err
	}
	list, err := s.servicesOf(ctx, c.who)
	for _, v := range list {
		if v.ID == id {
			return answer(v, nil)
		}
	}
	if err == nil {
		err = fault.New(fault.Missing, "There is no such service. See the list of services")
	}
	return nil, err
}

func (s *server) addService(ctx context.Context, c *call, in *body[client.ServiceChange]) (*body[client.Service], error) {
	v, err := s.DB.AddService(ctx, serviceFrom(in.Body.ID, in.Body))
	return s.service(ctx, c, v.ID, err)
}

func (s *server) changeService(ctx context.Context, c *call, in *change[client.ServiceChange]) (*body[client.Service], error) {
	if in.Body.ID != "" && in.Body.ID != in.ID {
		return nil, fault.Bad("id", "Leave this out. The id of a service stays as it is")
	}
	return s.service(ctx, c, in.ID, s.DB.ChangeService(ctx, serviceFrom(in.ID, in.Body)))
}

func (s *server) archiveService(ctx context.Context, c *call, in *change[client.Archive]) (*body[client.Service], error) {
	return s.service(ctx, c, in.ID, s.DB.ArchiveService(ctx, in.ID, in.Body.Archived))
}

func (s *server) orderServices(ctx context.Context, c *call, in *body[client.Order]) (*body[client.Services], error) {
	if err := s.DB.OrderServices(ctx, in.Body.IDs); err != nil {
		return nil, err
	}
	return s.listServices(ctx, c, nil)
}
