package lint_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"amends.dev/lint"
)

const reported = "# Notes\n\nÜber:\tthe flag was enabled too early, 100% and\nwe utilised it.\n"

func printed(t *testing.T, format string) string {
	t.Helper()
	var out bytes.Buffer
	p, err := lint.NewPrinter(&out, format, "https://amends.dev/rules/")
	if err != nil {
		t.Fatal(err)
	}
	l := newLinter(t, lint.Config{Off: []string{"no", "vague"}})
	r := l.Check([]byte(reported), lint.Review)
	p.Print("a:b,c.md", r)
	p.Print("empty.md", lint.Report{})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if n := p.Total(lint.Suggestion); n != len(r.Findings) || n != 2 {
		t.Errorf("Total = %d of %d findings, want 2: %+v", n, len(r.Findings), r.Findings)
	}
	return out.String()
}

func TestTextShowsTheLineWithACaretUnderTheWords(t *testing.T) {
	got := printed(t, "text")
	want := "a:b,c.md:3:16  suggestion  No one did it (agent-hidden)\n" +
		"    Über: the flag was enabled too early, 100% and\n" +
		"                   ^^^^^^^^^^^\n" +
		"    Who enabled?\n\n"
	if !strings.HasPrefix(got, want) {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
	if !strings.Contains(got, "rewrite: \"used\"") {
		t.Errorf("printed\n%s\nwithout the rewrite", got)
	}
}

func TestLineAndAnnotationsAreOneLineAFinding(t *testing.T) {
	if got := printed(t, "line"); !strings.HasPrefix(got, "a:b,c.md:3:16:agent-hidden:\"was enabled\": No one did it. Who enabled?\n") {
		t.Errorf("printed %s", got)
	}
	got := printed(t, "github")
	if !strings.HasPrefix(got, "::notice file=a%3Ab%2Cc.md,line=3,endLine=3,col=16,endColumn=27,title=agent-hidden::") || strings.Count(got, "\n") != 2 {
		t.Errorf("printed %s", got)
	}
}

func TestStructuredFormatsParse(t *testing.T) {
	var j struct {
		V     int
		Files []struct {
			Path     string
			Findings []struct {
				Rule       string
				Start, End int
				Rewrite    *string
			}
		}
	}
	if err := json.Unmarshal([]byte(printed(t, "json")), &j); err != nil || j.V != 1 || len(j.Files) != 2 || len(j.Files[0].Findings) != 2 {
		t.Errorf("json: %v, %+v", err, j)
	} else if f := j.Files[0].Findings[1]; f.Rewrite == nil || *f.Rewrite != "used" || reported[f.Start:f.End] != "utilised" {
		t.Errorf("json finding %+v", f)
	}
	var x struct {
		Files []struct {
			Name   string `xml:"name,attr"`
			Errors []struct {
				Line   int    `xml:"line,attr"`
				Source string `xml:"source,attr"`
			} `xml:"error"`
		} `xml:"file"`
	}
	if err := xml.Unmarshal([]byte(printed(t, "checkstyle")), &x); err != nil || len(x.Files) != 2 || x.Files[0].Name != "a:b,c.md" || x.Files[0].Errors[0].Line != 3 {
		t.Errorf("checkstyle: %v, %+v", err, x)
	}
	var rd struct {
		Diagnostics []struct {
			Location struct {
				Path  string
				Range struct{ Start, End struct{ Line, Column int } }
			}
			Suggestions []struct{ Text string }
		}
	}
	if err := json.Unmarshal([]byte(printed(t, "rdjson")), &rd); err != nil || len(rd.Diagnostics) != 2 {
		t.Fatalf("rdjson: %v, %+v", err, rd)
	}
	if s := rd.Diagnostics[0].Location.Range; s.Start.Line != 3 || s.Start.Column != 17 || s.End.Column != 28 {
		t.Errorf("rdjson counts bytes: %+v, want columns 17 to 28", s)
	}
}

func TestSARIFNamesARuleAndAPlaceForEveryResult(t *testing.T) {
	var s struct {
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Locations []struct {
					PhysicalLocation struct {
						Region struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(printed(t, "sarif")), &s); err != nil || s.Version != "2.1.0" || len(s.Runs) != 1 {
		t.Fatalf("sarif: %v, %+v", err, s)
	}
	run := s.Runs[0]
	if run.ColumnKind != "unicodeCodePoints" || len(run.Results) != 2 {
		t.Fatalf("run %+v", run)
	}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || len(r.Locations) != 1 || r.Locations[0].PhysicalLocation.Region.StartLine < 1 || r.Locations[0].PhysicalLocation.Region.EndColumn < 1 {
			t.Errorf("result %+v", r)
		}
	}
}

func TestSafeRewritesAreAppliedWithTheirCapital(t *testing.T) {
	src := []byte("Utilising X, we utilised Y due to the fact that Z failed.\n")
	r := newLinter(t, lint.Config{}).Check(src, lint.Review)
	got, n := lint.Rewrite(src, r.Findings)
	if want := "Using X, we used Y because Z failed.\n"; string(got) != want || n != 3 {
		t.Errorf("Rewrite = %q, %d, want %q, 3", got, n, want)
	}
	if again := newLinter(t, lint.Config{}).Check(got, lint.Review); len(again.Findings) > 0 {
		for _, f := range again.Findings {
			if f.Safe {
				t.Errorf("a rewrite is left: %+v", f)
			}
		}
	}
}

func TestAnUnknownFormatIsNamedWithTheKnownOnes(t *testing.T) {
	if _, err := lint.NewPrinter(&bytes.Buffer{}, "yaml", ""); err == nil || !strings.Contains(err.Error(), "sarif") {
		t.Errorf("NewPrinter(yaml) = %v", err)
	}
}
