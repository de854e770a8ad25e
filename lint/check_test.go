package lint_test

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"amends.dev/lint"
	"amends.dev/prose"
)

func newLinter(t testing.TB, c lint.Config) *lint.Linter {
	t.Helper()
	l, err := lint.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestGoodPracticeHasNoFindings(t *testing.T) {
	src, err := os.ReadFile("testdata/good.txt")
	if err != nil {
		t.Fatal(err)
	}
	l := newLinter(t, lint.Config{})
	n := 0
	for line := range strings.Lines(string(src)) {
		n++
		for _, c := range []lint.Context{lint.Review, lint.Update, lint.Story, lint.Apology} {
			for _, f := range l.Check([]byte(line), c).Findings {
				if f.Start < f.End { // one sentence lacks parts; that is no finding about it
					t.Errorf("Check(%q, %d) found %q (%s)", line, c, f.Quote, f.Rule)
				}
			}
		}
	}
	if n < 200 {
		t.Errorf("good.txt has %d sentences, want 200 or more", n)
	}
}

func TestReadingInPartsFindsWhatReadingAtOnceFinds(t *testing.T) {
	var src bytes.Buffer
	for i := range 4000 {
		src.WriteString("## Part\n\nThe flag was enabled without a test, naïvely.\n\n")
		if i%7 == 0 {
			src.WriteString("Only a small number of customers saw it 🙂. We think it may have been\nthe cache.\n\n")
		}
	}
	l := newLinter(t, lint.Config{})
	whole := l.Check(src.Bytes(), lint.Review)
	parts, err := l.CheckReader(bytes.NewReader(src.Bytes()), prose.Markdown, lint.Review)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Findings) < 4000 || len(whole.Findings) != len(parts.Findings) {
		t.Fatalf("%d findings at once, %d in parts", len(whole.Findings), len(parts.Findings))
	}
	for i := range whole.Findings {
		if !reflect.DeepEqual(whole.Findings[i], parts.Findings[i]) {
			t.Fatalf("finding %d at once:\n%+v\nin parts:\n%+v", i, whole.Findings[i], parts.Findings[i])
		}
	}
	if !reflect.DeepEqual(whole.Marks, parts.Marks) || !reflect.DeepEqual(whole.Stats, parts.Stats) {
		t.Error("marks or counts differ")
	}
}

func TestFindingsPointAtTheirWords(t *testing.T) {
	src := "# Über\r\n\r\nErst 🙂: the flag was **enabled** too early.\n"
	f := lint.Check(src, lint.Review)
	if len(f) != 1 {
		t.Fatalf("Check = %+v, want one finding", f)
	}
	got := f[0]
	if got.Quote != "was **enabled" || src[got.Start:got.End] != got.Quote {
		t.Errorf("quote %q", got.Quote)
	}
	want := prose.Position{Line: 3, Column: 18, Byte: 21, UTF16: 18}
	if got.From != want || got.Excerpt != "Erst 🙂: the flag was **enabled** too early." {
		t.Errorf("from %+v in %q, want %+v", got.From, got.Excerpt, want)
	}
}

func TestAnIgnoreNeedsAReason(t *testing.T) {
	tests := []struct {
		src  string
		want int
	}{
		{"The flag was enabled too early.", 1},
		{"<!-- amends-ignore agent-hidden: quoting the vendor -->\nThe flag was enabled too early.", 0},
		{"<!-- amends-ignore agent-hidden: -->\nThe flag was enabled too early.", 1},
		{"<!-- amends-ignore blame: other rule -->\nThe flag was enabled too early.", 1},
		{"<!-- amends-ignore agent-hidden: only here -->\n\nThe flag was enabled too early.\n\nThe flag was enabled again.", 1},
		{"<!-- amends-ignore-file all: an example text -->\n\nThe flag was enabled too early.\n\nThe flag was enabled again.", 0},
		{"The flag was enabled <!-- amends-ignore agent-hidden: inline --> too early.", 0},
	}
	for _, tt := range tests {
		got := 0
		for _, f := range lint.Check(tt.src, lint.Review) {
			if f.Rule == "agent-hidden" {
				got++
			}
		}
		if got != tt.want {
			t.Errorf("Check(%q) has %d findings of agent-hidden, want %d", tt.src, got, tt.want)
		}
	}
}

