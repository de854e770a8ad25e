package store_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func backup(t testing.TB, db *store.DB) ([]byte, store.Manifest) {
	t.Helper()
	var file bytes.Buffer
	m, err := db.Backup(ctx, &file)
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), m
}

// sums returns what a manifest says of each table but the settings, where a
// restore leaves its mark.
func sums(m store.Manifest) []store.TableSum {
	return slices.DeleteFunc(slices.Clone(m.Tables), func(s store.TableSum) bool { return s.Name == "settings" })
}

func TestABackupFromEitherDatabaseRestoresIntoEither(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		fill(t, db, c)
		file, m := backup(t, db)
		got, audit, err := store.Check(bytes.NewReader(file))
		if err != nil || got.Rows != m.Rows || len(audit.Differences) > 0 || audit.Leaves == 0 || audit.Incidents != 6 {
			t.Fatalf("Check = %+v, %+v, %v; want %d rows, six incidents and no difference", got, audit, err, m.Rows)
		}
		for name, database := range databases(t) {
			t.Run("into "+name, func(t *testing.T) {
				into := open(t, database, c)
				if _, _, err := into.Restore(ctx, bytes.NewReader(file)); err != nil {
					t.Fatal(err)
				}
				again, m2 := backup(t, into)
				if !slices.Equal(sums(m), sums(m2)) {
					t.Errorf("after the restore\n%+v\nwant\n%+v", sums(m2), sums(m))
				}
				if _, audit2, err := store.Check(bytes.NewReader(again)); err != nil || audit2.Root != audit.Root {
					t.Errorf("the root is %v, %v; want %v", audit2.Root, err, audit.Root)
				}
				if held, err := into.DeliveriesHeld(ctx); err != nil || !held {
					t.Errorf("DeliveriesHeld = %v, %v; want true", held, err)
				}
				if _, err := into.CheckPassword(ctx, "ana@example.org", goodPassword); err != nil {
					t.Error(err)
				}
				_, _, err := into.Restore(ctx, bytes.NewReader(file))
				refused(t, err, fault.Conflict, "not empty")
				if id := apply(t, into, 0, incident.Declare{By: "a", Title: "Life goes on"}).Incident; id != 7 {
					t.Errorf("the next incident is %d, want 7", id)
				}
			})
		}
	})
}

func TestABackupIsMadeOfOneInstantWhileOthersWrite(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		fill(t, db, c)
		stop, stopped := make(chan struct{}), make(chan error, 1)
		go func() {
			for {
				select {
				case <-stop:
					stopped <- nil
					return
				default:
				}
				_, err := db.Apply(ctx, store.Request{Incident: 2, Command: incident.PostUpdate{By: "a", Now: "Still slow.", Plan: "Look.", NextAt: c.now().Add(time.Minute), Seen: -1}})
				if err != nil {
					stopped <- err
					return
				}
			}
		}()
		for range 10 {
			file, _ := backup(t, db)
			if _, audit, err := store.Check(bytes.NewReader(file)); err != nil || len(audit.Differences) > 0 {
				t.Errorf("Check = %v, %v; want a record that agrees with itself", audit.Differences, err)
			}
		}
		close(stop)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}

func TestAnyFlippedByteOfABackupIsFound(t *testing.T) {
	c := newClock(noon)
	db := open(t, filepath.Join(t.TempDir(), "amends.db"), c)
	apply(t, db, 0, incident.Declare{By: "ana", Title: "Card payments fail"})
	apply(t, db, 1, incident.PostUpdate{By: "ana", Statement: "We own this.", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: noon.Add(time.Minute), Seen: -1})
	file, _ := backup(t, db)
	for i := range file {
		bad := slices.Clone(file)
		bad[i] ^= 1 << (i % 8)
		if _, _, err := store.Check(bytes.NewReader(bad)); !fault.Is(err, fault.Invalid) {
			t.Fatalf("byte %d of %d flipped: Check = %v, want it found", i, len(file), err)
		}
	}
	for _, n := range []int{0, 1, 16, 17, 40, len(file) / 2, len(file) - 73, len(file) - 72, len(file) - 1} {
		if _, _, err := store.Check(bytes.NewReader(file[:n])); !fault.Is(err, fault.Invalid) {
			t.Errorf("cut after %d bytes: Check = %v, want it found", n, err)
		}
	}
	if _, _, err := store.Check(io.MultiReader(bytes.NewReader(file), strings.NewReader("x"))); !fault.Is(err, fault.Invalid) {
		t.Errorf("one byte more: Check = %v, want it found", err)
	}
	// Nothing of a damaged backup stays, even when the damage shows at the end.
	bad := slices.Clone(file)
	bad[len(bad)-2] ^= 1
	into := open(t, filepath.Join(t.TempDir(), "amends.db"), c)
	if _, _, err := into.Restore(ctx, bytes.NewReader(bad)); !fault.Is(err, fault.Invalid) {
		t.Errorf("Restore = %v, want a refusal", err)
	}
	if _, _, err := into.Restore(ctx, bytes.NewReader(file)); err != nil {
		t.Errorf("Restore after a damaged one = %v", err)
	}
}

