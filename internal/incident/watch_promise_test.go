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

func TestTheLadderIsClimbedRungByRung(t *testing.T) {
	owner, backup, lead := incident.RoleOwner, incident.RoleBackup, incident.RoleLead
	r := told(t)
	for _, c := range []struct {
		acts string
		kind string
		to   []incident.Role
		late time.Duration
	}{
		{"14:55:00", "promise_reminded", []incident.Role{owner}, 0},
		{"15:01:00", "promise_missed", []incident.Role{owner, backup}, time.Minute},
		{"15:05:00", "promise_missed", []incident.Role{lead}, 5 * time.Minute},
		{"16:00:00", "promise_broken", []incident.Role{owner, lead}, time.Hour},
	} {
		if got := r.in.Next.ActAt(); !got.Equal(at(c.acts)) {
			t.Errorf("acts at %s, want %s", got, c.acts)
		}
		if early, err := (incident.WatchPromise{N: 2}).Decide(r.in, at(c.acts).Add(-time.Microsecond)); err != nil || !early.Empty() {
			t.Errorf("a microsecond before %s: %+v, %v, want nothing", c.acts, early.Entries, err)
		}
		r.do(c.acts, incident.WatchPromise{N: 2})
		e, n := r.last.Entries[0], r.last.Notices[0]
		if e.Fact.FactKind() != c.kind || e.By != incident.System || e.Audience != incident.Team || !slices.Equal(n.To, c.to) || n.Promise != 2 || n.Seq != e.Seq {
			t.Errorf("at %s: %+v, told %+v, want %s to %v", c.acts, e, n, c.kind, c.to)
		}
		if got := time.Duration(n.Late) * time.Microsecond; got != c.late {
			t.Errorf("at %s the notice says %s late, want %s", c.acts, got, c.late)
		}
	}
	if !r.in.Next.MissedAt.Equal(at("15:01:00")) || r.in.Tally.Broken != 1 {
		t.Errorf("promise = %+v, want it missed since 15:01 and broken once", r.in.Next)
	}
	r.replayed()
}

func TestAReminderMayStillComeInThePromisedMinute(t *testing.T) {
	r := told(t).do("15:00:30", incident.WatchPromise{N: 2})
	if n := r.last.Notices[0]; n.Kind != incident.NoticeReminder || n.Late != 0 || !r.in.Next.MissedAt.IsZero() {
		t.Errorf("notice = %+v, want a reminder: the promise can still be kept", n)
	}
}

func TestTheWatchLeavesAloneWhatIsNotWaiting(t *testing.T) {
	answered := told(t).do("14:58:00", incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Look on.", NoTime: "Nobody knows.", Seen: 1})
	for name, c := range map[string]struct {
		given *road
		n     int
	}{
		"a promise that was answered":   {answered, 2},
		"a promise that nobody made":    {told(t), 9},
		"a promise with time to go":     {told(t), 2},
		"a promise that broke already":  {told(t).do("17:00:00", incident.WatchPromise{N: 2}), 2},
		"the review, days before it is": {over(t), 3},
	} {
		clock := "14:54:59"
		if c.n == 2 && name != "a promise with time to go" {
			clock = "18:00:00"
		}
		if ch, err := (incident.WatchPromise{N: c.n}).Decide(c.given.in, at(clock)); err != nil || !ch.Empty() || len(ch.Promises)+len(ch.Notices) > 0 {
			t.Errorf("a look at %s did %+v, %v, want nothing", name, ch, err)
		}
	}
}

func TestAReviewClimbsItsOwnLadder(t *testing.T) {
	r := over(t)
	due := r.in.Review.DueAt
	for _, c := range []struct {
		when time.Time
		kind string
	}{
		{due.AddDate(0, 0, -1), "promise_reminded"},
		{due.Add(time.Minute), "promise_missed"},
		{due.AddDate(0, 0, 1), "promise_missed"},
		{due.AddDate(0, 0, 7), "promise_broken"},
	} {
		ch, err := incident.WatchPromise{N: 3}.Decide(r.in, c.when)
		if err != nil || ch.Empty() || ch.Entries[0].Fact.FactKind() != c.kind || ch.Promises[0].Kind != incident.PromiseReview {
			t.Fatalf("a look at %s did %+v, %v, want %s", c.when, ch, err, c.kind)
		}
		r.in, r.entries = ch.Incident, append(r.entries, ch.Entries...)
	}
	r.replayed()
}
