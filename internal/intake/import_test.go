package intake_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amends.dev/internal/access"
	"amends.dev/internal/intake"
	"amends.dev/internal/store"
)

func openRecord(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Database: filepath.Join(t.TempDir(), "amends.db")})
	if err != nil {
		t.Fatal(err)
	}
	db.SetEnqueue(store.NoJobs)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestAnImportAddsNothingTwiceAndNothingWhenDry(t *testing.T) {
	ctx, db := context.Background(), openRecord(t)
	list, _, err := intake.ParseStatuspage(strings.NewReader(statuspagePage))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []intake.Brought{{Found: 1, Added: 1}, {Found: 1, Added: 1}, {Found: 1, Known: 1}} {
		dry := i == 0
		got, err := intake.ImportHistory(ctx, db, list, dry, nil)
		if err != nil || got != want {
			t.Errorf("run %d (dry %v) brought %+v, %v; want %+v", i+1, dry, got, err, want)
		}
	}
	n, err := db.CountIncidents(ctx, access.Who{}, store.IncidentFilter{})
	if err != nil || n != 1 {
		t.Errorf("strangers see %d incidents, %v; want the one that was published", n, err)
	}
}

// The history of a real page since it moved to Statuspage: 451 incidents whose
// updates came 20 minutes apart at the median, with a longest silence of 40.
func TestARealHistoryGivesItsKnownCadence(t *testing.T) {
	dir := os.Getenv("AMENDS_STATUSPAGE_HISTORY")
	if dir == "" {
		t.Skip("AMENDS_STATUSPAGE_HISTORY names no folder: the data is not part of this repository")
	}
	ctx, db := context.Background(), openRecord(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no JSON files in %s (%v)", dir, err)
	}
	var list []intake.History
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		part, _, err := intake.ParseStatuspage(file)
		file.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		list = append(list, part...)
	}
	for i, want := range []intake.Brought{{Found: len(list), Added: len(list)}, {Found: len(list), Known: len(list)}} {
		got, err := intake.ImportHistory(ctx, db, list, false, nil)
		if err != nil || got != want {
			t.Fatalf("run %d brought %+v, %v; want %+v", i+1, got, err, want)
		}
	}
	cadence, err := db.Cadence(ctx, access.Program(), store.IncidentFilter{})
	if err != nil {
		t.Fatal(err)
	}
	gap, silence := math.Round(cadence.Gaps.Median.Minutes()), math.Round(cadence.Silences.Median.Minutes())
	if cadence.Incidents != len(list) || gap != 20 || silence != 40 {
		t.Errorf("cadence of %d incidents (of %d): median gap %v min, median longest silence %v min; want 20 and 40", cadence.Incidents, len(list), gap, silence)
	}
}
