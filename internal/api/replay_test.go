package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/store/storetest"
)

func TestTheSameKeyGetsTheSameBytes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := open(t, database)
		key := h.as(access.Responder, access.ScopeRespond)
		admin := h.session(access.Admin)
		twice := func(path, secret, body, idempotency string) (first, second reply) {
			t.Helper()
			first = h.ask("POST", path, secret, body, "Idempotency-Key", idempotency)
			if first.status/100 != 2 || first.header.Get("Idempotency-Replayed") != "" {
				t.Fatalf("POST %s: %d %s %s", path, first.status, first.header.Get("Idempotency-Replayed"), first.body)
			}
			h.clock.Advance(20 * time.Minute) // what was to come has been; the answer stands
			return first, h.ask("POST", path, secret, body, "Idempotency-Key", idempotency)
		}
		for _, c := range []struct{ path, secret, body string }{
			{"/incidents", key, `{"title":"Mail is delayed"}`},
			{"/incidents/1/updates", key, `{"now":"Mail is delayed.","plan":"Restart the relay.","next":"5m","statement":"We are responsible."}`},
			{"/incidents/1/notes", key, `{"text":"called"}`},
			{"/incidents/1/severity", key, `{"severity":"SEV2"}`}, // nothing to do
			{"/services", admin, `{"name":"Mail"}`},
			{"/services/mail/archive", admin, `{"archived":true}`},
			{"/deliveries/replay", admin, `{}`},
			{"/import/statuspage", admin, `{"incidents":[]}`},
		} {
			first, second := twice(c.path, c.secret, c.body, "key-of"+strings.ReplaceAll(c.path, "/", "-"))
			if second.header.Get("Idempotency-Replayed") != "true" || second.body != first.body || second.status != first.status ||
				second.header.Get("ETag") != first.header.Get("ETag") || second.header.Get("Location") != first.header.Get("Location") || second.header.Get("Content-Type") != first.header.Get("Content-Type") {
				t.Errorf("POST %s again: %d %v %s, first %d %v %s", c.path, second.status, second.header, second.body, first.status, first.header, first.body)
			}
		}
		in := must(h.client(access.Responder).Incident(t.Context(), 1))(t)
		if in.Version != 4 {
			t.Errorf("the incident has %d entries, want 4: each once", in.Version)
		}
		services := must(h.client(access.Admin).Services(t.Context()))(t)
		if len(services) != 1 {
			t.Errorf("%d services, want 1", len(services))
		}

		// A secret is shown once, whatever the key.
		first, second := twice("/tokens", admin, `{"name":"ci","scopes":["read"]}`, "token")
		if p := second.problem(t); p.Status != 409 || !strings.Contains(first.body, "amends_api_") || strings.Contains(second.body, "amends_api_") {
			t.Errorf("a token asked for twice: %d %s", second.status, second.body)
		}
		made := 0
		for _, k := range must(client.New(h.url, admin).Tokens(t.Context(), false))(t) {
			if k.Name == "ci" {
				made++
			}
		}
		if made != 1 {
			t.Errorf("%d tokens were made, want 1", made)
		}
		// A key belongs to one request of one caller.
		if p := h.ask("POST", "/incidents", key, `{"title":"Another"}`, "Idempotency-Key", "key-of-incidents").problem(t); p.Status != 409 {
			t.Errorf("another request under the same key: %+v, want 409", p)
		}
		if got := h.ask("POST", "/incidents", h.as(access.Lead, access.ScopeRespond), `{"title":"Another"}`, "Idempotency-Key", "key-of-incidents"); got.status != 201 {
			t.Errorf("another caller with the same key: %d %s, want 201", got.status, got.body)
		}
		// A refusal is not an answer: the same key may be used after it.
		if got := h.ask("POST", "/incidents/1/notes", key, `{"text":""}`, "Idempotency-Key", "mended"); got.status != 422 {
			t.Errorf("an empty note: %d", got.status)
		}
		if got := h.ask("POST", "/incidents/1/notes", key, `{"text":"mended"}`, "Idempotency-Key", "mended"); got.status != 200 {
			t.Errorf("the mended note: %d %s", got.status, got.body)
		}
		if p := h.ask("POST", "/incidents/1/notes", key, `{"text":"x"}`, "Idempotency-Key", strings.Repeat("k", 201)).problem(t); p.Status != 422 {
			t.Errorf("a key that is too long: %+v", p)
		}
	})
}

func TestTheSameKeySentAtOnceIsDoneOnce(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	for _, c := range []struct{ path, caller, body string }{
		{"/incidents", h.as(access.Responder, access.ScopeRespond), `{"title":"Mail is delayed"}`},
		{"/services", h.session(access.Admin), `{"name":"Mail"}`},
	} {
		var mu sync.Mutex
		var all sync.WaitGroup
		bodies := map[string]int{}
		for range 8 {
			all.Go(func() {
				got := h.ask("POST", c.path, c.caller, c.body, "Idempotency-Key", "once")
				mu.Lock()
				defer mu.Unlock()
				bodies[fmt.Sprint(got.status, got.body)]++
			})
		}
		all.Wait()
		if len(bodies) != 1 {
			t.Errorf("POST %s eight times at once was answered in %d ways: %v", c.path, len(bodies), bodies)
		}
	}
	if page := must(h.client(access.Responder).Incidents(t.Context(), client.IncidentFilter{}))(t); len(page.Incidents) != 1 {
		t.Errorf("%d incidents, want 1", len(page.Incidents))
	}
	if list := must(h.client(access.Admin).Services(t.Context()))(t); len(list) != 1 {
		t.Errorf("%d services, want 1", len(list))
	}
}
