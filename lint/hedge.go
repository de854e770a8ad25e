package lint

// Hedges are four things that readers take differently: doubt about one's own
// deeds, doubt about a state that nobody can know yet, numbers left out, and
// numbers rounded.

var selfHedge = Rule{
	ID:       "hedge-self",
	Title:    "Doubts what you did yourself",
	Why:      "If you are not sure what you did, nobody else can be.",
	Bad:      "I think I might have done this.",
	Good:     "I deleted the table.",
	Blind:    "Whether you are sure.",
	For:      anyContext,
	Severity: Warning,
}

var uncertain = Rule{
	ID:       "hedge-uncertain",
	Title:    "Leaves it open",
	Why:      "While it is going on, doubt is honest. In an account of the past, say what you know and how, and what you do not know.",
	Bad:      "The failure was probably caused by the cache.",
	Good:     "The cache caused it: the error stopped when we emptied it. We do not know yet what filled it.",
	Blind:    "Whether it can be known.",
	For:      Review | Story | Apology,
	Severity: Suggestion,
}

var weasel = Rule{
	ID:       "hedge-quantity",
	Title:    "A quantity that could be any",
	Why:      "\"Some\" and \"several\" can be three or three thousand; each reader fills in their own fear.",
	Bad:      "Some users saw errors.",
	Good:     "About 4 % of users saw errors.",
	Blind:    "Whether the number can be known yet.",
	For:      Update | Review | Story | Apology,
	Severity: Suggestion,
}

var approximate = Rule{
	ID:       "hedge-approximate",
	Title:    "Rounded, without its source",
	Why:      "Rounding is fair; saying what was counted makes it firm.",
	Bad:      "Around many of the orders were late.",
	Good:     "About 1,200 of 9,800 orders were late, counted in the order log.",
	Blind:    "How exact the number behind it is.",
	For:      Review | Story,
	Severity: Suggestion,
	Off:      true,
}

