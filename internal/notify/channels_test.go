package notify

import (
	"context"
	"errors"
	"strings"
	"testing"

	"amends.dev/internal/fault"
)

func TestOpenReportsEveryBadOptionAtOnce(t *testing.T) {
	_, err := Open("email", map[string]string{"port": "99999", "tls": "ssl", "from": "nobody", "connections": "0", "colour": "red", "user": "a\nb"}, Env{Client: NewClient(Guard{})})
	kind, _, fields := fault.Public(err)
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
		if f.Say == "" || strings.HasSuffix(f.Say, ".") {
			t.Errorf("%s says %q; want a sentence without a full stop", f.Name, f.Say)
		}
	}
	if got, want := strings.Join(names, " "), "host port tls user from connections colour"; kind != fault.Invalid || got != want {
		t.Errorf("Open reports %q, want %q", got, want)
	}
}

func TestOpenKnowsWhatEachOptionMayHold(t *testing.T) {
	secret := NewSecret()
	for _, c := range []struct {
		kind    string
		options map[string]string
		bad     string // the option at fault; empty: none
	}{
		{"slack", map[string]string{"url": "https://hooks.slack.com/services/T/B/x"}, ""},
		{"slack", map[string]string{"url": ""}, "url"},
		{"slack", map[string]string{"url": "https://127.0.0.1/"}, "url"},
		{"slack", map[string]string{"url": "http://93.184.216.34/"}, "url"},
		{"slack", map[string]string{"url": "https://user:pw@example.com/"}, "url"},
		{"slack", map[string]string{"url": "https://0x7f.1/"}, "url"},
		{"slack", map[string]string{"url": "file:///etc/passwd"}, "url"},
		{"slack", map[string]string{"url": "https://example.com:0/"}, "url"},
		{"webhook", map[string]string{"url": "https://example.com/", "secret": secret}, ""},
		{"webhook", map[string]string{"url": "https://example.com/", "secret": secret + " " + secret}, ""},
		{"webhook", map[string]string{"url": "https://example.com/", "secret": "hunter2"}, "secret"},
		{"webhook", map[string]string{"url": "https://example.com/", "secret": "whsec_c2hvcnQ="}, "secret"},
		{"ntfy", map[string]string{"topic": "incidents"}, ""},
		{"ntfy", map[string]string{"topic": "../admin"}, "topic"},
		{"telegram", map[string]string{"token": "12:AB", "chat": "@northwind"}, ""},
		{"telegram", map[string]string{"token": "12:AB/../../x", "chat": "5"}, "token"},
		{"telegram", map[string]string{"token": "12:AB", "chat": "Ana"}, "chat"},
		{"email", map[string]string{"host": "mail.example.com", "from": "status@example.com"}, ""},
		{"email", map[string]string{"host": "smtp://mail.example.com", "from": "status@example.com"}, "host"},
		{"email", map[string]string{"host": "mail.example.com", "from": "a@example.com, b@example.com"}, "from"},
		{"carrier pigeon", nil, "kind"},
	} {
		ch, err := Open(c.kind, c.options, Env{Client: NewClient(Guard{})})
		_, _, fields := fault.Public(err)
		switch {
		case c.bad == "" && (err != nil || ch == nil):
			t.Errorf("Open(%s, %v) = %v, want a channel", c.kind, c.options, err)
		case c.bad != "" && (len(fields) != 1 || fields[0].Name != c.bad):
			t.Errorf("Open(%s, %v) = %v, want %s at fault", c.kind, c.options, err, c.bad)
		}
	}
}

func TestEveryKindHasALabelAndItsSecretsAreMarked(t *testing.T) {
	names := map[string]bool{}
	for _, k := range Kinds() {
		if names[k.Name] || k.Name == "" || k.Label == "" || k.Help == "" || k.open == nil {
			t.Errorf("row %+v is not complete, or there twice", k)
		}
		names[k.Name] = true
		keys := map[string]bool{}
		for _, o := range k.Options {
			if keys[o.Key] || o.Label == "" {
				t.Errorf("%s: option %q has no label, or is there twice", k.Name, o.Key)
			}
			keys[o.Key] = true
			for _, word := range []string{"secret", "token", "password"} {
				if strings.Contains(strings.ToLower(o.Label), word) && !o.Secret {
					t.Errorf("%s: option %q is not marked secret", k.Name, o.Key)
				}
			}
		}
	}
	for _, want := range []string{"email", "webhook", "slack", "mattermost", "teams", "discord", "ntfy", "telegram", "outbox"} {
		if !names[want] {
			t.Errorf("there is no kind %q", want)
		}
	}
}

func TestNoChannelSendsAMessageThatIsNotSound(t *testing.T) {
	url, requests := standIn(t, status(200))
	for kind, options := range chats(url) {
		m := sample(t, KindUpdate)
		m.Key = "a\r\nb"
		if retry, err := opened(t, kind, options).Send(t.Context(), m); err == nil || retry {
			t.Errorf("%s: %v, %v; want a refusal for good", kind, retry, err)
		}
	}
	if len(*requests) != 0 {
		t.Errorf("%d requests went out", len(*requests))
	}
}

func TestTheOutboxKeepsTheMessageAndSendsNothing(t *testing.T) {
	var kept []Outgoing
	full := errors.New("disk full")
	keep := func(_ context.Context, o Outgoing) error {
		if len(kept) == 1 {
			return full
		}
		kept = append(kept, o)
		return nil
	}
	c, err := Open("outbox", nil, Env{Outbox: keep})
	if err != nil {
		t.Fatal(err)
	}
	m := sample(t, KindUpdate)
	if retry, err := c.Send(t.Context(), m); err != nil || len(kept) != 1 {
		t.Fatalf("Send = %v, %v with %d kept", retry, err, len(kept))
	}
	if o := kept[0]; o.Message.Key != m.Key || o.Text != m.Letter().Text() || o.Letter.Subject == "" {
		t.Errorf("kept %+v", o)
	}
	if retry, err := c.Send(t.Context(), m); !retry || !errors.Is(err, full) {
		t.Errorf("a full disk: %v, %v; want a retry", retry, err)
	}
}

func TestAServerWithoutAnOutboxSaysSo(t *testing.T) {
	c, err := Open("outbox", nil, Env{})
	if err != nil {
		t.Fatal(err)
	}
	if retry, err := c.Send(t.Context(), sample(t, KindTest)); err == nil || retry {
		t.Errorf("Send = %v, %v; want a refusal for good", retry, err)
	}
}
