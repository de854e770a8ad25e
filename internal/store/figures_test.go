package store_test

import (
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

func TestFiguresCountWhatWaitsAndWhatIsLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		clock := storetest.NewClock(storetest.Noon)
		db, ctx := storetest.Open(t, database, clock.Now), t.Context()
		for _, severity := range []incident.Severity{"SEV1", "SEV3", "SEV3"} { // first updates after 10 and 30 minutes
			if _, err := db.Apply(ctx, store.Request{Command: incident.Declare{By: "m_1", Title: "Mail is delayed", Severity: severity}}); err != nil {
				t.Fatal(err)
			}
		}
		_, err := db.Apply(ctx, store.Request{Incident: 3, Command: incident.PostUpdate{
			By: "m_1", Now: "Mail is delayed.", Plan: "Restart the relay.", NextAt: storetest.Noon.Add(20 * time.Minute), Statement: "We are responsible.", Seen: -1,
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			at            time.Duration
			waiting, late int
		}{{0, 3, 0}, {10*time.Minute + 59*time.Second, 3, 0}, {11 * time.Minute, 2, 1}, {31 * time.Minute, 0, 3}} {
			clock.Advance(storetest.Noon.Add(c.at).Sub(clock.Now()))
			f, err := db.Figures(ctx)
			if err != nil || f.Waiting != c.waiting || f.Late != c.late || f.Open["SEV3"] != 2 || f.Open["SEV1"] != 1 || f.Settled[incident.Kept] != 1 {
				t.Errorf("%s after noon: %+v, %v, want %d waiting, %d late, 1 kept, 1 SEV1 and 2 SEV3 open", c.at, f, err, c.waiting, c.late)
			}
		}
	})
}
