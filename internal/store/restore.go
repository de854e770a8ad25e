package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/fault"
)

// Check reads a backup from end to end without any database. The error says
// that the file is damaged: any byte that is not as it was written is found.
// The audit says what in the record itself does not agree.
func Check(r io.Reader) (Manifest, Audit, error) {
	a, err := openArchive(r)
	if err != nil {
		return Manifest{}, Audit{}, err
	}
	audit := newAuditor(nil)
	m, err := a.each(audit)
	if err != nil {
		return Manifest{}, Audit{}, err
	}
	return m, audit.finish(), nil
}

// Restore reads a backup into an empty database, all or nothing, and holds
// deliveries until somebody releases them: what was due in the meantime is not
// sent by surprise. The audit says what in the record does not agree.
func (db *DB) Restore(ctx context.Context, r io.Reader) (Manifest, Audit, error) {
	a, err := openArchive(r)
	if err != nil {
		return Manifest{}, Audit{}, err
	}
	var m Manifest
	audit := newAuditor(nil)
	err = db.atSchema(ctx, a.head.Schema, func() error {
		return db.patient(ctx, func(t *tx) error {
			if err := t.makeRoom(); err != nil {
				return err
			}
			into := &restorer{tx: t}
			if m, err = a.each(both{into, audit}); err != nil {
				return err
			}
			if err := into.flush(); err != nil {
				return err
			}
			return t.set(SettingHold, t.now.Format(time.RFC3339))
		})
	})
	if err != nil {
		return Manifest{}, Audit{}, err
	}
	db.policies.forget()
	db.announce()
	return m, audit.finish(), nil
}

// atSchema runs f while the empty tables are of the version that a backup was
// made at, and brings them up to date afterwards.
func (db *DB) atSchema(ctx context.Context, version int64, f func() error) (err error) {
	m, err := db.migrator()
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	have, err := m.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the tables: %w", err)
	}
	switch {
	case version > have:
		return fault.Newf(fault.Invalid, "This backup was made by a newer amends (tables %d, here %d). Start that amends and restore with it", version, have)
	case version == have:
		return f()
	}
	// Only an empty database may lose its tables.
	if err := db.patient(ctx, func(t *tx) error { return t.makeRoom() }); err != nil {
		return err
	}
	if _, err := m.DownTo(ctx, version); err != nil {
		return fmt.Errorf("take the tables to version %d: %w", version, err)
	}
	defer func() {
		if _, up := m.Up(ctx); up != nil {
			err = errors.Join(err, fmt.Errorf("bring the tables up to date: %w", up))
		}
	}()
	return f()
}

// patient runs f in a transaction of its own that may take long. The writer
// waits meanwhile.
func (db *DB) patient(ctx context.Context, f func(*tx) error) (err error) {
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
	if err := t.mayTakeLong(); err != nil {
		return errors.Join(err, rollback(sqltx))
	}
	if err := f(t); err != nil {
		return errors.Join(err, rollback(sqltx))
	}
	if err := sqltx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// makeRoom refuses a database that holds anything, and clears what a new one
// comes with.
func (t *tx) makeRoom() error {
	for _, k := range keptTables {
		if k.name == "counters" || k.name == "log_head" {
			continue
		}
		var rows int
		if err := t.row(`SELECT COUNT(*) FROM (SELECT 1 AS one FROM ` + k.name + ` LIMIT 1) AS found`).Scan(&rows); err != nil {
			return fmt.Errorf("look into the table %s: %w", k.name, err)
		}
		if rows > 0 {
			return fault.New(fault.Conflict, "This database is not empty. Restore into a new one: choose another with --data or --database")
		}
	}
	return t.execAll([]statement{{`DELETE FROM counters`, nil}, {`DELETE FROM log_head`, nil}, {`DELETE FROM links`, nil}})
}

// restorer writes the rows that it reads.
type restorer struct {
	tx      *tx
	head    string
	truths  []bool
	pending [][]any
}

func (r *restorer) table(name string, columns []string) error {
	if err := r.flush(); err != nil {
		return err
	}
	if !slices.ContainsFunc(keptTables, func(k keptTable) bool { return k.name == name }) {
		return damaged(fmt.Errorf("the table %q is none of ours", name))
	}
	have, truths, err := r.tx.columns(name)
	if err != nil {
		return err
	}
	r.truths = make([]bool, len(columns))
	for i, c := range columns {
		at := slices.Index(have, c)
		if at < 0 {
			return damaged(fmt.Errorf("the table %s has no column %q", name, c))
		}
		r.truths[i] = truths[at]
	}
	r.head = `INSERT INTO ` + name + ` (` + strings.Join(columns, ", ") + `)`
	return nil
}

func (r *restorer) row(values []any) error {
	kept := slices.Clone(values)
	for i, truth := range r.truths {
		if n, ok := kept[i].(int64); ok && truth {
			kept[i] = n != 0
		}
	}
	if r.pending = append(r.pending, kept); len(r.pending) < 128 {
		return nil
	}
	return r.flush()
}

func (r *restorer) flush() error {
	err := r.tx.insertRows(r.head, "", r.pending)
	r.pending = r.pending[:0]
	return err
}

// both hands rows to two readers.
type both struct{ a, b rowReader }

func (x both) table(name string, columns []string) error {
	if err := x.a.table(name, columns); err != nil {
		return err
	}
	return x.b.table(name, columns)
}

func (x both) row(values []any) error {
	if err := x.a.row(values); err != nil {
		return err
	}
	return x.b.row(values)
}
