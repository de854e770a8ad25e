package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"amends.dev/internal/fault"
)

//go:embed migrations/*.sql
var embedded embed.FS

// ownMigrations returns the migrations that this binary was built with.
func ownMigrations() (fs.FS, error) { return fs.Sub(embedded, "migrations") }

// migrator returns the migrations in the database's words. A migration is
// added, never edited, and lets the release before it keep running.
func (db *DB) migrator() (*goose.Provider, error) {
	var opts []goose.ProviderOption
	if db.Shared() {
		// Several nodes may start at once: one migrates, the others wait.
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, fmt.Errorf("prepare the migration lock: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(db.dialect.goose, db.write, rewritten{db.migrations, db.dialect.schema}, opts...)
}

func (db *DB) migrate(ctx context.Context) error {
	m, err := db.migrator()
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	have, target, err := m.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the tables: %w", err)
	}
	// A newer schema is fine: migrations only add, and the release before one
	// keeps running beside it. maxAhead bounds how far that holds.
	if have > target+maxAhead {
		return fault.Newf(fault.Invalid, "This database has tables of version %d and this amends knows %d. Start a newer amends", have, target)
	}
	if have >= target {
		return nil
	}
	if _, err := m.Up(ctx); err != nil {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	return nil
}

// maxAhead is how many migrations a newer release may be ahead of a binary
// that keeps running beside it.
const maxAhead = 20
