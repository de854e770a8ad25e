package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"amends.dev/internal/config"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

func newBackup() *cobra.Command {
	c := &cobra.Command{
		Use: "backup FILE", GroupID: groupHost, Short: "Write the whole record into one file, while the server runs or not",
		Long: `Write the whole record into one file, as it is at one instant. The server may
run meanwhile. The file knows neither database: a backup of SQLite restores into
PostgreSQL and the other way round. It holds a sum of every table, and
amends restore --check finds a damaged byte anywhere.

It holds what is private: keep it like the database. - writes to stdout.`,
		Example: "  amends backup /backups/amends-$(date +%F).amends\n  amends backup - | age -r age1… > amends.age",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t := newTerminal(c)
			return besideRecord(c, func(db *store.DB, _ *config.Config) error {
				var m store.Manifest
				err := intoFile(t, args[0], func(w io.Writer) (err error) {
					m, err = db.Backup(c.Context(), w)
					return err
				})
				if err != nil {
					return err
				}
				say := t.done
				if args[0] == "-" {
					say = t.remark
				}
				say("ok  %d rows of %d tables. Prove it:  amends restore --check %s", m.Rows, len(m.Tables), args[0])
				return nil
			})
		},
	}
	addRecordFlags(c)
	return c
}

// intoFile gives f a file to write that only its owner can read, and puts it
// in place when f has written all of it. "-" is stdout.
func intoFile(t *terminal, path string, f func(io.Writer) error) (err error) {
	if path == "-" {
		w := bufio.NewWriter(t.out)
		return errors.Join(f(w), w.Flush())
	}
	out, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be written. Choose another file", path), err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	w := bufio.NewWriterSize(out, 1<<20)
	err = f(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if err = os.Rename(out.Name(), path); err != nil {
		return fmt.Errorf("put the backup in place: %w", err)
	}
	return nil
}
