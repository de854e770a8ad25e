package notify

import "strings"

// Slack takes the message as blocks of plain text, where nothing in the words
// can become a mention, a link or a format. The one mrkdwn block holds our own
// link. The fallback text is escaped as Slack's reference says.

// Slack's limits, in characters.
const (
	slackHeader  = 150
	slackSection = 3000
)

func openSlack(o map[string]string, env Env) Channel {
	return hook{client: env.Client, label: "Slack", url: o["url"], form: slackForm}
}

func slackForm(_ Message, l Letter) any {
	blocks := []any{slackBlock("header", "plain_text", clip(l.Subject, slackHeader))}
	if l.State != "" {
		blocks = append(blocks, map[string]any{"type": "context", "elements": []any{slackText("plain_text", clip(l.State, slackSection))}})
	}
	for _, p := range l.Parts {
		blocks = append(blocks, slackBlock("section", "plain_text", clip(p.join(": "), slackSection)))
	}
	if l.Link != "" {
		blocks = append(blocks, slackBlock("section", "mrkdwn", "<"+l.Link+"|"+slackEscape(l.Action)+">"))
	}
	return map[string]any{
		"text":         slackEscape(l.Subject),
		"blocks":       blocks,
		"unfurl_links": false,
		"unfurl_media": false,
	}
}

func slackBlock(kind, format, text string) map[string]any {
	return map[string]any{"type": kind, "text": slackText(format, text)}
}

func slackText(format, text string) map[string]any {
	if format == "plain_text" {
		return map[string]any{"type": format, "text": text, "emoji": false}
	}
	return map[string]any{"type": format, "text": text}
}

// slackEscape replaces the three characters that Slack reads as control.
var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
