package lint

// Rules for one person's account of a mistake.

var assigned = Rule{
	ID:       "assigned",
	Title:    "Somebody told you to",
	Why:      "Work that was handed to you shows how you carry out, not what you take on.",
	Bad:      "My manager suggested I look into this since I had bandwidth.",
	Good:     "I noticed the failed payments while I read the logs for another change, and decided to follow them.",
	Blind:    "Whether you would have done it anyway.",
	For:      Story,
	Severity: Warning,
}

var effortOnly = Rule{
	ID:       "effort-only",
	Title:    "Effort instead of effect",
	Why:      "Hours say what it cost you; readers want to know what changed.",
	Bad:      "I stayed late every night and worked very hard.",
	Good:     "I rewrote the import in four nights; late orders fell from 40 to 2 a day.",
	Blind:    "What the effort led to, when the next sentence says so.",
	For:      Story | Update | Apology,
	Severity: Suggestion,
}

var weShare = Rule{
	ID:       "we-share",
	Title:    "\"We\" hides your part",
	Why:      "Nobody can tell what you did yourself.",
	Bad:      "We fixed the issue quickly.",
	Good:     "I wrote the fix; Ana reviewed it.",
	Blind:    "Work that really was done together.",
	For:      Story,
	Severity: Suggestion,
	document: checkWeShare,
}

var storyPhrases = []phrase{
	{rule: "assigned", ask: "What did you see yourself, and what made you decide to act?", text: `
		my|our|the manager|boss|lead|director|supervisor|team|vp|cto <adv>? lead|leader? <adv>? asked|told|suggested|assigned|wanted|instructed|requested|directed|gave|tasked|made|ordered|encouraged me|i|that|us
		was|were|got|been <adv>? asked|told|assigned|tasked|instructed|directed|ordered|requested|given to|with|this|the|a|by
		assigned to me|us
		handed to me
		my|the assignment|task was to
		a|the ticket|task|bug was|had been? assigned
		a|the ticket|task|bug came in
		<i> had|have bandwidth|capacity
		since|because|as i had bandwidth|capacity|time
		following orders|instructions
		as instructed|directed|told|ordered|requested by|to|,
	`},
	{rule: "assigned", kind: "handed-off", ask: "What did you do yourself after you had reported it?", text: `
		told|informed|notified|escalated|reported|raised|flagged <det>? <prep>? my|the|our manager|boss|lead|team .. waited|wait|left|let
		waited for them|him|her|someone|somebody|the to
		not my|our job|responsibility|problem|ticket|code
	`},
	{rule: "assigned", kind: "silent", ask: "Who was affected and did not hear it from you?", text: `
		didn't|never|not|without tell|told|inform|informed|notify|notified|telling|informing|notifying anyone|anybody|anything|customers|users|them|stakeholders
		kept it|this quiet|secret|silent
		without telling
	`},
	{rule: "effort-only", ask: "What was different afterwards, in a number?", guard: withoutNumber, text: `
		worked <adv>? hard|tirelessly|late|long|overtime|weekends|nights|around|day|through
		working <adv>? hard|tirelessly|late|long|overtime|weekends|around|day|through
		stayed <adv>? late|up|overnight
		put|spent|invested|pulled <det>? <adv>? lot|hours|long|extra|all-nighter|countless|many|night|weekend|effort of|hours|in|effort|nights|time
		long hours|nights|days
		countless|sleepless hours|nights
		went above|the and|extra beyond|mile
		extra mile
		day and night
		around the clock
		did|do|doing|tried|trying my|our|the very? best|utmost
		gave|give it|110|100 my|our|%|all
		as hard as
	`},
	{rule: "jargon", kind: "stock", ask: "What did you do, in words that an outsider could picture?", text: `
		best practice|practices
		industry standard|standards
		leverage|leveraged|leveraging|synergy|synergies|paradigm|holistic|holistically|world-class|best-in-class|best-of-breed|cutting-edge|mission-critical|game-changing|low-hanging|value-add|actionable|deep-dive|deep-dived|operationalise|operationalize|operationalized|ideate|ideation
		state of the art
		root-cause analysis was|were
		move|moved|moving the needle
		circle|circled|circling back
		touch|touched base
		boil the ocean
		take|took it|this offline
		going forward|forwards
		align|aligned|aligning on|with stakeholders|expectations|leadership
		stakeholder management|alignment
		robust|seamless|scalable <and>? <adv>? solution|solutions|process|processes|experience|framework
		resilient and scalable
		single pane of glass
		north star
		at the end of the day
		double-click|double click on
		synergize|synergise|impactful
	`},
	{rule: "jargon", kind: "stock", ask: "Would the plain word do?", rewrite: "use", safe: true, text: `utilise|utilize`},
	{rule: "jargon", kind: "stock", ask: "Would the plain word do?", rewrite: "used", safe: true, text: `utilised|utilized`},
	{rule: "jargon", kind: "stock", ask: "Would the plain word do?", rewrite: "using", safe: true, text: `utilising|utilizing`},
	{rule: "jargon", kind: "stock", ask: "Would the plain word do?", rewrite: "lessons", safe: true, text: `learnings`},
	{rule: "jargon", kind: "stock", ask: "Would the plain words do?", rewrite: "because", safe: true, text: `due to the fact that`},
}

func checkWeShare(p *pass) {
	we, i := p.stats.We, p.stats.I
	if we == 0 || we < 2*i || we+i < 1 || i > 0 && we < 4 {
		return
	}
	p.missing(mustNumber("we-share"), "", "Which part of it was yours?")
}

var jargon = Rule{
	ID:       "jargon",
	Title:    "Words only insiders read",
	Why:      "Stock phrases and unexplained letters tell an outsider nothing they could check.",
	Bad:      "I handled the situation with best practices.",
	Good:     "I wrote a test for each of the three cases and asked two colleagues to review it.",
	Blind:    "What your readers know.",
	For:      Story | Update | Apology | Review,
	Severity: Suggestion,
	sentence: checkAcronyms,
}
