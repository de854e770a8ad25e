package notify

// Mattermost takes one Markdown text of at most 16,383 characters.

const mattermostText = 16383

func openMattermost(o map[string]string, env Env) Channel {
	return hook{client: env.Client, label: "Mattermost", url: o["url"], form: mattermostForm}
}

var mattermostMarkup = markup{escape: escapeMarkdown, bold: func(s string) string { return "**" + s + "**" }}

func mattermostForm(_ Message, l Letter) any {
	return map[string]any{"text": fit(l, mattermostText, runeCount, func(l Letter) string {
		text := "#### " + escapeMarkdown(l.Subject) + "\n" + mattermostMarkup.body(l)
		if l.Link != "" {
			text += "\n\n[" + escapeMarkdown(l.Action) + "](<" + l.Link + ">)"
		}
		return text
	})}
}
