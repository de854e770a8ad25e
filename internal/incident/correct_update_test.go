package incident_test

import (
	"testing"

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
