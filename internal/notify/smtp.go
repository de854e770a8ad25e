package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// The limits of the mail connections.
const (
	smtpWithin = 30 * time.Second // for one mail, or for one connection to come up
	smtpIdle   = 20 * time.Second // how long a connection waits for the next mail

)

// smtpServer is where mail goes out.
type smtpServer struct {
	host, tls      string // tls: "none", "starttls" or "tls"
	port           int
	user, password string // no user: no authentication
	helo           string
	roots          *x509.CertPool // nil: the system's
	dialer         *net.Dialer
}

// smtpPool keeps a few connections open and sends mail after mail on them.
// When a server does not come up several times in a row, its gate closes and
// waiting mails are put off instead of queueing behind it.
type smtpPool struct {
	server smtpServer
	slots  chan struct{} // one for each connection in use

	mu     sync.Mutex
	idle   []*smtpConn // the youngest last
	timer  *time.Timer // closes idle connections; nil before the first
	faults int         // connections in a row that did not come up or fell silent
	until  time.Time   // no attempts before then
	closed bool
}

type smtpConn struct {
	dialled *gomail.Client
	wire    *smtp.Client
	conn    net.Conn
	used    time.Time // when the last mail ended; zero for a fresh connection
}

func newSMTPPool(server smtpServer, conns int) *smtpPool {
	return &smtpPool{server: server, slots: make(chan struct{}, conns)}
}

// send delivers one mail.
func (p *smtpPool) send(ctx context.Context, msg *gomail.Msg) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return unreached("The mail was not sent because the server is stopping. It is tried again.", context.Cause(ctx))
	}
	for {
		c, err := p.take(ctx)
		if err != nil {
			return err
		}
		reused := !c.used.IsZero()
		err = c.send(ctx, msg)
		if err == nil || msg.IsDelivered() {
			p.settle(true)
			p.give(c)
			return nil
		}
		sent, _ := errors.AsType[*gomail.SendError](err)
		if spoken(sent) && clean(sent.Reason) {
			p.settle(true)
			p.give(c)
			return err
		}
		c.conn.Close()
		if reused && !spoken(sent) && beforeData(sent) && ctx.Err() == nil {
			continue // the server had hung up on an idle connection; nothing was sent
		}
		p.settle(spoken(sent) || ctx.Err() == context.Canceled)
		return err
	}
}

// take returns an idle connection that is young enough, or a new one.
func (p *smtpPool) take(ctx context.Context) (*smtpConn, error) {
	p.mu.Lock()
	if left := time.Until(p.until); left > 0 {
		p.mu.Unlock()
		return nil, closed(left)
	}
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	c, err := p.server.dial(ctx)
	if err != nil {
		p.settle(ctx.Err() == context.Canceled || refusedByGuard(err))
		return nil, dialRefusal(err)
	}
	return c, nil
}

func (p *smtpPool) give(c *smtpConn) {
	c.used = time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.conn.Close()
		return
	}
	p.idle = append(p.idle, c)
	if p.timer == nil {
		p.timer = time.AfterFunc(smtpIdle, p.rest)
	}
}

// rest says goodbye on connections that waited long enough.
func (p *smtpPool) rest() {
	p.mu.Lock()
	var old []*smtpConn
	for len(p.idle) > 0 && (p.closed || time.Since(p.idle[0].used) >= smtpIdle) {
		old, p.idle = append(old, p.idle[0]), p.idle[1:]
	}
	p.timer = nil
	if len(p.idle) > 0 {
		p.timer = time.AfterFunc(smtpIdle-time.Since(p.idle[0].used), p.rest)
	}
	p.mu.Unlock()
	for _, c := range old {
		c.quit()
	}
}

// settle counts silence in a row, as a gate does.
func (p *smtpPool) settle(answered bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if answered {
		p.faults, p.until = 0, time.Time{}
		return
	}
	if p.faults++; p.faults >= gateFaults {
		p.until = time.Now().Add(gateClosed)
	}
}

