// Package storetest gives tests a record to work on: a fresh database of each
// kind, and a clock that they move.
//
// In comes a test. Out come open records that are closed and dropped when the
// test ends. SQLite is always there; PostgreSQL when AMENDS_TEST_POSTGRES
// names a server. No program imports this package; tests outside store do.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes databases

	"amends.dev/internal/store"
)

// Noon is when the clocks of tests begin.
var Noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Clock stands still until it is moved.
type Clock struct{ us atomic.Int64 }

// NewClock returns a clock that stands at t.
func NewClock(t time.Time) *Clock {
	c := &Clock{}
	c.us.Store(t.UnixMicro())
	return c
}

// Now reads the clock.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.us.Load()).UTC() }

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) { c.us.Add(d.Microseconds()) }

var made atomic.Int64

// SQLite returns the path of a database file that does not exist yet.
func SQLite(t testing.TB) string { return filepath.Join(t.TempDir(), "amends.db") }

// Postgres returns the address of an empty PostgreSQL database. It skips the
// test when there is no server to make one on.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("AMENDS_TEST_POSTGRES")
	if server == "" {
		t.Skip("this test needs PostgreSQL; set AMENDS_TEST_POSTGRES to its address")
	}
	name := fmt.Sprintf("room_%d_%d", os.Getpid(), made.Add(1))
	administer(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { administer(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	return store.WithDatabase(server, name)
}

func administer(t testing.TB, server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Error(err)
	}
}

// Open opens a record on a database. Its jobs are dropped until the test names
// who writes them.
func Open(t testing.TB, database string, now func() time.Time) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Database: database, Now: now})
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

// Each runs f on SQLite and, when there is a server, on PostgreSQL.
func Each(t *testing.T, f func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}
