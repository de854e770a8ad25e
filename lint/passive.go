package lint

import "amends.dev/prose"

// Passive is one finite passive of a text.
type Passive struct {
	Start, End int    // bytes from the auxiliary to the participle
	Verb       string // the participle
	ByAgent    bool   // "by" and somebody follow it
	Get        bool   // its auxiliary is a form of get
}

// Passives returns every finite passive of a plain text, in the text's order.
// "Was identified and fixed" gives both verbs.
func Passives(src string) []Passive {
	l := standard()
	p := l.begin(0)
	defer l.end(p)
	p.doc.Read([]byte(src), prose.Plain)
	var out []Passive
	for i := range p.doc.Sentences {
		p.load(i)
		p.findPassives()
		for _, v := range p.passives {
			a, b := p.span(min(v.aux, v.verb), max(v.aux, v.verb)+1)
			out = append(out, Passive{a, b, string(p.raw(v.verb)), v.agent, p.at(v.aux)&tGet != 0})
		}
	}
	return out
}

// passive is a passive of the sentence at hand, by tokens.
type passive struct {
	aux, verb int
	agent     bool // a by-agent follows
	joined    bool // shares its auxiliary with a verb before it
}

// findPassives fills p.passives.
func (p *pass) findPassives() {
	p.passives = p.passives[:0]
	if p.any&tPart == 0 || p.any&(tBe|tGet|tClitic) == 0 {
		return
	}
	for i := range p.toks {
		if p.toks[i].tags&(tBe|tGet|tClitic) == 0 {
			continue
		}
		v := p.verbAfter(i)
		if v < 0 {
			continue
		}
		if p.taken(v) {
			continue
		}
		p.addPassive(i, v, false)
		p.joinedVerbs(i, v)
	}
	p.frontedVerb()
	if len(p.passives) > 0 {
		p.stats.Passives++
		for _, v := range p.passives {
			if !v.agent {
				p.stats.Agentless++
			}
		}
	}
}

// frontedVerb finds a participle before its auxiliary: "Attached is the log".
func (p *pass) frontedVerb() {
	v := 0
	for p.at(v)&(tAdverb|tPunct) != 0 && p.at(v)&tPart == 0 && v < 3 {
		v++
	}
	if !p.is(v, "attached", "enclosed", "included", "listed", "shown", "pictured", "gone", "given", "found", "mentioned", "affected") {
		return
	}
	for i := v + 1; i < v+9 && i < len(p.toks); i++ {
		t := p.toks[i].tags
		if t&tBe != 0 && !p.taken(v) {
			p.addPassive(i, v, false)
			return
		}
		if i == v+1 && !p.is(i, "for", "in", "with", "below", "here", "herewith", "above", "hereto", "to") || t&(tPunct|tSubject|tHave|tModal|tWill) != 0 {
			return
		}
	}
}

func (p *pass) taken(verb int) bool {
	for _, v := range p.passives {
		if v.verb == verb {
			return true
		}
	}
	return false
}

func (p *pass) addPassive(aux, verb int, joined bool) {
	p.passives = append(p.passives, passive{aux, verb, p.byAgent(verb), joined})
}

// verbAfter returns the participle that the auxiliary at i governs, or -1.
func (x *text) verbAfter(i int) int {
	aux := x.toks[i].tags
	steps := 0
	for j := i + 1; j < len(x.toks) && steps < 6; j++ {
		t := x.toks[j].tags
		steps++
		switch {
		case t&(tBe|tGet) != 0 && aux&(tBe|tClitic) != 0 && t&tPart == 0:
			return -1 // "is being …": the inner auxiliary governs
		case t&tPart != 0 && x.participle(i, j):
			return j
		case t&(tAdverb|tNot) != 0 && !x.is(j, "here", "there"):
		case t&tPart != 0:
			return -1
		case x.is(j, "\"", "'", "“", "‘"), t&tAnd != 0 && x.at(j-1)&tAdverb != 0 && x.at(j+1)&tAdverb != 0:
		case t&tComma != 0 && (x.at(j+1)&tAdverb != 0 || x.at(j-1)&tAdverb != 0):
		case t&(tSubject|tObject) != 0 && j == i+1 && x.inverted(i):
		case x.inverted(i) && t&(tPunct|tBe|tIng|tPrep|tAnd) == 0 && aux&tClitic == 0:
			// the subject of a question
		default:
			return -1
		}
	}
	return -1
}

// inverted reports a be before its subject, as questions have it.
func (x *text) inverted(i int) bool {
	if x.toks[i].tags&tBe == 0 || x.is(i+1, "there") {
		return false
	}
	for k := i - 1; k >= 0; k-- {
		t := x.toks[k].tags
		if t&tWh != 0 && x.is(k, "what", "when", "where", "why", "how", "who", "which") || x.is(k, "nor", "neither") {
			return k == 0 || x.asks()
		}
		if t&(tComma|tAnd) != 0 || x.is(k, "so", "then", "much", "many", "long", "often") {
			continue
		}
		return false
	}
	return x.asks()
}

