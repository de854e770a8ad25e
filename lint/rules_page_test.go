package lint_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amends.dev/lint"
)

var update = flag.Bool("update", false, "rewrite the rules' pages in docs/rules")

var contextNames = []struct {
	c    lint.Context
	name string
}{{lint.Update, "update"}, {lint.Review, "review"}, {lint.Story, "story"}, {lint.Apology, "apology"}, {lint.Commit, "commit message"}, {lint.Ticket, "ticket"}}

// page is a rule's page: everything in it comes from the rule.
func page(r lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n`%s` · %s", r.Title, r.ID, r.Severity)
	if r.Off {
		b.WriteString(" · off unless turned on")
	}
	var in []string
	for _, c := range contextNames {
		if r.For&c.c != 0 {
			in = append(in, c.name)
		}
	}
	fmt.Fprintf(&b, " · in: %s\n\n%s\n\n## Found\n\n", strings.Join(in, ", "), r.Why)
	quote := func(s string) {
		for para := range strings.SplitSeq(s, "\n") {
			fmt.Fprintf(&b, "> %s\n", para)
		}
	}
	quote(r.Bad)
	b.WriteString("\n## Better\n\n")
	quote(r.Good)
	fmt.Fprintf(&b, "\n## What it cannot see\n\n%s\n\n## Let one pass\n\n", r.Blind)
	fmt.Fprintf(&b, "Write the reason beside it; without one the comment counts for nothing:\n\n    <!-- amends-ignore %s: quoting a customer -->\n\n", r.ID)
	b.WriteString("How often it is right: [measured accuracy](../lint-accuracy.md).\n")
	return b.String()
}

func TestEveryRuleHasItsPage(t *testing.T) {
	dir := filepath.Join("..", "docs", "rules")
	var index strings.Builder
	index.WriteString("# Rules of amends lint\n\nMade from the rules themselves: `go test ./lint -run Page -update`.\n\n| rule | what it finds |\n|---|---|\n")
	pages := map[string]string{}
	for _, r := range lint.Rules() {
		pages[r.ID+".md"] = page(r)
		fmt.Fprintf(&index, "| [%s](%s.md) | %s |\n", r.ID, r.ID, r.Title)
	}
	pages["README.md"] = index.String()
	for name, want := range pages {
		path := filepath.Join(dir, name)
		if *update {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("%s differs from its rule (%v); run go test ./lint -run Page -update", path, err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := pages[f.Name()]; !ok {
			t.Errorf("%s is the page of no rule", f.Name())
		}
	}
}
