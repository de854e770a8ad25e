package incident_test

import (
	"strings"
	"testing"
	"time"

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

func TestAnUpdateSaysEverythingThatNeedsAnotherValue(t *testing.T) {
	long := strings.Repeat("é", incident.MaxText+1)
	shorten := "Shorten this to 3000 characters or fewer. It has 3001"
	// ok is an update that would be granted; change spoils it.
	post := func(change func(*incident.PostUpdate)) incident.PostUpdate {
		c := incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Move the rest.", NextAt: at("15:10:00"), Seen: 1}
		change(&c)
		return c
	}
	berlin := time.FixedZone("CET", 3600)
	var cases []refusal
	for _, c := range []struct {
		name   string
		change func(*incident.PostUpdate)
		want   string
	}{
		{"nothing at all", func(c *incident.PostUpdate) { *c = incident.PostUpdate{By: "priya", Seen: 1} },
			"now: Enter what is true now; plan: Enter what you will do before the next update; next_at: Enter when the next update comes, or say why you cannot name a time"},
		{"blanks", func(c *incident.PostUpdate) { c.Now, c.Plan = " \n", "\t" }, "now: Enter what is true now; plan: Enter what you will do before the next update"},
		{"too long", func(c *incident.PostUpdate) { c.Now, c.Plan, c.NoTime, c.NextAt = long, long, long, time.Time{} },
			"now: " + shorten + "; plan: " + shorten + "; no_time: " + shorten},
		{"a state that is none", func(c *incident.PostUpdate) { c.Status = "fixed" }, "status: Choose a state: investigating, identified or monitoring. To say that it is over, use Over"},
		{"over by the wrong door", func(c *incident.PostUpdate) { c.Status = incident.Resolved }, "status: Choose a state: investigating, identified or monitoring. To say that it is over, use Over"},
		{"a time and none", func(c *incident.PostUpdate) { c.NoTime = "Who knows." }, "no_time: Name a time or say why there is none, not both"},
		{"a time that has passed", func(c *incident.PostUpdate) { c.NextAt = at("14:10:00") }, "next_at: 14:10 UTC has passed. Choose a time after 14:45 UTC"},
		{"this very moment", func(c *incident.PostUpdate) { c.NextAt = at("14:45:00") }, "next_at: 14:45 UTC has passed. Choose a time after 14:45 UTC"},
		{"less than the record can hold", func(c *incident.PostUpdate) { c.NextAt = at("14:45:00").Add(999) }, "next_at: 14:45 UTC has passed. Choose a time after 14:45 UTC"},
		{"yesterday, in the writer's zone", func(c *incident.PostUpdate) { c.NextAt = at("14:10:00").AddDate(0, 0, -1).In(berlin) }, "next_at: Sat 21 Nov 15:10 has passed. Choose a time after 15:45"},
		{"too far away", func(c *incident.PostUpdate) { c.NextAt = at("15:16:00") }, "next_at: SEV2 incidents need an update within 30 min. Choose a time before 15:16 UTC, or change the severity"},
		{"too far away while watching", func(c *incident.PostUpdate) { c.Status, c.NextAt = incident.Monitoring, at("15:46:00") }, "next_at: SEV2 incidents need an update within 1 hour. Choose a time before 15:46 UTC, or change the severity"},
		{"nothing new, in three words", func(c *incident.PostUpdate) { c.NothingNew, c.Now = true, "Still the same." }, "now: Write one real sentence: what you are still doing, or what you ruled out"},
		{"nothing new, word for word", func(c *incident.PostUpdate) { c.NothingNew, c.Now = true, "1 in 6 PAYMENTS fails. " }, "now: Write one sentence that is not word for word the last update. Readers stop reading repeats"},
		{"nothing new, no words", func(c *incident.PostUpdate) { c.NothingNew, c.Now = true, "" }, "now: Enter what is true now"},
	} {
		cases = append(cases, refusal{c.name, told(t), "14:45:00", post(c.change), fault.Invalid, c.want})
	}
	refuse(t, append(cases,
		refusal{"written without knowing the latest", told(t), "14:45:00", post(func(c *incident.PostUpdate) { c.Seen = 0 }), fault.Conflict, "Update 1 was posted while you were writing. Yours is not posted. Read it, then post yours too or drop it"},
		refusal{"written for another incident", told(t), "14:45:00", post(func(c *incident.PostUpdate) { c.Seen = 7 }), fault.Conflict, "INC-17 has no update 7 yet. Reload it, then post"},
	))
}

func TestTheFirstUpdateCarriesTheStatementOrAReason(t *testing.T) {
	post := incident.PostUpdate{By: "priya", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: at("15:00:00")}
	ask := "statement: Say who takes responsibility for what, in one sentence. Readers see it above your first update"
	stated, other, long := post, post, post
	stated.Statement = " We own this. "
	other.By, other.Statement = "kim", "I own this."
	long.Override = strings.Repeat("x", incident.MaxText+1)
	refuse(t, []refusal{
		{"neither", declared(t), "14:31:00", post, fault.Invalid, ask},
		{"by somebody else", declared(t), "14:31:00", other, fault.Invalid, "statement: Only the owner can accept responsibility. Ask for a hand-over, or say why this update goes out without a statement"},
		{"a long reason", declared(t), "14:31:00", long, fault.Invalid, "override: Shorten this to 3000 characters or fewer. It has 3001"},
		{"nothing new, and nothing before it", declared(t), "14:31:00", incident.PostUpdate{By: "priya", Statement: "We own this.", NothingNew: true, Now: "We are still looking around.", NextAt: at("15:00:00")}, fault.Invalid, "plan: Enter what you will do before the next update"},
	})
	r := declared(t).do("14:31:00", stated)
	if o := r.in.Ownership; o == nil || o.Statement != "We own this." || len(r.last.Entries) != 2 || r.last.Entries[0].Audience != incident.Public {
		t.Errorf("ownership = %+v in %+v, want the statement before the update, for everybody", o, r.last.Entries)
	}
	second := post
	second.Override, second.Seen = "Priya is in the air.", 0
	r = declared(t).do("14:31:00", second)
	second.Seen = 1
	r.do("14:40:00", second)
	if r.in.Overrides != 2 || r.in.Ownership != nil {
		t.Errorf("overrides = %d, ownership %+v, want each one counted until somebody accepts", r.in.Overrides, r.in.Ownership)
	}
	second.Seen, second.Statement = 2, "We own this."
	r.do("14:45:00", second)
	if r.in.Overrides != 2 || r.in.Ownership == nil || r.lastFact().(incident.Updated).Override != "" {
		t.Errorf("overrides = %d, ownership %+v, want no override beside a statement", r.in.Overrides, r.in.Ownership)
	}
	r.replayed()
}

func TestAnUpdateSettlesThePromiseAndMakesTheNextInOneChange(t *testing.T) {
	r := told(t).do("14:58:00", incident.PostUpdate{
		By: "kim", Now: "1 in 9 fails.", Plan: "Move the rest.", NextAt: at("15:28:59"), Status: incident.Identified, Seen: 1,
	})
	f := r.lastFact().(incident.Updated)
	if f.N != 2 || f.Status != incident.Identified || *f.Settled != (incident.Settled{N: 2, DueAt: at("15:00:00"), Outcome: incident.Kept}) {
		t.Errorf("update = %+v, want the second, settling promise 2 as kept", f)
	}
	if rows := r.last.Promises; len(rows) != 2 || rows[0].Outcome != incident.Kept || rows[1].N != 3 || rows[1].Outcome != "" {
		t.Errorf("rows = %+v, want promise 2 kept and promise 3 open", rows)
	}
	if p := r.in.Next; p.N != 3 || p.By != "priya" || p.ByPolicy || !p.DueAt.Equal(at("15:28:59")) || !r.in.Latest.NextAt.Equal(p.DueAt) {
		t.Errorf("next = %+v, want promise 3, answered for by the owner", p)
	}
	if n := r.last.Notices; len(n) != 1 || n[0].Kind != incident.NoticeUpdate || n[0].Seq != r.in.Version {
		t.Errorf("notices = %+v, want one about the update", n)
	}
	r.replayed()
}

func TestAnUpdateMayNameNoTimeAndTheNextOneAnswersNothing(t *testing.T) {
	r := told(t).do("14:58:00", incident.PostUpdate{By: "priya", Now: "It is with the bank.", Plan: "Ask again.", NoTime: "The bank names none.", Seen: 1})
	if r.in.Next != nil || r.in.NoTime != "The bank names none." || len(r.in.Promised()) != 0 {
		t.Errorf("next = %+v, no time %q, want the reason alone", r.in.Next, r.in.NoTime)
	}
	r.do("18:00:00", incident.PostUpdate{By: "priya", NothingNew: true, Now: "We are still waiting for the bank.", NextAt: at("18:30:59"), Seen: -1})
	f := r.lastFact().(incident.Updated)
	if f.Settled != nil || f.Plan != "Ask again." || r.in.NoTime != "" || r.in.Tally != (incident.Tally{Kept: 2}) {
		t.Errorf("update = %+v, tally %+v, want nothing settled and the plan standing", f, r.in.Tally)
	}
	r.replayed()
}
