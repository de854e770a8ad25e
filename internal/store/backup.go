package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/fault"
)

// keptTable is a table that a backup holds, with the columns that order it:
// texts are compared by byte.
type keptTable struct {
	name  string
	texts []string // key columns that are texts
	then  []string // key columns that are numbers, after them
}

// keptTables come in an order in which an audit can check each against those
// before it, and in which references are there before what refers to them.
//
// Left out are sessions and one-time links, which prove who is signed in: a
// copy of the record must not be a way in. And the job engine's tables: the
// ledger of deliveries says what is still to be sent.
var keptTables = []keptTable{
	{name: "settings", texts: []string{"name"}},
	{name: "counters", texts: []string{"name"}},
	{name: "members", texts: []string{"id"}},
	{name: "tokens", texts: []string{"id"}},
	{name: "services", texts: []string{"id"}},
	{name: "policies", texts: []string{"severity"}},
	{name: "channels", texts: []string{"id"}},
	{name: "subscribers", texts: []string{"id"}},
	{name: "sources", texts: []string{"id"}},
	{name: "alert_groups", texts: []string{"source", "group_key"}},
	{name: "imports", texts: []string{"source", "external"}},
	{name: "entries", then: []string{"incident", "seq"}},
	{name: "incidents", then: []string{"id"}},
	{name: "incident_services", texts: []string{"service"}, then: []string{"incident"}},
	{name: "promises", then: []string{"incident", "n"}},
	{name: "published", then: []string{"leaf"}},
	{name: "log_hashes", then: []string{"idx"}},
	{name: "log_head", then: []string{"id"}},
	{name: "deliveries", texts: []string{"id"}},
	{name: "answers", texts: []string{"key"}},
}

// order returns the ORDER BY of a table.
func (k keptTable) order(byBytes string) string {
	keys := make([]string, 0, 2)
	for _, c := range k.texts {
		keys = append(keys, c+byBytes)
	}
	return strings.Join(append(keys, k.then...), ", ")
}

// Backup writes the whole record as it is at one instant, while others go on
// writing. It holds one row in memory at a time.
func (db *DB) Backup(ctx context.Context, w io.Writer) (Manifest, error) {
	var m Manifest
	err := db.snapshot(ctx, func(t *tx) (err error) {
		m.At = t.now
		if m.Schema, err = t.schema(); err != nil {
			return err
		}
		a, err := newArchiveWriter(w, m)
		if err != nil {
			return fmt.Errorf("write the backup: %w", err)
		}
		if err := t.walk(a); err != nil {
			return err
		}
		if m, err = a.close(); err != nil {
			return fmt.Errorf("write the backup: %w", err)
		}
		return nil
	})
	if err != nil {
		return Manifest{}, err
	}
	return m, nil
}

// snapshot runs f in a transaction that sees the record as it was when it
// began, however long it takes, and writes nothing.
func (db *DB) snapshot(ctx context.Context, f func(*tx) error) (err error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	sqltx, err := conn.BeginTx(ctx, &db.dialect.snapshot)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { err = errors.Join(err, rollback(sqltx)) }()
	t := newTx(ctx, db, conn, sqltx)
	if err := t.mayTakeLong(); err != nil {
		return err
	}
	return f(t)
}

// mayTakeLong lifts the limit that the database sets to idle transactions:
// whoever reads the backup may be slow.
func (t *tx) mayTakeLong() error {
	if t.db.dialect.patience == "" {
		return nil
	}
	_, err := t.exec(t.db.dialect.patience)
	return err
}

// schema returns the version of the tables.
func (t *tx) schema() (version int64, err error) {
	err = t.row(`SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the version of the tables: %w", err)
	}
	return version, nil
}

// walk hands every row of every kept table to a reader.
func (t *tx) walk(to rowReader) error {
	for _, k := range keptTables {
		if err := t.walkTable(k, to); err != nil {
			return fmt.Errorf("read the table %s: %w", k.name, err)
		}
	}
	return nil
}

func (t *tx) walkTable(k keptTable, to rowReader) (err error) {
	columns, _, err := t.columns(k.name)
	if err != nil {
		return err
	}
	rows, err := t.query(`SELECT ` + strings.Join(columns, ", ") + ` FROM ` + k.name + ` ORDER BY ` + k.order(t.db.dialect.byBytes))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if err := to.table(k.name, columns); err != nil {
		return err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.(bool); ok {
				values[i] = number(b)
			}
		}
		if err := to.row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// columns returns the columns of a table, and which of them hold truth values.
// Asking the catalogue for them keeps a backup whole when a migration adds one.
func (t *tx) columns(table string) (names []string, truths []bool, err error) {
	rows, err := t.query(t.db.dialect.columns, table)
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var name, kind string
		err := rows.Scan(&name, &kind)
		names, truths = append(names, name), append(truths, kind == "boolean")
		return struct{}{}, err
	})
	return names, truths, err
}

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
	if len(r.pending) == 0 {
		return nil
	}
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
