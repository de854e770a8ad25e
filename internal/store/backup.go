package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
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
