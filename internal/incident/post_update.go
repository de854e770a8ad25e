package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/fault"
)

// PostUpdate publishes where things stand, what will be done before the next
// update, and when the next one comes, or why no time can be named.
type PostUpdate struct {
	By         Person
	Now        string    // what is true now
	Plan       string    // what will be done before the next update
	NextAt     time.Time // when the next update comes; its zone is used in errors
	NoTime     string    // instead of NextAt: why no time can be named
	Status     Status    // unchanged when empty
	NothingNew bool      // nothing changed: one real sentence is enough, the plan may stay as it was

	// Statement accepts responsibility. It is asked for inside the first
	// update, so that it costs no step of its own.
	Statement string
	// Override lets an update out without a statement, for this reason.
	Override string
	// Seen is the number of the latest update the writer had read; negative
	// when the writer does not say. A newer one is a conflict.
	Seen int
}

// Decide implements Command.
func (c PostUpdate) Decide(in Incident, now time.Time) (Change, error) {
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
	statement, override := c.own(in, &v)
	words := c.words(in, &v)
	words.Override = override
	words.Status = or(c.Status, in.Status)
	v.Need(slices.Contains(OpenStatuses, words.Status), "status", "Choose a state: "+list(OpenStatuses)+". To say that it is over, use Over")
	words.NoTime = text(&v, "no_time", c.NoTime, "")
	words.next(&v, in, c.NextAt, ch.now)
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch.publish(words, statement, c.NextAt)
	return ch.out, nil
}

// own checks the ownership statement that the update needs, and returns it,
// or else the reason why the update goes out without one.
func (c PostUpdate) own(in Incident, v *fault.Checks) (statement, override string) {
	if in.Ownership != nil && in.Ownership.By == in.Owner {
		return "", "" // said already, by the same person
	}
	statement = text(v, "statement", c.Statement, "")
	if statement != "" && c.By != in.Owner {
		v.Add("statement", "Only the owner can accept responsibility. Ask for a hand-over, or say why this update goes out without a statement")
	}
	if in.Ownership != nil || statement != "" {
		return statement, ""
	}
	if override = text(v, "override", c.Override, ""); override == "" {
		v.Add("statement", "Say who takes responsibility for what, in one sentence. Readers see it above your first update")
	}
	return "", override
}

// words checks and returns what will be published.
func (c PostUpdate) words(in Incident, v *fault.Checks) Updated {
	u := Updated{NothingNew: c.NothingNew, Services: in.Services}
	u.Now = text(v, "now", c.Now, "Enter what is true now")
	plan := "Enter what you will do before the next update"
	if c.NothingNew && in.Latest != nil {
		plan = "" // the plan stands
	}
	u.Plan = text(v, "plan", c.Plan, plan)
	if c.NothingNew {
		u.Plan = or(u.Plan, latestPlan(in))
		if len(strings.Fields(u.Now)) < 4 && u.Now != "" {
			v.Add("now", "Write one real sentence: what you are still doing, or what you ruled out")
		}
		if in.Latest != nil && u.Now != "" && strings.EqualFold(u.Now, in.Latest.Now) {
			v.Add("now", "Write one sentence that is not word for word the last update. Readers stop reading repeats")
		}
	}
	return u
}

func latestPlan(in Incident) string {
	if in.Latest == nil {
		return ""
	}
	return in.Latest.Plan
}

// next checks the promise that an update makes.
func (u Updated) next(v *fault.Checks, in Incident, at, now time.Time) {
	switch {
	case at.IsZero() && u.NoTime == "":
		v.Add("next_at", "Enter when the next update comes, or say why you cannot name a time")
	case !at.IsZero() && u.NoTime != "":
		v.Add("no_time", "Name a time or say why there is none, not both")
	case !at.IsZero():
		nextTime(v, in.Severity, in.Policy().Longest(u.Status), at.Truncate(time.Microsecond), now)
	}
}

func nextTime(v *fault.Checks, severity Severity, longest time.Duration, at, now time.Time) {
	loc := at.Location()
	if !at.After(now) {
		v.Addf("next_at", "%s has passed. Choose a time after %s", clock(at, now, loc), clock(now, now, loc))
		return
	}
	if limit := now.Add(longest); at.Truncate(time.Minute).After(limit) {
		v.Addf("next_at", "%s incidents need an update within %s. Choose a time before %s, or change the severity",
			severity, minutes(longest), clock(limit.Truncate(time.Minute).Add(time.Minute), now, loc))
	}
}

// publish appends the word, after the statement that it carries if there is
// one, settles the outstanding promise and makes the next one, all in one change.
func (c *change) publish(u Updated, statement string, nextAt time.Time) {
	if statement != "" {
		c.add(c.out.Incident.Audience, Owned{Statement: statement})
	}
	in := c.out.Incident
	u.N = in.Published + 1
	u.Title, u.Severity = in.Title, in.Severity
	if in.Next != nil {
		settled := in.Next.Settle(c.now)
		u.Settled = &Settled{N: settled.N, DueAt: settled.DueAt, Outcome: settled.Outcome}
		c.row(settled)
	}
	if !nextAt.IsZero() {
		p := c.promise(PromiseUpdate, in.Owner, nextAt, false)
		u.Next = &p
		c.row(p)
	}
	seq := c.add(in.Audience, u)
	c.tell(Notice{Kind: NoticeUpdate, Seq: seq, To: []Role{RoleTeam, RoleReader}})
}

// seen refuses words that were written without knowing the latest ones.
func (in Incident) seen(n int) error {
	if n < 0 || n == in.Published {
		return nil
	}
	if n > in.Published {
		return fault.Newf(fault.Conflict, "%s has no update %d yet. Reload it, then post", in.Name(), n)
	}
	return fault.Newf(fault.Conflict, "Update %d was posted while you were writing. Yours is not posted. Read it, then post yours too or drop it", in.Published)
}

func mustBeOpen(in Incident) error {
	switch {
	case in.Version == 0:
		return notThere(in)
	case !in.Open():
		return fault.Newf(fault.Conflict, "%s is over since %s UTC. To add something, write a note or start a new incident",
			in.Name(), in.ResolvedAt.Format("2 Jan 15:04"))
	}
	return nil
}

// mustBePerson keeps the program from speaking for people: nothing is ever
// posted to keep a promise.
func mustBePerson(p Person) error {
	if p == "" || p == System {
		return fault.New(fault.Forbidden, "Only a person can publish words. Sign in and write them yourself")
	}
	return nil
}

func mustExist(in Incident) error {
	if in.Version == 0 {
		return notThere(in)
	}
	return nil
}

func notThere(in Incident) error {
	return fault.Newf(fault.Missing, "There is no incident %d. See all incidents", in.ID)
}

// clock writes an instant for an error: the time, the day when it is not
// today, and the zone.
func clock(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	layout := "15:04"
	if t.YearDay() != now.YearDay() || t.Year() != now.Year() {
		layout = "Mon 2 Jan 15:04"
	}
	if loc == time.UTC {
		layout += " UTC"
	}
	return t.Format(layout)
}

// minutes writes a duration the way people say it: "30 min", "4 hours".
func minutes(d time.Duration) string {
	switch {
	case d < 2*time.Hour && d%time.Hour != 0 || d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d == time.Hour:
		return "1 hour"
	case d%time.Hour == 0:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	default:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
}
