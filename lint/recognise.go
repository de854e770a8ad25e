package lint

import (
	"strings"
	"time"

	"amends.dev/prose"
)

// markPhrases are what a text does well, by their words.
var markPhrases = []phrase{
	{mark: Regret, text: `
		we|i|we're|i'm|are|am <adv>? sorry !if
		sincerely|deeply|truly|sincere|deepest|very sorry|apologise|apologize|apologies|regret
		we|i <adv>? apologise|apologize
		we|i|would|want to? <adv>? apologise|apologize
		<own> <adv>? <adv>? apologies|apology
		we|i <adv>? regret
		sorry for|that|about !any
	`},
	{mark: Responsibility, text: `
		take|took|taking|accept|accepted|accepting|assume|own|bear <adv>? full|complete|total|sole|personal? responsibility|accountability
		own|owned|owning this|the|my|our|that|it <adv>? mistake|error|failure|incident|outage
		<own> <adv>? responsible for
		responsibility is ours|mine
		this|it|that <be> <adv>? on us|me
		!not|wasn't|isn't <own> fault|mistake|error|oversight|failure
		was|is|were|are <adv>? ours|mine
		we|i <adv>? made|make a|the|this|an|some|several? <adv>? mistake|error|mistakes|errors
		we|i got|did this|it|that <adv>? wrong
		our|my <adv>? change|deploy|deployment|release|code|configuration|config|migration|script|commit|update|error <adv>? caused|broke|triggered|took|led|deleted|introduced
		it was our|my
		our|my <adv>? <adj>? monitoring|alerting|alerts|tests|test|tooling|tools|runbook|process|processes|change|deploy|release|script|code|team|review|reviews|documentation|backups|backup|design|plan|system|checks|check|configuration|migration|estimate|planning|communication did|didn't|had|lacked|missed|failed|removed|broke|caused|deleted|overloaded|was|were|is|never not|no|the|a|an|wrong|it|this|too|your|<adv>
		did this|it|that to ourselves|myself|you
		we|i <adv>? rushed|ignored|neglected|mishandled|misread|forgot|broke|gave|published|promised|skipped|lost|hurried|botched|hid|exposed|leaked
		we|i <past> .. wrong|wrongly|incorrectly|carelessly|without|late
		we|i should not|never have
		we|i was|were <adv>? wrong|late|careless|slow|unprepared|mistaken
		we|i had not|never <adv>? <past>
		<own> promise to you
		we|i broke|caused|introduced|misconfigured|misjudged|underestimated|overlooked
		we|i <adv>? let you|them|our|customers down
		we|i fell short
		admitted <det>? fault|mistake|error
		took responsibility
	`},
	{mark: Forbearance, text: `
		not|never|won't happen|occur again
		prevent|preventing|prevents|avoid|avoiding <det>? <adv>? from? happening|recurring|recurrence|repeat|again|reoccurring
		so that|it this? cannot|can't|won't|will|does happen|recur|again|not
		ensure|make sure|certain? this|it|that .. not|never
	`},
	{mark: Repair, text: `
		refund|refunded|refunding|refunds
		credit|credits|credited|crediting !card|cards|union
		compensate|compensated|compensating|compensation|reimburse|reimbursed|reimbursing|reimbursement
		make|made|making it|this|things|amends right|up|good|to|for
		make|made|making amends
		waive|waived|waiving
		extend|extended|extending your|their|all|the subscription|trial|deadline
	`},
	{mark: Forgiveness, text: `
		forgive|forgiveness|pardon
		another|second chance
		bear with us
		ask|asking for your understanding|patience|forgiveness
	`},
	{mark: Cause, guard: causeNamed, text: `
		because
		caused|triggered <adv>? by
		due to
		caused|causing|triggered|led|resulted|meant|left
		led|leading to
		resulted|resulting in|from
		as a result|consequence of
		root|contributing|underlying|primary cause|causes|factor|factors|reason
		the|one <adv>? cause|reason|trigger <adv>? was|is|were|:
		stemmed|stems|originated|arose from
		traced <adv>? back? to
		happened|occurred|failed|broke when|because|after|since
		this|which meant that|the
		introduced a|an <adv>? bug|regression|error|defect|flaw|race|memory
		ran|running|run out of
		exhausted|exhaustion|expired|overloaded|misconfigured|misconfiguration|deadlock|corrupted
	`},
	{mark: Lesson, text: `
		learned|learnt that|how|to|from|what|a|the|two|three|one|not
		lesson|lessons|learnings|takeaway|takeaways !from|learned
		lesson|lessons learned|learnt|is|was|i|we
		taught me|us
		we|i <adv>? understand|know|realise|realize|realised|realized|see now|that|how
		surprised us|me
		we|i had <adv>? assumed|believed|thought|expected
		in future|hindsight , ? <own>
		mistake was|i|we
		would do differently
		what went well|wrong|badly
		where <own> got lucky
	`},
	{mark: Practice, text: `
		since|from then|now|that , ? <own>? <adv>?
		<own> now
		we|i|team now always|never|require|check|test|run|review|write|have|use|ask|do|keep|alert|monitor|verify|deploy|start|document|send|call|post|read|measure|track|rehearse|practise|practice
		from now|then on
		every|each|any release|deploy|deployment|change|review|migration now
		now refuses|requires|checks|runs|blocks|fails|alerts|asks|warns|includes|covers|needs|must
		no longer <adv>? deploy|release|merge|allow|allows|possible|run
		changed|change how|the|our way|process|practice|procedure|we|i
		updated <det>? <adv>? runbook|checklist|process|procedure|policy|guide|template|playbook|review|documentation
	`},
	{mark: Contact, text: `
		told|called|phoned|emailed|e-mailed|wrote|written|informed|notified|contacted|met|briefed|messaged|visited <prep>? <det>? <adv>? customers|customer|users|users|clients|everyone|team|teams|stakeholders|them|account|owner|owners|each|affected|partner|partners|manager|leadership|director|ceo|merchant|merchants|people|you
		spoke|talked|met with|to <det>? <adv>? customers|customer|team|teams|stakeholders|them|each|affected|leadership|people|users|owner|owners
		called|phoned|met|emailed|wrote to? each|every|all|the
		posted|published|sent|shared <det>? <adv>? update|updates|notice|email|e-mail|message|statement|apology|report|review|postmortem|post-mortem|summary
		communicated|communicate <adv>? openly|transparently|with|to|the|honestly
		communicated openly
		kept|keep|keeping <det>? <adv>? informed|updated|posted|stakeholders|customers|users|team|them|everyone
		transparent communication
		reached|reach|reaching out to
		held|hold a call|meeting|briefing
	`},
	{mark: Measure, text: `
		from <num> %|<unit>|<people>? .. to <num>
		fell|dropped|rose|went|down|up|increased|decreased|reduced|cut|improved|grew from <num>
		reduced|reducing|cut|cutting|lowered|improved|increased|decreased|raised .. by <num>
		reduced|fell|dropped|down|up|rose to <num>
		<num> %|percent fewer|less|more|faster|lower|higher|reduction|increase|decrease|improvement|drop
		p50|p95|p99|median|average <adv>? .. <num>
		before and? after
		went|gone|down|fell|fallen|dropped from|to
	`, guard: hasNumber},
}

