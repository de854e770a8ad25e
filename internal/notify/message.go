package notify

import (
	"net/url"
	"strings"
	"time"
	"unicode"

	"amends.dev/internal/fault"
)

// Kind says what a message is about; it decides the words around the facts.
type Kind string

// The kinds of message.
const (
	KindUpdate     Kind = "update"     // an update was posted
	KindCorrection Kind = "correction" // an update corrects an earlier one
	KindResolved   Kind = "resolved"   // the last update: it is over
	KindDeclared   Kind = "declared"   // an incident was opened
	KindReminder   Kind = "reminder"   // the recipient's promise falls due soon
	KindOverdue    Kind = "overdue"    // a promise is late; to owner and backup
	KindEscalation Kind = "escalation" // a promise is still late; to the lead
	KindHandover   Kind = "handover"   // somebody offers the recipient an incident
	KindHelp       Kind = "help"       // somebody asks the recipient for help
	KindInvite     Kind = "invite"     // an account waits for the recipient
	KindConfirm    Kind = "confirm"    // a subscription waits for the recipient's yes
	KindTest       Kind = "test"       // somebody tries out a channel
)

// Message is every fact that one recipient is told through one channel.
type Message struct {
	// Key is the same on every retry of this message and on no other one. It
	// becomes the Message-ID and the webhook-id: 1 to 128 of a-z A-Z 0-9 - _.
	Key      string
	Kind     Kind
	At       time.Time // when the message was made; the day that clock times are read against
	Site     string    // what the organisation calls its page, "Northwind status"
	Incident Incident
	Update   Update
	Promise  Promise
	By       string // who acts: hands over, asks, invites; empty when nobody does
	Note     string // their own words: what help is needed, why the hand-over
	To       Recipient
	// ActURL is where the reader acts: the composer, the offer, the invitation.
	// Empty means Incident.URL. It is the one link of the message.
	ActURL string
	// Why completes "You get this because …": "you own INC-17". Empty takes
	// the reason that the kind implies.
	Why string
	// StopURL opens a page with a button that stops these messages. Empty for
	// messages that come with a duty.
	StopURL string
	// OneClickURL answers a bare POST by stopping (RFC 8058); https, or http
	// for trying out. Empty: no one-click header.
	OneClickURL string
}

// Word is a state as machines and as people write it.
type Word struct {
	ID  string // "investigating", "outage"
	Say string // "Looking into it", "Not working"
}

// Incident is the part of an incident that a message tells.
type Incident struct {
	Number   int // 0: the message is not about an incident
	Title    string
	Severity string // "SEV1" … "SEV4"
	Status   Word   // where the work stands: investigating … resolved
	State    Word   // what readers feel, the worst of the services; stands in the subject
	URL      string // its page, for this reader
	Services []Service
}

// Service is one affected service.
type Service struct {
	Name  string
	State Word
}

// Update is what was posted.
type Update struct {
	Number   int       // 1 for the first of the incident; 0: the message carries no update
	Now      string    // what is true now
	Plan     string    // what will be done before the next update
	NextAt   time.Time // when the next update comes; for the last one, when the review comes; zero: no time
	NoTime   string    // why there is no time, to follow "because"
	Author   string    // may be empty: readers outside need no name
	PostedAt time.Time
	Corrects int // the number of the update that this one corrects; 0: none
}

// Promise is the update that is, or was, due.
type Promise struct {
	DueAt time.Time     // zero: the message is about no promise
	By    string        // who promised it
	Late  time.Duration // how late it is at At; zero before it is due
}

// Recipient is the one who reads.
type Recipient struct {
	Name    string
	Address string         // for mail an addr-spec; other channels have theirs in the options
	Zone    *time.Location // nil: UTC
}

// link is the one link of the message.
func (m Message) link() string {
	if m.ActURL != "" {
		return m.ActURL
	}
	return m.Incident.URL
}

// check refuses what no channel could send.
func (m Message) check() error {
	var c fault.Checks
	c.Need(validKey(m.Key), "key", "Use 1 to 128 letters, digits, - and _ in a delivery key")
	c.Need(!m.At.IsZero(), "at", "Say when the message was made")
	_, known := scripts[m.Kind]
	if !known {
		c.Addf("kind", "There is no message kind %q", m.Kind)
	}
	for _, u := range []struct{ name, value string }{
		{"url", m.link()}, {"incident_url", m.Incident.URL}, {"stop_url", m.StopURL}, {"one_click_url", m.OneClickURL},
	} {
		c.Need(u.value == "" || validLink(u.value), u.name, "Use an absolute http or https address without spaces or line breaks")
	}
	return c.Err()
}

func validKey(key string) bool {
	if key == "" || len(key) > 128 {
		return false
	}
	for _, r := range key {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}

// validLink reports whether s can stand in a header and in a page: printable
// ASCII, http or https, with a host and without credentials.
func validLink(s string) bool {
	if len(s) > 900 { // a header line holds 998 bytes
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || strings.IndexByte("<>\"\\^`{|}", s[i]) >= 0 {
			return false
		}
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// oneLine makes s fit for a header or a heading: control and direction
// characters become spaces, runs of space become one, and the whole is cut to
// at most limit runes. A title is never refused for its characters, because
// then nobody would get the update.
func oneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || invisible(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	return clip(strings.Join(strings.Fields(s), " "), limit)
}

// prose makes s fit for a body: line breaks stay, other control and direction
// characters go.
func prose(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r) || invisible(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// invisible reports the characters that turn text around or hide in it.
func invisible(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || // direction
		r == 0xfeff || r == 0x200b || r == 0x2028 || r == 0x2029
}

// clip cuts s to at most limit runes and marks the cut.
func clip(s string, limit int) string {
	if limit <= 0 {
		return ""
	}
	count := 0
	for i := range s {
		if count == limit-1 && len([]rune(s[i:])) > 1 {
			return strings.TrimRight(s[:i], " \n") + "…"
		}
		count++
	}
	return s
}
