package web

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"amends.dev/internal/incident"
)

func TestThePublicPageIsServedWhileTheRecordIsAway(t *testing.T) {
	w := busy(t)
	r := w.reader()
	before := r.get("/status")
	before.want(t, 200, "Card payments fail for some customers")
	before.wantNot(t, "We cannot read our own record")
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(25 * time.Minute)
	after := r.get("/status")
	after.want(t, 200, "Card payments fail for some customers", "We cannot read our own record right now. This page shows what we knew at", "min late.")
	if after.header.Get("ETag") == before.header.Get("ETag") {
		t.Error("the page changed and its ETag did not")
	}
	if got := r.get("/status/4"); got.status != http.StatusInternalServerError {
		t.Errorf("a page that was never read is answered with %d while the record is away", got.status)
	}
}

func TestThePublicPageChangesWithTheNextRequestAfterAWrite(t *testing.T) {
	w := busy(t)
	r, priya := w.reader(), w.as(w.people["Priya Nair"])
	first := r.get("/status")
	if again := r.get("/status"); again.header.Get("ETag") != first.header.Get("ETag") {
		t.Error("nothing happened and the ETag changed")
	}
	req, err := http.NewRequest(http.MethodGet, w.http.URL+"/status", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("If-None-Match", first.header.Get("ETag"))
	if got := r.do(req); got.status != http.StatusNotModified || got.body != "" {
		t.Errorf("a reader who has the page gets %d and %d bytes", got.status, len(got.body))
	}
	priya.post("/incidents/4/updates", "now", "Only one bank is left.", "plan", "Call the bank.", "next", "30m", "status", "identified", "seen", "2").want(t, 200)
	r.get("/status").want(t, 200, "Only one bank is left.")
	r.get("/status.json").want(t, 200, `"now": "Only one bank is left."`, `"late": false`, `"state": "outage"`)
}

func TestAddressesThatDoNotExistFillNoMemory(t *testing.T) {
	w := busy(t)
	r := w.reader()
	r.get("/status").want(t, 200)
	for _, path := range []string{"/status/99", "/status/0", "/status/-1", "/status/4x", "/status/99999999999999999999"} {
		if got := r.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s is answered with %d, want 404", path, got.status)
		}
	}
	r.get("/status?page=1").want(t, 200)
	r.get("/status/history?before=zebra").want(t, 200)
	if kept := len(w.server.public.kept); kept != 2 {
		t.Errorf("%d pages are kept in memory, want /status and its history", kept)
	}
}

func TestAStormOfReadersAndWritesIsAnsweredFromMemory(t *testing.T) {
	w := busy(t)
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			r := w.reader()
			for range 50 {
				if got := r.get("/status"); got.status != http.StatusOK || !strings.Contains(got.body, "Card payments fail") {
					t.Errorf("a reader got %d", got.status)
					return
				}
			}
		})
	}
	for range 30 {
		w.do(4, incident.AddNote{By: w.people["Ana Kowalska"], Text: "Still counting."})
	}
	readers.Wait()
}