func hasNumber(x *text, from, to int) bool { return x.any&tNum != 0 }

// causeNamed takes a word of cause only with something named beside it.
func causeNamed(x *text, from, to int) bool {
	if x.is(from, "caused", "causing", "triggered", "led", "resulted", "meant", "left", "due") && x.is(to, "issues", "issue", "inconvenience", "any", "problems") {
		return false
	}
	for i := max(0, from-5); i < from; i++ {
		if x.is(i, "investigating", "investigate", "determine", "identify", "identified", "understand", "unknown", "finding", "find", "analyse", "analyze", "looking", "potential", "possible") {
			return false
		}
	}
	if x.is(from, "left", "meant") {
		return false
	}
	return len(x.toks) > to+1 || from > 2
}

// actionVerbs are acts with an object that one could look at; base, past and
// -ing forms are derived.
const actionBases = `add remove replace restart reboot restore revert rebuild redeploy upgrade downgrade update increase decrease raise lower reduce
	disable enable rotate revoke block unblock migrate move reroute redirect shift drain failover scale provision resize rename split isolate
	patch install uninstall configure reconfigure change modify adjust extend limit throttle cap purge clear flush clean delete reindex
	rewrite refactor document publish introduce implement deploy release automate instrument test cover validate verify enforce
	require refund credit reimburse email notify contact reset repair recover reprocess replay requeue resync rehydrate backfill renew
	reissue roll rollback deprecate retire archive separate decouple cache index shard partition tune bump pin fix build create write
	set reschedule reassign order send teach correct assign translate install book organise organize hire-in simplify consolidate inventory label tag
	relabel subscribe unsubscribe reconnect reconcile compensate transfer lock unlock warn call-back cancel withdraw recall print deliver inspect
	reject whitelist blacklist allowlist ban suspend terminate kill stop pause start switch swap route bypass merge
	process correct restrict harden encrypt secure audit review improve expand double halve design run call hire buy stage rate-limit
	phone cut shut drop close open unpause resume bring turn make copy import export commit ship rerun re-run re-enable re-deploy reinstate cordon`

