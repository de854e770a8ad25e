package app

import (
	"bytes"
	"context"

	"amends.dev/client"
	"amends.dev/internal/config"
	"amends.dev/internal/intake"
	"amends.dev/internal/store"
)

// Database returns where a configuration keeps the record: an address of
// PostgreSQL, or the path of a SQLite file.
func Database(cfg *config.Config) string {
	if address := cfg.Database.Reveal(); address != "" {
		return address
	}
	return store.FileIn(cfg.Data)
}

// ImportStatuspage brings a history in native Statuspage JSON, as the API and
// the command line take it. With dry nothing is written.
func ImportStatuspage(ctx context.Context, db *store.DB, history []byte, dry bool) (client.Imported, error) {
	list, skipped, err := intake.ParseStatuspage(bytes.NewReader(history))
	if err != nil {
		return client.Imported{}, err
	}
	brought, err := intake.ImportHistory(ctx, db, list, dry, nil)
	return client.Imported{
		Found: brought.Found, Added: brought.Added, Known: brought.Known, Skipped: skipped + brought.Open,
	}, err
}
