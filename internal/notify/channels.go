package notify

import (
	"context"
	"maps"
	"net/mail"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"amends.dev/internal/fault"
)

// Env is what channels share. The zero value opens channels to the public
// internet.
type Env struct {
	Client *Client                               // share one; nil: a fresh one behind the strictest guard
	Now    func() time.Time                      // for signatures; nil: time.Now
	Outbox func(context.Context, Outgoing) error // for the kind outbox
}

// ChannelKind is one row of the table of channels.
type ChannelKind struct {
	Name    string // "slack"; stored with each channel, so it never changes
	Label   string // "Slack"
	Help    string // where to get what the options ask for
	Options []Option
	open    func(options map[string]string, env Env) Channel
}

// Option is one entry of a channel's settings.
type Option struct {
	Key      string // "url"; unique within its kind
	Label    string // "Webhook address"
	Help     string
	Secret   bool // never shown again once stored
	Required bool
	Default  string // taken when the entry is empty
	check    func(value string, env Env) error
}

// Kinds returns the table: every kind of channel with its options, in the
// order in which settings offer them. The caller may keep and change it.
func Kinds() []ChannelKind { return append([]ChannelKind(nil), kinds...) }

// Open returns a channel of a kind. It reports all bad options at once, each
// under its key. A channel that is also an io.Closer holds connections; close
// it when its options change and at the end.
func Open(kind string, options map[string]string, env Env) (Channel, error) {
	for _, k := range kinds {
		if k.Name == kind {
			return k.with(options, env)
		}
	}
	return nil, fault.Bad("kind", "There is no channel kind \""+oneLine(kind, 40)+"\". Choose one of "+strings.Join(kindNames(), ", "))
}

func kindNames() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

func (k ChannelKind) with(options map[string]string, env Env) (Channel, error) {
	if env.Now == nil {
		env.Now = time.Now
	}
	if env.Client == nil {
		env.Client = NewClient(Guard{})
	}
	var c fault.Checks
	values := map[string]string{}
	for _, o := range k.Options {
		value := options[o.Key]
		if !o.Secret || o.check != nil { // a password may begin or end with a space
			value = strings.TrimSpace(value)
		}
		if value == "" {
			value = o.Default
		}
		values[o.Key] = value
		if value == "" {
			c.Need(!o.Required, o.Key, "Enter the "+lowerFirst(o.Label))
			continue
		}
		if strings.ContainsFunc(value, unicode.IsControl) {
			c.Add(o.Key, "Enter the "+lowerFirst(o.Label)+" without line breaks")
			continue
		}
		if o.check == nil {
			continue
		}
		if err := o.check(value, env); err != nil {
			c.Add(o.Key, err.Error())
		}
	}
	k.strange(options, values, &c)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return k.open(values, env), nil
}

// strange reports the options that this kind does not have, in order of name.
func (k ChannelKind) strange(options, known map[string]string, c *fault.Checks) {
	var keys []string
	for _, o := range k.Options {
		keys = append(keys, o.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(options)) {
		if _, ok := known[key]; !ok {
			c.Addf(oneLine(key, 40), "%s has no such option. It has: %s", k.Label, strings.Join(keys, ", "))
		}
	}
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// The checks of single options. Each returns what to enter instead.

func isTarget(value string, env Env) error {
	u, err := target(value)
	if err != nil {
		return err
	}
	if env.Client.guard.refusedLiteral(u) {
		return fault.New(fault.Invalid, "This address is not on the public internet, or its port is not open for messages. Enter another one, or add its network to allow_private")
	}
	return nil
}

func isPort(value string, _ Env) error {
	if port, err := strconv.Atoi(value); err != nil || port < 1 || port > 65535 {
		return fault.New(fault.Invalid, "Enter a port from 1 to 65535")
	}
	return nil
}

func isCount(value string, _ Env) error {
	if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 50 {
		return fault.New(fault.Invalid, "Enter a number from 1 to 50")
	}
	return nil
}

func isTLSMode(value string, _ Env) error {
	if value != "none" && value != "starttls" && value != "tls" {
		return fault.New(fault.Invalid, "Choose one of none, starttls, tls")
	}
	return nil
}

func isSender(value string, _ Env) error {
	from, err := mail.ParseAddress(value)
	if err == nil {
		_, err = ParseAddress(from.Address)
	}
	if err != nil {
		return fault.New(fault.Invalid, "Enter a sender such as Northwind status <status@example.com>")
	}
	return nil
}

func isAddress(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Zone() == ""
}

func isHost(value string, _ Env) error {
	if !validDomain(strings.TrimSuffix(value, ".")) && !isAddress(value) {
		return fault.New(fault.Invalid, "Enter a host name such as mail.example.com, without a scheme or port")
	}
	return nil
}

func isSecret(value string, _ Env) error {
	for _, secret := range strings.Fields(value) {
		if _, err := readSecret(secret); err != nil {
			return err
		}
	}
	return nil
}

func isTopic(value string, _ Env) error {
	if !validKey(value) || len(value) > 64 {
		return fault.New(fault.Invalid, "Enter a topic of up to 64 letters, digits, - and _")
	}
	return nil
}

func isBotToken(value string, _ Env) error {
	id, rest, found := strings.Cut(value, ":")
	if !found || strings.Trim(id, "0123456789") != "" || id == "" || !validKey(rest) {
		return fault.New(fault.Invalid, "Enter the token as BotFather gave it, such as 123456:ABC-def")
	}
	return nil
}

func isChat(value string, _ Env) error {
	name, handle := strings.CutPrefix(value, "@")
	number := strings.TrimPrefix(value, "-")
	if handle && validKey(name) || number != "" && strings.Trim(number, "0123456789") == "" {
		return nil
	}
	return fault.New(fault.Invalid, "Enter the chat's number, or @ and the channel's name")
}
