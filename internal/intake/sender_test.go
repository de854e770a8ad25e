package intake_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/go-pagerduty"

	"amends.dev/internal/fault"
	"amends.dev/internal/intake"
)

// heard is what one request of a real sender was read as.
type heard struct {
	path    string
	routing string
	signals []intake.Signal
	err     error
}

// listen answers senders on a port of this machine with our parsers.
func listen(t *testing.T) (url string, requests <-chan heard) {
	t.Helper()
	ch := make(chan heard, 100)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read request: %v", err)
		}
		h := heard{path: r.URL.Path}
		if r.URL.Path == "/v2/enqueue" {
			h.routing, h.signals, h.err = intake.PagerDuty(body)
			dedup := ""
			if len(h.signals) > 0 {
				dedup = h.signals[0].GroupKey
			}
			status, answer := intake.PagerDutyAnswer(dedup, h.err)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			if _, err := w.Write(answer); err != nil {
				t.Errorf("answer: %v", err)
			}
		} else {
			h.signals, h.err = intake.Alertmanager(body)
		}
		ch <- h
	}))
	t.Cleanup(srv.Close)
	return srv.URL, ch
}

func TestPagerDutysOwnClientIsUnderstood(t *testing.T) {
	url, requests := listen(t)
	client := pagerduty.NewClient("", pagerduty.WithV2EventsAPIEndpoint(url))
	send := func(e pagerduty.V2Event) (*pagerduty.V2EventResponse, heard, error) {
		t.Helper()
		answer, err := client.ManageEventWithContext(t.Context(), &e)
		return answer, <-requests, err
	}
	payload := &pagerduty.V2Payload{Summary: "DISK at 99%", Source: "srv01", Severity: "critical", Timestamp: "2015-07-17T08:42:58.315+0000",
		Component: "mysql", Group: "prod", Class: "disk", Details: map[string]any{"free": "1%"}}
	answer, h, err := send(pagerduty.V2Event{RoutingKey: "R1", Action: "trigger", Payload: payload, Links: []any{map[string]string{"href": "https://x.example/1", "text": "graph"}}})
	if err != nil || h.err != nil || h.routing != "R1" || answer.Status != "success" || answer.DedupKey != h.signals[0].GroupKey {
		t.Fatalf("trigger: answered %+v, %v; read %+v", answer, err, h)
	}
	if s := h.signals[0]; s.Title != "DISK at 99%" || s.Labels["component"] != "mysql" || s.Annotations["free"] != "1%" || s.StartedAt.IsZero() || s.URL != "https://x.example/1" {
		t.Errorf("trigger read as %+v", s)
	}
	// The key that we made closes what it opened.
	for action, want := range map[string]intake.Status{"acknowledge": intake.Acknowledged, "resolve": intake.Resolved} {
		again, h, err := send(pagerduty.V2Event{RoutingKey: "R1", Action: action, DedupKey: answer.DedupKey})
		if err != nil || h.err != nil || h.signals[0].Status != want || again.DedupKey != answer.DedupKey {
			t.Errorf("%s: answered %+v, %v; read %+v", action, again, err, h)
		}
	}
	_, _, err = send(pagerduty.V2Event{RoutingKey: "R1", Action: "trigger", Payload: &pagerduty.V2Payload{Source: "srv01", Severity: "bad"}})
	var refused pagerduty.APIError
	if !errors.As(err, &refused) || refused.StatusCode != http.StatusBadRequest || refused.RateLimited() || refused.Temporary() {
		t.Fatalf("a bad trigger: %v, want a refusal that is not tried again", err)
	}
	// That call drops the words; the client's own type for them reads ours.
	_, _, slip := intake.PagerDuty([]byte(`{"routing_key":"R1","event_action":"trigger","payload":{"source":"srv01","severity":"bad"}}`))
	_, body := intake.PagerDutyAnswer("", slip)
	var words pagerduty.EventsAPIV2Error
	if err := json.Unmarshal(body, &words); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(words.APIError.ErrorObject.Errors, "; "); !strings.Contains(got, "payload.summary: Send what is wrong") || !strings.Contains(got, "payload.severity") {
		t.Errorf("the client shows %q, want both fields", got)
	}
}

