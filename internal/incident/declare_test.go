package incident_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func TestWhatIsNotTextIsKeptOutOfTheRecord(t *testing.T) {
	r := start(t).do("14:20:00", incident.Declare{By: "priya", Title: " Card\x00 payments\r\nfail \xff", Services: []string{" web ", "web", "\x00"}})
	if want := "Card payments fail \uFFFD"; r.in.Title != want {
		t.Errorf("title = %q, want %q", r.in.Title, want)
	}
	if got := r.in.Services; len(got) != 1 || got[0] != "web" {
		t.Errorf("services = %q, want web alone", got)
	}
	r.do("14:31:00", incident.PostUpdate{
		By: "priya", Statement: "We own this.", Now: "One.\r\nTwo\x07.\t3.", Plan: "\xc3(", NoTime: "\x1bThe provider\r\nnames none.",
	})
	u := r.in.Latest
	if u.Now != "One.\nTwo.\t3." || u.Plan != "\uFFFD(" || u.NoTime != "The provider\nnames none." {
		t.Errorf("latest = %q, %q, %q, want text with plain line ends", u.Now, u.Plan, u.NoTime)
	}
	r.replayed()
}

func TestDeclaringNeedsOnlyATitle(t *testing.T) {
	r := start(t).do("14:20:00.5", incident.Declare{By: "priya", Title: "Card payments fail"})
	in := r.in
	if in.Kind != "outage" || in.Severity != "SEV2" || in.Audience != "public" || in.Origin != "self" || in.Status != incident.Investigating {
		t.Errorf("declared as %s %s %s %s %s, want the defaults", in.Kind, in.Severity, in.Audience, in.Origin, in.Status)
	}
	if in.Owner != "priya" || in.DeclaredBy != "priya" || !in.DetectedAt.Equal(at("14:20:00.5")) || !in.StartedAt.IsZero() || !in.Open() || in.Name() != "INC-17" {
		t.Errorf("declared = %+v, want priya's, noticed now", in)
	}
	if p := in.Next; p.N != 1 || !p.ByPolicy || p.By != "priya" || !p.DueAt.Equal(at("14:35:00.5")) || len(r.last.Promises) != 1 {
		t.Errorf("first promise = %+v, want an update 15 minutes on, by policy", p)
	}
	if n := r.last.Notices; len(n) != 1 || n[0].Kind != incident.NoticeDeclared || n[0].Seq != 1 || !slices.Equal(n[0].To, []incident.Role{incident.RoleOwner, incident.RoleTeam}) {
		t.Errorf("notices = %+v, want the owner and the team told", n)
	}
	if e := r.entries[0]; e.Seq != 1 || e.By != "priya" || e.Audience != incident.Team || e.Incident != 17 {
		t.Errorf("entry = %+v, want the first, for the team", e)
	}
	r.replayed()
}

func TestAnAlertDeclaresForAPerson(t *testing.T) {
	r := start(t).do("14:20:00", incident.Declare{
		By: incident.System, Owner: "priya", Title: "Errors above 5 %", Severity: "SEV1", StartedAt: at("14:18:00"), DetectedAt: at("14:19:00"), Kind: "data", Audience: incident.Team,
	})
	in := r.in
	if in.Origin != "alert" || in.Owner != "priya" || in.DeclaredBy != incident.System || !in.StartedAt.Equal(at("14:18:00")) || !in.DetectedAt.Equal(at("14:19:00")) {
		t.Errorf("declared = %+v, want an alert's, owned by priya", in)
	}
	if !in.Next.DueAt.Equal(at("14:30:00")) {
		t.Errorf("first update due at %s, want SEV1's 10 minutes", in.Next.DueAt)
	}
}

func TestDeclaringSaysEverythingThatNeedsAnotherValue(t *testing.T) {
	none := start(t)
	refuse(t, []refusal{
		{"everything", none, "14:20:00", incident.Declare{
			By: "priya", Title: " ", Kind: "flood", Severity: "SEV9", Audience: "press", Origin: "rumour", Owner: incident.System,
			DetectedAt: at("14:21:00"), StartedAt: at("14:22:00"),
		}, fault.Invalid, "title: Enter what is going wrong, in the words of the people affected; " +
			"kind: Choose a kind: outage, launch, data, decision, commitment or conduct; " +
			"severity: Choose a severity: SEV1, SEV2, SEV3 or SEV4; " +
			"audience: Choose who may read it: team, stakeholders or public; " +
			"origin: Choose how it came to light: self, alert, colleague, customer or manager; " +
			"owner: Name the person who owns it; " +
			"detected_at: Enter a time that has passed. It cannot have been noticed in the future; " +
			"started_at: Enter a time that has passed. It cannot have started in the future"},
		{"a long title", none, "14:20:00", incident.Declare{By: "priya", Title: strings.Repeat("é", 201)}, fault.Invalid, "title: Shorten the title to 200 characters or fewer. It has 201"},
		{"nobody", none, "14:20:00", incident.Declare{Title: "Cards fail"}, fault.Invalid, "owner: Name the person who owns it"},
		{"one's own backup", none, "14:20:00", incident.Declare{By: "priya", Title: "Cards fail", Backup: "priya"}, fault.Invalid, "backup: Name a backup who is not the owner"},
		{"noticed before it began", none, "14:20:00", incident.Declare{By: "priya", Title: "Cards fail", StartedAt: at("14:10:00"), DetectedAt: at("14:09:00")}, fault.Invalid, "detected_at: Enter a time after the start. It was noticed before it began"},
		{"twice", declared(t), "14:20:00", incident.Declare{By: "priya", Title: "Cards fail"}, fault.Conflict, "INC-17 is declared already. Open it and post an update"},
	})
}

// Every wish but the first needs an incident, and most need one that is open.
func TestAWishNeedsAnIncidentInTheRightState(t *testing.T) {
	anytime := []incident.Command{
		incident.WithdrawHandover{}, incident.AnswerHelp{}, incident.RecordHelp{}, incident.AddNote{}, incident.RecordAlert{},
		incident.CorrectUpdate{}, incident.Reopen{}, incident.MoveReview{}, incident.DeliverReview{}, incident.WatchPromise{},
	}
	open := []incident.Command{
		incident.PostUpdate{}, incident.Resolve{}, incident.TakeOwnership{}, incident.OfferHandover{}, incident.AnswerHandover{},
		incident.AskHelp{}, incident.ChangeSeverity{}, incident.ChangeServices{}, incident.ChangeAudience{}, incident.NameBackup{},
	}
	var cases []refusal
	for _, cmd := range append(anytime, open...) {
		cases = append(cases, refusal{fmt.Sprintf("%T before it is declared", cmd), start(t), "14:20:00", cmd, fault.Missing, "There is no incident 17. See all incidents"})
	}
	for _, cmd := range open {
		cases = append(cases, refusal{
			fmt.Sprintf("%T when it is over", cmd), over(t), "14:55:00", cmd, fault.Conflict,
			"INC-17 is over since 22 Nov 14:50 UTC. To add something, write a note or start a new incident",
		})
	}
	refuse(t, cases)
}
