package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"amends.dev/internal/fault"
)

// Group commit. One goroutine takes the work that waits, decides each piece in
// turn inside one transaction, and writes all of it with one flush to disk.
// Alone, a write costs one commit; under load, many share it.
//
// The law of a batch: a piece of work that refuses (a *fault.Error) has staged
// nothing and the batch goes on without it. Any other error ends the
// transaction; then every piece runs again alone, so that only the guilty fail.

const (
	maxBatch    = 256              // pieces of work that share a commit
	writeWithin = 30 * time.Second // the longest a commit may take before it is given up
	tries       = 4                // for errors that pass: a deadlock between nodes
)

// work is one piece that waits for its commit.
type work struct {
	ctx   context.Context
	alone bool    // it writes by itself and may refuse afterwards: no company
	wants []int64 // incidents it will ask for
	run   func(*tx) error
	done  chan error
}

// commit runs f in a transaction that other work may share. f must stage its
// writes (tx.save and its kin) only when nothing can be refused any more.
func (db *DB) commit(ctx context.Context, wants []int64, f func(*tx) error) error {
	return db.submit(&work{ctx: ctx, wants: wants, run: f})
}

// alone runs f in a transaction of its own. f may write and then refuse.
func (db *DB) alone(ctx context.Context, f func(*tx) error) error {
	return db.submit(&work{ctx: ctx, alone: true, run: f})
}

// aside runs f in a transaction of its own, like alone. On PostgreSQL it does
// not queue behind other writes of this node: what the promise watch does must
// not wait for a row that somebody else holds.
func (db *DB) aside(ctx context.Context, f func(*tx) error) error {
	w := &work{ctx: ctx, alone: true, run: f}
	if !db.Shared() {
		return db.submit(w)
	}
	if db.beside {
		return db.submit(w)
	}
	answers := make([]error, 1)
	if err := db.attempt([]*work{w}, answers); err != nil {
		return err
	}
	return answers[0]
}

func (db *DB) submit(w *work) error {
	if db.beside {
		return fault.New(fault.Conflict, "This record is open for reading only. Ask the server that writes to it")
	}
	w.done = make(chan error, 1)
	select {
	case db.queue <- w:
	case <-w.ctx.Done():
		return fault.Wrap(fault.Busy, "The server is busy. Nothing was stored. Try again in a minute", w.ctx.Err())
	}
	// Once taken, the work is done whatever the caller does: its answer must
	// be the truth about the record.
	return <-w.done
}

// commits is the writer. It returns when ctx ends, after refusing what waits.
func (db *DB) commits(ctx context.Context) {
	var held *work // taken from the queue, but it must not share
	for {
		batch := make([]*work, 0, 16)
		if held != nil {
			batch, held = append(batch, held), nil
		} else {
			select {
			case w := <-db.queue:
				batch = append(batch, w)
			case <-ctx.Done():
				db.refuse()
				return
			}
		}
		for !batch[0].alone && len(batch) < maxBatch && held == nil {
			select {
			case w := <-db.queue:
				if w.alone {
					held = w
				} else {
					batch = append(batch, w)
				}
				continue
			default:
			}
			break
		}
		db.commitBatch(batch)
	}
}

func (db *DB) refuse() {
	for {
		select {
		case w := <-db.queue:
			w.done <- fault.New(fault.Busy, "The server is stopping. Nothing was stored. Try again in a minute")
		default:
			return
		}
	}
}

func (db *DB) commitBatch(batch []*work) {
	answers := make([]error, len(batch))
	err := db.attempt(batch, answers)
	if err != nil && len(batch) > 1 {
		for i, w := range batch {
			one := make([]error, 1)
			answers[i] = db.attempt([]*work{w}, one)
			if answers[i] == nil {
				answers[i] = one[0]
			}
		}
	} else if err != nil {
		answers[0] = err
	}
	for i, w := range batch {
		w.done <- answers[i]
	}
}

// attempt commits a batch, again for errors that pass.
func (db *DB) attempt(batch []*work, answers []error) error {
	var err error
	for range tries {
		if err = db.transact(batch, answers); err == nil || !isPassing(err) {
			return err
		}
	}
	return err
}

// transact runs a batch in one transaction.
func (db *DB) transact(batch []*work, answers []error) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(batch[0].ctx), writeWithin)
	defer cancel()
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	sqltx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	t := newTx(ctx, db, conn, sqltx)
	if err := t.runAll(batch, answers); err != nil {
		return errors.Join(err, rollback(sqltx))
	}
	if !t.dirty {
		return rollback(sqltx)
	}
	if err := sqltx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	t.committed()
	db.announce()
	return nil
}

func rollback(t *sql.Tx) error {
	if err := t.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

func (t *tx) runAll(batch []*work, answers []error) error {
	var wants []int64
	for _, w := range batch {
		wants = append(wants, w.wants...)
	}
	if err := t.load(wants); err != nil {
		return err
	}
	for i, w := range batch {
		if w.ctx.Err() != nil {
			answers[i] = fault.Wrap(fault.Busy, "The server was busy and you stopped waiting. Nothing was stored", w.ctx.Err())
			continue
		}
		answers[i] = w.run(t)
		if answers[i] == nil {
			continue
		}
		if _, refused := errors.AsType[*fault.Error](answers[i]); !refused || w.alone {
			return answers[i]
		}
	}
	return t.flush()
}
