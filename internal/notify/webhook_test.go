package notify

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"amends.dev/internal/fault"
)

// seen is one request as a stand-in saw it.
type seen struct {
	method, path string
	header       http.Header
	body         []byte
}

// standIn answers every request with answer and keeps what came.
func standIn(t testing.TB, answer http.HandlerFunc) (string, *[]seen) {
	t.Helper()
	var requests []seen
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read request: %v", err)
		}
		requests = append(requests, seen{r.Method, r.URL.RequestURI(), r.Header, body})
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, &requests
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		io.WriteString(w, "s3cr3t inner detail")
	}
}

func opened(t testing.TB, kind string, options map[string]string) Channel {
	t.Helper()
	c, err := Open(kind, options, Env{Client: loopback(t)})
	if err != nil {
		t.Fatalf("Open(%s): %v", kind, err)
	}
	return c
}

func TestAWebhookIsVerifiedByTheStandardsOwnLibrary(t *testing.T) {
	url, requests := standIn(t, status(200))
	old, secret := NewSecret(), NewSecret()
	if old == secret || !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("secrets %q and %q", old, secret)
	}
	c := opened(t, "webhook", map[string]string{"url": url, "secret": secret + " " + old})
	for range 2 {
		if retry, err := c.Send(t.Context(), sample(t, KindUpdate)); err != nil {
			t.Fatalf("Send = %v, %v", retry, err)
		}
	}
	for _, r := range *requests {
		for _, key := range []string{secret, old} {
			verifier, err := standardwebhooks.NewWebhook(key)
			if err != nil {
				t.Fatal(err)
			}
			if err := verifier.Verify(r.body, r.header); err != nil {
				t.Errorf("Verify: %v", err)
			}
			if err := verifier.Verify(append([]byte(" "), r.body...), r.header); err == nil {
				t.Error("Verify took a changed body")
			}
		}
		if id := r.header.Get("webhook-id"); id != "upd-17-3-m45" {
			t.Errorf("webhook-id = %q, want the key, on every try", id)
		}
	}
}

func TestTheEnvelopeCarriesTheFactsAndNothingAboutTheRecipient(t *testing.T) {
	body, err := json.MarshalIndent(sample(t, KindUpdate).Envelope(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "type": "update.posted",
  "timestamp": "2026-11-22T14:58:00Z",
  "data": {
    "summary": "[Not working] Card payments fail for some customers, next update 15:30 UTC",
    "incident": {
      "number": 17,
      "title": "Card payments fail for some customers",
      "severity": "SEV2",
      "status": "investigating",
      "state": "outage",
      "url": "https://status.example.com/incidents/17",
      "services": [
        {
          "name": "Payments",
          "state": "outage"
        },
        {
          "name": "Search",
          "state": "degraded"
        }
      ]
    },
    "update": {
      "number": 3,
      "now": "About 1 in 9 card payments fails. Bank transfer works.",
      "plan": "We move the rest to the second provider and check at 15:15.",
      "next_update_at": "2026-11-22T15:30:00Z",
      "author": "Priya Nair",
      "posted_at": "2026-11-22T14:58:00Z"
    },
    "promise": {
      "due_at": "2026-11-22T15:30:00Z",
      "by": "Priya Nair",
      "late_seconds": 0
    },
    "by": "Priya Nair",
    "note": "My shift ends at 18:00.",
    "url": "https://status.example.com/incidents/17"
  }
}`
	if string(body) != want {
		t.Errorf("got:\n%s\nwant:\n%s", body, want)
	}
	for kind := range scripts {
		body, err := json.Marshal(sample(t, kind).Envelope())
		if err != nil || strings.Contains(string(body), "ana@example.com") || strings.Contains(string(body), "Ana Lima") || strings.Contains(string(body), `"type":""`) {
			t.Errorf("%s: %v: %s", kind, err, body)
		}
	}
}

func TestAnUpdateWithoutATimeHasANullTimeOnTheWire(t *testing.T) {
	m := sample(t, KindUpdate)
	m.Update.NextAt, m.Update.NoTime = time.Time{}, "the provider is silent"
	body, err := json.Marshal(m.Envelope())
	if err != nil || !strings.Contains(string(body), `"next_update_at":null,"no_time_because":"the provider is silent"`) {
		t.Errorf("envelope = %s, %v", body, err)
	}
}

func TestTheReceiversStatusDecidesAboutTheRetry(t *testing.T) {
	for _, c := range []struct {
		answer http.HandlerFunc
		status int
		retry  bool
		gone   bool
		after  time.Duration
	}{
		{status(301, "Location", "http://127.0.0.1:1/"), 301, true, false, 0},
		{status(404), 404, true, false, 0},
		{status(410), 410, false, true, 0},
		{status(429, "Retry-After", "90"), 429, true, false, 90 * time.Second},
		{status(500), 500, true, false, 0},
		{status(503, "Retry-After", "7"), 503, true, false, 7 * time.Second},
	} {
		url, _ := standIn(t, c.answer)
		retry, err := opened(t, "webhook", map[string]string{"url": url, "secret": NewSecret()}).Send(t.Context(), sample(t, KindUpdate))
		r, ok := errors.AsType[*Refusal](err)
		if !ok || retry != c.retry || r.Gone != c.gone || r.RetryAfter != c.after || r.Status != c.status {
			t.Errorf("%d: retry %v, %+v; want %+v", c.status, retry, err, c)
			continue
		}
		if _, say, _ := fault.Public(err); say == "" || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%d says %q (%v); want our own sentence and nothing of the answer", c.status, say, err)
		}
	}
}

func TestADeadEndpointIsTriedAgain(t *testing.T) {
	server := httptest.NewServer(nil)
	url := server.URL
	server.Close()
	retry, err := opened(t, "webhook", map[string]string{"url": url, "secret": NewSecret()}).Send(t.Context(), sample(t, KindUpdate))
	if err == nil || !retry {
		t.Errorf("Send = %v, %v; want a retry", retry, err)
	}
}

func TestAnAnswerThatBreaksOffCountsByItsStatus(t *testing.T) {
	for code, sent := range map[int]bool{200: true, 500: false} {
		url, _ := standIn(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(code)
			io.WriteString(w, "short")
		})
		retry, err := opened(t, "webhook", map[string]string{"url": url, "secret": NewSecret()}).Send(t.Context(), sample(t, KindUpdate))
		if (err == nil) != sent || retry == sent {
			t.Errorf("%d broken off: retry %v, %v; want sent %v", code, retry, err, sent)
		}
	}
}
