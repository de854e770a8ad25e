package incident_test

import (
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func TestACorrectionOfTheStateLeavesThePlanStanding(t *testing.T) {
	r := told(t).
		do("14:40:00", incident.CorrectUpdate{By: "priya", N: 1, Now: "1 in 5 payments fails.", Why: "We misread the graph."})
	if u := r.in.Latest; u.Now != "1 in 5 payments fails." || u.Plan != "Switch over." || !u.Corrected {
		t.Errorf("latest = %+v, want the corrected state and the plan as it was", u)
	}
	r.do("14:55:00", incident.PostUpdate{By: "priya", NothingNew: true, Now: "We are still switching over.", NextAt: at("15:20:00"), Seen: 1})
	if got := r.in.Latest.Plan; got != "Switch over." {
		t.Errorf("plan of the next update = %q, want the one that stands", got)
	}
	r.replayed()
}

func TestACorrectionPointsAtAnUpdateAndSaysWhy(t *testing.T) {
	fix := incident.CorrectUpdate{By: "kim", N: 1, Now: "1 in 5 fails.", Plan: "Switch over by hand.", Why: "We misread the graph."}
	ask := func(n int) incident.CorrectUpdate { c := fix; c.N = n; return c }
	refuse(t, []refusal{
		{"before the first update", declared(t), "14:31:00", ask(1), fault.Missing, "INC-17 has no update yet. Post the first one"},
		{"of none", told(t), "14:40:00", ask(0), fault.Missing, "INC-17 has no update 0. The latest is 1. Choose the one to correct"},
		{"of one to come", told(t), "14:40:00", ask(2), fault.Missing, "INC-17 has no update 2. The latest is 1. Choose the one to correct"},
		{"without words", told(t), "14:40:00", incident.CorrectUpdate{By: "kim", N: 1}, fault.Invalid, "now: Enter what was true; why: Say what was wrong, so that readers can trust the correction"},
	})
	r := told(t).do("14:58:00", incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Move the rest.", NextAt: at("15:20:00"), Seen: 1})
	promise := *r.in.Next
	r.do("14:59:00", fix)
	if u := r.in.Latest; u.N != 2 || u.Corrected || u.Now != "1 in 9 fails." {
		t.Errorf("latest = %+v, want it untouched by a correction of the one before", u)
	}
	r.do("14:59:30", ask(2))
	if u := r.in.Latest; !u.Corrected || u.Now != "1 in 5 fails." || u.Plan != "Switch over by hand." || u.By != "priya" {
		t.Errorf("latest = %+v, want the corrected words of priya's update", u)
	}
	if r.in.Published != 2 || r.in.Next.DueAt != promise.DueAt || r.last.Notices[0].Kind != incident.NoticeCorrection || r.last.Entries[0].Audience != incident.Public {
		t.Errorf("published %d, next %+v, change %+v, want the promise as it was and readers told", r.in.Published, r.in.Next, r.last)
	}
	if f := r.entries[2].Fact.(incident.Updated); f.Now != "1 in 6 payments fails." {
		t.Errorf("the first update now reads %q, want its own words", f.Now)
	}
	r.replayed()
}
