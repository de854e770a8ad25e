package lint

import (
	"bytes"
	"cmp"
	"slices"

	"amends.dev/prose"
)

// A pass is the reading of one text. Its buffers outlive it.
type pass struct {
	text
	l        *Linter
	doc      *prose.Document
	context  Context
	strict   bool
	findings []Finding
	marks    []Mark
	hits     []hit
	passives []passive
	promises []promised
	ignores  []ignore
	stats    Stats
	seen     markSet // kinds of mark in the whole text
	here     markSet // kinds of mark in this sentence
	offset   int     // where this part starts in the whole text
	closed   bool    // the text says that it is over
	clocked  bool    // it says since when
	peopled  bool    // it says who is affected
	said     []uint64
	acronyms []string
	double   []int // see dropDoubles
	places   prose.Positions
	last     prose.Position // the end of what was read
}

// hit is a match of a pattern.
type hit struct {
	phrase   int16
	from, to int
}

func (p *pass) reset() {
	p.findings, p.marks = p.findings[:0], p.marks[:0]
	p.ignores, p.stats, p.seen, p.offset = p.ignores[:0], Stats{}, 0, 0
	p.closed, p.clocked, p.peopled = false, false, false
	p.said, p.acronyms = p.said[:0], p.acronyms[:0]
}

// part checks the document at hand, which may be a part of the text.
func (p *pass) part(whole bool) {
	findings, marks := len(p.findings), len(p.marks)
	p.ignores = appendIgnores(p.ignores, p.doc, p.offset)
	for i := range p.doc.Sentences {
		b := &p.doc.Blocks[p.doc.Sentences[i].Block]
		if b.Kind == prose.Quote {
			continue
		}
		p.load(i)
		p.check()
	}
	p.quote(findings, marks, whole)
	if !whole {
		lines := bytes.Count(p.doc.Source, []byte{'\n'})
		p.last = prose.Position{Line: p.doc.BaseLine + lines + 1, Column: 1, Byte: 1}
	}
}

// check runs everything over the sentence at hand.
func (p *pass) check() {
	p.count()
	p.here = 0
	p.hits = p.hits[:0]
	if p.any&tAnchor != 0 {
		p.find()
	}
	p.findPassives()
	p.recognise()
	p.seen |= p.here
	if p.block.Kind == prose.Heading {
		return
	}
	for _, h := range p.hits {
		if ph := &phrases[h.phrase]; ph.rule != "" {
			p.reportHit(ph, h)
		}
	}
	for _, r := range sentenceRules {
		if p.l.rules[r.number].on && r.For&p.context != 0 {
			r.sentence(p)
		}
	}
}

// quote fills in the quotes and places of what the part at hand added. The
// quotes are parts of one string; a part of a longer text is not kept for the
// sake of a quote.
func (p *pass) quote(findings, marks int, whole bool) {
	if len(p.findings) == findings && len(p.marks) == marks {
		return
	}
	src := p.doc.Source
	cut := func(start, end int) string { return string(src[start:end]) }
	if whole {
		text := string(src)
		cut = func(start, end int) string { return text[start:end] }
	}
	p.places.Reset(src, p.doc.BaseLine)
	for i := findings; i < len(p.findings); i++ {
		f := &p.findings[i]
		start, end := f.Start-p.offset, f.End-p.offset
		f.Quote = cut(start, end)
		f.From, f.To = p.places.At(start), p.places.At(end)
		a, b := p.places.LineSpan(start)
		f.Excerpt = cut(max(a, start-excerptReach), min(b, start+excerptReach))
	}
	for i := marks; i < len(p.marks); i++ {
		m := &p.marks[i]
		m.Quote = cut(m.Start-p.offset, m.End-p.offset)
	}
}

// excerptReach is how much of a long line an excerpt shows on each side.
const excerptReach = 160

// find collects the matches of all patterns in the sentence, the longest of
// those of one phrase that overlap.
func (p *pass) find() {
	for i := range p.toks {
		t := &p.toks[i]
		if t.tags&tAnchor == 0 {
			continue
		}
		for _, n := range p.lang.byAnchor[t.id] {
			pt := &p.lang.patterns[n]
			from, to, ok := p.match(pt, i)
			if !ok {
				continue
			}
			if g := phrases[pt.rule].guard; g != nil && !g(&p.text, from, to) {
				continue
			}
			p.addHit(hit{pt.rule, from, to})
		}
	}
}

