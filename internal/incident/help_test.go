package incident_test

import (
	"strings"
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// asked is told, with a request of Priya's for anybody who knows PostgreSQL.
func asked(t *testing.T) *road {
	t.Helper()
	return told(t).do("14:40:00", incident.AskHelp{By: "priya", What: "A look at the locks", Expertise: "PostgreSQL"})
}

func TestHelpIsAskedForAnsweredAndWhatItChangedIsRecorded(t *testing.T) {
	r := asked(t)
	if n := r.last.Notices[0]; n.Kind != incident.NoticeHelp || n.Person != "" || len(n.To) != 2 {
		t.Errorf("notice = %+v, want the team and its leads asked", n)
	}
	r.do("14:42:00", incident.AnswerHelp{By: "kim", N: 1, Reason: "I am on a train."}).
		do("14:43:00", incident.AnswerHelp{By: "ana", N: 1, Accept: true})
	if n := r.last.Notices[0]; n.Person != "priya" {
		t.Errorf("notice = %+v, want priya told", n)
	}
	r.do("16:00:00", incident.Resolve{By: "priya", Now: "It works.", Seen: 1}).
		do("16:10:00", incident.RecordHelp{By: "ana", N: 1, Changed: " We found the lock.\r\n"})
	want := incident.Help{
		N: 1, By: "priya", At: at("14:40:00"), What: "A look at the locks", Expertise: "PostgreSQL",
		Answer: "accepted", AnswerBy: "ana", AnswerAt: at("14:43:00"), Changed: "We found the lock.",
	}
	if got := r.in.Help; len(got) != 1 || got[0] != want {
		t.Errorf("help = %+v, want %+v", got, want)
	}
	r.replayed()
}

func TestHelpFromOnePersonIsAskedOfThatPerson(t *testing.T) {
	r := told(t).do("14:40:00", incident.AskHelp{By: "priya", What: "A call to the bank", From: "kim"})
	if n := r.last.Notices[0]; n.Person != "kim" || len(n.To) != 0 {
		t.Errorf("notice = %+v, want kim alone", n)
	}
	refuse(t, []refusal{{
		"declined by somebody else", r, "14:41:00", incident.AnswerHelp{By: "ana", N: 1}, fault.Forbidden,
		"This request was made to somebody else. Accept it yourself, or leave it to them",
	}})
	r.do("14:41:00", incident.AnswerHelp{By: "ana", N: 1, Accept: true})
	if h := r.in.Help[0]; h.AnswerBy != "ana" || h.From != "kim" {
		t.Errorf("help = %+v, want ana's yes to what kim was asked", h)
	}
	r.replayed()
}

func TestHelpIsRefusedWithTheWayOut(t *testing.T) {
	long := strings.Repeat("x", incident.MaxText+1)
	shorten := ": Shorten this to 3000 characters or fewer. It has 3001"
	accepted := asked(t).do("14:41:00", incident.AnswerHelp{By: "ana", N: 1, Accept: true})
	refuse(t, []refusal{
		{"asked without words", told(t), "14:40:00", incident.AskHelp{By: "priya"}, fault.Invalid, "what: Enter what you need help with; expertise: Enter which expertise you need, or name the person to ask"},
		{"asked at length", told(t), "14:40:00", incident.AskHelp{By: "priya", What: long, Expertise: long}, fault.Invalid, "what" + shorten + "; expertise" + shorten},
		{"asked of oneself", told(t), "14:40:00", incident.AskHelp{By: "priya", What: "A look", From: "priya"}, fault.Invalid, "from: Name somebody else to ask"},
		{"answered, not asked", told(t), "14:40:00", incident.AnswerHelp{By: "ana", N: 1, Accept: true}, fault.Missing, "Nobody has asked for help on INC-17 yet. Ask for it first"},
		{"answered, another one", asked(t), "14:41:00", incident.AnswerHelp{By: "ana", N: 2, Accept: true}, fault.Missing, "INC-17 has no request for help 2. The last one is 1. Choose the one to answer"},
		{"answered at length", asked(t), "14:41:00", incident.AnswerHelp{By: "ana", N: 1, Reason: long}, fault.Invalid, "reason" + shorten},
		{"accepted twice", accepted, "14:42:00", incident.AnswerHelp{By: "kim", N: 1, Accept: true}, fault.Conflict, "Somebody accepted request 1 already. Write a note if you can help too"},
		{"recorded before a yes", asked(t), "14:42:00", incident.RecordHelp{By: "ana", N: 1, Changed: "Much."}, fault.Conflict, "Nobody has accepted request 1 yet. Accept it first, then say what it changed"},
		{"recorded, not asked", told(t), "14:42:00", incident.RecordHelp{By: "ana", N: 0, Changed: "Much."}, fault.Missing, "Nobody has asked for help on INC-17 yet. Ask for it first"},
		{"recorded without words", accepted, "14:42:00", incident.RecordHelp{By: "ana", N: 1, Changed: "\n"}, fault.Invalid, "changed: Enter what the help changed"},
	})
}
