package incident

import (
	"time"

	"amends.dev/internal/fault"
)

// TakeOwnership accepts responsibility in words, before the first update or
// after a hand-over.
type TakeOwnership struct {
	By        Person
	Statement string // names the problem and accepts responsibility for it
}

// Decide implements Command.
func (c TakeOwnership) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	if c.By != in.Owner {
		return Change{}, fault.Newf(fault.Forbidden, "You do not own %s. Ask its owner to hand it over to you", in.Name())
	}
	var v fault.Checks
	statement := text(&v, "statement", c.Statement, "Say who takes responsibility for what, in one sentence")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	if in.Ownership != nil && in.Ownership.By == c.By && in.Ownership.Statement == statement {
		return Change{}, nil
	}
	ch := begin(in, c.By, now)
	ch.add(in.Audience, Owned{Statement: statement})
	return ch.out, nil
}

// StatementFor returns the sentence that the first update's form is filled
// with. The owner accepts it or writes a better one.
func StatementFor(in Incident, team string) string {
	if team == "" {
		return "We are responsible for this problem (" + in.Title + ") and for putting it right."
	}
	return "We at " + team + " are responsible for this problem (" + in.Title + ") and for putting it right."
}
