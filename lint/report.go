package lint

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Formats are the names that NewPrinter takes, the default first.
var Formats = []string{"text", "line", "json", "sarif", "rdjson", "github", "checkstyle"}

// Printer writes reports, one file at a time. Close writes what comes after
// the last. A Printer that met an error writes nothing more and returns it
// from Close.
type Printer struct {
	w      *bufio.Writer
	format string
	docs   string
	err    error
	files  int
	total  [Error + 1]int
	sarif  sarifLog
	rd     rdResult
}

// NewPrinter returns a Printer in one of the Formats. docs is the address that
// rule pages stand under; "" leaves links out.
func NewPrinter(w io.Writer, format, docs string) (*Printer, error) {
	known := false
	for _, f := range Formats {
		known = known || f == format
	}
	if !known {
		return nil, fmt.Errorf("no format is named %s: use one of %s", format, strings.Join(Formats, ", "))
	}
	p := &Printer{w: bufio.NewWriterSize(w, 32<<10), format: format, docs: docs}
	switch format {
	case "checkstyle":
		p.printf("%s<checkstyle version=\"1.0\">\n", xml.Header)
	case "json":
		p.printf("{\"v\":1,\"files\":[")
	case "sarif":
		p.sarif = newSARIF(docs)
	case "rdjson":
		p.rd.Source.Name = "amends lint"
	}
	return p, nil
}

