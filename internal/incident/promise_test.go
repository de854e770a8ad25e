package incident_test

import (
	"testing"

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