var actionIrregular = map[string][2]string{
	"rebuild": {"rebuilt", "rebuilding"}, "rewrite": {"rewrote", "rewriting"}, "write": {"wrote", "writing"}, "set": {"set", "setting"},
	"build": {"built", "building"}, "reset": {"reset", "resetting"}, "run": {"ran", "running"}, "buy": {"bought", "buying"},
	"make": {"made", "making"}, "bring": {"brought", "bringing"}, "split": {"split", "splitting"}, "rerun": {"reran", "rerunning"}, "re-run": {"re-ran", "re-running"},
	"stop": {"stopped", "stopping"}, "swap": {"swapped", "swapping"}, "ban": {"banned", "banning"}, "cap": {"capped", "capping"},
	"pin": {"pinned", "pinning"}, "drop": {"dropped", "dropping"}, "ship": {"shipped", "shipping"}, "commit": {"committed", "committing"},
	"rollback": {"rolled", "rolling"}, "cut": {"cut", "cutting"}, "send": {"sent", "sending"}, "teach": {"taught", "teaching"}, "cancel": {"cancelled", "cancelling"}, "withdraw": {"withdrew", "withdrawing"}, "transfer": {"transferred", "transferring"}, "shut": {"shut", "shutting"}, "fail": {"failed", "failing"}, "revert": {"reverted", "reverting"}, "failover": {"failed-over", "failing-over"},
}

type verbForm uint8

const (
	baseForm verbForm = iota + 1
	pastForm
	ingForm
)

// actionForms lists the forms of every act, by form.
func actionForms() (forms [ingForm + 1][]string) {
	for b := range strings.FieldsSeq(actionBases) {
		past, ing := b+"ed", b+"ing"
		switch {
		case b[len(b)-1] == 'e':
			past, ing = b+"d", b[:len(b)-1]+"ing"
		case b[len(b)-1] == 'y' && b[len(b)-2] != 'o' && b[len(b)-2] != 'a':
			past = b[:len(b)-1] + "ied"
		}
		if f, ok := actionIrregular[b]; ok {
			past, ing = f[0], f[1]
		}
		forms[baseForm] = append(forms[baseForm], b)
		forms[pastForm] = append(forms[pastForm], past)
		forms[ingForm] = append(forms[ingForm], ing)
	}
	return forms
}

// actionForm returns the form of the act at token i; 0 for none.
func (x *text) actionForm(i int) verbForm { return x.lang.entries[x.toks[i].id].form }

// dullObjects make an act none that one could look at: "a fix", "changes".
var dullObjects = wordList(`fix fixes hotfix hotfixes mitigation mitigations changes change improvements improvement measures measure steps step solution solutions
	workaround workarounds issue issues problem problems it this them that incident matter update updates situation investigation
	something things work adjustments remediation patch everything impact process processes progress sure services service root additional
	information you anyone everybody us me there recovery systems system performance monitoring reliability communication stability resolution`)

// specificMakers turn a dull object into a named one: "a fix that caps the
// retries", "monitoring for disk space".
func (x *text) namedFurther(i int) bool {
	return x.is(i, "for", "that", "which", "of", "to", "on", "in", "from", "so", "by", "between", "with") && x.at(i+1)&(tPunct) == 0 && i+1 < len(x.toks) && !x.is(i+1, "this", "it", "the") || x.is(i, "to", "for", "of", "on") && x.is(i+1, "the") && i+2 < len(x.toks) && !x.has(i+2, dullObjects)
}

// recognise marks what the sentence does well.
func (p *pass) recognise() {
	for _, h := range p.hits {
		if ph := &phrases[h.phrase]; ph.mark != 0 {
			p.mark(ph.mark, h.from, h.to)
		}
	}
	p.markActions()
	p.markImpact()
	p.markPromise()
	p.markOwnership()
	p.notice()
}

// notice keeps what the rules about missing parts ask for.
func (p *pass) notice() {
	x := &p.text
	if p.block.Kind != prose.Heading && (x.anyList&noticed != 0 || x.any&tNum != 0) {
		for i := range x.toks {
			if x.toks[i].lists&noticed == 0 && x.toks[i].tags&tNum == 0 {
				continue
			}
			if x.is(i, "resolved", "closed", "over", "recovered", "completed") && (x.at(i-1)&(tBe|tAdverb) != 0 || x.is(i-1, "is", "has", "fully", "now")) {
				p.closed = true
			}
			if x.is(i, "since", "from", "between", "started", "began", "starting") && x.at(i+1)&tNum != 0 {
				p.clocked = true
			}
			if x.at(i)&tNum != 0 && x.is(i+1, "utc", "gmt", "am", "pm") {
				p.clocked = true
			}
			if x.is(i, "users", "customers", "clients", "people", "visitors", "merchants", "members", "everyone", "subscribers", "teams", "tenants", "readers", "you") {
				p.peopled = true
			}
		}
	}
}

var noticed = wordList(`resolved closed over recovered completed since from between started began starting users customers clients people visitors
	merchants members everyone subscribers teams tenants readers you`)

