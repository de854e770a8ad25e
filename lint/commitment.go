package lint

import (
	"strings"
	"time"

	"amends.dev/prose"
)

// CommitmentKind says what was promised.
type CommitmentKind uint8

// The kinds of commitment.
const (
	NextUpdate CommitmentKind = iota // the next word
	Fix                              // that it works again
	FollowUp                         // a review, an action, anything afterwards
)

// String returns the kind's name on the wire.
func (k CommitmentKind) String() string {
	return [...]string{"next-update", "fix", "follow-up"}[k]
}

// Commitment is a promise or forecast of the writer's own, with a time.
type Commitment struct {
	Kind       CommitmentKind
	Start, End int           // the clause, in bytes of the text
	TimeStart  int           // the words of the time
	TimeEnd    int           // byte behind them
	At         time.Time     // the instant it falls due, the latest that the words allow
	Every      time.Duration // for "every 30 minutes"; 0 for a promise made once
	Exact      bool          // said to the minute
	Zoned      bool          // the words name the zone; otherwise it is the one given
	Confidence float64       // 0 to 1: how sure it is that this is a promise, of this kind, at this instant
}

// Commitments returns what a text promises with a time, in the text's order.
// Times are read as of postedAt and, where the words name no zone, in loc; nil
// is UTC. "Soon" and "in the coming days" are no times.
func Commitments(src string, postedAt time.Time, loc *time.Location) []Commitment {
	if loc == nil {
		loc = time.UTC
	}
	l := standard()
	p := l.begin(0)
	defer l.end(p)
	p.doc.Read([]byte(src), prose.Markdown)
	var out []Commitment
	for i := range p.doc.Sentences {
		switch k := p.doc.Blocks[p.doc.Sentences[i].Block].Kind; k {
		case prose.Quote:
			continue
		}
		p.load(i)
		out = p.commitments(out, postedAt, loc)
	}
	return out
}

// commitments appends those of the sentence at hand.
func (p *pass) commitments(out []Commitment, now time.Time, loc *time.Location) []Commitment {
	x := &p.text
	if !x.cued() {
		return out
	}
	c := clockReader{x: x, now: now, zone: loc}
	for i := 0; i < len(x.toks); i++ {
		if x.toks[i].tags&tQuoted != 0 || !x.timeWord(i) {
			continue
		}
		w, ok := c.read(i)
		if !ok {
			continue
		}
		if x.stamp(w) {
			i = w.to - 1
			continue
		}
		if m, sure := x.promise(w); sure > 0 && (w.at.After(now) || sure > 0.8) && !x.vagueTime(w) {
			m.At, m.Exact, m.Zoned = w.at, w.exact, w.zoned
			if w.every {
				m.Every = w.at.Sub(now)
			}
			m.TimeStart, m.TimeEnd = x.span(w.from, w.to)
			m.Confidence = confidence(sure, w, now)
			if n := len(out); n > 0 && out[n-1].Start == m.Start && out[n-1].Kind == m.Kind {
				// "by 15:00 UTC (in 30 minutes)": the exact one of two ways to say it
				if w.exact && !out[n-1].Exact {
					out[n-1] = m
				}
			} else {
				out = append(out, m)
			}
		}
		i = w.to - 1
	}
	return out
}

// confidence weighs how plainly it is promised against how plain the time is.
func confidence(sure float64, w when, now time.Time) float64 {
	if w.exact && !w.zoned {
		sure -= 0.05
	}
	if !w.exact && !w.length {
		sure -= 0.05
	}
	if w.at.Before(now) {
		sure -= 0.3
	}
	return max(sure, 0.05)
}

// stamp reports a time that heads a line of a timeline and promises nothing.
func (x *text) stamp(w when) bool {
	for i := 0; i < w.from; i++ {
		if x.toks[i].tags&tPunct == 0 {
			return false
		}
	}
	return w.to >= len(x.toks) || x.at(w.to)&tPunct != 0 && !x.is(w.to, ",") || w.exact && !x.is(w.from, "by", "at", "before", "on", "around")
}

