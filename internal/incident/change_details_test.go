package incident_test

import (
	"slices"
	"strings"
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func TestDetailsChangeAndTheTimelineSaysFromWhatToWhat(t *testing.T) {
	for _, c := range []struct {
		given *road
		cmd   incident.Command
		want  incident.Fact
		reads incident.Audience
	}{
		{told(t), incident.ChangeSeverity{By: "kim", To: "SEV1", Why: " It spreads. "}, incident.SeverityChanged{From: "SEV2", To: "SEV1", Why: "It spreads."}, incident.Team},
		{declared(t), incident.ChangeAudience{By: "kim", To: "team"}, incident.AudienceChanged{From: "public", To: "team"}, incident.Team},
		{told(t), incident.NameBackup{By: "priya", Backup: "kim"}, incident.BackupNamed{Backup: "kim"}, incident.Team},
		{told(t), incident.AddNote{By: "kim", Text: "The bank\r\ncalled."}, incident.Noted{Text: "The bank\ncalled."}, incident.Team},
		{over(t), incident.AddNote{By: "kim", Text: "It held overnight."}, incident.Noted{Text: "It held overnight."}, incident.Team},
		{told(t), incident.RecordAlert{Source: "am", Group: "g", Summary: "Errors", Firing: true}, incident.Alerted{Source: "am", Group: "g", Summary: "Errors", Firing: true}, incident.Team},
	} {
		r := c.given.do("14:55:00", c.cmd)
		if e := r.last.Entries; len(e) != 1 || e[0].Fact != c.want || e[0].Audience != c.reads {
			t.Errorf("Decide(%+v) appends %+v, want %+v for %s", c.cmd, e, c.want, c.reads)
		}
		r.replayed()
	}
	r := told(t).do("14:55:00", incident.ChangeServices{By: "kim", Services: []string{"web", "api", "web", " "}})
	if !slices.Equal(r.in.Services, []string{"api", "web"}) || r.last.Entries[0].Audience != incident.Public {
		t.Errorf("services = %q for %s, want them sorted and once each, for everybody", r.in.Services, r.last.Entries[0].Audience)
	}
	r.replayed()
}

func TestAChangeToWhatIsAlreadySoIsNone(t *testing.T) {
	for _, cmd := range []incident.Command{
		incident.ChangeSeverity{By: "kim", To: "SEV2"},
		incident.ChangeServices{By: "kim", Services: []string{"payments", ""}},
		incident.ChangeAudience{By: "kim", To: "public"},
		incident.NameBackup{By: "kim", Backup: "ana"},
	} {
		if ch, err := cmd.Decide(told(t).in, at("14:55:00")); err != nil || !ch.Empty() {
			t.Errorf("Decide(%+v) = %+v, %v, want nothing to do", cmd, ch.Entries, err)
		}
	}
}

func TestDetailsAreRefusedWithTheWayOut(t *testing.T) {
	long := strings.Repeat("x", incident.MaxText+1)
	shorten := ": Shorten this to 3000 characters or fewer. It has 3001"
	narrow := "audience: Published words stay published. Widen the audience, or declare a new incident for the team alone"
	stated := declared(t).do("14:25:00", incident.TakeOwnership{By: "priya", Statement: "We own this."})
	refuse(t, []refusal{
		{"severity", told(t), "14:55:00", incident.ChangeSeverity{By: "kim", To: "bad", Why: long}, fault.Invalid, "severity: Choose a severity: SEV1, SEV2, SEV3 or SEV4; why" + shorten},
		{"audience", told(t), "14:55:00", incident.ChangeAudience{By: "kim", To: "press"}, fault.Invalid, "audience: Choose who may read it: team, stakeholders or public"},
		{"narrower after an update", told(t), "14:55:00", incident.ChangeAudience{By: "kim", To: "stakeholders"}, fault.Invalid, narrow},
		{"narrower after the statement", stated, "14:55:00", incident.ChangeAudience{By: "kim", To: "team"}, fault.Invalid, narrow},
		{"no backup", told(t), "14:55:00", incident.NameBackup{By: "kim"}, fault.Invalid, "backup: Name the person who steps in"},
		{"the owner as backup", told(t), "14:55:00", incident.NameBackup{By: "kim", Backup: "priya"}, fault.Invalid, "backup: Name a backup who is not the owner"},
		{"an empty note", told(t), "14:55:00", incident.AddNote{By: "kim", Text: " "}, fault.Invalid, "text: Enter the note"},
		{"a long note", told(t), "14:55:00", incident.AddNote{By: "kim", Text: long}, fault.Invalid, "text" + shorten},
	})
}

func TestTheAudienceGrowsAfterAnUpdate(t *testing.T) {
	r := start(t).
		do("14:20:00", incident.Declare{By: "priya", Title: "Cards fail", Audience: incident.Team}).
		do("14:31:00", incident.PostUpdate{By: "priya", Statement: "We own this.", Now: "1 in 6 fails.", Plan: "Look.", NextAt: at("15:00:00")}).
		do("14:40:00", incident.ChangeAudience{By: "priya", To: incident.Public}).
		do("14:50:00", incident.PostUpdate{By: "priya", Now: "1 in 9 fails.", Plan: "Look on.", NextAt: at("15:10:00"), Seen: 1})
	var reads []incident.Audience
	for _, e := range r.entries {
		reads = append(reads, e.Audience)
	}
	if want := []incident.Audience{"team", "team", "team", "team", "public"}; !slices.Equal(reads, want) {
		t.Errorf("audiences = %v, want %v", reads, want)
	}
	r.replayed()
}

func TestALongAlertIsCutAndKept(t *testing.T) {
	r := told(t).do("14:55:00", incident.RecordAlert{Summary: strings.Repeat("é", 5000)})
	if got := len([]rune(r.lastFact().(incident.Alerted).Summary)); got != incident.MaxText {
		t.Errorf("summary has %d characters, want %d", got, incident.MaxText)
	}
	r.replayed()
}
