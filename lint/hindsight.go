package lint

var hindsight = Rule{
	ID:       "hindsight",
	Title:    "Judged with what was learned afterwards",
	Why:      "\"Should have\" tells what did not happen; it hides why what did happen made sense to the people there.",
	Bad:      "The on-call engineer should have noticed the alert.",
	Good:     "The alert went to a channel that nobody watched at night.",
	Blind:    "A sentence that judges without one of these words.",
	For:      Review | Story | Ticket,
	Severity: Warning,
}

var hindsightPhrases = []phrase{
	{rule: "hindsight", kind: "should-have", ask: "What did they see at that moment, and what made their choice reasonable?", text: `
		should|could|ought|must have|of <adv>? <past>
		should|could not|never have <past>
		shouldn't|couldn't have <past>
		should've|could've|shouldn't've <adv>? <past>
		would|could have been <adv>? avoided|prevented|caught|detected|noticed|spotted
		was|were supposed to
		had|were|was to have
	`, guard: notFirstShould},
	{rule: "hindsight", kind: "failed-to", ask: "What did they do instead, and why did it look right?", text: `
		failed to !<be> notice|follow|check|verify|see|test|escalate|communicate|update|inform|realise|realize|understand|consider|catch|spot|review|read|ask|document|respond|act|tell|report|monitor|recognise|recognize|recognised|perform|validate|anticipate|appreciate
		forgot to
		forgot about|that
		neglected|omitted to
		<person> failed to
		<subj> failed to
		<they> didn't|never bother|bothered|even|think|care
		nobody|no-one|noone bothered|cared
	`},
	{rule: "hindsight", kind: "hindsight", ask: "What was known at the time?", text: `
		in|with hindsight
		in retrospect
		with the benefit of hindsight
		obviously|clearly <subj>? <adv>? wrong|missed|ignored|overlooked|should|broken|incorrect
		!<not> <adv>? obvious|clear that .. would|wrong|risk|risky|bad
		anyone|anybody could|would|can have? see|seen|known|noticed|told
		it was <adv>? obvious|predictable|foreseeable|inevitable
		how could <subj>
		common sense
		any competent|reasonable
	`},
}

// notFirstShould lets the writer's own regret pass in a story: "I should have
// told them sooner" owns it.
func notFirstShould(x *text, from, to int) bool {
	return x.at(from-1)&tI == 0 && !x.is(from-1, "customers", "users", "you", "services", "service")
}
