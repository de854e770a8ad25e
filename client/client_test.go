package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"amends.dev/client"
)

// wire answers requests without a network, in order.
type wire struct {
	answers []func(*http.Request) (*http.Response, error)
	seen    []*http.Request
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.seen = append(w.seen, r)
	return w.answers[min(len(w.seen), len(w.answers))-1](r)
}

func says(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		rec := httptest.NewRecorder()
		for i := 0; i < len(headers); i += 2 {
			rec.Header().Set(headers[i], headers[i+1])
		}
		rec.WriteHeader(status)
		_, err := io.WriteString(rec, body)
		res := rec.Result()
		res.Request = r
		return res, err
	}
}

func breaks(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }

func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func on(w *wire) *client.Client {
	c := client.New("https://amends.example.org/", "secret")
	c.HTTP.Transport = w
	return c
}

func TestARequestWithoutAnAnswerIsSentAgainWithItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answers: []func(*http.Request) (*http.Response, error){
			breaks, says(503, `{"detail":"Busy.","status":503}`, "Retry-After", "2"), says(502, "<html>"), says(201, `{"name":"INC-1"}`, "Idempotency-Replayed", "true"),
		}}
		var replay bool
		began := time.Now()
		done, err := on(w).Declare(client.NoteReplay(t.Context(), &replay), client.Declare{Title: "Mail is delayed"})
		if err != nil || done.Name != "INC-1" || !replay || len(w.seen) != 4 {
			t.Fatalf("Declare: %+v, %v after %d requests, replayed %t", done, err, len(w.seen), replay)
		}
		key := w.seen[0].Header.Get("Idempotency-Key")
		for i, r := range w.seen {
			var sent client.Declare
			body, _ := r.GetBody()
			if err := json.NewDecoder(body).Decode(&sent); err != nil || sent.Title != "Mail is delayed" || r.Header.Get("Idempotency-Key") != key || key == "" {
				t.Errorf("request %d carried %+v with key %q, want the first again with %q (%v)", i, sent, r.Header.Get("Idempotency-Key"), key, err)
			}
		}
		if took := time.Since(began); took < 2*time.Second {
			t.Errorf("it took %s, want Retry-After to be heeded", took)
		}
	})
}

func TestASilentServerIsGivenUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := on(&wire{answers: []func(*http.Request) (*http.Response, error){hangs}}).AddNote(client.WithKey(t.Context(), "draft 3"), 1, client.Note{Text: "x"})
		var e *client.Error
		if !errors.As(err, &e) || e.Problem.Status != 0 || !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != client.DefaultTimeout {
			t.Errorf("AddNote to a silent server: %v after %s, want no answer after %s", err, time.Since(began), client.DefaultTimeout)
		}
	})
}

func TestARefusalSaysWhatTheServerSaid(t *testing.T) {
	problem := `{"title":"Some entries need another value","status":422,"detail":"2 entries need another value","kind":"invalid","fields":[{"name":"now","say":"Enter what is true now"},{"name":"next","say":"Enter when"}]}`
	w := &wire{answers: []func(*http.Request) (*http.Response, error){says(422, problem)}}
	_, err := on(w).Post(client.IfVersion(client.WithKey(t.Context(), "k"), 7), 1, client.Post{})
	var e *client.Error
	if !errors.As(err, &e) || len(e.Problem.Fields) != 2 || e.Problem.Kind != "invalid" || len(w.seen) != 1 {
		t.Fatalf("Post: %v after %d requests", err, len(w.seen))
	}
	if got, want := err.Error(), "2 entries need another value; now: Enter what is true now; next: Enter when"; got != want {
		t.Errorf("the error reads %q, want %q", got, want)
	}
	h := w.seen[0].Header
	if h.Get("If-Match") != `"7"` || h.Get("Idempotency-Key") != "k" || h.Get("Authorization") != "Bearer secret" {
		t.Errorf("the request carried %v", h)
	}
	for _, body := range []string{"", "<html>Bad gateway</html>", `[1]`} {
		_, err := on(&wire{answers: []func(*http.Request) (*http.Response, error){says(404, body)}}).Incident(t.Context(), 1)
		if !errors.As(err, &e) || e.Problem.Status != 404 {
			t.Errorf("an answer of something in between, %q: %v", body, err)
		}
	}
}

func TestATokenIsNotCarriedToAnotherAddress(t *testing.T) {
	w := &wire{answers: []func(*http.Request) (*http.Response, error){says(307, "", "Location", "https://elsewhere.example.org/")}}
	if _, err := on(w).Whoami(t.Context()); err == nil || len(w.seen) != 1 {
		t.Errorf("a redirect was followed: %v after %d requests", err, len(w.seen))
	}
}

func TestTimesThatAreNotThereAreNotOnTheWire(t *testing.T) {
	text, err := json.Marshal(client.Promise{Incident: 1, N: 1, Kind: "update", DueAt: time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC), Deadline: time.Date(2026, 11, 22, 16, 31, 0, 0, time.UTC)})
	want := `{"incident":1,"n":1,"kind":"update","due_at":"2026-11-22T16:30:00Z","deadline":"2026-11-22T16:31:00Z"}`
	if err != nil || string(text) != want {
		t.Errorf("a promise is %s, %v, want %s", text, err, want)
	}
}

func ExampleClient_Declare() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"incident":17,"name":"INC-17","version":1}`)
	}))
	defer server.Close()
	c := client.New(server.URL, "amends_api_…")
	done, err := c.Declare(context.Background(), client.Declare{Title: "Card payments fail for some customers", Severity: "SEV2"})
	fmt.Println(done.Name, err)
	// Output: INC-17 <nil>
}
