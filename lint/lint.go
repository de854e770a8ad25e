// Package lint checks what people write after something went wrong for what
// costs trust: who did it, what exactly, when next, how we know.
//
// In comes a text and what it is for (an update, a review, a story …). Out
// come findings, each with the exact bytes it is about, one question to the
// writer and, where no meaning can be lost, a rewrite; marks for what the text
// does well (ownership, cause, action, impact, lesson, commitment); and counts.
//
// The package works on words alone. It never scolds, never guesses at guilt,
// never sends a text anywhere and never holds one back: a finding is advice.
// The same bytes give the same findings, on every machine. A Linter may be
// used by several goroutines at once.
package lint

import (
	"io"
	"sync"

	"amends.dev/prose"
)

// Context is what a text is for. Contexts can be combined into a set.
type Context uint8

// The contexts. The zero value stands for all of them: every rule applies that
// applies anywhere, except those that look for missing parts.
const (
	Update     Context = 1 << iota // a status update while an incident is open
	Review                         // a post-incident review
	Story                          // one person's account of a mistake, for an interview or a promotion
	Apology                        // a letter or notice to those harmed
	Commit                         // a commit message
	Ticket                         // an action item, ticket or work log
	anyContext = Update | Review | Story | Apology | Commit | Ticket
)

// Severity says how much a finding matters. None of them blocks anything.
type Severity uint8

// The severities, least first.
const (
	Suggestion Severity = iota // style; worth a thought
	Warning                    // readers are likely to stumble over it
	Error                      // a part that the text is for is missing
)

var severityNames = [...]string{"suggestion", "warning", "error"}

// String returns the severity's name.
func (s Severity) String() string { return severityNames[s] }

// Finding is one piece of advice about one stretch of text.
type Finding struct {
	Rule     string // the rule's ID
	Kind     string // which of the rule's cases; "" if it has but one
	Severity Severity
	Start    int    // first byte in the text; for a missing part, both are the text's end
	End      int    // byte behind the last
	Quote    string // the text between them
	Ask      string // one question to the writer
	Rewrite  string // what could stand there instead; "" may mean leaving it out, see Safe
	Safe     bool   // Rewrite keeps the meaning and may be applied by a machine

	From, To prose.Position // Start and End as lines and columns
	Excerpt  string         // the line that Start is in; of a long line, the part around it
}

// Report is what a text came to.
type Report struct {
	Findings []Finding // by Start, then by rule
	Marks    []Mark    // by Start, then by kind
	Stats    Stats
}

// Stats counts a text. The densities of the rules follow from them.
type Stats struct {
	Words     int            // letters and numbers, without code, quotations and headings
	Sentences int            // sentences with a verb's worth of words: two or more
	Passives  int            // sentences with a finite passive
	Agentless int            // passives without a by-agent
	We, I     int            // we, us, our · I, me, my
	Rules     map[string]int // findings by rule; nil without any
}

// Check returns the findings of a text with the standard rules, read as
// Markdown.
func Check(src string, c Context) []Finding {
	return standard().Check([]byte(src), c).Findings
}

var standard = sync.OnceValue(func() *Linter {
	l, err := New(Config{})
	if err != nil {
		panic(err) // the zero Config is valid
	}
	return l
})

// Linter is a set of rules, made ready. See New.
type Linter struct {
	config Config
	rules  [ruleLimit]setting // by the rule's number
	terms  map[string]bool    // words allowed, in lower case
	lang   *language
	pool   sync.Pool // *pass
}

// setting is a rule as configured.
type setting struct {
	on       bool
	severity Severity
}

// Check reads a text as Markdown and returns what the rules find in it.
func (l *Linter) Check(src []byte, c Context) Report {
	return l.CheckFormat(src, prose.Markdown, c)
}

// CheckFormat is Check for a text in any format.
func (l *Linter) CheckFormat(src []byte, f prose.Format, c Context) Report {
	p := l.begin(c)
	p.doc.Read(src, f)
	p.part(true)
	p.finish()
	r := p.report()
	l.end(p)
	return r
}

// CheckReader is CheckFormat for a text of any size: it holds about one
// mebibyte of it at a time.
func (l *Linter) CheckReader(r io.Reader, f prose.Format, c Context) (Report, error) {
	p := l.begin(c)
	defer l.end(p)
	s := prose.NewScanner(r, f)
	own := p.doc
	defer func() { p.doc, p.text.doc = own, own }()
	for s.Scan() {
		p.doc = s.Document()
		p.text.doc = p.doc
		p.offset = int(p.doc.Base)
		p.part(false)
	}
	if err := s.Err(); err != nil {
		return Report{}, err
	}
	p.finish()
	return p.report(), nil
}

// begin takes a pass out of the pool.
func (l *Linter) begin(c Context) *pass {
	p, ok := l.pool.Get().(*pass)
	if !ok {
		p = &pass{l: l, doc: new(prose.Document)}
		p.text.lang = l.lang
	}
	p.text.doc = p.doc
	p.context = c
	p.strict = c != 0 // only a known context can miss a part
	if c == 0 {
		p.context = anyContext
	}
	p.reset()
	return p
}

func (l *Linter) end(p *pass) {
	p.doc.Source, p.text.doc = nil, nil
	l.pool.Put(p)
}
