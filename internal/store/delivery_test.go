package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func delivery(seq int64, recipient string) store.Delivery {
	d := store.Delivery{
		Incident: 1, Seq: seq, Notice: incident.NoticeUpdate, Channel: store.MailChannel, Kind: "email",
		Recipient: recipient, Role: incident.RoleReader, Address: recipient + "@example.com", State: store.DeliveryQueued,
	}
	d.ID = store.DeliveryID(d)
	return d
}

func add(t testing.TB, db *store.DB, rows ...store.Delivery) []string {
	t.Helper()
	if _, err := db.AddDeliveries(context.Background(), rows, nil); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(rows))
	for i, d := range rows {
		ids[i] = d.ID
	}
	return ids
}

func claim(t testing.TB, db *store.DB, ids ...string) []store.Delivery {
	t.Helper()
	got, err := db.ClaimDeliveries(context.Background(), ids)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func record(t testing.TB, db *store.DB, want int, outcomes ...store.Outcome) {
	t.Helper()
	got, err := db.RecordDeliveries(context.Background(), outcomes)
	if err != nil || got != want {
		t.Fatalf("RecordDeliveries(%+v) = %d, %v; want %d", outcomes, got, err, want)
	}
}

func state(t testing.TB, db *store.DB, id string) store.Delivery {
	t.Helper()
	list, err := db.Deliveries(context.Background(), store.DeliveryFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(d store.Delivery) bool { return d.ID == id })
	if i < 0 {
		t.Fatalf("delivery %s is not in the ledger", id)
	}
	return list[i]
}

func takeDue(t testing.TB, db *store.DB) (ids []string) {
	t.Helper()
	_, _, err := db.TakeDueDeliveries(context.Background(), 1000, func(chunk []string) (store.Job, error) {
		ids = append(ids, chunk...)
		args, err := json.Marshal(chunk)
		return store.Job{Kind: "deliver", Args: args}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestAFanOutDoneTwiceWritesItsRowsAndJobsOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		jobs := 0
		db.SetEnqueue(func(_ context.Context, _ store.JobTx, list []store.Job) error { jobs += len(list); return nil })
		rows := []store.Delivery{delivery(2, "a"), delivery(2, "b")}
		job := []store.Job{{Kind: "deliver", Args: json.RawMessage(`{}`)}}
		for run, want := range []int{2, 0} {
			if got, err := db.AddDeliveries(context.Background(), rows, job); err != nil || got != want {
				t.Fatalf("run %d: AddDeliveries = %d, %v; want %d", run, got, err, want)
			}
		}
		if jobs != 1 {
			t.Errorf("%d jobs were written, want 1", jobs)
		}
	})
}

func TestADeliveryIsClaimedOnceAndRecordedByItsHolder(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ids := add(t, db, delivery(2, "a"), delivery(2, "b"))
		first := claim(t, db, ids...)
		if len(first) != 2 || first[0].Epoch != 1 || first[0].Attempts != 1 {
			t.Fatalf("claimed %+v, want two in epoch 1", first)
		}
		if again := claim(t, db, ids...); len(again) != 0 {
			t.Fatalf("claimed %+v again", again)
		}
		a := first[0]
		record(t, db, 1, store.Outcome{ID: a.ID, Epoch: a.Epoch, State: store.DeliverySent, SentAt: c.now()})
		record(t, db, 0, store.Outcome{ID: a.ID, Epoch: a.Epoch, State: store.DeliveryDead})
		if got := state(t, db, a.ID); got.State != store.DeliverySent || !got.SentAt.Equal(noon) || !got.ActAt.IsZero() {
			t.Errorf("delivery = %+v, want sent at noon and at rest", got)
		}
	})
}

func TestAFrozenWorkerThatWakesRecordsNothing(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ids := add(t, db, delivery(2, "a"))
		frozen := claim(t, db, ids...)[0]
		c.advance(store.DeliveryLease - time.Second)
		if got := takeDue(t, db); len(got) != 0 {
			t.Fatalf("handed out %v before the lease was over", got)
		}
		c.advance(2 * time.Second)
		if got := takeDue(t, db); !slices.Equal(got, ids) {
			t.Fatalf("handed out %v after the lease, want %v", got, ids)
		}
		record(t, db, 0, store.Outcome{ID: frozen.ID, Epoch: frozen.Epoch, State: store.DeliverySent})
		second := claim(t, db, ids...)[0]
		if second.Epoch <= frozen.Epoch {
			t.Errorf("epoch %d follows %d", second.Epoch, frozen.Epoch)
		}
		_, mine, err := db.RenewDeliveries(context.Background(), []store.Delivery{frozen})
		if err != nil || len(mine) != 0 {
			t.Errorf("the frozen worker renewed %v, %v", mine, err)
		}
		record(t, db, 0, store.Outcome{ID: frozen.ID, Epoch: frozen.Epoch, State: store.DeliverySent})
		record(t, db, 1, store.Outcome{ID: second.ID, Epoch: second.Epoch, State: store.DeliverySent})
	})
}

