package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// starts measures how soon the built server answers, and what it takes up.
func (b *bench) starts(ctx context.Context) error {
	for _, kind := range databases {
		var empty, again, idle []float64
		for range times(b, 3, 1) {
			database, err := b.fresh(ctx, kind)
			if err != nil {
				return err
			}
			if err := b.started(ctx, kind, database, 0, &empty, nil); err != nil {
				return err
			}
			if err := b.started(ctx, kind, database, times(b, 10*time.Second, time.Second), &again, &idle); err != nil {
				return err
			}
		}
		b.report.figure("Ready, empty database", kind, empty, seconds, atMost(0.1, seconds))
		b.report.figure("Ready, existing database", kind, again, seconds, atMost(0.1, seconds))
		b.report.figure("Resident, idle for 10 s", kind, idle, megabytes, atMost(40, megabytes))
	}
	size, err := os.Stat(b.amends)
	if err != nil {
		return fmt.Errorf("weigh the server: %w", err)
	}
	b.report.figure("Size of the program", "", []float64{float64(size.Size()) / 1e6}, megabytes, goal{})
	return nil
}

// started starts a server, adds when it was ready and, after a rest, what
// memory it holds, and stops it.
func (b *bench) started(ctx context.Context, kind, database string, rest time.Duration, ready, idle *[]float64) error {
	s, err := b.serve(ctx, kind, database)
	if err != nil {
		return err
	}
	*ready = append(*ready, s.ready.Seconds())
	if rest > 0 {
		select {
		case <-time.After(rest):
		case <-ctx.Done():
		}
		now, _, err := s.resident()
		if err != nil {
			return err
		}
		*idle = append(*idle, now)
	}
	return s.stop()
}
