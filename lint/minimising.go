package lint

var minimising = Rule{
	ID:       "minimising",
	Title:    "Makes the harm look small",
	Why:      "To the person it hit, it was all of it. A number lets readers judge the size for themselves.",
	Bad:      "Only a small number of customers were briefly affected.",
	Good:     "312 customers could not pay between 14:02 and 14:31 UTC.",
	Blind:    "Whether the harm really was small.",
	For:      Update | Review | Apology | Story,
	Severity: Warning,
}

var minimisingPhrases = []phrase{
	{rule: "minimising", ask: "How many, out of how many, and for how long?", guard: withoutNumber, text: `
		only|just|merely a|an|some|affected|impacted <adv>? small|few|handful|tiny|subset|fraction|minority|limited|brief|minor|portion number|subset|fraction|percentage|portion|group|minority|issue|delay?
		only <adv>? affected|affects|impacted|impacts a|some|the|those|users|customers
		a|an <adv>? <degree>? small|tiny|limited|minor|negligible number|subset|fraction|percentage|portion|amount|set|group|minority|proportion|share
		a|an|some|only <degree>? minor|slight|brief|small|short|temporary|little|momentary issue|problem|disruption|inconvenience|outage|interruption|glitch|hiccup|blip|bug|mistake|error|incident|downtime|delay
		minimal|limited|negligible|no|little real|significant|major|material|lasting|meaningful? impact|effect|disruption|inconvenience
		inconvenience
		glitch|hiccup|blip|hiccups|glitches|snafu
		a handful of
		very few <people>
		isolated|one-off incident|case|cases|event|occurrence|mistake|issue
		just|merely|simply|only a|an <adv>? glitch|bug|typo|mistake|misunderstanding|test|oversight
		not <adv>? a big|huge|major|serious deal|issue|problem|concern
		nothing serious|major|to worry
		could|might have been <adv>? worse
		briefly|momentarily|temporarily unavailable|affected|interrupted|down|impacted|disrupted|offline|unable|degraded
		brief|momentary|short interruption|period|disruption|outage|downtime
		out of an abundance of caution
		so-called
		most|vast|overwhelming majority? of? customers|users .. not|never|unaffected|weren't
		vast|overwhelming majority of
	`},
	{rule: "minimising", kind: "no-lesson", ask: "What would have to change so that the next person does not meet it?", text: `
		nothing|little|not|much to learn
		one-off
		freak|rare|unlikely|unlucky|unfortunate accident|event|coincidence|circumstance|circumstances|occurrence|combination
		bad luck
		these|such things happen
		nobody|no-one is perfect
		mistakes happen
	`},
}

// withoutNumber lets a sentence pass that says how many.
func withoutNumber(x *text, from, to int) bool {
	if x.is(from, "inconvenience") && to-from == 1 {
		return x.any&tNum == 0
	}
	for i := max(0, from-6); i < len(x.toks) && i < to+12; i++ {
		if x.toks[i].tags&tNum != 0 && (x.is(i+1, "%", "percent") || x.at(i+1)&(tPeople|tUnit) != 0 || x.at(i+2)&tPeople != 0) {
			return false
		}
	}
	return true
}

var nonApology = Rule{
	ID:       "non-apology",
	Title:    "Sorry, but not for what you did",
	Why:      "It says sorry for how somebody feels, or only if something happened; readers hear that you do not think it did.",
	Bad:      "We are sorry if anyone was affected.",
	Good:     "We are sorry: we lost the orders of 214 customers on Tuesday.",
	Blind:    "Whether the apology is meant.",
	For:      anyContext,
	Severity: Warning,
}

var nonApologyPhrases = []phrase{
	{rule: "non-apology", kind: "feelings", ask: "What did you do that you are sorry for?", text: `
		sorry|apologise|apologize|apologies|regret that|if|for|you|how? .. feel|felt|feeling|upset|offended|disappointed|frustrated|unhappy
		sorry|apologise|apologize|regret|apologies <adv>? you|they|people|customers|users <adv>? feel|felt|think|took|found|perceived
	`},
	{rule: "non-apology", kind: "if", ask: "It happened: to whom, and what was it?", text: `
		sorry|apologise|apologize|apologies|apology|regret <prep>? <det>? <adv>? if
		sorry|apologise|apologize|apologies|apology|regret .. any|possible|potential|perceived inconvenience|trouble|confusion|disruption|issues|problems|impact|offence|offense|harm|concern|distress|frustration|delay|delays|upset|issue|misunderstanding
		sorry|apologise|apologize|apologies .. may|might|could have
		if anyone|anybody|any|someone|you|they <det>? <people>? was|were|felt|feel|is|are <adv>? affected|impacted|offended|inconvenienced|upset|harmed|hurt
		for any inconvenience
		any inconvenience .. caused
	`},
	{rule: "non-apology", kind: "but", ask: "What remains when you leave out what stands behind the but?", text: `
		sorry|apologise|apologize , but
		sorry|apologise|apologize but
		sorry|apologise|apologize .. however
	`},
	{rule: "non-apology", kind: "third-person", ask: "Who is sorry, and for what?", text: `
		mistakes were|was|have|has been? made
		errors were made
		it is|was regrettable|unfortunate
		regrettable|unfortunate that
		unfortunate|regrettable|regretful incident|event|events|situation|circumstances|mistake
		<cap>? regrets|apologises|apologizes that|any|if
	`},
}
