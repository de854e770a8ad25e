package web

import (
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// asTold returns an incident as its published words tell it: what a reader
// outside the team may know. Words that were published while only the team
// could read are not among the visible entries, and neither is what they
// said; an incident without a visible update is not known at all.
func asTold(in incident.Incident, visible []incident.Entry) (incident.Incident, bool) {
	out := incident.Incident{
		ID: in.ID, Version: in.Version, Audience: in.Audience, Owner: in.Owner, Policies: in.Policies,
		StartedAt: in.StartedAt, DeclaredAt: in.DeclaredAt,
	}
	for _, e := range visible {
		switch f := e.Fact.(type) {
		case incident.Owned:
			out.Ownership = &incident.Ownership{At: e.At, Statement: f.Statement}
		case incident.ServicesChanged:
			out.Services = f.Services
		case incident.Updated:
			told(&out, in, e, f)
		case incident.ReviewMoved:
			out.Review = &incident.Promise{DueAt: f.Review.DueAt, By: f.Review.By}
		case incident.ReviewDelivered:
			out.Review = nil
		}
	}
	return out, out.Latest != nil
}

// told folds one published word in.
func told(out *incident.Incident, in incident.Incident, e incident.Entry, f incident.Updated) {
	out.Published++
	out.Title, out.Severity, out.Status, out.Services, out.NoTime = f.Title, f.Severity, f.Status, f.Services, f.NoTime
	out.Next, out.Review, out.ResolvedAt = nil, nil, in.ResolvedAt
	if f.Next != nil {
		out.Next = &incident.Promise{DueAt: f.Next.DueAt, By: f.Next.By}
	}
	if f.Review != nil {
		out.Review = &incident.Promise{DueAt: f.Review.DueAt, By: f.Review.By}
	}
	if f.Settled != nil {
		switch f.Settled.Outcome {
		case incident.Kept:
			out.Tally.Kept++
		case incident.Late:
			out.Tally.Late++
		case incident.Broken:
			out.Tally.Broken++
		case incident.Moved:
			out.Tally.Moved++
		}
	}
	if in.Latest != nil && in.Latest.N == f.N {
		out.Latest = in.Latest // with the words as they were corrected
	}
}

// incidents lists incidents as the reader may know them, and how many the
// filter let through before: fewer than its limit is the last page.
func (c *call) incidents(f store.IncidentFilter) ([]incident.Incident, int, error) {
	f.Published = !c.team()
	list, err := c.s.DB.Incidents(c.r.Context(), c.who, f)
	if err != nil || c.team() {
		return list, len(list), err
	}
	var out []incident.Incident
	for _, in := range list {
		entries, err := c.s.DB.Timeline(c.r.Context(), c.who, in.ID)
		if err != nil {
			return nil, 0, err
		}
		if in, ok := asTold(in, entries); ok {
			out = append(out, in)
		}
	}
	return out, len(list), nil
}
