package notify

import "encoding/json"

// Teams takes an Adaptive Card through a Power Automate workflow ("When a
// Teams webhook request is received"). Words stand in text runs, which carry
// no markup. A message may weigh 28 KB.

const teamsBytes = 28 << 10

func openTeams(o map[string]string, env Env) Channel {
	return hook{client: env.Client, label: "Teams", url: o["url"], form: teamsForm}
}

func teamsForm(_ Message, l Letter) any {
	var card any
	fit(l, teamsBytes, byteCount, func(l Letter) string {
		card = teamsCard(l)
		body, err := json.Marshal(card)
		if err != nil {
			return "" // the hook meets the same error and reports it
		}
		return string(body)
	})
	return card
}

func teamsCard(l Letter) any {
	card := map[string]any{
		"$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
		"type":    "AdaptiveCard",
		"version": "1.4",
		"body":    teamsRows(l),
		"msteams": map[string]any{"width": "Full"},
	}
	if l.Link != "" {
		card["actions"] = []any{map[string]any{"type": "Action.OpenUrl", "title": l.Action, "url": l.Link}}
	}
	return map[string]any{
		"type":    "message",
		"summary": l.Subject,
		"attachments": []any{map[string]any{
			"contentType": "application/vnd.microsoft.card.adaptive",
			"contentUrl":  nil,
			"content":     card,
		}},
	}
}

func teamsRows(l Letter) []any {
	rows := []any{teamsRow(teamsRun(l.Subject, "bolder"))}
	if l.State != "" {
		rows = append(rows, teamsRow(teamsRun(l.State, "default")))
	}
	for _, p := range l.Parts {
		var runs []any
		if p.Label != "" {
			runs = append(runs, teamsRun(p.Label+": ", "bolder"))
		}
		rows = append(rows, teamsRow(append(runs, teamsRun(p.Text, "default"))...))
	}
	return rows
}

func teamsRow(runs ...any) map[string]any {
	return map[string]any{"type": "RichTextBlock", "inlines": runs, "spacing": "medium"}
}

func teamsRun(text, weight string) map[string]any {
	return map[string]any{"type": "TextRun", "text": text, "weight": weight}
}
