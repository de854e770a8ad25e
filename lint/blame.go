package lint

var blame = Rule{
	ID:       "blame",
	Title:    "The cause is placed outside, or with a person",
	Why:      "A reader who hears whose fault it was, and not what your side could have done, trusts you less, even when it is true.",
	Bad:      "The QA team missed the bug, so it wasn't my fault.",
	Good:     "Our tests did not cover the empty cart, and our release went out without a check that would have caught it.",
	Blind:    "Whether the sentence is true, and whether the text says elsewhere what your own part was.",
	For:      Review | Story | Apology | Update | Ticket,
	Severity: Warning,
	sentence: checkBlame,
}

var blamePhrases = []phrase{
	{rule: "blame", kind: "excuse", ask: "What was your own part, and what will you change on your side?", text: `
		not|wasn't|isn't my|our fault
		not|wasn't|isn't|weren't <adv>? our|my problem|doing|error|mistake|responsibility
		no fault of ours|mine|our
		beyond|outside|out our|my|of control|hands
		beyond|outside our|my direct|immediate? control
		through no fault of
		out of our|my control|hands
		nothing <own> could|can have? done?
		<own> had no choice|control
		not <adv>? responsible for
		blame <adv>? lies|rests|falls
		to blame
		if they had|would|hadn't
		responsibility|fault|error|problem|cause|blame|mistake lies|lay|rests|is with|at|on <det>? <adv>? <vendor>|vendor|provider|upstream|customer|client|team|supplier|partner|side
		responsibility|fault|job|problem of|for the <adv>? hosting|cloud|other? company|provider|vendor|customer|client|team|supplier|partner
		if only they|he|she|the|it
	`},
	{rule: "blame", kind: "person", ask: "What about the system let this happen, whoever sat there?", text: `
		human|operator|user|manual|engineer|pilot error|mistake
		pilot error
		bad|rogue|careless|inexperienced|junior|negligent|sloppy engineer|developer|operator|employee|actor|intern|admin|contractor|colleague|person|hire
		careless|carelessly|carelessness|negligence|negligent|sloppiness|incompetence|incompetent|laziness|lazy
		fat-fingered|fat-finger
		his|her|their mistake|fault|error|carelessness|negligence
		a|an|the|one <adv>? junior|new|single|inexperienced engineer|developer|operator|admin|intern|contractor|employee|technician .. mistakenly|accidentally|inadvertently|wrongly|incorrectly|forgot|failed|missed|ran|deleted|deployed|pushed|broke|misconfigured|ignored|overlooked|typed|entered|dropped|merged|committed|removed|released
		<person> .. mistakenly|accidentally|inadvertently|erroneously
		who|person|engineer responsible for this|that|it
	`, guard: notOwnPerson},
	{rule: "blame", kind: "party", ask: "What was your own part: how did you depend on it, and what will you change?", guard: outsideDoer, text: `
		provider|provider's|vendor|vendors|supplier|contractor|contractors|agency|carrier|registrar|isp|partner|bank|operator|driver|telecom|hoster|subcontractor|authority|manufacturer|consultant|landlord|utility|outsourcer|company|customer|client|user|intern|developer|admin|employee|administrator|technician|tester|actors <adv>? <adv>? deleted|dropped|entered|typed|misread|ignored|cut|blocked|shipped|rejected|changed|demanded|refused|never|forgot|failed|missed|misconfigured|overloaded|hard-coded|revoked|pushed|broke|sent|announced|didn't|mishandled|overwrote|disconnected|unplugged|abused|misused|delayed|cancelled|canceled|withdrew|suspended|terminated|throttled|let|lost|left|wrote|applied|restarted|rebooted|rotated|expired|introduced|caused|had|has|is|are|suffered|experienced
		provider|vendor|supplier|contractor|agency|carrier|registrar|isp|partner|bank|operator|driver|customer|client|intern|developer|admin|employee|technician did not
		<vendor> <adv>? is|are|was|were|had|has <adv>? reporting|reported|experiencing|down|having|suffering|unavailable|degraded|an|a|network|some|storage|problems
		marketing|legal|sales|finance|management|leadership|procurement|hr|support <adv>? announced|blocked|promised|demanded|refused|sold|rushed|insisted|pushed|changed|told|decided|never|didn't
		qa|ops|security|platform|network|networking|database|product|marketing|sales|legal|frontend|backend|previous|infra|infrastructure|data|support|design team|team's|group|people <adv>? demanded|refused|insisted|mistake|fault|error|broke|blocked|ignored|rushed|left|changed|pushed|announced
		<adv>? bad actors|actor
		side|part|fault|end of our|the|a <adv>? <adj>? cdn|dns|hosting|cloud|email|payment|sms|network|internet|upstream? provider|vendor|supplier|partner|carrier|isp
		at|with|from|by our|the|an|a <adv>? cdn|dns|hosting|cloud|email|payment|sms|network|internet|upstream|external|third-party provider|vendor|supplier|partner|carrier|isp|processor|registrar
	`},
	{rule: "blame", kind: "outside", ask: "What was your own part: how did you depend on it, and what will you change?", guard: notOwnPerson, text: `
		they never|didn't|failed|forgot|neglected|missed|broke
		they should|could have
		they said|told|promised|assured .. would|will|fine|ok|okay|safe
		qa|ops|security|platform|network|dba|sre|marketing|sales|support|finance|legal|infrastructure|infra|vendor's|backend|frontend|devops|it|design|product|data team|department|group|people|folks never|didn't|failed|forgot|neglected|missed|broke|ignored|refused|overlooked|dropped|changed|caused|pushed|deployed
		another|other|different team|group|department|teams .. never|didn't|failed|forgot|neglected|missed|broke|ignored|refused|changed|caused|pushed|deployed|introduced
		<vendor> <adv>? never|didn't|failed|forgot|neglected|missed|broke|ignored|refused|dropped|mishandled
		customers|users|clients <adv>? misunderstood|misused|abused|misconfigured|ignored|forgot|misread|neglected
		customer|user|client misuse|misconfiguration|negligence
		third-party|external|outside|upstream|vendor's fault|failure|outage|error|mistake|issue|problem|bug|incident
	`},
}