// vagueTime reports a length that is none: "in the next few hours".
func (x *text) vagueTime(w when) bool {
	for i := w.from; i < w.to; i++ {
		if x.is(i, "few", "several", "coming", "some") {
			return true
		}
	}
	return false
}

// promise reports what the clause around a time promises, and how sure that is.
func (x *text) promise(w when) (Commitment, float64) {
	from, to := x.clause(w.from, w.to)
	var m Commitment
	m.Start, m.End = x.span(from, to)
	sure := x.promised(from, to, w)
	if sure == 0 {
		return m, 0
	}
	m.Kind = x.promisedKind(from, to)
	return m, sure
}

// clause returns the stretch around a time that one verb governs: up to a
// semicolon, a dash, or a comma or "and" with a subject of its own behind it.
func (x *text) clause(from, to int) (int, int) {
	a := from
	for a > 0 {
		k := a - 1
		if x.is(k, ";") || x.toks[k].tags&tEnd != 0 && !x.is(k, ".") {
			break
		}
		if (x.is(k, ",", "but", "–", "—") || x.is(k, "and") && x.at(k-1)&tNum == 0) && x.newClause(k+1) {
			break
		}
		a = k
	}
	b := to
	for b < len(x.toks) {
		if x.is(b, ";") || x.is(b, ",", "and", "but", "–", "—", "(") && (x.newClause(b+1) || x.is(b+1, "and", "but")) {
			break
		}
		b++
	}
	for b > to && x.toks[b-1].tags&tPunct != 0 {
		b--
	}
	return a, b
}

// newClause reports that a subject and its verb begin at token i.
func (x *text) newClause(i int) bool {
	for x.is(i, "and", "but", "so", "then", ",", "which") {
		i++
	}
	if x.at(i)&tSubject != 0 && !x.is(i, "it", "you") {
		return true
	}
	for k := i; k < i+6 && k < len(x.toks); k++ {
		t := x.toks[k].tags
		if t&(tWill|tModal) != 0 || t&tBe != 0 {
			return k > i
		}
		if t&(tPunct|tPrep) != 0 {
			return false
		}
	}
	return false
}

var (
	updateWords = wordList(`update updates updated information info news report communicate communication message details
		detail statement hear word answer reply summary post posting share status inform advise notify announce bulletin`)
	fixWords = wordList(`fix fixed fixes fixing restore restored restoration resolve resolved resolution recover recovered recovery
		complete completed completion mitigate mitigated mitigation repair repaired back operational available normal deploy
		deployed roll rolled rollout rolling rollback revert reverted finish finished online working service work running return full-recovery process processed processing finishing clear
		cleared patch patched hotfix eta delivered deployment restart restarted reboot drain drained return returned unblocked
		up caught replaced operations functionality`)
	followWords = wordList(`review post-mortem postmortem post-incident rca analysis retrospective report published publish action actions follow-up
		follow add introduce implement improve refund credit migrate document investigation root-cause contact reach call
		write test tests alert alerts change train remove upgrade replace audit`)
	planWords = wordList(`plan plans planning expect expects expecting expected aim aims aiming intend intends target targets targeting
		estimate estimates estimated estimating anticipate anticipates anticipating anticipated eta scheduled planned due`)
	outsiders = wordList(`users user customers customer you they clients visitors members subscribers people jobs maintenance window`)
)

// known returns token i in small letters, or "" for a word beyond the lexicon.
func (x *text) known(i int) string { return x.lang.entries[x.toks[i].id].text }

// word returns token i in small letters.
func (x *text) word(i int) string {
	if n := x.toks[i].id; n != 0 {
		return x.lang.entries[n].text
	}
	return strings.ToLower(string(x.raw(i)))
}

