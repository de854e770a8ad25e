package web

import (
	"strings"

	"amends.dev/internal/access"
)

// Frame is what every page for signed-in people has around its content.
type Frame struct {
	Title     string // begins with "Error: " when a form is shown again
	Team      string
	Me        *self  // nil when nobody is signed in
	Zone      string // the reader's own zone; empty: the browser's
	Nav       []navItem
	Declare   bool   // the button is for people who may
	Settings  bool   // the link in the footer, too
	Live      bool   // the page loads htmx
	Demo      bool   // nothing is sent
	DemoBox   bool   // there is an outbox to look into
	Tab       string // the state whose shape the browser's tab shows
	Said      string // what was just done
	SaidUntil *moment
	Trouble   bool   // what was done went only half well
	Confirmed string // the draft that has arrived
	Errors    []formError
	HTMX      string

	refused *refusal
	once    string
}

// navItem is a link of the main navigation.
type navItem struct {
	Label, URL string
	Current    bool
}

// formError is a line of the summary above a page.
type formError struct{ Field, Say string }

// nav lists the places that exist, in the order of an incident's life.
var nav = []navItem{{Label: "Incidents", URL: "/incidents"}, {Label: "Promises", URL: "/promises"}}

// frame returns the frame of a page with a title.
func (c *call) frame(title string) Frame {
	f := Frame{
		Title: title, Team: c.s.settings.team(c.r.Context()), Me: c.member, Tab: "ok", HTMX: htmxConfig,
		Demo: c.s.DemoMember != "", DemoBox: c.s.Outbox != nil, Declare: c.can(access.Declare),
		Settings: c.can(access.ManageOwnTokens), refused: c.refused, once: newOnce(),
	}
	if c.member != nil {
		f.Zone = c.member.Zone
		f.Nav = append([]navItem{{Label: "Now", URL: "/"}}, nav...)
		for i := range f.Nav {
			path := f.Nav[i].URL
			f.Nav[i].Current = c.r.URL.Path == path || path != "/" && strings.HasPrefix(c.r.URL.Path, path+"/")
		}
	}
	if c.refused != nil {
		f.Title = "Error: " + f.Title
		for _, e := range c.refused.fields {
			f.Errors = append(f.Errors, formError{c.refused.form + "-" + inputName(e.Name), e.Say})
		}
		if len(f.Errors) == 0 {
			f.Errors = append(f.Errors, formError{Say: c.refused.say})
		}
	}
	c.takeSaid(&f)
	return f
}

// Form returns one of the page's forms with its default values, or with what
// was typed when it is shown again.
func (f Frame) Form(id string) form {
	out := form{ID: id, Once: f.once}
	if f.refused != nil && f.refused.form == id {
		out.Again = true
		out.values = f.refused.values
		out.errors = f.refused.fields
	}
	return out
}