var hedgePhrases = []phrase{
	{rule: "hedge-self", ask: "Did you, or did you not?", text: `
		<i> <adv>? think|believe|guess|suppose|suspect|feel|assume that? <own> .. may|might|could|probably|possibly|perhaps|somehow|must
		i|we <adv>? may|might|could <adv>? have <past>
		i|we <adv>? probably|possibly|perhaps|maybe <past>
		i|we kind|sort of
		maybe|perhaps <own>
		<i> guess|suppose
		<i> think <i>
		i'm|we're not <adv>? sure <wh>? <own>
		i'd|we'd like to think
		in my|our humble? opinion
		<own> tried|attempted to <adv>? make|ensure|do|be
		i|we somehow
		i|we seem|appear to have
	`, guard: notHypothetical},
	{rule: "hedge-uncertain", ask: "What do you know, from where, and what is still open?", text: `
		!you|by|in|of|into|of|early|late may|might !not|2018|2019|2020|2021|2022|2023|2024|2025|2026 <adv>? have|be|cause|affect|experience|see|result|lead|impact|lose|encounter|receive|notice|fail|need|include|contain|contribute|take|observe|find|explain|occur|appear|continue|remain|return|suffer|become|help|still|persist|require|happen|go|show|get|come|wait|miss|differ|hold|already|also
		could <adv>? have been|caused|led|resulted|affected|contributed|seen|happened|exposed|allowed|come
		could <adv>? be <adv>? due|caused|related|linked|that|affected|impacted|the|a|why
		should now|soon|shortly|already|again|gradually|slowly <adv>? be|see|work|have|return|recover|start|find|notice
		should|must <adv>? be back|resolved|fixed|available|able|working|recovering|fine|restored|complete|completed|stable|operational|normal|over|unaffected|minimal
		cannot|can't <adv>? rule out
		chances are
		our|my best? guess|suspicion|theory|assumption|hunch|impression|understanding is
		would <adv>? expect|guess|say|assume|think
		sounds|sounded|feels|felt like
		do|does|did not <adv>? know for|exactly
		don't|didn't <adv>? know for|exactly
		some|first|early|little evidence|indication|indications|signs|sign that|of
		in all probability|likelihood
		rough estimate|idea|guess
		is|are|was|were <adv>? rough|preliminary|provisional
		could|might|may change
		may or may not
		reason to believe|think|suspect
		should work|run|be|load again|normally|now
		there is a|some possibility|chance|risk|doubt
		not <adv>? certain|sure|convinced|confident
		may|might start|run|work|not|be|load|arrive|open|differ
		!you|in|of|early|late|since|until|by|caller|lead|member|members|anyone|nobody|this|last|next|on|that may|might <adv>? !2018|2019|2020|2021|2022|2023|2024|2025|2026|vote|override|not|<num>|<punct> <adv>? have|be|see|lose|<part>|<be>|experience|encounter|notice|receive|fail|take|need|find|get|go|still|remain|return|differ|open|arrive|miss|appear|happen
		!you|that may|might not
		looks|looked like|as
		should <adv>? help|hold|do|clear|finish|complete|end|improve
		should be <adv>? <part> by|within|in|soon|shortly
		should no longer|return|recover|start|begin|help|improve|stop|clear|resolve|prevent
		appear|appears|appeared to|that|as|<adv>
		it|there|this|that appears|seems|seemed|appeared
		seem|seems|seemed to|that|like|<adv>
		seemingly|presumably|arguably|supposedly|allegedly|conceivably
		apparently
		probably|possibly|perhaps|maybe|potentially
		hopefully
		most|very|more|highly? likely !to|recurrence|scenario to? be|due|caused|related|because|a|an|the|have|that|by
		is|was|are|were|seems|it's <adv>? likely|unlikely
		likely cause|root|culprit|trigger|source|explanation|candidate|reason|due|because|that|related|<part>
		unlikely to|that|event
		we|i <adv>? believe|think|suspect|assume|feel|hope|guess|reckon|gather|presume !in
		we|i have|had|are|am <adv>? hopes|hope|hopeful|confident|hoping|optimistic|believing
		we're|i'm|are|am <adv>? hopeful|hoping|optimistic
		it|is|was|be|also|seems|it's|still <adv>? possible that|to|for|!to
		delays|errors|issues|problems|interruptions|disruptions|outages|failures .. are|is possible|likely
		unclear|unsure|uncertain|inconclusive|unknown
		not <adv>? sure|certain|clear|known|known yet
		to the best of <own> knowledge
		as far as <own> know|knows|can|are|is
		difficult|hard|impossible to <adv>? say|tell|know|determine|quantify|estimate|be|pin
		suggest|suggests|suggested|indicate|indicates|indicated that
		<be> <adv>? believed|thought|suspected|assumed|rumoured|presumed to|that
		is|are|was|were <adv>? suspected
		suspected !to
		in|at theory
		kind|sort of
		one|a possible|potential|plausible|probable|suspected|likely explanation|cause|reason|factor|fix|solution|source|trigger
		possible|potential|suspected|probable cause|causes|root|culprit|contributing|impact|data|source
		tends|tended to
	`, guard: doubtful},
	{rule: "hedge-quantity", ask: "How many? A range is an answer too.", guard: withoutNumber, text: `
		some|several|various|certain|numerous|many|multiple|few <adv>? <adj>? <people>
		some|several|various|certain|numerous|many|multiple|few of? our|the|these? <people>
		some|several|certain|various !of|other|new|time|point|kind|sort active|hosted|enterprise|new|existing|paid|free|internal|external|other|larger|smaller|european|regional? <people>
		a number|subset|portion|fraction|percentage|proportion|variety|handful|majority|couple|few|minority of !<num>
		a <degree>? small|large|limited|certain|significant|great number|subset|portion|fraction|percentage|proportion|amount|majority|share|minority of?
		<vague> errors|issues|failures|problems|delays|outages|incidents|times|hours|days|minutes|weeks|complaints|attempts|occasions|improvements|steps|measures|changes|factors
		a lot of
		lots of
		elevated|increased|higher|intermittent|occasional|significant|slightly|slight|severe <adv>? number|rate|rates|levels|level|volume of
		subset of
		a few
		most <people>
	`},
	{rule: "hedge-approximate", ask: "What was counted, and where?", text: `
		approximately|roughly|around|about|nearly|almost|circa|approx <vague>
		around|about|nearly|almost|roughly half|all|everyone|everything|many|most
		more or less
		give or take
		or so
		ish
	`},
}

// notHypothetical keeps questions and conditions out.
func notHypothetical(x *text, from, to int) bool {
	for i := max(0, from-3); i < from; i++ {
		if x.is(i, "if", "whether", "what", "how", "where") {
			return false
		}
	}
	return true
}

// doubtful keeps rules, permissions, conditions and plans out of the hedges:
// "you may retry", "an attacker may need", "might have" behind an if.
func doubtful(x *text, from, to int) bool {
	for i := 0; i < from; i++ {
		if x.is(i, "if", "whether", "unless", "attacker", "attackers", "adversary", "want", "ensure", "before", "until", "so-that") {
			return false
		}
	}
	if x.at(from-1)&tYou != 0 && x.is(from, "may", "might", "could", "should") {
		return x.is(to-1, "see", "experience", "notice", "have", "encounter", "receive")
	}
	if x.is(from, "could", "should", "must") || x.is(from+1, "should") {
		return !x.is(from-1, "we", "that", "it") || !x.is(from, "should") || x.is(to-1, "no", "longer", "now") || x.is(from+1, "now", "be", "no")
	}
	return true
}