// promised returns how sure it is that the clause promises: 0 for no.
func (x *text) promised(from, to int, w when) float64 {
	var will, plan, hope, next, own, subject, past, done, update, fix, cond, others bool
	for i := from; i < to; i++ {
		if i >= w.from && i < w.to {
			continue
		}
		t := x.toks[i].tags
		word := x.known(i)
		switch {
		case t&tWill != 0 || word == "going" && x.is(i+1, "to"):
			will = will || i < w.from || i > w.to
		case x.has(i, planWords) && !(word == "plan" && x.at(i-1)&(tPrep|tDet) != 0) && !(word == "due" && x.is(i+1, "to", "for")):
			plan = true
		case word == "hope" || word == "hoping" || word == "should":
			hope = true
		case word == "next" || word == "further" || word == "another" || word == "additional" || word == "more":
			next = true
		}
		if x.has(i, updateWords) {
			update = true
		}
		if x.has(i, fixWords) {
			fix = true
		}
		if t&(tWe|tI) != 0 && t&tSubject != 0 {
			own = true
		}
		cond = cond || word == "downtime" || word == "unavailability"
		if i < from+5 && x.has(i, outsiders) && !own && i < w.from {
			subject = true
		}
		if t&tModal != 0 && x.is(i+1, "have") || (word == "they" || word == "he" || word == "she") && x.at(i)&tSubject != 0 {
			past, others = true, word == "they" || others
		}
		if t&tPast != 0 || word == "was" || word == "were" || word == "had" || word == "did" {
			past = true
		}
		if t&tPart != 0 && x.at(i-1)&(tBe|tGet|tHave|tDet|tPrep|tAdj) == 0 && word != "updated" {
			done = true
		}
		if word == "if" || word == "unless" || word == "would" || word == "could" {
			cond = true
		}
	}
	past = past || done && !will && !plan && !hope
	switch {
	case others && !update, cond && !will && !update:
		return 0
	case subject && !update:
		return 0
	case update && next && !past:
		return 0.98
	case will && update && !past:
		return 0.95
	case will && own:
		return 0.9
	case update && (plan || hope) && !past:
		return 0.9
	case (plan || will) && fix && !past:
		return 0.85
	case x.hasPhrase(from, to, "follows", "comes") && !past && !cond && !subject:
		return 0.8
	case plan && own && !past:
		return 0.8
	case will && (fix || update || x.hasFollow(from, to) || x.is(w.from, "take")) && !subject && !past:
		return 0.7
	case hope && (fix || own) && !past:
		return 0.65
	case update && !past && w.from > 0 && x.is(w.from, "by", "at", "in", "within", ":", "every", "hourly", "before", "no"):
		return 0.75
	case plan && !past && !subject:
		return 0.6
	}
	return 0
}

func (x *text) hasFollow(from, to int) bool {
	for i := from; i < to; i++ {
		if x.has(i, followWords) {
			return true
		}
	}
	return false
}

// promisedKind tells next words from repairs from what comes afterwards.
func (x *text) promisedKind(from, to int) CommitmentKind {
	update, fix, follow := 0, 0, 0
	for i := from; i < to; i++ {
		if x.has(i, updateWords) || x.is(i, "write", "call", "speak") && x.is(i+1, "again", "next") {
			update++
		}
		if x.has(i, fixWords) {
			fix++
		}
		if x.has(i, followWords) {
			follow++
		}
	}
	switch {
	case follow > 0 && x.hasPhrase(from, to, "review", "post-mortem", "postmortem", "post-incident", "rca", "retrospective", "analysis", "publish", "published"):
		return FollowUp
	case update > 0:
		return NextUpdate
	case fix > 0 && fix >= follow:
		return Fix
	}
	return FollowUp
}

func (x *text) hasPhrase(from, to int, words ...string) bool {
	for i := from; i < to; i++ {
		if x.is(i, words...) {
			return true
		}
	}
	return false
}
