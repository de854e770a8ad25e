package store_test

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// futureVersion is the version of the tables of the release after this one.
func futureVersion(t testing.TB) int64 {
	t.Helper()
	own, err := store.OwnMigrations()
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(own, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return int64(len(files) + 1)
}

// future returns our migrations and one more, of a release to come.
func future(t testing.TB, more string) fs.FS {
	t.Helper()
	own, err := store.OwnMigrations()
	if err != nil {
		t.Fatal(err)
	}
	all := fstest.MapFS{fmt.Sprintf("%05d_future.sql", futureVersion(t)): {Data: []byte(more)}}
	err = fs.WalkDir(own, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(own, path)
		all[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const futureText = `-- +goose Up
ALTER TABLE members ADD COLUMN phone TEXT NOT NULL DEFAULT '';
CREATE TABLE rooms (
    id TEXT NOT NULL PRIMARY KEY
);

-- +goose Down
DROP TABLE rooms;
ALTER TABLE members DROP COLUMN phone;
`

func openWith(t testing.TB, database string, c *clock, migrations fs.FS) *store.DB {
	t.Helper()
	db, err := store.OpenWith(ctx, store.Options{Database: database, Now: c.now}, migrations)
	if err != nil {
		t.Fatal(err)
	}
	db.SetEnqueue(store.NoJobs)
	return db
}

func closed(t testing.TB, db *store.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryMigrationGoesUpDownAndUpAgainWithoutLosingRows(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			c := newClock(noon)
			db := openWith(t, database, c, future(t, futureText))
			defer closed(t, db)
			fill(t, db, c)
			m, err := db.Migrator()
			if err != nil {
				t.Fatal(err)
			}
			_, before := backup(t, db)
			sources := m.ListSources()
			for i := len(sources) - 1; i > 0; i-- {
				if _, err := m.DownTo(ctx, sources[i-1].Version); err != nil {
					t.Fatalf("down to %d: %v", sources[i-1].Version, err)
				}
				if _, err := m.Up(ctx); err != nil {
					t.Fatalf("up from %d: %v", sources[i-1].Version, err)
				}
				if _, after := backup(t, db); !slices.Equal(after.Tables, before.Tables) {
					t.Errorf("down to %d and up again changed rows:\n%+v\nwant\n%+v", sources[i-1].Version, after.Tables, before.Tables)
				}
			}
			if _, err := m.DownTo(ctx, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := m.Up(ctx); err != nil {
				t.Fatal(err)
			}
			if id := apply(t, db, 0, incident.Declare{By: "a", Title: "From the beginning"}).Incident; id != 1 {
				t.Errorf("the first incident is %d, want 1", id)
			}
		})
	}
}

func TestAMigrationThatStopsHalfwayLeavesEitherReleaseStartable(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			c := newClock(noon)
			db := openWith(t, database, c, nil)
			fill(t, db, c)
			_, before := backup(t, db)
			closed(t, db)
			half := strings.Replace(futureText, "CREATE TABLE rooms", "CREATE TABLE members", 1) // the second statement fails
			if db, err := store.OpenWith(ctx, store.Options{Database: database, Now: c.now}, future(t, half)); err == nil {
				closed(t, db)
				t.Fatal("a migration that stops halfway was taken for done")
			}
			db = openWith(t, database, c, nil)
			if _, after := backup(t, db); !slices.Equal(after.Tables, before.Tables) {
				t.Errorf("the old release finds\n%+v\nwant\n%+v", after.Tables, before.Tables)
			}
			closed(t, db)
			db = openWith(t, database, c, future(t, futureText))
			if audit, err := db.Replay(ctx, nil); err != nil || len(audit.Differences) > 0 || audit.Incidents != 6 {
				t.Errorf("the new release finds %+v, %v; want six incidents that agree", audit, err)
			}
			closed(t, db)
		})
	}
}

func TestTheReleaseBeforeKeepsRunningBesideNewerTables(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			c := newClock(noon)
			closed(t, openWith(t, database, c, future(t, futureText)))
			db := openWith(t, database, c, nil)
			defer closed(t, db)
			fill(t, db, c)
			if audit, err := db.Replay(ctx, nil); err != nil || len(audit.Differences) > 0 {
				t.Errorf("Replay = %+v, %v; want a record that agrees", audit, err)
			}
		})
	}
}

func TestAnOlderBackupRestoresIntoNewerTables(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			c := newClock(noon)
			old := open(t, filepath.Join(t.TempDir(), "old.db"), c)
			fill(t, old, c)
			file, before := backup(t, old)
			db := openWith(t, database, c, future(t, futureText))
			defer closed(t, db)
			if _, audit, err := db.Restore(ctx, bytes.NewReader(file)); err != nil || len(audit.Differences) > 0 {
				t.Fatalf("Restore = %+v, %v", audit, err)
			}
			_, after := backup(t, db)
			if after.Schema != futureVersion(t) || after.Rows != before.Rows+1 { // one more: deliveries are held
				t.Errorf("after the restore %+v, want version %d and one row more than %d", after, futureVersion(t), before.Rows)
			}
			run(t, db, `UPDATE members SET phone = '1'`)
			// And the other way round: a backup from the future is refused.
			newer, _ := backup(t, db)
			if _, _, err := open(t, filepath.Join(t.TempDir(), "new.db"), c).Restore(ctx, bytes.NewReader(newer)); err == nil {
				t.Error("a backup of newer tables was taken")
			}
		})
	}
}

var update = flag.Bool("update", false, "write testdata again")

// The record as the first release kept it. Later releases must find all of it.
func TestWhatTheFirstReleaseKeptIsFound(t *testing.T) {
	path := filepath.Join("testdata", "release-1.backup")
	if *update {
		c := newClock(noon)
		db := open(t, filepath.Join(t.TempDir(), "amends.db"), c)
		fill(t, db, c)
		file, _ := backup(t, db)
		if err := os.WriteFile(path, file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		m, audit, err := db.Restore(ctx, bytes.NewReader(file))
		if err != nil || m.Schema != 1 || len(audit.Differences) > 0 {
			t.Fatalf("Restore = %+v, %+v, %v", m, audit, err)
		}
		got := map[string]int64{}
		for _, s := range m.Tables {
			got[s.Name] = s.Rows
		}
		for table, rows := range map[string]int64{
			"members": 2, "tokens": 1, "services": 1, "policies": 1, "channels": 1, "subscribers": 2, "sources": 1,
			"alert_groups": 1, "imports": 1, "incidents": 6, "log_head": 1, "deliveries": 1, "answers": 3, "settings": 5,
		} {
			if got[table] != rows {
				t.Errorf("%d rows of %s, want %d", got[table], table, rows)
			}
		}
		if audit, err := db.Replay(ctx, nil); err != nil || len(audit.Differences) > 0 || audit.Entries != 36 || audit.Leaves != 13 {
			t.Errorf("Replay = %+v, %v; want 36 entries and 13 leaves that agree", audit, err)
		}
		in, err := db.Incident(ctx, everyone{}, 1)
		if err != nil || in.Title != "Card payments fail" || in.Latest.Now != "Payments work again." || in.Reopened != 1 {
			t.Errorf("Incident(1) = %+v, %v", in, err)
		}
		who, err := db.CheckPassword(ctx, "ana@example.org", goodPassword)
		if err != nil || who.Role != access.Admin {
			t.Errorf("CheckPassword = %+v, %v; want the admin", who, err)
		}
	})
}
