package lint

import (
	"hash/maphash"
	"strings"
	"time"
)

// Rules about numbers, and those that look across sentences.

var relativeOrPoints = Rule{
	ID:       "relative-or-points",
	Title:    "Per cent of what",
	Why:      "From 2 % to 3 % is one point or a half more; readers cannot tell which you mean.",
	Bad:      "Errors rose by 5 %.",
	Good:     "Errors rose from 2 % to 7 % of requests.",
	Blind:    "Whether another sentence names both ends.",
	For:      Review | Story | Update | Apology,
	Severity: Suggestion,
	sentence: checkRelative,
}

var unsourcedNumber = Rule{
	ID:       "unsourced-number",
	Title:    "A number without its source",
	Why:      "A number that can be looked up is believed; one that cannot is a claim.",
	Bad:      "We reduced downtime by 40 %.",
	Good:     "We reduced downtime by 40 %, from 50 to 30 minutes a month on the status page's own record.",
	Blind:    "A source in another sentence.",
	For:      Story | Review,
	Severity: Suggestion,
	Off:      true,
	sentence: checkUnsourced,
}

var missingSince = Rule{
	ID:       "missing-since",
	Title:    "Since when",
	Why:      "Readers look whether it could have hit them; for that they need its start.",
	Bad:      "Card payments are failing.",
	Good:     "Card payments have been failing since 14:02 UTC.",
	Blind:    "A start that stands in a field of its own.",
	For:      Update,
	Severity: Suggestion,
	Off:      true,
	document: checkSince,
}

var missingWhom = Rule{
	ID:       "missing-whom",
	Title:    "Who is affected",
	Why:      "The first thing a reader asks is: is it me?",
	Bad:      "The API is returning errors.",
	Good:     "The API is returning errors to customers in Europe.",
	Blind:    "Components that say whom they serve.",
	For:      Update,
	Severity: Suggestion,
	Off:      true,
	document: checkWhom,
}

// addTo is add by the rule's ID.
func (p *pass) addTo(rule, kind, ask string, from, to int) {
	p.add(mustNumber(rule), kind, ask, from, to, "", false)
}

func checkRelative(p *pass) {
	x := &p.text
	if x.any&tNum == 0 {
		return
	}
	for i := range x.toks {
		if !x.is(i, "%", "percent") || i == 0 || x.at(i-1)&tNum == 0 {
			continue
		}
		change := -1
		for j := i - 2; j >= 0 && j > i-7; j-- {
			if x.is(j, "by", "a", "an") && x.changeVerb(j) {
				change = j
			}
		}
		up := x.is(i+1, "increase", "decrease", "reduction", "improvement", "drop", "rise", "growth", "decline", "more", "less", "fewer", "faster", "slower", "higher", "lower", "better")
		if change < 0 && !up {
			continue
		}
		for j := range x.toks {
			if x.is(j, "from", "points", "point", "pp", "compared", "versus", "vs", "relative", "was", "baseline") && !(x.is(j, "was") && j < i) {
				return
			}
		}
		p.addTo("relative-or-points", "", "From what to what, and of what?", i-1, i+1)
	}
}

var changes = wordList(`rose rise risen rising increased increase increasing fell fall fallen dropped drop reduced reduce reduces reducing decreased decrease
	improved improve improving grew grow grown cut lowered raised up down shrank shrunk saw declined decline`)

func (x *text) changeVerb(by int) bool {
	for j := by - 1; j >= 0 && j > by-7; j-- {
		if x.has(j, changes) {
			return true
		}
	}
	return false
}

func checkUnsourced(p *pass) {
	x := &p.text
	if x.any&tNum == 0 {
		return
	}
	for i := range x.toks {
		if !x.is(i, "%", "percent") || i == 0 || x.at(i-1)&tNum == 0 {
			continue
		}
		for j := range x.toks {
			if x.is(j, "according", "measured", "dashboard", "counted", "logs", "log", "metrics", "metric", "grafana", "prometheus", "survey", "monitoring", "record", "records", "report", "data", "tracked", "source", "shows", "showed", "see", "per") || x.at(j)&tCode != 0 {
				return
			}
		}
		p.addTo("unsourced-number", "", "Where can a reader look it up?", i-1, i+1)
		return
	}
}

