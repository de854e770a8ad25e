package store_test

import (
	"context"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func TestATallyCountsWhatTheLedgerLists(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ctx := context.Background()
		said := incident.PostUpdate{By: "priya", Seen: -1, Now: "Cards fail.", Plan: "We put the release back.", Statement: "We released a change that we had not tested."}
		for i := range 3 {
			id := apply(t, db, 0, incident.Declare{By: "priya", Title: "Card payments fail"}).Incident
			for _, after := range []time.Duration{5 * time.Minute, time.Duration(i*20+5) * time.Minute, 2 * time.Hour} {
				c.advance(after)
				said.NextAt = c.now().Add(30 * time.Minute)
				apply(t, db, id, said)
			}
		}
		for _, reader := range []store.Reader{everyone{}, access.Who{}} {
			for _, f := range []store.PromiseFilter{{}, {Person: "priya"}, {Person: "jun"}, {Incident: 2}, {DueSince: noon.Add(3 * time.Hour)}, {DueBefore: noon.Add(3 * time.Hour)}} {
				lines, err := db.Ledger(ctx, reader, f)
				if err != nil {
					t.Fatal(err)
				}
				var want incident.Tally
				for _, l := range lines {
					switch l.Outcome {
					case incident.Kept:
						want.Kept++
					case incident.Late:
						want.Late++
					case incident.Broken:
						want.Broken++
					case incident.Moved:
						want.Moved++
					}
				}
				if got, err := db.Tally(ctx, reader, f); err != nil || got != want {
					t.Errorf("Tally(%T, %+v) = %+v, %v; the ledger lists %+v", reader, f, got, err, want)
				}
				if f == (store.PromiseFilter{}) && (want.Kept == 0 || want.Kept == len(lines)) {
					t.Errorf("the ledger has %+v: too plain to tell anything", want)
				}
			}
		}
	})
}

func TestStrangersDoNotSeeThePromisesOfAPolicy(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		id := apply(t, db, 0, incident.Declare{By: "priya", Title: "Card payments fail"}).Incident
		apply(t, db, id, incident.PostUpdate{By: "priya", Seen: -1, Now: "Cards fail.", Plan: "We put the release back.",
			NextAt: c.now().Add(30 * time.Minute), Statement: "We released a change that we had not tested."})
		for reader, want := range map[store.Reader]int{everyone{}: 2, access.Who{}: 1} {
			lines, err := db.Ledger(context.Background(), reader, store.PromiseFilter{})
			if err != nil || len(lines) != want {
				t.Errorf("%T sees %d promises, %v; want %d", reader, len(lines), err, want)
			}
		}
	})
}
