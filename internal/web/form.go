package web

import (
	"net/url"
	"strings"

	"amends.dev/internal/fault"
)

// formView is a page that is one form: the small forms of an incident, and the
// settings.
type formView struct {
	Frame
	Form     form
	Back     string // where the form belongs to, in words
	BackURL  string
	Asks     string // the page's heading
	Hint     string
	Original []said // what a correction is about
	Action   string
	Button   string
	Radios   []choiceField
	Lines    []input // one line
	Selects  []selectField
	Texts    []input // several lines
	Boxes    []choiceField
	Hidden   []pair
	Code     string // an example below the form
}

// pair is a value that a form sends without asking.
type pair struct{ Name, Value string }

// form starts a page that is one form, posted to its own address.
func (c *call) form(back, backURL string) formView {
	v := formView{Frame: c.frame(""), Back: back, BackURL: backURL, Action: c.r.URL.Path}
	v.Form = v.Frame.Form("form")
	return v
}

// selectField is a labelled list to choose from.
type selectField struct {
	ID, Name, Label, Hint, Error, None string
	Choices                            []choice
}

// Described returns the ids of the texts that explain it.
func (f selectField) Described() string {
	return input{ID: f.ID, Hint: f.Hint, Error: f.Error}.Described()
}

// choiceField is a group of radio buttons or boxes.
type choiceField struct {
	ID, Name, Legend, Hint, Error string
	Choices                       []choice
	Empty, EmptyURL               string // what to do when there is nothing to choose from
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

// Choose returns a group of radio buttons or boxes.
func (f form) Choose(name, legend string, options []choice) choiceField {
	list := f.PickOr(name, legend, "", options)
	return choiceField{ID: list.ID, Name: name, Legend: legend, Error: list.Error, Choices: list.Choices}
}
