package incident

import (
	"time"

	"amends.dev/internal/fault"
)

// CorrectUpdate says what an update should have said. Both stay readable. It
// cannot touch the promise: that takes an update.
type CorrectUpdate struct {
	By   Person
	N    int // the update's number
	Now  string
	Plan string // the plan stands when empty
	Why  string
}

// Decide implements Command.
func (c CorrectUpdate) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustExist(in); err != nil {
		return Change{}, err
	}
	if err := mustBePerson(c.By); err != nil {
		return Change{}, err
	}
	if in.Published == 0 {
		return Change{}, fault.Newf(fault.Missing, "%s has no update yet. Post the first one", in.Name())
	}
	if c.N < 1 || c.N > in.Published {
		return Change{}, fault.Newf(fault.Missing, "%s has no update %d. The latest is %d. Choose the one to correct", in.Name(), c.N, in.Published)
	}
	var v fault.Checks
	f := Corrected{N: c.N}
	f.Now = text(&v, "now", c.Now, "Enter what was true")
	f.Plan = text(&v, "plan", c.Plan, "")
	f.Why = text(&v, "why", c.Why, "Say what was wrong, so that readers can trust the correction")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	seq := ch.add(in.audienceOf(c.N), f)
	ch.tell(Notice{Kind: NoticeCorrection, Seq: seq, To: []Role{RoleTeam, RoleReader}})
	return ch.out, nil
}