// markActions finds named acts of the writer's side.
func (p *pass) markActions() {
	x := &p.text
	if x.anyList&acts == 0 {
		return
	}
	start := true // nothing but marks, times and "we" so far
	for i := range x.toks {
		t := x.toks[i].tags
		if t&(tPunct|tNum|tCode) != 0 {
			if x.is(i, ":", "-", "–", "—", ")", ".") && (i <= 5 || x.is(i, ":")) {
				start = true
			}
			continue
		}
		f := x.actionForm(i)
		if f == 0 {
			if start && t&(tAdverb) == 0 && !x.is(i, "utc", "pst", "pdt", "am", "pm", "please", "to", "and", "then") {
				start = false
			}
			continue
		}
		if to := p.actionAt(i, f, start); to > 0 {
			p.mark(Action, i, to)
			p.markPurpose(i, to)
			return
		}
		start = false
	}
}

// actionAt reports whether the verb at i is such an act, and where its object
// ends.
func (p *pass) actionAt(i int, f verbForm, start bool) int {
	x := &p.text
	if x.is(i, "order", "label", "tag", "lock", "print", "reject", "update", "updates", "updated", "monitor", "monitoring", "review", "test", "set", "process", "run", "call", "open", "close", "change", "alert", "make", "made", "index", "cache", "release", "cover", "limit", "stage", "cap", "fix", "design", "scale", "audit", "start", "started", "stop", "stopped", "require", "build", "increase", "drop", "route", "email", "contact", "copy", "improve") && x.nounHere(i) {
		return 0
	}
	if i > 0 && x.at(i-1)&tDet != 0 && !x.is(i-1, "which", "that", "each", "all", "this") {
		return 0
	}
	if start && f == baseForm && x.at(i+1)&tPart != 0 && (i+2 >= len(x.toks) || x.at(i+2)&(tPrep|tPunct|tAdverb) != 0) {
		return 0 // "Fix deployed on production"
	}
	if start && f == pastForm && x.at(i+2)&(tPart|tPast) != 0 && x.at(i+3)&(tDet|tAdverb|tPrep|tNum) != 0 {
		return 0 // "Automated monitoring detected the …"
	}
	if start && f != pastForm && x.governsLater(i) {
		return 0
	}
	doer := x.doerBefore(i, f)
	agentless := false
	if !doer {
		for _, v := range p.passives {
			if v.verb == i && f == pastForm && !v.agent && !p.modalPassive(v) {
				agentless = true
			}
		}
		if !start && !agentless {
			return 0
		}
		if start && f == pastForm && x.is(i+1, "by") {
			return 0
		}
	}
	if agentless {
		if x.dullSubject(i) || !x.has(i, repaired) {
			return 0
		}
		return i + 1
	}
	// the object
	j := i + 1
	if x.is(j, "back", "out", "over", "off", "up", "down", "on") {
		j++
	}
	for j < len(x.toks) && (x.at(j)&(tDet|tAdverb|tNum|tDegree|tVague) != 0 || x.is(j, "additional", "further", "more", "new", "potential", "necessary", "improved", "better", "all", "to")) && x.at(j)&tEnd == 0 {
		j++
	}
	if j >= len(x.toks) || x.at(j)&(tEnd|tComma) != 0 {
		if x.is(i+1, "back") || x.is(i, "rolled", "reverted", "rebooted", "restarted") {
			return min(j, len(x.toks))
		}
		return 0
	}
	if x.at(j)&tPrep != 0 && !x.is(i, "failed-over", "migrate", "migrated", "switch", "switched", "roll", "rolled", "fail", "failed", "shift", "shifted") && !x.is(i+1, "over", "back") {
		return 0
	}
	if x.at(j)&tFault != 0 && x.is(i, "introduced", "introduce", "create", "created", "make", "made", "fix", "fixed") || x.is(i, "publish", "write", "published", "post", "release") && x.hasPhrase(j, min(j+3, len(x.toks)), "review", "report", "post-mortem", "postmortem", "analysis", "rca", "update", "again") {
		return 0
	}
	if x.at(j)&(tSubject|tObject) != 0 && !x.is(j, "it") || x.at(j)&(tWh|tAnd) != 0 {
		return 0
	}
	if x.has(j, dullObjects) && (x.is(j, "impact") || !x.namedFurther(j+1)) && (x.at(j+1)&(tPunct|tPrep|tAnd|tWh|tAdverb) != 0 || j+1 >= len(x.toks) || x.is(j+1, "and", "to", "as", "has", "have", "was", "is")) {
		return 0
	}
	if x.is(i, "making", "make", "made") && !x.is(j, "backup", "backups", "copy", "alert", "alerts", "retries", "timeout") && x.at(j)&tCode == 0 && !x.is(j+1, "configurable", "idempotent", "resilient", "visible") {
		return 0
	}
	return j + 1
}

