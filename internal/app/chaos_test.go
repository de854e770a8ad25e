package app_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
	"amends.dev/internal/tlog"
)

// kills is how often each kill loop kills. AMENDS_CHAOS_KILLS says otherwise:
// scripts/test.sh takes more, make soak many.
func kills(t testing.TB) int {
	text := os.Getenv("AMENDS_CHAOS_KILLS")
	if text == "" {
		return 20
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("AMENDS_CHAOS_KILLS is %q; set it to a number of kills", text)
	}
	return n
}

// seed makes a run what it is; AMENDS_CHAOS_SEED repeats or changes it. The
// moments of the kills follow from it, what the processes have reached by then
// does not.
func seed(t testing.TB) uint64 {
	text := os.Getenv("AMENDS_CHAOS_SEED")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("AMENDS_CHAOS_SEED is %q; set it to a number", text)
	}
	return n
}

func TestNothingIsLostOrRepeatedWhenTheServerIsKilledOverAndOver(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killLoop(t, storetest.SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killLoop(t, storetest.Postgres(t))
	})
}

// killLoop lets clients write while the server is killed and started again,
// then lets one server finish, and holds everything against the record.
func killLoop(t *testing.T, database string) {
	if _, err := nodeBinary(); err != nil { // not while the clock runs
		t.Fatal(err)
	}
	w := newWorld(t, database, 3)
	file, err := os.Create(filepath.Join(t.TempDir(), "answers"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	work, more := newWork(w.people, 65*time.Millisecond, file), make(chan struct{})
	work.play(ctx, "", seed(t), more)
	l := &loop{world: w, work: work, rand: rand.New(rand.NewPCG(seed(t), 1)), earlier: map[int64]tlog.Hash{}}
	l.run(t, kills(t))

	last := startNode(t, w.env(w.mail))
	work.at(last.door)
	work.end(t, more, last)
	settled := time.Now()
	drain(t, ctx, database, settled)
	until := time.Now()
	last.stop(t)

	c := newChecker(read(t, ctx, database), until, settled, l.down+3*time.Second)
	arrivals := w.post.all()
	c.all(work.acks, arrivals, l.earlier)
	c.report(t)
	l.restore(t, work.acks)
	for text, n := range work.trouble {
		t.Errorf("a client met %d times: %s", n, text)
	}
	l.tell(t, c, work.acks, arrivals)
}

// all checks every law.
func (c *checker) all(acks []op, arrivals []arrival, earlier map[int64]tlog.Hash) {
	c.written(acks)
	c.alerted(acks)
	c.replayed()
	c.owned()
	c.rung()
	c.logged(earlier)
	c.planned()
	c.delivered(arrivals)
	c.keyed(arrivals)
	c.ordered(arrivals)
}

// loop is the supervisor of one kill loop.
type loop struct {
	*world
	work    *work
	rand    *rand.Rand
	down    time.Duration // the longest time without a door
	starts  []time.Duration
	early   int // killed before the door was open
	earlier map[int64]tlog.Hash
	backups []*backup
	taking  sync.WaitGroup
	began   time.Time
}

func (l *loop) run(t *testing.T, kills int) {
	gone := time.Now()
	l.began = gone
	for i := range kills {
		n, ready := spawn(t, l.env(l.mail))
		if l.rand.IntN(5) == 0 { // in the middle of its start
			pause(t.Context(), time.Duration(5+l.rand.IntN(200))*time.Millisecond)
			l.early++
		} else {
			if err := ready(); err != nil {
				t.Fatal(err)
			}
			l.starts = append(l.starts, n.took)
			l.down = max(l.down, time.Since(gone))
			l.work.at(n.door)
			if len(l.starts)%max(1, kills/8) == 0 {
				l.takeBackup(t, n.door)
			}
			pause(t.Context(), time.Duration(5+l.rand.IntN(495))*time.Millisecond)
			if l.rand.IntN(2) == 0 { // at the very moment of an answer: what it says must be on disk
				select {
				case <-l.work.next():
				case <-time.After(500 * time.Millisecond):
				}
			}
			gone = time.Now()
		}
		if !n.alive() {
			t.Fatalf("life %d ended by itself: %v\n%s", i, n.err, n.stderr)
		}
		n.kill()
		l.work.at("")
		if i%max(1, kills/10) == 0 {
			l.remember(t)
		}
	}
	l.taking.Wait()
}

// remember keeps the root of the log as it stands now. A SQLite file is read
// from a copy: the next life must find what the last one left, untouched.
func (l *loop) remember(t *testing.T) {
	database := l.database
	if !store.IsPostgres(database) {
		dir := t.TempDir()
		for _, suffix := range []string{"", "-wal"} {
			data, err := os.ReadFile(database + suffix)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "amends.db"+suffix), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		database = filepath.Join(dir, "amends.db")
		defer os.RemoveAll(dir)
	}
	r := read(t, t.Context(), database)
	root, err := r.root(r.head)
	if err != nil {
		t.Fatal(err)
	}
	l.earlier[r.head] = root
}

// tell prints what the run did.
func (l *loop) tell(t *testing.T, c *checker, acks []op, arrivals []arrival) {
	again, refused := 0, 0
	for _, o := range acks {
		if o.Asked > 1 {
			again++
		}
		if o.Refused != "" {
			refused++
		}
	}
	copies, states := map[string]int{}, map[store.DeliveryState]int{}
	for _, a := range arrivals {
		copies[a.key]++
	}
	most := 0
	for _, n := range copies {
		most = max(most, n)
	}
	for _, d := range c.deliveries {
		states[d.State]++
	}
	rungs := 0
	for _, list := range c.rungs() {
		rungs += len(list)
	}
	t.Logf("%d kills, %d of them during a start; start p50 %v, max %v; longest without a door %v", len(l.starts)+l.early, l.early, median(l.starts), slices.Max(l.starts), l.down)
	t.Logf("%d writes acknowledged, %d of them asked for again after a kill, %d refused; %d incidents, %d published", len(acks), again, refused, len(c.states), len(c.published))
	t.Logf("%d promises, %d rungs; deliveries %v; %d messages arrived, %d of them copies, at most %d of one", len(c.promises), rungs, states, len(arrivals), len(arrivals)-len(copies), most)
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

func read(t testing.TB, ctx context.Context, database string) *record {
	t.Helper()
	r, err := readRecord(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// drainsWithin is how long what was to be sent may take once nobody is killed
// any more: a lease, and time to send.
const drainsWithin = 2 * time.Minute

// drain waits until every job and delivery written before an instant is done.
func drain(t testing.TB, ctx context.Context, database string, before time.Time) {
	t.Helper()
	db, err := openRaw(database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, drainsWithin)
	defer cancel()
	for {
		deliveries, jobs, err := pending(ctx, db, database, before)
		if ctx.Err() != nil {
			t.Errorf("%d deliveries and %d jobs are not done after %v", deliveries, jobs, drainsWithin)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if deliveries+jobs == 0 {
			return
		}
		pause(ctx, 200*time.Millisecond)
	}
}

func pending(ctx context.Context, db *sql.DB, database string, before time.Time) (deliveries, jobs int, err error) {
	err = db.QueryRowContext(ctx, `SELECT COUNT(*) FROM deliveries WHERE state IN ('queued', 'sending', 'retry') AND created_at < $1`, before.UnixMicro()).Scan(&deliveries)
	if err != nil {
		return 0, 0, fmt.Errorf("count deliveries: %w", err)
	}
	at := `created_at < $1`
	if !store.IsPostgres(database) {
		at = `julianday(created_at) < julianday($1)`
	}
	err = db.QueryRowContext(ctx, `SELECT COUNT(*) FROM river_job WHERE finalized_at IS NULL AND `+at, before.UTC().Format("2006-01-02 15:04:05.000000")).Scan(&jobs)
	if err != nil {
		return 0, 0, fmt.Errorf("count jobs: %w", err)
	}
	return deliveries, jobs, nil
}
