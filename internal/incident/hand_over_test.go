package incident_test

import (
	"strings"
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// offered is told, with an offer of Priya's to Tomás.
func offered(t *testing.T) *road {
	t.Helper()
	return told(t).do("14:40:00", incident.OfferHandover{By: "priya", To: "tomas", Note: "Second provider is warm."})
}

func TestOwnershipWaitsForTheReceiversYes(t *testing.T) {
	r := offered(t)
	if o := r.in.Offer; r.in.Owner != "priya" || *o != (incident.Offer{From: "priya", To: "tomas", At: at("14:40:00"), Note: "Second provider is warm."}) {
		t.Errorf("owner %s, offer %+v, want priya until tomas accepts", r.in.Owner, o)
	}
	if n := r.last.Notices; len(n) != 1 || n[0].Kind != incident.NoticeHandover || n[0].Person != "tomas" {
		t.Errorf("notices = %+v, want tomas asked", n)
	}
	r.do("14:41:00", incident.AnswerHandover{By: "tomas", Accept: true})
	if r.in.Owner != "tomas" || r.in.Offer != nil || r.in.Backup != "ana" || r.in.Next.By != "tomas" {
		t.Errorf("owner %s, offer %+v, backup %s, promise by %s, want tomas to own it and its promise", r.in.Owner, r.in.Offer, r.in.Backup, r.in.Next.By)
	}
	if rows := r.last.Promises; len(rows) != 1 || rows[0].N != 2 || rows[0].By != "tomas" || r.last.Notices[0].Person != "priya" {
		t.Errorf("rows %+v, notices %+v, want the promise's row rewritten and priya told", rows, r.last.Notices)
	}
	r.replayed()
}

func TestABackupWhoTakesOverChangesPlaces(t *testing.T) {
	r := told(t).
		do("14:40:00", incident.OfferHandover{By: "priya", To: "ana"}).
		do("14:41:00", incident.AnswerHandover{By: "ana", Accept: true})
	if r.in.Owner != "ana" || r.in.Backup != "priya" || len(r.last.Entries) != 2 {
		t.Errorf("owner %s, backup %s by %+v, want the two to change places", r.in.Owner, r.in.Backup, r.last.Entries)
	}
	r.replayed()
}

func TestAHandOverOfAnIncidentWhosePromiseIsBrokenMovesNoPromise(t *testing.T) {
	r := offered(t).
		do("16:00:00", incident.WatchPromise{N: 2}).
		do("16:01:00", incident.AnswerHandover{By: "tomas", Accept: true})
	if p := r.in.Next; p.Outcome != incident.Broken || p.By != "priya" || len(r.last.Promises) != 0 {
		t.Errorf("promise = %+v, rows %+v, want it to stay priya's", p, r.last.Promises)
	}
	r.replayed()
}

func TestAnOfferThatIsDeclinedOrWithdrawnLeavesTheOwner(t *testing.T) {
	for _, c := range []struct {
		answer incident.Command
		told   incident.Person
		want   incident.Fact
	}{
		{incident.AnswerHandover{By: "tomas", Reason: " I am off. "}, "priya", incident.HandoverDeclined{Reason: "I am off."}},
		{incident.WithdrawHandover{By: "priya"}, "tomas", incident.HandoverWithdrawn{}},
	} {
		r := offered(t).do("14:41:00", c.answer)
		if r.in.Owner != "priya" || r.in.Offer != nil || r.lastFact() != c.want || r.last.Notices[0].Person != c.told {
			t.Errorf("after %+v: owner %s, offer %+v, fact %+v, told %s, want %+v and %s told", c.answer, r.in.Owner, r.in.Offer, r.lastFact(), r.last.Notices[0].Person, c.want, c.told)
		}
		r.replayed()
	}
}

func TestAHandOverIsRefusedWithTheWayOut(t *testing.T) {
	long := strings.Repeat("x", incident.MaxText+1)
	shorten := ": Shorten this to 3000 characters or fewer. It has 3001"
	refuse(t, []refusal{
		{"offered by somebody else", told(t), "14:40:00", incident.OfferHandover{By: "kim", To: "tomas"}, fault.Forbidden, "Only the owner can hand INC-17 over. Ask the owner to offer it to you"},
		{"to nobody", told(t), "14:40:00", incident.OfferHandover{By: "priya"}, fault.Invalid, "to: Name the person to hand over to"},
		{"to oneself", told(t), "14:40:00", incident.OfferHandover{By: "priya", To: "priya"}, fault.Invalid, "to: Name somebody else. This person owns it already"},
		{"with a long note", told(t), "14:40:00", incident.OfferHandover{By: "priya", To: "tomas", Note: long}, fault.Invalid, "note" + shorten},
		{"twice", offered(t), "14:41:00", incident.OfferHandover{By: "priya", To: "kim"}, fault.Conflict, "A hand-over is waiting for an answer. Withdraw it before you make another"},
		{"answered, not offered", told(t), "14:41:00", incident.AnswerHandover{By: "tomas", Accept: true}, fault.Conflict, "No hand-over of INC-17 is waiting. It may have been withdrawn. Reload the page"},
		{"answered by somebody else", offered(t), "14:41:00", incident.AnswerHandover{By: "kim", Accept: true}, fault.Forbidden, "This hand-over was offered to somebody else. Ask the owner to withdraw it and offer it to you"},
		{"accepted by the offerer", offered(t), "14:41:00", incident.AnswerHandover{By: "priya", Accept: true}, fault.Forbidden, "This hand-over was offered to somebody else. Ask the owner to withdraw it and offer it to you"},
		{"declined at length", offered(t), "14:41:00", incident.AnswerHandover{By: "tomas", Reason: long}, fault.Invalid, "reason" + shorten},
		{"withdrawn, not offered", told(t), "14:41:00", incident.WithdrawHandover{By: "priya"}, fault.Conflict, "No hand-over of INC-17 is waiting. It may have been answered. Reload the page"},
		{"withdrawn by the receiver", offered(t), "14:41:00", incident.WithdrawHandover{By: "tomas"}, fault.Forbidden, "Only the person who offered the hand-over can withdraw it. Ask them to"},
	})
}

func TestAnOfferThatNobodyAnsweredEndsWithTheIncident(t *testing.T) {
	r := offered(t).do("14:50:00", incident.Resolve{By: "priya", Now: "It works.", Seen: 1})
	if r.in.Offer != nil {
		t.Errorf("offer = %+v, want none", r.in.Offer)
	}
	r.replayed()
}

func TestTheOwnerAcceptsResponsibilityInWords(t *testing.T) {
	refuse(t, []refusal{
		{"somebody else", told(t), "14:40:00", incident.TakeOwnership{By: "kim", Statement: "I own this."}, fault.Forbidden, "You do not own INC-17. Ask its owner to hand it over to you"},
		{"without words", told(t), "14:40:00", incident.TakeOwnership{By: "priya", Statement: " "}, fault.Invalid, "statement: Say who takes responsibility for what, in one sentence"},
	})
	r := declared(t).do("14:25:00", incident.TakeOwnership{By: "priya", Statement: "We own this."})
	if o := r.in.Ownership; *o != (incident.Ownership{By: "priya", At: at("14:25:00"), Statement: "We own this.", Audience: incident.Public}) || r.last.Entries[0].Audience != incident.Public {
		t.Errorf("ownership = %+v, want priya's, for everybody", o)
	}
	again, err := incident.TakeOwnership{By: "priya", Statement: "We own this. "}.Decide(r.in, at("14:26:00"))
	if err != nil || !again.Empty() {
		t.Errorf("the same words again did %+v, %v, want nothing", again.Entries, err)
	}
	r.do("14:27:00", incident.TakeOwnership{By: "priya", Statement: "We alone own this."}).
		do("14:31:00", incident.PostUpdate{By: "kim", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: at("15:00:00")})
	if r.in.Ownership.Statement != "We alone own this." || r.in.Overrides != 0 {
		t.Errorf("ownership = %+v, want the better words and no override", r.in.Ownership)
	}
	r.replayed()
}

func TestTheStatementsFormIsFilledWithTheTitle(t *testing.T) {
	in := declared(t).in
	if got, want := incident.StatementFor(in, ""), "We are responsible for this problem (Card payments fail) and for putting it right."; got != want {
		t.Errorf("StatementFor = %q, want %q", got, want)
	}
	if got, want := incident.StatementFor(in, "Acme"), "We at Acme are responsible for this problem (Card payments fail) and for putting it right."; got != want {
		t.Errorf("StatementFor = %q, want %q", got, want)
	}
}
