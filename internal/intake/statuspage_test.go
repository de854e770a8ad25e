package intake_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/intake"
)

const statuspagePage = `{"page":{"id":"p1","name":"Halden"},"incidents":[
 {"id":"a1","name":"Search is slow","status":"resolved","impact":"major","created_at":"2024-03-01T10:00:00.500Z","started_at":"2024-03-01T09:58:00Z",
  "components":[{"name":"Search"}],
  "incident_updates":[
   {"status":"postmortem","body":"A long text.","created_at":"2024-03-04T10:00:00Z","display_at":"2024-03-04T10:00:00Z"},
   {"status":"resolved","body":"Fixed.","created_at":"2024-03-01T11:00:00Z","display_at":"2024-03-01T11:00:00Z"},
   {"status":"investigating","body":"We are looking.","created_at":"2024-03-01T10:00:00.500Z","display_at":"2024-03-01T10:00:00.500Z"}]},
 {"id":"m1","name":"Planned","scheduled_for":"2024-03-02T00:00:00Z","created_at":"2024-03-01T10:00:00Z","incident_updates":[]}]}`

func TestAStatuspageHistoryBecomesATimelineWithItsTimes(t *testing.T) {
	list, skipped, err := intake.ParseStatuspage(strings.NewReader(statuspagePage))
	if err != nil || len(list) != 1 || skipped != 1 {
		t.Fatalf("ParseStatuspage = %d incidents, %d skipped, %v; want 1, 1", len(list), skipped, err)
	}
	entries := list[0].Timeline("ana", map[string]string{"Search": "search"})
	for i := range entries {
		entries[i].Incident = 7
	}
	in, err := incident.Replay(entries)
	if err != nil {
		t.Fatal(err)
	}
	if in.Open() || in.Published != 2 || in.Severity != "SEV2" || in.Tally != (incident.Tally{}) {
		t.Errorf("after the import: %+v", in)
	}
	if want := time.Date(2024, 3, 1, 11, 0, 0, 0, time.UTC); !in.ResolvedAt.Equal(want) {
		t.Errorf("resolved at %v, want %v", in.ResolvedAt, want)
	}
}

func TestABadHistorySaysWhatToImportInstead(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":    "<html>",
		"other JSON": `{"status":{}}`,
		"no updates": `{"incident":{"id":"x","created_at":"2024-03-01T10:00:00Z"}}`,
		"odd status": `{"incident":{"id":"x","created_at":"2024-03-01T10:00:00Z","incident_updates":[{"status":"odd","created_at":"2024-03-01T10:00:00Z"}]}}`,
	} {
		if _, _, err := intake.ParseStatuspage(strings.NewReader(text)); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

func FuzzParseStatuspage(f *testing.F) {
	f.Add(statuspagePage)
	f.Add(`{"incident":{"id":"x","created_at":"2024-03-01T10:00:00Z","incident_updates":[{"status":"resolved","created_at":"2024-03-01T10:00:00Z"}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		list, _, err := intake.ParseStatuspage(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, h := range list {
			entries := h.Timeline("ana", nil)
			if _, err := incident.Replay(entries); err != nil {
				t.Errorf("Replay: %v", err)
			}
			if !slices.IsSortedFunc(entries[1:], func(a, b incident.Entry) int { return a.At.Compare(b.At) }) {
				t.Error("updates are not in the order of their times")
			}
		}
	})
}

// The real history of one status page, when AMENDS_STATUSPAGE_HISTORY names a
// folder of it: every incident is read, none is made up.
func TestARealHistoryIsReadWhole(t *testing.T) {
	dir := os.Getenv("AMENDS_STATUSPAGE_HISTORY")
	if dir == "" {
		t.Skip("AMENDS_STATUSPAGE_HISTORY names no folder: the data is not part of this repository")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no JSON files in %s (%v)", dir, err)
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		list, skipped, err := intake.ParseStatuspage(file)
		file.Close()
		if err != nil || len(list)+skipped != 1 {
			t.Errorf("%s: %d incidents, %d skipped, %v; want one", name, len(list), skipped, err)
		}
	}
}
