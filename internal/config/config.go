// Package config turns flags, environment variables and a file into one
// checked Config.
//
// In come the three, out goes a Config, or one error that names every option
// at fault. All options stand in one table in options.go; flags, variables,
// the example file and the manual's table are derived from it.
//
// The first that names an option wins: flag, variable, file, default. Where
// each value came from is kept, so that "amends config show" can say it and a
// page can show a value as fixed from outside.
//
// It reads files and nothing else: it opens no port, no database and sends
// nothing. A secret never stands in an error, a log or a listing.
package config

import (
	"fmt"
	"log/slog"
	"net/mail"
	"net/netip"
	"time"
)

// Config is a checked configuration. Only Load makes one.
type Config struct {
	BaseURL        string         // scheme and host, no path, no slash at the end; "" when Addr has port 0 and nothing was given
	Addr           string         // host:port to listen on
	Data           string         // directory of the database file and attachments; "" in a demo
	Database       Hidden         // a postgres:// address; "" means SQLite in Data
	SMTP           SMTP           // zero: no mail is sent
	MailFrom       mail.Address   // zero only when SMTP is
	AllowPrivate   []netip.Prefix // networks that webhooks and channels may reach beside the public internet
	TrustedProxies []netip.Prefix // whose X-Forwarded-* headers count
	LogLevel       slog.Level
	LogFormat      string         // "text" or "json"
	MetricsAddr    string         // host:port of a listener of its own; "" means Addr
	TeamName       string         // "" until given here or at setup
	TimeZone       *time.Location // never nil
	SetupLife      time.Duration  // how long a setup link works
	Node           string         // this process among several on one database
	Demo           bool

	file   string // the file that was read; ""
	values map[string]Value
}

// SMTP is where mail is handed over. Its zero value means that none is sent.
type SMTP struct {
	Host     string
	Port     int
	TLS      string // "starttls", "tls" from the first byte, or "none"
	User     string
	Password Hidden
}

// Hidden is text that is shown to nobody: it prints as (hidden), or as
// nothing when empty. Reveal gives the text to what needs it.
type Hidden string

// Reveal returns the text.
func (h Hidden) Reveal() string { return string(h) }

// String hides the text.
func (h Hidden) String() string {
	if h == "" {
		return ""
	}
	return "(hidden)"
}

// GoString hides the text from %#v.
func (h Hidden) GoString() string { return h.String() }

// Format hides the text from every verb.
func (h Hidden) Format(f fmt.State, _ rune) { fmt.Fprint(f, h.String()) }

// LogValue hides the text from logs.
func (h Hidden) LogValue() slog.Value { return slog.StringValue(h.String()) }

// MarshalText hides the text from encoders.
func (h Hidden) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// Value is one option as it stands.
type Value struct {
	Key    string
	Text   string // as it would be written in the file; a secret is masked
	Source string // "default", "--addr", "AMENDS_ADDR" or the path of the file
}

// Values returns every option as it stands, in the table's order.
func (c *Config) Values() []Value {
	out := make([]Value, 0, len(options))
	for _, o := range options {
		out = append(out, c.values[o.Key])
	}
	return out
}

// Source returns where the option's value came from; "" for an unknown key.
func (c *Config) Source(key string) string { return c.values[key].Source }

// Fixed reports whether the option was given from outside, so that a page
// must not offer to change it.
func (c *Config) Fixed(key string) bool {
	s := c.Source(key)
	return s != "" && s != fromDefault
}

// File returns the path of the file that was read, or "".
func (c *Config) File() string { return c.file }
