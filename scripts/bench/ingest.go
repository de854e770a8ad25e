package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"amends.dev/internal/intake"
	"amends.dev/internal/store"
)

// Alerts come from several sources: the doors take 1,000 requests a second of
// each, and refuse the rest.
const (
	senders  = 64
	sources  = 3
	perGroup = 10
)

// ingest measures how many alerts a second are on disk when they are answered.
func (b *bench) ingest(ctx context.Context) error {
	for _, kind := range databases {
		if err := b.alerted(ctx, kind); err != nil {
			return fmt.Errorf("on %s: %w", kind, err)
		}
	}
	return nil
}

func (b *bench) alerted(ctx context.Context, kind string) (err error) {
	database, err := b.fresh(ctx, kind)
	if err != nil {
		return err
	}
	keys, err := b.sources(ctx, database)
	if err != nil {
		return fmt.Errorf("prepare sources: %w", err)
	}
	s, err := b.serve(ctx, kind, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	door := alertDoor{url: s.url("/in/generic"), keys: keys}
	door.client.Transport = &http.Transport{MaxIdleConnsPerHost: senders}
	var rate, p99 []float64
	for range times(b, 3, 1) {
		door.round++
		got, err := pressed(senders, times(b, 3*time.Second, 500*time.Millisecond), func(sender, n int) error {
			return door.send(ctx, sender, n)
		})
		if err != nil {
			return err
		}
		rate, p99 = append(rate, got.rate), append(p99, at(got.took, 0.99))
	}
	b.report.figure("Alerts", kind, rate, perSecond, atLeast(1000, perSecond))
	b.report.figure("Alerts, p99", kind, p99, seconds, atMost(0.1, seconds))
	b.report.last().note += fmt.Sprintf("On %s, %s requests were refused with 429 at first and sent again; their times include the wait. ", kind, thousands(float64(door.refused.Load())))
	return nil
}

// sources prepares a record with alert sources and returns their keys.
func (b *bench) sources(ctx context.Context, database string) (keys []string, err error) {
	db, err := store.Open(ctx, store.Options{Database: database})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	owner, err := furnish(ctx, db)
	if err != nil {
		return nil, err
	}
	rules, err := json.Marshal(intake.Starter(string(owner)))
	if err != nil {
		return nil, err
	}
	for i := range sources {
		_, key, err := db.AddSource(ctx, store.Source{Name: fmt.Sprintf("Cluster %d", i+1), Kind: "generic", Rules: rules})
		if err != nil {
			return nil, err
		}
		keys = append(keys, key.Reveal())
	}
	return keys, nil
}

// alertDoor is where alerts are posted.
type alertDoor struct {
	client  http.Client
	url     string
	keys    []string
	round   int // other groups every round
	refused atomic.Int64
}

// send posts one alert until it is taken.
func (d *alertDoor) send(ctx context.Context, sender, n int) error {
	body := fmt.Sprintf(`{"title": "Card payments fail", "key": "till-%d-%d-%d", "severity": "critical", "summary": "5xx above 5 %% for ten minutes", "labels": {"instance": "web-%d"}}`,
		d.round, sender, n/perGroup, n%perGroup)
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, strings.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+d.keys[sender%len(d.keys)])
		answer, err := d.client.Do(r)
		if err != nil {
			return err
		}
		said, err := io.ReadAll(answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			return err
		}
		switch {
		case answer.StatusCode < 300:
			return nil
		case answer.StatusCode != http.StatusTooManyRequests:
			return fmt.Errorf("post an alert: the server answers %s: %s", answer.Status, said)
		}
		d.refused.Add(1)
		time.Sleep(20 * time.Millisecond)
	}
}
