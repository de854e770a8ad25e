package lint

var agentHidden = Rule{
	ID:       "agent-hidden",
	Title:    "No one did it",
	Why:      "When a change, a decision, an omission or a promise has no doer, readers suspect that it is being hidden.",
	Bad:      "The configuration was changed without a review.",
	Good:     "We changed the configuration without a review. The service was restored at 15:04 UTC.",
	Blind:    "A doer who is named in the sentence before; passives with their auxiliary left out, except the plainest.",
	For:      anyContext,
	Severity: Suggestion,
	sentence: checkAgentHidden,
}

var passiveRule = Rule{
	ID:       "passive",
	Title:    "Passive voice",
	Why:      "One passive is a choice; a page of them is a text without people. Off by default: agent-hidden picks those that matter.",
	Bad:      "The problem was not immediately identified and fixed.",
	Good:     "Priya identified the problem and fixed it.",
	Blind:    "Participles without an auxiliary.",
	For:      anyContext,
	Severity: Suggestion,
	Off:      true,
	sentence: func(p *pass) {
		for _, v := range p.passives {
			p.addTo("passive", "", "Who did it?", min(v.aux, v.verb), max(v.aux, v.verb)+1)
		}
	},
}

var repairSubjects = wordList(`fix fixes hotfix patch patches rollback mitigation mitigations workaround remediation service services site
	traffic access connectivity functionality operations performance backlog issue issues incident incidents impact outage problem problems error
	errors recovery maintenance`)

// either are participles of acts that people do and systems too.
var either = wordList(`detected noticed caught notified informed told updated reported announced considered exposed handled triggered started
	logged recorded tracked monitored alerted raised reduced increased lowered scaled maintained cleaned created generated sent issued left
	taken given worked done run escalated addressed communicated discussed followed built executed selected published shared leaked kept
	broken turned pulled closed launched trained replaced patched exported set cut switched required started released moved loaded copied
	written added deleted removed changed read tested checked monitored`)

// changed are things that only people change: who did matters.
var changed = wordList(`flag flags setting settings limit limits timeout timeouts script scripts config configuration configurations table tables alert
	alerts release releases feature features freeze budget access credentials password passwords threshold thresholds severity ticket
	tickets policy policies permission permissions rule rules default defaults schema index indexes certificate certificates key keys
	branch code client version dependency library change changes checklist runbook documentation docs review reviews test tests plan
	contract ownership owner backup backups migration import export list retention agent endpoint credential deploy deployment deployments
	decision decisions mistake mistakes step safeguard safeguards message image bucket firewall process procedure capacity path column field
	parameter variable job monitoring dashboard dashboards region announcement discount template file it that which and risk issue cluster
	window contract date request risks restriction restrictions input environment window note notes survey results promise promises drill form terms costs cost dates date health
	check checks user queue approver approvers error record entry entries switch items actions agreement`)

// systemActs are what happens to things without anybody's doing.
var systemActs = wordList(`acknowledged triggered fired received delivered refreshed hashed encrypted rendered expired evicted terminated truncated
	promoted retried requeued rotated acquired held locked scanned parsed buffered cached written-off called used supposed meant said based
	born filled overwhelmed overloaded exhausted saturated corrupted lost damaged redelivered rate-limited hit built named killed
	rolled reverted deserved heard pulled`)

// checkAgentHidden finds passives of human acts without a doer.
func checkAgentHidden(p *pass) {
	x := &p.text
	for _, v := range p.passives {
		if v.agent || !x.hidesDoer(v, p.context == Story) || x.doerNamed(v) {
			continue
		}
		if p.here.has(Promise) && x.auxiliaries(v.aux).will {
			continue
		}
		p.addTo("agent-hidden", "", x.askWho(v.verb), min(v.aux, v.verb), max(v.aux, v.verb)+1)
	}
	if x.any&tHuman != 0 && len(p.passives) == 0 {
		p.headless()
	}
}

func (x *text) askWho(verb int) string {
	if who := x.lang.entries[x.toks[verb].id].who; who != "" {
		return who
	}
	return "Who " + x.word(verb) + "?"
}

