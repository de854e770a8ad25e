package notify

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strconv"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"amends.dev/internal/fault"
)

// email sends each message as one mail to one recipient over SMTP.
type email struct {
	from *mail.Address
	pool *smtpPool
}

func openEmail(o map[string]string, env Env) Channel {
	from, _ := mail.ParseAddress(o["from"]) // checked, as the numbers are
	from.Address, _ = ParseAddress(from.Address)
	from.Name = displayName(from.Name)
	port, _ := strconv.Atoi(o["port"])
	conns, _ := strconv.Atoi(o["connections"])
	server := smtpServer{
		host: o["host"], port: port, tls: o["tls"], user: o["user"], password: o["password"],
		helo: domainOf(from.Address), dialer: env.Client.guard.dialer(env.Client.resolver, mailPorts...),
		roots: env.Client.roots,
	}
	return &email{from: from, pool: newSMTPPool(server, conns)}
}

// Send mails m to m.To.Address.
func (e *email) Send(ctx context.Context, m Message) (bool, error) {
	if err := m.check(); err != nil {
		return false, err
	}
	msg, err := e.compose(m)
	if err != nil {
		return false, err
	}
	return verdict(e.pool.send(ctx, msg))
}

// Close ends the connections that wait for the next mail.
func (e *email) Close() error { return e.pool.Close() }

// compose builds the mail. Its header is this list and nothing else: Date,
// Message-ID, MIME-Version, Subject, From, To, Auto-Submitted, Content-Type,
// and with a stop link List-Unsubscribe and List-Unsubscribe-Post.
func (e *email) compose(m Message) (*gomail.Msg, error) {
	to, err := ParseAddress(m.To.Address)
	if err != nil {
		return nil, unsendable("The address cannot get mail. "+err.Error()+".", nil)
	}
	l := m.Letter()
	html, err := l.HTML()
	if err != nil {
		return nil, fmt.Errorf("write %s as HTML: %w", m.Key, err)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.Subject(headerText(l.Subject))
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(m.Key + "@" + domainOf(e.from.Address))
	msg.SetAddrHeaderFromMailAddress(gomail.HeaderFrom, e.from)
	msg.SetAddrHeaderFromMailAddress(gomail.HeaderTo, &mail.Address{Name: displayName(m.To.Name), Address: to})
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	setStop(msg, m)
	msg.SetBodyString(gomail.TypeTextPlain, l.Text())
	msg.AddAlternativeString(gomail.TypeTextHTML, html)
	return msg, nil
}

// setStop adds the headers behind the stop button of mail programs (RFC 2369
// and, for one click, RFC 8058).
func setStop(msg *gomail.Msg, m Message) {
	switch {
	case m.OneClickURL != "":
		msg.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+m.OneClickURL+">")
		msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	case m.StopURL != "":
		msg.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+m.StopURL+">")
	}
}

// headerText keeps a text that looks like an encoded word from being decoded
// by the reader's mail program into something that nobody wrote.
func headerText(s string) string { return strings.ReplaceAll(s, "=?", "= ?") }

// displayName makes a name fit to stand before an address. The standard
// library leaves a backslash in an encoded name, where readers take it for the
// start of a quote, so there is none.
func displayName(name string) string {
	return headerText(oneLine(strings.ReplaceAll(name, `\`, " "), nameRunes))
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// verdict turns the outcome of a send into the answer of a channel: 4xx and
// trouble on the way may pass, 5xx will not.
func verdict(err error) (bool, error) {
	if err == nil {
		return false, nil
	}
	if r, ok := errors.AsType[*Refusal](err); ok {
		return fault.Is(r, fault.Busy), r
	}
	sent, ok := errors.AsType[*gomail.SendError](err)
	if !ok || sent.ErrorCode() == 0 {
		return true, unreached("The mail server could not be reached or broke off. The mail is tried again.", err)
	}
	code := sent.ErrorCode()
	if code >= 500 {
		r := unsendable(fmt.Sprintf("The mail server refused the mail for good (code %d). Check the address, then replay the delivery.", code), err)
		r.Status = code
		return false, r
	}
	r := unreached(fmt.Sprintf("The mail server put the mail off (code %d). It is tried again.", code), err)
	r.Status = code
	return true, r
}
