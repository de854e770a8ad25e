package incident_test

import (
	"testing"
	"time"

	"amends.dev/internal/incident"
)

func TestAPromiseThatWasCalledMissedIsNotKeptBecauseTheClockSteppedBack(t *testing.T) {
	r := told(t).
		do("15:01:00", incident.WatchPromise{N: 2}).
		do("15:00:59", incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Move the rest.", NextAt: at("15:20:00"), Seen: 1})
	if want := (incident.Tally{Kept: 1, Late: 1}); r.in.Tally != want {
		t.Errorf("tally = %+v, want %+v", r.in.Tally, want)
	}
	r.replayed()
}

// The promise under test is due at 15:00:00, or a part of a minute after it,
// and counts as broken an hour later.
func TestAnOutcomeFollowsFromTheTimes(t *testing.T) {
	for _, c := range []struct {
		due, done string
		want      incident.Outcome
	}{
		{"15:00:00", "14:31:00.000001", incident.Kept},
		{"15:00:00", "15:00:00", incident.Kept},
		{"15:00:00", "15:00:59.999999", incident.Kept},
		{"15:00:00", "15:01:00", incident.Late},
		{"15:00:00", "15:59:59.999999", incident.Late},
		{"15:00:00", "16:00:00", incident.Broken},
		{"15:00:59", "15:00:59.999999", incident.Kept},
		{"15:00:59", "15:01:00", incident.Late},
		{"15:00:59", "16:00:58.999999", incident.Late},
		{"15:00:59", "16:00:59", incident.Broken},
	} {
		r := declared(t).
			do("14:31:00", incident.PostUpdate{By: "priya", Statement: "We own this.", Now: "1 in 6 fails.", Plan: "Look.", NextAt: at(c.due)}).
			do(c.done, incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Look on.", NoTime: "Nobody knows.", Seen: 1})
		f := r.lastFact().(incident.Updated)
		if f.Settled.Outcome != c.want || r.last.Promises[0].Outcome != c.want || !r.last.Promises[0].SettledAt.Equal(at(c.done)) {
			t.Errorf("promised for %s and done at %s: %+v, row %+v, want %s", c.due, c.done, f.Settled, r.last.Promises[0], c.want)
		}
		r.replayed()
	}
}

func TestABrokenPromiseStaysBrokenWhenTheWordComes(t *testing.T) {
	r := told(t).do("16:00:00", incident.WatchPromise{N: 2})
	if p := r.in.Next; p.Outcome != incident.Broken || !p.SettledAt.IsZero() || !p.ActAt().IsZero() || p.LateBy(at("16:30:00")) != 90*time.Minute {
		t.Errorf("promise = %+v, want it broken, unanswered and quiet", p)
	}
	r.do("16:10:00", incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Look on.", NextAt: at("16:30:00"), Seen: 1})
	if p := r.last.Promises[0]; p.Outcome != incident.Broken || p.LateBy(at("18:00:00")) != 70*time.Minute {
		t.Errorf("row = %+v, want it broken and answered after 70 minutes", p)
	}
	if want := (incident.Tally{Kept: 1, Broken: 1}); r.in.Tally != want {
		t.Errorf("tally = %+v, want %+v: counted once", r.in.Tally, want)
	}
	r.replayed()
}

func TestSettlingAPromiseThatIsSettledChangesNothing(t *testing.T) {
	kept := incident.Promise{DueAt: at("15:00:00"), BrokenAfter: time.Hour}.Settle(at("14:59:00"))
	if again := kept.Settle(at("18:00:00")); again.Outcome != incident.Kept || !again.SettledAt.Equal(at("14:59:00")) {
		t.Errorf("settled again = %+v, want it kept at 14:59", again)
	}
}

func TestAReminderBeforeThePromiseItselfIsNotSent(t *testing.T) {
	r := told(t).do("14:50:00", incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Look on.", NextAt: at("14:54:00"), Seen: 1})
	if p := r.in.Next; p.Step != 1 || !p.ActAt().Equal(at("14:55:00")) {
		t.Errorf("promise = %+v, acts at %s, want the end of its minute first", p, p.ActAt())
	}
}
