package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// A state that another release folded is not read. Its timeline is.
func TestAStateOfAnotherReleaseIsFoldedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "amends.db")
	c := newClock(noon)
	first, err := store.Open(context.Background(), store.Options{Database: path, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	first.SetEnqueue(store.NoJobs)
	id := apply(t, first, 0, incident.Declare{By: "ana", Title: "Mail is slow"}).Incident
	post := incident.PostUpdate{By: "ana", Statement: "We own this.", Now: "Slow.", Plan: "Look.", NextAt: noon.Add(20 * time.Minute), Seen: -1}
	apply(t, first, id, post)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`UPDATE incidents SET state = '{"fold":0,"id":1,"version":4,"title":"of another shape"}'`); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}

	db := open(t, path, c)
	in, err := db.Incident(context.Background(), everyone{}, id)
	if err != nil || in.Title != "Mail is slow" || in.Next == nil {
		t.Fatalf("read %+v, %v; want the incident as its timeline has it", in, err)
	}
	post.Statement, post.Now = "", "Still slow."
	apply(t, db, id, post)
	in, err = db.Incident(context.Background(), everyone{}, id)
	if err != nil || in.Published != 2 || in.Tally.Kept != 2 || in.Fold != incident.Fold || !strings.Contains(in.Latest.Now, "Still") {
		t.Errorf("after another update: %+v, %v", in, err)
	}
}