// repaired are acts that name a recovery even without their doer: "the index
// was rebuilt".
var repaired = wordList(`replaced rebuilt restored rebooted restarted rolled reverted reprocessed replayed rotated refunded pulled redeployed
	re-enabled reimbursed repaired patched reset resynced backfilled reissued cordoned rerouted redirected requeued renewed drained-of
	credited quarantined isolated`)

func (p *pass) modalPassive(v passive) bool {
	a := p.auxiliaries(v.aux)
	return a.modal || a.will || a.infinitive || a.neg || a.present
}

// governsLater reports that the -ing form at i is a subject: "adding a node
// takes an hour".
func (x *text) governsLater(i int) bool {
	for j := i + 1; j < len(x.toks) && j < i+7; j++ {
		if x.at(j)&(tComma|tEnd|tWh) != 0 {
			return false
		}
		if x.is(j, "takes", "requires", "needs", "does", "helps", "makes", "causes", "means", "is", "was", "will", "would", "can", "may", "has", "did", "took", "fails") {
			return true
		}
	}
	return false
}

// nounHere reports that the word at i stands where a noun does: "the update",
// "an update".
func (x *text) nounHere(i int) bool {
	prev := x.at(i - 1)
	if prev&tDet != 0 && !x.is(i-1, "which", "that", "this") {
		return true
	}
	if x.at(i-1)&tPrep != 0 && !x.is(i-1, "to", "by") {
		return true
	}
	next := x.at(i + 1)
	if i > 0 && prev&(tWill|tModal|tSubject|tAdverb|tHave|tBe|tAnd) == 0 && !x.is(i-1, "to", ":", "-", "and", ",") {
		return true
	}
	return next&(tBe|tHave|tModal|tWill) != 0 || i+1 >= len(x.toks) || next&tEnd != 0
}

// doerBefore reports that the writer's side does the act at i.
func (x *text) doerBefore(i int, f verbForm) bool {
	for j := i - 1; j >= 0 && j > i-14; j-- {
		t := x.toks[j].tags
		if t&tEnd != 0 || x.is(j, ";") {
			return false
		}
		if t&(tI|tWe) != 0 && (t&tSubject != 0 || x.is(j+1, "team", "teams", "engineers", "engineer", "developers", "staff", "on-call", "operators", "sre", "colleagues") || t&tOwnName != 0) {
			return x.saysDone(j, i, f)
		}
		if x.is(j, "engineer") && x.is(j-1, "on-call") {
			return x.saysDone(j, i, f)
		}
		if x.is(j, "engineers", "team", "teams", "on-call", "responders", "operators", "sres", "developers") && j <= 6 && !x.is(j-1, "another", "other", "qa", "security", "product", "networking", "marketing") {
			return x.saysDone(j, i, f)
		}
		if t&(tYou|tThey) != 0 && t&tSubject != 0 {
			return false
		}
	}
	return false
}

// saysDone reports that what stands between a doer and a verb says done, under
// way or promised: not "may", "could", "was", "want to".
func (x *text) saysDone(doer, verb int, f verbForm) bool {
	linked := false
	for j := doer + 1; j < verb; j++ {
		t := x.toks[j].tags
		if t&tModal != 0 && !x.is(j, "should", "must") || t&tNot != 0 && !x.is(j, "only") || x.is(j, "if", "want", "wanted", "like", "hope", "may", "trying", "tried", "try", "unable", "asked", "failed", "refused", "declined", "forgot", "tend", "able", "planning", "hopes", "who", "which", "consider", "whether", "cause", "caused", "causing", "when") {
			return false
		}
		if t&(tWill|tAnd|tComma) != 0 || x.is(j, "to", "by", "are", "have", "been", "started", "began", "also", "then", "is", "has", "had", "were", "was") {
			linked = true
		}
	}
	// what stands directly before the verb, adverbs aside
	k := verb - 1
	for k > doer && x.toks[k].tags&(tAdverb) != 0 && x.toks[k].tags&(tAnd|tPrep) == 0 {
		k--
	}
	t := x.toks[k].tags
	if x.is(k, "to", "on") && x.is(k-1, "work", "working", "works") {
		return false // "working to restore" names no act yet
	}
	joined := t&(tAnd|tComma) != 0
	switch f {
	case pastForm:
		return k == doer || joined && linked || x.is(k, "engineer", "have", "has", "had", "then", "we've", "i've", "also", "already", "engineers", "team", "on-call")
	case ingForm:
		return t&(tBe|tClitic) != 0 || joined && linked || x.is(k, "by", "started", "began", "on", "been", "still", "currently", "continue", "now")
	}
	return linked && (joined || t&tWill != 0 || x.is(k, "to", "should", "must", "now", "do", "did") || k == doer)
}

