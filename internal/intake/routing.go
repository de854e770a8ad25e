package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"amends.dev/internal/fault"
)

// Matcher compares one label with a value. A label that is not there is the
// empty text.
type Matcher struct {
	Label string `json:"label"`
	Op    string `json:"op"`    // = != =~ !~; the last two match the whole text with an RE2 pattern
	Value string `json:"value"` // text or pattern
}

// Outcome is what a signal becomes.
type Outcome struct {
	Severity string   `json:"severity,omitempty"`
	Kind     string   `json:"kind,omitempty"`
	Audience string   `json:"audience,omitempty"`
	Owner    string   `json:"owner,omitempty"` // a member's id
	Services []string `json:"services,omitempty"`
}

// Rule says what becomes of the signals that all its matchers match; without
// matchers, of every signal. What it leaves empty the fallback gives.
type Rule struct {
	Name         string    `json:"name"`
	If           []Matcher `json:"if,omitempty"`
	Ignore       bool      `json:"ignore,omitempty"`        // nothing becomes of them
	ServiceLabel string    `json:"service_label,omitempty"` // a label that names one more service
	Outcome
}

// Rules are a source's rules, in order: the first that matches decides.
type Rules struct {
	List     []Rule  `json:"rules"`
	Fallback Outcome `json:"fallback"` // complete: it answers when no rule does
}

// Known holds what a rule may name.
type Known struct {
	Severities, Kinds, Audiences []string
	Services, Members            []string // ids
}

// Decision is what became of a signal, and which rule said so.
type Decision struct {
	Rule   string // "" for the fallback
	Ignore bool   // nothing is to be opened; the rest is empty
	Outcome
}

// Limits of rules, so that routing a signal stays cheap.
const (
	maxRules    = 200
	maxMatchers = 20
	maxPattern  = 512
)

// Router decides by checked rules. Its zero value decides nothing useful;
// NewRouter makes one. It is safe for use by many at a time.
type Router struct {
	rules    []route
	fallback Outcome
	services []string
}

type route struct {
	Rule
	patterns []*regexp.Regexp // beside If; nil where none is needed
}

// NewRouter checks the rules and returns their router, or one fault with
// every field that needs another value.
func NewRouter(rules Rules, known Known) (*Router, error) {
	var c fault.Checks
	r := &Router{fallback: rules.Fallback, services: known.Services}
	c.Need(len(rules.List) <= maxRules, "rules", fmt.Sprintf("Write at most %d rules", maxRules))
	catchAll := ""
	for i, rule := range rules.List {
		at := fmt.Sprintf("rules[%d]", i)
		c.Need(strings.TrimSpace(rule.Name) != "", at+".name", "Name the rule, so that its incidents can say why they exist")
		c.Need(!slices.ContainsFunc(rules.List[:i], func(o Rule) bool { return o.Name == rule.Name }), at+".name", "Choose a name that no other rule has")
		c.Need(catchAll == "", at, fmt.Sprintf("This rule is never reached, because %q takes every signal. Move it up", catchAll))
		if len(rule.If) == 0 && catchAll == "" {
			catchAll = rule.Name
		}
		r.rules = append(r.rules, route{rule, checkMatchers(&c, at, rule.If)})
		if rule.Ignore {
			empty := rule.ServiceLabel == "" && rule.Severity == "" && rule.Kind == "" && rule.Audience == "" && rule.Owner == "" && len(rule.Services) == 0
			c.Need(empty, at+".ignore", "Leave severity, kind, audience, owner and services out of a rule that ignores")
			continue
		}
		checkOutcome(&c, at+".", rule.Outcome, known)
	}
	for _, f := range [][2]string{{"severity", rules.Fallback.Severity}, {"kind", rules.Fallback.Kind}, {"audience", rules.Fallback.Audience}} {
		c.Need(f[1] != "", "fallback."+f[0], "Choose one: it holds when no rule says otherwise")
	}
	c.Need(rules.Fallback.Owner != "", "fallback.owner", "Choose a member: every incident has an owner from its first second")
	checkOutcome(&c, "fallback.", rules.Fallback, known)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return r, nil
}