// notOwnPerson lets a sentence pass that names the writer's own part.
func notOwnPerson(x *text, from, to int) bool {
	if x.is(to-1, "error", "mistake") && x.is(to-2, "user") && x.is(to, "message", "messages", "rate", "rates", "page", "code", "reports", "report", "logs") {
		return false
	}
	return !x.ownPart(from)
}

// outsideDoer asks for a word of fault beside a party, where its verb is none.
func outsideDoer(x *text, from, to int) bool {
	if !notOwnPerson(x, from, to) {
		return false
	}
	for i := from; i < to; i++ {
		if x.at(i)&tVendor != 0 && !x.outsideParty(i) {
			return false
		}
	}
	last := to - 1
	if x.is(last, "had", "has", "is", "are", "provider", "vendor", "supplier", "partner", "carrier", "isp", "processor", "registrar", "left", "let", "wrote", "applied", "changed", "sent", "an", "a", "restarted", "rebooted", "rotated", "introduced", "reporting", "reported", "storage", "some", "network") {
		for i := range x.toks {
			if x.toks[i].tags&tPunct == 0 && (x.toks[i].tags&tFault != 0 || x.has(i, faultHappened) || x.is(i, "wrong", "malformed", "without", "bad", "late", "notice", "twice", "late")) {
				return true
			}
		}
		return false
	}
	return true
}

// ownPart reports that the sentence says what the writer's side did or left
// undone: "we" with a verb of fault.
func (x *text) ownPart(skip int) bool {
	for i := range x.toks {
		if x.toks[i].tags&(tWe|tI) == 0 || x.toks[i].tags&tSubject == 0 {
			continue
		}
		for j := i + 1; j <= i+4 && j < len(x.toks); j++ {
			if x.is(j, "didn't", "failed", "missed", "should", "had", "introduced", "deployed", "caused", "broke", "depended", "relied", "forgot", "apologise", "apologize", "misconfigured", "overlooked", "take", "took", "own", "accept", "changed", "assumed", "hadn't", "lacked", "made", "pushed", "released", "shipped", "mistakenly", "incorrectly") {
				return true
			}
			if x.at(j)&tNot != 0 && !x.is(j, "cannot", "can't", "couldn't") {
				return x.at(j)&tBe == 0
			}
		}
	}
	return false
}

// causeVerbs say that what stands before them caused what stands behind.
var causeWords = wordList(`caused causing cause causes due triggered led introduced resulted broke stems stemmed originated attributed
	traced because`)

var faultHappened = wordList(`outage outages failure failed fails failing incident issue issues problem problems down error errors bug
	degraded degradation unavailable interruption disruption dropped lost broke broken misconfigured misconfiguration experienced experiencing
	maintenance suffered`)

