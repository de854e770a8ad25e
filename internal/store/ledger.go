package store

import (
	"time"

	"amends.dev/internal/incident"
)

// promisesOf works out from a timeline alone what was promised in it and how
// each promise stands: by number, as the rows of the ledger must say.
func promisesOf(entries []incident.Entry) map[int]incident.Promise {
	l := ledger{rows: map[int]incident.Promise{}}
	for _, e := range entries {
		l.fold(e)
	}
	return l.rows
}

// ledger follows the promises of one incident. Next and review are the numbers
// of the outstanding ones; 0 is none.
type ledger struct {
	rows         map[int]incident.Promise
	next, review int
}

func (l *ledger) fold(e incident.Entry) {
	switch f := e.Fact.(type) {
	case incident.Declared:
		l.made(f.First)
	case incident.Updated:
		l.settle(&l.next, e.At)
		if f.ReviewMoved != nil && f.Review != nil {
			l.replace(*f.ReviewMoved, f.Review.N, e.At)
		}
		l.made(f.Next)
		l.made(f.Review)
	case incident.HandoverAccepted:
		l.open(l.next, func(p *incident.Promise) { p.By = e.By })
	case incident.PromiseReminded:
		l.open(f.N, func(p *incident.Promise) { p.Step = f.Step })
	case incident.PromiseMissed:
		l.open(f.N, func(p *incident.Promise) { p.Step, p.MissedAt = f.Step, or(p.MissedAt, e.At) })
	case incident.PromiseBroken:
		l.open(f.N, func(p *incident.Promise) {
			p.Outcome, p.Step, p.MissedAt = incident.Broken, len(p.Steps)+1, or(p.MissedAt, e.At)
		})
	case incident.ReviewMoved:
		l.replace(f.Settled, f.Review.N, e.At)
		l.made(&f.Review)
	case incident.ReviewDelivered:
		l.settle(&l.review, e.At)
	}
}

func (l *ledger) made(p *incident.Promise) {
	if p == nil {
		return
	}
	l.rows[p.N] = *p
	if p.Kind == incident.PromiseReview {
		l.review = p.N
	} else {
		l.next = p.N
	}
}

// open changes a promise that has no outcome yet.
func (l *ledger) open(n int, change func(*incident.Promise)) {
	if p, ok := l.rows[n]; ok && p.Outcome == "" {
		change(&p)
		l.rows[n] = p
	}
}

// settle ends the outstanding promise that n points at.
func (l *ledger) settle(n *int, at time.Time) {
	if p, ok := l.rows[*n]; ok {
		l.rows[*n] = p.Settle(at)
	}
	*n = 0
}

// replace ends a promise that another one takes the place of.
func (l *ledger) replace(s incident.Settled, by int, at time.Time) {
	if p, ok := l.rows[s.N]; ok {
		p.Outcome, p.SettledAt, p.MovedTo = s.Outcome, at, by
		l.rows[s.N] = p
	}
}