func TestARenewedLeaseKeepsADelivery(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ids := add(t, db, delivery(2, "a"), delivery(2, "b"))
		held := claim(t, db, ids...)
		c.advance(15 * time.Second)
		until, mine, err := db.RenewDeliveries(context.Background(), held)
		if err != nil || len(mine) != 2 || !until.Equal(c.now().Add(store.DeliveryLease)) {
			t.Fatalf("RenewDeliveries = %v, %v, %v", until, mine, err)
		}
		c.advance(15 * time.Second)
		if got := takeDue(t, db); len(got) != 0 {
			t.Errorf("handed out %v although the lease was renewed", got)
		}
	})
}

func TestAQueuedDeliveryThatNobodyTakesIsHandedOutAgain(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ids := add(t, db, delivery(2, "a"))
		c.advance(store.DeliveryLease)
		if got := takeDue(t, db); !slices.Equal(got, ids) {
			t.Errorf("handed out %v, want %v", got, ids)
		}
		if got := takeDue(t, db); len(got) != 0 {
			t.Errorf("handed out %v twice", got)
		}
	})
}

func TestUpdatesReachARecipientInOrderAndTheNewestOvertakesWhatFailed(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		old, latest := delivery(2, "a"), delivery(3, "a")
		add(t, db, old, latest)
		if got := claim(t, db, latest.ID); len(got) != 0 {
			t.Fatalf("the newer update was claimed before the older: %+v", got)
		}
		held := claim(t, db, old.ID)[0]
		record(t, db, 1, store.Outcome{ID: old.ID, Epoch: held.Epoch, State: store.DeliveryRetry, ActAt: c.now().Add(time.Second), Problem: "busy"})
		c.advance(2 * time.Second)
		takeDue(t, db)
		if got := claim(t, db, old.ID); len(got) != 0 {
			t.Fatalf("claimed %+v, want it overtaken", got)
		}
		if got := state(t, db, old.ID); got.State != store.DeliveryStopped || got.Problem == "" {
			t.Errorf("overtaken = %+v, want it stopped with a reason", got)
		}
		if got := claim(t, db, latest.ID); len(got) != 1 {
			t.Error("the newest update was not claimed")
		}
	})
}

func TestABacklogOfUpdatesLeavesInOneClaim(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ids := add(t, db, delivery(2, "a"), delivery(3, "a"), delivery(4, "a"), delivery(2, "b"))
		if got := claim(t, db, ids[1], ids[2]); len(got) != 0 {
			t.Fatalf("claimed %+v before the oldest", got)
		}
		got := claim(t, db, ids...)
		if len(got) != 4 {
			t.Fatalf("claimed %+v, want the whole backlog", got)
		}
		for i, d := range got {
			if i > 0 && d.Seq < got[i-1].Seq {
				t.Errorf("entry %d is claimed after entry %d", d.Seq, got[i-1].Seq)
			}
		}
	})
}

func TestAnOlderUpdateDoesNotFollowANewerOneThatMayHaveArrived(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		// The older one's rows come late: the node that planned them died over it.
		latest, old := delivery(3, "a"), delivery(2, "a")
		claim(t, db, add(t, db, latest)...)
		c.advance(store.DeliveryLease + time.Second) // its holder died, perhaps after sending
		takeDue(t, db)
		add(t, db, old)
		if got := claim(t, db, old.ID); len(got) != 0 {
			t.Fatalf("claimed %+v after a newer one may have arrived", got)
		}
		if got := state(t, db, old.ID); got.State != store.DeliveryStopped {
			t.Errorf("the older one is %s, want it stopped", got.State)
		}
		if got := claim(t, db, latest.ID); len(got) != 1 {
			t.Error("the newer one is not tried again")
		}
	})
}

func TestAnUpdateThatWasOvertakenAfterItWasTriedCountsAsArrived(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		tried, latest, old := delivery(3, "a"), delivery(4, "a"), delivery(2, "a")
		claim(t, db, add(t, db, tried)...)
		c.advance(store.DeliveryLease + time.Second)
		takeDue(t, db)
		add(t, db, latest)
		claim(t, db, tried.ID) // overtaken by the latest, which still waits
		add(t, db, old)
		got := claim(t, db, old.ID, latest.ID)
		if len(got) != 1 || got[0].ID != latest.ID {
			t.Errorf("claimed %+v, want the latest alone", got)
		}
	})
}

