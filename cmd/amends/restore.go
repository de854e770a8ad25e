package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"amends.dev/internal/config"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

func newRestore() *cobra.Command {
	c := &cobra.Command{
		Use: "restore FILE", GroupID: groupHost, Short: "Read a backup into an empty record, or prove a backup without touching anything",
		Long: `Read a backup into an empty record, all of it or nothing. A restored server sends
nothing until it is released (amends deliveries release): what waited in the
backup may have been sent since.

With --check the backup is read from end to end and no record is touched. Every
sum is compared, every incident is rebuilt from its timeline, and every published
item is compared with the log. Exit code 1 when anything does not agree.`,
		Example: "  amends restore --check amends-2026-11-22.amends\n  amends restore amends-2026-11-22.amends --data /var/lib/amends",
		Args:    cobra.ExactArgs(1),
		RunE:    runRestore,
	}
	c.Flags().Bool("check", false, "Read and prove it, and change nothing")
	addRecordFlags(c)
	return c
}

func runRestore(c *cobra.Command, args []string) (err error) {
	t := newTerminal(c)
	var from io.Reader = c.InOrStdin()
	if args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be read. Name another file", args[0]), err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		from = f
	}
	from = bufio.NewReaderSize(from, 1<<20)
	if check, _ := c.Flags().GetBool("check"); check {
		m, audit, err := store.Check(from)
		if err != nil {
			return asFinding(err)
		}
		return t.audited(audit, fmt.Sprintf("this backup of %s is whole: %d rows of %d tables", t.clock(m.At), m.Rows, len(m.Tables)))
	}
	return withRecord(c, func(db *store.DB, _ *config.Config) error {
		m, audit, err := db.Restore(c.Context(), from)
		if err != nil {
			return err
		}
		if err := t.audited(audit, fmt.Sprintf("restored %d rows as they were on %s", m.Rows, t.clock(m.At))); err != nil {
			return err
		}
		t.done("Nothing is sent until you release it, when the server runs:  amends deliveries release")
		return nil
	})
}

// asFinding gives a damaged backup the exit code of a check that found
// something: the command itself could be understood.
func asFinding(err error) error {
	kind, say, _ := fault.Public(err)
	if kind != fault.Invalid {
		return err
	}
	return fault.Wrap(fault.Conflict, say, err)
}

// audited shows what a reading of the whole record found.
func (t *terminal) audited(a store.Audit, whole string) error {
	for _, d := range a.Differences {
		fmt.Fprintf(t.errs, "%s   %s\n", markBad, line(d.String()))
	}
	if n := len(a.Differences); n > 0 {
		return fault.Newf(fault.Conflict, "%s in %s. Keep a copy as it is, and restore the last backup that agrees", count(int64(n), "difference", "differences"), counts(a))
	}
	t.done("%s  %s", markOK, whole)
	t.done("%s  %s agree with their timelines and with the log", markOK, counts(a))
	return nil
}

func counts(a store.Audit) string {
	return fmt.Sprintf("%s, %s, %s, %s of the log", count(a.Incidents, "incident", "incidents"), count(a.Entries, "entry", "entries"), count(a.Promises, "promise", "promises"), count(a.Leaves, "leaf", "leaves"))
}
