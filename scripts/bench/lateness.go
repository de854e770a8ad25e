package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/job"
	"amends.dev/internal/store"
	"amends.dev/internal/watch"
)

// stopClock stands at an instant until it is started; then it runs like any
// other, so that nobody waits for a promise of ten minutes.
type stopClock struct {
	mu    sync.Mutex
	stand time.Time
	since time.Time // zero while it stands
}

func (c *stopClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		return c.stand
	}
	return c.stand.Add(time.Since(c.since))
}

func (c *stopClock) set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stand, c.since = to, time.Time{}
}

func (c *stopClock) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = time.Now()
}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// lateness measures the watch: with promises that come due one by one, and
// with very many at the same instant.
func (b *bench) lateness(ctx context.Context) error {
	for _, kind := range databases {
		single, err := b.oneByOne(ctx, kind, times(b, 300, 50))
		if err != nil {
			return err
		}
		b.report.figure("One by one, p50", kind, []float64{at(single, 0.5)}, seconds, goal{})
		b.report.figure("One by one, p99", kind, []float64{at(single, 0.99)}, seconds, atMost(1.5, seconds))
		b.report.figure("One by one, the latest", kind, []float64{at(single, 1)}, seconds, goal{})
	}
	aims := map[string]float64{onSQLite: 3, onPostgres: 1}
	for _, kind := range databases {
		n := times(b, 10_000, 1000)
		var p50, p99, most []float64
		for range times(b, 3, 1) {
			many, err := b.atOnce(ctx, kind, n)
			if err != nil {
				return err
			}
			p50, p99, most = append(p50, at(many, 0.5)), append(p99, at(many, 0.99)), append(most, at(many, 1))
		}
		what := thousands(float64(n)) + " at once, "
		b.report.figure(what+"p50", kind, p50, seconds, goal{})
		b.report.figure(what+"p99", kind, p99, seconds, atMost(aims[kind], seconds))
		b.report.figure(what+"the latest", kind, most, seconds, goal{})
	}
	return nil
}

// oneByOne lets n reminders come due, 30 ms apart.
func (b *bench) oneByOne(ctx context.Context, kind string, n int) ([]float64, error) {
	clock := &stopClock{stand: noon}
	r, err := b.openRecord(ctx, kind, clock.now)
	if err != nil {
		return nil, err
	}
	r.SetEnqueue(store.NoJobs) // nobody is told of what happens here
	for i := range n {
		clock.set(noon.Add(time.Duration(i) * 30 * time.Millisecond))
		if _, err := r.declare(ctx, 1); err != nil {
			return nil, err
		}
	}
	return r.watched(ctx, clock, n)
}

// atOnce lets n promises be missed at the same instant: the minute in which
// they were promised ends.
func (b *bench) atOnce(ctx context.Context, kind string, n int) ([]float64, error) {
	clock := &stopClock{stand: noon}
	r, err := b.openRecord(ctx, kind, clock.now)
	if err != nil {
		return nil, err
	}
	r.SetEnqueue(store.NoJobs)
	if _, err := r.declare(ctx, n); err != nil {
		return nil, err
	}
	clock.set(noon.Add(incident.DefaultPolicies().For(incident.DefaultSeverity).First)) // the reminders are behind us
	for {
		acted, _, err := r.ActOnPromises(ctx, 500)
		if err != nil {
			return nil, err
		}
		if len(acted) == 0 {
			return r.watched(ctx, clock, n)
		}
	}
}

// watched starts jobs and watch shortly before the next instant at which
// something is due, and returns how late the watch was at each of n rungs, in
// seconds. It closes the record.
func (r *record) watched(ctx context.Context, clock *stopClock, n int) ([]float64, error) {
	next, err := r.NextAct(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.openJobs(ctx); err != nil {
		return nil, err
	}
	if err := r.jobs.Start(ctx); err != nil {
		return nil, err
	}
	late := make([]float64, 0, n)
	all := make(chan struct{})
	w := watch.New(watch.Options{DB: r.DB, Deliver: job.DeliverJob, Observe: func(d time.Duration) {
		if late = append(late, d.Seconds()); len(late) == n {
			close(all)
		}
	}})
	clock.set(next.Add(-300 * time.Millisecond))
	clock.start()
	watching, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { w.Run(watching) })
	select {
	case <-all:
	case <-ctx.Done():
	}
	stop()
	done.Wait()
	if err := r.jobs.Stop(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("stop the jobs of a record: %w", err)
	}
	return late, r.Close()
}