func FuzzCheck(f *testing.F) {
	file, err := os.ReadFile(filepath.Join("testdata", "release-1.backup"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(file[:len(file)/2])
	f.Add([]byte("amends backup 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, err := store.Check(bytes.NewReader(data))
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("Check = %v, want a refusal that says what to do", err)
		}
		if end := len(data) - 72; err == nil && string(data[end:]) != fmt.Sprintf("sha256 %x\n", sha256.Sum256(data[:end])) {
			t.Error("Check took a file whose digest is wrong")
		}
	})
}

// run changes the tables behind the store's back.
func run(t testing.TB, db *store.DB, text string) {
	t.Helper()
	var err error
	if pool := db.SQLite(); pool != nil {
		_, err = pool.Exec(text)
	} else {
		_, err = db.Postgres().Exec(ctx, text)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestReplayFindsWhateverDoesNotAgree(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		fill(t, db, c)
		told := int64(0)
		if audit, err := db.Replay(ctx, func(n int64) { told = n }); err != nil || len(audit.Differences) > 0 || told != 6 || audit.Promises == 0 {
			t.Fatalf("Replay = %+v, %v, told of %d; want no difference in 6", audit, err, told)
		}
		for _, tamper := range []struct{ do, undo, want string }{
			{`UPDATE incidents SET state = replace(state, 'Card', 'Bard') WHERE id = 1`, `UPDATE incidents SET state = replace(state, 'Bard', 'Card') WHERE id = 1`, "INC-1: its state"},
			{`UPDATE incidents SET owner = owner || 'x' WHERE id = 2`, `UPDATE incidents SET owner = replace(owner, 'x', '') WHERE id = 2`, "INC-2: its state"},
			{`UPDATE entries SET fact = replace(fact, '1 in 9', '1 in 8') WHERE incident = 1`, `UPDATE entries SET fact = replace(fact, '1 in 8', '1 in 9') WHERE incident = 1`, "INC-1: its published items"},
			{`UPDATE entries SET seq = 99 WHERE incident = 1 AND seq = 4`, `UPDATE entries SET seq = 4 WHERE incident = 1 AND seq = 99`, "INC-1: its timeline cannot be followed"},
			{`UPDATE promises SET due_at = due_at + 60000000 WHERE incident = 1 AND n = 2`, `UPDATE promises SET due_at = due_at - 60000000 WHERE incident = 1 AND n = 2`, "INC-1: its promises"},
			{`UPDATE promises SET act_at = act_at + 1 WHERE incident = 3 AND n = 2`, `UPDATE promises SET act_at = act_at - 1 WHERE incident = 3 AND n = 2`, "INC-3: its promises"},
			{`UPDATE published SET at = at + 1 WHERE leaf = 0`, `UPDATE published SET at = at - 1 WHERE leaf = 0`, "INC-1: the leaf of entry 2"},
			{`UPDATE log_head SET size = size + 1`, `UPDATE log_head SET size = size - 1`, "the head of the log"},
			{`UPDATE counters SET value = 9`, `UPDATE counters SET value = 6`, "the counter"},
			{`UPDATE published SET leaf = 1000 WHERE leaf = 1`, `UPDATE published SET leaf = 1 WHERE leaf = 1000`, "of the log"},
			{`DELETE FROM log_hashes WHERE idx = 0`, ``, "the log keeps 22 hashes"},
		} {
			run(t, db, tamper.do)
			audit, err := db.Replay(ctx, nil)
			var said []string
			for _, d := range audit.Differences {
				said = append(said, d.String())
			}
			if err != nil || !strings.Contains(strings.Join(said, "\n"), tamper.want) {
				t.Errorf("after %q Replay said %q, %v; want %q", tamper.do, said, err, tamper.want)
			}
			if tamper.undo != "" {
				run(t, db, tamper.undo)
			}
		}
	})
}

func TestNoSecretLiesOnTheDisk(t *testing.T) {
	c := newClock(noon)
	path := filepath.Join(t.TempDir(), "amends.db")
	db := open(t, path, c)
	secrets := fill(t, db, c)
	file, _ := backup(t, db)
	zipped, err := gzip.NewReader(bytes.NewReader(file[len("amends backup 1\n") : len(file)-72]))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zipped)
	if err != nil {
		t.Fatal(err)
	}
	main, err1 := os.ReadFile(path)
	wal, err2 := os.ReadFile(path + "-wal")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(plain, []byte("ana@example.org")) || !bytes.Contains(append(main, wal...), []byte("ana@example.org")) {
		t.Fatal("the search finds nothing at all")
	}
	for where, data := range map[string][]byte{"database": main, "write-ahead log": wal, "backup": plain} {
		for _, s := range secrets {
			if bytes.Contains(data, []byte(s)) {
				t.Errorf("the %s holds the secret %s…", where, s[:12])
			}
		}
	}
}

func TestEveryTableIsKeptOrLeftOutOnPurpose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "amends.db")
	db := open(t, path, newClock(noon))
	_, m := backup(t, db)
	known := []string{"sessions", "links", "goose_db_version"}
	for _, s := range m.Tables {
		known = append(known, s.Name)
	}
	rows, err := db.SQLite().Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(known, name) {
			t.Errorf("the table %s is not in backups; add it to keptTables, or here with the reason", name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
