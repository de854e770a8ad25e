package notify

import (
	"html/template"
	"strings"
)

// Letter is a message in words, before any channel's form: no markup, nothing
// escaped, every user's word literal.
type Letter struct {
	Subject string // one line, at most 200 runes
	Title   string // the heading: the incident's title, or what is asked
	State   string // "Not working · Looking into it · Payments, Checkout"; may be empty
	Parts   []Part
	Action  string // what the link does, a verb with an object: "Write the update"
	Link    string // may be empty
	Why     string // a sentence
	Stop    string // the address of the page that stops these messages; may be empty
}

// Part is one labelled piece of a letter. A part without a label is a
// paragraph of its own.
type Part struct{ Label, Text string }

// The longest a title, a name, the line of states and a text may be, in runes.
const (
	titleRunes = 160
	nameRunes  = 100
	stateRunes = 300
	textRunes  = 5000
)

// Letter writes m in words. The same message always gives the same letter.
func (m Message) Letter() Letter {
	m = m.tidy()
	s := scripts[m.Kind]
	why := m.Why
	if why == "" && s.why != nil {
		why = s.why(m)
	}
	l := Letter{
		Subject: oneLine(s.subject(m), 220),
		Title:   s.title(m),
		State:   clip(s.state(m), stateRunes),
		Action:  s.action(m),
		Link:    m.link(),
		Stop:    m.StopURL,
	}
	if why != "" {
		l.Why = "You get this because " + strings.TrimSuffix(why, ".") + "."
	}
	for _, p := range s.parts(m) {
		if p.Text != "" {
			l.Parts = append(l.Parts, p)
		}
	}
	return l
}

// tidy returns m with every text fit to be shown.
func (m Message) tidy() Message {
	m.Incident.Title = oneLine(m.Incident.Title, titleRunes)
	m.Incident.State.Say = oneLine(m.Incident.State.Say, nameRunes)
	m.Incident.Status.Say = oneLine(m.Incident.Status.Say, nameRunes)
	services := make([]Service, 0, len(m.Incident.Services))
	for _, s := range m.Incident.Services {
		s.Name, s.State.Say = oneLine(s.Name, nameRunes), oneLine(s.State.Say, nameRunes)
		services = append(services, s)
	}
	m.Incident.Services = services
	for _, name := range []*string{&m.Site, &m.By, &m.Promise.By, &m.Update.Author, &m.To.Name, &m.Incident.Severity} {
		*name = oneLine(*name, nameRunes)
	}
	m.Why = oneLine(m.Why, titleRunes)
	for _, text := range []*string{&m.Update.Now, &m.Update.Plan, &m.Update.NoTime, &m.Note} {
		*text = clip(prose(*text), textRunes)
	}
	return m
}

// Text is the letter as plain text, for mail and the demo's outbox.
func (l Letter) Text() string {
	var b strings.Builder
	b.WriteString(l.Title + "\n")
	if l.State != "" {
		b.WriteString(l.State + "\n")
	}
	for _, p := range l.Parts {
		b.WriteString("\n" + p.join(": ") + "\n")
	}
	if l.Link != "" {
		b.WriteString("\n" + l.Action + ":\n" + l.Link + "\n")
	}
	if l.Why == "" && l.Stop == "" {
		return b.String()
	}
	b.WriteString("\n-- \n")
	if l.Why != "" {
		b.WriteString(l.Why + "\n")
	}
	if l.Stop != "" {
		b.WriteString("Stop these messages: " + l.Stop + "\n")
	}
	return b.String()
}

func (p Part) join(between string) string {
	if p.Label == "" {
		return p.Text
	}
	return p.Label + between + p.Text
}

// HTML is the letter for mail programs that want it: no image, no script, no
// style sheet, nothing fetched.
func (l Letter) HTML() (string, error) {
	var b strings.Builder
	err := letterHTML.Execute(&b, l)
	return b.String(), err
}

var letterHTML = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body style="font:16px/1.5 sans-serif;max-width:36em;margin:1em auto;padding:0 1em">
<h1 style="font-size:1.25em;margin:0">{{.Title}}</h1>
{{with .State}}<p style="margin:0 0 1em">{{.}}</p>
{{end}}{{range .Parts}}<p style="white-space:pre-wrap">{{with .Label}}<b>{{.}}:</b> {{end}}{{.Text}}</p>
{{end}}{{if .Link}}<p><a href="{{.Link}}">{{.Action}}</a></p>
{{end}}{{if or .Why .Stop}}<hr><p style="font-size:.875em">{{.Why}}{{if .Stop}} <a href="{{.Stop}}">Stop these messages</a>{{end}}</p>
{{end}}</body></html>
`))
