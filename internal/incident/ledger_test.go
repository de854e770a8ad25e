package incident_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/incident"
)

// ledger is what an outsider who only reads the timeline can say about an
// incident. It is computed from the entries alone, without the domain's code,
// so that the two can be compared.
type ledger struct {
	owner      incident.Person
	offer      incident.Person // to whom; empty when none waits
	accepted   bool            // somebody took responsibility in words
	overrides  int
	over       bool
	latest     incident.Updated
	latestSeq  int64
	promises   map[int]*promised
	nextUpdate int // the number of the outstanding promise of a next update; 0 when none
	review     int
	wrong      map[string]error // by law: the first thing on the record that breaks it
}

// promised is one promise as the timeline tells it.
type promised struct {
	made     incident.Promise
	rung     int
	missed   bool // its passing was announced
	broken   bool
	settled  time.Time
	outcome  incident.Outcome
	movedTo  int
	answered bool
}

// The laws that a reading of the timeline can find broken.
const (
	lawOwner     = "owner"
	lawStatement = "statement"
	lawParts     = "parts"
	lawOutcome   = "outcome"
	lawMove      = "move"
	lawLadder    = "ladder"
	lawWords     = "words"
)

func readTimeline(entries []incident.Entry) *ledger {
	l := &ledger{promises: map[int]*promised{}, wrong: map[string]error{}}
	for _, e := range entries {
		l.read(e)
	}
	return l
}

// blame keeps the first fault found against a law.
func (l *ledger) blame(law string, e incident.Entry, format string, args ...any) {
	if l.wrong[law] == nil {
		l.wrong[law] = fmt.Errorf("entry %d (%s by %s): %s", e.Seq, e.Fact.FactKind(), e.By, fmt.Sprintf(format, args...))
	}
}

func (l *ledger) read(e incident.Entry) {
	switch f := e.Fact.(type) {
	case incident.Declared:
		l.owner = f.Owner
		l.nextUpdate = l.make(f.First)
	case incident.HandoverOffered:
		if e.By != l.owner {
			l.blame(lawOwner, e, "offered by somebody who does not own it; %s does", l.owner)
		}
		l.offer = f.To
	case incident.HandoverAccepted:
		if e.By != l.offer || f.From != l.owner {
			l.blame(lawOwner, e, "accepted from %s, but the offer of %s was to %q", f.From, l.owner, l.offer)
		}
		l.owner, l.offer = e.By, ""
	case incident.HandoverDeclined, incident.HandoverWithdrawn:
		l.offer = ""
	case incident.Owned:
		if e.By != l.owner || strings.TrimSpace(f.Statement) == "" {
			l.blame(lawStatement, e, "%q was said by somebody who does not own it; %s does", f.Statement, l.owner)
		}
		l.accepted = true
	case incident.Updated:
		l.readUpdate(e, f)
	case incident.Corrected:
		l.readCorrection(e, f)
	case incident.PromiseReminded:
		l.climb(e, f.N, f.Step, f.Skipped, f.To)
	case incident.PromiseMissed:
		l.climb(e, f.N, f.Step, f.Skipped, f.To)
		l.miss(e, f.N)
	case incident.PromiseBroken:
		l.breakPromise(e, f)
	case incident.ReviewMoved:
		l.person(e)
		l.replaceReview(e, f.Settled, &f.Review)
	case incident.ReviewDelivered:
		l.person(e)
		l.settle(e, l.review, f.Settled)
		l.review = 0
	}
}

// make takes a promise into the ledger and returns its number.
func (l *ledger) make(p *incident.Promise) int {
	if p == nil {
		return 0
	}
	l.promises[p.N] = &promised{made: *p, rung: p.Step}
	return p.N
}

// person checks that what is published was written by somebody.
func (l *ledger) person(e incident.Entry) {
	if e.By == "" || e.By == incident.System {
		l.blame(lawWords, e, "words were published that nobody wrote")
	}
}