// checkBlame finds an outside party named as the place of the cause: "due to an
// outage at our hosting provider", "AWS had an outage".
func checkBlame(p *pass) {
	x := &p.text
	if i := x.partyAtFault(); i >= 0 {
		p.addTo("blame", "party", "What was your own part: how did you depend on it, and what will you change?", i, i+1)
		return
	}
	if x.any&tVendor == 0 {
		return
	}
	vendor, fault, cause := -1, false, false
	for i := range x.toks {
		t := x.toks[i].tags
		if t&tVendor != 0 && t&tQuoted == 0 && vendor < 0 && x.outsideParty(i) {
			vendor = i
		}
		if x.toks[i].id == 0 && t&tLower == 0 {
			continue
		}
		fault = fault || x.has(i, faultHappened) || t&tFault != 0
		cause = cause || x.has(i, causeWords) || x.is(i, "by") && x.at(i-1)&tPart != 0
	}
	if vendor < 0 || !fault || x.ownPart(vendor) {
		return
	}
	if !cause && !x.subjectOfFault(vendor) && !x.faultAt(vendor) {
		return
	}
	p.addTo("blame", "outside", "What was your own part: how did you depend on it, and what will you change?", vendor, vendor+1)
}

// Parties outside the writer's side, whoever's they are; people and groups
// inside, who are blamed when somebody else names them; what goes wrong; and
// the words that make a neutral verb a reproach.
var (
	outsideParties = wordList(`provider providers vendor vendors supplier suppliers processor agency agencies company companies contractor
		contractors subcontractor carrier carriers registrar isp partner partners bank banks operator driver landlord electrician plumber
		reseller resellers consultant consultants consultancy hoster host-company outsourcer manufacturer telecom utility authority
		integrator distributor franchise courier couriers lawyer lawyers auditor auditors competitor competitors regulator customer
		customers client clients user users buyer buyers tenant guest guests visitor visitors merchant merchants crawler-owner spammer`)
	insideParties = wordList(`intern developer developers engineer technician admin administrator manager boss supervisor director employee
		colleague coworker operator tester reviewer designer analyst trainee hire hires shift team department group people folks staff crew
		somebody someone nobody management leadership marketing legal sales finance qa ops procurement hr security author predecessor
		predecessors architect dba sysadmin person`)
	failVerbs = wordList(`declined blacklisted blocked ignored failed missed forgot dropped deleted disconnected unplugged cut broke rejected
		refused pressed pressured demanded insisted misconfigured mistyped misread mishandled overlooked neglected lost delayed cancelled
		canceled overwrote overloaded abused misused hard-coded revoked disregarded rushed skipped bypassed misunderstood botched
		mislabelled mislabeled spilled tripped sabotaged withheld misinformed promised never forgets fails refuses ignores wiped flooded
		caused introduced leaked exposed`)
	reproach = wordList(`wrong wrongly late incorrectly incorrect badly mistakenly accidentally inadvertently erroneously duplicate malformed
		faulty broken without unannounced carelessly off open invalid bad unreachable unavailable down outdated stale`)
)

// partyAtFault returns the token of a party that heads a clause and does what
// went wrong, or -1: "the agency delivered the texts late".
func (x *text) partyAtFault() int {
	if x.anyList&(outsideParties|insideParties) == 0 || x.anyList&(failVerbs|reproach) == 0 && x.any&tNot == 0 {
		return -1
	}
	for i := range x.toks {
		outside := x.has(i, outsideParties)
		if !outside && !x.has(i, insideParties) || x.toks[i].tags&tQuoted != 0 || !x.headsClause(i) {
			continue
		}
		if !outside && x.ownGroup(i) {
			continue
		}
		if x.doesWrong(i) && !x.ownPart(i) {
			return i
		}
	}
	return -1
}

// headsClause reports that the noun at i is the subject of its clause: nothing
// but its own words stands between it and the clause's start.
func (x *text) headsClause(i int) bool {
	for j := i - 1; j >= 0; j-- {
		t := x.toks[j].tags
		if t&(tComma|tEnd) != 0 || x.is(j, "because", "that", "since", "when", "after", "and", "but", "as", "while", "so", "where") {
			return true
		}
		if t&(tPrep|tBe|tHave|tModal|tWill|tSubject|tWh) != 0 || i-j > 6 {
			return false
		}
	}
	return true
}

// ownGroup reports one of the writer's own side: "our engineer", "the on-call
// engineer", "the customer success team".
func (x *text) ownGroup(i int) bool {
	for j := i - 1; j >= 0 && j > i-5; j-- {
		if x.at(j)&(tWe|tI) != 0 || x.is(j, "on-call", "success") {
			return true
		}
	}
	return false
}

