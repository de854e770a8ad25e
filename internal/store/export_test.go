package store

import (
	"context"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// OpenWith opens a record with other migrations than our own: those of a
// release to come.
func OpenWith(ctx context.Context, o Options, migrations fs.FS) (*DB, error) {
	o.migrations = migrations
	return Open(ctx, o)
}

// OwnMigrations returns the migrations of this release.
func OwnMigrations() (fs.FS, error) { return ownMigrations() }

// Migrator returns what takes the tables from version to version.
func (db *DB) Migrator() (*goose.Provider, error) { return db.migrator() }
