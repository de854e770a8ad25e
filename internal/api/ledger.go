package api

import (
	"context"
	"time"

	"amends.dev/client"
	"amends.dev/internal/store"
)

type promisesIn struct {
	Incident  int64     `query:"incident" minimum:"1"`
	Person    string    `query:"person" maxLength:"100" doc:"A member's id; me for the caller"`
	Open      bool      `query:"open" doc:"Only promises that wait, the first due first"`
	DueSince  time.Time `query:"due_since" doc:"Due at or after"`
	DueBefore time.Time `query:"due_before"`
	Limit     int       `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

func (s *server) listPromises(ctx context.Context, c *call, in *promisesIn) (*body[client.Ledger], error) {
	lines, err := s.DB.Ledger(ctx, c.who, store.PromiseFilter{
		Incident: in.Incident, Person: c.me(in.Person), Open: in.Open, DueSince: in.DueSince, DueBefore: in.DueBefore,
		Limit: in.Limit, Latest: !in.Open,
	})
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	out := client.Ledger{Now: s.DB.Now(), Promises: make([]client.Promise, 0, len(lines))}
	for _, l := range lines {
		p := promiseOf(&l.Promise, n)
		p.Title = l.Title
		out.Promises = append(out.Promises, *p)
	}
	return answer(out, err)
}

type windowIn struct {
	Since time.Time `query:"since" doc:"Incidents declared at or after"`
	Until time.Time `query:"until" doc:"Incidents declared before"`
}

func (s *server) showCadence(ctx context.Context, c *call, in *windowIn) (*body[client.Cadence], error) {
	k, err := s.DB.Cadence(ctx, c.who, store.IncidentFilter{Since: in.Since, Until: in.Until})
	return answer(client.Cadence{
		Incidents: k.Incidents, Updates: k.Updates, Named: k.Named, Gaps: distributionOf(k.Gaps), Silences: distributionOf(k.Silences),
	}, err)
}

func distributionOf(d store.Distribution) client.Distribution {
	out := client.Distribution{N: d.N, Median: client.Duration(d.Median), P90: client.Duration(d.P90), Max: client.Duration(d.Max), Bins: []client.Bin{}}
	for _, b := range d.Bins {
		out.Bins = append(out.Bins, client.Bin{UpTo: client.Duration(b.UpTo), N: b.N})
	}
	return out
}

type deliveriesIn struct {
	Incident int64  `query:"incident" minimum:"1"`
	State    string `query:"state" enum:"queued,sending,sent,retry,dead,stopped"`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

func (s *server) listDeliveries(ctx context.Context, _ *call, in *deliveriesIn) (*body[client.Deliveries], error) {
	f := store.DeliveryFilter{Incident: in.Incident, State: store.DeliveryState(in.State), Limit: in.Limit}
	rows, err := s.DB.Deliveries(ctx, f)
	if err != nil {
		return nil, err
	}
	f.State = ""
	counts, err := s.DB.CountDeliveries(ctx, f)
	if err != nil {
		return nil, err
	}
	out := client.Deliveries{Deliveries: make([]client.Delivery, 0, len(rows)), Counts: map[string]int{}}
	for state, n := range counts {
		out.Counts[string(state)] = n
	}
	for _, d := range rows {
		line := client.Delivery{
			ID: d.ID, Incident: d.Incident, Seq: d.Seq, Notice: string(d.Notice), Channel: d.Channel, Kind: d.Kind, Recipient: d.Recipient,
			Address: d.Address, State: string(d.State), Attempts: d.Attempts, CreatedAt: d.CreatedAt, SentAt: d.SentAt, Problem: d.Problem,
		}
		if d.State == store.DeliveryRetry {
			line.NextAt = d.ActAt
		}
		out.Deliveries = append(out.Deliveries, line)
	}
	out.HeldSince, err = s.DB.Setting(ctx, store.SettingHold)
	return answer(out, err)
}

func (s *server) replayDeliveries(ctx context.Context, _ *call, in *body[client.Replay]) (*body[client.Count], error) {
	n, err := s.DB.ReplayDeliveries(ctx, in.Body.IDs...)
	return answer(client.Count{N: n}, err)
}

func (s *server) releaseDeliveries(ctx context.Context, _ *call, in *body[client.Release]) (*body[client.Count], error) {
	n, err := s.DB.ReleaseDeliveries(ctx, in.Body.Drop)
	return answer(client.Count{N: n}, err)
}