func (x *text) dullSubject(verb int) bool {
	for j := verb - 1; j >= 0 && j > verb-7; j-- {
		if x.toks[j].tags&(tBe|tHave|tAdverb|tNot|tWill|tModal) != 0 {
			continue
		}
		return x.has(j, dullObjects) || x.is(j, "incident", "outage", "error", "errors", "requests", "users", "customers", "fix", "which", "who")
	}
	return true
}

// markPurpose tells what kind of lasting change an act is.
func (p *pass) markPurpose(from, to int) {
	if p.anyList&detectionWords != 0 {
		p.mark(Detection, from, to)
	}
	if p.anyList&preventionWords != 0 {
		p.mark(Prevention, from, to)
	}
	if p.anyList&processWords != 0 {
		p.mark(Process, from, to)
	}
}

// What tells acts that last from acts that repair.
var (
	detectionWords = wordList(`alert alerts alerting alarm alarms monitoring monitor monitors dashboard dashboards detect detection probe probes
		canary canaries metric metrics logging`)
	preventionWords = wordList(`prevent prevents test tests validation guard guards limit limits limiting rate-limit timeout timeouts safeguard
		safeguards refuses blocks lock enforce enforces retry retries redundancy failover backpressure circuit`)
	processWords = wordList(`checklist runbook runbooks process procedure procedures playbook review reviews reviewer sign-off approval rotation
		drill drills rehearse documentation policy training`)
)

var harmWords = wordList(`affected impacted affecting impacting error errors failed failing fail failure failures unavailable unable down downtime
	outage outages lost loss degraded degradation slow slower slowdown latency timeout timeouts timed delay delayed delays interrupted interruption
	disruption disrupted dropped rejected broken broke impact impacts incident experienced experience experiencing saw see seeing received missing
	duplicate duplicated exposed leaked took takes offline inaccessible unreachable blocked late refund refunded wrong incorrect elevated 500s 5xx 503 503s 502 502s
	twice declined locked disconnected mixed waited customers-left complained dead empty above cancelled wrongly cost damage loses losing losses lasted duration peaked peak stuck queued stale charged overcharged crashed complaints churned`)

var plainHarm = wordList(`affected impacted failed failing lost unavailable unable down declined rejected twice double-charged overcharged offline
	unreachable errors latency`)

var notHarm = wordList(`cpu memory disk ram utilization utilisation complete completed rollout rolled deployed capacity recovered recovery restored usage
	heap threads cores storage shifted migrated traffic progress resolved done finished healthy quota limit pool reindexed processed reprocessed reprocess restarted removed stopped credited`)

// markImpact finds numbers that measure the harm.
func (p *pass) markImpact() {
	x := &p.text
	if x.any&tNum == 0 || x.anyList&harmWords == 0 && x.any&tFault == 0 {
		return
	}
	harm, calm := false, false
	for i := range x.toks {
		if x.toks[i].tags&(tPunct|tDet) != 0 {
			continue
		}
		harm = harm || x.has(i, harmWords) || x.toks[i].tags&tFault != 0
		calm = calm || x.has(i, notHarm)
	}
	if !harm {
		return
	}
	if p.here.has(Action) && x.anyList&plainHarm == 0 {
		return // a number of things put right
	}
	for i := range x.toks {
		if x.toks[i].tags&tNum == 0 {
			continue
		}
		if to := x.harmAt(i, calm); to > i {
			p.mark(Impact, i, to)
			return
		}
	}
}

// harmAt reports whether the number at i measures harm, and where it ends.
func (x *text) harmAt(i int, calm bool) int {
	if x.is(i-1, "$", "€", "£", "¥") || x.is(i+1, "usd", "eur", "gbp", "dollars", "euros", "pounds") {
		return i + 1
	}
	if x.is(i-1, "between") && !x.clockLike(i) {
		return 0
	}
	if x.is(i+1, "of", "or") && x.is(i, "one") && !x.is(i+2, "every") || x.statusCode(i) {
		return 0
	}
	if x.is(i+1, "%", "percent") || x.is(i+1, "per") && x.is(i+2, "cent") {
		for j := max(0, i-5); j < i+9 && j < len(x.toks); j++ {
			if x.has(j, notHarm) && !x.is(j, "traffic") {
				return 0
			}
		}
		return i + 2
	}
	j := i + 1
	for x.is(j, "thousand", "million", "billion", "k", "m", "of", "the", "our", "hundred", "more", "in", "out") || x.at(j)&tNum != 0 && j < i+4 {
		j++
	}
	for k := j; k < j+4 && k < len(x.toks); k++ {
		if x.at(k)&(tPunct|tBe|tPrep|tWill|tModal) != 0 {
			break
		}
		if x.has(k, impactNouns) && (x.harmNear(i, k) || !x.is(k, "regions", "components", "nodes", "servers", "services", "features", "events", "clusters", "databases", "instances", "region", "service", "people", "products", "teams", "operations")) && x.at(i-1)&(tMonth) == 0 && len(x.raw(i)) > 0 && !x.clockLike(i) {
			return k + 1
		}
	}
	if k := x.counted(j); k > 0 && !x.clockLike(i) && x.harmNear(i, k) {
		return k
	}
	if x.at(i+1)&tUnit != 0 || x.is(i+1, "-") && x.at(i+2)&tUnit != 0 {
		return x.harmLength(i)
	}
	if x.clockLike(i) && x.window(i) {
		return i + 1
	}
	return 0
}

