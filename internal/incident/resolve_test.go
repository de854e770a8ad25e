package incident_test

import (
	"slices"
	"testing"
	"time"

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

func TestTheLastWordSaysWhatWorksAndPromisesTheReview(t *testing.T) {
	r := start(t).
		do("14:20:00", incident.Declare{By: "priya", Title: "Cards fail", Services: []string{"web", "payments"}}).
		do("14:50:00", incident.Resolve{By: "priya", Statement: "We own this.", Now: "Payments work.", Works: []string{"payments"}})
	in, f := r.in, r.lastFact().(incident.Updated)
	if in.Open() || in.Status != incident.Resolved || !in.ResolvedAt.Equal(at("14:50:00")) || in.Next != nil || in.Published != 1 {
		t.Errorf("after the last word: %+v", in)
	}
	if !slices.Equal(in.Services, []string{"web"}) || !slices.Equal(f.Works, []string{"payments"}) {
		t.Errorf("works %q, still affected %q, want payments and web", f.Works, in.Services)
	}
	// 22 November 2026 is a Sunday: five working days end on Friday.
	if p := in.Review; p.Kind != incident.PromiseReview || p.By != "priya" || p.N != 2 || !p.DueAt.Equal(at("14:50:00").AddDate(0, 0, 5)) {
		t.Errorf("review = %+v, want it promised by priya for Friday", p)
	}
	if rows := r.last.Promises; len(rows) != 2 || rows[0].Kind != incident.PromiseReview || rows[1].Outcome != incident.Late {
		t.Errorf("rows = %+v, want the review's and the late first update's", rows)
	}
	r.replayed()
}

func TestTheLastWordIsRefusedWithTheWayOut(t *testing.T) {
	ok := incident.Resolve{By: "priya", Now: "It works.", Seen: 1}
	with := func(change func(*incident.Resolve)) incident.Resolve { c := ok; change(&c); return c }
	refuse(t, []refusal{
		{"no words", told(t), "14:50:00", with(func(c *incident.Resolve) { c.Now = " " }), fault.Invalid, "now: Enter what is true now, and what works again"},
		{"a service that is not affected", told(t), "14:50:00", with(func(c *incident.Resolve) { c.Works = []string{"mail"} }), fault.Invalid, "works: mail is not on the list of affected services. Add it there, or leave it out here"},
		{"a review that has passed", told(t), "14:50:00", with(func(c *incident.Resolve) { c.ReviewBy = at("14:49:00") }), fault.Invalid, "review_by: 14:49 UTC has passed. Choose a time after 14:50 UTC"},
		{"no statement", declared(t), "14:50:00", with(func(c *incident.Resolve) { c.Seen = 0 }), fault.Invalid, "statement: Say who takes responsibility for what, in one sentence. Readers see it above your first update"},
		{"written without knowing the latest", told(t), "14:50:00", with(func(c *incident.Resolve) { c.Seen = 0 }), fault.Conflict, "Update 1 was posted while you were writing. Yours is not posted. Read it, then post yours too or drop it"},
	})
}

func TestAReopenedIncidentKeepsItsReviewPromiseAndTheNextEndMovesIt(t *testing.T) {
	r := over(t).do("15:30:00", incident.Reopen{By: "kim", Now: "1 in 9 fails again.", Plan: "Switch back.", NextAt: at("15:50:00"), Services: []string{"web"}})
	if in := r.in; !in.Open() || in.Status != incident.Investigating || !in.ResolvedAt.IsZero() || in.Reopened != 1 || in.Published != 3 {
		t.Errorf("reopened = %+v", in)
	}
	if len(r.in.Promised()) != 2 || r.in.Review.N != 3 || r.in.Next.N != 4 || r.in.Next.By != "priya" || !slices.Equal(r.in.Services, []string{"web"}) {
		t.Errorf("promised %+v, want the review's and the next update's", r.in.Promised())
	}
	r.do("15:45:00", incident.Resolve{By: "kim", ReviewOwner: "ana", ReviewBy: at("23:00:00"), Now: "It works.", Seen: -1})
	f := r.lastFact().(incident.Updated)
	if f.ReviewMoved == nil || f.ReviewMoved.N != 3 || f.ReviewMoved.Outcome != incident.Moved || f.Review.N != 5 || f.Review.By != "ana" {
		t.Errorf("last word = %+v, want review 3 moved to 5, ana's", f)
	}
	if want := (incident.Tally{Kept: 3, Moved: 1}); r.in.Tally != want {
		t.Errorf("tally = %+v, want %+v", r.in.Tally, want)
	}
	r.replayed()
}

func TestAReviewThatPassedWhileReopenedIsBrokenByTheNextEnd(t *testing.T) {
	r := told(t).
		do("14:50:00", incident.Resolve{By: "priya", Now: "It works.", ReviewBy: at("15:40:00"), Seen: 1}).
		do("15:30:00", incident.Reopen{By: "priya", Now: "It fails again.", Plan: "Look.", NoTime: "Nobody can say."}).
		do("15:41:00", incident.Resolve{By: "priya", Now: "It works.", Seen: -1})
	if f := r.lastFact().(incident.Updated); f.ReviewMoved.Outcome != incident.Broken || r.in.Tally != (incident.Tally{Kept: 2, Broken: 1}) {
		t.Errorf("last word = %+v, tally %+v, want the first review broken", f, r.in.Tally)
	}
	if rows := r.last.Promises; rows[0].MovedTo != rows[1].N || rows[0].Outcome != incident.Broken {
		t.Errorf("rows = %+v, want the broken one to point at the one in its place", rows)
	}
	r.replayed()
}

func TestAReviewThatTheWatchCalledBrokenIsReplacedWithoutCountingTwice(t *testing.T) {
	r := told(t).do("14:50:00", incident.Resolve{By: "priya", Now: "It works.", ReviewBy: at("15:00:00"), Seen: 1})
	late := r.in.Review.DueAt.AddDate(0, 0, 8)
	ch, err := incident.WatchPromise{N: 3}.Decide(r.in, late)
	if err != nil || ch.Empty() {
		t.Fatalf("WatchPromise eight days on = %+v, %v, want it broken", ch, err)
	}
	r.in, r.entries = ch.Incident, append(r.entries, ch.Entries...)
	for _, cmd := range []incident.Command{
		incident.Reopen{By: "priya", Now: "It fails again.", Plan: "Look.", NoTime: "Nobody can say."},
		incident.Resolve{By: "priya", Now: "It works.", Seen: -1},
	} {
		if ch, err = cmd.Decide(r.in, late.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		r.in, r.entries = ch.Incident, append(r.entries, ch.Entries...)
	}
	if r.in.Tally != (incident.Tally{Kept: 2, Broken: 1}) || r.in.Review.N != 4 || r.lastFact().(incident.Updated).ReviewMoved != nil {
		t.Errorf("tally %+v, review %+v, want one broken and a new promise", r.in.Tally, r.in.Review)
	}
	r.replayed()
}

func TestReopeningIsRefusedWithTheWayOut(t *testing.T) {
	refuse(t, []refusal{
		{"while open", told(t), "14:55:00", incident.Reopen{By: "priya"}, fault.Conflict, "INC-17 is open. Post an update"},
		{"without words", over(t), "14:55:00", incident.Reopen{By: "priya"}, fault.Invalid, "now: Enter what is true now; plan: Enter what you will do before the next update; next_at: Enter when the next update comes, or say why you cannot name a time"},
	})
}

func TestAReviewMovesInPublicBeforeItFallsDue(t *testing.T) {
	r := over(t).do("15:30:00", incident.MoveReview{By: "ana", To: at("23:00:00"), Why: "We wait for the bank."})
	f := r.lastFact().(incident.ReviewMoved)
	if f.Settled.N != 3 || f.Settled.Outcome != incident.Moved || f.Review.N != 4 || f.Review.By != "priya" || r.last.Entries[0].Audience != incident.Public {
		t.Errorf("moved = %+v, want review 3 moved to 4, in public", f)
	}
	if rows := r.last.Promises; len(rows) != 2 || rows[0].MovedTo != 4 || r.in.Review.N != 4 || r.in.Tally.Moved != 1 || r.last.Notices[0].Kind != incident.NoticeUpdate {
		t.Errorf("rows %+v, tally %+v, want both rows, one moved and readers told", rows, r.in.Tally)
	}
	r.replayed()
	due := told(t).do("14:50:00", incident.Resolve{By: "priya", Now: "It works.", ReviewBy: at("15:30:20"), Seen: 1})
	move := incident.MoveReview{By: "ana", To: at("23:00:00"), Why: "We wait for the bank."}
	refuse(t, []refusal{
		{"before it is over", told(t), "14:55:00", move, fault.Conflict, "No review of INC-17 is promised yet. The last update promises it"},
		{"without words", over(t), "14:55:00", incident.MoveReview{By: "ana", To: at("14:55:00")}, fault.Invalid, "why: Say why the review moves. Readers see it; review_by: 14:55 UTC has passed. Choose a time after 14:55 UTC"},
		{"after its minute", due, "15:31:00", move, fault.Conflict, "The review was due on 22 Nov 15:30 UTC. A promise moves only before it falls due. Deliver the review, even if it is late"},
	})
	if due.do("15:30:59", move); due.in.Tally.Moved != 1 {
		t.Errorf("tally = %+v, want it moved in the minute in which it was due", due.in.Tally)
	}
}

func TestAReviewIsDeliveredOnce(t *testing.T) {
	refuse(t, []refusal{
		{"before it is over", told(t), "14:55:00", incident.DeliverReview{By: "ana", Where: "here"}, fault.Conflict, "No review of INC-17 is promised yet. The last update promises it"},
		{"nowhere", over(t), "14:55:00", incident.DeliverReview{By: "ana"}, fault.Invalid, "where: Enter where the review can be read"},
	})
	r := over(t).do("15:30:00", incident.DeliverReview{By: "ana", Where: "https://example.org/inc-17"})
	if f := r.lastFact().(incident.ReviewDelivered); f.Settled.N != 3 || f.Settled.Outcome != incident.Kept || r.in.Review != nil || r.in.Tally.Kept != 3 {
		t.Errorf("delivered = %+v, tally %+v, want review 3 kept", f, r.in.Tally)
	}
	refuse(t, []refusal{{"twice", r, "15:31:00", incident.DeliverReview{By: "ana", Where: "here"}, fault.Conflict, "No review of INC-17 is outstanding. To add something, write a note"}})
	r.replayed()

	r = told(t).do("14:50:00", incident.Resolve{By: "priya", Now: "It works.", ReviewBy: at("15:00:00"), Seen: 1})
	ch, err := incident.DeliverReview{By: "ana", Where: "here"}.Decide(r.in, at("15:00:00").AddDate(0, 0, 7))
	if err != nil || ch.Incident.Tally.Broken != 1 || ch.Promises[0].Outcome != incident.Broken {
		t.Errorf("a week later: %+v, %v, want it broken by the policy's limit", ch.Promises, err)
	}
}
