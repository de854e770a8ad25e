package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

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

// needed says which argument or flag is missing, and what it is.
func needed(flag, what string) error {
	return usageError{fmt.Errorf("%s is missing: %s", flag, what)}
}

// errShown is a failure that has been shown already: a check that found something.
var errShown = errors.New("")

// hinted is an error with what to try next.
type hinted struct {
	error
	hint string
}

// Unwrap returns the error.
func (e hinted) Unwrap() error { return e.error }

func exitCode(err error) int {
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	kind, _, _ := fault.Public(err)
	if e, ok := errors.AsType[*client.Error](err); ok {
		kind = fault.Kind(e.Problem.Kind)
	}
	switch kind {
	case fault.Invalid:
		return exitUsage
	case fault.Unknown:
		return exitSignIn
	}
	return exitFailed
}

// refusal is what an error says to people.
type refusal struct {
	say    string // without a full stop
	fields []fault.Field
	hint   string
	cause  string // of a fault of ours, for a report
}

func refusalOf(c *cobra.Command, err error) refusal {
	var r refusal
	if h, ok := errors.AsType[hinted](err); ok {
		r.hint = h.hint
	}
	ours, isOurs := errors.AsType[*fault.Error](err)
	theirs, isTheirs := errors.AsType[*client.Error](err)
	switch {
	case isTheirs && theirs.Problem.Status == 0:
		r.say = noAnswer(theirs, patience(c))
		if r.hint == "" {
			r.hint = "check the address and the network, then try again"
		}
	case isTheirs && theirs.Problem.Detail == "":
		r.say = fmt.Sprintf("%s answered with status %d and no reason. Something between here and there may have answered instead", theirs.URL, theirs.Problem.Status)
	case isTheirs:
		r.say = theirs.Problem.Detail
		for _, f := range theirs.Problem.Fields {
			r.fields = append(r.fields, fault.Field(f))
		}
	case isOurs:
		_, r.say, r.fields = fault.Public(err)
		if ours.Kind == fault.Internal && ours.Err != nil {
			r.cause = ours.Err.Error()
		}
	default:
		r.say = err.Error()
	}
	r.say = strings.TrimSuffix(r.say, ".")
	return r
}

// patience is how long a command waits for the server.
func patience(c *cobra.Command) time.Duration {
	if c != nil {
		if d, err := c.Flags().GetDuration("timeout"); err == nil && d > 0 {
			return d
		}
	}
	return client.DefaultTimeout
}

// sentence returns what an error says in one sentence, without a full stop.
func sentence(err error) string {
	r := refusalOf(nil, err)
	if len(r.fields) == 1 {
		return r.fields[0].Say
	}
	return r.say
}

// printError writes "amends: what went wrong", the inputs at fault by the
// flag of the command that takes them, and a hint.
func printError(w io.Writer, c *cobra.Command, err error) {
	if errors.Is(err, errShown) {
		return
	}
	r := refusalOf(c, err)
	switch len(r.fields) {
	case 0:
		fmt.Fprintf(w, "amends: %s\n", clean(r.say))
	case 1:
		fmt.Fprintf(w, "amends: %s%s\n", label(c, r.fields[0].Name), clean(r.fields[0].Say))
	default:
		fmt.Fprintf(w, "amends: %d inputs need another value\n", len(r.fields))
		for _, f := range r.fields {
			fmt.Fprintf(w, "  %s%s\n", label(c, f.Name), clean(f.Say))
		}
	}
	if r.cause != "" {
		fmt.Fprintf(w, "  %s\n", clean(r.cause))
	}
	if r.hint != "" {
		fmt.Fprintf(w, "hint: %s\n", clean(r.hint))
	}
}

// flagged says which flag an error is about.
func flagged(flag string, err error) error {
	return fault.Bad(strings.TrimPrefix(flag, "--"), sentence(err))
}

// flagOf names the flags whose names differ from the input's on the wire.
var flagOf = map[string]string{
	"status": "state", "next_at": "next", "owner": "owner", "detected_at": "detected", "started_at": "started", "services": "service",
}

// label names the input of a field as the command has it: "--next: ".
func label(c *cobra.Command, field string) string {
	field = strings.TrimPrefix(strings.TrimPrefix(field, "body."), "query.")
	for _, name := range []string{flagOf[field], strings.ReplaceAll(field, "_", "-")} {
		if name != "" && c != nil && c.Flags().Lookup(name) != nil {
			return "--" + name + ": "
		}
	}
	if field == "" {
		return ""
	}
	return field + ": "
}
