package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/api"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

const password = "a quiet harbour at dawn"

// house is a running API over a fresh record with one member of each role.
type house struct {
	t     *testing.T
	db    *store.DB
	clock *storetest.Clock
	url   string
	ids   map[access.Role]string
	token map[string]string // "responder respond" → secret
}

func open(t *testing.T, database string, change ...func(*api.Deps)) *house {
	t.Helper()
	h := &house{t: t, clock: storetest.NewClock(storetest.Noon), ids: map[access.Role]string{}, token: map[string]string{}}
	h.db = storetest.Open(t, database, h.clock.Now)
	for _, role := range access.Roles() {
		m, err := h.db.AddMember(t.Context(), store.Member{Name: "The " + role.String(), Email: role.String() + "@example.org", Role: role})
		if err != nil {
			t.Fatal(err)
		}
		h.ids[role] = m.ID
	}
	deps := api.Deps{
		DB: h.db, BaseURL: "https://amends.example.org", Version: "test", Rate: 100_000, Burst: 100_000,
		ChannelSecrets: func(string) []string { return []string{"secret"} },
		CheckChannel: func(kind string, _ map[string]string) error {
			if kind != "webhook" {
				return fault.Bad("kind", "There is no such kind. Choose webhook")
			}
			return nil
		},
		TestChannel: func(context.Context, store.Channel) error { return nil },
		CheckRules: func(_ context.Context, _ string, rules json.RawMessage, _ string) (json.RawMessage, error) {
			if len(rules) == 0 {
				rules = json.RawMessage(`{}`)
			}
			return rules, nil
		},
		ImportStatuspage: func(_ context.Context, history []byte, _ bool) (client.Imported, error) {
			if !json.Valid(history) {
				return client.Imported{}, fault.New(fault.Invalid, "This is not Statuspage JSON. Import what the page's API returns")
			}
			return client.Imported{Found: 1}, nil
		},
	}
	for _, f := range change {
		f(&deps)
	}
	handler := api.New(deps)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// as returns the secret of a token of a member with a role.
func (h *house) as(role access.Role, scopes access.Scopes) string {
	h.t.Helper()
	name := role.String() + " " + scopes.String()
	if h.token[name] == "" {
		_, secret, err := h.db.NewToken(h.t.Context(), store.Token{Member: h.ids[role], Name: name, Scopes: scopes})
		if err != nil {
			h.t.Fatal(err)
		}
		h.token[name] = secret.Reveal()
	}
	return h.token[name]
}

// session returns the secret of a session of a member with a role.
func (h *house) session(role access.Role) string {
	h.t.Helper()
	name := "session " + role.String()
	if h.token[name] == "" {
		secret, err := h.db.StartSession(h.t.Context(), h.ids[role], "test")
		if err != nil {
			h.t.Fatal(err)
		}
		h.token[name] = secret.Reveal()
	}
	return h.token[name]
}

// client returns a client that acts as a role with all scopes.
func (h *house) client(role access.Role) *client.Client {
	return client.New(h.url, h.as(role, access.ScopeRead|access.ScopeRespond|access.ScopeManage))
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends one request. Headers come in pairs after the body.
func (h *house) ask(method, path, secret, body string, headers ...string) reply {
	h.t.Helper()
	req, err := http.NewRequest(method, h.url+client.Prefix+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if secret != "" {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(text)}
}

// problem reads a refusal.
func (r reply) problem(t *testing.T) client.Problem {
	t.Helper()
	var p client.Problem
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.header.Get("Content-Type") != "application/problem+json" || p.Status != r.status {
		t.Fatalf("%d %s %s is no problem in JSON: %v", r.status, r.header.Get("Content-Type"), r.body, err)
	}
	return p
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAnIncidentLivesThroughTheClient(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := open(t, database)
		ctx := t.Context()
		owner, other, admin := h.client(access.Responder), h.client(access.Lead), h.client(access.Admin)

		service := must(admin.AddService(ctx, client.ServiceChange{Name: "Card payments"}))(t)
		declared := must(owner.Declare(ctx, client.Declare{Title: "Card payments fail for some customers", Severity: "SEV2", Services: []string{service.ID}, StartedAt: "20 min ago", Backup: "lead@example.org"}))(t)
		if declared.Name != "INC-1" || len(declared.Entries) != 1 || declared.Entries[0].Declared == nil || declared.Entries[0].Promise == nil {
			t.Fatalf("declare answered %+v", declared)
		}
		posted := must(owner.Post(ctx, 1, client.Post{
			Now: "About 1 in 9 card payments fails.", Plan: "Move to the second provider.", Next: "30m", Status: "identified",
			Statement: "We are responsible for failing card payments.",
		}))(t)
		update := posted.Entries[len(posted.Entries)-1]
		if update.Update == nil || update.Settled.Outcome != "kept" || !update.Promise.DueAt.Equal(storetest.Noon.Add(30*time.Minute)) {
			t.Fatalf("the update answered %+v", update)
		}
		h.clock.Advance(10 * time.Minute)
		must(owner.Post(ctx, 1, client.Post{Now: "The provider still looks for the cause.", Next: "12:40", Zone: "UTC", NothingNew: true}))(t)
		must(owner.Correct(ctx, 1, 1, client.Correct{Now: "About 1 in 7 card payments fails.", Why: "We had counted one region only."}))(t)
		must(owner.AddNote(ctx, 1, client.Note{Text: "Called the provider."}))(t)
		must(owner.ChangeSeverity(ctx, 1, client.SeverityChange{Severity: "SEV1", Why: "It spreads."}))(t)
		must(owner.AskHelp(ctx, 1, client.Ask{What: "Routing rules", From: h.ids[access.Lead]}))(t)
		must(other.AnswerHelp(ctx, 1, 1, client.Answer{Accept: true}))(t)
		must(other.RecordHelp(ctx, 1, 1, client.Helped{Changed: "Half of the traffic moved."}))(t)
		must(owner.OfferHandover(ctx, 1, client.Handover{To: "lead@example.org", Note: "I am off at one."}))(t)
		must(owner.WithdrawHandover(ctx, 1))(t)
		must(owner.OfferHandover(ctx, 1, client.Handover{To: "lead@example.org"}))(t)
		must(other.AnswerHandover(ctx, 1, client.Answer{Accept: true}))(t)
		must(other.NameBackup(ctx, 1, client.BackupChange{Backup: "admin@example.org"}))(t)
		must(other.Own(ctx, 1, client.Own{Statement: "I am responsible for putting card payments right."}))(t)

		status := must(owner.Status(ctx))(t)
		if len(status.Incidents) != 1 || status.Incidents[0].Owner.Name != "The lead" || status.Services[0].State != "outage" {
			t.Errorf("status: %+v", status)
		}
		due := must(owner.Due(ctx))(t)
		if len(due.Promises) != 1 || due.Promises[0].By.ID != h.ids[access.Lead] || due.Promises[0].Title == "" {
			t.Errorf("due: %+v", due)
		}
		must(other.Resolve(ctx, 1, client.Resolve{Now: "Card payments work again.", ReviewBy: "next business day 10:00", Zone: "Europe/Berlin"}))(t)
		must(other.MoveReview(ctx, 1, client.ReviewMove{ReviewBy: "2026-11-27 10:00", Why: "The provider's report comes on Thursday."}))(t)
		must(other.DeliverReview(ctx, 1, client.ReviewDelivery{Where: "https://example.org/review/1"}))(t)
		must(other.Reopen(ctx, 1, client.Reopen{Now: "It fails again.", Plan: "Move back.", Next: "in 20 min", Services: []string{service.ID}}))(t)
		must(other.ChangeServices(ctx, 1, client.ServicesChange{Services: []string{}}))(t)

		in := must(owner.Incident(ctx, 1))(t)
		if in.Title == "" || in.Version != 22 || in.Published != 4 || in.Reopened != 1 || in.Owner.ID != h.ids[access.Lead] || len(in.Help) != 1 {
			t.Errorf("the incident reads %+v", in)
		}
		entries := must(owner.Timeline(ctx, 1))(t)
		if int64(len(entries)) != in.Version {
			t.Errorf("%d entries, want one for each of %d versions", len(entries), in.Version)
		}
		ledger := must(owner.Promises(ctx, client.PromiseFilter{Incident: 1}))(t)
		if len(ledger.Promises) != 6 {
			t.Errorf("the ledger has %d promises: %+v", len(ledger.Promises), ledger.Promises)
		}
		cadence := must(owner.Cadence(ctx, time.Time{}, time.Time{}))(t)
		if cadence.Updates != 4 || cadence.Incidents != 1 || time.Duration(cadence.Gaps.Median) == 0 && cadence.Gaps.N == 0 {
			t.Errorf("cadence: %+v", cadence)
		}
	})
}

func asError(err error, into **client.Error) bool { return errors.As(err, into) }

func sorted(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}
