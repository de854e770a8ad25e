package incident

import (
	"time"

	"amends.dev/internal/fault"
)

// Help is a request for help and what came of it.
type Help struct {
	N         int       `json:"n"`
	By        Person    `json:"by"`
	At        time.Time `json:"at"`
	What      string    `json:"what"`
	Expertise string    `json:"expertise,omitempty"`
	From      Person    `json:"from,omitempty"`   // who was asked; anybody when empty
	Answer    string    `json:"answer,omitempty"` // "accepted" or "declined"; empty while it waits
	AnswerBy  Person    `json:"answer_by,omitempty"`
	AnswerAt  time.Time `json:"answer_at,omitzero"`
	Changed   string    `json:"changed,omitempty"` // what the help changed
}

// AskHelp asks for help: what is needed, which expertise, from whom.
type AskHelp struct {
	By        Person
	What      string
	Expertise string // "PostgreSQL replication"; may be empty when From is set
	From      Person // may be empty: anybody with the expertise
}

// Decide implements Command.
func (c AskHelp) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	var v fault.Checks
	f := HelpAsked{N: len(in.Help) + 1, From: c.From}
	f.What = text(&v, "what", c.What, "Enter what you need help with")
	f.Expertise = text(&v, "expertise", c.Expertise, "")
	if f.Expertise == "" && c.From == "" {
		v.Add("expertise", "Enter which expertise you need, or name the person to ask")
	}
	v.Need(c.From == "" || c.From != c.By && c.From != System, "from", "Name somebody else to ask")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	seq := ch.add(Team, f)
	n := Notice{Kind: NoticeHelp, Seq: seq, Person: c.From}
	if c.From == "" {
		n.To = []Role{RoleTeam, RoleLead}
	}
	ch.tell(n)
	return ch.out, nil
}

// AnswerHelp accepts or declines a request for help.
type AnswerHelp struct {
	By     Person
	N      int // the request's number
	Accept bool
	Reason string // for declining; may be empty
}

// Decide implements Command.
func (c AnswerHelp) Decide(in Incident, now time.Time) (Change, error) {
	h, err := in.help(c.N)
	if err != nil {
		return Change{}, err
	}
	if h.Answer == "accepted" {
		return Change{}, fault.Newf(fault.Conflict, "Somebody accepted request %d already. Write a note if you can help too", c.N)
	}
	if !c.Accept && h.From != "" && h.From != c.By {
		return Change{}, fault.New(fault.Forbidden, "This request was made to somebody else. Accept it yourself, or leave it to them")
	}
	var v fault.Checks
	reason := text(&v, "reason", c.Reason, "")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	seq := ch.add(Team, HelpAnswered{N: c.N, Accepted: c.Accept, Reason: reason})
	ch.tell(Notice{Kind: NoticeHelp, Seq: seq, Person: h.By})
	return ch.out, nil
}

// RecordHelp says what the help changed.
type RecordHelp struct {
	By      Person
	N       int
	Changed string
}

// Decide implements Command.
func (c RecordHelp) Decide(in Incident, now time.Time) (Change, error) {
	h, err := in.help(c.N)
	if err != nil {
		return Change{}, err
	}
	if h.Answer != "accepted" {
		return Change{}, fault.Newf(fault.Conflict, "Nobody has accepted request %d yet. Accept it first, then say what it changed", c.N)
	}
	var v fault.Checks
	changed := text(&v, "changed", c.Changed, "Enter what the help changed")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	ch.add(Team, HelpRecorded{N: c.N, Changed: changed})
	return ch.out, nil
}

func (in Incident) help(n int) (Help, error) {
	if err := mustExist(in); err != nil {
		return Help{}, err
	}
	if len(in.Help) == 0 {
		return Help{}, fault.Newf(fault.Missing, "Nobody has asked for help on %s yet. Ask for it first", in.Name())
	}
	if n < 1 || n > len(in.Help) {
		return Help{}, fault.Newf(fault.Missing, "%s has no request for help %d. The last one is %d. Choose the one to answer", in.Name(), n, len(in.Help))
	}
	return in.Help[n-1], nil
}

// HelpAsked records a request for help.
type HelpAsked struct {
	N         int    `json:"n"`
	What      string `json:"what"`
	Expertise string `json:"expertise,omitempty"`
	From      Person `json:"from,omitempty"`
}

// FactKind implements Fact.
func (HelpAsked) FactKind() string { return "help_asked" }

func (f HelpAsked) apply(in *Incident, e Entry) {
	in.Help = append(in.Help, Help{N: f.N, By: e.By, At: e.At, What: f.What, Expertise: f.Expertise, From: f.From})
}

// HelpAnswered records the answer to a request.
type HelpAnswered struct {
	N        int    `json:"n"`
	Accepted bool   `json:"accepted"`
	Reason   string `json:"reason,omitempty"`
}

// FactKind implements Fact.
func (HelpAnswered) FactKind() string { return "help_answered" }

func (f HelpAnswered) apply(in *Incident, e Entry) {
	h := in.asked(f.N)
	if h == nil {
		return
	}
	h.Answer, h.AnswerBy, h.AnswerAt = "declined", e.By, e.At
	if f.Accepted {
		h.Answer = "accepted"
	}
}

// HelpRecorded records what the help changed.
type HelpRecorded struct {
	N       int    `json:"n"`
	Changed string `json:"changed"`
}

// FactKind implements Fact.
func (HelpRecorded) FactKind() string { return "help_recorded" }

func (f HelpRecorded) apply(in *Incident, _ Entry) {
	if h := in.asked(f.N); h != nil {
		h.Changed = f.Changed
	}
}

// asked returns request n, or nil: a damaged timeline is read to its end, so
// that a comparison can say what is wrong with it.
func (in *Incident) asked(n int) *Help {
	if n < 1 || n > len(in.Help) {
		return nil
	}
	return &in.Help[n-1]
}
