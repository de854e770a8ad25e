package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// spoil makes the state of an incident unreadable.
func spoil(t *testing.T, db *store.DB, id int64) {
	t.Helper()
	const statement = `UPDATE incidents SET state = '{' WHERE id = $1`
	var err error
	if db.Shared() {
		_, err = db.Postgres().Exec(context.Background(), statement, id)
	} else {
		_, err = db.SQLite().Exec(statement, id)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPromiseThatCannotBeActedOnHoldsUpNoOther(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ctx := context.Background()
		for range 3 {
			apply(t, db, 0, incident.Declare{By: "priya", Title: "Card payments fail"})
		}
		spoil(t, db, 2)
		c.advance(16 * time.Minute)
		acted, _, err := db.ActOnPromises(ctx, 10)
		if err == nil || !strings.Contains(err.Error(), "promise 1 of incident 2") {
			t.Errorf("error = %v, want one that names the promise", err)
		}
		if len(acted) != 2 {
			t.Fatalf("acted on %v, want the two that can be read", acted)
		}
		if acted, more, err := db.ActOnPromises(ctx, 10); err != nil || more || len(acted) != 0 {
			t.Errorf("the next turn = %v, %v, %v; want nothing due for a minute", acted, more, err)
		}
		c.advance(time.Minute)
		if _, _, err := db.ActOnPromises(ctx, 10); err == nil {
			t.Error("the promise that cannot be acted on was passed over in silence")
		}
	})
}

func TestWritersOfOneNodeDoNotHoldUpItsWatch(t *testing.T) {
	database, ok := databases(t)["postgres"]
	if !ok {
		t.Skip("the watch has a road of its own on PostgreSQL only; set AMENDS_TEST_POSTGRES")
	}
	c := newClock(noon)
	db := open(t, database, c)
	ctx := context.Background()
	first := apply(t, db, 0, incident.Declare{By: "priya", Title: "Card payments fail"}).Incident
	apply(t, db, 0, incident.Declare{By: "priya", Title: "Mail is slow"})
	holder, err := db.Postgres().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.Exec(ctx, `SELECT 1 FROM incidents WHERE id = $1 FOR UPDATE`, first); err != nil {
		t.Fatal(err)
	}
	wrote := make(chan error, 1)
	go func() { // waits for the row, and everything behind it in the queue does
		_, err := db.Apply(ctx, store.Request{Incident: first, Command: incident.AddNote{By: "priya", Text: "Checked."}})
		wrote <- err
	}()
	c.advance(16 * time.Minute)
	acted, _, err := db.ActOnPromises(ctx, 10)
	if err != nil || len(acted) != 1 || acted[0].Incident == first {
		t.Errorf("ActOnPromises = %v, %v; want the incident that nobody holds", acted, err)
	}
	if err := holder.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}
