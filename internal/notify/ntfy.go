package notify

import "net/http"

// ntfy takes plain text; past 4,096 bytes it would become an attachment.

const (
	ntfyTitle   = 250
	ntfyMessage = 4096
)

func openNtfy(o map[string]string, env Env) Channel {
	h := hook{client: env.Client, label: "ntfy", url: o["url"], form: func(m Message, l Letter) any {
		return ntfyForm(o["topic"], m, l)
	}}
	if o["token"] != "" {
		h.header = http.Header{"Authorization": {"Bearer " + o["token"]}}
	}
	return h
}

func ntfyForm(topic string, m Message, l Letter) any {
	priority := 3 // default: sound
	if scripts[m.Kind].urgent {
		priority = 4 // high: also through a phone's quiet settings, if its owner wants that
	}
	form := map[string]any{
		"topic":    topic,
		"title":    clipMeasured(l.Subject, ntfyTitle, byteCount),
		"message":  fit(l, ntfyMessage, byteCount, plain.body),
		"priority": priority,
	}
	if l.Link != "" {
		form["click"] = l.Link
	}
	return form
}
