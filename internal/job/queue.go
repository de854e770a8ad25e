package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"amends.dev/internal/store"
)

// queue is River on either database, as far as the engine needs it.
type queue struct {
	db      *store.DB
	start   func(context.Context) error
	stop    func(context.Context) error
	insert  func(context.Context, store.JobTx, []river.InsertManyParams) error
	list    func(context.Context, *river.JobListParams) (*river.JobListResult, error)
	again   func(context.Context, int64) (*rivertype.JobRow, error)
	exec    riverdriver.Executor
	pending atomic.Int32  // announcements that may be of a commit with jobs
	wake    chan struct{} // wakes River on SQLite
}

func migrateQueue(ctx context.Context, db *store.DB) error {
	config := &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
	if db.Shared() {
		m, err := rivermigrate.New(riverpgxv5.New(db.Postgres()), config)
		if err != nil {
			return err
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	}
	m, err := rivermigrate.New(riversqlite.New(db.SQLite()), config)
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// The settings of River. Its defaults work off 1,000 jobs a second at most,
// however idle the machine is.
const (
	workers    = 200
	cooldown   = 5 * time.Millisecond
	pollShared = 200 * time.Millisecond // beside LISTEN, which misses jobs written within the cooldown
	pollAlone  = time.Second            // commits wake River; this finds jobs that were put off
	crashes    = 10                     // attempts that ended with the process before a job is set aside
)

func openQueue(db *store.DB, log *slog.Logger, kinds []kind) (*queue, error) {
	q := &queue{db: db, wake: make(chan struct{}, 1)}
	list := river.NewWorkers()
	for _, k := range kinds {
		k.add(list)
	}
	config := &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		Workers:              list,
		FetchCooldown:        cooldown,
		FetchPollInterval:    pollAlone,
		JobTimeout:           runWithin,
		RescueStuckJobsAfter: time.Minute, // a net below our own
		MaxAttempts:          crashes,
		RetryPolicy:          retryPolicy{},
		ErrorHandler:         setAside{log},
		Logger:               slog.New(quiet{log.Handler()}),
		// What was sent stands in the ledger; a finished job tells nothing more.
		CompletedJobRetentionPeriod: time.Hour,
		CancelledJobRetentionPeriod: -1, // set aside: kept until somebody looks
		DiscardedJobRetentionPeriod: -1,
	}
	if !db.Shared() {
		return q, q.openSQLite(config)
	}
	config.FetchPollInterval = pollShared
	return q, q.openPostgres(config)
}

func (q *queue) openSQLite(config *river.Config) error {
	driver := wakingDriver{riversqlite.New(q.db.SQLite()), q.wake}
	client, err := river.NewClient[*sql.Tx](driver, config)
	if err != nil {
		return err
	}
	q.start, q.stop, q.list, q.again = client.Start, client.Stop, client.JobList, client.JobRetry
	q.insert = func(ctx context.Context, tx store.JobTx, jobs []river.InsertManyParams) error {
		_, err := client.InsertManyFastTx(ctx, tx.SQLite, jobs)
		return err
	}
	q.exec = driver.GetExecutor()
	return nil
}

func (q *queue) openPostgres(config *river.Config) error {
	driver := riverpgxv5.New(q.db.Postgres())
	client, err := river.NewClient[pgx.Tx](driver, config)
	if err != nil {
		return err
	}
	q.start, q.stop, q.list, q.again = client.Start, client.Stop, client.JobList, client.JobRetry
	q.insert = func(ctx context.Context, tx store.JobTx, jobs []river.InsertManyParams) error {
		_, err := client.InsertManyFastTx(ctx, tx.Postgres, jobs)
		return err
	}
	q.exec = driver.GetExecutor()
	return nil
}

// rawArgs is a job as the store writes it.
type rawArgs struct {
	kind string
	text json.RawMessage
}

// Kind implements river.JobArgs.
func (a rawArgs) Kind() string { return a.kind }

// MarshalJSON implements json.Marshaler.
func (a rawArgs) MarshalJSON() ([]byte, error) { return a.text, nil }

// enqueue implements store.Enqueue.
func (q *queue) enqueue(ctx context.Context, tx store.JobTx, jobs []store.Job) error {
	many := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		many[i] = river.InsertManyParams{Args: rawArgs{j.Kind, j.Args}}
	}
	if err := q.insert(ctx, tx, many); err != nil {
		return fmt.Errorf("write %d jobs: %w", len(jobs), err)
	}
	// The announcement that waits now may be of the commit before; the one
	// after it is ours.
	q.pending.Store(2)
	return nil
}

// wakeOnCommits tells River on SQLite that a commit brought jobs, so that it
// need not ask the database twenty times a second. On PostgreSQL the database
// tells it.
func (q *queue) wakeOnCommits(ctx context.Context) {
	commits, unsubscribe := q.db.Committed()
	defer unsubscribe()
	for {
		select {
		case <-ctx.Done():
			return
		case <-commits:
		}
		if q.pending.Add(-1) < 0 {
			q.pending.CompareAndSwap(-1, 0)
			continue
		}
		select {
		case q.wake <- struct{}{}:
		default: // it is awake
		}
	}
}

// rescue makes jobs available again that have been running for longer than a
// living node would let them. Running one twice is harmless.
func (q *queue) rescue(ctx context.Context, after time.Duration) error {
	for last := int64(0); ; {
		stuck, err := q.exec.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{AfterID: last, Max: 500, StuckHorizon: time.Now().Add(time.Millisecond - after)})
		if err != nil {
			return fmt.Errorf("find interrupted jobs: %w", err)
		}
		if len(stuck) == 0 {
			return nil
		}
		p := &riverdriver.JobRescueManyParams{}
		for _, j := range stuck {
			state, finalized := rivertype.JobStateAvailable, (*time.Time)(nil)
			now := time.Now()
			if j.Attempt >= crashes {
				state, finalized = rivertype.JobStateDiscarded, &now
			}
			problem, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: j.Attempt, Error: interrupted})
			if err != nil {
				return fmt.Errorf("encode the end of an interrupted job: %w", err)
			}
			p.ID, p.Error = append(p.ID, j.ID), append(p.Error, problem)
			p.FinalizedAt, p.ScheduledAt = append(p.FinalizedAt, finalized), append(p.ScheduledAt, now)
			p.State = append(p.State, string(state))
			last = j.ID
		}
		if _, err := q.exec.JobRescueMany(ctx, p); err != nil {
			return fmt.Errorf("take up interrupted jobs: %w", err)
		}
	}
}

// interrupted stands for an attempt whose process died. It says nothing
// against the job.
const interrupted = "the process ended while the job ran"