// checkMatchers checks a rule's matchers and returns their patterns.
func checkMatchers(c *fault.Checks, at string, list []Matcher) []*regexp.Regexp {
	c.Need(len(list) <= maxMatchers, at+".if", fmt.Sprintf("Write at most %d conditions", maxMatchers))
	patterns := make([]*regexp.Regexp, len(list))
	for i, m := range list {
		at := fmt.Sprintf("%s.if[%d]", at, i)
		c.Need(strings.TrimSpace(m.Label) != "", at+".label", "Name a label, such as severity")
		switch m.Op {
		case "=", "!=":
		case "=~", "!~":
			if len(m.Value) > maxPattern {
				c.Addf(at+".value", "Write a pattern of at most %d bytes", maxPattern)
				continue
			}
			// By itself first: "a)|(b" must not slip out of the anchors.
			if _, err := regexp.Compile(m.Value); err != nil {
				c.Add(at+".value", "This pattern cannot be read. Write RE2, such as payments-.* or critical|error")
				continue
			}
			p, err := regexp.Compile("^(?s:" + m.Value + ")$")
			c.Need(err == nil, at+".value", "This pattern is too deep. Write a shorter one")
			patterns[i] = p
		default:
			c.Add(at+".op", "Write = or != for a text, =~ or !~ for a pattern")
		}
	}
	return patterns
}

// checkOutcome checks that everything an outcome names exists.
func checkOutcome(c *fault.Checks, at string, o Outcome, known Known) {
	for _, f := range []struct {
		name, value string
		list        []string
		say         string
	}{
		{"severity", o.Severity, known.Severities, "Choose " + among(known.Severities)},
		{"kind", o.Kind, known.Kinds, "Choose " + among(known.Kinds)},
		{"audience", o.Audience, known.Audiences, "Choose " + among(known.Audiences)},
		{"owner", o.Owner, known.Members, "Choose somebody who is a member"},
	} {
		c.Need(f.value == "" || slices.Contains(f.list, f.value), at+f.name, f.say)
	}
	for i, service := range o.Services {
		c.Need(slices.Contains(known.Services, service), fmt.Sprintf("%sservices[%d]", at, i), fmt.Sprintf("There is no service %q. Choose one that exists", service))
	}
}

// among joins choices as a person would: a, b or c.
func among(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// Route returns what the first matching rule makes of the signal.
func (r *Router) Route(s Signal) Decision {
	for _, rule := range r.rules {
		if !rule.matches(s.Labels) {
			continue
		}
		if rule.Ignore {
			return Decision{Rule: rule.Name, Ignore: true}
		}
		return Decision{Rule: rule.Name, Outcome: r.outcome(rule.Rule, s)}
	}
	return Decision{Outcome: r.outcome(Rule{}, s)}
}

func (r *Router) outcome(rule Rule, s Signal) Outcome {
	o := Outcome{
		Severity: firstOf(rule.Severity, r.fallback.Severity),
		Kind:     firstOf(rule.Kind, r.fallback.Kind),
		Audience: firstOf(rule.Audience, r.fallback.Audience),
		Owner:    firstOf(rule.Owner, r.fallback.Owner),
		Services: slices.Clone(rule.Services),
	}
	if named := s.Labels[rule.ServiceLabel]; slices.Contains(r.services, named) && !slices.Contains(o.Services, named) {
		o.Services = append(o.Services, named)
	}
	if len(o.Services) == 0 {
		o.Services = slices.Clone(r.fallback.Services)
	}
	return o
}

func (r route) matches(labels map[string]string) bool {
	for i, m := range r.If {
		value := labels[m.Label]
		var holds bool
		switch m.Op {
		case "=":
			holds = value == m.Value
		case "!=":
			holds = value != m.Value
		case "=~":
			holds = r.patterns[i].MatchString(value)
		case "!~":
			holds = !r.patterns[i].MatchString(value)
		}
		if !holds {
			return false
		}
	}
	return true
}

// Starter returns rules to begin with: urgent severities of Alertmanager and
// PagerDuty open an incident for the team alone, the least one opens none.
// Nothing is public by itself. The owner is the member who sets the source up.
func Starter(owner string) Rules {
	severity := func(pattern string) []Matcher { return []Matcher{{"severity", "=~", pattern}} }
	return Rules{
		List: []Rule{
			{Name: "information", If: severity("info|none"), Ignore: true},
			{Name: "urgent", If: severity("critical|page|emergency"), ServiceLabel: "service", Outcome: Outcome{Severity: "SEV2"}},
			{Name: "everything else", ServiceLabel: "service"},
		},
		Fallback: Outcome{Severity: "SEV3", Kind: "outage", Audience: "team", Owner: owner},
	}
}
