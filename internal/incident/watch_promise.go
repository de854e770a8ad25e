package incident

import (
	"slices"
	"time"
)

// WatchPromise is what the promise watch applies when a promise's time has
// come. It climbs the ladder by one word: the reminder before the due time,
// or the latest rung whose time has passed. Rungs that passed while nobody
// was awake are recorded as skipped, and those they name are told with it.
type WatchPromise struct{ N int }

// Decide implements Command. Nothing is due: an empty Change.
func (c WatchPromise) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustExist(in); err != nil {
		return Change{}, err
	}
	i := slices.IndexFunc(in.Promised(), func(p *Promise) bool { return p.N == c.N })
	if i < 0 {
		return Change{}, nil
	}
	p := *in.Promised()[i]
	ch := begin(in, System, now)
	if act := p.ActAt(); act.IsZero() || act.After(ch.now) {
		return Change{}, nil
	}
	if !ch.now.Before(p.brokenAt()) {
		ch.breakPromise(p)
	} else {
		ch.climb(p)
	}
	return ch.out, nil
}

// climb acts on the latest rung whose time has come.
func (c *change) climb(p Promise) {
	rung, to, late := p.Step, []Role(nil), !c.now.Before(p.Deadline())
	for ; rung < len(p.Steps) && !p.stepAt(p.Steps[rung].After).After(c.now); rung++ {
		if step := p.Steps[rung]; step.After >= 0 || !late { // a late reminder is of no use any more
			to = union(to, step.To)
		}
	}
	skipped := rung - p.Step - 1
	n := Notice{Promise: p.N, To: to}
	if !late {
		n.Kind = NoticeReminder
		n.Seq = c.add(Team, PromiseReminded{N: p.N, Step: rung, DueAt: p.DueAt, To: to, Skipped: skipped})
	} else {
		n.Kind = NoticeMissed
		n.Late = c.now.Sub(p.DueAt).Microseconds()
		n.Seq = c.add(Team, PromiseMissed{N: p.N, Kind: p.Kind, Step: rung, DueAt: p.DueAt, To: to, Skipped: skipped})
	}
	c.stepRow(p)
	if len(to) > 0 {
		c.tell(n)
	}
}

// breakPromise records that nothing came within the policy's limit. The lead
// hears it, and everybody whose rung was never reached.
func (c *change) breakPromise(p Promise) {
	to := []Role{RoleOwner, RoleLead}
	left := p.Steps[min(p.Step, len(p.Steps)):]
	for _, step := range left {
		if step.After >= 0 {
			to = union(to, step.To)
		}
	}
	seq := c.add(Team, PromiseBroken{N: p.N, Kind: p.Kind, DueAt: p.DueAt, To: to, Skipped: len(left)})
	c.stepRow(p)
	c.tell(Notice{Kind: NoticeMissed, Seq: seq, Promise: p.N, To: to, Late: c.now.Sub(p.DueAt).Microseconds()})
}

// stepRow keeps the row of a promise that has just been stepped.
func (c *change) stepRow(p Promise) {
	for _, q := range []*Promise{c.out.Incident.Next, c.out.Incident.Review} {
		if q != nil && q.N == p.N {
			c.row(*q)
		}
	}
}

func union(a, b []Role) []Role {
	out := slices.Clone(a)
	for _, r := range b {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}
