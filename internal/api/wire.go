package api

import (
	"context"
	"slices"
	"strconv"

	"amends.dev/client"
	"amends.dev/internal/incident"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// etag is the version of an incident as HTTP writes it.
func etag(version int64) string { return `"` + decimal(version) + `"` }

func incidentName(number int64) string { return incident.Incident{ID: number}.Name() }

func (s *server) pageURL(number int64) string { return s.BaseURL + "/incidents/" + decimal(number) }

// names says what members are called now. A nil one leaves names out.
type names map[incident.Person]string

func (s *server) names(ctx context.Context) (names, error) {
	members, err := s.DB.Members(ctx)
	if err != nil {
		return nil, err
	}
	n := names{incident.System: "amends"}
	for _, m := range members {
		n[incident.Person(m.ID)] = m.Name
	}
	return n, nil
}

// person returns nil for nobody.
func (n names) person(p incident.Person) *client.Person {
	if p == "" {
		return nil
	}
	return &client.Person{ID: string(p), Name: n[p]}
}

func (n names) somebody(p incident.Person) client.Person {
	return client.Person{ID: string(p), Name: n[p]}
}

// texts returns ids as they stand on the wire: never null.
func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// incidentOf returns an incident that the store has cut to its reader already.
// Outside the team it has no version: how much is written inside is no matter
// for others.
func (s *server) incidentOf(in incident.Incident, n names, team bool) client.Incident {
	out := client.Incident{
		Number: in.ID, Name: in.Name(), Version: in.Version, URL: s.pageURL(in.ID), Title: in.Title, Kind: string(in.Kind),
		Severity: string(in.Severity), Status: string(in.Status), Audience: string(in.Audience), Services: texts(in.Services),
		Origin: string(in.Origin), StartedAt: in.StartedAt, DetectedAt: in.DetectedAt, DeclaredAt: in.DeclaredAt, ResolvedAt: in.ResolvedAt,
		DeclaredBy: n.person(in.DeclaredBy), Owner: n.person(in.Owner), Backup: n.person(in.Backup),
		Published: in.Published, Next: promiseOf(in.Next, n), NoTime: in.NoTime, Review: promiseOf(in.Review, n),
		Tally:     &client.Tally{Kept: in.Tally.Kept, Late: in.Tally.Late, Broken: in.Tally.Broken, Moved: in.Tally.Moved},
		Overrides: in.Overrides, Reopened: in.Reopened,
	}
	if !team {
		out.Version, out.Tally, out.URL = 0, nil, s.BaseURL+"/status/"+decimal(in.ID)
	}
	if o := in.Ownership; o != nil {
		out.Ownership = &client.Ownership{By: n.person(o.By), At: o.At, Statement: o.Statement}
	}
	if o := in.Offer; o != nil {
		out.Offer = &client.Offer{From: n.somebody(o.From), To: n.somebody(o.To), At: o.At, Note: o.Note}
	}
	if u := in.Latest; u != nil {
		out.Latest = &client.Update{
			N: u.N, At: u.At, By: n.person(u.By), Status: string(u.Status), Now: u.Now, Plan: u.Plan,
			NextAt: u.NextAt, NoTime: u.NoTime, NothingNew: u.NothingNew, Corrected: u.Corrected,
		}
	}
	for _, h := range in.Help {
		out.Help = append(out.Help, client.Help{
			N: h.N, By: n.somebody(h.By), At: h.At, What: h.What, Expertise: h.Expertise, From: n.person(h.From),
			Answer: h.Answer, AnswerBy: n.person(h.AnswerBy), AnswerAt: h.AnswerAt, Changed: h.Changed,
		})
	}
	return out
}

func promiseOf(p *incident.Promise, n names) *client.Promise {
	if p == nil {
		return nil
	}
	out := client.Promise{
		Incident: p.Incident, N: p.N, Kind: string(p.Kind), By: n.person(p.By), ByPolicy: p.ByPolicy, MadeAt: p.MadeAt,
		DueAt: p.DueAt, Deadline: p.Deadline(), Outcome: string(p.Outcome), SettledAt: p.SettledAt, MissedAt: p.MissedAt, MovedTo: p.MovedTo,
	}
	if p.Outcome == "" {
		out.BrokenAt = p.DueAt.Add(p.BrokenAfter)
		if out.BrokenAt.Before(out.Deadline) {
			out.BrokenAt = out.Deadline
		}
	}
	return &out
}

func settledOf(s *incident.Settled) *client.Settled {
	if s == nil {
		return nil
	}
	return &client.Settled{N: s.N, DueAt: s.DueAt, Outcome: string(s.Outcome)}
}

// page returns a list's rows and the number to ask the next page with: one
// row more than asked for was read.
func page[T any](rows []T, limit int, number func(T) int64) ([]T, int64) {
	if len(rows) <= limit {
		return rows, 0
	}
	rows = slices.Clip(rows[:limit])
	return rows, number(rows[limit-1])
}
