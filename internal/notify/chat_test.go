package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// chats are the platforms with the options that point them at a stand-in.
func chats(url string) map[string]map[string]string {
	return map[string]map[string]string{
		"slack":      {"url": url + "/services/T0/B0/x"},
		"mattermost": {"url": url + "/hooks/x"},
		"teams":      {"url": url + "/workflows/x?api-version=1&sig=y"},
		"discord":    {"url": url + "/api/webhooks/1/x"},
		"ntfy":       {"url": url, "topic": "incidents", "token": "tk_1"},
		"telegram":   {"url": url, "token": "12:AB-c", "chat": "-1001"},
	}
}

// delivered sends m through a kind and returns the request and its JSON.
func delivered(t *testing.T, kind string, m Message) (seen, map[string]any) {
	t.Helper()
	url, requests := standIn(t, status(200))
	if retry, err := opened(t, kind, chats(url)[kind]).Send(t.Context(), m); err != nil {
		t.Fatalf("%s: Send = %v, %v", kind, retry, err)
	}
	if len(*requests) != 1 {
		t.Fatalf("%s: %d requests, want 1", kind, len(*requests))
	}
	r := (*requests)[0]
	var body map[string]any
	if err := json.Unmarshal(r.body, &body); err != nil {
		t.Fatalf("%s: body %s: %v", kind, r.body, err)
	}
	if r.method != "POST" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s: %s with %q, want a POST of JSON", kind, r.method, r.header.Get("Content-Type"))
	}
	return r, body
}

// texts returns every string below v, in order of the document.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, texts(x)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, x := range v {
			all = append(all, texts(x)...)
		}
		return all
	}
	return nil
}

func TestEveryChatTellsTheThreeFieldsAndTheLink(t *testing.T) {
	for kind := range chats("") {
		_, body := delivered(t, kind, sample(t, KindUpdate))
		all := strings.Join(texts(body), "\n")
		for _, want := range []string{"Card payments fail for some customers, next update 15:30 UTC", "About 1 in 9 card payments fails.", "We move the rest to the second provider", "16:30 (15:30 UTC)", "https://status.example.com/incidents/17"} {
			if !strings.Contains(all, want) {
				t.Errorf("%s lacks %q:\n%s", kind, want, all)
			}
		}
	}
}