func (p *Printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// Print writes one file's report.
func (p *Printer) Print(path string, r Report) {
	for _, f := range r.Findings {
		p.total[f.Severity]++
	}
	switch p.format {
	case "text":
		p.text(path, r)
	case "line":
		for _, f := range r.Findings {
			p.printf("%s:%d:%d:%s:%s\n", path, f.From.Line, f.From.Column, f.Rule, message(f))
		}
	case "json":
		p.json(path, r)
	case "sarif":
		p.sarif.add(path, r)
	case "rdjson":
		p.rd.add(path, r, p.docs)
	case "github":
		for _, f := range r.Findings {
			level := [...]string{"notice", "warning", "error"}[f.Severity]
			p.printf("::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n", level, escapeProperty(path),
				f.From.Line, f.To.Line, f.From.Column, f.To.Column, escapeProperty(f.Rule), escapeData(message(f)))
		}
	case "checkstyle":
		p.checkstyle(path, r)
	}
	p.files++
}

// Close writes the end and returns the first error.
func (p *Printer) Close() error {
	switch p.format {
	case "json":
		p.printf("]}\n")
	case "checkstyle":
		p.printf("</checkstyle>\n")
	case "sarif":
		p.marshal(p.sarif)
	case "rdjson":
		if p.rd.Diagnostics == nil {
			p.rd.Diagnostics = []rdDiagnostic{}
		}
		p.marshal(p.rd)
	}
	if p.err != nil {
		return fmt.Errorf("write findings: %w", p.err)
	}
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}

// Total returns how many findings of that severity or a greater one were
// printed.
func (p *Printer) Total(atLeast Severity) int {
	n := 0
	for s := atLeast; s <= Error; s++ {
		n += p.total[s]
	}
	return n
}

func (p *Printer) marshal(v any) {
	if p.err != nil {
		return
	}
	e := json.NewEncoder(p.w)
	e.SetEscapeHTML(false)
	p.err = e.Encode(v)
}

// message is a finding in one line.
func message(f Finding) string {
	r, ok := Find(f.Rule)
	switch {
	case !ok:
		return f.Ask
	case f.Quote == "":
		return r.Title + ". " + f.Ask
	}
	return fmt.Sprintf("%q: %s. %s", oneLine(f.Quote), r.Title, f.Ask)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// text writes findings for people: the line, a caret, the question.
func (p *Printer) text(path string, r Report) {
	for _, f := range r.Findings {
		title := f.Rule
		if rule, ok := Find(f.Rule); ok {
			title = rule.Title
		}
		p.printf("%s:%d:%d  %s  %s (%s)\n", path, f.From.Line, f.From.Column, f.Severity, title, f.Rule)
		if f.Quote != "" {
			line, from, width := caret(f)
			p.printf("    %s\n    %s%s\n", line, strings.Repeat(" ", from), strings.Repeat("^", max(1, width)))
		}
		p.printf("    %s\n", f.Ask)
		if f.Safe {
			p.printf("    rewrite: %q\n", f.Rewrite)
		}
		p.printf("\n")
	}
}

// caret returns the excerpt with tabs as spaces, and where in it the quote
// stands, in code points.
func caret(f Finding) (line string, from, width int) {
	at := strings.Index(f.Excerpt, f.Quote)
	if want := f.From.Byte - 1; want >= 0 && want <= len(f.Excerpt) && strings.HasPrefix(f.Excerpt[want:], f.Quote) {
		at = want
	}
	quote, _, _ := strings.Cut(f.Quote, "\n")
	if at < 0 {
		at = strings.Index(f.Excerpt, quote)
	}
	if at < 0 {
		at, quote = 0, ""
	}
	line = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(f.Excerpt, "?"))
	return line, utf8.RuneCountInString(f.Excerpt[:at]), utf8.RuneCountInString(quote)
}

type jsonFile struct {
	Path     string        `json:"path"`
	Findings []jsonFinding `json:"findings"`
	Marks    []jsonMark    `json:"marks"`
	Stats    jsonStats     `json:"stats"`
}

type jsonFinding struct {
	Rule     string  `json:"rule"`
	Kind     string  `json:"kind,omitempty"`
	Severity string  `json:"severity"`
	Start    int     `json:"start"`
	End      int     `json:"end"`
	Line     int     `json:"line"`
	Column   int     `json:"column"`
	EndLine  int     `json:"end_line"`
	EndCol   int     `json:"end_column"`
	Quote    string  `json:"quote"`
	Ask      string  `json:"ask"`
	Rewrite  *string `json:"rewrite,omitempty"`
}

type jsonMark struct {
	Kind  string `json:"kind"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Quote string `json:"quote"`
}

type jsonStats struct {
	Words     int            `json:"words"`
	Sentences int            `json:"sentences"`
	Passives  int            `json:"passives"`
	Agentless int            `json:"agentless"`
	We        int            `json:"we"`
	I         int            `json:"i"`
	Rules     map[string]int `json:"rules,omitempty"`
}

func (p *Printer) json(path string, r Report) {
	out := jsonFile{Path: path, Findings: []jsonFinding{}, Marks: []jsonMark{}, Stats: jsonStats{
		r.Stats.Words, r.Stats.Sentences, r.Stats.Passives, r.Stats.Agentless, r.Stats.We, r.Stats.I, r.Stats.Rules}}
	for _, f := range r.Findings {
		j := jsonFinding{Rule: f.Rule, Kind: f.Kind, Severity: f.Severity.String(), Start: f.Start, End: f.End,
			Line: f.From.Line, Column: f.From.Column, EndLine: f.To.Line, EndCol: f.To.Column, Quote: f.Quote, Ask: f.Ask}
		if f.Safe {
			j.Rewrite = &f.Rewrite
		}
		out.Findings = append(out.Findings, j)
	}
	for _, m := range r.Marks {
		out.Marks = append(out.Marks, jsonMark{m.Kind.String(), m.Start, m.End, m.Quote})
	}
	if p.files > 0 {
		p.printf(",\n")
	}
	p.marshal(out)
}

func (p *Printer) checkstyle(path string, r Report) {
	p.printf("<file name=\"%s\">\n", escapeXML(path))
	for _, f := range r.Findings {
		level := [...]string{"info", "warning", "error"}[f.Severity]
		p.printf("<error line=\"%d\" column=\"%d\" severity=\"%s\" message=\"%s\" source=\"amends.%s\"/>\n",
			f.From.Line, f.From.Column, level, escapeXML(message(f)), f.Rule)
	}
	p.printf("</file>\n")
}

func escapeXML(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a Builder takes every write
	}
	return b.String()
}

// escapeData and escapeProperty are GitHub's rules for workflow commands.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
