package incident_test

import (
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func TestAReopeningNeedsAStatementTooWhenNobodyHasMadeOne(t *testing.T) {
	r := declared(t).do("14:31:00", incident.Resolve{By: "kim", Override: "It lasted a minute.", Now: "Payments work."})
	again := incident.Reopen{By: "priya", Now: "1 in 6 fails again.", Plan: "Switch over.", NextAt: at("15:00:00")}
	refuse(t, []refusal{{
		"without a statement", r, "14:40:00", again, fault.Invalid,
		"statement: Say who takes responsibility for what, in one sentence. Readers see it above your first update",
	}})
	again.Statement = "We own this."
	r.do("14:40:00", again)
	if r.in.Ownership == nil || r.in.Overrides != 1 || !r.in.Open() {
		t.Errorf("ownership = %+v, overrides %d, open %t, want the statement, 1 and true", r.in.Ownership, r.in.Overrides, r.in.Open())
	}
	r.replayed()
}

func TestAReviewIsPromisedWithinAYear(t *testing.T) {
	last := incident.Resolve{By: "priya", Now: "It works.", ReviewBy: at("14:50:00").AddDate(8000, 0, 0), Seen: 1}
	move := incident.MoveReview{By: "priya", To: at("14:55:00").AddDate(1, 0, 2), Why: "We wait for the provider."}
	refuse(t, []refusal{
		{"at the end", told(t), "14:50:00", last, fault.Invalid, "review_by: Choose a day within a year, up to 23 Nov 2027"},
		{"when it moves", over(t), "14:55:00", move, fault.Invalid, "review_by: Choose a day within a year, up to 23 Nov 2027"},
		{"without a time", over(t), "14:55:00", incident.MoveReview{By: "priya", Why: "We wait."}, fault.Invalid, "review_by: Enter when the review comes"},
	})
	last.ReviewBy = at("14:50:00").AddDate(1, 0, 0)
	if r := told(t).do("14:50:00", last); !r.in.Review.DueAt.Equal(last.ReviewBy) {
		t.Errorf("review due at %s, want %s", r.in.Review.DueAt, last.ReviewBy)
	}
}
