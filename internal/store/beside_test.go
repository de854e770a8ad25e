package store_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func TestARecordIsReadBesideTheServerThatWritesToIt(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			c := newClock(noon)
			db := open(t, database, c)
			fill(t, db, c)
			_, want := backup(t, db)
			beside, err := store.Open(ctx, store.Options{Database: database, Now: c.now, Beside: true})
			if err != nil {
				t.Fatal(err)
			}
			defer beside.Close()
			var file bytes.Buffer
			if m, err := beside.Backup(ctx, &file); err != nil || m.Rows != want.Rows {
				t.Errorf("Backup beside = %d rows, %v; want %d", m.Rows, err, want.Rows)
			}
			if audit, err := beside.Replay(ctx, nil); err != nil || len(audit.Differences) > 0 || audit.Incidents == 0 {
				t.Errorf("Replay beside = %+v, %v; want incidents and no difference", audit, err)
			}
			if _, err := beside.AddMember(ctx, store.Member{Name: "X", Email: "x@example.org", Role: access.Viewer}); !fault.Is(err, fault.Conflict) {
				t.Errorf("AddMember beside = %v, want a conflict", err)
			}
			if _, err := beside.Apply(ctx, store.Request{Command: incident.Declare{By: "m_x", Title: "Late"}}); !fault.Is(err, fault.Conflict) {
				t.Errorf("Apply beside = %v, want a conflict", err)
			}
		})
	}
}

func TestNoRecordIsMadeByLookingForOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "amends.db")
	if _, err := store.Open(ctx, store.Options{Database: path, Beside: true}); !fault.Is(err, fault.Invalid) {
		t.Errorf("Open beside nothing = %v, want an invalid path", err)
	}
	if found, err := filepath.Glob(path + "*"); err != nil || len(found) > 0 {
		t.Errorf("looking made %v, %v; want nothing", found, err)
	}
}
