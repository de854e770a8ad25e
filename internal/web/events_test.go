package web

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/incident"
)

// listen opens a live page's stream and returns its lines, closed at its end.
func (r *reader) listen(path string) <-chan string {
	r.w.t.Helper()
	req, err := http.NewRequestWithContext(r.w.t.Context(), http.MethodGet, r.w.http.URL+path, nil)
	if err != nil {
		r.w.t.Fatal(err)
	}
	resp, err := r.client.Do(req)
	if err != nil {
		r.w.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("X-Accel-Buffering") != "no" {
		r.w.t.Fatalf("%s: %d %v", path, resp.StatusCode, resp.Header)
	}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		defer resp.Body.Close()
		scan := bufio.NewScanner(resp.Body)
		for scan.Scan() {
			lines <- scan.Text()
		}
	}()
	return lines
}

// until reads lines up to one that holds text, or all of them.
func until(lines <-chan string, text string) (read string, found bool) {
	for l := range lines {
		read += l + "\n"
		if strings.Contains(l, text) {
			return read, true
		}
	}
	return read, false
}

func TestAStreamTellsWhatTheReaderMayReadAndNothingElse(t *testing.T) {
	w := busy(t)
	team := w.as(w.people["Tomás Ferreira"]).listen("/events?incident=4")
	viewer := w.as(w.people["Sofia Lind"]).listen("/events?incident=4")
	w.do(4, incident.AddNote{By: w.people["Ana Kowalska"], Text: "For the team alone."})
	w.do(4, incident.PostUpdate{By: w.people["Priya Nair"], Now: "Every card works.", Plan: "Watch it.", NextAt: w.clock.Now().Add(30 * time.Minute), Status: incident.Monitoring, Seen: -1})
	if read, found := until(team, "For the team alone."); !found {
		t.Errorf("the team's stream ends without the note:\n%s", read)
	}
	read, found := until(viewer, "Every card works.")
	if !found || strings.Contains(read, "For the team alone.") || strings.Contains(read, "Ana") {
		t.Errorf("the viewer's stream reads:\n%s", read)
	}
}

func TestAStreamBeginsWhereThePageEnded(t *testing.T) {
	w := busy(t)
	version := w.state(4).Version
	w.do(4, incident.AddNote{By: w.people["Ana Kowalska"], Text: "Written between the page and its stream."})
	lines := w.as(w.people["Priya Nair"]).listen("/events?incident=4&after=" + strconv.FormatInt(version, 10))
	if read, found := until(lines, "Written between the page and its stream."); !found {
		t.Errorf("the stream reads:\n%s", read)
	}
}

func TestAStreamEndsWithTheSession(t *testing.T) {
	t.Parallel()
	w := busy(t)
	lines := w.as(w.people["Tomás Ferreira"]).listen("/events?incident=4")
	if err := w.db.EndSessions(t.Context(), string(w.people["Tomás Ferreira"])); err != nil {
		t.Fatal(err)
	}
	until(lines, "never said") // returns when the stream ends
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	w := busy(t)
	lines := w.as(w.people["Tomás Ferreira"]).listen("/events?incident=4")
	w.server.Close()
	until(lines, "never said")
}

func TestAStreamOfAnIncidentThatIsNotForTheReaderIsNotFound(t *testing.T) {
	w := busy(t)
	sofia := w.as(w.people["Sofia Lind"])
	for _, path := range []string{"/events?incident=2", "/events?incident=99", "/events"} {
		if got := sofia.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s is answered with %d, want 404", path, got.status)
		}
	}
}