// Close ends the idle connections; those in use end after their mail.
func (p *smtpPool) Close() error {
	p.mu.Lock()
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.mu.Unlock()
	p.rest()
	return nil
}

// dial brings up one connection: TCP through the guard, TLS, EHLO, AUTH.
func (s smtpServer) dial(outer context.Context) (*smtpConn, error) {
	outer, cancel := context.WithTimeout(outer, smtpWithin)
	defer cancel()
	var conn net.Conn
	stop := func() bool { return true }
	config := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: s.roots}
	connect := func(ctx context.Context, network, _ string) (net.Conn, error) {
		// Not the address that the library makes: it leaves IPv6 without brackets.
		tcp, err := s.dialer.DialContext(ctx, network, net.JoinHostPort(s.host, strconv.Itoa(s.port)))
		if err != nil {
			return nil, err
		}
		if conn = tcp; s.tls == "tls" {
			conn = tls.Client(tcp, config)
		}
		stop = context.AfterFunc(outer, func() { tcp.Close() })
		return conn, nil
	}
	client, err := gomail.NewClient(s.host, s.options(config, connect)...)
	if err != nil {
		return nil, fmt.Errorf("prepare the mail client: %w", err)
	}
	wire, err := client.DialToSMTPClientWithContext(outer)
	stop()
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		return nil, err
	}
	return &smtpConn{dialled: client, wire: wire, conn: conn}, nil
}

func (s smtpServer) options(config *tls.Config, connect gomail.DialContextFunc) []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithHELO(s.helo), gomail.WithTimeout(smtpWithin),
		gomail.WithTLSConfig(config), gomail.WithDialContextFunc(connect),
		gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithoutSMTPUTF8(),
	}
	if s.tls == "starttls" {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	} else {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS)) // none, or TLS is up already
	}
	if s.user != "" {
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}

// send delivers one mail on the connection. When ctx ends, so does the wait.
func (c *smtpConn) send(ctx context.Context, msg *gomail.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, smtpWithin)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { c.conn.Close() })
	defer stop()
	return c.dialled.SendWithSMTPClient(c.wire, msg)
}

func (c *smtpConn) quit() {
	c.conn.SetDeadline(time.Now().Add(time.Second))
	c.wire.Quit() // a courtesy; the connection ends either way
	c.conn.Close()
}

// spoken reports whether the server itself refused, with a code. 421 means
// that it hangs up.
func spoken(sent *gomail.SendError) bool {
	return sent != nil && sent.ErrorCode() != 0 && sent.ErrorCode() != 421
}

// clean reports whether a refusal at this step leaves the connection fit for
// the next mail.
func clean(step gomail.SendErrReason) bool {
	return step == gomail.ErrSMTPMailFrom || step == gomail.ErrSMTPRcptTo || step == gomail.ErrSMTPDataClose
}

// beforeData reports whether the exchange ended before the server could have
// taken the mail.
func beforeData(sent *gomail.SendError) bool {
	if sent == nil {
		return false
	}
	switch sent.Reason {
	case gomail.ErrConnCheck, gomail.ErrSMTPMailFrom, gomail.ErrSMTPRcptTo, gomail.ErrSMTPData:
		return true
	}
	return false
}

// dialRefusal words why no connection came up.
func dialRefusal(err error) error {
	if refusedByGuard(err) {
		return unsendable("The mail server is not on the public internet, or its port is not open for mail. If it is your own server, add its network to allow_private.", err)
	}
	if code, ok := errors.AsType[*textproto.Error](err); ok && code.Code >= 500 {
		r := unreached("The mail server refused the connection or the sign-in (code "+strconv.Itoa(code.Code)+"). Check user and password in the settings; the mail is tried again.", err)
		r.Status = code.Code
		return r
	}
	return unreached("The mail server could not be reached. Check its host, port and TLS mode; the mail is tried again.", err)
}
