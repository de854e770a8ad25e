package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Job is work for after the commit: a kind and a small JSON value with ids in
// it, so that it finds the truth when it runs.
type Job struct {
	Kind string
	Args json.RawMessage
}

// Enqueue writes jobs in the transaction that asks for them. Exactly one of
// the transactions is set: the one of the database in use.
type Enqueue func(ctx context.Context, tx JobTx, jobs []Job) error

// JobTx is the transaction that jobs are written in.
type JobTx struct {
	SQLite   *sql.Tx
	Postgres pgx.Tx
}

// SetEnqueue names what writes jobs. Without it a commit that has jobs fails:
// nobody is told silently nothing. Call it before the first write.
func (db *DB) SetEnqueue(f Enqueue) { db.enqueue = f }

// NoJobs is an Enqueue that drops jobs, for tools that only read and test.
func NoJobs(context.Context, JobTx, []Job) error { return nil }

func (t *tx) flushJobs() error {
	if len(t.jobs) == 0 {
		return nil
	}
	if t.db.enqueue == nil {
		return errors.New("jobs are to be written, but no job engine was named")
	}
	t.dirty = true
	if !t.db.Shared() {
		return t.db.enqueue(t.ctx, JobTx{SQLite: t.sql}, t.jobs)
	}
	return t.conn.Raw(func(c any) error {
		conn, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the database connection is a %T", c)
		}
		return t.db.enqueue(t.ctx, JobTx{Postgres: openTx{conn.Conn()}}, t.jobs)
	})
}

// openTx lends the transaction that database/sql holds open on a connection to
// code that speaks pgx. It cannot end it.
type openTx struct{ c *pgx.Conn }

var errLent = errors.New("the transaction is lent: whoever began it ends it")

// Begin implements pgx.Tx with a savepoint.
func (o openTx) Begin(ctx context.Context) (pgx.Tx, error) {
	if _, err := o.c.Exec(ctx, "SAVEPOINT lent"); err != nil {
		return nil, err
	}
	return savepoint{o}, nil
}

// Commit implements pgx.Tx.
func (openTx) Commit(context.Context) error { return errLent }

// Rollback implements pgx.Tx.
func (openTx) Rollback(context.Context) error { return errLent }

// CopyFrom implements pgx.Tx.
func (o openTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	return o.c.CopyFrom(ctx, table, columns, src)
}

// SendBatch implements pgx.Tx.
func (o openTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return o.c.SendBatch(ctx, b)
}

// LargeObjects implements pgx.Tx; nobody uses them here.
func (openTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Prepare implements pgx.Tx.
func (o openTx) Prepare(ctx context.Context, name, query string) (*pgconn.StatementDescription, error) {
	return o.c.Prepare(ctx, name, query)
}

// Exec implements pgx.Tx.
func (o openTx) Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error) {
	return o.c.Exec(ctx, query, args...)
}

// Query implements pgx.Tx.
func (o openTx) Query(ctx context.Context, query string, args ...any) (pgx.Rows, error) {
	return o.c.Query(ctx, query, args...)
}

// QueryRow implements pgx.Tx.
func (o openTx) QueryRow(ctx context.Context, query string, args ...any) pgx.Row {
	return o.c.QueryRow(ctx, query, args...)
}

// Conn implements pgx.Tx.
func (o openTx) Conn() *pgx.Conn { return o.c }

// savepoint is a step within a lent transaction.
type savepoint struct{ openTx }

// Commit implements pgx.Tx.
func (s savepoint) Commit(ctx context.Context) error {
	_, err := s.c.Exec(ctx, "RELEASE SAVEPOINT lent")
	return err
}

// Rollback implements pgx.Tx.
func (s savepoint) Rollback(ctx context.Context) error {
	_, err := s.c.Exec(ctx, "ROLLBACK TO SAVEPOINT lent")
	return err
}
