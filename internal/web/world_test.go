package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

const testPassword = "four unrelated words here"

// world is a team with a server, for tests.
type world struct {
	t      *testing.T
	db     *store.DB
	clock  *storetest.Clock
	server *Server
	http   *httptest.Server
	people map[string]incident.Person
}

// newWorld opens an empty record, with the clock at noon.
func newWorld(t *testing.T, change ...func(*Deps)) *world {
	t.Helper()
	return newWorldAt(t, storetest.Noon, change...)
}

func newWorldAt(t *testing.T, now time.Time, change ...func(*Deps)) *world {
	t.Helper()
	w := &world{t: t, clock: storetest.NewClock(now), people: map[string]incident.Person{}}
	db, err := store.Open(t.Context(), store.Options{Database: storetest.SQLite(t), Now: w.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetEnqueue(store.NoJobs)
	w.db = db
	deps := Deps{DB: db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), TeamName: "Northwind"}
	for _, f := range change {
		f(&deps)
	}
	if w.server, err = New(deps); err != nil {
		t.Fatal(err)
	}
	w.http = httptest.NewServer(w.server.Handler())
	w.server.BaseURL = w.http.URL
	t.Cleanup(func() {
		w.server.Close()
		w.http.Close()
	})
	return w
}

// member adds somebody who can sign in.
func (w *world) member(name string, role access.Role) incident.Person {
	w.t.Helper()
	m, err := w.db.AddMember(w.t.Context(), store.Member{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@northwind.example", Role: role})
	if err != nil {
		w.t.Fatal(err)
	}
	w.people[name] = incident.Person(m.ID)
	return incident.Person(m.ID)
}

// service adds something that people use.
func (w *world) service(name string, audience incident.Audience) string {
	w.t.Helper()
	s, err := w.db.AddService(w.t.Context(), store.Service{Name: name, Audience: audience})
	if err != nil {
		w.t.Fatal(err)
	}
	return s.ID
}

// do applies a command and returns the incident's number.
func (w *world) do(id int64, cmd incident.Command) int64 {
	w.t.Helper()
	r, err := w.db.Apply(w.t.Context(), store.Request{Incident: id, Command: cmd})
	if err != nil {
		w.t.Fatalf("%T: %v", cmd, err)
	}
	return r.Incident
}

// reader is a browser without scripts.
type reader struct {
	w      *world
	client *http.Client
}

// reader returns somebody who is not signed in.
func (w *world) reader() *reader {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &reader{w, &http.Client{Jar: jar}}
}

// as returns somebody who is signed in.
func (w *world) as(p incident.Person) *reader {
	w.t.Helper()
	r := w.reader()
	secret, err := w.db.StartSession(w.t.Context(), string(p), "test")
	if err != nil {
		w.t.Fatal(err)
	}
	at, err := url.Parse(w.http.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	r.client.Jar.SetCookies(at, []*http.Cookie{{Name: sessionCookie, Value: secret.Reveal(), Path: "/"}})
	return r
}

// answer is what came back, redirects followed.
type answer struct {
	status int
	path   string // where the redirects led to
	body   string
	header http.Header
}

func (r *reader) do(req *http.Request) answer {
	r.w.t.Helper()
	resp, err := r.client.Do(req)
	if err != nil {
		r.w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Request.URL.RequestURI(), string(body), resp.Header}
}

func (r *reader) get(path string) answer {
	r.w.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, r.w.http.URL+path, nil)
	if err != nil {
		r.w.t.Fatal(err)
	}
	return r.do(req)
}

// post sends a form as a browser does: pairs of names and values.
func (r *reader) post(path string, pairs ...string) answer {
	r.w.t.Helper()
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, r.w.http.URL+path, strings.NewReader(values.Encode()))
	if err != nil {
		r.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return r.do(req)
}

// busy fills a world the way a bad afternoon does: one incident that is open
// and published, one being watched, one over, one for the team alone.
func busy(t *testing.T, change ...func(*Deps)) *world {
	t.Helper()
	return fill(newWorld(t, change...))
}

func fill(w *world) *world {
	priya, tomas, ana := w.member("Priya Nair", access.Admin), w.member("Tomás Ferreira", access.Responder), w.member("Ana Kowalska", access.Lead)
	w.member("Sofia Lind", access.Viewer)
	if err := w.db.SetTeam(w.t.Context(), store.Team{Name: "Northwind", Backup: ana, Audience: incident.Public}); err != nil {
		w.t.Fatal(err)
	}
	payments, checkout, search := w.service("Payments", incident.Public), w.service("Checkout", incident.Public), w.service("Search", incident.Public)
	w.service("Sign-in", incident.Public)
	w.service("Partner API", incident.Public)
	w.clock.Advance(-50 * time.Hour)
	over := w.do(0, incident.Declare{By: tomas, Title: "Tickets arrive late by mail", Services: []string{checkout}, Severity: "SEV3", Backup: ana})
	w.clock.Advance(20 * time.Minute)
	w.do(over, incident.PostUpdate{By: tomas, Now: "Tickets reach inboxes 20 to 90 minutes after the order. The app shows them at once.", Plan: "Move tonight's events to the second mail provider.",
		NextAt: w.clock.Now().Add(30 * time.Minute), Statement: "We at Northwind are responsible for the late tickets and for putting it right."})
	w.clock.Advance(37 * time.Minute)
	w.do(over, incident.Resolve{By: tomas, Now: "Every ticket that waited has been delivered. New ones arrive within a minute.", Works: []string{checkout}, Seen: -1})
	w.clock.Advance(47 * time.Hour)
	team := w.do(0, incident.Declare{By: ana, Title: "An internal price list was visible to resellers", Kind: "data", Audience: incident.Team, Backup: priya})
	w.do(team, incident.PostUpdate{By: ana, Now: "The link is dead since 11:20 UTC. Four resellers opened it.", Plan: "Call the four.", NextAt: w.clock.Now().Add(30 * time.Minute), Statement: "We are responsible."})
	watched := w.do(0, incident.Declare{By: tomas, Title: "Search results are up to an hour old", Services: []string{search}, Severity: "SEV3", Backup: ana})
	w.do(watched, incident.PostUpdate{By: tomas, Now: "New events appear in search up to 60 minutes late. Buying works.", Plan: "Check that the queue is empty and compare 50 events by hand.",
		NextAt: w.clock.Now().Add(60 * time.Minute), Status: incident.Identified, Statement: "We at Northwind are responsible for the stale search and for putting it right."})
	w.do(watched, incident.PostUpdate{By: tomas, Now: "The second reader is off and the queue shrinks by 4,000 events a minute.", Plan: "Watch the queue until it is empty.",
		NextAt: w.clock.Now().Add(4 * time.Hour), Status: incident.Monitoring, Seen: -1})
	w.clock.Advance(time.Hour)
	open := w.do(0, incident.Declare{By: tomas, Owner: priya, Title: "Card payments fail for some customers", Services: []string{payments, checkout}, Origin: "customer",
		StartedAt: w.clock.Now().Add(-11 * time.Minute), Backup: ana})
	w.clock.Advance(4 * time.Minute)
	w.do(open, incident.AddNote{By: ana, Text: "The bank says the card scheme is fine.\n\n```\nPOST /charge 502 in 30 s\n```"})
	w.clock.Advance(6 * time.Minute)
	w.do(open, incident.PostUpdate{By: priya, Now: "About 1 in 6 card payments fails. Bank transfer works. If your payment failed, you were **not** charged.", Plan: "Find out which step refuses the cards.",
		NextAt: w.clock.Now().Add(30 * time.Minute), Statement: "We at Northwind are responsible for this problem (Card payments fail for some customers) and for putting it right."})
	w.do(open, incident.AskHelp{By: priya, What: "Somebody who knows the failover of the payment gateway", Expertise: "payment gateway", From: ana})
	w.clock.Advance(32 * time.Minute)
	w.do(open, incident.PostUpdate{By: priya, Now: "About 1 in 9 card payments fails. Bank transfer works.", Plan: "We move the rest to the second provider and check at 15:15 UTC.",
		NextAt: w.clock.Now().Add(30 * time.Minute), Status: incident.Identified, Seen: -1})
	w.clock.Advance(17 * time.Minute)
	return w
}
