package web

import (
	"net/url"
	"strings"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
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

// form is one form of a page. Its methods are called by templates.
type form struct {
	ID     string // prefix of the ids of its inputs
	Once   string // makes it safe to send twice
	Again  bool   // it is shown again, with errors
	values url.Values
	errors []fault.Field
}

// input is one labelled field, with its error.
type input struct {
	ID, Name, Label, Hint, Value, Error string
	Kind                                string // the type of a one-line input
	Complete                            string // autocomplete
	Short                               bool
	Optional                            bool
}

// inputName is the name of a field's input: wire names may have dots.
func inputName(field string) string { return strings.ReplaceAll(field, ".", "-") }

// Value returns what was typed, or the default.
func (f form) Value(name, otherwise string) string {
	if f.Again {
		return f.values.Get(name)
	}
	return otherwise
}

// Has reports whether a box or a choice is set.
func (f form) Has(name, value string, otherwise bool) bool {
	if !f.Again {
		return otherwise
	}
	for _, v := range f.values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Error returns what to change about a field; empty when it is fine.
func (f form) Error(name string) string {
	for _, e := range f.errors {
		if inputName(e.Name) == inputName(name) {
			return e.Say
		}
	}
	return ""
}

// Field returns a labelled field. The default value may be empty.
func (f form) Field(name, label, hint, otherwise string) input {
	return input{ID: f.ID + "-" + inputName(name), Name: name, Label: label, Hint: hint,
		Value: f.Value(name, otherwise), Error: f.Error(name), Kind: "text", Complete: "off"}
}

// As gives an input a type and a hint for password managers.
func (i input) As(kind, complete string) input {
	i.Kind, i.Complete = kind, complete
	if kind == "password" {
		i.Value = ""
	}
	return i
}

// Narrow makes an input short.
func (i input) Narrow() input {
	i.Short = true
	return i
}

// Described returns the ids of the texts that explain an input.
func (i input) Described() string {
	var ids []string
	if i.Hint != "" {
		ids = append(ids, i.ID+"-hint")
	}
	if i.Error != "" {
		ids = append(ids, i.ID+"-error")
	}
	return strings.Join(ids, " ")
}

// choice is one option of a select, a radio group or a list of boxes.
type choice struct {
	Value, Label, Hint string
	Chosen             bool
}

// choices returns options from values and their labels, with one chosen.
func choices[T ~string](values []T, label func(T) string, chosen T) []choice {
	out := make([]choice, 0, len(values))
	for _, v := range values {
		out = append(out, choice{Value: string(v), Label: label(v), Chosen: v == chosen})
	}
	return out
}

// Pick returns a labelled list to choose from.
func (f form) Pick(name, label string, options []choice) selectField {
	return f.PickOr(name, label, "", options)
}

// PickOr is Pick with a first line that chooses nothing.
func (f form) PickOr(name, label, none string, options []choice) selectField {
	chosen := make([]choice, len(options))
	for i, o := range options {
		o.Chosen = f.Has(name, o.Value, o.Chosen)
		chosen[i] = o
	}
	return selectField{ID: f.ID + "-" + inputName(name), Name: name, Label: label, None: none, Error: f.Error(name), Choices: chosen}
}
