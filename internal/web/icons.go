package web

import (
	"fmt"
	"html/template"
)

// state is how a service, or an incident as its readers see it, is doing.
type state struct {
	ID    string // on the wire and as the class of a part: "outage"
	Label string // beside the icon, always; colour and shape only repeat it
	path  string // the shape in a box of 16 by 16
	tab   string // its colour in a browser's tab, seen on light and on dark
}

// states holds the five, best first. Each has its own shape, so that none
// depends on colour.
var states = []state{
	{"ok", "Working", "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm-1.1 10.8L3.7 8.6l1.4-1.4 1.8 1.8 4.1-4.2 1.4 1.4z", "#3d86bd"},
	{"degraded", "Slow", "M8 1l7.7 13.6H.3zm-.9 4.6v4.5h1.8V5.6zm0 5.6V13h1.8v-1.8z", "#bd7414"},
	{"outage", "Not working", "M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5zm.1 3L3.8 5.1 6.7 8l-2.9 2.9 1.3 1.3L8 9.3l2.9 2.9 1.3-1.3L9.3 8l2.9-2.9-1.3-1.3L8 6.7z", "#d4304c"},
	{"planned", "Planned work", "M8 .5L15.5 8 8 15.5.5 8z", "#8f5fd0"},
	{"unknown", "Not known", "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2.3a4.7 4.7 0 1 1 0 9.4 4.7 4.7 0 0 1 0-9.4z", "#7b858e"},
}

// stateNamed returns the state of an id; an id that is not ours is unknown.
func stateNamed(id string) state {
	for _, s := range states {
		if s.ID == id {
			return s
		}
	}
	return states[len(states)-1]
}

// icon returns a state's shape as an element in the colour of its text. It is
// hidden from screen readers, because its label stands beside it.
func icon(id string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path fill-rule="evenodd" d="%s"/></svg>`,
		stateNamed(id).path)) //nolint:gosec // only our own constants
}

// tag returns a state as a tinted label. An empty word means the state's own.
func tag(id, word string) template.HTML {
	s := stateNamed(id)
	if word == "" {
		word = s.Label
	}
	return template.HTML(`<span class="tag ` + s.ID + `">` + string(icon(id)) + ` ` + template.HTMLEscapeString(word) + `</span>`) //nolint:gosec // escaped here
}

// tabIcon returns the address of a state's shape for the browser's tab.
func tabIcon(id string) string { return assetURL("tab-" + stateNamed(id).ID + ".svg") }

// tabIcons returns the files that tabIcon points at.
func tabIcons() map[string][]byte {
	files := map[string][]byte{}
	for _, s := range states {
		files["tab-"+s.ID+".svg"] = fmt.Appendf(nil,
			`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="%s" fill-rule="evenodd" d="%s"/></svg>`, s.tab, s.path)
	}
	return files
}
