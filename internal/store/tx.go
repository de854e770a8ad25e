package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"amends.dev/internal/incident"
)

// tx is one transaction. Methods on tx never begin or commit. Time is read
// once, when it begins. What commands change is staged and written together,
// many rows a statement, by flush.
type tx struct {
	ctx  context.Context
	db   *DB
	conn *sql.Conn
	sql  *sql.Tx
	now  time.Time

	dirty     bool                         // something was written
	incidents map[int64]*incident.Incident // as loaded or as staged
	policies  incident.Policies            // read once
	number    int64                        // the last incident number given; 0 until it was read
	numbered  bool                         // number changed

	changed   map[int64]bool // incidents to write
	entries   []incident.Entry
	promises  []incident.Promise
	published []publication
	jobs      []Job
	answers   map[string]answer        // to requests with a key
	groups    map[[2]string]alertGroup // by source and key
	after     []func()                 // run when the commit is on disk
}

func newTx(ctx context.Context, db *DB, conn *sql.Conn, t *sql.Tx) *tx {
	return &tx{
		ctx: ctx, db: db, conn: conn, sql: t, now: db.Now(),
		incidents: map[int64]*incident.Incident{}, changed: map[int64]bool{}, answers: map[string]answer{}, groups: map[[2]string]alertGroup{},
	}
}

// exec runs one statement.
func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	t.dirty = true
	return t.sql.ExecContext(t.ctx, query, args...)
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	return t.sql.QueryContext(t.ctx, query, args...)
}

func (t *tx) row(query string, args ...any) *sql.Row {
	return t.sql.QueryRowContext(t.ctx, query, args...)
}

func (t *tx) committed() {
	for _, f := range t.after {
		f()
	}
}

// flush writes what is staged, the log's head last: its row lock is what makes
// nodes publish one after the other.
func (t *tx) flush() error {
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"number", t.flushNumber}, {"incidents", t.flushIncidents}, {"entries", t.flushEntries},
		{"promises", t.flushPromises}, {"alert groups", t.flushGroups}, {"answers", t.flushAnswers}, {"jobs", t.flushJobs}, {"log", t.flushLog},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("write %s: %w", step.name, err)
		}
	}
	return nil
}

// insertRows writes rows with as few statements as it can. head is the
// statement up to VALUES, tail what follows the rows. Sizes are fixed, so that
// the databases can keep the prepared statements.
func (t *tx) insertRows(head, tail string, rows [][]any) error {
	for len(rows) > 0 {
		n := 1
		for _, size := range []int{128, 32, 8} {
			if len(rows) >= size {
				n = size
				break
			}
		}
		if _, err := t.exec(t.db.dialect.insertText(head, tail, n, len(rows[0])), slices.Concat(rows[:n]...)...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// collect reads all rows with one scan function.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		out = append(out, v)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// anys turns values into arguments.
func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}
