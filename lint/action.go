package lint

import "strings"

// actionBases are acts with an object that one could look at; base, past and
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
	if x.has(i, nounActs) && x.nounHere(i) {
		return 0
	}
	if i > 0 && x.at(i-1)&tDet != 0 && !x.is(i-1, "which", "that", "each", "all", "this") {
		return 0
	}
	if start && f == baseForm && x.at(i+1)&tPart != 0 && (i+2 >= len(x.toks) || x.at(i+2)&(tPrep|tPunct|tAdverb) != 0) {
		return 0 // "Fix deployed on production"
	}
	if start && f == baseForm && (x.at(i+1)&tNum != 0 && !x.is(i+1, "two", "three") && x.at(i+2)&(tPart|tPast) != 0 || x.hasPhrase(i, len(x.toks), "if") || x.is(i+1, "of") || x.is(i-1, "please")) {
		return 0 // "Build 1182 failed", "Restart it if …"
	}
	if start && f == pastForm && (x.is(i+2, "stay", "stays", "remain", "hides") || x.at(i+3)&tDet != 0 && x.thirdPerson(i+2)) {
		return 0 // "Reduced load hides the problem"
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

// notDone are words between a doer and a verb that leave the deed open.
var notDone = wordList(`if want wanted like hope may trying tried try unable asked failed refused declined forgot tend able plan
	expect expects intend aim planning hopes who which consider whether cause caused causing when`)

// nounActs are acts that are nouns as often.
var nounActs = wordList(`order label tag lock print reject update updates updated monitor monitoring review test set process run call
	open close change alert make made index cache release cover limit stage cap fix design scale audit start
	started stop stopped require build increase drop route email contact copy improve`)

// laterVerbs make what stands before them a subject.
var laterVerbs = wordList(`are were am remain remains stay stays exist apply work works hides changes vary varies takes requires needs
	does helps makes causes means is was will would can may has did took fails`)

// thirdPerson reports a word that may be a verb of the present: "hides".
func (x *text) thirdPerson(i int) bool {
	if i >= len(x.toks) || x.toks[i].tags&tLower == 0 || x.toks[i].tags&(tPrep|tDet|tPart) != 0 {
		return false
	}
	raw := x.raw(i)
	return len(raw) > 3 && raw[len(raw)-1] == 's' && raw[len(raw)-2] != 's'
}

// governsLater reports that the -ing form at i is a subject: "adding a node
// takes an hour".
func (x *text) governsLater(i int) bool {
	for j := i + 1; j < len(x.toks) && j < i+7; j++ {
		if x.at(j)&(tComma|tEnd|tWh) != 0 {
			return false
		}
		if x.has(j, laterVerbs) {
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
		if t&tModal != 0 && !x.is(j, "should", "must") || t&tNot != 0 && !x.is(j, "only") || x.has(j, notDone) {
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
