// Package job does what follows a commit: it finds out who must be told, and
// tells them.
//
// In come jobs, rows that a commit wrote in its own transaction (Enqueue is
// the pen). Out go deliveries: rows of the ledger in store, and messages
// through the channels of notify. River carries the jobs on both databases; it
// knows that there is work, and the ledger alone knows how far it got. So a job
// may run twice, late or never: a fan-out that runs twice finds its rows, and
// the promise watch hands out again what nobody took.
//
// The kinds of job are in kinds.go. Who is told what is decided in plan.go,
// what a message says in message.go, and how it leaves in sender.go.
//
// The package never sends anything that is not claimed in the ledger, never
// records what somebody else holds, and never decides what happens to an
// incident.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"amends.dev/internal/notify"
	"amends.dev/internal/store"
)

// Deps is what the engine works with. DB and Open are needed.
type Deps struct {
	DB *store.DB
	// Mail sends mail. Nil: no mail server is configured, and mail is recorded
	// as stopped, with that reason.
	Mail notify.Channel
	// Open returns a channel of a kind.
	Open func(kind string, options map[string]string) (notify.Channel, error)
	// BaseURL is where this server is reached, without a slash at the end.
	BaseURL string
	// TeamName is what readers know the team by, when the settings name none.
	TeamName string
	Log      *slog.Logger // slog.Default when nil
}

// Engine works jobs. Use New.
type Engine struct {
	Deps
	river   *queue
	sender  *sender
	figures *figures
	known   knownPeople
	stop    context.CancelFunc
	running sync.WaitGroup
}

// Migrate brings the tables of the job engine up to date. Call it after the
// record is open and before New.
func Migrate(ctx context.Context, db *store.DB) error {
	if err := migrateQueue(ctx, db); err != nil {
		return fmt.Errorf("bring the tables of jobs up to date: %w", err)
	}
	return nil
}

// New returns an engine and makes it the one that writes the record's jobs.
// Start starts the work; without it, jobs are only written.
func New(d Deps) (*Engine, error) {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	e := &Engine{Deps: d, figures: newFigures()}
	e.sender = newSender(e)
	var err error
	if e.river, err = openQueue(d.DB, d.Log, e.kinds()); err != nil {
		return nil, fmt.Errorf("prepare the job engine: %w", err)
	}
	d.DB.SetEnqueue(e.river.enqueue)
	return e, nil
}

// Start begins to work jobs. It returns when the engine runs.
func (e *Engine) Start(ctx context.Context) error {
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stop = stop
	if !e.DB.Shared() {
		// This process is the only one: whatever was running died with the last.
		if err := e.river.rescue(ctx, 0); err != nil {
			stop()
			return fmt.Errorf("take up interrupted jobs: %w", err)
		}
	}
	e.sender.start(run)
	if e.DB.Shared() {
		e.running.Go(func() { e.rescueDead(run) })
	} else {
		e.running.Go(func() { e.river.wakeOnCommits(run) })
	}
	if err := e.river.start(run); err != nil {
		stop()
		e.running.Wait()
		return fmt.Errorf("start the job engine: %w", err)
	}
	return nil
}

// Stop ends the work within ctx: jobs under way end, messages on their way get
// their answer, and what has not left is given back to the ledger.
func (e *Engine) Stop(ctx context.Context) error {
	err := e.river.stop(ctx)
	err = errors.Join(err, e.sender.stop(ctx))
	if e.stop != nil {
		e.stop()
	}
	e.running.Wait()
	if err != nil {
		return fmt.Errorf("stop the job engine: %w", err)
	}
	return nil
}

// rescueEvery and deadAfter bound how long the work of a dead node waits. A job
// of a living one never runs that long: runWithin ends it.
const (
	rescueEvery = 5 * time.Second
	deadAfter   = 20 * time.Second
	runWithin   = 15 * time.Second
)

// rescueDead gives the jobs of dead nodes to the living. Every node does it, at
// its start first: one that dies every few seconds must not hold them up.
func (e *Engine) rescueDead(ctx context.Context) {
	tick := time.NewTicker(rescueEvery)
	defer tick.Stop()
	for {
		if err := e.river.rescue(ctx, deadAfter); err != nil && ctx.Err() == nil {
			e.Log.Warn("jobs of a dead node were not looked for; the next try is in 5 s", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
