package notify

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
)

// Telegram takes HTML with a handful of elements, at most 4,096 characters.

const telegramText = 4096

func openTelegram(o map[string]string, env Env) Channel {
	return hook{
		client: env.Client,
		label:  "Telegram",
		url:    strings.TrimSuffix(o["url"], "/") + "/bot" + o["token"] + "/sendMessage",
		form:   func(_ Message, l Letter) any { return telegramForm(o["chat"], l) },
		read:   readTelegram,
	}
}

var telegramMarkup = markup{
	escape: func(s string) string { return quiet(html.EscapeString(s)) },
	bold:   func(s string) string { return "<b>" + s + "</b>" },
}

func telegramForm(chat string, l Letter) any {
	return map[string]any{
		"chat_id":              chat,
		"parse_mode":           "HTML",
		"link_preview_options": map[string]any{"is_disabled": true},
		"text": fit(l, telegramText, utf16Count, func(l Letter) string {
			text := telegramMarkup.bold(telegramMarkup.escape(l.Subject)) + "\n" + telegramMarkup.body(l)
			if l.Link != "" {
				text += "\n\n<a href=\"" + html.EscapeString(l.Link) + "\">" + telegramMarkup.escape(l.Action) + "</a>"
			}
			return text
		}),
	}
}

// readTelegram finds the pause in the body, where Telegram puts it. A bot that
// was blocked or put out of the chat is not wanted any more.
func readTelegram(h hook, a answer) (bool, error) {
	var said struct {
		Parameters struct {
			RetryAfter float64 `json:"retry_after"`
		} `json:"parameters"`
	}
	// A body that is not JSON names no pause; the status still decides.
	if err := json.Unmarshal(a.body, &said); err == nil {
		a.retryAfter = max(a.retryAfter, bounded(said.Parameters.RetryAfter))
	}
	if a.status == http.StatusForbidden {
		r := a.refusal("Telegram does not let the bot write to this chat. Add the bot to the chat again, then replay the delivery.")
		r.Gone = true
		return false, r
	}
	retry, err := h.refused(a)
	return retry, err
}
