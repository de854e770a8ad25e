package lint

import (
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
