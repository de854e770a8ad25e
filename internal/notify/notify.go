// Package notify speaks to the outside: mail, chat, push and signed webhooks.
//
// In comes a Message, a plain value with every fact that one recipient needs
// through one channel. Out goes exactly one mail or one request, or an error
// that says whether another attempt can help. The steps are: check the value,
// write the Letter (subject, parts, link, footer), put it into the channel's
// own form, send it.
//
// What this package must never do: read or write a database, know what a job
// is, read the wall clock where it was given one, follow a redirect, dial an
// address that the Guard refuses, show anybody what the other end answered,
// or let the words of an update become markup, a mention or a header.
package notify

import (
	"context"
	"fmt"
	"time"

	"amends.dev/internal/fault"
)

// Channel carries messages to one kind of place. It alone knows its options,
// its limits and its secrets.
type Channel interface {
	// Send delivers m once. When err is not nil, retry says whether the same
	// message with the same key may arrive later; a *Refusal in err's chain
	// adds what the other end asked for. Send may be called by many
	// goroutines at once.
	Send(ctx context.Context, m Message) (retry bool, err error)
}

// Refusal is why a message did not arrive. The sentence for the list of
// deliveries is in Err, a *fault.Error; fault.Public finds it.
type Refusal struct {
	// RetryAfter is the pause that the other end asked for; zero when it
	// named none. It never exceeds 24 h.
	RetryAfter time.Duration
	// Gone says that the other end wants nothing more, ever: switch the
	// channel or the subscription off.
	Gone bool
	// Status is the HTTP status or SMTP code of the answer; zero when there
	// was no answer.
	Status int
	Err    error
}

// Error returns the text for the log.
func (r *Refusal) Error() string {
	if r.Status == 0 {
		return r.Err.Error()
	}
	return fmt.Sprintf("status %d: %v", r.Status, r.Err)
}

// Unwrap returns the fault with the sentence to show.
func (r *Refusal) Unwrap() error { return r.Err }

// unsendable is the answer to a message or an option that no retry can help.
func unsendable(say string, err error) *Refusal {
	return &Refusal{Err: fault.Wrap(fault.Invalid, say, err)}
}

// unreached is the answer when the other end could not be talked to.
func unreached(say string, err error) *Refusal {
	return &Refusal{Err: fault.Wrap(fault.Busy, say, err)}
}
