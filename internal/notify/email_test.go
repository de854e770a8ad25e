package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"amends.dev/internal/fault"
)

// received is one mail as the sink saw it.
type received struct {
	from string
	to   []string
	data []byte
}

// sink is a mail server that keeps what it gets.
type sink struct {
	addr string
	port string

	mu    sync.Mutex
	mails []received
	conns int // connections ever made
	users []string

	refuse func(step string, seen int) error // step: mail, rcpt, data; nil: take it
	counts map[string]int
}

type sinkSession struct {
	s    *sink
	mail received
}

func (s *sink) decide(step string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[step]++
	if s.refuse == nil {
		return nil
	}
	return s.refuse(step, s.counts[step])
}

func (x *sinkSession) Mail(from string, _ *smtp.MailOptions) error {
	x.mail = received{from: from}
	return x.s.decide("mail")
}

func (x *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.mail.to = append(x.mail.to, to)
	return x.s.decide("rcpt")
}

func (x *sinkSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := x.s.decide("data"); err != nil {
		return err
	}
	x.mail.data = data
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.mails = append(x.s.mails, x.mail)
	return nil
}

func (x *sinkSession) Reset()        { x.mail = received{} }
func (x *sinkSession) Logout() error { return nil }

func (x *sinkSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *sinkSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		x.s.mu.Lock()
		defer x.s.mu.Unlock()
		x.s.users = append(x.s.users, user)
		if password != "right" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no"}
		}
		return nil
	}), nil
}