func TestConfigurationTurnsRulesOnAndOff(t *testing.T) {
	const src = "The problem was fixed by Priya. Only a small number of users saw it. Globex had an outage."
	tests := []struct {
		name string
		c    lint.Config
		want []string
	}{
		{"standard", lint.Config{}, []string{"minimising"}},
		{"only", lint.Config{Only: []string{"passive"}}, []string{"passive"}},
		{"a family", lint.Config{Only: []string{"hedge"}}, []string{"hedge-quantity"}},
		{"off", lint.Config{Off: []string{"minimising", "vague"}}, []string{"hedge-quantity"}},
		{"vendor", lint.Config{Vendors: []string{"Globex"}, Only: []string{"blame"}}, []string{"blame"}},
		{"allowed", lint.Config{Allow: []string{"only a small number"}}, []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := map[string]bool{}
			for _, f := range newLinter(t, tt.c).Check([]byte(src), lint.Update).Findings {
				if f.Start < f.End && f.Rule != "vague" {
					got[f.Rule] = true
				}
			}
			want := map[string]bool{}
			for _, id := range tt.want {
				want[id] = true
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("found %v, want %v", got, want)
			}
		})
	}
	if _, err := lint.New(lint.Config{Off: []string{"no-such-rule"}}); err == nil || !strings.Contains(err.Error(), "no-such-rule") {
		t.Errorf("New with an unknown rule = %v, want its name", err)
	}
	l := newLinter(t, lint.Config{Severity: map[string]lint.Severity{"minimising": lint.Error}})
	for _, f := range l.Check([]byte(src), lint.Update).Findings {
		if f.Rule == "minimising" && f.Severity != lint.Error {
			t.Errorf("severity is %s, want error", f.Severity)
		}
	}
}

func TestAShortUpdateCostsFewAllocations(t *testing.T) {
	if raceOn {
		t.Skip("under the race detector sync.Pool forgets at random, so that memory is made anew")
	}
	l := newLinter(t, lint.Config{})
	src := []byte(update2K)
	l.Check(src, lint.Update)
	if n := testing.AllocsPerRun(50, func() { l.Check(src, lint.Update) }); n > 20 {
		t.Errorf("Check of %d bytes makes %.0f allocations, want 20 or fewer", len(src), n)
	}
}

func TestAMissingPartIsReportedOnlyWhereItIsMissing(t *testing.T) {
	tests := []struct {
		text string
		in   lint.Context
		rule string
		want bool
	}{
		{"Card payments fail for 1 in 9 customers since 14:02 UTC.", lint.Update, "no-next-time", true},
		{"Card payments fail for 1 in 9 customers. Next update at 15:30 UTC.", lint.Update, "no-next-time", false},
		{"This incident is resolved; payments work since 15:10 UTC.", lint.Update, "no-next-time", false},
		{"Card payments fail for 1 in 9 customers since 14:02 UTC.", 0, "no-next-time", false},
		{"Card payments fail for 1 in 9 customers since 14:02 UTC.", lint.Review, "no-next-time", false},
	}
	for _, tt := range tests {
		got := false
		for _, f := range lint.Check(tt.text, tt.in) {
			got = got || f.Rule == tt.rule
		}
		if got != tt.want {
			t.Errorf("Check(%q, %d) has %s: %t, want %t", tt.text, tt.in, tt.rule, got, tt.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		"The flag was enabled.", update2K, "", "was was was been", "by by by 3 pm PT EOD end of", "\xff’s", "in 99999999999999 hours",
		"next update at 25:99 UTC on 31 February 9999-99-99", "“quoted ‘was’ broken”", "between 10:00 and", "1 in", "%", "Who? was the",
		"<!-- amends-ignore all: x -->", "in the next 0 days or within half a", "12:00–", "$", "a|b|c\n-|-|-\nwas|been|fixed",
	} {
		f.Add([]byte(s), byte(1))
	}
	l := newLinter(f, lint.Config{On: []string{"passive", "hedge", "unsourced-number", "missing"}})
	f.Fuzz(func(t *testing.T, src []byte, c byte) {
		r := l.CheckFormat(src, prose.Format(c%3), lint.Context(c&63))
		again := l.CheckFormat(src, prose.Format(c%3), lint.Context(c&63))
		if !reflect.DeepEqual(r, again) {
			t.Fatalf("two readings of %q differ:\n%+v\n%+v", src, r, again)
		}
		for _, g := range r.Findings {
			if g.Start < 0 || g.Start > g.End || g.End > len(src) || g.Quote != string(src[g.Start:g.End]) || g.Ask == "" {
				t.Fatalf("finding %+v in %q", g, src)
			}
		}
	})
}
