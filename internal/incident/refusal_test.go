package incident_test

import (
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// refusal is a wish that the domain must not grant, and the words it says.
type refusal struct {
	name  string
	given *road // the incident as it stands; its clock is the test's
	clock string
	cmd   incident.Command
	kind  fault.Kind
	want  string // every field with its words, or the sentence
}

// refuse checks that each wish is refused in exactly these words.
func refuse(t *testing.T, cases []refusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ch, err := c.cmd.Decide(c.given.in, at(c.clock))
			if err == nil {
				t.Fatalf("Decide(%+v) = %+v, want %s: %s", c.cmd, ch.Entries, c.kind, c.want)
			}
			if !fault.Is(err, c.kind) || err.Error() != c.want {
				kind, _, _ := fault.Public(err)
				t.Errorf("Decide(%+v) says\n%s: %s\nwant\n%s: %s", c.cmd, kind, err, c.kind, c.want)
			}
			if !ch.Empty() || len(ch.Promises)+len(ch.Notices) > 0 {
				t.Errorf("Decide(%+v) was refused, and yet changes %+v", c.cmd, ch)
			}
		})
	}
}

// declared is an incident of Priya's at 14:20, first update due at 14:35.
func declared(t *testing.T) *road {
	t.Helper()
	return start(t).do("14:20:00", incident.Declare{
		By: "priya", Title: "Card payments fail", Services: []string{"payments"}, Backup: "ana",
	})
}

// told is that incident at 14:31, after the first update; the next one is due at 15:00.
func told(t *testing.T) *road {
	t.Helper()
	return declared(t).do("14:31:00", incident.PostUpdate{
		By: "priya", Statement: "We own this.", Now: "1 in 6 payments fails.", Plan: "Switch over.", NextAt: at("15:00:00"),
	})
}

// over is that incident after its last word at 14:50.
func over(t *testing.T) *road {
	t.Helper()
	return told(t).do("14:50:00", incident.Resolve{By: "priya", Now: "Payments work.", Works: []string{"payments"}, Seen: 1})
}

// lastFact returns the latest fact on the timeline.
func (r *road) lastFact() incident.Fact { return r.entries[len(r.entries)-1].Fact }