// The words of an update call nobody, link nowhere and format nothing.
func TestWordsOfAnUpdateNeverBecomeMentions(t *testing.T) {
	const attack = "@everyone @channel @here @all <!channel> <@U123> <@&1> <#C1> <https://evil.example|bank> [bank](https://evil.example) <at>Ana</at> ![x](https://evil.example/p.png) @@here (@all) <b>x</b>"
	m := sample(t, KindUpdate)
	m.Incident.Title, m.Update.Now, m.Update.Plan = attack, attack, attack
	for kind := range chats("") {
		_, body := delivered(t, kind, m)
		switch kind {
		case "slack":
			for _, b := range body["blocks"].([]any)[:3] {
				if b := b.(map[string]any); b["type"] != "context" && b["text"].(map[string]any)["type"] != "plain_text" {
					t.Errorf("slack: words stand in %v, want plain_text", b)
				}
			}
			if text := body["text"].(string); strings.ContainsAny(text, "<>") {
				t.Errorf("slack: text = %q, want < and > escaped", text)
			}
			continue
		case "teams", "ntfy":
			// Text runs and ntfy's plain text carry no markup at all.
			if strings.Contains(string(mustJSON(t, body)), `"type":"TextBlock"`) || body["markdown"] != nil {
				t.Errorf("%s: words stand where markup is read: %v", kind, body)
			}
			continue
		case "discord":
			if parse, ok := body["allowed_mentions"].(map[string]any)["parse"].([]any); !ok || len(parse) != 0 {
				t.Errorf("discord: allowed_mentions = %v, want an empty parse list", body["allowed_mentions"])
			}
		}
		live := []string{"@everyone", "@channel", "@here", "@all", " <!", " <@", " <#", " <b>", " <https"}
		if kind != "telegram" { // whose HTML knows no brackets
			live = append(live, " [bank]", " ![x", "![x]")
		}
		for _, bad := range live {
			for _, text := range texts(body) {
				if i := strings.Index(text, bad); i >= 0 {
					t.Errorf("%s: %q is live in %q", kind, bad, text[max(0, i-20):])
				}
			}
		}
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLongTextsFitEachPlatform(t *testing.T) {
	m := sample(t, KindUpdate)
	m.Incident.Title = strings.Repeat("T", 400)
	for _, filler := range []string{"x", "*_&<@", "é😀\u0001", "word "} {
		m.Update.Now, m.Update.Plan = strings.Repeat(filler, 5000), strings.Repeat(filler, 5000)
		for kind := range chats("") {
			r, body := delivered(t, kind, m)
			var got, limit int
			switch kind {
			case "slack":
				for _, b := range body["blocks"].([]any) {
					if text, ok := b.(map[string]any)["text"].(map[string]any); ok {
						got, limit = max(got, runeCount(text["text"].(string))), slackSection
					}
				}
			case "mattermost":
				got, limit = runeCount(body["text"].(string)), mattermostText
			case "teams":
				got, limit = len(r.body), teamsBytes
			case "discord":
				embed := body["embeds"].([]any)[0].(map[string]any)
				got, limit = utf16Count(embed["description"].(string)), discordDescription
				if n := utf16Count(body["content"].(string)); n > discordContent {
					t.Errorf("discord: content of %d characters", n)
				}
			case "ntfy":
				got, limit = len(body["message"].(string)), ntfyMessage
			case "telegram":
				got, limit = utf16Count(body["text"].(string)), telegramText
			}
			if got == 0 || got > limit {
				t.Errorf("%s: %d of at most %d with %q", kind, got, limit, filler)
			}
			if all := strings.Join(texts(body), "\n"); !strings.Contains(all, "16:30 (15:30 UTC)") || !strings.Contains(all, "https://status.example.com/incidents/17") {
				t.Errorf("%s: the cut with %q took the next time or the link", kind, filler)
			}
		}
	}
}

func TestEachChatGetsTheShapeThatItsReferenceNames(t *testing.T) {
	for kind, check := range map[string]func(seen, map[string]any) error{
		"slack": func(r seen, b map[string]any) error {
			first := b["blocks"].([]any)[0].(map[string]any)
			last := b["blocks"].([]any)[len(b["blocks"].([]any))-1].(map[string]any)["text"].(map[string]any)
			return all(r.path == "/services/T0/B0/x", first["type"] == "header", b["text"] != "", last["type"] == "mrkdwn",
				last["text"] == "<https://status.example.com/incidents/17|Open INC-17>")
		},
		"mattermost": func(r seen, b map[string]any) error {
			return all(len(b) == 1, strings.HasPrefix(b["text"].(string), `#### \[Not working\] Card`),
				strings.HasSuffix(b["text"].(string), "[Open INC-17](<https://status.example.com/incidents/17>)"))
		},
		"teams": func(r seen, b map[string]any) error {
			attachment := b["attachments"].([]any)[0].(map[string]any)
			card := attachment["content"].(map[string]any)
			action := card["actions"].([]any)[0].(map[string]any)
			return all(r.path == "/workflows/x?api-version=1&sig=y", b["type"] == "message", attachment["contentType"] == "application/vnd.microsoft.card.adaptive",
				card["type"] == "AdaptiveCard", card["version"] == "1.4", action["type"] == "Action.OpenUrl", action["url"] == "https://status.example.com/incidents/17")
		},
		"discord": func(r seen, b map[string]any) error {
			embed := b["embeds"].([]any)[0].(map[string]any)
			return all(r.path == "/api/webhooks/1/x?wait=true", strings.HasPrefix(b["content"].(string), `**\[Not working\]`),
				embed["url"] == "https://status.example.com/incidents/17", embed["title"] == "Open INC-17")
		},
		"ntfy": func(r seen, b map[string]any) error {
			return all(r.path == "/", b["topic"] == "incidents", r.header.Get("Authorization") == "Bearer tk_1", b["priority"] == 3.0,
				b["click"] == "https://status.example.com/incidents/17", strings.HasPrefix(b["title"].(string), "[Not working] Card"))
		},
		"telegram": func(r seen, b map[string]any) error {
			return all(r.path == "/bot12:AB-c/sendMessage", b["chat_id"] == "-1001", b["parse_mode"] == "HTML",
				strings.HasPrefix(b["text"].(string), "<b>[Not working] Card"), b["link_preview_options"].(map[string]any)["is_disabled"] == true)
		},
	} {
		r, body := delivered(t, kind, sample(t, KindUpdate))
		if err := check(r, body); err != nil {
			t.Errorf("%s: %v:\n%s %s", kind, err, r.path, r.body)
		}
	}
}

// all says which of the facts does not hold, counted from 1.
func all(facts ...bool) error {
	for i, holds := range facts {
		if !holds {
			return fmt.Errorf("fact %d does not hold", i+1)
		}
	}
	return nil
}

func TestAnUrgentPushRings(t *testing.T) {
	if _, body := delivered(t, "ntfy", sample(t, KindOverdue)); body["priority"] != 4.0 {
		t.Errorf("priority = %v, want 4", body["priority"])
	}
}

func TestChatsReportBusyWrongAndGone(t *testing.T) {
	for kind := range chats("") {
		for _, c := range []struct {
			code        int
			retry, gone bool
		}{{302, false, false}, {400, false, false}, {404, false, false}, {410, false, true}, {429, true, false}, {500, true, false}, {503, true, false}} {
			url, _ := standIn(t, status(c.code, "Retry-After", "3"))
			retry, err := opened(t, kind, chats(url)[kind]).Send(t.Context(), sample(t, KindUpdate))
			r, ok := errors.AsType[*Refusal](err)
			if !ok || retry != c.retry || r.Gone != c.gone || r.RetryAfter != 3*time.Second {
				t.Errorf("%s %d: retry %v, %+v; want %+v", kind, c.code, retry, err, c)
			}
		}
	}
}

func TestTelegramNamesItsPauseInTheBodyAndABlockedBotIsGone(t *testing.T) {
	answer := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code); io.WriteString(w, body) }
	}
	url, _ := standIn(t, answer(429, `{"ok":false,"error_code":429,"parameters":{"retry_after":17}}`))
	retry, err := opened(t, "telegram", chats(url)["telegram"]).Send(t.Context(), sample(t, KindUpdate))
	if r, ok := errors.AsType[*Refusal](err); !ok || !retry || r.RetryAfter != 17*time.Second {
		t.Errorf("429: retry %v, %+v; want 17 s", retry, err)
	}
	url, _ = standIn(t, answer(403, `{"ok":false,"error_code":403}`))
	retry, err = opened(t, "telegram", chats(url)["telegram"]).Send(t.Context(), sample(t, KindUpdate))
	if r, ok := errors.AsType[*Refusal](err); !ok || retry || !r.Gone {
		t.Errorf("403: retry %v, %+v; want gone", retry, err)
	}
}

func TestWebAddressesInAnUpdateCanBeFollowed(t *testing.T) {
	const words = "See https://status.example.com/a_b?c=1#d and write to help@example.com."
	m := sample(t, KindUpdate)
	m.Update.Now = words
	for kind := range chats("") {
		_, body := delivered(t, kind, m)
		if text := strings.Join(texts(body), "\n"); !strings.Contains(text, "https://status.example.com/a_b?c=1#d") || !strings.Contains(text, "help@example.com") {
			t.Errorf("%s broke the address:\n%s", kind, text)
		}
	}
}