// In a story every act should have its doer, repairs too.
var (
	storyActs = wordList(`resolved restored fixed mitigated recovered repaired identified isolated completed rerouted restarted rebooted rebuilt
		replayed reprocessed investigated diagnosed confirmed found improved stabilised stabilized cleared discovered solved handled escalated`)
	notStoryActs = wordList(`asked told assigned informed left done kept given taken set exposed required delayed`)
)

// hidesDoer reports whether the doer of a passive matters to the reader.
func (x *text) hidesDoer(v passive, story bool) bool {
	verb := x.toks[v.verb].tags
	aux := x.auxiliaries(v.aux)
	neg := aux.neg || x.is(v.verb, "unnoticed", "untested", "overlooked", "missed", "ignored", "forgotten", "neglected")
	if story {
		return (verb&tHuman != 0 || x.has(v.verb, storyActs)) && !x.has(v.verb, notStoryActs) && !aux.modal && (!aux.present || aux.being)
	}
	subject := x.subjectBefore(v.aux)
	if verb&tHuman == 0 {
		// an act that no list has counts when only people do it to such a thing
		return verb&(tRepair|tAdj|tState) == 0 && x.among(subject, changed) && !x.has(v.verb, systemActs) && !aux.present && !aux.modal && !aux.infinitive
	}
	if x.is(v.verb, "required", "needed", "designed", "used", "limited", "expected", "related", "made") && !x.madeBySomebody(v) {
		return false
	}
	if aux.present && !aux.being {
		return false
	}
	if aux.should && !x.among(x.subjectBefore(v.aux), changed) {
		return false
	}
	if aux.modal && !aux.will && !aux.should || aux.should && aux.neg {
		return false
	}
	if aux.infinitive {
		return false
	}
	if x.among(subject, repairSubjects) && !neg && !x.is(v.verb, "misclassified", "misjudged", "downgraded", "underestimated", "ignored", "overlooked", "prioritised", "prioritized", "deprioritized", "missed", "reported", "merged", "approved") {
		return false
	}
	if verb&tRepair != 0 && !(neg && (x.among(subject, changed) || x.is(v.verb, "completed", "investigated", "reviewed", "confirmed", "performed", "diagnosed"))) {
		return false
	}
	if x.has(v.verb, either) {
		// acts of people or of systems: what they act on decides
		return neg || aux.will || aux.should || x.among(subject, changed) || x.is(v.verb+1, "on", "off") && x.is(v.verb, "turned", "switched", "left")
	}
	return true
}

// madeBySomebody keeps "a decision was made", "a change was made".
func (x *text) madeBySomebody(v passive) bool {
	if !x.is(v.verb, "made") {
		return false
	}
	s := x.subjectBefore(v.aux)
	return s == "decision" || s == "decisions" || s == "change" || s == "changes" || s == "mistake" || s == "mistakes" || s == "error" || s == "errors" || s == "choice" || s == "assumption" || s == "assumptions" || s == "attempt" || s == "that" || s == "which"
}

// subjectBefore returns the head of the subject before the auxiliary at i: "a
// fix for the delays has been" gives fix.
func (x *text) subjectBefore(i int) string {
	j := i - 1
	for j >= 0 && x.toks[j].tags&(tBe|tHave|tWill|tModal|tAdverb|tNot) != 0 {
		j--
	}
	head := j
	for k := j; k >= 0 && k > i-14; k-- {
		t := x.toks[k].tags
		if t&(tWh|tBe|tHave|tSubject|tWill|tModal|tComma|tEnd) != 0 || t&tAnd != 0 && k < j-1 && x.at(k+1)&tDet != 0 {
			break
		}
		if t&tPrep != 0 && k > 0 && x.toks[k-1].tags&(tPunct|tWh) == 0 {
			head = k - 1
		}
	}
	if head < 0 {
		return ""
	}
	return x.word(head)
}

// auxiliaries is what stands before a participle.
type auxiliaries struct {
	neg, being, present, modal, will, should, infinitive bool
}