func (l *ledger) readUpdate(e incident.Entry, f incident.Updated) {
	l.person(e)
	if !l.accepted && strings.TrimSpace(f.Override) == "" {
		l.blame(lawStatement, e, "it went out before anybody accepted responsibility, and no reason is on record")
	}
	if f.Override != "" {
		l.overrides++
	}
	last := f.Status == incident.Resolved
	switch {
	case f.Now == "":
		l.blame(lawParts, e, "it does not say what is true now")
	case last && (f.Review == nil || f.Next != nil || f.NoTime != ""):
		l.blame(lawParts, e, "a last word promises a review and nothing else: %+v", f)
	case !last && f.Plan == "":
		l.blame(lawParts, e, "it has no plan")
	case !last && (f.Next == nil) == (f.NoTime == ""):
		l.blame(lawParts, e, "it needs a next time or a reason why there is none: %v, %q", f.Next, f.NoTime)
	}
	if l.nextUpdate == 0 {
		if f.Settled != nil {
			l.blame(lawParts, e, "it settles promise %d, but none was outstanding", f.Settled.N)
		}
	} else if f.Settled == nil {
		l.blame(lawParts, e, "it does not settle promise %d", l.nextUpdate)
	} else {
		l.settle(e, l.nextUpdate, *f.Settled)
	}
	l.nextUpdate = l.make(f.Next)
	if f.Review != nil {
		if f.ReviewMoved != nil {
			l.replaceReview(e, *f.ReviewMoved, f.Review)
		} else if old := l.promises[l.review]; old != nil && !old.broken {
			l.blame(lawMove, e, "review promise %d vanished", l.review)
		}
		l.review = l.make(f.Review)
	}
	l.over, l.latest, l.latestSeq = last, f, e.Seq
}

func (l *ledger) readCorrection(e incident.Entry, f incident.Corrected) {
	l.person(e)
	if f.N < 1 || f.N > l.latest.N || f.Why == "" {
		l.blame(lawWords, e, "it corrects update %d of %d because %q", f.N, l.latest.N, f.Why)
	}
}

// minuteEnd is when the whole minute of an instant is over.
func minuteEnd(t time.Time) time.Time { return time.Unix((t.Unix()/60+1)*60, 0).UTC() }

// limit is when an unanswered promise counts as broken.
func (p *promised) limit() time.Time {
	by := p.made.DueAt.Add(p.made.BrokenAfter)
	if end := minuteEnd(p.made.DueAt); by.Before(end) {
		return end
	}
	return by
}

// verdict is what doing it at t makes of a promise.
func (p *promised) verdict(t time.Time) incident.Outcome {
	switch {
	case p.broken || !t.Before(p.limit()):
		return incident.Broken
	case p.missed || !t.Before(minuteEnd(p.made.DueAt)):
		return incident.Late
	default:
		return incident.Kept
	}
}

func (l *ledger) settle(e incident.Entry, n int, f incident.Settled) {
	p := l.promises[n]
	if p == nil || p.answered {
		l.blame(lawOutcome, e, "it settles promise %d, which is not waiting", n)
		return
	}
	p.outcome, p.settled, p.answered = p.verdict(e.At), e.At, true
	if f.N != n || f.Outcome != p.outcome || !f.DueAt.Equal(p.made.DueAt) {
		l.blame(lawOutcome, e, "it says %+v; promise %d, due %s, is %s", f, n, p.made.DueAt, p.outcome)
	}
}

// replaceReview checks a review promise that another takes the place of.
func (l *ledger) replaceReview(e incident.Entry, f incident.Settled, next *incident.Promise) {
	p := l.promises[l.review]
	if p == nil || p.answered || p.broken || f.N != l.review {
		l.blame(lawMove, e, "it moves promise %d, which is not waiting; %d is", f.N, l.review)
		return
	}
	p.outcome = incident.Moved
	if p.missed || !e.At.Before(minuteEnd(p.made.DueAt)) {
		p.outcome = incident.Broken
	}
	if f.Outcome != p.outcome {
		l.blame(lawMove, e, "promise %d, due %s, is %s, not %s", f.N, p.made.DueAt, p.outcome, f.Outcome)
	}
	if _, byItself := e.Fact.(incident.ReviewMoved); byItself && p.outcome != incident.Moved {
		l.blame(lawMove, e, "promise %d was moved after it fell due at %s", f.N, p.made.DueAt)
	}
	p.settled, p.movedTo, p.answered = e.At, next.N, true
	l.review = l.make(next)
}

