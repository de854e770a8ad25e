// Package incident is the domain of amends: what may happen to an incident,
// and what is true of it afterwards. It is pure. It never sees a clock, a
// context, a database or a request; the instant comes in as an argument.
//
// What comes in is a Command and the Incident as it stands. What goes out is a
// Change: the entries to append to the timeline, the incident after them, the
// promises made and settled, and who must be told. State changes in one place
// only, the fold of entries (Incident.with), so the timeline replays to the
// same state, byte for byte: see Replay.
//
//	cmd.Decide(state, now) ──▶ Change{Entries, Incident, Promises, Notices}
//	Replay(entries)        ──▶ the same Incident
//
// The laws that hold here, each with a test in laws_test.go:
//
//	An open incident has exactly one owner; ownership moves by offer and accept.
//	No update goes out before an ownership statement, unless overridden with a reason.
//	After its first update an open incident has a promise, or a reason why there is none.
//	A promise's outcome is computed from recorded times; it moves only by a word published before it falls due.
//	A missed promise climbs, each step once.
//	Published words never change; a correction is a new entry.
//
// The JSON tags in this package are the format of the record (state and
// timeline as stored), not the wire format of the API, which is package client's.
package incident

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Person is a member's id, or System for what the program does by itself.
type Person string

// System acts when no person did: the promise watch, an alert source.
const System Person = "system"

// Kind says what sort of mistake it is. A mistake need not be an outage.
type Kind string

// Kinds lists every kind, the default first.
var Kinds = []Kind{"outage", "launch", "data", "decision", "commitment", "conduct"}

// Severity runs from SEV1 (worst) to SEV4.
type Severity string

// Severities lists every severity, the worst first.
var Severities = []Severity{"SEV1", "SEV2", "SEV3", "SEV4"}

// DefaultSeverity is used when whoever declares does not know yet.
const DefaultSeverity Severity = "SEV2"

// Status follows the ids that status pages use on the wire.
type Status string

// The statuses, in the usual order.
const (
	Investigating Status = "investigating"
	Identified    Status = "identified"
	Monitoring    Status = "monitoring"
	Resolved      Status = "resolved"
)

// OpenStatuses lists the statuses of an incident that is not over.
var OpenStatuses = []Status{Investigating, Identified, Monitoring}

// Audience says who may read: each level includes the ones before it.
type Audience string

// The audiences, the narrowest first.
const (
	Team         Audience = "team"
	Stakeholders Audience = "stakeholders"
	Public       Audience = "public"
)

// Audiences lists every audience, the narrowest first.
var Audiences = []Audience{Team, Stakeholders, Public}

// Origin says how the incident came to light.
type Origin string

// Origins lists every origin, the default first.
var Origins = []Origin{"self", "alert", "colleague", "customer", "manager"}

// Fold is the version of the fold: of what the state holds and how entries move
// it. It rises with every change of either. A state that another version wrote
// is not read; its timeline is folded again.
const Fold = 1

// Incident is one mistake and the way back from it. The zero value is an
// incident that has not been declared.
type Incident struct {
	Fold       int       `json:"fold"` // Fold of the program that folded this state
	ID         int64     `json:"id"`
	Version    int64     `json:"version"` // entries applied so far
	Title      string    `json:"title"`
	Kind       Kind      `json:"kind"`
	Severity   Severity  `json:"severity"`
	Status     Status    `json:"status"`
	Audience   Audience  `json:"audience"`
	Services   []string  `json:"services,omitempty"` // ids of the services affected
	Origin     Origin    `json:"origin"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	DetectedAt time.Time `json:"detected_at,omitzero"`
	DeclaredAt time.Time `json:"declared_at"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"` // zero while open

	DeclaredBy Person     `json:"declared_by"`
	Owner      Person     `json:"owner"`
	Backup     Person     `json:"backup,omitempty"`
	Ownership  *Ownership `json:"ownership,omitempty"` // nil until somebody accepted responsibility in words
	Offer      *Offer     `json:"offer,omitempty"`     // a hand-over that waits for an answer

	Latest    *Update `json:"latest,omitempty"` // the latest update is the state
	Published int     `json:"published"`        // updates so far, the last word included

	Promises  int      `json:"promises"`          // promises made so far
	Next      *Promise `json:"next,omitempty"`    // the next update; stays here, broken, until somebody writes
	NoTime    string   `json:"no_time,omitempty"` // why the latest update names no next time
	Review    *Promise `json:"review,omitempty"`  // the review promised at the end
	Tally     Tally    `json:"tally"`             // outcomes of settled promises
	Help      []Help   `json:"help,omitempty"`
	Overrides int      `json:"overrides,omitempty"` // updates that went out without an ownership statement
	Reopened  int      `json:"reopened,omitempty"`

	// Widened lists the audiences that earlier updates were published to.
	Widened []Widened `json:"widened,omitempty"`

	// Policies are the team's policies in force now. They are given to the
	// domain with the state and are not part of it.
	Policies Policies `json:"-"`
}

