package api

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// body is an answer without headers of its own.
type body[T any] struct{ Body T }

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// Numbered is the address of an incident. The framework sees exported fields only.
type Numbered struct {
	ID int64 `path:"id" minimum:"1" doc:"The incident's number"`
}

type incidentIn struct {
	Numbered
	IfNoneMatch string `header:"If-None-Match" maxLength:"100" doc:"The ETag of the incident as it was read"`
}

type incidentOut struct {
	Status int
	ETag   string `header:"ETag" doc:"The incident's version; absent outside the team"`
	Body   client.Incident
}

func (s *server) showIncident(ctx context.Context, c *call, in *incidentIn) (*incidentOut, error) {
	state, err := s.DB.Incident(ctx, c.who, in.ID)
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	out := &incidentOut{Status: 200, Body: s.incidentOf(state, n, c.team())}
	if c.team() {
		out.ETag = etag(state.Version)
		if in.IfNoneMatch == out.ETag {
			out.Status = 304
		}
	}
	return out, nil
}

// team reports whether the caller reads what the team reads.
func (c *call) team() bool { return c.who.Sees(string(incident.Team)) }

func (s *server) incidentsOf(ctx context.Context, c *call, list []incident.Incident) ([]client.Incident, error) {
	n, err := s.names(ctx)
	out := make([]client.Incident, len(list))
	for i, in := range list {
		out[i] = s.incidentOf(in, n, c.team())
	}
	return out, err
}

type incidentsIn struct {
	Open     bool      `query:"open" doc:"Only those that are not over"`
	Over     bool      `query:"over" doc:"Only those that are over"`
	Severity string    `query:"severity" maxLength:"10"`
	Owner    string    `query:"owner" maxLength:"100" doc:"A member's id; me for the caller"`
	Service  string    `query:"service" maxLength:"100" doc:"A service's id"`
	Since    time.Time `query:"since" doc:"Declared at or after"`
	Until    time.Time `query:"until" doc:"Declared before"`
	Text     string    `query:"q" maxLength:"200" doc:"In the title"`
	Before   int64     `query:"before" minimum:"1" doc:"Incidents with a smaller number: the next page"`
	Limit    int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type incidentsOut struct {
	Link string `header:"Link" doc:"rel=next: the next page"`
	Body client.IncidentPage
}

func (s *server) listIncidents(ctx context.Context, c *call, in *incidentsIn) (*incidentsOut, error) {
	f := store.IncidentFilter{
		Open: in.Open, Over: in.Over, Severity: in.Severity, Service: in.Service, Since: in.Since, Until: in.Until,
		Text: in.Text, Before: in.Before, Limit: in.Limit + 1,
	}
	if in.Owner != "" {
		if err := access.Check(c.who, access.ReadStakeholders); err != nil {
			return nil, err
		}
		f.Owner = c.me(in.Owner)
	}
	rows, err := s.DB.Incidents(ctx, c.who, f)
	if err != nil {
		return nil, err
	}
	rows, before := page(rows, in.Limit, func(in incident.Incident) int64 { return in.ID })
	list, err := s.incidentsOf(ctx, c, rows)
	if err != nil {
		return nil, err
	}
	out := &incidentsOut{Body: client.IncidentPage{Incidents: list, Before: before}}
	if before > 0 {
		out.Link = fmt.Sprintf(`<%s%s/incidents?%s>; rel="next"`, s.BaseURL, client.Prefix, in.next(before).Encode())
	}
	return out, nil
}

// next returns the query of the next page.
func (in *incidentsIn) next(before int64) url.Values {
	q := url.Values{"before": {decimal(before)}, "limit": {decimal(int64(in.Limit))}}
	for name, value := range map[string]string{"severity": in.Severity, "owner": in.Owner, "service": in.Service, "q": in.Text} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, value := range map[string]bool{"open": in.Open, "over": in.Over} {
		if value {
			q.Set(name, "true")
		}
	}
	for name, at := range map[string]time.Time{"since": in.Since, "until": in.Until} {
		if !at.IsZero() {
			q.Set(name, at.Format(time.RFC3339Nano))
		}
	}
	return q
}

// me returns the caller's id for "me".
func (c *call) me(id string) string {
	if id == "me" {
		return c.who.MemberID
	}
	return id
}

func (s *server) showTimeline(ctx context.Context, c *call, in *Numbered) (*body[client.Timeline], error) {
	entries, err := s.DB.Timeline(ctx, c.who, in.ID)
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	out := client.Timeline{Entries: make([]client.Entry, 0, len(entries))}
	for _, e := range entries {
		out.Entries = append(out.Entries, entryOf(e, n, c.team()))
	}
	return answer(out, err)
}

// statusLimit bounds how many open incidents are shown at once.
const statusLimit = 200

func (s *server) showStatus(ctx context.Context, c *call, _ *struct{}) (*body[client.Status], error) {
	rows, err := s.DB.Incidents(ctx, c.who, store.IncidentFilter{Open: true, Limit: statusLimit})
	if err != nil {
		return nil, err
	}
	out := client.Status{Now: s.DB.Now()}
	if out.Incidents, err = s.incidentsOf(ctx, c, rows); err != nil {
		return nil, err
	}
	// Whose promise is next comes first; then those without one.
	slices.SortStableFunc(out.Incidents, func(a, b client.Incident) int {
		switch {
		case a.Next != nil && b.Next != nil:
			return a.Next.DueAt.Compare(b.Next.DueAt)
		case a.Next != nil:
			return -1
		case b.Next != nil:
			return 1
		}
		return 0
	})
	team, err := s.DB.Team(ctx)
	if err != nil {
		return nil, err
	}
	out.Team = team.Name
	services, err := s.servicesOf(ctx, c.who)
	out.Services = slices.DeleteFunc(services, func(v client.Service) bool { return !v.ArchivedAt.IsZero() })
	return answer(out, err)
}
