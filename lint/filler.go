package lint

var filler = Rule{
	ID:       "filler",
	Title:    "An update without news",
	Why:      "A reader who opens an update and learns nothing stops opening them. Say what was tried, or when you will write again.",
	Bad:      "We are continuing to investigate this issue.",
	Good:     "The restart did not help. We are now comparing the settings of the two regions; next word at 15:30 UTC.",
	Blind:    "Whether the sentence around it has the news.",
	For:      Update,
	Severity: Suggestion,
}

var fillerPhrases = []phrase{
	{rule: "filler", kind: "still", ask: "What did you try or learn since the last update, and when will you write again?", guard: nothingElse, text: `
		continuing|continue|continues to investigate|monitor|work|look|working
		still|currently|actively investigating|working|looking|monitoring
		investigating this|the|these|reports|an|a <adv>? issue|issues|incident|problem|reports|report|matter
		aware of this|the|an|a|reports|issues|issue
		monitoring the|this situation|issue|results|fix|recovery|system|systems|closely
		will|we'll continue to|our|monitoring|investigating|working
		will|we'll provide|share|post|give|have|keep more|further|additional|updates|an|you|another|it|everyone update|updates|information|details|posted|updated|informed|as|when|once|soon|shortly
		working hard|diligently|tirelessly|around|on|to|with|quickly
		team is <adv>? working|investigating|looking|engaged|on|aware
		all hands on deck
	`},
	{rule: "filler", kind: "thanks", ask: "What can readers do with it? Leave it out, or say when you will write again.", text: `
		thank|thanks you? for your patience|understanding|continued|cooperation|support
		appreciate your patience|understanding|cooperation|continued
		we|i apologise|apologize for the|this|any inconvenience
		bear with us
		rest assured
		take <det>? <adv>? very seriously
		highest|utmost|top priority|importance
	`},
}

// nothingElse keeps the finding to sentences without a time, a number or a
// named thing in them.
func nothingElse(x *text, from, to int) bool {
	if x.any&(tCode|tNum) != 0 || len(x.toks) > 28 {
		return false
	}
	for i := range x.toks {
		if x.is(i, "because", "after", "found", "rolled", "restarted", "by", "at", "in") && !x.is(i, "in") {
			return false
		}
	}
	return true
}

var repeated = Rule{
	ID:       "repeated",
	Title:    "Said before, word for word",
	Why:      "A repeated update tells readers that nobody has looked since.",
	Bad:      "We are looking into slow searches.\n\nWe are looking into slow searches.",
	Good:     "We are looking into slow searches.\n\nThe slow searches all touch the same shard; we are moving it.",
	Blind:    "The same said in other words.",
	For:      Update,
	Severity: Suggestion,
	sentence: checkRepeated,
}

var falseCertainty = Rule{
	ID:       "false-certainty",
	Title:    "Promises what nobody can know",
	Why:      "A missed repair time costs more trust than the outage. Promise when you will write, not when it is fixed.",
	Bad:      "This will be fixed within 30 minutes.",
	Good:     "We are restoring the index; we will write again at 15:30 UTC, whatever we know by then.",
	Blind:    "Repairs whose length is known, such as a copy with a progress bar.",
	For:      Update | Apology,
	Severity: Warning,
	sentence: checkFixTime,
}

var falseCertaintyPhrases = []phrase{
	{rule: "false-certainty", kind: "never-again", ask: "What have you changed, and what would still slip through?", text: `
		will|can|shall never <adv>? happen|occur|recur|be again|repeated
		won't happen|occur|recur|repeat again|itself
		will not <adv>? happen|occur|recur again
		never happen|occur again
		guarantee|guaranteed|guarantees that|this|you|it|no|100 .. will|never|not|again|be
		<own> guarantee
		100 % certain|sure|safe|confident
		completely|absolutely|totally certain|sure|safe|impossible
		impossible for this|it|that to happen|recur
		fixed|resolved once and|for for|good|all
	`},
	{rule: "false-certainty", kind: "all-clear", ask: "How do you know, and since when?", text: `
		no|zero customers|users|data|customer|user .. were|was|is|has|have <adv>? ever? affected|lost|impacted|compromised|exposed
		everything|all is|are|systems|services <be>? back|fully to|operational|functional|working|normal|fine
		fully <adv>? resolved|recovered|restored|fixed
	`, guard: withoutNumber},
}
