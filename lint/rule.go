package lint

import "fmt"

// Rule is one thing to look for. It is a value: the list of them is the
// linter's manual, and a test holds every rule to its own Bad and Good.
type Rule struct {
	ID       string // words parted by hyphens; never changes
	Title    string // a few words
	Why      string // one sentence: what it costs the reader's trust
	Bad      string // a text that the rule finds
	Good     string // the same, told well
	Blind    string // what the rule cannot see
	For      Context
	Severity Severity
	Off      bool // off unless a configuration turns it on

	sentence func(*pass) // looks at one sentence at a time
	document func(*pass) // looks at the whole text when it has been read
	number   int
}

// ruleLimit bounds the number of rules, so that a set of them is an array.
const ruleLimit = 48

// Rules returns all rules in the order of the manual.
func Rules() []Rule { return append([]Rule(nil), ruleList...) }

// Find returns the rule of that ID.
func Find(id string) (Rule, bool) {
	n, ok := ruleNumber(id)
	if !ok {
		return Rule{}, false
	}
	return ruleList[n], true
}

func ruleNumber(id string) (int, bool) {
	n, ok := ruleNumbers[id]
	return n, ok
}

// phrase says what a group of patterns means when it is met: a finding of a
// rule, or a mark.
type phrase struct {
	rule    string // the rule that reports it, or "" for a mark
	mark    MarkKind
	in      Context                          // where it counts; 0 means everywhere that the rule does
	kind    string                           // the finding's Kind
	ask     string                           // the finding's question; "" takes the rule's first
	guard   func(x *text, from, to int) bool // nil takes every match
	rewrite string                           // a safe replacement for the match, if safe
	safe    bool
	text    string // patterns, one a line
}

// patternTable numbers the patterns of all phrases.
func patternTable() []source {
	var rows []source
	for i, p := range phrases {
		rows = append(rows, source{rule: int16(i), text: p.text})
	}
	return rows
}

func mustNumber(id string) int {
	n, ok := ruleNumber(id)
	if !ok {
		panic(fmt.Sprintf("lint: no rule %q", id))
	}
	return n
}
