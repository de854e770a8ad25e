package api

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/fault"
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

<<<<<<< HEAD
type numbered struct {
=======
// Numbered is the address of an incident. The framework sees exported fields only.
type Numbered struct {
>>>>>>> api
	ID int64 `path:"id" minimum:"1" doc:"The incident's number"`
}

type incidentIn struct {
<<<<<<< HEAD
	numbered
=======
	Numbered
>>>>>>> api
	IfNoneMatch string `header:"If-None-Match" maxLength:"100" doc:"The ETag of the incident as it was read"`
}

type incidentOut struct {
	Status int
	ETag   string `header:"ETag" doc:"The incident's version; absent outside the team"`
	Body   client.Incident
}

<<<<<<< HEAD
// missing is what everybody hears of an incident they may not know of.
func missing(id int64) error {
	return fault.Newf(fault.Missing, "There is no incident %d. See all incidents", id)
}

=======
>>>>>>> api
func (s *server) showIncident(ctx context.Context, c *call, in *incidentIn) (*incidentOut, error) {
	state, err := s.DB.Incident(ctx, c.who, in.ID)
	if err != nil {
		return nil, err
	}
<<<<<<< HEAD
	list, err := s.asSeen(ctx, c.who, []incident.Incident{state})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, missing(in.ID)
	}
	out := &incidentOut{Status: 200, Body: list[0]}
	if list[0].Version > 0 {
=======
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	out := &incidentOut{Status: 200, Body: s.incidentOf(state, n, c.team())}
	if c.team() {
>>>>>>> api
		out.ETag = etag(state.Version)
		if in.IfNoneMatch == out.ETag {
			out.Status = 304
		}
	}
	return out, nil
}

<<<<<<< HEAD
// asSeen returns those of the incidents that the reader may know of, as they
// may know them.
func (s *server) asSeen(ctx context.Context, who access.Who, list []incident.Incident) ([]client.Incident, error) {
	out := make([]client.Incident, 0, len(list))
	if who.Sees(string(incident.Team)) {
		n, err := s.names(ctx)
		for _, in := range list {
			out = append(out, s.incidentOf(in, n))
		}
		return out, err
	}
	for _, in := range list {
		entries, err := s.DB.Timeline(ctx, who, in.ID)
		if err != nil {
			return nil, err
		}
		if seen, ok := s.outside(in, entries); ok {
			out = append(out, seen)
		}
	}
	return out, nil
=======
// team reports whether the caller reads what the team reads.
func (c *call) team() bool { return c.who.Sees(string(incident.Team)) }

func (s *server) incidentsOf(ctx context.Context, c *call, list []incident.Incident) ([]client.Incident, error) {
	n, err := s.names(ctx)
	out := make([]client.Incident, len(list))
	for i, in := range list {
		out[i] = s.incidentOf(in, n, c.team())
	}
	return out, err
>>>>>>> api
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
<<<<<<< HEAD
		Text: strings.ToValidUTF8(in.Text, ""), Before: in.Before, Limit: in.Limit + 1,
		Published: !c.who.Sees(string(incident.Team)),
=======
		Text: in.Text, Before: in.Before, Limit: in.Limit + 1,
>>>>>>> api
	}
	if err := storable(map[string]string{"severity": in.Severity, "owner": in.Owner, "service": in.Service, "q": in.Text}); err != nil {
		return nil, err
	}
	if in.Owner != "" {
<<<<<<< HEAD
		if err := access.Check(c.who, access.ReadTeam); err != nil {
=======
		if err := access.Check(c.who, access.ReadStakeholders); err != nil {
>>>>>>> api
			return nil, err
		}
		f.Owner = c.me(in.Owner)
	}
	rows, err := s.DB.Incidents(ctx, c.who, f)
	if err != nil {
		return nil, err
	}
	rows, before := page(rows, in.Limit, func(in incident.Incident) int64 { return in.ID })
<<<<<<< HEAD
	list, err := s.asSeen(ctx, c.who, rows)
=======
	list, err := s.incidentsOf(ctx, c, rows)
>>>>>>> api
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

// storable refuses texts that no database keeps: nothing can have them.
func storable(texts map[string]string) error {
	var v fault.Checks
	for name, text := range texts {
		v.Need(strings.ToValidUTF8(text, "") == text && !strings.ContainsRune(text, 0), name, "Leave out characters that cannot be printed")
	}
	return v.Err()
}

<<<<<<< HEAD
func (s *server) showTimeline(ctx context.Context, c *call, in *numbered) (*body[client.Timeline], error) {
	state, err := s.DB.Incident(ctx, c.who, in.ID)
	if err != nil {
		return nil, err
	}
=======
func (s *server) showTimeline(ctx context.Context, c *call, in *Numbered) (*body[client.Timeline], error) {
>>>>>>> api
	entries, err := s.DB.Timeline(ctx, c.who, in.ID)
	if err != nil {
		return nil, err
	}
<<<<<<< HEAD
	team := c.who.Sees(string(incident.Team))
	if _, published := s.outside(state, entries); !team && !published {
		return nil, missing(in.ID)
	}
	n, err := s.names(ctx)
	out := client.Timeline{Entries: make([]client.Entry, 0, len(entries))}
	for _, e := range entries {
		out.Entries = append(out.Entries, entryOf(e, n, team))
=======
	n, err := s.names(ctx)
	out := client.Timeline{Entries: make([]client.Entry, 0, len(entries))}
	for _, e := range entries {
		out.Entries = append(out.Entries, entryOf(e, n, c.team()))
>>>>>>> api
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
<<<<<<< HEAD
	if out.Incidents, err = s.asSeen(ctx, c.who, rows); err != nil {
=======
	if out.Incidents, err = s.incidentsOf(ctx, c, rows); err != nil {
>>>>>>> api
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
