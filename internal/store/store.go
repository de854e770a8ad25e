// Package store keeps the record: it is the only room that knows SQL and the
// only one that opens a transaction.
//
// In come commands (Apply) and questions (the views). Out go results, states
// and rows. One SQL text serves SQLite (one node) and PostgreSQL (several);
// what differs between them stands in dialect.go.
//
// Writes to incidents run in group commits (commit.go): requests that wait at
// the same time share one transaction, each decided in turn on what the one
// before it left. A write is acknowledged after the commit, never before, and
// nothing is announced before it: jobs are rows of the same transaction.
//
// Exported methods open transactions. Lower-case methods on tx are steps within
// one; they never begin or commit.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// Options say where the record is kept.
type Options struct {
	// Database is a postgres:// address, or the path of a SQLite file.
	Database string
	// Now is the clock; time.Now when nil. Tests move it.
	Now func() time.Time
	// Beside opens an existing record for reading only, next to the process that
	// writes to it: for backups and reports while a server runs. Every write is
	// refused.
	Beside bool
	// Conns bounds the connections to PostgreSQL; 16 when zero.
	Conns int

	migrations fs.FS // our own when nil; tests look into the future
}

// DB is the record. It is safe for concurrent use.
type DB struct {
	write   *sql.DB // SQLite: one connection, so that writers queue here and not at the file
	read    *sql.DB // SQLite: several, read only; PostgreSQL: the same pool
	pg      *pgxpool.Pool
	dialect dialect
	clock   func() time.Time
	lock    *dirLock
	beside  bool // open for reading only

	queue   chan *work
	stop    context.CancelFunc
	stopped sync.WaitGroup

	enqueue    Enqueue
	migrations fs.FS

	mu        sync.Mutex
	listeners map[int]chan struct{}
	listening int
	policies  cachedPolicies
}

// Open opens the record, brings its tables up to date and starts its writer.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{clock: o.Now, queue: make(chan *work, maxBatch), listeners: map[int]chan struct{}{}}
	if db.clock == nil {
		db.clock = time.Now
	}
	open := db.openSQLite
	if IsPostgres(o.Database) {
		open = db.openPostgres
	}
	if db.migrations = o.migrations; db.migrations == nil {
		own, err := ownMigrations()
		if err != nil {
			return nil, fmt.Errorf("read our own migrations: %w", err)
		}
		db.migrations = own
	}
	if err := open(ctx, o); err != nil {
		return nil, errors.Join(err, db.closePools())
	}
	if o.Beside {
		db.beside, db.stop = true, func() {} // there is no writer
		return db, nil
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.closePools())
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	db.stop = stop
	db.stopped.Go(func() { db.commits(run) })
	return db, nil
}

// IsPostgres reports whether a database option names PostgreSQL.
func IsPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

func (db *DB) openPostgres(ctx context.Context, o Options) error {
	config, err := pgxpool.ParseConfig(o.Database)
	if err != nil {
		return fmt.Errorf("read the address of the database: %w", err)
	}
	config.MaxConns = 16
	if o.Conns > 0 {
		config.MaxConns = int32(o.Conns)
	}
	// A write that is not on disk is not a write, whatever the server's default.
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// A node that freezes in the middle of a transaction must not hold rows
	// that the others need for a promise.
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "3000"
	config.ConnConfig.RuntimeParams["lock_timeout"] = "10000"
	if db.pg, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	db.write = stdlib.OpenDBFromPool(db.pg)
	db.read, db.dialect = db.write, postgres
	if err := db.write.PingContext(ctx); err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	return nil
}

// closePools closes what has been opened.
func (db *DB) closePools() error {
	var errs []error
	if db.read != nil && db.read != db.write {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	if db.pg != nil {
		db.pg.Close()
	}
	if db.lock != nil {
		errs = append(errs, db.lock.release())
	}
	return errors.Join(errs...)
}

// Close waits for the write under way and closes the record. Writes that still
// wait are refused.
func (db *DB) Close() error {
	db.stop()
	db.stopped.Wait()
	return db.closePools()
}

// Now reads the record's clock.
func (db *DB) Now() time.Time { return db.clock().UTC().Truncate(time.Microsecond) }

// Shared reports whether other nodes may write to the same record.
func (db *DB) Shared() bool { return db.pg != nil }

// SQLite returns the pool that writes, when the record is a SQLite file: the
// job engine shares its one connection. Nil otherwise.
func (db *DB) SQLite() *sql.DB {
	if db.pg != nil {
		return nil
	}
	return db.write
}

// Postgres returns the pool when the record is in PostgreSQL, nil otherwise.
func (db *DB) Postgres() *pgxpool.Pool { return db.pg }

// Ping checks that the record can be read.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return db.read.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
}

// Committed returns a channel that gets a value after commits (several may
// share one), and a func that ends the subscription. It wakes the promise
// watch, the live pages and the public page's cache.
func (db *DB) Committed() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	db.mu.Lock()
	defer db.mu.Unlock()
	db.listening++
	id := db.listening
	db.listeners[id] = ch
	return ch, func() {
		db.mu.Lock()
		defer db.mu.Unlock()
		delete(db.listeners, id)
	}
}

func (db *DB) announce() {
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, ch := range db.listeners {
		select {
		case ch <- struct{}{}:
		default: // one is waiting already
		}
	}
}

// FileIn returns the SQLite file of a data directory.
func FileIn(dir string) string { return filepath.Join(dir, "amends.db") }
