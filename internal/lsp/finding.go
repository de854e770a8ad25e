package lsp

import (
	"fmt"
	"strings"

	"amends.dev/lint"
)

// The protocol's shapes, as far as we use them.

type params struct {
	Document struct {
		URI      string `json:"uri"`
		Language string `json:"languageId"`
		Text     string `json:"text"`
	} `json:"textDocument"`
	Changes []struct {
		Text string `json:"text"`
	} `json:"contentChanges"`
	Position place `json:"position"`
	Range    span  `json:"range"`
}

// place counts lines from 0 and columns in UTF-16 code units from 0.
type place struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type span struct {
	Start place `json:"start"`
	End   place `json:"end"`
}

func (a place) before(b place) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Character < b.Character
}

type diagnostic struct {
	Range    span   `json:"range"`
	Severity int    `json:"severity"`
	Code     string `json:"code"`
	About    *about `json:"codeDescription,omitempty"`
	Source   string `json:"source"`
	Message  string `json:"message"`
}

type about struct {
	Href string `json:"href"`
}

func spanOf(f lint.Finding) span {
	return span{place{f.From.Line - 1, f.From.UTF16}, place{f.To.Line - 1, f.To.UTF16}}
}

func (s *Server) diagnostic(f lint.Finding) diagnostic {
	d := diagnostic{
		Range:    spanOf(f),
		Severity: [...]int{lint.Suggestion: 3, lint.Warning: 2, lint.Error: 1}[f.Severity],
		Code:     f.Rule, Source: "amends", Message: f.Ask,
	}
	if r, ok := lint.Find(f.Rule); ok {
		d.Message = r.Title + ". " + f.Ask
	}
	if s.docs != "" {
		d.About = &about{s.docs + f.Rule}
	}
	return d
}

// hover says why the finding under the cursor matters; nil without one.
func (s *Server) hover(uri string, at place) any {
	for _, f := range s.open[uri].findings {
		r := spanOf(f)
		if at.before(r.Start) || r.End.before(at) {
			continue
		}
		rule, ok := lint.Find(f.Rule)
		if !ok {
			continue
		}
		text := fmt.Sprintf("**%s** (`%s`)\n\n%s\n\n%s\n\nBetter: %s", rule.Title, rule.ID, rule.Why, f.Ask, rule.Good)
		return map[string]any{"contents": map[string]string{"kind": "markdown", "value": text}, "range": r}
	}
	return nil
}

type edit struct {
	Range span   `json:"range"`
	Text  string `json:"newText"`
}

type action struct {
	Title       string         `json:"title"`
	Kind        string         `json:"kind"`
	Diagnostics []diagnostic   `json:"diagnostics"`
	Preferred   bool           `json:"isPreferred,omitempty"`
	Edit        map[string]any `json:"edit"`
}

// actions offers the safe rewrite of each finding in a range, and a comment
// that lets it pass for a reason.
func (s *Server) actions(uri string, in span) []action {
	out := []action{}
	for _, f := range s.open[uri].findings {
		r := spanOf(f)
		if r.End.before(in.Start) || in.End.before(r.Start) || f.Start == f.End {
			continue
		}
		offer := func(title string, preferred bool, e edit) {
			out = append(out, action{title, "quickfix", []diagnostic{s.diagnostic(f)}, preferred,
				map[string]any{"changes": map[string][]edit{uri: {e}}}})
		}
		if f.Safe {
			offer(fmt.Sprintf("Write %q instead of %q", f.Rewrite, oneLine(f.Quote)), true, edit{r, f.Rewrite})
		}
		here := span{place{r.End.Line, r.End.Character}, place{r.End.Line, r.End.Character}}
		offer(fmt.Sprintf("Let %s pass here, with a reason", f.Rule), false,
			edit{here, fmt.Sprintf(" <!-- amends-ignore %s: say why -->", f.Rule)})
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