// statusCode reports an HTTP status, which counts nothing: "503 errors".
func (x *text) statusCode(i int) bool {
	raw := x.raw(i)
	return len(raw) == 3 && (raw[0] == '4' || raw[0] == '5') && (raw[1] == '0' || raw[1] == 'x' || raw[1] == 'X' || raw[1] == '2') && (x.at(i+1)&tFault != 0 || x.is(i+1, "error", "errors", "status", "response", "responses", "s", "http", "from", "or", "and", "when", "for", "gateway") || raw[1]|0x20 == 'x' || x.is(i-1, "http", "status", "code"))
}

// counted returns where the plural noun that a number counts ends, or 0.
func (x *text) counted(j int) int {
	for k := j; k < j+3 && k < len(x.toks); k++ {
		if x.at(k)&(tPunct|tBe|tPrep|tWill|tModal|tUnit|tMonth|tSubject|tNum|tCode|tFault) != 0 && !x.is(k, "delays") || x.has(k, notHarm) {
			return 0
		}
		if raw := x.raw(k); len(raw) > 3 && raw[len(raw)-1] == 's' && raw[len(raw)-2] != 's' && !x.is(k, "nodes", "workers", "steps", "engineers", "replicas", "servers", "days", "changes", "times", "lines", "threads", "cores", "disks", "points", "attempts", "versions", "releases", "commits", "branches", "minutes", "tests") {
			return k + 1
		}
	}
	return 0
}

// harmNear reports a word of harm close behind or before a counted thing.
func (x *text) harmNear(from, to int) bool {
	for j := max(0, from-6); j < to+6 && j < len(x.toks); j++ {
		if x.has(j, harmWords) || x.is(j, "without", "unable", "not") {
			return true
		}
	}
	return false
}

func (x *text) clockLike(i int) bool {
	for _, c := range x.raw(i) {
		if c == ':' {
			return true
		}
	}
	return false
}

// harmLength reports a length of time as the harm's: "for 40 minutes", "40
// minutes of downtime", "lasted about 2 hours".
func (x *text) harmLength(i int) int {
	end := i + 2
	if x.is(i+1, "-") {
		end++
	}
	for j := i - 1; j >= 0 && j > i-6; j-- {
		switch {
		case x.is(j, "within", "in", "every", "after", "next", "last", "ago", "minimum", "another", "before", "until", "per", "until"):
			return 0
		case x.is(j, "for", "lasted", "lasting", "took", "duration", "totalling", "totaling", "down", "over", "of", "nearly", "cost", "by", "waited", "reached", "was", "were"):
			return end
		}
	}
	for j := end; j < end+5 && j < len(x.toks); j++ {
		if x.is(j, "downtime", "outage", "unavailability", "disruption", "delay", "delays", "interruption", "incident", "late", "loss", "degradation", "longer", "behind") {
			return end
		}
		if x.is(j, "ago", "later", "before", "after", "earlier") {
			return 0
		}
	}
	return 0
}

// window reports a start and an end: "from 14:02 to 14:31", "14:02–14:31".
func (x *text) window(i int) bool {
	between := false
	for j := i - 1; j >= 0 && j > i-4; j-- {
		between = between || x.is(j, "from", "between")
	}
	for j := i + 1; j < i+10 && j < len(x.toks); j++ {
		if x.at(j)&tNum != 0 && x.clockLike(j) {
			for k := i + 1; k < j; k++ {
				if x.is(k, "to", "and", "until", "through", "till", "-", "–", "—") && (between || x.is(k, "-", "–", "—", "to", "until", "through")) {
					return true
				}
			}
		}
		if x.at(j)&tEnd != 0 {
			return false
		}
	}
	return false
}

func (p *pass) markPromise() {
	p.promises = p.promises[:0]
	x := &p.text
	if !x.cued() {
		return
	}
	c := clockReader{x: x, now: reference, zone: time.UTC}
	for i := 0; i < len(x.toks); i++ {
		if !x.timeWord(i) {
			continue
		}
		w, ok := c.read(i)
		if !ok {
			continue
		}
		i = w.to - 1
		if x.vagueTime(w) || x.stamp(w) {
			continue
		}
		m, sure := x.promise(w)
		if sure > 0 && (w.at.After(reference) || sure > 0.8) {
			p.mark(Promise, w.from, w.to)
			p.promises = append(p.promises, promised{w, m.Kind, sure})
		}
	}
}

