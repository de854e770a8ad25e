package app_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
	"amends.dev/internal/tlog"
)

// backup is a file that was written while everything else went on.
type backup struct {
	path  string
	asked time.Time
	whole bool // false: the server died while it was written
}

// takeBackup asks a server for a backup, which may be killed meanwhile.
func (l *loop) takeBackup(t *testing.T, door string) {
	b := &backup{path: filepath.Join(t.TempDir(), "backup"), asked: time.Now()}
	l.backups = append(l.backups, b)
	l.taking.Go(func() {
		file, err := os.Create(b.path)
		if err != nil {
			t.Error(err)
			return
		}
		defer file.Close()
		response, err := http.Get(door + "/backup")
		if err != nil {
			return
		}
		defer response.Body.Close()
		_, err = io.Copy(file, response.Body)
		b.whole = err == nil && response.StatusCode == http.StatusOK
	})
}

// restore checks every backup, restores the whole ones into the other
// database, and starts a server on the last.
func (l *loop) restore(t *testing.T, acks []op) {
	var last *world
	whole := 0
	for _, b := range l.backups {
		file, err := os.Open(b.path)
		if err != nil {
			t.Fatal(err)
		}
		manifest, audit, err := store.Check(file)
		file.Close()
		if !b.whole {
			if err == nil {
				t.Error("a backup whose server died while it was written is called whole")
			}
			continue
		}
		if err != nil || len(audit.Differences) > 0 {
			t.Errorf("a backup of %d rows at %v does not check: %v %v", manifest.Rows, manifest.At, err, audit.Differences)
			continue
		}
		whole++
		last = l.restored(t, b)
		c := newChecker(read(t, t.Context(), last.database), manifest.At, manifest.At.Add(-plannedWithin), l.down+3*time.Second)
		c.began = l.began // the entries from before were written just now, with old times
		var before []op
		for _, o := range acks {
			if o.At.Before(b.asked) && o.Kind != "alerts" {
				before = append(before, o)
			}
		}
		c.written(before)
		c.replayed()
		c.owned()
		c.rung()
		// Not c.planned: a backup holds no jobs, so a notice whose fan-out had not
		// run at its moment has no rows after a restore (docs/soak.md).
		earlier := map[int64]tlog.Hash{}
		for size, root := range l.earlier {
			if size <= c.head {
				earlier[size] = root
			}
		}
		c.logged(earlier)
		c.report(t)
	}
	t.Logf("%d backups, %d of them cut off by a kill and found to be", len(l.backups), len(l.backups)-whole)
	if last != nil {
		last.staysSilentUntilReleased(t)
	}
}

// plannedWithin is how long after its commit a notice has rows for everybody
// at the latest, in a loop that never lets a server live for a second. A backup
// holds no jobs: what it says of younger notices is that they were due.
const plannedWithin = time.Minute

// restored returns the world of a backup in a fresh database: of the other
// kind, when there is one.
func (l *loop) restored(t *testing.T, b *backup) *world {
	t.Helper()
	w := &world{database: storetest.SQLite(t), people: l.people, readers: l.readers, post: &post{}}
	if !store.IsPostgres(l.database) && os.Getenv("AMENDS_TEST_POSTGRES") != "" {
		w.database = storetest.Postgres(t)
	}
	w.with(t, time.Now, func(ctx context.Context, db *store.DB) error {
		file, err := os.Open(b.path)
		if err != nil {
			return err
		}
		defer file.Close()
		_, _, err = db.Restore(ctx, file)
		return err
	})
	return w
}

// staysSilentUntilReleased starts a server on a restored record: promises have
// passed since, and letters wait, and none leaves before somebody says so.
func (w *world) staysSilentUntilReleased(t *testing.T) {
	t.Helper()
	w.mail = newMailEnd(t, "restored", w.post, nil)
	n := startNode(t, w.env(w.mail))
	pause(t.Context(), 5*time.Second)
	n.stop(t)
	if got := w.post.all(); len(got) > 0 {
		t.Errorf("a restored server sent %d messages before it was released, such as %+v", len(got), got[0])
	}
	held := read(t, t.Context(), w.database)
	if len(held.lateness(time.Now().Add(-time.Hour))) == 0 {
		t.Error("no promise passed in the restored record; nothing was tested")
	}
	w.with(t, time.Now, func(ctx context.Context, db *store.DB) error {
		_, err := db.ReleaseDeliveries(ctx, false)
		return err
	})
	released := time.Now()
	n = startNode(t, w.env(w.mail))
	drain(t, t.Context(), w.database, released)
	n.stop(t)
	mails := 0
	for _, a := range w.post.all() {
		if a.sink == "restored" {
			mails++
		}
	}
	if mails == 0 {
		t.Error("nothing was sent after the release")
	}
	c := newChecker(read(t, t.Context(), w.database), released, released, time.Minute)
	c.keyed(w.post.all())
	c.ordered(w.post.all())
	c.report(t)
	t.Log("restored, silent, released: " + strconv.Itoa(mails) + " mails left")
}