func TestASignedWebhookGetsEveryEvent(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		old, latest := delivery(2, "c_1"), delivery(3, "c_1")
		for _, d := range []*store.Delivery{&old, &latest} {
			d.Channel, d.Kind = "c_1", "webhook"
			d.ID = store.DeliveryID(*d)
		}
		if got := claim(t, db, add(t, db, old, latest)...); len(got) != 2 || got[0].Seq != 2 {
			t.Errorf("claimed %+v, want both, the older first", got)
		}
	})
}

func TestARestoredRecordSendsNothingUntilReleased(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ctx := context.Background()
		if err := db.Set(ctx, store.SettingHold, "2026-11-22T12:00:00Z"); err != nil {
			t.Fatal(err)
		}
		ids := add(t, db, delivery(2, "a"))
		c.advance(time.Hour)
		if got := append(claim(t, db, ids...), make([]store.Delivery, len(takeDue(t, db)))...); len(got) != 0 {
			t.Fatalf("a held record gave %d deliveries out", len(got))
		}
		if next, err := db.NextAct(ctx); err != nil || !next.IsZero() {
			t.Errorf("NextAct = %v, %v; a held record has nothing to wake for", next, err)
		}
		if n, err := db.ReleaseDeliveries(ctx, false); err != nil || n != 1 {
			t.Fatalf("ReleaseDeliveries = %d, %v; want 1", n, err)
		}
		if got := takeDue(t, db); !slices.Equal(got, ids) {
			t.Errorf("handed out %v after the release, want %v", got, ids)
		}
		if held, err := db.Setting(ctx, store.SettingHold); held != "" || err != nil {
			t.Errorf("the hold is %q, %v after the release", held, err)
		}
	})
}

func TestAReleaseCanDropOldNews(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ctx := context.Background()
		id := add(t, db, delivery(2, "a"))[0]
		if err := db.Set(ctx, store.SettingHold, "2026-11-22T12:00:00Z"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ReleaseDeliveries(ctx, true); err != nil {
			t.Fatal(err)
		}
		if got := state(t, db, id); got.State != store.DeliveryStopped || got.Problem == "" {
			t.Errorf("delivery = %+v, want it stopped with a reason", got)
		}
	})
}

func TestADeadLetterIsListedAndReplayedWithItsKey(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ctx := context.Background()
		ids := add(t, db, delivery(2, "a"), delivery(2, "b"))
		for _, d := range claim(t, db, ids...) {
			record(t, db, 1, store.Outcome{ID: d.ID, Epoch: d.Epoch, State: store.DeliveryDead, Problem: "gone"})
		}
		dead, err := db.DeadLetters(ctx, 10)
		if err != nil || len(dead) != 2 || dead[0].Problem != "gone" {
			t.Fatalf("DeadLetters = %+v, %v; want two with their reason", dead, err)
		}
		if _, err := db.ReplayDeliveries(ctx, "d-unknown"); err == nil {
			t.Error("an unknown delivery was replayed")
		}
		for _, step := range []struct {
			ids  []string
			want int64
		}{{ids[:1], 1}, {nil, 1}, {nil, 0}} {
			if n, err := db.ReplayDeliveries(ctx, step.ids...); err != nil || n != step.want {
				t.Fatalf("ReplayDeliveries(%v) = %d, %v; want %d", step.ids, n, err, step.want)
			}
		}
		if got := takeDue(t, db); len(got) != 2 {
			t.Errorf("handed out %v after the replay, want both", got)
		}
	})
}

func TestTwoNodesClaimDifferentDeliveries(t *testing.T) {
	database, ok := databases(t)["postgres"]
	if !ok {
		t.Skip("several nodes need PostgreSQL; set AMENDS_TEST_POSTGRES")
	}
	c := newClock(noon)
	nodes := []*store.DB{open(t, database, c), open(t, database, c)}
	var rows []store.Delivery
	for i := range 400 {
		rows = append(rows, delivery(2, fmt.Sprintf("r%d", i)))
	}
	ids := add(t, nodes[0], rows...)
	got := make(chan []store.Delivery)
	for _, db := range nodes {
		go func() {
			var mine []store.Delivery
			for part := range slices.Chunk(ids, 20) {
				list, err := db.ClaimDeliveries(context.Background(), part)
				if err != nil {
					t.Error(err)
				}
				mine = append(mine, list...)
			}
			got <- mine
		}()
	}
	seen := map[string]bool{}
	for _, d := range append(<-got, <-got...) {
		if seen[d.ID] {
			t.Errorf("%s was claimed twice", d.ID)
		}
		seen[d.ID] = true
	}
	if len(seen) != len(ids) {
		t.Errorf("%d of %d were claimed", len(seen), len(ids))
	}
}
