package app

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func TestTheDemoIsBelievable(t *testing.T) {
	ctx := context.Background()
	clock := &demoClock{}
	now := time.Now()
	clock.set(now.Add(-demoStart - time.Hour))
	db, err := store.Open(ctx, store.Options{Database: filepath.Join(t.TempDir(), "demo.db"), Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetEnqueue(store.NoJobs)
	ids := map[string]incident.Person{}
	for _, p := range demoPeople {
		ids[p.key] = incident.Person(p.key)
	}
	began := time.Now()
	if err := playDemo(ctx, db, clock, ids, now); err != nil {
		t.Fatal(err)
	}
	t.Logf("played in %v", time.Since(began))
	open, err := db.Incidents(ctx, access.Program(), store.IncidentFilter{Open: true})
	if err != nil || len(open) != 2 {
		t.Fatalf("open incidents = %d, %v; want 2", len(open), err)
	}
	if due := open[0].Next.DueAt.Sub(now); due < time.Minute || due > 4*time.Minute {
		t.Errorf("the open incident's promise is due in %v; want about 3 minutes", due)
	}
	ledger, err := db.Ledger(ctx, access.Program(), store.PromiseFilter{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[incident.Outcome]int{}
	for _, l := range ledger {
		count[l.Outcome]++
	}
	t.Logf("%d promises: %v", len(ledger), count)
	for _, o := range []incident.Outcome{incident.Kept, incident.Late, incident.Broken} {
		if count[o] == 0 {
			t.Errorf("no promise of the demo is %s; a believable team has some", o)
		}
	}
}
