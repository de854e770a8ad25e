package incident

import "time"

// PromiseKind says what was promised.
type PromiseKind string

// The kinds of promise.
const (
	PromiseUpdate PromiseKind = "update" // the next update
	PromiseReview PromiseKind = "review" // the review after the incident
)

// Outcome says how a promise ended; empty while it is open. It is computed
// from recorded times and never typed in.
type Outcome string

// The outcomes.
const (
	Kept   Outcome = "kept"   // done by the end of the promised minute
	Late   Outcome = "late"   // done after it
	Broken Outcome = "broken" // not done within the policy's limit
	Moved  Outcome = "moved"  // replaced by a word published before it fell due
)

// Promise is a time by which something will be said or done.
type Promise struct {
	Incident    int64         `json:"incident"`
	N           int           `json:"n"` // 1 for the incident's first promise
	Kind        PromiseKind   `json:"kind"`
	By          Person        `json:"by"`                  // who answers for it
	ByPolicy    bool          `json:"by_policy,omitempty"` // set by the policy, not promised in words: the first update
	MadeAt      time.Time     `json:"made_at"`
	DueAt       time.Time     `json:"due_at"`
	BrokenAfter time.Duration `json:"broken_after"`
	Steps       []Step        `json:"steps,omitempty"` // the ladder, as the policy had it when the promise was made
	Step        int           `json:"step"`            // next rung; len(Steps) is the last one, "broken"

	Outcome   Outcome   `json:"outcome,omitempty"`
	SettledAt time.Time `json:"settled_at,omitzero"` // when it was done or moved; zero if it was not
	MissedAt  time.Time `json:"missed_at,omitzero"`  // when the watch recorded that it had passed
	MovedTo   int       `json:"moved_to,omitempty"`  // the promise that replaced it
}

// Deadline returns the end of the minute in which the promise was due. A word
// before it keeps the promise: people promise minutes, not seconds.
func (p Promise) Deadline() time.Time { return p.DueAt.Truncate(time.Minute).Add(time.Minute) }

// ActAt returns when the watch must look at the promise next, or the zero
// time when nothing is left to do.
func (p Promise) ActAt() time.Time {
	switch {
	case p.Outcome != "":
		return time.Time{}
	case p.Step < len(p.Steps):
		return p.stepAt(p.Steps[p.Step].After)
	default:
		return p.brokenAt()
	}
}

func (p Promise) stepAt(after time.Duration) time.Time {
	at := p.DueAt.Add(after)
	if after >= 0 && at.Before(p.Deadline()) {
		return p.Deadline()
	}
	return at
}

// brokenAt is when an unanswered promise counts as broken. It never comes
// before the promised minute is over.
func (p Promise) brokenAt() time.Time {
	at := p.DueAt.Add(p.BrokenAfter)
	if at.Before(p.Deadline()) {
		return p.Deadline()
	}
	return at
}

// Settle returns the promise with the outcome that doing it at t gives. A
// promise that is broken stays broken; that the word came at last is kept. One
// that was announced as missed is late at best, even if the clock has stepped
// back since.
func (p Promise) Settle(t time.Time) Promise {
	if p.Outcome != "" && p.Outcome != Broken {
		return p
	}
	p.SettledAt = t
	switch {
	case p.Outcome == Broken:
	case p.inTime(t):
		p.Outcome = Kept
	case t.Before(p.brokenAt()):
		p.Outcome = Late
	default:
		p.Outcome = Broken
	}
	return p
}

// inTime reports whether a word at t comes before the promise fell due.
func (p Promise) inTime(t time.Time) bool { return p.MissedAt.IsZero() && t.Before(p.Deadline()) }

// LateBy returns how long after its due time the promise was settled, or has
// been waiting at now; negative is early.
func (p Promise) LateBy(now time.Time) time.Duration {
	if !p.SettledAt.IsZero() {
		now = p.SettledAt
	}
	return now.Sub(p.DueAt)
}

// promise makes the next promise of a kind and keeps its row.
func (c *change) promise(kind PromiseKind, by Person, due time.Time, byPolicy bool) Promise {
	in := &c.out.Incident
	policy := in.Policy()
	steps, broken := policy.Steps, policy.BrokenAfter
	if kind == PromiseReview {
		steps, broken = policy.Review.Steps, policy.Review.BrokenAfter
	}
	p := Promise{
		Incident: in.ID, N: in.Promises + 1, Kind: kind, By: by, ByPolicy: byPolicy,
		MadeAt: c.now, DueAt: Instant(due), BrokenAfter: broken, Steps: steps,
	}
	// A reminder that would come before the promise itself is not sent.
	for p.Step < len(p.Steps) && p.Steps[p.Step].After < 0 && !p.stepAt(p.Steps[p.Step].After).After(c.now) {
		p.Step++
	}
	return p
}