// promised is a promise of the sentence at hand.
type promised struct {
	when
	kind CommitmentKind
	sure float64
}

// cued reports a word that promises have and a word that times have: without
// both, no time is read.
func (x *text) cued() bool {
	return (x.any&tWill != 0 || x.anyList&(planWords|updateWords|cueWords) != 0) && (x.any&tNum != 0 || x.anyList&timeWords != 0)
}

var cueWords = wordList(`hope hoping should going another next promise`)

// timeWord reports a word that a time can begin with.
func (x *text) timeWord(i int) bool { return x.toks[i].tags&tNum != 0 || x.has(i, timeWords) }

var timeWords = wordList(`in within inside every at hourly half-hourly daily by before until around on no approximately approx about ~ @ for
	from eta : - – — not come this expected is tomorrow today later tonight end the close our eod cob eob eow top midnight noon midday next
	coming monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun january february march april may
	june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec take taking half`)

// markOwnership finds the writer's side as the doer of an apology, an error, a
// decision or a named act.
func (p *pass) markOwnership() {
	x := &p.text
	if x.any&(tI|tWe) == 0 {
		return
	}
	if p.here.has(Regret) || p.here.has(Responsibility) {
		p.markFirstOwn()
		return
	}
	if p.here.has(Action) {
		for _, m := range p.marks[max(0, len(p.marks)-6):] {
			if m.Kind == Action && p.ownActs() && !x.recovering() {
				p.markFirstOwn()
				return
			}
		}
	}
	for i := range x.toks {
		if x.toks[i].tags&(tI|tWe) == 0 || x.toks[i].tags&tSubject == 0 {
			continue
		}
		for j := i + 1; j < i+5 && j < len(x.toks); j++ {
			if x.is(j, "decided", "chose", "missed", "overlooked", "assumed", "failed", "forgot", "underestimated", "misjudged", "didn't", "hadn't", "lacked", "introduced", "caused", "broke", "deployed", "changed", "misconfigured", "pushed", "released", "shipped", "merged", "deleted", "should", "neglected", "ignored", "mistakenly", "accidentally", "inadvertently", "approved", "committed", "promised", "noticed", "took", "own", "owned", "relied", "depended", "charged", "lost", "sent", "double-charged", "exposed", "leaked", "wrongly-sent", "wrongly", "incorrectly") {
				if x.is(j, "deployed", "changed", "pushed", "released", "shipped", "merged", "committed", "sent", "took") && x.dullObject(j+1) {
					continue
				}
				if x.is(j, "should") && !x.is(j+1, "have") || x.is(j, "took") && x.is(j+1, "a", "place") {
					continue
				}
				p.mark(Ownership, i, j+1)
				return
			}
			if x.is(j, "never") && x.at(j+1)&(tPart|tPast) != 0 || x.is(j, "have") && x.is(j-1, "might", "may") {
				p.mark(Ownership, i, j+2)
				return
			}
			if x.is(j, "did") && x.is(j+1, "not") || x.is(j, "had") && (x.at(j+1)&tNot != 0 || x.is(j+1, "no")) {
				p.mark(Ownership, i, j+2)
				return
			}
			if x.at(j)&(tPunct|tModal|tWill|tBe) != 0 {
				break
			}
		}
	}
}

// dullObject reports that what begins at token i names nothing: "a fix",
// "several changes".
func (x *text) dullObject(i int) bool {
	for i < len(x.toks) && (x.at(i)&(tDet|tAdverb|tVague|tNum) != 0 || x.is(i, "potential", "possible", "temporary", "permanent", "further", "additional")) {
		i++
	}
	return x.has(i, dullObjects)
}

// recovering reports a recovery under way, which is no deed yet: "we are
// processing the backlog".
func (x *text) recovering() bool {
	return (x.hasPhrase(0, len(x.toks), "processing", "draining", "replaying", "restoring", "recovering", "reprocessing", "rebuilding")) &&
		x.hasPhrase(0, len(x.toks), "are", "am", "we're", "continue", "i'm", "still", "have")
}

// ownActs reports that an own subject governs an act in the sentence.
func (p *pass) ownActs() bool {
	x := &p.text
	for i := range x.toks {
		if f := x.actionForm(i); f != 0 && x.toks[i].tags&tPunct == 0 && x.doerBefore(i, f) {
			for j := i - 1; j >= 0; j-- {
				if x.toks[j].tags&(tI|tWe) != 0 {
					return true
				}
			}
		}
	}
	return false
}

func (p *pass) markFirstOwn() {
	for i := range p.toks {
		if p.toks[i].tags&(tI|tWe) != 0 {
			p.mark(Ownership, i, i+1)
			return
		}
	}
}
