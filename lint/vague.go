package lint

var vague = Rule{
	ID:       "vague",
	Title:    "The point is missing from the point",
	Why:      "A reader cannot act on, believe or check what is not said.",
	Bad:      "We are working on improvements and will let you know as soon as possible.",
	Good:     "We are moving the payment queue to a second region; next word at 16:00 UTC.",
	Blind:    "Whether the detail stands in the next sentence.",
	For:      anyContext,
	Severity: Suggestion,
	sentence: checkVagueImpact,
}

var vaguePhrases = []phrase{
	{rule: "vague", kind: "time", ask: "When, by the clock, or when will you know?", text: `
		as soon as <own>? <adv>? possible|practicable|feasible|can|able|available
		as quickly|fast|promptly as possible|<own>
		asap
		soon !as|after
		shortly !after|before|thereafter|afterwards
		in|within|over|during the near|coming|next|foreseeable future|days|weeks|months|few|hours|period
		in the next|coming few|couple|several <unit>
		in due course|time
		eventually
		in a timely manner|fashion
		at some point
		at a later date|time|stage
		in future
		near future
		going forward
		moving forward
		once <own> know|have|learn|find|understand more|further|additional|out|it|the
		when <own> know|have|learn more|further|additional
		when|once more|further information|details is|are|becomes|become
		when|if|once <own> have|has one|more|updates|it|anything
		for a|some <adv>? while|time|period|bit
		a|some while|time ago
		recently
		over time
		as needed|necessary|appropriate|required
	`},
	{rule: "vague", kind: "action", ask: "What exactly is being done, to what?", guard: unspecificAction, text: `
		a|the|this|some|potential|permanent|temporary|possible <adv>? fix !for|of|to|in|that|,|which <be>|has|have|<adv>? <part>
		implemented|implementing|deployed|deploying|applied|applying|released|rolled|rolling|pushed|developing|testing|identified|implement|deploy|apply|found|preparing|working out|on? a|the|an <adv>? potential|permanent|temporary|possible? fix|mitigation|solution|workaround|remediation !for|of|to|in|by|that|,|which|<ing>
		mitigation|mitigations|remediation|remediations|mitigation|corrective|preventive|preventative|necessary|appropriate|additional|further|various|several|some|proactive steps|measures|actions|efforts|work|changes|action
		mitigation|mitigations|mitigating <be>|has|have|is|measures|applied|underway|in|complete|being|was
		mitigations|mitigation !strategy
		working|work|works to|on|towards <adv>? resolve|fix|resolving|fixing|mitigate|restore|address|remediate|a|it|the|this|improve|correct|solve issue|problem|fix|resolution|solution|this|it|mitigation|situation|impact|recovery|incident|service|services|affected
		working|work to|on|towards <adv>? resolve|fix|mitigate|remediate|resolution|mitigation|mitigating|resolving|improving|recovery|improvements|correcting
		make|made|making|implement|implementing|implemented <adv>? improvements|changes|adjustments|enhancements|a|several|some|various|additional|the|necessary improvements|changes|adjustments|enhancements|change
		improve|improving|improved|enhance|enhancing|strengthen|strengthening|optimise|optimize <det>? <adv>? process|processes|procedures|monitoring|communication|reliability|systems|resilience|stability|experience|tooling|platform|infrastructure|performance|quality|service
		improvements|enhancements !to|in
		take|taking|took|taken <adv>? steps|measures|action|actions|precautions|the|all|appropriate|every|necessary|corrective|some steps|measures|action|actions|precaution|precautions|necessary
		look|looking|looked into <det>
		deal|dealing|dealt with it|this|that|the
		handled|handle|handling|address|addressed|addressing it|this|that|the|these issue|issues|problem|problems|situation|matter|incident|concerns|findings|shortcomings
		handled the situation
		tweaks|tweaked|tweak
		do better
		resolved|fixed|solved eventually
		changes that|to will|should|ensure|prevent
		further|additional|follow-up investigation|work|analysis|action|actions|improvements|mitigations|remediation
		work|progress is|are <adv>? ongoing|underway|continuing
		a number of changes|adjustments|improvements|measures|steps|things|reasons|factors|issues|problems
		took|takes|taking <adv>? some|a|longer time|while|than
		not as|like expected|planned|intended
		dealt with
		experienced|experiencing|had|having|encountered|encountering|saw|seeing <det>? some|difficulties|instability|problems|trouble|challenges difficulties|instability|problems|issues|trouble|challenges|errors|disruption|disruptions?
		had|have|having|experienced|experiencing difficulties|instability|trouble|troubles
		being|be worked on
		are|is|am|all|we're|i'm on it $
		more|further|additional information|details|updates|news will follow|come
		will|would keep you|everyone|customers|users posted|informed|updated
		some problems|issues|trouble|instability|difficulties
		let you know when|if|once|as|how
		expect news|more|updates in|soon|over
		there was|were|is|has|have an|some|a been? issue|issues|problem|problems|incident !with|in|of
		a|an|the recent? change|update <adv>? caused|led|triggered|introduced|resulted
		unexpected|strange|odd|unusual way|ways|behaviour|behavior
		optimising|optimizing|optimise|optimize <own>
		working on it|this
		changes were|have <adv>? been? made
		in a few days|hours|minutes|weeks
		some|certain changes|adjustments|steps|measures|things|work|maintenance|updates
	`},
	{rule: "vague", kind: "cause", ask: "What was it, in words that an engineer on another team could check?", text: `
		an|some|a <adv>? unexpected|unforeseen|internal|technical|underlying|unknown|backend|operational|configuration|system|server-side issue|issues|problem|problems|error|difficulties|failure|reasons|circumstances|glitch|event|fault|condition|conditions
		technical|operational|unforeseen|unexpected|internal|various difficulties|issues|problems|reasons|circumstances|challenges|complications
		an|the issue|problem|error|situation|event|anomaly <adv>? occurred|arose|happened|emerged
		something went|broke wrong|?
		something wrong
		various|several|multiple|certain|some|different factors|reasons|issues|problems|causes|circumstances|components|things
		due to <adv>? issues|problems|an|a|unforeseen|technical issue|problem|error|difficulties|circumstances|incident
		slightly|somewhat elevated|increased|degraded|higher|slower
	`},
	{rule: "vague", kind: "cause", ask: "What was it, in words that an engineer on another team could check?", in: Update | Review | Apology | Ticket, guard: unspecificAction, text: `
		identified|found|isolated|determined|located|know|understand|discovered|pinpointed the|an|a <adv>? root|underlying|potential|likely|possible|source|primary? issue|cause|problem|source|culprit !of|in|with|to|:|that|as|,|which|affecting|causing|is|was|where|by|behind
	`},
}

