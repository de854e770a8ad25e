// Command amends takes a team from a mistake to restored trust, keeps the
// promises made on the way, and can prove it.
//
// Each command stands in a file of its own and turns flags into calls; what
// it does is done by the rooms below. Output goes to stdout, messages to
// stderr. Exit codes: 0 fine; 1 it failed, or a check found something; 2 the
// command could not be understood or could not run; 4 sign in first;
// 130 interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"amends.dev/internal/app"
	"amends.dev/internal/fault"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main without the process, for tests.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitFine
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	printError(errs, err)
	return exitCode(err)
}

// The exit codes. There are no others.
const (
	exitFine        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitSignIn      = 4
	exitInterrupted = 130
)

// usageError is a command line that cannot be understood.
type usageError struct{ error }

// Unwrap returns what is wrong with it.
func (e usageError) Unwrap() error { return e.error }

// errShown is a failure that has been shown already: a check that found something.
var errShown = errors.New("")

func exitCode(err error) int {
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	switch kind, _, _ := fault.Public(err); kind {
	case fault.Invalid:
		return exitUsage
	case fault.Unknown:
		return exitSignIn
	}
	return exitFailed
}

// printError writes "amends: what went wrong" and the fields at fault.
func printError(w io.Writer, err error) {
	if errors.Is(err, errShown) {
		return
	}
	f, ours := errors.AsType[*fault.Error](err)
	if !ours {
		fmt.Fprintf(w, "amends: %v\n", err)
		return
	}
	_, say, fields := fault.Public(err)
	fmt.Fprintf(w, "amends: %s\n", strings.TrimSuffix(say, "."))
	if len(fields) > 1 || f.Say != "" {
		for _, field := range fields {
			fmt.Fprintf(w, "  %s: %s\n", field.Name, field.Say)
		}
	}
	if f.Kind == fault.Internal && f.Err != nil {
		fmt.Fprintf(w, "  %v\n", f.Err)
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "amends",
		Short:         "From a mistake to restored trust, with promises that are kept and can be proved",
		Version:       app.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w. See %s --help", err, c.CommandPath())}
	})
	root.AddCommand(newServe(), newConfig())
	return root
}
