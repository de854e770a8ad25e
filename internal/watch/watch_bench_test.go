package watch

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store/storetest"
)

// running is a clock that stands until it is started, then runs from there.
type running struct {
	mu    sync.Mutex
	stand time.Time
	since time.Time
}

func (r *running) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since.IsZero() {
		return r.stand
	}
	return r.stand.Add(time.Since(r.since))
}

func (r *running) start(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stand, r.since = at, time.Now()
}

// BenchmarkPromisesDueAtOnce measures how late the watch acts when many
// promises fall due in the same second.
func BenchmarkPromisesDueAtOnce(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		for _, kind := range []string{"sqlite", "postgres"} {
			b.Run(fmt.Sprintf("%d/%s", n, kind), func(b *testing.B) {
				for range b.N {
					dueAtOnce(b, kind, n)
				}
			})
		}
	}
}

func dueAtOnce(b *testing.B, kind string, n int) {
	b.StopTimer()
	database := storetest.SQLite
	if kind == "postgres" {
		database = storetest.Postgres
	}
	clock := &running{stand: storetest.Noon}
	db := storetest.Open(b, database(b), clock.now)
	var makers sync.WaitGroup
	for range 100 {
		makers.Go(func() {
			for range max(1, n/100) {
				if n > 1 {
					apply(b, db, 0, incident.Declare{By: "priya", Title: "Card payments fail", Services: []string{"payments"}})
				}
			}
		})
	}
	makers.Wait()
	if n == 1 {
		apply(b, db, 0, incident.Declare{By: "priya", Title: "Card payments fail"})
	}
	clock.start(storetest.Noon.Add(10 * time.Minute)) // the reminders
	for more := true; more; {
		acted, _, err := db.ActOnPromises(context.Background(), promises)
		if err != nil {
			b.Fatal(err)
		}
		more = len(acted) > 0
	}
	w := New(Options{DB: db, Deliver: deliver})
	var late []time.Duration
	all := make(chan struct{})
	w.Observe = func(d time.Duration) {
		if late = append(late, d); len(late) == n {
			close(all)
		}
	}
	due := storetest.Noon.Add(16 * time.Minute)
	b.StartTimer()
	clock.start(due.Add(-200 * time.Millisecond))
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { w.Run(ctx) })
	<-all
	b.StopTimer()
	stop()
	done.Wait()
	slices.Sort(late)
	at := func(q float64) float64 { return late[min(len(late)-1, int(q*float64(len(late))))].Seconds() * 1000 }
	b.ReportMetric(at(0.5), "p50-late-ms")
	b.ReportMetric(at(0.99), "p99-late-ms")
	b.ReportMetric(at(1), "max-late-ms")
}
