package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// everyone reads everything.
type everyone struct{}

func (everyone) Sees(string) bool { return true }

// clock is a clock that tests move.
type clock struct{ us atomic.Int64 }

func newClock(t time.Time) *clock {
	c := &clock{}
	c.us.Store(t.UnixMicro())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMicro(c.us.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.us.Add(d.Microseconds()) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// databases names a fresh database of each kind: SQLite always, PostgreSQL
// when AMENDS_TEST_POSTGRES names a server.
func databases(t testing.TB) map[string]string {
	out := map[string]string{"sqlite": filepath.Join(t.TempDir(), "amends.db")}
	if server := os.Getenv("AMENDS_TEST_POSTGRES"); server != "" {
		out["postgres"] = freshPostgres(t, server)
	}
	return out
}

var databaseNumber atomic.Int64

func freshPostgres(t testing.TB, server string) string {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), databaseNumber.Add(1))
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin, err := sql.Open("pgx", server)
		if err != nil {
			t.Error(err)
			return
		}
		defer admin.Close()
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return store.WithDatabase(server, name)
}

// each runs a test on every database, with a clock that stands at noon.
func each(t *testing.T, f func(t *testing.T, db *store.DB, c *clock)) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			c := newClock(noon)
			f(t, open(t, database, c), c)
		})
	}
}

func open(t testing.TB, database string, c *clock) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Database: database, Now: c.now})
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

func apply(t testing.TB, db *store.DB, id int64, cmd incident.Command) store.Result {
	t.Helper()
	out, err := db.Apply(context.Background(), store.Request{Incident: id, Command: cmd})
	if err != nil {
		t.Fatalf("Apply(%d, %+v) = %v", id, cmd, err)
	}
	return out
}

func TestAnIncidentIsStoredAndReplaysToTheSameState(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ctx := context.Background()
		id := apply(t, db, 0, incident.Declare{By: "priya", Title: "Card payments fail", Services: []string{"payments"}}).Incident
		apply(t, db, id, incident.PostUpdate{By: "priya", Statement: "We own this.", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: noon.Add(20 * time.Minute), Seen: -1})
		c.advance(30 * time.Minute)
		acted, _, err := db.ActOnPromises(ctx, 10)
		if err != nil || len(acted) != 1 {
			t.Fatalf("ActOnPromises = %v, %v; want one", acted, err)
		}
		apply(t, db, id, incident.Resolve{By: "priya", Now: "Payments work.", Works: []string{"payments"}, Seen: 1})
		in, err := db.Incident(ctx, everyone{}, id)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := db.Timeline(ctx, everyone{}, id)
		if err != nil {
			t.Fatal(err)
		}
		again, err := incident.Replay(entries)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := again.Bytes()
		want, _ := in.Bytes()
		if string(got) != string(want) {
			t.Errorf("replay\n%s\nstored\n%s", got, want)
		}
		if in.Tally != (incident.Tally{Kept: 1, Late: 1}) {
			t.Errorf("tally = %+v, want one kept, one late", in.Tally)
		}
	})
}

func TestNumbersHaveNoGapsAndAKeyGivesTheFirstAnswer(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ctx := context.Background()
		if _, err := db.Apply(ctx, store.Request{Command: incident.Declare{By: "ana"}}); err == nil {
			t.Fatal("a declaration without a title was stored")
		}
		r := store.Request{Command: incident.Declare{By: "ana", Title: "Mail is slow"}, Key: "ana/1", Digest: "d"}
		first, err := db.Apply(ctx, r)
		if err != nil || first.Incident != 1 {
			t.Fatalf("first = %+v, %v; want incident 1", first, err)
		}
		second, err := db.Apply(ctx, r)
		if err != nil || !second.Again || second.Incident != first.Incident || second.Seq != first.Seq {
			t.Errorf("again = %+v, %v; want %+v", second, err, first)
		}
		r.Digest = "other"
		if _, err := db.Apply(ctx, r); err == nil {
			t.Error("a key was taken for another request")
		}
	})
}
