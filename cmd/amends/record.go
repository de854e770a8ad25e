package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"amends.dev/internal/app"
	"amends.dev/internal/config"
	"amends.dev/internal/store"
)

// Some commands open the record themselves instead of asking a server: on an
// empty one nobody can sign in yet, and a backup must not need a password.

// recordFlags are the options of the server that say where the record is.
var recordFlags = []string{"config", "data", "database", "database-file"}

// addRecordFlags defines the flags that say where the record is.
func addRecordFlags(c *cobra.Command) {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.AddFlags(all)
	for _, name := range recordFlags {
		c.Flags().AddFlag(all.Lookup(name))
	}
}

// wantsRecord reports whether a command that can do both is to open the record
// itself: when it is told where that is, or when no server is known here.
func wantsRecord(c *cobra.Command) (bool, error) {
	for _, name := range recordFlags {
		if c.Flags().Changed(name) {
			return true, nil
		}
	}
	if flagText(c, "server") != "" || os.Getenv("AMENDS_SERVER") != "" {
		return false, nil
	}
	kept, err := readLogin()
	return kept.Server == "", err
}

// withRecord opens the record for writing, which takes that no server has it
// open when it is a SQLite file, and closes it after f.
func withRecord(c *cobra.Command, f func(*store.DB, *config.Config) error) error {
	return record(c, false, f)
}

// besideRecord opens the record for reading, also beside a server that has it
// open.
func besideRecord(c *cobra.Command, f func(*store.DB, *config.Config) error) error {
	return record(c, true, f)
}

func record(c *cobra.Command, beside bool, f func(*store.DB, *config.Config) error) (err error) {
	cfg, err := load(c)
	if err != nil {
		return err
	}
	db, err := store.Open(c.Context(), store.Options{Database: app.Database(cfg), Beside: beside})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return f(db, cfg)
}

// either makes the body of a command that asks a server, or opens the record.
func either(server func(*desk, []string) error, direct func(*recordDesk, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		own, err := wantsRecord(c)
		if err != nil {
			return err
		}
		if !own {
			return online(server)(c, args)
		}
		return withRecord(c, func(db *store.DB, cfg *config.Config) error {
			return direct(&recordDesk{newTerminal(c), c, db, cfg}, args)
		})
	}
}

// recordDesk is what a command works at that opens the record itself.
type recordDesk struct {
	*terminal
	cmd *cobra.Command
	db  *store.DB
	cfg *config.Config
}

// link is the address of a page of the server, as far as it is known here.
func (r *recordDesk) link(path string) string {
	base := r.cfg.BaseURL
	if base == "" {
		base = "http://" + r.cfg.Addr
	}
	return base + path
}