// waiting returns the promise if it may still climb.
func (l *ledger) waiting(e incident.Entry, n int) *promised {
	p := l.promises[n]
	if p == nil || p.answered || p.broken {
		l.blame(lawLadder, e, "promise %d is not waiting", n)
		return nil
	}
	return p
}

// rungAt is when a rung acts: a rung at or after the due time gives the whole
// minute its chance.
func (p *promised) rungAt(i int) time.Time {
	step := p.made.Steps[i]
	at, end := p.made.DueAt.Add(step.After), minuteEnd(p.made.DueAt)
	if step.After >= 0 && at.Before(end) {
		return end
	}
	return at
}

func (l *ledger) climb(e incident.Entry, n, to, skipped int, told []incident.Role) {
	p := l.waiting(e, n)
	if p == nil {
		return
	}
	if to <= p.rung || to > len(p.made.Steps) {
		l.blame(lawLadder, e, "promise %d goes from rung %d to %d of %d", n, p.rung, to, len(p.made.Steps))
		return
	}
	for i := p.rung; i < to; i++ {
		if p.rungAt(i).After(e.At) {
			l.blame(lawLadder, e, "rung %d of promise %d acts before its time, %s", i, n, p.rungAt(i))
		}
		l.mustTell(e, p, i, told)
	}
	if want := to - p.rung - 1; skipped != want {
		l.blame(lawLadder, e, "%d rungs of promise %d were passed over; %d are on record", want, n, skipped)
	}
	p.rung = to
}

// mustTell checks that a rung's people are told, except by a reminder that
// came too late to remind.
func (l *ledger) mustTell(e incident.Entry, p *promised, rung int, told []incident.Role) {
	step := p.made.Steps[rung]
	if step.After < 0 && !e.At.Before(minuteEnd(p.made.DueAt)) {
		return
	}
	for _, r := range step.To {
		if !slices.Contains(told, r) {
			l.blame(lawLadder, e, "rung %d of promise %d tells %v; told were %v", rung, p.made.N, step.To, told)
		}
	}
}

func (l *ledger) miss(e incident.Entry, n int) {
	p := l.promises[n]
	if p == nil {
		return
	}
	p.missed = true
	if e.At.Before(minuteEnd(p.made.DueAt)) {
		l.blame(lawLadder, e, "promise %d was called missed before its minute was over", n)
	}
}

func (l *ledger) breakPromise(e incident.Entry, f incident.PromiseBroken) {
	p := l.waiting(e, f.N)
	if p == nil {
		return
	}
	if e.At.Before(p.limit()) {
		l.blame(lawLadder, e, "promise %d was called broken before %s", f.N, p.limit())
	}
	left := len(p.made.Steps) - p.rung
	if f.Skipped != left {
		l.blame(lawLadder, e, "%d rungs of promise %d were never reached; %d are on record", left, f.N, f.Skipped)
	}
	for i := p.rung; i < len(p.made.Steps); i++ {
		l.mustTell(e, p, i, f.To)
	}
	p.broken, p.missed, p.outcome, p.rung = true, true, incident.Broken, len(p.made.Steps)
}

// tally counts the outcomes on record.
func (l *ledger) tally() incident.Tally {
	var n incident.Tally
	for _, p := range l.promises {
		switch p.outcome {
		case incident.Kept:
			n.Kept++
		case incident.Late:
			n.Late++
		case incident.Broken:
			n.Broken++
		case incident.Moved:
			n.Moved++
		}
	}
	return n
}
