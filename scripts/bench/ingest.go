package main

import (
	"context"
	"fmt"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// ingest measures how many alerts a second are on disk when they are answered.
func (b *bench) ingest(ctx context.Context) error {
	const senders, perGroup = 64, 10
	for _, kind := range databases {
		r, err := b.openRecord(ctx, kind, nil)
		if err != nil {
			return err
		}
		send := func(sender, n int) error {
			_, err := r.Ingest(ctx, "alertmanager", []store.AlertSignal{{
				GroupKey: fmt.Sprintf("%d till-%d-%d", b.made, sender, n/perGroup), AlertKey: fmt.Sprint("instance-", n%perGroup), Firing: true,
				Summary: "5xx above 5 % for ten minutes",
				Declare: incident.Declare{By: incident.System, Owner: r.owner, Title: "Card payments fail", Severity: "SEV2", Services: []string{"payments"}},
			}})
			return err
		}
		var rate, p99 []float64
		for range times(b, 3, 1) {
			b.made++ // other groups every time
			got, err := pressed(senders, times(b, 2*time.Second, 500*time.Millisecond), send)
			if err != nil {
				return err
			}
			rate, p99 = append(rate, got.rate), append(p99, at(got.took, 0.99))
		}
		b.report.figure("Alerts", kind, rate, perSecond, atLeast(1000, perSecond))
		b.report.figure("Alerts, p99", kind, p99, seconds, atMost(0.1, seconds))
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}
