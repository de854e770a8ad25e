// Package watch sees to it that nothing due is passed over in silence.
//
// In come due times, from the tables of promises and deliveries. Out go the
// command that climbs a promise's ladder, by the store's road like any other,
// and jobs for deliveries whose retry time or lease has come.
//
// Every node runs one watch; none leads. It sleeps until the earliest due
// time, wakes when a commit may have made an earlier one, and looks at least
// every Poll. Nodes compete for the rows of incidents: one that another node
// holds is left to it. The watch never sends, never decides what a promise's
// outcome is, and keeps nothing in memory that a restart would lose.
package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

// The pace of the watch.
const (
	pollShared   = time.Second            // other nodes' commits wake nobody here
	pollAlone    = 5 * time.Second        // every commit wakes us; this is for clocks that jump
	settle       = 10 * time.Millisecond  // commits within it are looked at together
	busyFor      = 50 * time.Millisecond  // longest pause when another node is at the due rows
	troubleFor   = 500 * time.Millisecond // pause after an error
	stalledAfter = 60 * time.Second
	promises     = 512  // promises acted on in one transaction
	together     = 3    // such transactions at once, on PostgreSQL, while there are many
	deliveries   = 1000 // deliveries handed out in one transaction
)

// Options say what the watch works with. DB and Deliver are needed.
type Options struct {
	DB *store.DB
	// Deliver makes the job that sends a chunk of deliveries.
	Deliver func(ids []string) (store.Job, error)
	// Hourly is what has to be tidied up once an hour, besides first answers.
	Hourly []func(context.Context) error
	// Poll is the longest time between two looks; 1 s on PostgreSQL and 5 s on
	// SQLite when zero.
	Poll time.Duration
	// Observe is told how late the watch was, after every step; nil: nobody is.
	Observe func(late time.Duration)
	Log     *slog.Logger // slog.Default when nil
}

// Watch is the promise watch of one node. Use New.
type Watch struct {
	Options
	figures  *figures
	abreast  int // transactions at once in the next act
	mu       sync.Mutex
	lastTurn time.Time // with the monotonic clock: a jump of the wall clock is no stall
	trouble  error     // of the last turn; nil when it went well
	tidied   time.Time
}

// New returns a watch. Run starts it.
func New(o Options) *Watch {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Poll == 0 {
		o.Poll = pollAlone
		if o.DB.Shared() {
			o.Poll = pollShared
		}
	}
	return &Watch{Options: o, figures: newFigures(), abreast: 1, lastTurn: time.Now()}
}

// Run watches until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	commits, unsubscribe := w.DB.Committed()
	defer unsubscribe()
	for ctx.Err() == nil {
		pause, err := w.turn(ctx)
		if ctx.Err() != nil {
			return
		}
		w.settleTurn(err)
		if err != nil {
			pause = rand.N(troubleFor) + troubleFor/2
		}
		w.sleep(ctx, commits, pause)
	}
}

// sleep returns when the pause is over or a commit may have brought something
// that is due earlier.
func (w *Watch) sleep(ctx context.Context, commits <-chan struct{}, pause time.Duration) {
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	if pause > settle {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-commits:
			timer.Reset(settle)
		}
	}
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// turn acts on what is due, until nothing is or somebody else is at it, and
// returns how long nothing will be.
func (w *Watch) turn(ctx context.Context) (time.Duration, error) {
	for {
		next, err := w.DB.NextAct(ctx)
		if err != nil {
			return 0, err
		}
		if wait := next.Sub(w.DB.Now()); next.IsZero() || wait > 0 {
			w.tidy(ctx)
			if next.IsZero() || wait > w.Poll {
				wait = w.Poll
			}
			return wait, nil
		}
		moved, err := w.act(ctx)
		if err != nil {
			return 0, err
		}
		if !moved {
			return rand.N(busyFor) + time.Millisecond, nil
		}
	}
}

// act takes one batch of each kind. It reports whether anything moved.
func (w *Watch) act(ctx context.Context) (moved bool, err error) {
	acted, err := w.actOnPromises(ctx)
	if err != nil {
		return false, fmt.Errorf("act on due promises: %w", err)
	}
	// Deliveries wait while promises are due: a person is told of a promise by
	// a job of its own, and late retries can be a moment later.
	if w.abreast > 1 || acted == promises {
		return acted > 0, nil
	}
	taken, _, err := w.DB.TakeDueDeliveries(ctx, deliveries, w.Deliver)
	if err != nil {
		return false, fmt.Errorf("hand out due deliveries: %w", err)
	}
	w.figures.handed.Add(float64(taken))
	return acted > 0 || taken > 0, nil
}

// actOnPromises takes a batch of promises; several at once on PostgreSQL, when
// the one before was full. It returns how many it acted on.
func (w *Watch) actOnPromises(ctx context.Context) (int, error) {
	type result struct {
		acted []store.DuePromise
		at    time.Time
		err   error
	}
	results := make(chan result, w.abreast)
	for range w.abreast {
		go func() {
			acted, _, err := w.DB.ActOnPromises(ctx, promises)
			results <- result{acted, w.DB.Now(), err}
		}()
	}
	n, errs := 0, []error(nil)
	for range w.abreast {
		r := <-results
		n, errs = n+len(r.acted), append(errs, r.err)
		for _, p := range r.acted {
			late := r.at.Sub(p.ActAt)
			w.figures.late.Observe(late.Seconds())
			if w.Observe != nil {
				w.Observe(late)
			}
		}
	}
	full := n >= promises
	if w.abreast = 1; full && w.DB.Shared() {
		w.abreast = together
	}
	return n, errors.Join(errs...)
}

// answersKept is how long a repeated request gets its first answer again.
const answersKept = 7 * 24 * time.Hour

// tidy drops, once an hour, what has had its time. Promises do not wait for it.
func (w *Watch) tidy(ctx context.Context) {
	if !w.tidied.IsZero() && time.Since(w.tidied) < time.Hour {
		return
	}
	w.tidied = time.Now()
	errs := []error{w.DB.ForgetAnswers(ctx, w.DB.Now().Add(-answersKept))}
	for _, do := range w.Hourly {
		errs = append(errs, do(ctx))
	}
	if err := errors.Join(errs...); err != nil && ctx.Err() == nil {
		w.Log.Error("old rows were not dropped; the next try is in an hour", "error", err)
	}
}

// settleTurn keeps how a turn went. Trouble is logged when it begins and when
// it is over, not at every turn.
func (w *Watch) settleTurn(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil && w.trouble == nil:
		w.Log.Error("the promise watch is in trouble and tries again", "error", err)
	case err == nil && w.trouble != nil:
		w.Log.Info("the promise watch is well again")
	}
	if w.trouble = err; err == nil {
		w.lastTurn = time.Now()
		w.figures.turned.SetToCurrentTime()
	} else {
		w.figures.trouble.Inc()
	}
}

// Healthy returns nil when the watch has looked after promises within the last
// minute. Silence of the watch is not health.
func (w *Watch) Healthy(now time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	silent := now.Sub(w.lastTurn)
	if silent <= stalledAfter {
		return nil
	}
	say := fmt.Sprintf("The promise watch has not looked for %s. Promises that fall due are not acted on. Check the database, then restart this server", silent.Round(time.Second))
	return fault.Wrap(fault.Busy, say, w.trouble)
}
