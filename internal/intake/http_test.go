package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PagerDuty/go-pagerduty"
	"github.com/prometheus/client_golang/prometheus"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/intake"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

// doors is a running gateway over a fresh record with one owner.
type doors struct {
	t       testing.TB
	db      *store.DB
	clock   *storetest.Clock
	gateway *intake.Gateway
	url     string
	owner   string
}

func openDoors(t testing.TB, database string, d intake.Deps) *doors {
	t.Helper()
	clock := storetest.NewClock(storetest.Noon)
	db := storetest.Open(t, database, clock.Now)
	m, err := db.AddMember(t.Context(), store.Member{Name: "Ana", Email: "ana@example.org", Role: access.Admin})
	if err != nil {
		t.Fatal(err)
	}
	d.DB = db
	g := intake.New(d)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return &doors{t: t, db: db, clock: clock, gateway: g, url: server.URL, owner: m.ID}
}

// source adds a source with the rules to begin with and returns its key.
func (d *doors) source(kind string) (store.Source, string) {
	d.t.Helper()
	rules, err := intake.CheckRules(d.t.Context(), d.db, kind, nil, d.owner)
	if err != nil {
		d.t.Fatal(err)
	}
	s, key, err := d.db.AddSource(d.t.Context(), store.Source{Name: kind, Kind: kind, Rules: rules})
	if err != nil {
		d.t.Fatal(err)
	}
	return s, key.Reveal()
}

func (d *doors) post(path, body string, headers ...string) (int, string, http.Header) {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodPost, d.url+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

func (d *doors) incidents() []incident.Incident {
	d.t.Helper()
	list, err := d.db.Incidents(d.t.Context(), access.Program(), store.IncidentFilter{Limit: 1000})
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

const paymentsFail = `{"title":"Card payments fail","key":"payments","severity":"critical"}`

func TestAnAlertIsAnsweredAfterItStands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		d := openDoors(t, database, intake.Deps{})
		source, key := d.source("generic")
		for _, c := range []struct {
			say, path, body string
			headers         []string
			status          int
			incidents       int
		}{
			{"without a key", "/in/generic", paymentsFail, nil, 401, 0},
			{"with another scheme", "/in/generic", paymentsFail, []string{"Authorization", "Basic " + key}, 401, 0},
			{"with a token for the API", "/in/generic/" + access.NewSecret(access.ForAPI).Reveal(), paymentsFail, nil, 401, 0},
			{"with a key that nobody has", "/in/generic/" + access.NewSecret(access.ForSource).Reveal(), paymentsFail, nil, 401, 0},
			{"at a door that is not there", "/in/nagios/" + key, paymentsFail, nil, 404, 0},
			{"compressed", "/in/generic/" + key, paymentsFail, []string{"Content-Encoding", "gzip"}, 415, 0},
			{"that is no JSON", "/in/generic/" + key, `{"title":`, nil, 400, 0},
			{"that says nothing", "/in/generic/" + key, `{}`, nil, 400, 0},
			{"that is too long", "/in/generic/" + key, strings.Repeat(" ", intake.MaxBody) + paymentsFail, nil, 413, 0},
			{"that a rule ignores", "/in/generic/" + key, `{"title":"Deployed","severity":"info"}`, nil, 200, 0},
			{"with the key in the path", "/in/generic/" + key, paymentsFail, nil, 200, 1},
			{"with the key in the header", "/in/generic", paymentsFail, []string{"Authorization", "Bearer " + key}, 200, 1},
			{"of another group", "/in/generic/" + key, `{"title":"Search is slow","key":"search"}`, nil, 200, 2},
			{"that nobody has heard of and is over", "/in/generic/" + key, `{"key":"mail","status":"resolved"}`, nil, 200, 2},
		} {
			status, body, header := d.post(c.path, c.body, c.headers...)
			if got := len(d.incidents()); status != c.status || got != c.incidents {
				t.Errorf("an alert %s: answered %d %s with %d incidents, want %d with %d", c.say, status, body, got, c.status, c.incidents)
			}
			if status/100 == 4 && status != 404 && (header.Get("Content-Type") != "application/problem+json" || strings.Contains(body, key)) {
				t.Errorf("an alert %s: answered %s %s", c.say, header.Get("Content-Type"), body)
			}
		}
		in := d.incidents()[1]
		if in.Title != "Card payments fail" || in.Severity != "SEV2" || string(in.Owner) != d.owner || in.Audience != incident.Team || in.Origin != "alert" || in.DeclaredBy != incident.System {
			t.Errorf("the incident reads %+v", in)
		}
		groups, err := d.db.AlertGroups(t.Context(), access.Program(), in.ID)
		if err != nil || len(groups) != 1 || groups[0].Seen != 2 || groups[0].Source != source.ID {
			t.Errorf("the groups read %+v, %v, want one seen twice", groups, err)
		}
	})
}

