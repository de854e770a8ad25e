package app_test

import (
	"slices"
	"time"

	"amends.dev/internal/incident"
)

// rung is one act of the watch.
type rung struct {
	entry incident.Entry
	step  int // the ladder's rung, from 1; one more than there are is "broken"
	skip  int
	due   time.Time
	late  time.Duration
}

// rungs returns what the watch did about each promise, in order.
func (r *record) rungs() map[promiseID][]rung {
	out := map[promiseID][]rung{}
	for id, entries := range r.entries {
		for _, e := range entries {
			var n int
			act := rung{entry: e}
			switch f := e.Fact.(type) {
			case incident.PromiseReminded:
				n, act.step, act.skip = f.N, f.Step, f.Skipped
			case incident.PromiseMissed:
				n, act.step, act.skip = f.N, f.Step, f.Skipped
			case incident.PromiseBroken:
				n, act.skip = f.N, f.Skipped
				act.step = len(r.promises[promiseID{id, n}].Steps) + 1
			default:
				continue
			}
			act.due = rungAt(r.promises[promiseID{id, n}], act.step)
			act.late = e.At.Sub(act.due)
			out[promiseID{id, n}] = append(out[promiseID{id, n}], act)
		}
	}
	return out
}

// rungAt says when a rung's time comes: reminders before the due time, the
// others not before the promised minute is over, the last one when the promise
// counts as broken.
func rungAt(p incident.Promise, step int) time.Time {
	over := p.DueAt.Truncate(time.Minute).Add(time.Minute)
	at := p.DueAt.Add(p.BrokenAfter)
	if step <= len(p.Steps) {
		after := p.Steps[step-1].After
		at = p.DueAt.Add(after)
		if after < 0 {
			return at
		}
	}
	if at.Before(over) {
		return over
	}
	return at
}

// rung checks that each promise climbed its ladder rung by rung.
func (c *checker) rung() {
	acts := c.rungs()
	for id, p := range c.promises {
		at := 0
		for at < len(p.Steps) && p.Steps[at].After < 0 && !rungAt(p, at+1).After(p.MadeAt) {
			at++ // a reminder before the promise is not given
		}
		for _, a := range acts[id] {
			switch {
			case a.step <= at:
				c.breach("rung", "promise %d of incident %d: rung %d again in entry %d, after rung %d", id.n, id.incident, a.step, a.entry.Seq, at)
			case a.late < 0:
				c.breach("rung", "promise %d of incident %d: rung %d came %v before its time", id.n, id.incident, a.step, -a.late)
			case a.skip != a.step-at-1 && a.step <= len(p.Steps), a.skip != len(p.Steps)-at && a.step > len(p.Steps):
				c.breach("rung", "promise %d of incident %d: rung %d follows %d and says that %d were skipped", id.n, id.incident, a.step, at, a.skip)
			}
			at = max(at, a.step)
		}
		c.passed(id, p, at)
	}
}

// passed finds rungs whose time came and went while somebody watched.
func (c *checker) passed(id promiseID, p incident.Promise, at int) {
	end := c.until
	if !p.SettledAt.IsZero() && p.SettledAt.Before(end) {
		end = p.SettledAt
	}
	if at <= len(p.Steps) {
		if due := rungAt(p, at+1); due.Add(c.downtime).Before(end) {
			c.breach("rung", "promise %d of incident %d: rung %d of %d was passed over for %v", id.n, id.incident, at+1, len(p.Steps)+1, end.Sub(due))
		}
	}
	over := p.DueAt.Truncate(time.Minute).Add(time.Minute)
	want := incident.Outcome("")
	switch {
	case at > len(p.Steps):
		want = incident.Broken
	case p.MovedTo != 0:
		return // by a word about the review; no workload here moves one
	case p.SettledAt.IsZero():
	case p.SettledAt.Before(over) && p.MissedAt.IsZero():
		want = incident.Kept
	case p.SettledAt.Before(rungAt(p, len(p.Steps)+1)):
		want = incident.Late
	default:
		want = incident.Broken
	}
	if p.Outcome != want {
		c.breach("rung", "promise %d of incident %d is %q, and the times say %q: %+v", id.n, id.incident, p.Outcome, want, p)
	}
	if act, waits := c.acts[id]; p.Outcome != "" && waits || p.Outcome == "" && !act.Equal(rungAt(p, p.Step+1)) {
		c.breach("rung", "promise %d of incident %d: its row wakes the watch at %v", id.n, id.incident, act)
	}
}

// lateness returns how late the watch acted on rungs whose time came after
// an instant, the latest last.
func (r *record) lateness(after time.Time) []time.Duration {
	var out []time.Duration
	for _, list := range r.rungs() {
		for _, a := range list {
			if a.due.After(after) {
				out = append(out, a.late)
			}
		}
	}
	slices.Sort(out)
	return out
}
