package incident_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/incident"
)

// everyFact holds one fact of each kind with every field set.
func everyFact() []incident.Fact {
	t0 := time.Date(2026, 11, 22, 14, 20, 0, 5000, time.UTC)
	owner := []incident.Role{incident.RoleOwner}
	p := incident.Promise{
		Incident: 17, N: 2, Kind: incident.PromiseUpdate, By: "priya", ByPolicy: true, MadeAt: t0, DueAt: t0.Add(time.Hour),
		BrokenAfter: time.Hour, Steps: []incident.Step{{After: -time.Minute, To: owner}}, Step: 1,
		Outcome: incident.Moved, SettledAt: t0, MissedAt: t0, MovedTo: 3,
	}
	review := p
	review.Kind, review.N = incident.PromiseReview, 3
	s := incident.Settled{N: 1, DueAt: t0, Outcome: incident.Kept}
	return []incident.Fact{
		incident.Declared{
			Title: "Card payments fail", Kind: "outage", Severity: "SEV1", Audience: "public", Services: []string{"web"},
			Origin: "self", StartedAt: t0, DetectedAt: t0, Owner: "priya", Backup: "ana", First: &p,
		},
		incident.Owned{Statement: "We own this."},
		incident.HandoverOffered{To: "tomas", Note: "All is quiet."},
		incident.HandoverAccepted{From: "priya"},
		incident.HandoverDeclined{Reason: "I am off."},
		incident.HandoverWithdrawn{},
		incident.SeverityChanged{From: "SEV2", To: "SEV1", Why: "It spreads."},
		incident.ServicesChanged{Services: []string{"web"}},
		incident.AudienceChanged{From: "team", To: "public"},
		incident.BackupNamed{Backup: "kim"},
		incident.Updated{
			N: 2, Status: "monitoring", Now: "It <works> & holds.", Plan: "Watch.", NoTime: "None.", NothingNew: true, Severity: "SEV1",
			Title: "Card payments fail", Services: []string{"web"}, Works: []string{"api"}, Reopens: true, Override: "She flies.",
			Settled: &s, Next: &p, Review: &review, ReviewMoved: &s,
		},
		incident.Corrected{N: 1, Now: "1 in 5.", Plan: "Look.", Why: "We misread."},
		incident.Noted{Text: "Line one\nline two"},
		incident.HelpAsked{N: 1, What: "A look", Expertise: "PostgreSQL", From: "kim"},
		incident.HelpAnswered{N: 1, Accepted: true, Reason: "Gladly."},
		incident.HelpRecorded{N: 1, Changed: "We found the lock."},
		incident.PromiseReminded{N: 2, Step: 1, DueAt: t0, To: owner, Skipped: 1},
		incident.PromiseMissed{N: 2, Kind: incident.PromiseUpdate, Step: 2, DueAt: t0, To: owner, Skipped: 1},
		incident.PromiseBroken{N: 2, Kind: incident.PromiseUpdate, DueAt: t0, To: owner, Skipped: 1},
		incident.ReviewMoved{Why: "We wait.", Settled: s, Review: review},
		incident.ReviewDelivered{Where: "https://example.org", Settled: s},
		incident.Alerted{Source: "am", Group: "g", Summary: "Errors", Firing: true},
	}
}

func TestEveryKindOfFactComesBackFromTheRecordAsItWentIn(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range everyFact() {
		seen[f.FactKind()] = true
		data, err := incident.EncodeFact(f)
		if err != nil {
			t.Fatal(err)
		}
		back, err := incident.DecodeFact(f.FactKind(), data)
		if err != nil {
			t.Fatalf("DecodeFact(%s, %s) = %v", f.FactKind(), data, err)
		}
		if again, _ := incident.EncodeFact(back); !bytes.Equal(again, data) || fmt.Sprintf("%T", back) != fmt.Sprintf("%T", f) {
			t.Errorf("%T went in as %s and came back as %T %s", f, data, back, again)
		}
	}
	for _, kind := range incident.FactKinds() {
		if !seen[kind] {
			t.Errorf("no example of kind %q: add one to everyFact", kind)
		}
	}
	if got, want := len(seen), len(incident.FactKinds()); got != want {
		t.Errorf("%d kinds of examples, want %d", got, want)
	}
}

// The stored form is a promise to every database out there: a field may be
// added, and none is renamed, removed or given another meaning.
func TestTheStoredFormOfEveryFactStaysAsItIs(t *testing.T) {
	var got strings.Builder
	for _, f := range everyFact() {
		data, _ := incident.EncodeFact(f)
		fmt.Fprintf(&got, "%s %s\n", f.FactKind(), data)
	}
	want, err := os.ReadFile("testdata/facts.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("facts are stored as\n%s\nwant\n%s", got.String(), want)
	}
}

