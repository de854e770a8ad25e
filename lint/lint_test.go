package lint_test

import (
	"testing"

	"amends.dev/lint"
)

// contextOf returns one context that the rule applies to.
func contextOf(r lint.Rule) lint.Context {
	for _, c := range []lint.Context{lint.Review, lint.Story, lint.Update, lint.Apology, lint.Ticket, lint.Commit} {
		if r.For&c != 0 {
			return c
		}
	}
	return 0
}

func TestEveryRuleFindsItsBadAndPassesItsGood(t *testing.T) {
	for _, r := range lint.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			if r.Title == "" || r.Why == "" || r.Bad == "" || r.Good == "" || r.Blind == "" || r.For == 0 {
				t.Fatalf("rule %+v has an empty field", r)
			}
			l, err := lint.New(lint.Config{Only: []string{r.ID}})
			if err != nil {
				t.Fatal(err)
			}
			bad := l.Check([]byte(r.Bad), contextOf(r)).Findings
			if len(bad) == 0 {
				t.Errorf("Check(%q) found nothing", r.Bad)
			}
			for _, f := range bad {
				if f.Rule != r.ID || f.Ask == "" || f.Quote != r.Bad[f.Start:f.End] {
					t.Errorf("Check(%q) gave %+v", r.Bad, f)
				}
			}
			if good := l.Check([]byte(r.Good), contextOf(r)).Findings; len(good) > 0 {
				t.Errorf("Check(%q) found %+v, want nothing", r.Good, good)
			}
		})
	}
}

func TestTheFoundingPhrasesAreFound(t *testing.T) {
	tests := []struct {
		text string
		in   lint.Context
		rule string
	}{
		{"Mistakes were made.", lint.Story, "agent-hidden"},
		{"The problem was identified and fixed.", lint.Story, "agent-hidden"},
		{"The problem was resolved eventually.", lint.Story, "agent-hidden"},
		{"The problem was resolved eventually.", lint.Story, "vague"},
		{"The QA team missed the bug, so it wasn’t my fault.", lint.Story, "blame"},
		{"My manager suggested I look into this since I had bandwidth.", lint.Story, "assigned"},
		{"I told my manager and waited for them to fix it.", lint.Story, "assigned"},
		{"I fixed the bug but didn’t tell anyone.", lint.Story, "assigned"},
		{"We fixed the issue quickly.", lint.Story, "we-share"},
		{"I think I might have done this.", lint.Story, "hedge-self"},
		{"I handled the situation with best practices.", lint.Story, "jargon"},
		{"It was a one-off mistake, nothing to learn.", lint.Story, "minimising"},
		{"Staying late: I worked very hard on it.", lint.Story, "effort-only"},
		{"We are sorry if anyone was affected.", lint.Update, "non-apology"},
		{"Only a small number of users saw it.", lint.Update, "minimising"},
		{"We are sorry you feel that way.", lint.Update, "non-apology"},
		{"We will be more careful.", lint.Review, "weak-action"},
	}
	for _, tt := range tests {
		found := false
		for _, f := range lint.Check(tt.text, tt.in) {
			found = found || f.Rule == tt.rule
		}
		if !found {
			t.Errorf("Check(%q) = %+v, want a finding of %s", tt.text, lint.Check(tt.text, tt.in), tt.rule)
		}
	}
}

func TestTheFixesOfTheFoundingPhrasesPass(t *testing.T) {
	for _, text := range []string{
		"I take full responsibility for the oversight and here is how I fixed it: I pinned the version.",
		"I identified the problem and I fixed it.",
		"I noticed the gap while reading the logs. Nobody had filed a ticket. I decided to act because orders were late.",
	} {
		for _, f := range lint.Check(text, lint.Story) {
			if f.Severity != lint.Error && f.Start < len(text) {
				t.Errorf("Check(%q) found %+v", text, f)
			}
		}
	}
}
