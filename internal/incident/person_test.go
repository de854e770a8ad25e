package incident_test

import (
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func TestTheProgramNeverSpeaksForAPerson(t *testing.T) {
	const say = "Only a person can publish words. Sign in and write them yourself"
	var cases []refusal
	for _, by := range []incident.Person{incident.System, ""} {
		for name, c := range map[string]refusal{
			"posts":    {given: told(t), cmd: incident.PostUpdate{By: by, Now: "As before.", Plan: "As before.", NextAt: at("15:10:00"), Seen: 1}},
			"resolves": {given: told(t), cmd: incident.Resolve{By: by, Now: "It works.", Seen: 1}},
			"corrects": {given: told(t), cmd: incident.CorrectUpdate{By: by, N: 1, Now: "1 in 5 fails.", Why: "We miscounted."}},
			"reopens":  {given: over(t), cmd: incident.Reopen{By: by, Now: "1 in 6 fails.", Plan: "Look again.", NextAt: at("15:10:00")}},
			"moves":    {given: over(t), cmd: incident.MoveReview{By: by, To: at("23:00:00"), Why: "We are ill."}},
			"delivers": {given: over(t), cmd: incident.DeliverReview{By: by, Where: "https://example.org"}},
		} {
			c.name, c.clock, c.kind, c.want = string(by)+" "+name, "14:55:00", fault.Forbidden, say
			cases = append(cases, c)
		}
	}
	refuse(t, cases)
}

func TestTheProgramIsNobodysBackupReviewerOrHelp(t *testing.T) {
	system := incident.System
	refuse(t, []refusal{
		{"backup at the start", start(t), "14:20:00", incident.Declare{By: "priya", Title: "Cards fail", Backup: system}, fault.Invalid, "backup: Name the person who steps in"},
		{"backup later", told(t), "14:40:00", incident.NameBackup{By: "priya", Backup: system}, fault.Invalid, "backup: Name the person who steps in"},
		{"owner at the start", start(t), "14:20:00", incident.Declare{By: system, Title: "Cards fail"}, fault.Invalid, "owner: Name the person who owns it"},
		{"owner by hand-over", told(t), "14:40:00", incident.OfferHandover{By: "priya", To: system}, fault.Invalid, "to: Name the person to hand over to"},
		{"review owner", told(t), "14:40:00", incident.Resolve{By: "priya", Now: "It works.", ReviewOwner: system, Seen: 1}, fault.Invalid, "review_owner: Name the person who owes the review"},
		{"help", told(t), "14:40:00", incident.AskHelp{By: "priya", What: "A look at the logs", From: system}, fault.Invalid, "from: Name somebody else to ask"},
	})
}
