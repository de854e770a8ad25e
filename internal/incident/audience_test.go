package incident_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"amends.dev/internal/incident"
)

func TestAReaderKnowsNothingThatIsNotForThem(t *testing.T) {
	r := start(t).
		do("14:20:00", incident.Declare{By: "p-priya", Title: "Refunds paid twice", Audience: incident.Stakeholders, Backup: "p-ana", Origin: "customer"}).
		do("14:22:00", incident.AskHelp{By: "p-priya", What: "secret-help", Expertise: "secret-skill"}).
		do("14:23:00", incident.OfferHandover{By: "p-priya", To: "p-tomas", Note: "secret-offer"}).
		do("14:31:00", incident.PostUpdate{By: "p-priya", Statement: "secret-statement", Now: "secret-now", Plan: "secret-plan", NextAt: at("15:00:00"), Seen: -1}).
		do("14:35:00", incident.ChangeAudience{By: "p-priya", To: incident.Public})
	for _, reader := range []struct {
		sees   []string
		hidden []string
		shown  []string
	}{
		{[]string{"public"}, []string{"p-priya", "p-ana", "p-tomas", "secret-"}, []string{"Refunds paid twice"}},
		{[]string{"public", "stakeholders"}, []string{"p-ana", "p-tomas", "secret-help", "secret-offer"}, []string{"p-priya", "secret-now"}},
		{[]string{"public", "stakeholders", "team"}, nil, []string{"p-ana", "p-tomas", "secret-help", "secret-offer", "secret-now"}},
	} {
		text, err := json.Marshal(r.in.For(func(a string) bool { return slices.Contains(reader.sees, a) }))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range reader.hidden {
			if strings.Contains(string(text), word) {
				t.Errorf("a reader of %v sees %q in %s", reader.sees, word, text)
			}
		}
		for _, word := range reader.shown {
			if !strings.Contains(string(text), word) {
				t.Errorf("a reader of %v does not see %q in %s", reader.sees, word, text)
			}
		}
	}
	r.replayed()
}

func TestACorrectionIsForTheReadersOfWhatItCorrects(t *testing.T) {
	r := start(t).
		do("14:20:00", incident.Declare{By: "priya", Title: "Refunds paid twice", Audience: incident.Stakeholders}).
		do("14:31:00", incident.PostUpdate{By: "priya", Statement: "We own this.", Now: "214 refunds.", Plan: "List them.", NextAt: at("15:00:00"), Seen: -1}).
		do("14:35:00", incident.ChangeAudience{By: "priya", To: incident.Public}).
		do("14:40:00", incident.PostUpdate{By: "priya", Now: "We wrote to all.", Plan: "Add a guard.", NextAt: at("15:00:00"), Seen: -1})
	for n, want := range map[int]incident.Audience{1: incident.Stakeholders, 2: incident.Public} {
		ch, err := incident.CorrectUpdate{By: "priya", N: n, Now: "215 refunds.", Why: "One was missed."}.Decide(r.in, at("14:45:00"))
		if err != nil {
			t.Fatal(err)
		}
		if got := ch.Entries[0].Audience; got != want {
			t.Errorf("the correction of update %d is for %s, want %s", n, got, want)
		}
	}
}
