package api

import (
	"amends.dev/client"
	"amends.dev/internal/incident"
)

// entryOf returns an entry that the store has cut to its reader already. Why
// an update went out without a statement is for the team.
func entryOf(e incident.Entry, n names, team bool) client.Entry {
	out := client.Entry{Incident: e.Incident, Seq: e.Seq, At: e.At, Audience: string(e.Audience), Kind: e.Fact.FactKind(), By: n.person(e.By)}
	switch f := e.Fact.(type) {
	case incident.Updated:
		out.N = f.N
		out.Update = updateOf(e, f, n, team)
		out.Settled, out.Moved = settledOf(f.Settled), settledOf(f.ReviewMoved)
		out.Promise, out.Review = promiseOf(f.Next, n), promiseOf(f.Review, n)
	case incident.Owned:
		out.Text = f.Statement
	case incident.Corrected:
		out.N, out.Now, out.Plan, out.Why = f.N, f.Now, f.Plan, f.Why
	case incident.ServicesChanged:
		out.Services = texts(f.Services)
	case incident.ReviewMoved:
		out.Why, out.Settled, out.Review = f.Why, settledOf(&f.Settled), promiseOf(&f.Review, n)
	case incident.ReviewDelivered:
		out.Text, out.Settled = f.Where, settledOf(&f.Settled)
	default:
		teamEntry(&out, e.Fact, n)
	}
	return out
}

// teamEntry fills in what only the team reads.
func teamEntry(out *client.Entry, fact incident.Fact, n names) {
	switch f := fact.(type) {
	case incident.Declared:
		out.Declared = &client.Declaration{
			Title: f.Title, Kind: string(f.Kind), Severity: string(f.Severity), Audience: string(f.Audience), Services: f.Services,
			Origin: string(f.Origin), StartedAt: f.StartedAt, DetectedAt: f.DetectedAt, Owner: n.somebody(f.Owner), Backup: n.person(f.Backup),
		}
		out.Promise = promiseOf(f.First, n)
	case incident.HandoverOffered:
		out.Person, out.Text = n.person(f.To), f.Note
	case incident.HandoverAccepted:
		out.Person = n.person(f.From)
	case incident.HandoverDeclined:
		out.Why = f.Reason
	case incident.HandoverWithdrawn: // the kind says it all
	case incident.SeverityChanged:
		out.From, out.To, out.Why = string(f.From), string(f.To), f.Why
	case incident.AudienceChanged:
		out.From, out.To = string(f.From), string(f.To)
	case incident.BackupNamed:
		out.Person = n.person(f.Backup)
	case incident.Noted:
		out.Text = f.Text
	case incident.HelpAsked:
		out.N, out.Text, out.Expertise, out.Person = f.N, f.What, f.Expertise, n.person(f.From)
	case incident.HelpAnswered:
		out.N, out.Accepted, out.Why = f.N, &f.Accepted, f.Reason
	case incident.HelpRecorded:
		out.N, out.Text = f.N, f.Changed
	case incident.PromiseReminded:
		out.N, out.Step, out.DueAt, out.Told, out.Skipped = f.N, f.Step, f.DueAt, texts(f.To), f.Skipped
	case incident.PromiseMissed:
		out.N, out.Step, out.DueAt, out.Told, out.Skipped, out.Text = f.N, f.Step, f.DueAt, texts(f.To), f.Skipped, string(f.Kind)
	case incident.PromiseBroken:
		out.N, out.DueAt, out.Told, out.Skipped, out.Text = f.N, f.DueAt, texts(f.To), f.Skipped, string(f.Kind)
	case incident.Alerted:
		out.Source, out.Group, out.Text, out.Firing = f.Source, f.Group, f.Summary, &f.Firing
	}
}

func updateOf(e incident.Entry, f incident.Updated, n names, team bool) *client.Update {
	u := &client.Update{
		N: f.N, At: e.At, By: n.person(e.By), Status: string(f.Status), Now: f.Now, Plan: f.Plan, NoTime: f.NoTime, NothingNew: f.NothingNew,
		Reopens: f.Reopens, Title: f.Title, Severity: string(f.Severity), Services: f.Services, Works: f.Works, Settled: settledOf(f.Settled),
	}
	if f.Next != nil {
		u.NextAt = f.Next.DueAt
	}
	if team {
		u.Override = f.Override
	}
	return u
}
