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