// doesWrong reports that the subject at i does something that went wrong.
func (x *text) doesWrong(i int) bool {
	for j := i + 1; j <= i+4 && j < len(x.toks); j++ {
		t := x.toks[j].tags
		switch {
		case x.is(j, "could", "couldn't", "cannot", "can't", "were", "was", "may", "might", "will", "would", "can", "received", "got", "receive", "get", "see", "saw", "experienced", "lost", "who", "of", "for", "in", "to", "with"):
			return x.is(j, "lost") && x.has(i, outsideParties) && !x.is(i, "customers", "users", "clients", "customer", "client", "user", "tenant", "visitors", "merchants", "guests")
		case x.has(j, failVerbs):
			return !x.is(j, "delayed", "failed", "lost", "missed", "never") || !x.is(i, "customers", "users", "clients", "customer", "user", "client")
		case t&tNot != 0 && !x.is(j, "no"):
			return !x.is(i, "customers", "users", "clients", "customer", "user", "client", "people", "nobody", "visitors", "merchants", "guests")
		case t&(tPart|tPast) != 0 || x.has(j, acts) || x.is(j, "did", "gave", "sent", "left", "had", "has"):
			for k := j + 1; k < len(x.toks) && k < j+10; k++ {
				if x.has(k, reproach) {
					return true
				}
				if x.toks[k].tags&tEnd != 0 {
					break
				}
			}
		case t&(tPunct|tWh) != 0:
			return false
		}
	}
	return false
}

// outsideParty reports that the vendor word at i names a party, not a thing
// of one's own: "our provider", "AWS", "an upstream network", not "upstream
// pods" or "the identity provider service".
func (x *text) outsideParty(i int) bool {
	w := x.word(i)
	switch w {
	case "upstream":
		return x.at(i+1)&tVendor != 0 || x.is(i+1, "provider", "providers", "vendor", "network", "carrier", "dependency", "dns", "isp", "cloud", "supplier", "hosting", "issue", "outage", "partner", "api")
	case "third-party":
		return !x.is(i+1, "cookies", "apps", "code", "scripts")
	case "github", "google", "microsoft", "slack", "azure", "gcp":
		if x.is(i+1, "integration", "integrations") || x.at(i+1)&tCap != 0 || !x.blamed(i) {
			return false
		}
	}
	switch w {
	case "github", "google", "microsoft", "amazon", "oracle", "okta", "slack", "fastly", "salesforce", "stripe", "twilio", "heroku", "datadog", "cloudflare", "aws", "azure", "gcp", "digitalocean":
		if x.at(i-1)&tPrep == 0 && !x.is(i+1, "was", "is", "had", "has", "returned", "went", "failed", "broke", "changed", "dropped", "outage", "'s") && !x.is(i, "google's") {
			return false
		}
		return x.at(i-1)&(tWe) == 0 && !x.is(i+1, "actions", "pages", "packages", "codespaces", "copilot", "api", "app", "apps", "channel", "workspace", "account", "accounts", "users", "enterprise", "container") && x.at(i)&tCap|x.startCap(i) != 0
	case "partner", "registrar", "contractor", "contractors", "carrier", "carriers", "isp":
		return true
	}
	return !x.is(i+1, "credentials", "configuration", "config", "console", "account", "api", "apis", "list", "interface", "plugin")
}

// blamed reports that the sentence names its cause, or speaks of "our" side as
// well: "Google had an outage" alone may be Google's own update.
func (x *text) blamed(i int) bool {
	for j := range x.toks {
		if x.toks[j].tags&(tWe|tI) != 0 && !x.is(j+1, "are", "have") && !x.is(j, "we're", "we've") || x.toks[j].id != 0 && x.has(j, causeWords) || x.is(j, "by") && j < i {
			return true
		}
	}
	return !x.is(i+1, "'s", "is", "was", "had", "has") && x.is(i, "google's")
}

func (x *text) startCap(i int) tag {
	if raw := x.raw(i); raw[0] >= 'A' && raw[0] <= 'Z' {
		return tCap
	}
	return 0
}

// subjectOfFault reports "AWS had an outage", "our provider is experiencing
// problems".
func (x *text) subjectOfFault(i int) bool {
	for j := i + 1; j <= i+6 && j < len(x.toks); j++ {
		t := x.toks[j].tags
		if t&tEnd != 0 {
			return false
		}
		if x.is(j, "had", "has", "have", "suffered", "experienced", "experiencing", "reported", "failed", "dropped", "lost", "broke", "went", "changed", "rotated", "expired", "misconfigured", "announced", "confirmed") {
			return true
		}
	}
	return false
}

// faultAt reports "an outage at our provider", "issues with AWS".
func (x *text) faultAt(i int) bool {
	for j := i - 1; j >= 0 && j >= i-5; j-- {
		if x.is(j, "at", "with", "in", "from", "by", "of", "within") {
			for k := j - 1; k >= 0 && k >= j-3; k-- {
				if x.at(k)&tFault != 0 || x.has(k, faultHappened) {
					return true
				}
			}
		}
	}
	return x.at(i+1)&tFault != 0 || x.at(i+2)&tFault != 0
}
