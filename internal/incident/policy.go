package incident

import (
	"fmt"
	"slices"
	"time"

	"amends.dev/internal/fault"
)

// Policy says how often a team speaks, and who hears when it does not.
type Policy struct {
	First       time.Duration `json:"first"`        // declaration to first update
	Every       time.Duration `json:"every"`        // longest time between updates
	Watching    time.Duration `json:"watching"`     // longest time between updates once the fix is being watched
	BrokenAfter time.Duration `json:"broken_after"` // past due, when a promise counts as broken
	Steps       []Step        `json:"steps"`        // who is told, and when, around the due time
	Review      Window        `json:"review"`       // the review after the incident
}

// Step is one rung of the ladder that a promise climbs. A step at or after
// the due time acts when the promised minute is over.
type Step struct {
	After time.Duration `json:"after"` // relative to the due time; negative is a reminder
	To    []Role        `json:"to"`
}

// Window is a promise that is days away.
type Window struct {
	Days        int           `json:"days"`         // how many days after the end the review is promised by default
	Working     bool          `json:"working"`      // count Monday to Friday only
	BrokenAfter time.Duration `json:"broken_after"` // past due, when it counts as broken
	Steps       []Step        `json:"steps"`
}

// Due returns the default due time for a window that starts at t, in t's zone.
func (w Window) Due(t time.Time) time.Time {
	for days := w.Days; days > 0; {
		t = t.AddDate(0, 0, 1)
		if !w.Working || (t.Weekday() != time.Saturday && t.Weekday() != time.Sunday) {
			days--
		}
	}
	return t
}

// Policies holds one policy per severity.
type Policies map[Severity]Policy

// For returns the policy of a severity; a severity without one has the default.
func (p Policies) For(s Severity) Policy {
	if policy, ok := p[s]; ok {
		return policy
	}
	if policy, ok := defaults[s]; ok {
		return policy
	}
	return defaults[DefaultSeverity]
}

// Longest returns the longest promise the policy allows at a status.
func (p Policy) Longest(s Status) time.Duration {
	if s == Monitoring {
		return max(p.Every, p.Watching)
	}
	return p.Every
}

var defaults = DefaultPolicies()

// DefaultPolicies returns the policies a new team starts with. The minutes are
// practitioners' consensus, not experiment; docs/policies.md names the source
// of each.
func DefaultPolicies() Policies {
	day := 24 * time.Hour
	review := func(days int, working bool) Window {
		return Window{Days: days, Working: working, BrokenAfter: 7 * day, Steps: []Step{
			{-day, []Role{RoleOwner}},
			{0, []Role{RoleOwner, RoleBackup}},
			{day, []Role{RoleLead}},
		}}
	}
	policy := func(first, every, watching int, r Window) Policy {
		minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
		return Policy{
			First: minutes(first), Every: minutes(every), Watching: minutes(watching),
			BrokenAfter: min(2*minutes(every), 2*time.Hour),
			Steps: []Step{
				{-5 * time.Minute, []Role{RoleOwner}},
				{0, []Role{RoleOwner, RoleBackup}},
				{5 * time.Minute, []Role{RoleLead}},
			},
			Review: r,
		}
	}
	return Policies{
		"SEV1": policy(10, 30, 60, review(3, false)),
		"SEV2": policy(15, 30, 60, review(5, true)),
		"SEV3": policy(30, 60, 240, review(10, true)),
		"SEV4": policy(60, 240, 1440, review(10, true)),
	}
}

// Check returns an Invalid fault that names every value that cannot work.
func (p Policy) Check() error {
	var c fault.Checks
	c.Need(p.First >= time.Minute && p.First <= 24*time.Hour, "first", "Enter 1 to 1440 minutes to the first update")
	c.Need(p.Every >= time.Minute && p.Every <= 7*24*time.Hour, "every", "Enter 1 to 10080 minutes between updates")
	c.Need(p.Watching >= p.Every, "watching", "Enter at least as many minutes as between updates")
	// A promise may be late before it is broken, and it is late after its minute.
	c.Need(p.BrokenAfter >= 2*time.Minute, "broken_after", "Enter at least 2 minutes after which a promise counts as broken")
	checkSteps(&c, "steps", p.Steps, p.BrokenAfter)
	c.Need(p.Review.Days >= 1 && p.Review.Days <= 90, "review.days", "Enter 1 to 90 days until the review")
	c.Need(p.Review.BrokenAfter >= time.Hour, "review.broken_after", "Enter at least 1 hour after which a review counts as broken")
	checkSteps(&c, "review.steps", p.Review.Steps, p.Review.BrokenAfter)
	return c.Err()
}

func checkSteps(c *fault.Checks, name string, steps []Step, broken time.Duration) {
	if len(steps) > 10 {
		c.Add(name, "Keep to 10 steps or fewer")
		return
	}
	c.Need(slices.ContainsFunc(steps, func(s Step) bool { return s.After == 0 }), name, "Keep a step at the due time: a promise is never missed in silence")
	for i, s := range steps {
		at := fmt.Sprintf("%s.%d", name, i+1)
		if i > 0 && s.After <= steps[i-1].After {
			c.Add(at, "Put the steps in order of time, each later than the one before")
		}
		if s.After >= broken {
			c.Add(at, "Put the step before the promise counts as broken")
		}
		c.Need(len(s.To) > 0, at, "Name who is told at this step")
		for _, r := range s.To {
			switch r {
			case RoleOwner, RoleBackup, RoleLead, RoleTeam:
			default:
				c.Addf(at, "%q cannot be told. Choose owner, backup, lead or team", r)
			}
		}
	}
}
