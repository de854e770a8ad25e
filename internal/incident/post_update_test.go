package incident_test

import (
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func TestAfterAHandOverOnlyTheNewOwnerAcceptsResponsibilityInAnUpdate(t *testing.T) {
	r := told(t).
		do("14:40:00", incident.OfferHandover{By: "priya", To: "tomas"}).
		do("14:41:00", incident.AnswerHandover{By: "tomas", Accept: true})
	post := incident.PostUpdate{
		By: "kim", Statement: "I own this.", Now: "1 in 9 fails.", Plan: "Move the rest.", NextAt: at("15:05:00"), Seen: 1,
	}
	refuse(t, []refusal{{
		"by somebody else", r, "14:45:00", post, fault.Invalid,
		"statement: Only the owner can accept responsibility. Ask for a hand-over, or say why this update goes out without a statement",
	}})
	post.By = "tomas"
	r.do("14:45:00", post)
	if got := r.in.Ownership; got.By != "tomas" || got.Statement != "I own this." {
		t.Errorf("ownership = %+v, want tomas's", got)
	}
	r.replayed()
}

func TestABlankStatementDoesNotHideTheReasonForGoingWithoutOne(t *testing.T) {
	r := declared(t).do("14:31:00", incident.PostUpdate{
		By: "kim", Statement: " \n", Override: "Priya is in the air.", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: at("15:00:00"),
	})
	if f := r.lastFact().(incident.Updated); f.Override != "Priya is in the air." || r.in.Overrides != 1 {
		t.Errorf("override = %q, count %d, want the reason on record", f.Override, r.in.Overrides)
	}
}
