package api_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/api"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

func TestFiguresQuoteNothingAndSayWhatIsLate(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	_, err := h.db.Apply(t.Context(), store.Request{Command: incident.Declare{By: incident.Person(h.ids[access.Responder]), Title: "CANARY in the title", Severity: "SEV1"}})
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(11 * time.Minute)
	var ready error
	health, err := api.NewHealth(api.HealthDeps{DB: h.db, Version: "1.2.3", Log: slog.New(slog.DiscardHandler), Ready: func() error { return ready }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	health.Mount(mux)
	mux.HandleFunc("GET /incidents/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	handler := health.Instrument(mux)
	ask := func(method, path string) (int, string) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		body, err := io.ReadAll(w.Result().Body)
		if err != nil {
			t.Fatal(err)
		}
		return w.Code, string(body)
	}
	ask("GET", "/incidents/17")
	ask("BREW", "/incidents/17?secret=CANARY")
	status, text := ask("GET", "/metrics")
	for _, want := range []string{
		`amends_incidents_open{severity="SEV1"} 1`, `amends_promises_open{state="late"} 1`, `amends_promises_open{state="waiting"} 0`,
		`amends_promises_settled{outcome="kept"} 0`, `amends_deliveries{state="dead"} 0`, `amends_record_reachable 1`,
		`amends_http_request_seconds_count{code="418",method="GET",route="/incidents/{id}"} 1`, `method="other"`, `amends_build_info{go="go1.`, `version="1.2.3"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("/metrics (%d) lacks %s", status, want)
		}
	}
	if strings.Contains(text, "CANARY") || strings.Contains(text, "17") && strings.Contains(text, `route="/incidents/17"`) {
		t.Error("/metrics quotes a title or an address")
	}
	for _, c := range []struct {
		ready  error
		status int
		says   string
	}{
		{nil, 200, "ready"},
		{fault.New(fault.Busy, "The promise watch has not looked for 61s."), 503, "The promise watch has not looked for 61s."},
		{errors.New("inner s3cr3t"), 503, "Try again"},
	} {
		ready = c.ready
		if status, body := ask("GET", "/readyz"); status != c.status || !strings.Contains(body, c.says) || strings.Contains(body, "s3cr3t") {
			t.Errorf("/readyz with %v: %d %q, want %d %q", c.ready, status, body, c.status, c.says)
		}
		if status, body := ask("GET", "/healthz"); status != 200 || body != "alive\n" {
			t.Errorf("/healthz with %v: %d %q, want 200: alive is not ready", c.ready, status, body)
		}
	}
}

func TestReadyIsRedWithoutTheDatabase(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Database: storetest.SQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	health, err := api.NewHealth(api.HealthDeps{DB: db, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	health.Mount(mux)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/readyz": "The database does not answer", "/metrics": "amends_record_reachable 0"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s without the database: %d %q, want %q", path, w.Code, w.Body, want)
		}
	}
}