// newSink starts a mail server on loopback. mode is none, starttls or tls.
func newSink(t testing.TB, mode string) (*sink, *x509.CertPool) {
	t.Helper()
	s := &sink{counts: map[string]int{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns++
		return &sinkSession{s: s}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "sink.example", true
	server.ErrorLog = silentLog{}
	// httptest makes a certificate for 127.0.0.1 and the pool that trusts it.
	web := httptest.NewUnstartedServer(nil)
	web.StartTLS()
	certificate, roots := web.TLS.Certificates[0], x509.NewCertPool()
	roots.AddCert(web.Certificate())
	web.Close()
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	if mode == "starttls" {
		server.TLSConfig = config
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	_, s.port, _ = net.SplitHostPort(s.addr)
	if mode == "tls" {
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
	return s, roots
}

type silentLog struct{}

func (silentLog) Printf(string, ...any) {}
func (silentLog) Println(...any)        {}

// openSink opens the e-mail channel onto the sink. more are further options.
func openSink(t testing.TB, s *sink, roots *x509.CertPool, more map[string]string) *email {
	t.Helper()
	options := map[string]string{"host": "127.0.0.1", "port": s.port, "tls": "none", "from": "Northwind status <status@example.com>"}
	for k, v := range more {
		options[k] = v
	}
	client := NewClient(Guard{Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	client.roots = roots
	c, err := Open("email", options, Env{Client: client})
	if err != nil {
		t.Fatalf("Open(email): %v", err)
	}
	e := c.(*email)
	t.Cleanup(func() { e.Close() })
	return e
}

func (s *sink) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// take returns what came since the last call.
func (s *sink) take() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	mails := s.mails
	s.mails = nil
	return mails
}

// headerNames are what a mail may carry, and stop says which of them are there
// only with a stop link.
var headerNames = []string{"Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-Id", "Mime-Version", "Subject", "To"}

func TestAMailCarriesTheThreeFieldsOneRecipientAndTheKnownHeaders(t *testing.T) {
	s, _ := newSink(t, "none")
	e := openSink(t, s, nil, nil)
	m := sample(t, KindUpdate)
	if retry, err := e.Send(t.Context(), m); err != nil {
		t.Fatalf("Send = %v, %v", retry, err)
	}
	mails := s.all()
	if len(mails) != 1 || mails[0].from != "status@example.com" || !slices.Equal(mails[0].to, []string{"ana@example.com"}) {
		t.Fatalf("the sink got %+v", mails)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(mails[0].data))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range msg.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	if !slices.Equal(names, headerNames) {
		t.Errorf("header names = %q, want %q", names, headerNames)
	}
	for name, want := range map[string]string{
		"Message-Id": "<upd-17-3-m45@example.com>", "List-Unsubscribe": "<https://status.example.com/stop/abc?one-click>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated",
		"From": `"Northwind status" <status@example.com>`, "To": `"Ana Lima" <ana@example.com>`,
		"Subject": "[Not working] Card payments fail for some customers, next update 15:30 UTC",
		"Date":    "Sun, 22 Nov 2026 14:58:00 +0000",
	} {
		if got := msg.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	body, _ := io.ReadAll(msg.Body)
	plain, html := bytes.Index(body, []byte("text/plain")), bytes.Index(body, []byte("text/html"))
	if plain < 0 || html < plain {
		t.Errorf("plain text at %d, HTML at %d; want plain text first", plain, html)
	}
	if !bytes.Contains(body, []byte("Now: About 1 in 9 card payments fails.")) {
		t.Errorf("the body lacks the update:\n%s", body)
	}
}

func TestAMailThatComesWithADutyHasNoStopHeader(t *testing.T) {
	s, _ := newSink(t, "none")
	if _, err := openSink(t, s, nil, nil).Send(t.Context(), sample(t, KindReminder)); err != nil {
		t.Fatal(err)
	}
	if data := s.all()[0].data; bytes.Contains(data, []byte("List-Unsubscribe")) {
		t.Errorf("the reminder has a stop header:\n%s", data)
	}
}

func TestARetryCarriesTheSameMessageID(t *testing.T) {
	s, _ := newSink(t, "none")
	s.refuse = func(step string, seen int) error {
		if step == "data" && seen == 1 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
		}
		return nil
	}
	e := openSink(t, s, nil, nil)
	m := sample(t, KindUpdate)
	if retry, err := e.Send(t.Context(), m); err == nil || !retry {
		t.Fatalf("greylisted: retry %v, %v; want a retry", retry, err)
	}
	if retry, err := e.Send(t.Context(), m); err != nil {
		t.Fatalf("second try: %v, %v", retry, err)
	}
	mails := s.all()
	if len(mails) != 1 || !bytes.Contains(mails[0].data, []byte("<upd-17-3-m45@example.com>")) {
		t.Errorf("the sink took %d mails: %s", len(mails), mails)
	}
}

func TestTheServersCodeDecidesAboutTheRetry(t *testing.T) {
	for _, c := range []struct {
		step  string
		code  int
		retry bool
	}{
		{"mail", 450, true}, {"mail", 550, false}, {"rcpt", 451, true}, {"rcpt", 550, false},
		{"data", 452, true}, {"data", 554, false}, {"mail", 421, true}, {"rcpt", 421, true},
	} {
		s, _ := newSink(t, "none")
		bad := true
		s.refuse = func(step string, _ int) error {
			if step == c.step && bad {
				return &smtp.SMTPError{Code: c.code, EnhancedCode: smtp.NoEnhancedCode, Message: "s3cr3t detail"}
			}
			return nil
		}
		e := openSink(t, s, nil, nil)
		retry, err := e.Send(t.Context(), sample(t, KindUpdate))
		refusal, ok := errors.AsType[*Refusal](err)
		if !ok || retry != c.retry || refusal.Status != c.code {
			t.Errorf("%d at %s: retry %v, %v; want retry %v", c.code, c.step, retry, err, c.retry)
			continue
		}
		if _, say, _ := fault.Public(err); say == "" || strings.Contains(say, "s3cr3t") {
			t.Errorf("%d at %s says %q; want our own sentence", c.code, c.step, say)
		}
		s.mu.Lock()
		bad = false
		s.mu.Unlock()
		if _, err := e.Send(t.Context(), sample(t, KindUpdate)); err != nil {
			t.Errorf("the next mail after %d at %s: %v", c.code, c.step, err)
		}
	}
}

func TestMailsShareConnections(t *testing.T) {
	s, _ := newSink(t, "none")
	e := openSink(t, s, nil, map[string]string{"connections": "2"})
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			m := sample(t, KindUpdate)
			m.Key, m.To.Address = fmt.Sprintf("k-%d", i), fmt.Sprintf("p%d@example.com", i)
			if _, err := e.Send(t.Context(), m); err != nil {
				t.Errorf("mail %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, r := range s.all() {
		if len(r.to) != 1 {
			t.Errorf("a mail went to %q, want one recipient", r.to)
		}
		seen[r.to[0]] = true
	}
	if len(seen) != 100 || s.conns > 2 {
		t.Errorf("%d recipients over %d connections, want 100 over at most 2", len(seen), s.conns)
	}
}

func TestAConnectionThatTheServerDroppedWhileIdleCostsNoMail(t *testing.T) {
	s, _ := newSink(t, "none")
	e := openSink(t, s, nil, nil)
	for i := range 3 {
		m := sample(t, KindUpdate)
		m.Key = fmt.Sprint("k", i)
		if _, err := e.Send(t.Context(), m); err != nil {
			t.Fatalf("mail %d: %v", i, err)
		}
		e.pool.mu.Lock()
		for _, c := range e.pool.idle {
			c.conn.Close() // as a server's idle timeout does
		}
		e.pool.mu.Unlock()
	}
	if n := len(s.all()); n != 3 || s.conns != 3 {
		t.Errorf("%d mails over %d connections, want 3 over 3", n, s.conns)
	}
}

func TestMailGoesOverTLSAndSignsIn(t *testing.T) {
	for _, mode := range []string{"starttls", "tls"} {
		s, roots := newSink(t, mode)
		e := openSink(t, s, roots, map[string]string{"tls": mode, "user": "amends", "password": "right"})
		if retry, err := e.Send(t.Context(), sample(t, KindUpdate)); err != nil {
			t.Errorf("%s: %v, %v", mode, retry, err)
		}
		if !slices.Equal(s.users, []string{"amends"}) {
			t.Errorf("%s: signed in as %q", mode, s.users)
		}
		wrong := openSink(t, s, roots, map[string]string{"tls": mode, "user": "amends", "password": "wrong"})
		retry, err := wrong.Send(t.Context(), sample(t, KindUpdate))
		if refusal, ok := errors.AsType[*Refusal](err); !ok || !retry || refusal.Status != 535 {
			t.Errorf("%s with a wrong password: retry %v, %v; want 535 and a retry", mode, retry, err)
		}
		stranger := openSink(t, s, nil, map[string]string{"tls": mode})
		if retry, err := stranger.Send(t.Context(), sample(t, KindUpdate)); err == nil || !retry {
			t.Errorf("%s with an unknown certificate: retry %v, %v; want an error", mode, retry, err)
		}
	}
}

func TestAServerThatLostStartTLSGetsNoMail(t *testing.T) {
	s, roots := newSink(t, "none")
	e := openSink(t, s, roots, map[string]string{"tls": "starttls", "user": "amends", "password": "right"})
	if retry, err := e.Send(t.Context(), sample(t, KindUpdate)); err == nil || !retry {
		t.Errorf("Send = %v, %v; want an error and a retry", retry, err)
	}
	if len(s.all()) != 0 || len(s.users) != 0 {
		t.Errorf("the sink got %d mails and the users %q over plain text", len(s.all()), s.users)
	}
}

func TestAMailServerInsideIsRefusedUnlessAllowed(t *testing.T) {
	c := newCanary(t, "127.0.0.1:0")
	ch, err := Open("email", map[string]string{"host": "127.0.0.1", "port": c.port, "from": "a@example.com"}, Env{Client: NewClient(Guard{})})
	if err != nil {
		t.Fatal(err)
	}
	retry, err := ch.Send(t.Context(), sample(t, KindUpdate))
	if _, say, _ := fault.Public(err); retry || !strings.Contains(say, "allow_private") {
		t.Errorf("Send = %v, %v; want a refusal that names allow_private", retry, err)
	}
	if n := c.touched.Load(); n != 0 {
		t.Errorf("the canary was touched %d times", n)
	}
}

func TestAMailServerMayHaveAnIPv6Address(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6 loopback: %v", err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	client := NewClient(Anywhere())
	c, err := Open("email", map[string]string{"host": "::1", "port": port, "tls": "none", "from": "a@example.com"}, Env{Client: client})
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	reached := make(chan bool, 1)
	go func() {
		conn, err := l.Accept()
		reached <- err == nil
		if err == nil {
			conn.Close()
		}
	}()
	if retry, err := c.Send(t.Context(), sample(t, KindUpdate)); err == nil || !retry {
		t.Errorf("Send to a server that hangs up = %v, %v; want a retry", retry, err)
	}
	l.Close()
	if !<-reached {
		t.Error("the server was not reached")
	}
}

func TestASilentMailServerDoesNotHoldTheOthersForEver(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	e := openSink(t, &sink{port: port}, nil, nil)
	ctx, cancel := context.WithCancel(t.Context())
	accepted := make(chan net.Conn, 1)
	go func() {
		if conn, err := l.Accept(); err == nil {
			accepted <- conn
		}
	}()
	done := make(chan error, 1)
	go func() { _, err := e.Send(ctx, sample(t, KindUpdate)); done <- err }()
	conn := <-accepted
	defer conn.Close()
	cancel() // the node stops while the server keeps silent
	if err := <-done; err == nil {
		t.Error("Send = nil, want an error when the node stops")
	}
}

func TestADeadMailServerIsLeftAloneForAWhile(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	e := openSink(t, &sink{port: port}, nil, nil)
	for i := range gateFaults + 1 {
		retry, err := e.Send(t.Context(), sample(t, KindUpdate))
		r, ok := errors.AsType[*Refusal](err)
		if !ok || !retry {
			t.Fatalf("mail %d: retry %v, %v; want a retry", i, retry, err)
		}
		if left := r.RetryAfter; (left > 0) != (i == gateFaults) || left > gateClosed {
			t.Errorf("mail %d: wait %v; want a wait from mail %d on", i, left, gateFaults)
		}
	}
}

func TestOnlyPlainAddressesGetMail(t *testing.T) {
	for address, want := range map[string]string{
		"ana@example.com": "ana@example.com", "a.b+c_d@mail.example.co.uk": "a.b+c_d@mail.example.co.uk", "ana@bücher.example": "ana@xn--bcher-kva.example",
		"": "", "ana": "", "@example.com": "", "ana@": "", "a@b@c": "", "ana@example.com\r\nRCPT TO:<eve@example.com>": "", "ana@example.com>": "",
		"<ana@example.com>": "", "Ana <ana@example.com>": "", `"ana b"@example.com`: "", `"ana>"@example.com`: "", "ana@[127.0.0.1]": "", "ana,eve@example.com": "",
		"ana@example.com,eve@example.com": "", "ana @example.com": "", "ana@exa mple.com": "", "ana@-example.com": "", "ana..b@example.com": "", ".ana@example.com": "",
		"ana%0aeve@example.com\n": "", "ána@example.com": "", "ana@example.com\x00": "", strings.Repeat("a", 65) + "@example.com": "", "a@" + strings.Repeat("a.", 130) + "com": "",
		"@a,@b:ana@example.com": "", "ana@example..com": "", "ana@example.com SIZE=1": "", "ana(c)@example.com": "", `ana\@example.com`: "",
	} {
		got, err := ParseAddress(address)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseAddress(%q) = %q, %v; want %q", address, got, err, want)
		}
	}
}

// FuzzEmail holds every mail against one oracle: whatever stands in any field,
// the sink sees one recipient, the one that was meant, and the known headers.
func FuzzEmail(f *testing.F) {
	f.Add("Mail is slow", "Now", "Plan", "Ana", "ana@example.com", "https://x.example/stop")
	f.Add("x\r\nBcc: eve@example.com", "a\r\n.\r\nRCPT TO:<eve@example.com>\r\n", ".", "Ana\r\nBcc: eve@example.com", "ana@example.com\r\nRCPT TO:<eve@example.com>", "https://x.example/\r\nX-Evil: 1")
	f.Add("%0d%0aBcc: eve@example.com", "\n.\n", "\r.\r", `Ana" <eve@example.com>, "`, `"a b"@example.com`, "javascript:x")
	f.Add("=?utf-8?q?=0d=0aBcc:_eve?=", "--boundary", "\x00", "=?utf-8?b?DQpCY2M6?=", "ana@bücher.example", "https://x.example/>,<mailto:eve@example.com")
	f.Add(strings.Repeat("A", 100<<10), strings.Repeat(".\r\n", 1000), strings.Repeat(" ", 300), strings.Repeat("\u202e", 50), "müller@example.com", "https://x.example/"+strings.Repeat("a", 3000))
	f.Add("  \t  a          b\t\t\t"+strings.Repeat("c", 80), "é", "ü", "  ", "a@b.example", "")
	s, _ := newSink(f, "none")
	e := openSink(f, s, nil, nil)
	f.Fuzz(func(t *testing.T, title, now, plan, name, address, stop string) {
		m := sample(t, KindUpdate)
		m.Incident.Title, m.Update.Now, m.Update.Plan, m.By, m.Update.Author = title, now, plan, name, name
		m.To.Name, m.To.Address, m.StopURL, m.OneClickURL, m.Why = name, address, stop, stop, title
		judge(t, s, e, m)
		// Most fuzzed addresses and links are refused, so the texts get their
		// turn with sound ones as well.
		m.To.Address, m.StopURL, m.OneClickURL = "ana@example.com", "", "https://x.example/stop"
		judge(t, s, e, m)
	})
}

// judge sends m and holds what arrived against the oracle.
func judge(t *testing.T, s *sink, e *email, m Message) {
	t.Helper()
	_, err := e.Send(t.Context(), m)
	mails := s.take()
	if err != nil {
		if len(mails) != 0 {
			t.Fatalf("Send said %v, yet %d mails arrived", err, len(mails))
		}
		return
	}
	meant, _ := ParseAddress(m.To.Address)
	if len(mails) != 1 || !slices.Equal(mails[0].to, []string{meant}) {
		t.Fatalf("mails = %+v; want one to %q", mails, meant)
	}
	checkHeader(t, mails[0].data, meant, m.OneClickURL != "")
}

func checkHeader(t *testing.T, data []byte, to string, stop bool) {
	t.Helper()
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if len(line) > 998 || len(bytes.TrimSpace(line)) == 0 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("header line %q is too long, blank or holds a control character", line)
		}
	}
	msg, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("not a mail: %v\n%s", err, head)
	}
	for name, values := range msg.Header {
		if !slices.Contains(headerNames, name) || len(values) != 1 {
			t.Fatalf("header %s = %q is not on the list, or there twice", name, values)
		}
	}
	if want := len(headerNames); stop && len(msg.Header) != want || !stop && len(msg.Header) != want-2 {
		t.Fatalf("%d headers, stop link %v", len(msg.Header), stop)
	}
	list, err := msg.Header.AddressList("To")
	if err != nil || len(list) != 1 || list[0].Address != to {
		t.Fatalf("To = %q, %v; want %q alone", msg.Header.Get("To"), err, to)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || strings.ContainsAny(subject, "\r\n\x00") {
		t.Fatalf("Subject reads %q, %v", subject, err)
	}
}

// BenchmarkFanOut mails one update to 10,000 people.
func BenchmarkFanOut(b *testing.B) {
	s, _ := newSink(b, "none")
	e := openSink(b, s, nil, nil)
	const people = 10_000
	for b.Loop() {
		began := time.Now()
		queue := make(chan int)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for i := range queue {
					m := sample(b, KindUpdate)
					m.Key, m.To.Address = fmt.Sprintf("k-%d", i), fmt.Sprintf("p%d@example.com", i)
					if _, err := e.Send(b.Context(), m); err != nil {
						b.Errorf("mail %d: %v", i, err)
					}
				}
			})
		}
		for i := range people {
			queue <- i
		}
		close(queue)
		wg.Wait()
		b.ReportMetric(people/time.Since(began).Seconds(), "mails/s")
	}
}