func TestAFactThatCannotBeReadSaysWhich(t *testing.T) {
	for _, c := range []struct{ kind, data, want string }{
		{"horoscope", `{}`, `timeline entry of unknown kind "horoscope": this database was written by a newer amends`},
		{"note", `{"text":`, `timeline entry of kind "note": unexpected end of JSON input`},
		{"declared", `{"started_at":"noon"}`, `timeline entry of kind "declared": parsing time`},
	} {
		f, err := incident.DecodeFact(c.kind, []byte(c.data))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("DecodeFact(%s, %s) = %+v, %v, want %s", c.kind, c.data, f, err, c.want)
		}
	}
}

func TestReplayRefusesATimelineWithAGapOrAStrayEntry(t *testing.T) {
	whole := told(t).do("14:40:00", incident.AddNote{By: "priya", Text: "The provider called."}).entries
	if len(whole) != 4 {
		t.Fatalf("%d entries, want 4", len(whole))
	}
	stray := whole[1]
	stray.Incident = 18
	empty := whole[1]
	empty.Fact = nil
	for _, c := range []struct {
		name    string
		entries []incident.Entry
		want    string
	}{
		{"a gap", []incident.Entry{whole[0], whole[2]}, "timeline of incident 17: entry 3 follows 1"},
		{"a repeat", []incident.Entry{whole[0], whole[0]}, "timeline of incident 17: entry 1 follows 1"},
		{"no beginning", whole[1:], "timeline of incident 17: entry 2 follows 0"},
		{"another incident's entry", []incident.Entry{whole[0], stray}, "timeline of incident 17: entry 2 of incident 18 does not belong here"},
		{"an entry without a fact", []incident.Entry{whole[0], empty}, "timeline of incident 17: entry 2 of incident 17 does not belong here"},
	} {
		if in, err := incident.Replay(c.entries); err == nil || err.Error() != c.want || in.Version != 0 {
			t.Errorf("Replay of %s = %+v, %v, want %s", c.name, in, err, c.want)
		}
	}
	if in, err := incident.Replay(nil); err != nil || in.Version != 0 || in.Open() {
		t.Errorf("Replay of nothing = %+v, %v, want an incident that nobody declared", in, err)
	}
}

func TestInstantsAreWholeMicrosecondsInUTC(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	got := incident.Instant(time.Date(2026, 11, 22, 15, 0, 0, 123456789, berlin))
	if want := "2026-11-22T14:00:00.123456Z"; got.Format(time.RFC3339Nano) != want {
		t.Errorf("Instant = %s, want %s", got.Format(time.RFC3339Nano), want)
	}
	if got := incident.Instant(time.Time{}.In(berlin)); got != (time.Time{}) {
		t.Errorf("Instant of no time = %v, want the zero time", got)
	}
}

// FuzzDecodeFact holds that whatever is read can be written, read again and
// folded: a damaged record is found by comparing, never by a crash.
func FuzzDecodeFact(f *testing.F) {
	for _, fact := range everyFact() {
		data, err := incident.EncodeFact(fact)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(fact.FactKind(), data)
		f.Add(fact.FactKind(), []byte(`{"n":-1}`))
	}
	f.Add("note", []byte("{\"text\":\"\xff\"}"))
	f.Add("review_delivered", []byte(`null`))
	f.Add("help_recorded", []byte(`{"n":9223372036854775807}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		fact, err := incident.DecodeFact(kind, data)
		if err != nil {
			return
		}
		once, err := incident.EncodeFact(fact)
		if err != nil {
			t.Fatalf("EncodeFact(%+v) = %v, though it was read from %s", fact, err, data)
		}
		again, err := incident.DecodeFact(kind, once)
		if err != nil {
			t.Fatalf("DecodeFact(%s, %s) = %v", kind, once, err)
		}
		if twice, _ := incident.EncodeFact(again); !bytes.Equal(once, twice) {
			t.Fatalf("%s is written as %s, and then as %s", data, once, twice)
		}
		// Folded behind nothing, and behind one fact of each kind.
		var timeline []incident.Entry
		for _, before := range append([]incident.Fact{fact}, append(everyFact(), fact)...) {
			timeline = append(timeline, incident.Entry{Incident: 17, Seq: int64(len(timeline) + 1), By: "priya", Fact: before})
		}
		in, err := incident.Replay(timeline)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Bytes(); err != nil {
			t.Fatalf("the state after %s cannot be written: %v", data, err)
		}
	})
}