func (x *text) auxiliaries(i int) auxiliaries {
	var a auxiliaries
	a.present = x.is(i, "is", "are", "am", "'s", "isn't", "aren't") || x.at(i)&tClitic != 0
	a.being = x.is(i, "being")
	bare := x.is(i, "be", "get")
	for j := i + 1; j < i+5 && j < len(x.toks) && x.at(j)&tPart == 0; j++ {
		a.neg = a.neg || x.at(j)&tNot != 0
	}
	a.neg = a.neg || x.at(i)&tNot != 0
	for j := i - 1; j >= 0 && j > i-5; j-- {
		t := x.toks[j].tags
		switch {
		case t&tModal != 0 && t&tNot != 0 && bare:
			a.modal, a.neg = true, true
		case t&tNot != 0:
			a.neg = true
		case t&tWill != 0 && bare:
			a.will = true
		case x.is(j, "should", "shouldn't") && bare:
			a.should, a.modal = true, true
		case t&tModal != 0 && bare:
			a.modal = true
		case x.is(j, "to") && bare:
			a.infinitive = !x.is(j-1, "going", "needs", "need", "have", "has", "had")
			a.should = !a.infinitive
			a.modal = true
		}
		if t&(tModal|tWill|tHave|tAdverb|tBe|tNot) == 0 {
			break
		}
	}
	if a.being {
		a.present = false
	}
	a.neg = a.neg && !x.is(i, "no")
	return a
}

// doerNamed reports that the same sentence names the writer's side as a doer
// before the passive: "we found that the flag was set".
func (x *text) doerNamed(v passive) bool {
	for i := 0; i < min(v.aux, v.verb); i++ {
		if x.at(i)&(tI|tWe) != 0 && x.at(i)&tSubject != 0 {
			// "we found that …" names who found, not who changed
			for j := i + 1; j < v.aux; j++ {
				if x.is(j, "that", "which", ",", "when", "because", "how", "why", "what", "where", "and", "as", "after", "while", "who", "since", "for", "to", "but", "if", "until", "before", ";", ":") {
					return false
				}
			}
			return true
		}
	}
	return false
}

// headless finds log lines whose auxiliary is left out: "Decision made to skip
// the test", "mistakes made".
func (p *pass) headless() {
	x := &p.text
	nouns := 0
	for i := 0; i < len(x.toks) && i < 9; i++ {
		t := x.toks[i].tags
		switch {
		case t&tHuman != 0 && t&(tRepair|tAdj) == 0 && nouns > 0 && nouns < 5 && !x.is(i, "left", "tuned", "caught", "requested", "updated", "notified", "informed", "run", "set", "told", "built", "done", "worked", "created", "made") || nouns > 0 && x.is(i, "made") && x.is(i-1, "decision", "mistakes", "mistake", "errors", "decisions", "call", "change", "changes"):
			next := x.at(i + 1)
			if next&(tDet|tObject|tNum|tSubject) != 0 || i+1 < len(x.toks) && next&(tPrep|tPunct|tAdverb) == 0 && !x.is(i+1, "to", "and") {
				return
			}
			if x.is(i+1, "by") || x.has(i-1, repairSubjects) || x.finiteBehind(i+1) {
				return
			}
			p.addTo("agent-hidden", "headless", x.askWho(i), x.firstWord(), i+1)
			return
		case t&(tNum|tPunct) != 0 && nouns == 0:
		case t&(tSubject|tPrep|tWh|tBe|tHave|tModal|tWill|tPart|tDo) != 0 && t&tDet == 0 || t&tPunct != 0 || x.is(i, "had", "utc", "pst", "est"):
			if !x.is(i, "utc", "pst", "est", "am", "pm", "-", "–", ":", ")", "(") {
				return
			}
		default:
			nouns++
		}
	}
}

func (x *text) firstWord() int {
	for i := range x.toks {
		if x.toks[i].tags&(tPunct|tNum) == 0 {
			return i
		}
	}
	return 0
}

// finiteBehind reports a verb that would make what stands before it a subject.
func (x *text) finiteBehind(i int) bool {
	for ; i < len(x.toks); i++ {
		if x.toks[i].tags&(tBe|tHave|tModal|tWill|tDo) != 0 && !x.is(i, "been", "being") {
			return true
		}
	}
	return false
}
