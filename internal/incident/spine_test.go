package incident_test

import (
	"bytes"
	"testing"
	"time"

	"amends.dev/internal/incident"
)

// at is a moment on the afternoon that these tests play on.
func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-11-22 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

// road applies commands one after the other and keeps the timeline.
type road struct {
	t       *testing.T
	in      incident.Incident
	entries []incident.Entry
	last    incident.Change
}

func start(t *testing.T) *road {
	return &road{t: t, in: incident.Incident{ID: 17, Policies: incident.DefaultPolicies()}}
}

func (r *road) do(clock string, cmd incident.Command) *road {
	r.t.Helper()
	ch, err := cmd.Decide(r.in, at(clock))
	if err != nil {
		r.t.Fatalf("at %s Decide(%+v) = %v", clock, cmd, err)
	}
	r.in, r.last = ch.Incident, ch
	r.entries = append(r.entries, ch.Entries...)
	return r
}

// replayed checks that the timeline leads to the same bytes.
func (r *road) replayed() {
	r.t.Helper()
	again, err := incident.Replay(r.entries)
	if err != nil {
		r.t.Fatal(err)
	}
	got, _ := again.Bytes()
	want, _ := r.in.Bytes()
	if !bytes.Equal(got, want) {
		r.t.Errorf("replay gives\n%s\nwant\n%s", got, want)
	}
}

func TestTheRoadFromDeclaredToOver(t *testing.T) {
	r := start(t).
		do("14:20:00", incident.Declare{By: "priya", Title: "Card payments fail", Services: []string{"payments"}}).
		do("14:31:00", incident.PostUpdate{By: "priya", Statement: "We own this.", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: at("15:00:00"), Seen: -1}).
		do("15:00:40", incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Move the rest.", NextAt: at("15:30:00"), Status: incident.Identified, Seen: 1}).
		do("15:31:00", incident.WatchPromise{N: 3}).
		do("15:36:00", incident.PostUpdate{By: "priya", Now: "All on the second provider.", Plan: "Watch for an hour.", NextAt: at("16:36:00"), Status: incident.Monitoring, Seen: 2}).
		do("16:30:00", incident.Resolve{By: "priya", Now: "Payments work.", Works: []string{"payments"}, Seen: 3})
	want := incident.Tally{Kept: 3, Late: 1}
	if r.in.Tally != want {
		t.Errorf("tally = %+v, want %+v", r.in.Tally, want)
	}
	if r.in.Open() || r.in.Next != nil || r.in.Review == nil || len(r.in.Services) != 0 {
		t.Errorf("after the last word: %+v", r.in)
	}
	r.replayed()
}
