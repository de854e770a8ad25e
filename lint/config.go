package lint

import (
	"fmt"
	"slices"
	"strings"
)

// Config says which rules apply and what they may let pass. The zero value is
// the standard: every rule that is not off by default. A file named
// .amends-lint.toml holds the same fields under the names given here.
type Config struct {
	Only     []string            // rules = […]: only these rules; empty means the standard ones
	Off      []string            // off = […]: not these rules
	On       []string            // on = […]: these rules too
	Allow    []string            // allow = […]: words and phrases that are never found
	Teams    []string            // teams = […]: names of one's own teams and people; they count as "we"
	Vendors  []string            // vendors = […]: names of outside parties
	Severity map[string]Severity // [severity] rule = "warning": instead of the rule's own
}

// New returns a Linter, or an error that names every entry that is no rule.
func New(c Config) (*Linter, error) {
	l := &Linter{config: c, terms: map[string]bool{}, lang: english()}
	var wrong []string
	numbers := func(ids []string) (out []int) {
		for _, id := range ids {
			found := false
			for i, r := range ruleList {
				if r.ID == id || strings.HasPrefix(r.ID, id+"-") {
					out, found = append(out, i), true
				}
			}
			if !found {
				wrong = append(wrong, id)
			}
		}
		return out
	}
	for i, r := range ruleList {
		l.rules[i] = setting{on: !r.Off && len(c.Only) == 0, severity: r.Severity}
	}
	for _, n := range append(numbers(c.Only), numbers(c.On)...) {
		l.rules[n].on = true
	}
	for _, n := range numbers(c.Off) {
		l.rules[n].on = false
	}
	for id, s := range c.Severity {
		for _, n := range numbers([]string{id}) {
			l.rules[n].severity = min(s, Error)
		}
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return nil, fmt.Errorf("no rule is named %s", strings.Join(wrong, ", "))
	}
	for _, a := range c.Allow {
		l.terms[strings.ToLower(a)] = true
	}
	if len(c.Teams)+len(c.Vendors) > 0 {
		l.lang = l.lang.with(c.Teams, c.Vendors)
	}
	return l, nil
}

// with returns the language with names of the writer's own side and of outside
// parties in it. A name of several words counts by its last.
func (l *language) with(teams, vendors []string) *language {
	n := *l
	x := *l.lexicon
	x.entries, x.slots = slices.Clone(x.entries), slices.Clone(x.slots)
	n.lexicon = &x
	for _, list := range []struct {
		names []string
		tags  tag
	}{{teams, tWe | tOwnName}, {vendors, tVendor}} {
		for _, name := range list.names {
			words := strings.Fields(strings.ToLower(name))
			if len(words) > 0 && len(x.entries) < lexiconSlots/2 {
				x.add(words[len(words)-1], list.tags)
			}
		}
	}
	n.byAnchor = append(slices.Clone(l.byAnchor), make([][]uint16, len(x.entries)-len(l.byAnchor))...)
	return &n
}
