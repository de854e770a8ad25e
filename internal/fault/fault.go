// Package fault holds the one error type that crosses rooms.
//
// An error has two readers. Say is for whoever made the request: a full
// sentence with the next step in it. Err is for our log and is never shown.
// Kind decides the HTTP status and the exit code, each in one table of the
// surface that answers (web, api, cmd). Nothing in here performs I/O.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what went wrong in terms that a surface can act on.
type Kind string

// The kinds. An error without a kind is Internal.
const (
	Invalid   Kind = "invalid"   // the request does not hold; Fields say where
	Missing   Kind = "missing"   // there is no such thing, or the caller may not know of it
	Conflict  Kind = "conflict"  // somebody else was faster; the newer state is named
	Forbidden Kind = "forbidden" // the caller is known and may not do this
	Unknown   Kind = "unknown"   // the caller is not signed in
	Busy      Kind = "busy"      // try again later; nothing was stored
	Internal  Kind = "internal"  // our fault
)

// Field is one input that needs another value.
type Field struct {
	Name string // the input's name on the wire and in the form: "next_at"
	Say  string // what to enter instead, a sentence without a full stop
}

// Error is what rooms return when the cause is known.
type Error struct {
	Kind   Kind
	Say    string  // for the person who asked; ends with what to do next
	Fields []Field // for Invalid: every input at fault, in form order
	Err    error   // for our log; may be nil
}

// Error returns the text for the log: Say, the fields, and the cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Say)
	for i, f := range e.Fields {
		if b.Len() > 0 || i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.Name + ": " + f.Say)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, " (%v)", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of a kind with the sentence to show.
func New(kind Kind, say string) *Error { return &Error{Kind: kind, Say: say} }

// Newf is New with a format for the sentence.
func Newf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Say: fmt.Sprintf(format, args...)}
}

// Wrap returns an error of a kind that shows say and keeps err for the log.
func Wrap(kind Kind, say string, err error) *Error {
	return &Error{Kind: kind, Say: say, Err: err}
}

// Bad returns an Invalid error for one input.
func Bad(field, say string) *Error {
	return &Error{Kind: Invalid, Fields: []Field{{field, say}}}
}

// Checks collects field errors so that a form is answered once, with all of
// them. The zero value is ready to use.
type Checks struct{ fields []Field }

// Add records a field at fault.
func (c *Checks) Add(field, say string) { c.fields = append(c.fields, Field{field, say}) }

// Addf is Add with a format.
func (c *Checks) Addf(field, format string, args ...any) { c.Add(field, fmt.Sprintf(format, args...)) }

// Need records say for the field unless ok.
func (c *Checks) Need(ok bool, field, say string) {
	if !ok {
		c.Add(field, say)
	}
}

// Err returns nil, or one Invalid error with every field at fault.
func (c *Checks) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Fields: c.fields}
}

// Public returns the kind of err, the sentence and the fields that may be
// shown for it. An error that is not ours shows nothing of itself.
func Public(err error) (Kind, string, []Field) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return Internal, "This did not work and it is our fault, not yours. Nothing was changed. Try again; if it happens twice, tell the person who runs this server.", nil
	}
	say := e.Say
	if say == "" && len(e.Fields) == 1 {
		say = e.Fields[0].Say
	}
	if say == "" && len(e.Fields) > 1 {
		say = fmt.Sprintf("%d entries need another value", len(e.Fields))
	}
	return e.Kind, say, e.Fields
}

// Is reports whether err carries the kind.
func Is(err error, kind Kind) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == kind
}