// checkFixTime finds a repair time promised as a fact.
func checkFixTime(p *pass) {
	if p.any&tWill == 0 || p.anyList&estimateWords != 0 {
		return
	}
	for _, w := range p.promises {
		if w.sure >= 0.7 && w.kind == Fix && !w.every {
			p.addTo("false-certainty", "fix-time", "Can you know that? You can always promise when you will write again.", w.from, w.to)
		}
	}
}

// estimateWords turn a repair time into a forecast, which claims less.
var estimateWords = wordList(`expect expected estimate estimated hope aim target targeting about around likely plan scheduled planned roughly
	approximately anticipate eta should if`)

// reference stands for the moment of posting where only the words matter.
var reference = time.Date(2026, 1, 7, 9, 0, 0, 0, time.UTC)

// checkRepeated finds a sentence that the text has said before.
func checkRepeated(p *pass) {
	s := p.doc.Sentences[p.sent]
	if len(p.toks) < 6 {
		return
	}
	h := maphash.Bytes(seed, p.doc.Source[s.Start:s.End])
	for _, o := range p.said {
		if o == h {
			p.addTo("repeated", "", "What is new since you last said this?", 0, len(p.toks))
			return
		}
	}
	if len(p.said) < 500 {
		p.said = append(p.said, h)
	}
}

var seed = maphash.MakeSeed()

// checkAcronyms finds a row of capital letters that the text does not explain.
func checkAcronyms(p *pass) {
	x := &p.text
	last := len(x.toks)
	if x.any&tCap == 0 {
		last = min(last, 1)
	}
	for i := range last {
		t := x.toks[i].tags
		if t&(tCap|tCode|tPunct|tNum) != tCap && !(i == 0 && t&(tPunct|tCode|tNum) == 0) || t&(tVendor|tMonth|tDay) != 0 {
			continue
		}
		raw := x.raw(i)
		if len(raw) < 3 || len(raw) > 5 || known[string(raw)] || zones[x.word(i)] != "" {
			continue
		}
		for _, c := range raw {
			if c < 'A' || c > 'Z' {
				raw = nil
				break
			}
		}
		if raw == nil || x.is(i-1, "(") || x.is(i+1, "(") || x.shouting() || p.explained(string(raw)) {
			continue
		}
		p.acronyms = append(p.acronyms, string(raw))
		p.addTo("jargon", "acronym", "What does it stand for?", i, i+1)
	}
}

// explained reports an acronym that was found or explained before.
func (p *pass) explained(a string) bool {
	for _, o := range p.acronyms {
		if o == a {
			return true
		}
	}
	return false
}

// shouting reports a sentence in capitals, where they mark nothing.
func (x *text) shouting() bool {
	caps, words := 0, 0
	for i := range x.toks {
		if x.toks[i].tags&(tPunct|tNum|tCode) != 0 {
			continue
		}
		words++
		raw := x.raw(i)
		if len(raw) > 1 && raw[1] >= 'A' && raw[1] <= 'Z' {
			caps++
		}
	}
	return caps*2 > words && words > 2
}

// Acronyms that most readers of incident texts know.
var known = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(knownAcronyms) {
		m[w] = true
	}
	return m
}()

const knownAcronyms = `API APIs URL URLs UTC GMT PST PDT EST EDT CET CEST CPU RAM SSD HTTP HTTPS HTML CSS JSON YAML XML SQL SSL TLS SSH DNS CDN VPN USB PDF CSV
	FAQ CEO CTO CFO USA AWS GCP IBM IPv ISO SMS SDK CLI GUI IDE UPS GPU NASA TODO ASAP EOD FYI TBD TBA ETA OK NOT AND ALL NEW THE FOR AM PM
	QA IT HR PR UI UX DB VM OS IP ID TV UK EU US PHP ASCII INFO WARN ERROR DEBUG GET POST PUT HEAD PATCH DELETE INC SEV JVM GNU MIT RFC PNG JPG GIF
	SMTP IMAP LDAP SSO OAuth REST TCP UDP PC ATM PIN ZIP NO YES README CI CD SEO CRM FTP RSS WWW SaaS IaaS PaaS VIP MB GB TB KB`

func checkSince(p *pass) {
	if p.strict && p.stats.Words > 2 && !p.clocked && !p.closed && !p.seen.has(Impact) {
		p.missing(mustNumber("missing-since"), "", "Since when?")
	}
}

func checkWhom(p *pass) {
	if p.strict && p.stats.Words > 2 && !p.peopled && !p.closed {
		p.missing(mustNumber("missing-whom"), "", "Who is affected: which customers, where?")
	}
}
