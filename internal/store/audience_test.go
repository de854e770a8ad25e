package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func TestStrangersHearOfAnIncidentWithItsFirstWordAndWithoutNames(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ctx := context.Background()
		stranger := access.Who{}
		id := apply(t, db, 0, incident.Declare{By: "p-priya", Title: "Card payments fail"}).Incident
		missing := func(when string) {
			t.Helper()
			_, err := db.Incident(ctx, stranger, id)
			if !fault.Is(err, fault.Missing) {
				t.Errorf("%s a stranger gets %v, want missing", when, err)
			}
			list, err := db.Incidents(ctx, stranger, store.IncidentFilter{})
			if err != nil || len(list) != 0 {
				t.Errorf("%s a stranger lists %d incidents, %v", when, len(list), err)
			}
			ledger, err := db.Ledger(ctx, stranger, store.PromiseFilter{})
			if err != nil || len(ledger) != 0 {
				t.Errorf("%s a stranger reads %d promises, %v", when, len(ledger), err)
			}
		}
		missing("before the first word")
		apply(t, db, id, incident.PostUpdate{By: "p-priya", Statement: "We own this.", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: noon.Add(20 * time.Minute), Seen: -1})
		in, err := db.Incident(ctx, stranger, id)
		if err != nil || in.Latest == nil || in.Latest.Now != "1 in 6 fails." {
			t.Fatalf("a stranger reads %+v, %v", in.Latest, err)
		}
		text, err := in.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "p-priya") {
			t.Errorf("a stranger reads a name in %s", text)
		}
		entries, err := db.Timeline(ctx, stranger, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Audience != incident.Public {
				t.Errorf("a stranger reads entry %d, which is for the %s", e.Seq, e.Audience)
			}
			if fact, err := incident.EncodeFact(e.Fact); err != nil || e.By != "" || strings.Contains(string(fact), "p-priya") {
				t.Errorf("a stranger reads a name in entry %d: %s by %q (%v)", e.Seq, fact, e.By, err)
			}
		}
	})
}
