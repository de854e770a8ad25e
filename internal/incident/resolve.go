package incident

import (
	"slices"
	"time"

	"amends.dev/internal/fault"
)

// Resolve publishes the last word: what is true now, what works again, and by
// when the review comes, from whom.
type Resolve struct {
	By          Person
	Now         string
	Works       []string  // ids of the services that work again; the others stay listed as affected
	ReviewBy    time.Time // the policy's window when zero
	ReviewOwner Person    // the owner when empty
	Statement   string    // when nobody has accepted responsibility yet
	Override    string    // why it goes out without a statement
	Seen        int       // as in PostUpdate
}

// Decide implements Command.
func (c Resolve) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	if err := mustBePerson(c.By); err != nil {
		return Change{}, err
	}
	if err := in.seen(c.Seen); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	var v fault.Checks
	statement, override := PostUpdate{By: c.By, Statement: c.Statement, Override: c.Override}.own(in, &v)
	u := Updated{Status: Resolved, Works: unique(c.Works), Override: override}
	u.Now = text(&v, "now", c.Now, "Enter what is true now, and what works again")
	for _, s := range u.Works {
		v.Need(slices.Contains(in.Services, s), "works", s+" is not on the list of affected services. Add it there, or leave it out here")
	}
	u.Services = slices.DeleteFunc(slices.Clone(in.Services), func(s string) bool { return slices.Contains(u.Works, s) })
	v.Need(c.ReviewOwner != System, "review_owner", "Name the person who owes the review")
	due := c.ReviewBy
	if due.IsZero() {
		due = in.Policy().Review.Due(ch.now)
	}
	reviewTime(&v, due, ch.now)
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch.promiseReview(&u, or(c.ReviewOwner, in.Owner), due)
	ch.publish(u, statement, time.Time{})
	return ch.out, nil
}

// maxReview is how far ahead a review may be promised.
const maxReview = 366 * 24 * time.Hour

// reviewTime checks when a review is promised.
func reviewTime(v *fault.Checks, due, now time.Time) {
	due = due.Truncate(time.Microsecond)
	loc := due.Location()
	switch last := now.Add(maxReview); {
	case !due.After(now):
		v.Addf("review_by", "%s has passed. Choose a time after %s", clock(due, now, loc), clock(now, now, loc))
	case due.After(last):
		v.Addf("review_by", "Choose a day within a year, up to %s", last.In(loc).Format("2 Jan 2006"))
	}
}

// promiseReview makes the review promise, or moves the one that stands from an
// earlier end of the same incident.
func (c *change) promiseReview(u *Updated, owner Person, due time.Time) {
	in := c.out.Incident
	if old := in.Review; old != nil && old.Outcome == "" {
		replaced := c.replace(*old)
		u.ReviewMoved = &Settled{N: old.N, DueAt: old.DueAt, Outcome: replaced.Outcome}
	}
	p := c.promise(PromiseReview, owner, due, false)
	u.Review = &p
	c.row(p)
}

// replace settles a promise that another one takes the place of: moved when
// the word came before it fell due, broken when it came after.
func (c *change) replace(old Promise) Promise {
	old.SettledAt, old.MovedTo = c.now, c.out.Incident.Promises+1
	old.Outcome = Moved
	if !old.inTime(c.now) {
		old.Outcome = Broken
	}
	c.row(old)
	return old
}

// Reopen says that it is not over after all. It is an update like any other:
// it says what is true, what comes next, and when the next word comes.
type Reopen struct {
	By        Person
	Now       string
	Plan      string
	NextAt    time.Time
	NoTime    string
	Services  []string // what is affected again; as left at the end when nil
	Statement string   // when nobody has accepted responsibility yet
	Override  string   // why it goes out without a statement
}

// Decide implements Command.
func (c Reopen) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustExist(in); err != nil {
		return Change{}, err
	}
	if in.Open() {
		return Change{}, fault.Newf(fault.Conflict, "%s is open. Post an update", in.Name())
	}
	if err := mustBePerson(c.By); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	var v fault.Checks
	statement, override := PostUpdate{By: c.By, Statement: c.Statement, Override: c.Override}.own(in, &v)
	u := Updated{Status: Investigating, Reopens: true, Override: override, Services: in.Services}
	if c.Services != nil {
		u.Services = unique(c.Services)
	}
	u.Now = text(&v, "now", c.Now, "Enter what is true now")
	u.Plan = text(&v, "plan", c.Plan, "Enter what you will do before the next update")
	u.NoTime = text(&v, "no_time", c.NoTime, "")
	u.next(&v, in, c.NextAt, ch.now)
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch.publish(u, statement, c.NextAt)
	return ch.out, nil
}

// MoveReview publishes a new date for the review. It must come before the old
// one falls due, and the move stays visible.
type MoveReview struct {
	By  Person
	To  time.Time
	Why string // published
}

// Decide implements Command.
func (c MoveReview) Decide(in Incident, now time.Time) (Change, error) {
	old, err := in.reviewPromise()
	if err != nil {
		return Change{}, err
	}
	if err := mustBePerson(c.By); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	var v fault.Checks
	why := text(&v, "why", c.Why, "Say why the review moves. Readers see it")
	if c.To.IsZero() {
		v.Add("review_by", "Enter when the review comes")
	} else {
		reviewTime(&v, c.To, ch.now)
	}
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	if old.Outcome != "" || !old.inTime(ch.now) {
		return Change{}, fault.Newf(fault.Conflict, "The review was due on %s UTC. A promise moves only before it falls due. Deliver the review, even if it is late", old.DueAt.Format("2 Jan 15:04"))
	}
	replaced := ch.replace(old)
	p := ch.promise(PromiseReview, old.By, c.To, false)
	ch.row(p)
	seq := ch.add(in.Audience, ReviewMoved{Why: why, Settled: Settled{old.N, old.DueAt, replaced.Outcome}, Review: p})
	ch.tell(Notice{Kind: NoticeUpdate, Seq: seq, To: []Role{RoleTeam, RoleReader}})
	return ch.out, nil
}

// DeliverReview records where the review can be read, which keeps the promise.
type DeliverReview struct {
	By    Person
	Where string // an address, or a sentence that says where
}

// Decide implements Command.
func (c DeliverReview) Decide(in Incident, now time.Time) (Change, error) {
	old, err := in.reviewPromise()
	if err != nil {
		return Change{}, err
	}
	if err := mustBePerson(c.By); err != nil {
		return Change{}, err
	}
	var v fault.Checks
	where := text(&v, "where", c.Where, "Enter where the review can be read")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	settled := old.Settle(ch.now)
	ch.row(settled)
	seq := ch.add(in.Audience, ReviewDelivered{Where: where, Settled: Settled{settled.N, settled.DueAt, settled.Outcome}})
	ch.tell(Notice{Kind: NoticeUpdate, Seq: seq, To: []Role{RoleTeam, RoleReader}})
	return ch.out, nil
}

func (in Incident) reviewPromise() (Promise, error) {
	if err := mustExist(in); err != nil {
		return Promise{}, err
	}
	switch {
	case in.Review == nil && in.Open():
		return Promise{}, fault.Newf(fault.Conflict, "No review of %s is promised yet. The last update promises it", in.Name())
	case in.Review == nil:
		return Promise{}, fault.Newf(fault.Conflict, "No review of %s is outstanding. To add something, write a note", in.Name())
	}
	return *in.Review, nil
}
