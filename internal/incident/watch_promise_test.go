package incident_test

import (
	"slices"
	"testing"
	"time"

	"amends.dev/internal/incident"
)

// remindsTwice is told with a policy of two reminders and a tight limit.
func remindsTwice(t *testing.T) *road {
	t.Helper()
	r := declared(t)
	policies := incident.DefaultPolicies()
	p := policies["SEV2"]
	p.BrokenAfter = 20 * time.Minute
	p.Steps = []incident.Step{
		{After: -10 * time.Minute, To: []incident.Role{incident.RoleTeam}},
		{After: -5 * time.Minute, To: []incident.Role{incident.RoleOwner}},
		{After: 0, To: []incident.Role{incident.RoleOwner, incident.RoleBackup}},
		{After: 10 * time.Minute, To: []incident.Role{incident.RoleLead}},
	}
	policies["SEV2"] = p
	r.in.Policies = policies
	return r.do("14:31:00", incident.PostUpdate{
		By: "priya", Statement: "We own this.", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: at("15:00:00"),
	})
}

func TestRungsThatPassedWhileTheWatchSleptAreOnRecord(t *testing.T) {
	owner, backup, lead, team := incident.RoleOwner, incident.RoleBackup, incident.RoleLead, incident.RoleTeam
	for _, c := range []struct {
		name, wakes string
		want        incident.Fact
	}{
		{"two reminders at once", "14:57:00", incident.PromiseReminded{
			N: 2, Step: 2, DueAt: at("15:00:00"), To: []incident.Role{team, owner}, Skipped: 1,
		}},
		{"the due time and both reminders", "15:03:00", incident.PromiseMissed{
			N: 2, Kind: incident.PromiseUpdate, Step: 3, DueAt: at("15:00:00"), To: []incident.Role{owner, backup}, Skipped: 2,
		}},
		{"all rungs", "15:12:00", incident.PromiseMissed{
			N: 2, Kind: incident.PromiseUpdate, Step: 4, DueAt: at("15:00:00"), To: []incident.Role{owner, backup, lead}, Skipped: 3,
		}},
		{"all rungs and the limit", "15:20:00", incident.PromiseBroken{
			N: 2, Kind: incident.PromiseUpdate, DueAt: at("15:00:00"), To: []incident.Role{owner, lead, backup}, Skipped: 4,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := remindsTwice(t).do(c.wakes, incident.WatchPromise{N: 2})
			got, _ := incident.EncodeFact(r.lastFact())
			want, _ := incident.EncodeFact(c.want)
			if string(got) != string(want) || r.lastFact().FactKind() != c.want.FactKind() {
				t.Errorf("a look at %s records %s %s, want %s %s", c.wakes, r.lastFact().FactKind(), got, c.want.FactKind(), want)
			}
			if len(r.last.Notices) != 1 || slices.Contains(r.last.Notices[0].To, team) != (c.wakes == "14:57:00") {
				t.Errorf("notices = %+v, want one, without the reminder once the time has passed", r.last.Notices)
			}
			if again, err := (incident.WatchPromise{N: 2}).Decide(r.in, at(c.wakes)); err != nil || !again.Empty() {
				t.Errorf("a second look did %+v, %v, want nothing", again.Entries, err)
			}
			r.replayed()
		})
	}
}
