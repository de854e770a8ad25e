package notify

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// loopback is a client that may talk to the stand-ins of a test.
func loopback(t testing.TB) *Client {
	t.Helper()
	c := NewClient(Guard{Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(c.Close)
	return c
}

func TestAnEndlessAnswerIsReadToItsCapOnly(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunk := []byte(strings.Repeat("x", 32<<10))
		for r.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	a, _, err := loopback(t).post(t.Context(), server.URL, nil, []byte("{}"))
	if err != nil || len(a.body) != answerBytes {
		t.Errorf("post read %d bytes, %v; want %d", len(a.body), err, answerBytes)
	}
}

func TestACompressedAnswerIsNotUnpacked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "" {
			t.Errorf("Accept-Encoding = %q, want none", got)
		}
		w.Header().Set("Content-Encoding", "gzip")
		io.WriteString(w, "not gzip at all")
	}))
	defer server.Close()
	if a, _, err := loopback(t).post(t.Context(), server.URL, nil, nil); err != nil || string(a.body) != "not gzip at all" {
		t.Errorf("post = %q, %v; want the bytes as they came", a.body, err)
	}
}

func TestErrorsNeverCarryTheSecretOfAHook(t *testing.T) {
	for _, to := range []string{"http://127.0.0.1:1/services/T0/B0/s3cr3t", "https://127.0.0.9/s3cr3t", "http://no such host/s3cr3t", "http://10.0.0.1/s3cr3t"} {
		_, _, err := loopback(t).post(deadline(t, 2*time.Second), to, nil, nil)
		if err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("post(%q) = %v; want an error without the path", to, err)
		}
	}
}

// inBubble serves handle for every connection that the client opens, within
// the bubble's clock.
func inBubble(client *Client, handle func(net.Conn)) {
	client.http.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go handle(far)
		return near, nil
	}
}

func TestAnEndpointThatNeverAnswersIsLeftAfter15Seconds(t *testing.T) {
	for name, handle := range map[string]func(net.Conn){
		"accepts and is silent": func(c net.Conn) { io.Copy(io.Discard, c); c.Close() },
		"one byte a second": func(c net.Conn) {
			http.ReadRequest(bufio.NewReader(c))
			for _, b := range []byte("HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nslow slow slow") {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				<-time.After(time.Second)
			}
			c.Close()
		},
		"answers after 29 seconds": func(c net.Conn) {
			http.ReadRequest(bufio.NewReader(c))
			<-time.After(29 * time.Second)
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			c.Close()
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			client := NewClient(Guard{})
			inBubble(client, handle)
			began := time.Now()
			_, retry, err := client.post(t.Context(), "http://slow.example/", nil, []byte("{}"))
			if err == nil || !retry {
				t.Errorf("%s: retry %v, %v; want an error and a retry", name, retry, err)
			}
			if took := time.Since(began); took != answerWithin {
				t.Errorf("%s: gave up after %v, want %v", name, took, answerWithin)
			}
			client.Close()
			<-time.After(time.Minute) // let the stand-in end
		})
	}
}

func TestAnEndpointThatHangsHoldsTwoMessagesAndTheGateCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := NewClient(Guard{})
		connections := make(chan struct{}, 1000)
		var healthy atomic.Bool
		inBubble(client, func(c net.Conn) {
			connections <- struct{}{}
			defer c.Close()
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
			if healthy.Load() {
				fmt.Fprint(c, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
				return
			}
			io.Copy(io.Discard, c)
		})
		send := func() error {
			_, _, err := client.post(t.Context(), "http://hangs.example/", nil, []byte("{}"))
			return err
		}
		full := make(chan error, 10)
		for range 10 {
			go func() { full <- send() }()
		}
		synctest.Wait()
		if n := len(connections); n != gateSlots {
			t.Errorf("%d connections at once, want %d", n, gateSlots)
		}
		began := time.Now()
		for range 8 {
			if err := <-full; !errors.Is(err, errFull) {
				t.Errorf("a message without a slot got %v, want errFull", err)
			}
		}
		if took := time.Since(began); took != gateWait {
			t.Errorf("messages without a slot waited %v, want %v", took, gateWait)
		}
		for range 2 {
			<-full
		}
		for range gateFaults - 2 {
			send()
		}
		err := send()
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || !errors.Is(fmt.Errorf("%w", errors.Unwrap(refusal.Err)), errClosed) || refusal.RetryAfter != gateClosed {
			t.Fatalf("after %d silences: %v, want a closed gate", gateFaults, err)
		}
		if n := len(connections); n != gateFaults {
			t.Errorf("%d connections, want %d: a closed gate makes none", n, gateFaults)
		}
		<-time.After(gateClosed)
		healthy.Store(true)
		if err := send(); err != nil {
			t.Errorf("after the pause: %v, want nil", err)
		}
		if err := send(); err != nil {
			t.Errorf("after one success: %v, want the gate open", err)
		}
		if n := len(client.gates.open); n != 0 {
			t.Errorf("%d gates remembered, want none for a healthy endpoint", n)
		}
		client.Close()
	})
}

// Half of forty endpoints hang. Sixteen more workers than the hanging ones can
// hold are enough for the others to get every message at once.
func TestHealthyEndpointsAreServedWhileHalfOfAllHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const endpoints, rounds = 40, 10
		const workers = endpoints/2*gateSlots + 16
		client := NewClient(Guard{})
		client.http.Transport.(*http.Transport).DialContext = func(_ context.Context, _, address string) (net.Conn, error) {
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				if _, err := http.ReadRequest(bufio.NewReader(far)); err != nil {
					return
				}
				if strings.HasPrefix(address, "hangs") {
					io.Copy(io.Discard, far)
					return
				}
				<-time.After(50 * time.Millisecond)
				fmt.Fprint(far, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
			}()
			return near, nil
		}
		// An update goes to everybody once a minute.
		var mu sync.Mutex
		var worst time.Duration
		queue := make(chan func())
		for range workers {
			go func() {
				for send := range queue {
					send()
				}
			}()
		}
		for range rounds {
			due := time.Now()
			for i := range endpoints {
				kind := "works"
				if i%2 == 0 {
					kind = "hangs"
				}
				queue <- func() {
					_, _, err := client.post(t.Context(), fmt.Sprintf("http://%s-%d.example/", kind, i), nil, []byte("{}"))
					if kind == "hangs" {
						return
					}
					if err != nil {
						t.Errorf("a healthy endpoint: %v", err)
					}
					mu.Lock()
					defer mu.Unlock()
					worst = max(worst, time.Since(due))
				}
			}
			<-time.After(time.Minute)
		}
		close(queue)
		mu.Lock()
		defer mu.Unlock()
		if worst > 60*time.Millisecond {
			t.Errorf("a healthy endpoint had its message after %v, want 50 ms as without the others", worst)
		}
		client.Close()
	})
}

func TestRetryAfterIsReadInSecondsAndAsADate(t *testing.T) {
	date := "Sun, 22 Nov 2026 14:00:00 GMT"
	for value, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "0.5": 500 * time.Millisecond, "-5": 0, "soon": 0, "NaN": 0, "Inf": 24 * time.Hour,
		"99999999999999999999": 24 * time.Hour, "Sun, 22 Nov 2026 14:10:00 GMT": 10 * time.Minute, "Sun, 22 Nov 2026 13:00:00 GMT": 0,
	} {
		if got := retryAfter(value, date); got != want {
			t.Errorf("retryAfter(%q) = %v, want %v", value, got, want)
		}
	}
}