func (p *pass) addHit(h hit) {
	for i := range p.hits {
		o := &p.hits[i]
		if o.phrase == h.phrase && h.from < o.to && o.from < h.to {
			if h.to-h.from > o.to-o.from {
				*o = h
			}
			return
		}
	}
	p.hits = append(p.hits, h)
}

func (p *pass) reportHit(ph *phrase, h hit) {
	n := phraseRule[h.phrase]
	if !p.l.rules[n].on || ruleList[n].For&p.context == 0 || ph.in != 0 && ph.in&p.context == 0 {
		return
	}
	p.add(n, ph.kind, ph.ask, h.from, h.to, ph.rewrite, ph.safe)
}

// add records a finding about tokens from up to, not including, to, unless
// they are somebody else's words or an overlapping finding of the rule stands.
func (p *pass) add(rule int, kind, ask string, from, to int, rewrite string, safe bool) {
	if from >= to || p.at(from)&tQuoted != 0 {
		return
	}
	start, end := p.span(from, to)
	start, end = start+p.offset, end+p.offset
	id := ruleList[rule].ID
	for i := len(p.findings) - 1; i >= 0 && i > len(p.findings)-8; i-- {
		f := &p.findings[i]
		if f.Rule == id && f.Start < end && start < f.End {
			return
		}
	}
	p.findings = append(p.findings, Finding{
		Rule: id, Kind: kind, Severity: p.l.rules[rule].severity, Start: start, End: end, Ask: ask, Rewrite: rewrite, Safe: safe,
	})
}

// missing records that the whole text lacks a part.
func (p *pass) missing(rule int, kind, ask string) {
	end := p.offset + len(p.doc.Source)
	p.findings = append(p.findings, Finding{
		Rule: ruleList[rule].ID, Kind: kind, Severity: p.l.rules[rule].severity, Start: end, End: end, Ask: ask,
		From: p.last, To: p.last,
	})
}

// count adds the sentence to the statistics.
func (p *pass) count() {
	if p.block.Kind == prose.Heading {
		return
	}
	words := 0
	for i := range p.toks {
		t := p.toks[i].tags
		if t&(tPunct|tCode|tQuoted) != 0 {
			continue
		}
		words++
		if t&(tI|tWe) != 0 {
			if t&tI != 0 {
				p.stats.I++
			} else {
				p.stats.We++
			}
		}
	}
	p.stats.Words += words
	if words > 1 {
		p.stats.Sentences++
	}
}

// finish runs the rules that look at the whole text and drops what the writer
// asked to ignore.
func (p *pass) finish() {
	if p.offset == 0 {
		p.places.Reset(p.doc.Source, p.doc.BaseLine)
		p.last = p.places.At(len(p.doc.Source))
	}
	for _, r := range documentRules {
		if p.l.rules[r.number].on && r.For&p.context != 0 {
			r.document(p)
		}
	}
	p.dropIgnored()
	slices.SortStableFunc(p.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.End, b.End))
	})
	p.dropDoubles()
	slices.SortStableFunc(p.marks, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Kind, b.Kind))
	})
}

// dropDoubles leaves out a quantity that another rule asks about already.
func (p *pass) dropDoubles() {
	n := mustNumber(weasel.ID)
	if !p.l.rules[n].on {
		return
	}
	asked := func(i int) bool {
		f := p.findings[i]
		for _, g := range p.findings[max(0, i-4):min(i+5, len(p.findings))] {
			if (g.Rule == minimising.ID || g.Rule == vague.ID) && g.Start < f.End && f.Start < g.End {
				return true
			}
		}
		return false
	}
	double := p.double[:0]
	for i, f := range p.findings {
		if f.Rule == weasel.ID && asked(i) {
			double = append(double, i)
		}
	}
	p.double = double
	if len(double) == 0 {
		return
	}
	next, kept := 0, p.findings[:0]
	for i, f := range p.findings {
		if next < len(double) && double[next] == i {
			next++
			continue
		}
		kept = append(kept, f)
	}
	p.findings = kept
}

func (p *pass) report() Report {
	r := Report{Stats: p.stats}
	if len(p.marks) > 0 {
		r.Marks = slices.Clone(p.marks)
	}
	if len(p.findings) > 0 {
		r.Findings = slices.Clone(p.findings)
		r.Stats.Rules = map[string]int{}
		for _, f := range r.Findings {
			r.Stats.Rules[f.Rule]++
		}
	}
	return r
}