func TestPagerDutysAnswersSayWhetherToTryAgain(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
	}{
		{nil, 202}, {fault.Bad("payload.summary", "Send what is wrong"), 400}, {fault.New(fault.Unknown, "This key does not work."), 400},
		{fault.New(fault.Busy, "Try again later."), 429}, {fmt.Errorf("store: %w", errors.New("disk s3cr3t")), 500},
	} {
		status, body := intake.PagerDutyAnswer("k", c.err)
		var answer struct {
			Status, Message string
			DedupKey        string `json:"dedup_key"`
			Errors          []string
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		if status != c.status || answer.Status == "" || answer.Message == "" || (c.err == nil) != (answer.DedupKey == "k") || (c.err == nil) != (len(answer.Errors) == 0) ||
			strings.Contains(string(body), "s3cr3t") {
			t.Errorf("answer to %v: %d %s, want %d", c.err, status, body, c.status)
		}
	}
}

// alertmanager starts Debian's Alertmanager with a webhook receiver and a
// PagerDuty receiver, and returns the address of its API.
func alertmanager(t *testing.T, webhook, pagerduty, routingKey string) (api string) {
	t.Helper()
	binary, err := exec.LookPath("prometheus-alertmanager")
	if err != nil {
		t.Skip("prometheus-alertmanager is not installed; make test installs it")
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "alertmanager.yml")
	text := fmt.Sprintf(`
route: {receiver: amends, group_by: [alertname], group_wait: 50ms, group_interval: 200ms, repeat_interval: 1h}
receivers:
- name: amends
  webhook_configs: [{url: %q}]
  pagerduty_configs: [{url: %q, routing_key: %q}]
`, webhook, pagerduty, routingKey)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "--config.file="+conf, "--storage.path="+dir, "--web.listen-address=127.0.0.1:0", "--cluster.listen-address=")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		listening := regexp.MustCompile(`msg="?Listening on"? address=(127\.0\.0\.1:\d+)`)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		cmd.Wait() // killed by us: its error says no more
	})
	select {
	case a := <-address:
		return "http://" + a + "/api/v2/alerts"
	case <-ended:
		t.Fatal("Alertmanager ended before it listened")
	}
	return ""
}

func TestARealAlertmanagerIsUnderstoodFromFirstAlertToLast(t *testing.T) {
	url, requests := listen(t)
	api := alertmanager(t, url+"/alertmanager", url+"/v2/enqueue", "R1")
	deadline, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	post := func(alerts ...map[string]any) {
		t.Helper()
		body, err := json.Marshal(alerts)
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
	alert := func(instance string, over bool) map[string]any {
		a := map[string]any{"labels": map[string]string{"alertname": "HighErr", "severity": "critical", "instance": instance}, "annotations": map[string]string{"summary": "5xx above 5%"}}
		if over {
			a["endsAt"] = time.Now().Add(-time.Second).UTC().Format(time.RFC3339)
			a["startsAt"] = time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
		}
		return a
	}
	groups := map[string]string{} // one key per door, from the first request to the last
	until := func(what string, door string, holds func([]intake.Signal) bool) {
		t.Helper()
		for {
			select {
			case h := <-requests:
				if h.err != nil {
					t.Fatalf("%s: refused: %v", h.path, h.err)
				}
				if key := h.signals[0].GroupKey; groups[h.path] == "" {
					groups[h.path] = key
				} else if groups[h.path] != key {
					t.Fatalf("%s: group key %q, before %q", h.path, key, groups[h.path])
				}
				if h.path == door && holds(h.signals) {
					return
				}
			case <-deadline.Done():
				t.Fatalf("%s: not heard within a minute", what)
			}
		}
	}
	post(alert("a", false), alert("b", false))
	until("two firing", "/alertmanager", func(s []intake.Signal) bool {
		return len(s) == 2 && s[0].Status == intake.Firing && s[1].Status == intake.Firing && s[0].Title == "5xx above 5%" && s[0].Severity == "critical"
	})
	post(alert("b", true))
	until("one over, one firing", "/alertmanager", func(s []intake.Signal) bool {
		return len(s) == 2 && s[0].GroupStatus == intake.Firing && s[1].Status == intake.Resolved && s[1].GroupStatus == intake.Firing
	})
	post(alert("a", true))
	until("all over", "/v2/enqueue", func(s []intake.Signal) bool { return s[0].GroupStatus == intake.Resolved })
}