// Ownership is the sentence that names the problem and accepts responsibility.
type Ownership struct {
	By        Person    `json:"by"`
	At        time.Time `json:"at"`
	Statement string    `json:"statement"`
	Audience  Audience  `json:"audience"` // who it was published to
}

// Offer is a hand-over that waits for the receiver's yes.
type Offer struct {
	From Person    `json:"from"`
	To   Person    `json:"to"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
}

// Widened says that the updates up to one were published to a narrower audience.
type Widened struct {
	Until int      `json:"until"` // the last update published to it
	From  Audience `json:"from"`
}

// audienceOf returns the audience that an update was published to: a
// correction of it is for the same readers, and for nobody else.
func (in Incident) audienceOf(update int) Audience {
	for _, w := range in.Widened {
		if update <= w.Until {
			return w.From
		}
	}
	return in.Audience
}

// For returns what a reader may know of the incident: sees tells which
// audiences they belong to. Readers outside the team learn nothing of
// hand-overs, help and overrides; readers outside the company no names; nobody
// words that were published to a narrower audience than theirs.
func (in Incident) For(sees func(audience string) bool) Incident {
	in = in.clone()
	if !sees(string(Team)) {
		in.Backup, in.Offer, in.Help, in.Overrides, in.DeclaredBy, in.Origin = "", nil, nil, 0, "", ""
		in.Widened = nil
	}
	if l := in.Latest; l != nil && !sees(string(l.Audience)) {
		in.Latest, in.NoTime = nil, ""
	}
	if o := in.Ownership; o != nil && !sees(string(o.Audience)) {
		in.Ownership = nil
	}
	if !sees(string(Stakeholders)) {
		in.forget()
	}
	return in
}

// forget removes every name.
func (in *Incident) forget() {
	in.Owner = ""
	if in.Latest != nil {
		latest := *in.Latest
		latest.By = ""
		in.Latest = &latest
	}
	if in.Ownership != nil {
		ownership := *in.Ownership
		ownership.By = ""
		in.Ownership = &ownership
	}
	for _, p := range []*Promise{in.Next, in.Review} {
		if p != nil {
			p.By = "" // clone made p ours
		}
	}
}

// Tally counts outcomes.
type Tally struct {
	Kept   int `json:"kept"`
	Late   int `json:"late"`
	Broken int `json:"broken"`
	Moved  int `json:"moved"`
}

// Open reports whether the incident has been declared and is not over.
func (in Incident) Open() bool { return in.Version > 0 && in.Status != Resolved }

// Name returns the incident's short name, "INC-17".
func (in Incident) Name() string { return fmt.Sprintf("INC-%d", in.ID) }

// Policy returns the policy for the incident's severity.
func (in Incident) Policy() Policy { return in.Policies.For(in.Severity) }

// Promised returns the promises that are not settled, at most two.
func (in Incident) Promised() []*Promise {
	var open []*Promise
	for _, p := range []*Promise{in.Next, in.Review} {
		if p != nil && p.Outcome == "" {
			open = append(open, p)
		}
	}
	return open
}

// Bytes returns the state in the form it is stored in: equal states give
// equal bytes.
func (in Incident) Bytes() ([]byte, error) { return json.Marshal(in) }

// clone returns a copy that shares nothing which the fold may change.
func (in Incident) clone() Incident {
	in.Services = slices.Clone(in.Services)
	in.Help = slices.Clone(in.Help)
	in.Widened = slices.Clone(in.Widened)
	if in.Next != nil {
		p := *in.Next
		in.Next = &p
	}
	if in.Review != nil {
		p := *in.Review
		in.Review = &p
	}
	return in
}

// Replay folds a timeline from its first entry and returns the state it leads
// to. Entries must be in order, without gaps.
func Replay(entries []Entry) (Incident, error) {
	var in Incident
	for _, e := range entries {
		if e.Fact == nil || e.Incident != entries[0].Incident {
			return Incident{}, fmt.Errorf("timeline of incident %d: entry %d of incident %d does not belong here", entries[0].Incident, e.Seq, e.Incident)
		}
		if e.Seq != in.Version+1 {
			return Incident{}, fmt.Errorf("timeline of incident %d: entry %d follows %d", e.Incident, e.Seq, in.Version)
		}
		in = in.with(e)
	}
	return in, nil
}

// with returns the incident after an entry. It is the only place where state
// changes, and it decides nothing: what a fact says is so.
func (in Incident) with(e Entry) Incident {
	out := in.clone()
	out.Version, out.Fold = e.Seq, Fold
	e.Fact.apply(&out, e)
	return out
}
