package app_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// arrival is one message as the other end took it.
type arrival struct {
	key    string // Message-ID without the domain, or the webhook-id
	place  string // the mail address, or the path of the webhook
	tokens string // the workload's tokens in it, in order
	sink   string // which of the ends took it
	at     time.Time
}

// post is what every end that takes messages writes down, in the order of
// their acceptance.
type post struct {
	mu       sync.Mutex
	arrivals []arrival
}

func (p *post) add(a arrival) {
	a.at = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.arrivals = append(p.arrivals, a)
}

// all returns what has arrived so far.
func (p *post) all() []arrival {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.arrivals[:len(p.arrivals):len(p.arrivals)]
}

// wrote matches the marks that the workload leaves in what it writes.
var wrote = regexp.MustCompile(`w-[a-z0-9]+-\d+-`)

func tokens(text string) string { return strings.Join(wrote.FindAllString(text, -1), " ") }

// mailEnd is a mail server that takes everything.
type mailEnd struct {
	name string
	post *post
	addr string
	// hold is asked before a mail is taken; nil takes it at once.
	hold func()
}

type mailSession struct {
	end *mailEnd
	to  string
}

func newMailEnd(t testing.TB, name string, p *post, hold func()) *mailEnd {
	t.Helper()
	end := &mailEnd{name: name, post: p, hold: hold}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{end: end}, nil }))
	server.Domain, server.ErrorLog = "sink.example", quietSMTP{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	end.addr = listener.Addr().String()
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return end
}

// quietSMTP drops what the server tells of connections that were cut: we cut them.
type quietSMTP struct{}

func (quietSMTP) Printf(string, ...any) {}
func (quietSMTP) Println(...any)        {}

// Mail implements smtp.Session.
func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }

// Data implements smtp.Session: what it returns nil for has arrived.
func (s *mailSession) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	if s.end.hold != nil {
		s.end.hold()
	}
	key, _, _ := strings.Cut(strings.Trim(m.Header.Get("Message-Id"), "<>"), "@")
	text := strings.ReplaceAll(string(body), "=\r\n", "") // the soft breaks of quoted-printable
	s.end.post.add(arrival{key: key, place: s.to, tokens: tokens(text), sink: s.end.name})
	return nil
}

// Reset implements smtp.Session.
func (s *mailSession) Reset() { s.to = "" }

// Logout implements smtp.Session.
func (s *mailSession) Logout() error { return nil }

// newHookEnd starts a receiver of webhooks that takes everything, and returns
// its address.
func newHookEnd(t testing.TB, p *post) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the sender died; nothing has arrived
		}
		p.add(arrival{key: r.Header.Get("webhook-id"), place: r.URL.Path, tokens: tokens(string(body)), sink: "webhook"})
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	return server.URL
}
