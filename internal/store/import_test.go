package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func TestAPastIncidentIsImportedOnceAndTellsNobody(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		db.SetEnqueue(func(context.Context, store.JobTx, []store.Job) error { return errors.New("somebody would be told") })
		batch := []store.Past{past("a", "m_1"), past("b", "m_1")}
		for again := range 2 {
			got, err := db.Import(ctx, "statuspage", batch)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []store.Imported{{External: "a", Incident: 1, Again: again == 1}, {External: "b", Incident: 2, Again: again == 1}} {
				if got[i] != want {
					t.Errorf("Import = %+v, want %+v", got[i], want)
				}
			}
		}
		in, err := db.Incident(ctx, everyone{}, 2)
		if err != nil || in.Open() || in.Tally != (incident.Tally{Kept: 1, Late: 1}) || in.ResolvedAt.Year() != 2019 {
			t.Errorf("imported: %+v, %v", in, err)
		}
		lines, err := db.Ledger(ctx, everyone{}, store.PromiseFilter{Incident: 2})
		if err != nil || len(lines) != 2 || lines[0].Outcome != incident.Kept || lines[1].Outcome != incident.Late || lines[1].Incident != 2 {
			t.Errorf("Ledger = %+v, %v; want kept, late", lines, err)
		}
		if next, err := db.NextAct(ctx); err != nil || !next.IsZero() {
			t.Errorf("NextAct = %v, %v; want nothing to watch", next, err)
		}
		if id, err := db.ImportedFrom(ctx, "statuspage", "b"); err != nil || id != 2 {
			t.Errorf("ImportedFrom = %d, %v; want 2", id, err)
		}
		audit, err := db.Replay(ctx, nil)
		if err != nil || len(audit.Differences) > 0 || audit.Leaves != 0 {
			t.Errorf("Replay = %+v, %v; want no difference and no leaf", audit, err)
		}
		c.advance(time.Hour)
	})
}

func TestAnImportIsAllOrNothingAndTakesOnlyWhatIsOver(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		open, promised, late := past("open", "m_1"), past("promised", "m_1"), past("order", "m_1")
		open.Entries = open.Entries[:3]
		f := promised.Entries[3].Fact.(incident.Updated)
		f.Review = &incident.Promise{N: 3, Kind: incident.PromiseReview, DueAt: noon}
		promised.Entries[3].Fact = f
		late.Entries[1].At = late.Entries[0].At.Add(-time.Second)
		for _, bad := range []store.Past{open, promised, late, {External: "empty"}, {External: "note", Entries: open.Entries[1:]}} {
			_, err := db.Import(ctx, "s", []store.Past{past("fine", "m_1"), bad})
			refused(t, err, fault.Invalid, bad.External+" cannot be imported")
		}
		if n, err := db.CountIncidents(ctx, everyone{}, store.IncidentFilter{}); err != nil || n != 0 {
			t.Errorf("%d incidents, %v; want none", n, err)
		}
	})
}