func TestARevokedKeyStopsWithinSeconds(t *testing.T) {
	d := openDoors(t, storetest.SQLite(t), intake.Deps{})
	source, key := d.source("generic")
	if status, body, _ := d.post("/in/generic/"+key, paymentsFail); status != 200 {
		t.Fatalf("answered %d %s", status, body)
	}
	if err := d.db.RevokeSource(t.Context(), source.ID); err != nil {
		t.Fatal(err)
	}
	d.clock.Advance(5 * time.Second)
	if status, body, _ := d.post("/in/generic/"+key, paymentsFail); status != 401 {
		t.Errorf("5 s after it was revoked a key is answered %d %s, want 401", status, body)
	}
}

func TestASourceWhoseOwnerHasLeftStillOpensIncidents(t *testing.T) {
	d := openDoors(t, storetest.SQLite(t), intake.Deps{})
	leaver, err := d.db.AddMember(t.Context(), store.Member{Name: "Ben", Email: "ben@example.org", Role: access.Responder})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := intake.CheckRules(t.Context(), d.db, "generic", nil, leaver.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := d.db.AddSource(t.Context(), store.Source{Name: "n", Kind: "generic", Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.db.DisableMember(t.Context(), leaver.ID, incident.Person(d.owner), ""); err != nil {
		t.Fatal(err)
	}
	if status, body, _ := d.post("/in/generic/"+key.Reveal(), paymentsFail); status != 200 {
		t.Fatalf("answered %d %s", status, body)
	}
	if list := d.incidents(); len(list) != 1 || string(list[0].Owner) != d.owner {
		t.Errorf("%+v, want one incident that Ana owns", list)
	}
}

func TestPagerDutysClientOpensOneIncidentForOneKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		d := openDoors(t, database, intake.Deps{})
		_, key := d.source("pagerduty")
		for _, at := range []string{d.url, d.url + "/in/pagerduty"} {
			sender := pagerduty.NewClient("", pagerduty.WithV2EventsAPIEndpoint(at))
			event := pagerduty.V2Event{RoutingKey: key, Action: "trigger", DedupKey: at, Payload: &pagerduty.V2Payload{Summary: "DISK at 99%", Source: "srv01", Severity: "critical"}}
			for _, action := range []string{"trigger", "trigger", "acknowledge", "resolve", "trigger"} {
				event.Action = action
				answer, err := sender.ManageEventWithContext(t.Context(), &event)
				if err != nil || answer.Status != "success" || answer.DedupKey != at {
					t.Fatalf("%s: %+v, %v", action, answer, err)
				}
			}
		}
		list := d.incidents()
		if len(list) != 2 {
			t.Fatalf("%d incidents, want 2: one for each key", len(list))
		}
		entries, err := d.db.Timeline(t.Context(), access.Program(), list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		var told []bool
		for _, e := range entries {
			if a, ok := e.Fact.(incident.Alerted); ok {
				told = append(told, a.Firing)
			}
		}
		if fmt.Sprint(told) != "[false true]" {
			t.Errorf("the timeline tells of firing %v, want over and firing again", told)
		}
		_, err = pagerduty.NewClient("", pagerduty.WithV2EventsAPIEndpoint(d.url)).ManageEventWithContext(t.Context(), &pagerduty.V2Event{
			RoutingKey: "R1", Action: "trigger", Payload: &pagerduty.V2Payload{Summary: "x", Source: "y", Severity: "info"},
		})
		if err == nil {
			t.Error("a stranger's routing key was taken")
		}
	})
}

// Both receivers of a real Alertmanager post to the gateway: two sources, one
// group each. It fires, fires more, is over, and fires again.
func TestARealAlertmanagerOpensEachGroupOnce(t *testing.T) {
	d := openDoors(t, storetest.SQLite(t), intake.Deps{})
	_, webhook := d.source("alertmanager")
	_, routing := d.source("pagerduty")
	api := alertmanager(t, d.url+"/in/alertmanager/"+webhook, d.url+"/v2/enqueue", routing)
	send := func(instance string, over bool) {
		t.Helper()
		alert := map[string]any{"labels": map[string]string{"alertname": "HighErr", "severity": "critical", "instance": instance}, "annotations": map[string]string{"summary": "5xx above 5%"}}
		if over {
			alert["startsAt"], alert["endsAt"] = time.Now().Add(-time.Minute).UTC().Format(time.RFC3339), time.Now().Add(-time.Second).UTC().Format(time.RFC3339)
		}
		body, err := json.Marshal([]any{alert})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.Post(api, "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("Alertmanager answered %s", answer.Status)
		}
	}
	commits, stop := d.db.Committed()
	defer stop()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// until waits for a commit after which the groups of every incident hold.
	until := func(what string, holds func(store.AlertGroup) bool) {
		t.Helper()
		for {
			list, good := d.incidents(), 0
			if len(list) > 2 {
				t.Fatalf("%s: %d incidents, want one for each of two receivers", what, len(list))
			}
			for _, in := range list {
				groups, err := d.db.AlertGroups(ctx, access.Program(), in.ID)
				if err != nil || len(groups) != 1 {
					t.Fatalf("%s: %s has groups %+v, %v", what, in.Name(), groups, err)
				}
				if holds(groups[0]) {
					good++
				}
			}
			if good == 2 {
				return
			}
			select {
			case <-commits:
			case <-ctx.Done():
				t.Fatalf("%s: not so within a minute: %+v", what, list)
			}
		}
	}
	send("a", false)
	until("fires", func(g store.AlertGroup) bool { return g.Firing })
	send("b", false)
	until("repeats", func(g store.AlertGroup) bool { return g.Firing && g.Seen >= 2 })
	send("b", true)
	send("a", true)
	until("is over", func(g store.AlertGroup) bool { return !g.Firing })
	send("a", false)
	until("fires again", func(g store.AlertGroup) bool { return g.Firing })
	for _, in := range d.incidents() {
		if !in.Open() {
			t.Errorf("%s is over; only a person ends an incident", in.Name())
		}
	}
}

func TestAFloodIsShedAndOthersAreServed(t *testing.T) {
	d := openDoors(t, storetest.SQLite(t), intake.Deps{PerSource: 20, All: 1000, InFlight: 16})
	_, noisy := d.source("generic")
	_, quiet := d.source("generic")
	var mu sync.Mutex
	answers := map[int]int{}
	var floods sync.WaitGroup
	for worker := range 20 {
		floods.Go(func() {
			for n := range 20 {
				status, body, header := d.post("/in/generic/"+noisy, fmt.Sprintf(`{"title":"Noise %d","key":"%d"}`, n, worker*20+n))
				mu.Lock()
				answers[status]++
				mu.Unlock()
				if status == 429 && (header.Get("Retry-After") == "" || !strings.Contains(body, "Nothing was stored")) {
					t.Errorf("shed without saying when to come again: %v %s", header, body)
				}
			}
		})
	}
	for n := range 10 {
		if status, body, _ := d.post("/in/generic/"+quiet, fmt.Sprintf(`{"title":"Quiet","key":"quiet %d"}`, n)); status != 200 {
			t.Errorf("the quiet source was answered %d %s during the flood", status, body)
		}
	}
	floods.Wait()
	if answers[429] == 0 || answers[200] == 0 || answers[200]+answers[429] != 400 {
		t.Errorf("400 requests of a flood were answered %v, want some taken, the rest shed", answers)
	}
	if got := len(d.incidents()); got != answers[200]+10 {
		t.Errorf("%d incidents stand, want one for each of %d acknowledged alerts", got, answers[200]+10)
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(d.gateway)
	families, err := registry.Gather()
	if err != nil || len(families) != 3 {
		t.Fatalf("the figures are %v, %v", families, err)
	}
	for _, f := range families {
		if f.GetName() != "amends_intake_requests_total" {
			continue
		}
		sum := 0.0
		for _, m := range f.Metric {
			sum += m.Counter.GetValue()
		}
		if sum != 410 {
			t.Errorf("%v requests were counted, want 410", sum)
		}
	}
}

// A sender that never finishes its body holds a place of strangers, not one of
// a source that showed its key.
func TestSlowStrangersKeepNobodyOut(t *testing.T) {
	d := openDoors(t, storetest.SQLite(t), intake.Deps{InFlight: 4})
	_, key := d.source("generic")
	address := strings.TrimPrefix(d.url, "http://")
	for range 8 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "POST /v2/enqueue HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"); err != nil {
			t.Fatal(err)
		}
	}
	if status, body, _ := d.post("/in/generic/"+key, paymentsFail); status != 200 {
		t.Errorf("answered %d %s beside slow strangers", status, body)
	}
}

func TestGuessingAtKeysIsSlowedDown(t *testing.T) {
	d := openDoors(t, storetest.SQLite(t), intake.Deps{})
	_, key := d.source("generic")
	shed := 0
	for range 50 {
		if status, _, _ := d.post("/in/generic/"+access.NewSecret(access.ForSource).Reveal(), paymentsFail); status == 429 {
			shed++
		}
	}
	if shed == 0 {
		t.Error("50 guesses at keys were all looked up")
	}
	if status, body, _ := d.post("/in/generic/"+key, paymentsFail); status != 200 {
		t.Errorf("a real key was answered %d %s beside the guesses", status, body)
	}
}
