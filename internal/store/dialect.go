package store

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"amends.dev/internal/fault"
)

// dialect is everything that differs between the two databases.
type dialect struct {
	name      string
	goose     goose.Dialect
	forUpdate string // ends a SELECT whose rows will be written
	skipBusy  string // ends a SELECT that takes rows nobody else has taken
	schema    func(string) string
	snapshot  sql.TxOptions // of a transaction that sees the record at one instant
	patience  string        // lets a transaction idle
	byBytes   string        // orders a text by its bytes
	unnamed   bool          // takes "?" for the next argument
	columns   string        // asks for the names and types of a table's columns
}

// skipBusyOf is skipBusy for one table of a join.
func (d dialect) skipBusyOf(table string) string {
	return strings.Replace(d.skipBusy, "UPDATE", "UPDATE OF "+table, 1)
}

var postgres = dialect{
	name: "postgres", goose: goose.DialectPostgres,
	forUpdate: " FOR UPDATE", skipBusy: " FOR UPDATE SKIP LOCKED",
	schema:   func(s string) string { return s },
	snapshot: sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	patience: `SET LOCAL idle_in_transaction_session_timeout = 0`,
	byBytes:  ` COLLATE "C"`,
	columns: `SELECT column_name, data_type FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`,
}

// SQLite has one writer, so nothing needs a row lock.
var sqliteDialect = dialect{
	name: "sqlite", goose: goose.DialectSQLite3,
	snapshot: sql.TxOptions{ReadOnly: true}, // the read-ahead log keeps it as it was
	byBytes:  ` COLLATE BINARY`,
	unnamed:  true,
	columns:  `SELECT name, type FROM pragma_table_info($1) ORDER BY cid`,
	schema: func(s string) string {
		s = strings.NewReplacer("BIGINT", "INTEGER", "BOOLEAN", "INTEGER", "BYTEA", "BLOB").Replace(s)
		return endOfTable.ReplaceAllString(s, ") STRICT;")
	},
}

var endOfTable = regexp.MustCompile(`(?m)^\);`)

// minSQLite is the first release without the WAL-reset bug, which could lose
// commits with two connections (sqlite.org/changes, 3.51.3).
const minSQLite = 3_051_003

func (db *DB) openSQLite(ctx context.Context, o Options) error {
	db.dialect = sqliteDialect
	path, err := filepath.Abs(o.Database)
	if err != nil {
		return fmt.Errorf("find the database file: %w", err)
	}
	if o.Beside {
		return db.openSQLiteBeside(ctx, path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fault.Wrap(fault.Invalid, "The directory for the database cannot be made. Choose another with --data, or give this user the right to write there", err)
	}
	if db.lock, err = lockDir(path + ".lock"); err != nil {
		return err
	}
	dsn := func(params string) string { return dsnSQLite(path, params) }
	// FULL: an acknowledged write survives a power cut. NORMAL loses the last ones.
	db.write, err = openKeeping(dsn("_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	db.write.SetMaxOpenConns(1)
	if err := checkSQLite(ctx, db.write, path); err != nil {
		return err
	}
	db.read, err = openKeeping(dsn("_pragma=query_only(1)"))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	db.read.SetMaxOpenConns(8)
	db.read.SetMaxIdleConns(8)
	return nil
}

// openSQLiteBeside opens an existing file for reading, without the lock that
// its server holds: the read-ahead log gives readers a record that holds still.
func (db *DB) openSQLiteBeside(ctx context.Context, path string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return fault.Wrap(fault.Invalid, "There is no record at "+path+". Say where it is with --data or --database", err)
	}
	// rw, so that it can join the shared memory of the others; it writes nothing.
	if db.read, err = sql.Open("sqlite", dsnSQLite(path, "mode=rw&_pragma=query_only(1)")); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	db.write = db.read
	return checkSQLite(ctx, db.read, path)
}

func dsnSQLite(path, params string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&" + params
}

func checkSQLite(ctx context.Context, pool *sql.DB, path string) error {
	var version string
	if err := pool.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version); err != nil {
		return fault.Wrap(fault.Invalid, path+" is not a database that amends can read. Move it away, or restore a backup with amends restore", err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return fmt.Errorf("read the SQLite version %q: %w", version, err)
	}
	if major*1_000_000+minor*1_000+patch < minSQLite {
		return fmt.Errorf("SQLite %s can lose commits; this build needs 3.51.3 or newer", version)
	}
	return nil
}

// isUnique reports whether err says that a row like it exists.
func isUnique(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// isPassing reports whether the same work may succeed when it is done again.
func isPassing(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "40001" || e.Code == "40P01" || e.Code == "55P03"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED
	}
	return false
}

// instant keeps a time as whole microseconds; the zero time is NULL.
type instant struct{ time.Time }

// Value implements driver.Valuer.
func (t instant) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMicro(), nil
}

// Scan implements sql.Scanner.
func (t *instant) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		t.Time = time.Time{}
	case int64:
		t.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("an instant is kept as an integer, not as %T", v)
	}
	return nil
}

// marks returns "$from, …" for n values.
func marks(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}

// insertText returns an INSERT of many rows. To SQLite "$1" is a name, which
// it looks up in a list for every argument: with a thousand of them that takes
// longer than the insert, so there they go without names.
func (d dialect) insertText(head, tail string, rows, columns int) string {
	var b strings.Builder
	b.WriteString(head)
	b.WriteString(" VALUES ")
	unnamed := "?" + strings.Repeat(", ?", columns-1)
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		if d.unnamed {
			b.WriteString("(" + unnamed + ")")
		} else {
			b.WriteString("(" + marks(1+i*columns, columns) + ")")
		}
	}
	if tail != "" {
		b.WriteString(" " + tail)
	}
	return b.String()
}

// rewritten is the migrations in the words of the database.
type rewritten struct {
	fs.FS
	rewrite func(string) string
}

// Open implements fs.FS.
func (r rewritten) Open(name string) (fs.File, error) {
	f, err := r.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &rewrittenFile{File: f, text: bytes.NewReader([]byte(r.rewrite(string(text))))}, nil
}

type rewrittenFile struct {
	fs.File
	text *bytes.Reader
}

// Read implements fs.File.
func (f *rewrittenFile) Read(p []byte) (int, error) { return f.text.Read(p) }

// WithDatabase returns the address of another database on the same server.
func WithDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Path = "/" + name
	return u.String()
}
