package incident_test

import (
	"testing"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func TestThePoliciesATeamStartsWithHold(t *testing.T) {
	cadence := map[incident.Severity][3]int{ // minutes to the first update, between updates, broken after
		"SEV1": {10, 30, 60}, "SEV2": {15, 30, 60}, "SEV3": {30, 60, 120}, "SEV4": {60, 240, 120},
	}
	policies := incident.DefaultPolicies()
	if len(policies) != len(incident.Severities) {
		t.Errorf("%d policies, want one per severity", len(policies))
	}
	for s, want := range cadence {
		p := policies.For(s)
		if err := p.Check(); err != nil {
			t.Errorf("the policy of %s does not hold: %v", s, err)
		}
		if got := [3]int{int(p.First.Minutes()), int(p.Every.Minutes()), int(p.BrokenAfter.Minutes())}; got != want {
			t.Errorf("the policy of %s gives %v minutes, want %v", s, got, want)
		}
	}
}

func TestASeverityWithoutAPolicyHasTheDefault(t *testing.T) {
	own := incident.Policies{"SEV1": {First: time.Minute}}
	for _, c := range []struct {
		policies incident.Policies
		severity incident.Severity
		want     time.Duration
	}{
		{own, "SEV1", time.Minute},
		{own, "SEV3", 30 * time.Minute},
		{nil, "SEV1", 10 * time.Minute},
		{nil, "SEV9", 15 * time.Minute},
	} {
		if got := c.policies.For(c.severity).First; got != c.want {
			t.Errorf("%d policies, For(%s).First = %s, want %s", len(c.policies), c.severity, got, c.want)
		}
	}
}

func TestAPolicyNamesEveryValueThatCannotWork(t *testing.T) {
	role := []incident.Role{incident.RoleOwner}
	due := incident.Step{To: role}
	for _, c := range []struct {
		name  string
		spoil func(*incident.Policy)
		want  string
	}{
		{"no time to the first update", func(p *incident.Policy) { p.First = time.Second }, "first: Enter 1 to 1440 minutes to the first update"},
		{"two days to the first update", func(p *incident.Policy) { p.First = 48 * time.Hour }, "first: Enter 1 to 1440 minutes to the first update"},
		{"no interval", func(p *incident.Policy) { p.Every = 0 }, "every: Enter 1 to 10080 minutes between updates"},
		{"eight days between updates", func(p *incident.Policy) { p.Every, p.Watching = 8*24*time.Hour, 9*24*time.Hour }, "every: Enter 1 to 10080 minutes between updates"},
		{"less time while watching", func(p *incident.Policy) { p.Watching = p.Every - 1 }, "watching: Enter at least as many minutes as between updates"},
		{"broken with the minute", func(p *incident.Policy) { p.BrokenAfter, p.Steps = time.Minute, []incident.Step{due} }, "broken_after: Enter at least 2 minutes after which a promise counts as broken"},
		{"no ladder", func(p *incident.Policy) { p.Steps = nil }, "steps: Keep a step at the due time: a promise is never missed in silence"},
		{"eleven steps", func(p *incident.Policy) { p.Steps = make([]incident.Step, 11) }, "steps: Keep to 10 steps or fewer"},
		{"steps out of order", func(p *incident.Policy) { p.Steps = []incident.Step{due, due} }, "steps.2: Put the steps in order of time, each later than the one before"},
		{"a step when it is broken", func(p *incident.Policy) { p.Steps = []incident.Step{due, {After: p.BrokenAfter, To: role}} }, "steps.2: Put the step before the promise counts as broken"},
		{"a step for nobody", func(p *incident.Policy) { p.Steps = []incident.Step{{}} }, "steps.1: Name who is told at this step"},
		{"a step for readers", func(p *incident.Policy) { p.Steps = []incident.Step{{To: []incident.Role{incident.RoleReader}}} }, `steps.1: "reader" cannot be told. Choose owner, backup, lead or team`},
		{"no days", func(p *incident.Policy) { p.Review.Days = 0 }, "review.days: Enter 1 to 90 days until the review"},
		{"a hundred days", func(p *incident.Policy) { p.Review.Days = 100 }, "review.days: Enter 1 to 90 days until the review"},
		{"a review broken at once", func(p *incident.Policy) { p.Review.BrokenAfter, p.Review.Steps = 0, nil }, "review.broken_after: Enter at least 1 hour after which a review counts as broken; review.steps: Keep a step at the due time: a promise is never missed in silence"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := incident.DefaultPolicies()["SEV2"]
			c.spoil(&p)
			err := p.Check()
			if err == nil || !fault.Is(err, fault.Invalid) || err.Error() != c.want {
				t.Errorf("Check() = %v, want %s", err, c.want)
			}
		})
	}
}

func TestAReviewWindowCountsTheDaysItSays(t *testing.T) {
	friday := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		window incident.Window
		want   string
	}{
		{incident.Window{Days: 3}, "Mon 23"},
		{incident.Window{Days: 1, Working: true}, "Mon 23"},
		{incident.Window{Days: 5, Working: true}, "Fri 27"},
		{incident.Window{Days: 6, Working: true}, "Mon 30"},
	} {
		if got := c.window.Due(friday); got.Format("Mon 2") != c.want || got.Hour() != 16 {
			t.Errorf("%+v.Due(Friday) = %s, want %s at the same hour", c.window, got, c.want)
		}
	}
}

func TestAChangeOfSeverityLeavesAPromiseItsTimeAndGivesTheNextOneTheNewPolicy(t *testing.T) {
	r := told(t).do("14:40:00", incident.ChangeSeverity{By: "priya", To: "SEV4", Why: "It is the test shop."})
	if got := r.in.Next; !got.DueAt.Equal(at("15:00:00")) || got.BrokenAfter != time.Hour {
		t.Errorf("promise = %+v, want it as it was made", got)
	}
	r.do("14:45:00", incident.PostUpdate{By: "priya", Now: "1 in 6 fails.", Plan: "Wait.", NextAt: at("18:30:00"), Seen: 1})
	if got := r.in.Next.BrokenAfter; got != 2*time.Hour {
		t.Errorf("the next promise is broken after %s, want the new policy's 2h", got)
	}
	far := incident.PostUpdate{By: "priya", Now: "All well.", Plan: "Wait.", NextAt: at("22:46:00"), Seen: 2}
	refuse(t, []refusal{{
		"beyond the new limit", r, "18:45:00", far, fault.Invalid,
		"next_at: SEV4 incidents need an update within 4 hours. Choose a time before 22:46 UTC, or change the severity",
	}})
	r.replayed()
}
