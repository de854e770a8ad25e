package lint

// MarkKind says what a text does well at some place.
type MarkKind uint8

// The kinds of mark. An apology has six parts: Regret, Cause, Responsibility,
// Forbearance, Repair and Forgiveness.
const (
	Ownership      MarkKind = iota + 1 // the writer's side is named as the one who did it, decided it or will do it
	Regret                             // sorry, we apologise
	Responsibility                     // "this is on us", "I take full responsibility"
	Forbearance                        // a promise that it will not happen again
	Repair                             // an offer to make good: a refund, a credit
	Forgiveness                        // a request for pardon
	Cause                              // what led to it
	Action                             // a named act with an object: rolled back the change
	Prevention                         // an act so that it cannot happen again
	Detection                          // an act so that it is noticed sooner
	Process                            // a change of how people work
	Impact                             // a number that measures the harm
	Lesson                             // what was learned
	Practice                           // what is done differently since
	Contact                            // somebody was told, called, met
	Promise                            // a commitment with a time; see Commitments
	Measure                            // before and after, or a target with its number
)

var markNames = [...]string{"", "ownership", "regret", "responsibility", "forbearance", "repair", "forgiveness", "cause",
	"action", "prevention", "detection", "process", "impact", "lesson", "practice", "contact", "promise", "measure"}

// String returns the kind's name.
func (k MarkKind) String() string { return markNames[k] }

// Mark is one place where a text does something well. It is a suggestion: the
// record decides, not the words.
type Mark struct {
	Kind  MarkKind
	Start int // first byte in the text
	End   int // byte behind the last
	Quote string
}

// markSet is a set of kinds of mark.
type markSet uint32

func (s markSet) has(k MarkKind) bool { return s>>k&1 != 0 }

// mark records what tokens from up to, not including, to do well.
func (p *pass) mark(k MarkKind, from, to int) {
	if from >= to || p.at(from)&tQuoted != 0 {
		return
	}
	start, end := p.span(from, to)
	start, end = start+p.offset, end+p.offset
	p.here |= 1 << k
	for i := len(p.marks) - 1; i >= 0 && i > len(p.marks)-6; i-- {
		if m := &p.marks[i]; m.Kind == k && m.Start < end && start < m.End {
			return
		}
	}
	p.marks = append(p.marks, Mark{Kind: k, Start: start, End: end})
}
