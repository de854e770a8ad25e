package notify

import "net/url"

// Discord takes a line of content, which phones show, and an embed with the
// rest. No mention is allowed, whatever the words say.

// Discord's limits, in characters; Discord counts UTF-16 units at most.
const (
	discordContent     = 2000
	discordTitle       = 256
	discordDescription = 4096
)

func openDiscord(o map[string]string, env Env) Channel {
	return hook{client: env.Client, label: "Discord", url: waiting(o["url"]), form: discordForm}
}

// waiting asks Discord to answer when the message is stored, not before.
func waiting(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw // the option's check has refused it
	}
	query := u.Query()
	query.Set("wait", "true")
	u.RawQuery = query.Encode()
	return u.String()
}

var discordMarkup = markup{escape: escapeMarkdown, bold: func(s string) string { return "**" + s + "**" }}

func discordForm(_ Message, l Letter) any {
	embed := map[string]any{
		"title":       clipMeasured(l.Action, discordTitle, utf16Count),
		"description": fit(l, discordDescription, utf16Count, discordMarkup.body),
	}
	if l.Link != "" {
		embed["url"] = l.Link
	}
	return map[string]any{
		"content":          clipMeasured("**"+escapeMarkdown(l.Subject)+"**", discordContent, utf16Count),
		"embeds":           []any{embed},
		"allowed_mentions": map[string]any{"parse": []string{}},
	}
}
