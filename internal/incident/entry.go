package incident

import (
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one line of the timeline. Entries are appended and never changed.
type Entry struct {
	Incident int64
	Seq      int64 // 1 for the declaration, then without gaps
	At       time.Time
	By       Person
	Audience Audience // who may read this entry
	Fact     Fact
}

// Fact is what an entry records. Each type in facts.go is one.
type Fact interface {
	// FactKind names the type on the record: "update", "note", …
	FactKind() string
	// apply folds the fact into the state.
	apply(in *Incident, e Entry)
}

// EncodeFact returns the stored form of a fact.
func EncodeFact(f Fact) ([]byte, error) { return json.Marshal(f) }

// DecodeFact reads a fact of a kind from its stored form.
func DecodeFact(kind string, data []byte) (Fact, error) {
	read, ok := facts[kind]
	if !ok {
		return nil, fmt.Errorf("timeline entry of unknown kind %q: this database was written by a newer amends", kind)
	}
	f, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("timeline entry of kind %q: %w", kind, err)
	}
	return f, nil
}

// Nameless returns the entry as strangers may read it: without persons. It is
// for entries that are published; the others are not shown to strangers at all.
func (e Entry) Nameless() Entry {
	e.By = ""
	switch f := e.Fact.(type) {
	case Updated:
		f.Next, f.Review = f.Next.nameless(), f.Review.nameless()
		e.Fact = f
	case ReviewMoved:
		f.Review = *f.Review.nameless()
		e.Fact = f
	}
	return e
}

// nameless returns a copy that does not say who answers for it; nil of nil.
func (p *Promise) nameless() *Promise {
	if p == nil {
		return nil
	}
	out := *p
	out.By = ""
	return &out
}

// Change is what a command does: everything in it is written in one
// transaction, or nothing is.
type Change struct {
	Incident Incident  // as it is afterwards
	Entries  []Entry   // to append, in order
	Promises []Promise // made, stepped or settled: the rows as they are now
	Notices  []Notice  // who must be told, after the commit
}

// Empty reports whether there is nothing to write.
func (c Change) Empty() bool { return len(c.Entries) == 0 }

// Notice asks the delivery side to tell somebody. It carries ids, so that the
// truth is read when it is sent.
type Notice struct {
	Kind    NoticeKind `json:"kind"`
	Seq     int64      `json:"seq"`               // the entry it is about
	Promise int        `json:"promise,omitempty"` // the promise it is about
	To      []Role     `json:"to,omitempty"`      // who, by part played
	Person  Person     `json:"person,omitempty"`  // who, by name
	Late    int64      `json:"late_us,omitempty"` // for a missed promise: microseconds past due when it was noticed
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	NoticeDeclared   NoticeKind = "declared"   // an incident was declared
	NoticeUpdate     NoticeKind = "update"     // words were published: update, last word, reopening
	NoticeCorrection NoticeKind = "correction" // published words were corrected
	NoticeReminder   NoticeKind = "reminder"   // a promise falls due soon
	NoticeMissed     NoticeKind = "missed"     // a promise passed without a word
	NoticeHandover   NoticeKind = "handover"   // a hand-over was offered or answered
	NoticeHelp       NoticeKind = "help"       // help was asked for or answered
)

// Role is a part that somebody plays in an incident.
type Role string

// The roles that a policy's steps may name.
const (
	RoleOwner  Role = "owner"
	RoleBackup Role = "backup"
	RoleLead   Role = "lead"   // every lead of the team
	RoleTeam   Role = "team"   // the team's channels
	RoleReader Role = "reader" // everybody who follows the incident, within its audience
)

// Command is a wish that the domain may grant.
type Command interface {
	// Decide returns the change that grants the wish, or a *fault.Error that
	// says what to do instead. An empty Change means there is nothing to do.
	Decide(in Incident, now time.Time) (Change, error)
}

// change collects entries while a command decides.
type change struct {
	now time.Time
	by  Person
	out Change
}

// begin starts a change on the incident as it stands.
func begin(in Incident, by Person, now time.Time) *change {
	return &change{now: Instant(now), by: by, out: Change{Incident: in}}
}

// add appends a fact and folds it in. It returns the entry's number.
func (c *change) add(audience Audience, f Fact) int64 {
	e := Entry{
		Incident: c.out.Incident.ID,
		Seq:      c.out.Incident.Version + 1,
		At:       c.now,
		By:       c.by,
		Audience: audience,
		Fact:     f,
	}
	c.out.Incident = c.out.Incident.with(e)
	c.out.Entries = append(c.out.Entries, e)
	return e.Seq
}

// row records that a promise's row must be written as it is now. The latest
// word on a promise wins.
func (c *change) row(p Promise) {
	for i := range c.out.Promises {
		if c.out.Promises[i].N == p.N {
			c.out.Promises[i] = p
			return
		}
	}
	c.out.Promises = append(c.out.Promises, p)
}

// tell asks for a notice.
func (c *change) tell(n Notice) { c.out.Notices = append(c.out.Notices, n) }

// Instant returns t as the record keeps it: UTC, whole microseconds.
func Instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
