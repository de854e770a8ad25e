package lint

var weakAction = Rule{
	ID:       "weak-action",
	Title:    "Asks people to be better",
	Why:      "Care wears off by next month; a change to the system stays. Readers have heard the promise before.",
	Bad:      "We will be more careful with deployments.",
	Good:     "The deploy tool now refuses a release without a passing canary.",
	Blind:    "Whether the training is one part of a larger change.",
	For:      Review | Ticket | Story | Apology | Update,
	Severity: Warning,
}

var weakActionPhrases = []phrase{
	{rule: "weak-action", kind: "care", ask: "What will stop it when somebody is tired at 03:00?", text: `
		be|being|more <adv>? more careful|vigilant|cautious|attentive|diligent|aware|mindful|thorough|rigorous
		be <adv>? careful|vigilant|cautious
		more|extra|greater|increased|better|additional|take|exercise|with care|caution|vigilance|diligence|attention|awareness|discipline
		try|trying harder
		pay|paying <adv>? more|closer|better attention
		remain|stay vigilant|alert|careful
		double-check|triple-check
		double check
		make sure <adv>? that? everyone|people|engineers|developers|we|staff|colleagues|nobody
		make sure to
		do better
		raise|raising|increase|increasing awareness
		avoid|avoiding <adv>? such|this|these|similar mistakes|issues|situations|errors|mistake
		not make|repeat this|the|that|such same? mistake|error
		learn from this|our|it|these mistake|mistakes|incident|experience|errors
	`},
	{rule: "weak-action", kind: "train", ask: "What will make the right way the easy one, for a person who has not been trained?", text: `
		train|retrain|retraining|re-train|educate|remind|reminding|coach|instruct <det>? <adv>? team|teams|staff|engineers|developers|operators|everyone|people|employees|all|users|support|on-call|colleagues|on
		training !data|set|job|jobs|run|runs|environment|cluster|example|pipeline|session|sessions? for|on|of|session|sessions|will|to|program|programme|course
		provide|provided|schedule|organise|organize|hold|offer|deliver|give|conduct|additional|mandatory|refresher|more|better training|education|coaching
		reminded|retrained|trained|educated|coached <det>? <adv>? team|teams|staff|engineers|developers|operators|everyone|people|employees|all|on
		send|sent|sending|issue|issued|a? reminder|reminders
		be reminded|retrained|trained|coached|instructed
		communicate|reiterate|re-iterate|emphasise|emphasize|stress|reinforce to|the|with importance|engineers|team|everyone|teams|need
		discuss|discussed|talk|talked|speak|spoke with|to the engineer|developer|person|employee|operator|individual|team
		disciplinary
	`},
	{rule: "weak-action", kind: "consider", ask: "Will you, by when, and who?", text: `
		consider|considering|explore|exploring|look|think|evaluate|evaluating|investigate|assess|assessing|review|reviewing into|about|at? whether|if|possibility|ways|options|how|adding|improving|introducing|using|implementing|having|making|changing|moving|possible|feasibility
		consider|explore|evaluate|investigate the|some|other|better|alternative|possible|potential? possibility|options|ways|feasibility|alternatives|use|approaches|solutions|improvements
		where|when|if possible|feasible|appropriate|practical|necessary
		would be nice|good|great|better to|if
	`, guard: notCourtesy},
}

// notCourtesy keeps "where possible" out of what was done already, and reviews
// that have a thing to look at.
func notCourtesy(x *text, from, to int) bool {
	return x.at(from-1)&(tHave|tBe) == 0
}

// The rules that find a part missing from the whole text.

var noAction = Rule{
	ID: "no-action", Title: "Nothing was done",
	Why:      "A text that tells what went wrong and not what was done about it leaves the reader where they were.",
	Bad:      "The checkout was down for an hour on Monday because a certificate had run out. We are sorry.",
	Good:     "The checkout was down for an hour because a certificate had run out. We renewed it at 10:40 and added an alert 30 days before the next one ends.",
	Blind:    "Actions told in words that the recogniser does not know.",
	For:      Review | Story | Apology,
	Severity: Error,
	document: lacks(Action, "What did you do, to what, and when?", Prevention, Detection, Process),
}

var noMeasure = Rule{
	ID: "no-measure", Title: "No number for the harm or the cure",
	Why:      "Without a number nobody can tell whether it got better.",
	Bad:      "Checkout was slow. We added an index to the orders table and it became faster.",
	Good:     "Checkout took 9 s for 40 % of customers. We added an index to the orders table; since Tuesday it takes 0.8 s.",
	Blind:    "Whether the number is the one that matters.",
	For:      Review | Story,
	Severity: Error,
	document: lacks(Impact, "How much, before and after, measured where?", Measure),
}

var noCause = Rule{
	ID: "no-cause", Title: "No cause",
	Why:      "Who does not know why it broke cannot know that it will not break again.",
	Bad:      "Checkout failed for 300 customers on Monday. We restarted the servers.",
	Good:     "Checkout failed for 300 customers on Monday because the disk was full: our log rotation had stopped. We restarted the servers.",
	Blind:    "Whether the cause is the real one.",
	For:      Review | Story,
	Severity: Error,
	document: lacks(Cause, "Why did it happen, and why could it?"),
}

var noReflection = Rule{
	ID: "no-reflection", Title: "Nothing was learned",
	Why:      "Readers look for what you do differently since; without it, the same will happen again.",
	Bad:      "I deployed the wrong branch and broke checkout for 12 minutes. I rolled it back.",
	Good:     "I deployed the wrong branch and broke checkout for 12 minutes. I rolled it back. I learned that I read branch names carelessly when two look alike; since then the tool shows me the difference before it deploys.",
	Blind:    "A lesson told without one of the words for it.",
	For:      Review | Story,
	Severity: Warning,
	document: lacks(Lesson, "What did you learn, and what do you do differently since?", Practice),
}

var noNextTime = Rule{
	ID: "no-next-time", Title: "No time for the next word",
	Why:      "Readers who know when you will write again stop reloading the page.",
	Bad:      "Card payments are failing for 1 in 9 customers. We are moving them to the second provider.",
	Good:     "Card payments are failing for 1 in 9 customers. We are moving them to the second provider. Next update at 15:30 UTC.",
	Blind:    "A next time that stands in a field of its own.",
	For:      Update,
	Severity: Error,
	document: checkNextTime,
}

// lacks returns a check that the whole text has one of some marks.
func lacks(first MarkKind, ask string, others ...MarkKind) func(*pass) {
	id := map[MarkKind]string{Action: "no-action", Impact: "no-measure", Cause: "no-cause", Lesson: "no-reflection"}[first]
	return func(p *pass) {
		if !p.strict || p.stats.Words < 8 || p.seen.has(first) {
			return
		}
		for _, k := range others {
			if p.seen.has(k) {
				return
			}
		}
		p.missing(mustNumber(id), "", ask)
	}
}

func checkNextTime(p *pass) {
	if !p.strict || p.stats.Words < 4 || p.seen.has(Promise) || p.closed {
		return
	}
	p.missing(mustNumber("no-next-time"), "", "When will you write next, whatever you know by then?")
}
