package watch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

func noDeliveries([]string) (store.Job, error) { return store.Job{}, errors.New("no delivery is due") }

func deliver([]string) (store.Job, error) { return store.Job{Kind: "deliver", Args: []byte(`{}`)}, nil }

func apply(t testing.TB, db *store.DB, id int64, cmd incident.Command) store.Result {
	t.Helper()
	out, err := db.Apply(context.Background(), store.Request{Incident: id, Command: cmd})
	if err != nil {
		t.Fatalf("Apply(%d, %+v) = %v", id, cmd, err)
	}
	return out
}

// start runs a watch until the test ends.
func start(t testing.TB, w *Watch) {
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { w.Run(ctx) })
	t.Cleanup(func() { stop(); done.Wait() })
}

func TestAMissedPromiseClimbsEachStepOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := storetest.Open(t, storetest.SQLite(t), time.Now)
		w := New(Options{DB: db, Deliver: noDeliveries, Log: slog.New(slog.DiscardHandler)})
		var late []time.Duration
		w.Observe = func(d time.Duration) { late = append(late, d) }
		ctx, stop := context.WithCancel(context.Background())
		var done sync.WaitGroup
		done.Go(func() { w.Run(ctx) })
		<-time.After(time.Minute) // the bubble's clock: a quiet minute
		id := apply(t, db, 0, incident.Declare{By: "priya", Title: "Card payments fail"}).Incident
		<-time.After(3 * time.Hour)
		entries, err := db.Timeline(context.Background(), access.Program(), id)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, e := range entries[1:] {
			kinds = append(kinds, e.Fact.FactKind())
		}
		want := []string{"promise_reminded", "promise_missed", "promise_missed", "promise_broken"}
		if len(kinds) != len(want) {
			t.Fatalf("the watch wrote %v, want %v", kinds, want)
		}
		for i := range want {
			if kinds[i] != want[i] {
				t.Errorf("step %d is %s, want %s", i, kinds[i], want[i])
			}
		}
		for i, d := range late {
			if d > time.Second {
				t.Errorf("step %d came %v late", i, d)
			}
		}
		if err := w.Healthy(time.Now()); err != nil {
			t.Errorf("Healthy = %v", err)
		}
		stop()
		done.Wait()
	})
}

func TestACommitWakesTheWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := storetest.Open(t, storetest.SQLite(t), time.Now)
		acted := make(chan time.Duration, 10)
		w := New(Options{DB: db, Deliver: noDeliveries, Poll: 24 * time.Hour, Log: slog.New(slog.DiscardHandler)})
		w.Observe = func(d time.Duration) { acted <- d }
		ctx, stop := context.WithCancel(context.Background())
		var done sync.WaitGroup
		done.Go(func() { w.Run(ctx) })
		synctest.Wait()
		apply(t, db, 0, incident.Declare{By: "priya", Title: "Card payments fail", Severity: "SEV1"})
		if d := <-acted; d > time.Second {
			t.Errorf("a promise made while the watch slept was acted on %v late", d)
		}
		stop()
		done.Wait()
	})
}

func TestDueDeliveriesAreHandedOutAsJobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		c := storetest.NewClock(storetest.Noon)
		db := storetest.Open(t, database, c.Now)
		jobs := make(chan store.Job, 10)
		db.SetEnqueue(func(_ context.Context, _ store.JobTx, list []store.Job) error {
			for _, j := range list {
				jobs <- j
			}
			return nil
		})
		d := store.Delivery{Incident: 1, Seq: 2, Notice: incident.NoticeUpdate, Channel: store.MailChannel, Kind: "email", Recipient: "r", State: store.DeliveryQueued}
		d.ID = store.DeliveryID(d)
		if _, err := db.AddDeliveries(context.Background(), []store.Delivery{d}, nil); err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Minute)
		start(t, New(Options{DB: db, Deliver: deliver}))
		if j := <-jobs; j.Kind != "deliver" {
			t.Errorf("job = %+v, want one that delivers", j)
		}
	})
}

func TestTwoNodesTakeEachStepOnce(t *testing.T) {
	database := storetest.Postgres(t)
	c := storetest.NewClock(storetest.Noon)
	const incidents = 60
	var acted atomic.Int64
	all := make(chan struct{})
	nodes := []*store.DB{storetest.Open(t, database, c.Now), storetest.Open(t, database, c.Now)}
	for range incidents {
		apply(t, nodes[0], 0, incident.Declare{By: "priya", Title: "Card payments fail"})
	}
	c.Advance(16 * time.Minute)
	for _, db := range nodes {
		w := New(Options{DB: db, Deliver: noDeliveries})
		w.Observe = func(time.Duration) {
			if acted.Add(1) == incidents {
				close(all)
			}
		}
		start(t, w)
	}
	<-all
	for id := range int64(incidents) {
		entries, err := nodes[0].Timeline(context.Background(), access.Program(), id+1)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != 2 || entries[1].Fact.FactKind() != "promise_missed" {
			t.Errorf("incident %d has %d entries, want the declaration and one missed promise", id+1, len(entries))
		}
	}
}

func TestSilenceOfTheWatchIsNotHealth(t *testing.T) {
	db := storetest.Open(t, storetest.SQLite(t), time.Now)
	w := New(Options{DB: db, Deliver: noDeliveries})
	now := time.Now()
	if err := w.Healthy(now.Add(59 * time.Second)); err != nil {
		t.Errorf("Healthy after 59 s = %v, want nil", err)
	}
	w.settleTurn(errors.New("disk full"))
	if err := w.Healthy(now.Add(62 * time.Second)); err == nil {
		t.Error("a watch that has not looked for 62 s is healthy")
	}
}

func TestTheHourlyWorkIsDoneAndItsTroubleStopsNoPromise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := storetest.Open(t, storetest.SQLite(t), time.Now)
		runs := 0
		w := New(Options{DB: db, Deliver: noDeliveries, Log: slog.New(slog.DiscardHandler), Hourly: []func(context.Context) error{
			func(context.Context) error { runs++; return errors.New("no room") },
		}})
		ctx, stop := context.WithCancel(context.Background())
		var done sync.WaitGroup
		done.Go(func() { w.Run(ctx) })
		<-time.After(150 * time.Minute)
		if err := w.Healthy(time.Now()); err != nil {
			t.Errorf("Healthy = %v", err)
		}
		stop()
		done.Wait()
		if runs != 3 {
			t.Errorf("the hourly work ran %d times in 150 minutes, want 3", runs)
		}
	})
}
