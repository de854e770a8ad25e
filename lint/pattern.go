package lint

import (
	"fmt"
	"strings"
)

// A pattern is a row of words to look for in a sentence. It is written as
// words parted by spaces:
//
//	word        this word, in any case
//	a|b         one of these words
//	<class>     a word of the class, see classes
//	x?          may be left out
//	..          up to three words of any kind but a full stop
//	!a|b        not one of these words here; looks and takes nothing
//	^           the sentence's first word comes next
//	$           the sentence ends here, marks aside
//
// The search begins at the pattern's rarest word, so that a text is read once
// however many patterns there are.
type pattern struct {
	rule   int16 // what matches it; see patternTable
	detail int16 // a number for the rule
	elems  []elem
	anchor int
	text   string
}

type elem struct {
	kind     elemKind
	optional bool
	ids      []uint16
	class    tag
}

type elemKind uint8

const (
	anyOf   elemKind = iota // ids or class
	gap                     // ..
	noneOf                  // !
	atStart                 // ^
	atEnd                   // $
)

var classes = map[string]tag{
	"be": tBe | tClitic, "get": tGet, "have": tHave, "do": tDo, "modal": tModal, "will": tWill, "not": tNot, "adv": tAdverb | tNot,
	"det": tDet, "subj": tSubject, "obj": tObject, "i": tI, "we": tWe, "you": tYou, "they": tThey, "prep": tPrep,
	"and": tAnd, "part": tPart, "past": tPart | tPast, "ing": tIng, "num": tNum, "unit": tUnit, "people": tPeople,
	"person": tPerson, "vendor": tVendor, "punct": tPunct, "comma": tComma, "cap": tCap, "fault": tFault,
	"own": tI | tWe, "vague": tVague, "code": tCode, "month": tMonth, "day": tDay, "degree": tDegree, "wh": tWh, "adj": tAdj,
}

// Words too frequent to begin a search at.
var frequent = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`the a an and or but of to in on at by for with from as is are was were be been it this that
		these those we i you they he she our my your their its not no have has had do did will would can could should may
		might all any some one if so when which who what how there then than up out about into more also only us me them
		being just very too . , : ; - ( ) % does don't didn't i'm we're it's are aren't wasn't next new time`) {
		m[w] = true
	}
	return m
}()

// source is a pattern as the rules write it.
type source struct {
	rule   int16
	detail int16
	text   string
}

// compile reads the patterns and indexes them by their anchors.
func (l *language) compile(rows []source) {
	for _, row := range rows {
		for line := range strings.SplitSeq(row.text, "\n") {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			p := l.parsePattern(line)
			p.rule, p.detail = row.rule, row.detail
			l.patterns = append(l.patterns, p)
		}
	}
	l.byAnchor = make([][]uint16, len(l.entries))
	for n, p := range l.patterns {
		for _, id := range p.elems[p.anchor].ids {
			l.byAnchor[id] = append(l.byAnchor[id], uint16(n))
			l.entries[id].tags |= tAnchor
		}
	}
}

// parsePattern panics on a pattern that cannot be read: the table is ours.
func (l *language) parsePattern(line string) pattern {
	p := pattern{text: line, anchor: -1}
	best := 0
	for f := range strings.FieldsSeq(line) {
		e := elem{}
		switch {
		case f == "..":
			e.kind = gap
		case f == "^":
			e.kind = atStart
		case f == "$":
			e.kind = atEnd
		default:
			if strings.HasSuffix(f, "?") && len(f) > 1 {
				e.optional, f = true, f[:len(f)-1]
			}
			if strings.HasPrefix(f, "!") && len(f) > 1 {
				e.kind, f = noneOf, f[1:]
			}
			rank := 2
			for w := range strings.SplitSeq(f, "|") {
				if name, ok := strings.CutPrefix(w, "<"); ok && len(w) > 2 {
					class, known := classes[strings.TrimSuffix(name, ">")]
					if !known {
						panic(fmt.Sprintf("lint: pattern %q: no class %s", line, w))
					}
					e.class |= class
					rank = 0
					continue
				}
				if frequent[w] {
					rank = min(rank, 1)
				}
				e.ids = append(e.ids, l.add(w, 0))
			}
			if e.kind == anyOf && !e.optional && rank > best {
				best, p.anchor = rank, len(p.elems)
			}
		}
		p.elems = append(p.elems, e)
	}
	if p.anchor < 0 {
		panic(fmt.Sprintf("lint: pattern %q has no word to begin at", line))
	}
	return p
}

// match reports whether the pattern stands around token i, and from where to
// where.
func (x *text) match(p *pattern, i int) (from, to int, ok bool) {
	to, ok = x.forward(p.elems[p.anchor+1:], i+1)
	if !ok {
		return 0, 0, false
	}
	from, ok = x.backward(p.elems[:p.anchor], i)
	return from, to, ok
}

func (x *text) forward(elems []elem, i int) (int, bool) {
	if len(elems) == 0 {
		return i, true
	}
	e := &elems[0]
	switch e.kind {
	case gap:
		for n := 0; n <= 3 && i+n <= len(x.toks); n++ {
			if to, ok := x.forward(elems[1:], i+n); ok {
				return to, true
			}
			if x.at(i+n)&tEnd != 0 {
				break
			}
		}
		return 0, false
	case noneOf:
		if i < len(x.toks) && e.takes(x.toks[i]) {
			return 0, false
		}
		return x.forward(elems[1:], i)
	case atStart:
		return 0, false
	case atEnd:
		for k := i; k < len(x.toks); k++ {
			if x.toks[k].tags&tPunct == 0 {
				return 0, false
			}
		}
		return x.forward(elems[1:], i)
	}
	if i < len(x.toks) && e.takes(x.toks[i]) {
		if to, ok := x.forward(elems[1:], i+1); ok {
			return to, true
		}
	}
	if e.optional {
		return x.forward(elems[1:], i)
	}
	return 0, false
}

// backward matches elems so that they end before token i.
func (x *text) backward(elems []elem, i int) (int, bool) {
	if len(elems) == 0 {
		return i, true
	}
	e, rest := &elems[len(elems)-1], elems[:len(elems)-1]
	switch e.kind {
	case gap:
		for n := 0; n <= 3 && i-n >= 0; n++ {
			if from, ok := x.backward(rest, i-n); ok {
				return from, true
			}
		}
		return 0, false
	case noneOf:
		if i > 0 && e.takes(x.toks[i-1]) {
			return 0, false
		}
		return x.backward(rest, i)
	case atStart:
		for k := 0; k < i; k++ {
			if x.toks[k].tags&tPunct == 0 {
				return 0, false
			}
		}
		return x.backward(rest, i)
	case atEnd:
		return 0, false
	}
	if i > 0 && e.takes(x.toks[i-1]) {
		if from, ok := x.backward(rest, i-1); ok {
			return from, true
		}
	}
	if e.optional {
		return x.backward(rest, i)
	}
	return 0, false
}

func (e *elem) takes(t token) bool {
	if e.class&t.tags != 0 {
		return true
	}
	for _, id := range e.ids {
		if id == t.id && id != 0 {
			return true
		}
	}
	return false
}