// asks reports a question mark at the sentence's end.
func (x *text) asks() bool {
	for k := len(x.toks) - 1; k >= 0 && x.toks[k].tags&tPunct != 0; k-- {
		if x.is(k, "?") {
			return true
		}
	}
	return false
}

// participle reports whether the participle-like word at v, governed by the
// auxiliary at i, makes a passive.
func (x *text) participle(i, v int) bool {
	t := x.toks[v].tags
	switch {
	case t&tAdj != 0:
		return x.byAgent(v) && !x.is(v, "done", "gone", "risen", "fallen")
	case x.is(v, "done", "finished", "through", "set") && x.at(i-1)&tSubject != 0 && !x.is(i-1, "it", "that", "who") && !x.is(v+1, "by", "up", "out"):
		return false // "we are done", "you are all set"
	case x.is(v, "set") && x.is(v+1, "to", "for") && x.is(i, "are", "is", "be", "was", "were", "am", "we're", "they're"):
		return false
	case x.is(v, "determined", "bound", "opposed", "set", "determined") && x.is(v+1, "to"):
		return false
	case x.is(v-1, "very", "too", "so", "more", "quite", "rather", "extremely", "pretty", "fairly", "less") && v-1 > i:
		return x.byAgent(v)
	case x.toks[i].tags&tGet != 0 && x.is(v, "used", "involved", "lost", "back", "only"):
		return false
	case x.attributive(i, v):
		return false
	}
	if x.toks[i].tags&tClitic != 0 && x.is(v, "said", "written", "become", "got", "gotten", "gone", "done", "had", "come", "won", "lost", "grown", "run", "put", "stopped", "started", "tried", "changed", "always", "ended", "turned", "moved", "worked", "wanted", "decided", "seemed") {
		return false
	}
	return true
}

// attributive reports a participle that stands before its noun: "is revised
// wording", "were stolen goods".
func (x *text) attributive(i, v int) bool {
	n := v + 1
	if n >= len(x.toks) || x.at(v)&tDitrans != 0 || x.toks[n].tags&^(tLower|tPeople|tFault|tAnchor) != 0 || x.toks[n].tags&tLower == 0 {
		return false
	}
	raw := x.raw(n)
	return len(raw) > 4 && raw[len(raw)-1] == 's' && raw[len(raw)-2] != 's' && x.toks[i].tags&tBe != 0 && !x.is(i, "been", "be", "being")
}

// joinedVerbs adds the participles that share an auxiliary: "was found and
// fixed".
func (p *pass) joinedVerbs(aux, verb int) {
	for j := verb + 1; j < len(p.toks); {
		k := j
		for k < len(p.toks) && k-j < 3 && p.toks[k].tags&(tAnd|tComma) != 0 && !p.is(k, "(", ")") {
			k++
		}
		if k == j {
			return
		}
		for k < len(p.toks) && p.toks[k].tags&(tAdverb|tNot) != 0 && p.toks[k].tags&tPart == 0 {
			k++
		}
		if p.at(k)&tPart == 0 || p.at(k)&tAdj != 0 || !p.participle(aux, k) || p.at(k+1)&(tDet|tNum|tObject) != 0 {
			return
		}
		p.addPassive(aux, k, true)
		j = k + 1
	}
}

// byAgent reports whether somebody or something acts behind "by" after the
// verb at v: not a time, a manner or a measure.
func (x *text) byAgent(v int) bool {
	for j := v + 1; j < len(x.toks) && j <= v+12; j++ {
		t := x.toks[j].tags
		if t&tEnd != 0 || t&tBe != 0 && j > v+1 {
			return false
		}
		if !x.is(j, "by") {
			continue
		}
		n := x.at(j + 1)
		switch {
		case n&(tIng|tNum|tMonth|tDay|tFuture|tUnit|tPunct) != 0:
		case x.is(j+1, "default", "design", "hand", "mistake", "accident", "then", "now", "far", "means", "way", "virtue",
			"eod", "cob", "end", "chance", "law", "itself", "e-mail", "email", "phone", "mail", "about", "around", "roughly",
			"approximately", "noon", "midnight", "nearly", "almost", "half", "up", "name", "themselves", "definition", "week", "year"):
		case x.is(j+1, "the", "a", "this", "an") && (x.is(j+2, "end", "time", "way", "close", "start", "beginning", "deadline", "day", "week", "same", "weekend", "means", "use", "factor", "following") || x.at(j+2)&(tUnit|tNum) != 0):
		default:
			return true
		}
	}
	return false
}