// unspecificAction lets an action pass that goes on to say what it is.
func unspecificAction(x *text, from, to int) bool {
	if x.is(to, ":", "by", "which", "that", "such", "including", "include", "namely", "-", "(", "–", "—") {
		return false
	}
	for i := to; i < len(x.toks); i++ {
		if x.is(i, "by", ":", "such", "including") && i < to+3 && x.at(i+1) != 0 || x.is(i, "including", "include", "includes", "namely", ":") {
			return false
		}
	}
	return true
}

var impactNouns = wordList(`users user customers customer clients requests accounts jobs people services service regions components sites
	messages builds organizations organisations repositories merchants subscribers members workloads traffic features functionality operations
	instances queries orders payments pages projects runs workflows teams transactions notifications emails visitors tenants products resources
	connections readers nodes servers databases clusters events webhooks deployments uploads downloads`)

var harmVerbs = wordList(`affected impacted affecting impacting experience experiencing experienced see saw seeing unable fail failed failing
	lost receive received degraded delayed disrupted unavailable error errors issues problems slow encountered encountering encounter
	report reported reporting reports errored timed failures slower latency delays may might impact affect affects impacts trouble
	difficulty difficulties blocked dropped missing interrupted hit struck reduced limited lost late wrong crashed cancelled`)

var anyQuantity = wordList(`some several certain many various multiple numerous few subset portion handful fraction number percentage`)

// checkVagueImpact finds harm with a quantity that could be any: "some users
// were affected".
func checkVagueImpact(p *pass) {
	x := &p.text
	if x.anyList&anyQuantity == 0 || x.anyList&harmVerbs == 0 {
		return
	}
	for i := range x.toks {
		if !x.has(i, anyQuantity) {
			continue
		}
		if x.is(i, "number", "percentage", "portion", "fraction", "subset", "handful") && (!x.is(i+1, "of") || x.is(i-1, "the")) {
			continue
		}
		noun, to := false, i+1
		for j := i + 1; j < i+6 && j < len(x.toks); j++ {
			if x.at(j)&tEnd != 0 || x.at(j)&tNum != 0 {
				break
			}
			if x.has(j, impactNouns) {
				noun, to = true, j+1
				break
			}
		}
		if !noun || !withoutNumber(x, i, to) {
			continue
		}
		for j := range x.toks {
			if x.has(j, harmVerbs) {
				from := i
				if x.at(i-1)&tDet != 0 || x.at(i-1)&tDegree != 0 {
					from--
				}
				p.addTo("vague", "impact", "How many, out of how many?", from, to)
				return
			}
		}
	}
}
