package web

import (
	"fmt"
	"strings"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// composer is the form in which an update is written: three fields, one button.
type composer struct {
	form
	Action    string
	Draft     string // names the draft in the browser
	Seen      int    // the latest update that the writer has read
	Nothing   *moment
	Nexts     []choice
	AtField   input
	NoTime    input
	States    []choice
	Reach     string
	TeamOnly  bool
	Over      overFields
	First     *firstWords // until somebody has accepted responsibility
	Reopen    bool
	ZoneKnown bool
	Discard   string // where to go without posting; set after somebody else posted
}

// overFields are the fields that the last update adds.
type overFields struct {
	Works    []choice
	ReviewBy input
	Owners   []choice
}

// firstWords ask for the ownership statement inside the first update.
type firstWords struct {
	Mine      bool   // the reader is the owner and can accept
	Owner     string // who could
	Statement string // the prefilled sentence
	Override  bool   // the reader may post without
}

// Now and Plan are the two texts.
func (c composer) Now() input {
	return c.Field("now", "What is true now", "For the people affected. What works, what does not, since when.", "")
}

// Plan returns the second text.
func (c composer) Plan() input {
	return c.Field("plan", "What we will do before the next update", "One or two steps you control. Not a guess at when it is fixed.", "")
}

// nexts are the times that a composer offers, shortest first.
var nexts = []time.Duration{10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour}

// nextChoices offers the last three times up to the policy's, which is chosen,
// and the longer one that holds once the fix is being watched.
func nextChoices(p incident.Policy, status incident.Status) []choice {
	var out []choice
	for _, d := range nexts {
		if d < p.Every {
			out = append(out, nextChoice(d))
		}
	}
	out = append(out[max(0, len(out)-2):], nextChoice(p.Every))
	chosen := len(out) - 1
	if p.Watching > p.Every {
		watch := nextChoice(p.Watching)
		if status == incident.Monitoring {
			chosen = len(out)
		} else {
			watch.Label += ", once fixed"
		}
		out = append(out, watch)
	}
	out[chosen].Chosen = true
	return out
}

func nextChoice(d time.Duration) choice {
	return choice{Value: fmt.Sprintf("%dm", int(d.Minutes())), Label: lengthWord(d)}
}

// lengthWord says a policy's length of time: "30 min", "1 hour", "4 hours".
func lengthWord(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d%time.Hour != 0 || d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d == time.Hour:
		return "1 hour"
	}
	return fmt.Sprintf("%d hours", int(d.Hours()))
}

// composer prepares the form for an incident, or returns nil when the reader
// may not post.
func (c *call) composer(f Frame, in incident.Incident, n *names, sv services) (*composer, error) {
	reopen := !in.Open()
	if reopen && !c.can(access.Reopen) || !reopen && !c.can(access.PostUpdate) {
		return nil, nil
	}
	out := &composer{
		form: f.Form("update"), Action: fmt.Sprintf("/incidents/%d/updates", in.ID), Draft: fmt.Sprintf("incident-%d", in.ID),
		Seen: in.Published, Nexts: nextChoices(in.Policy(), in.Status), TeamOnly: in.Audience == incident.Team, Reopen: reopen,
		States:    choices(append(incident.OpenStatuses[:len(incident.OpenStatuses):len(incident.OpenStatuses)], incident.Resolved), statusWord, in.Status),
		ZoneKnown: c.member.Zone != "",
	}
	if reopen {
		out.Action = fmt.Sprintf("/incidents/%d/reopen", in.ID)
	}
	if out.Again && c.refused.status == 409 {
		out.Discard = fmt.Sprintf("/incidents/%d", in.ID)
	}
	out.AtField = out.Field("next_at", "Set time", "", "").Narrow()
	out.NoTime = out.Field("no_time", "Because", "", "")
	if in.Latest != nil && !reopen {
		out.Nothing = ptr(c.at(in.Latest.At))
	}
	if in.Ownership == nil {
		out.First = &firstWords{
			Mine: in.Owner == c.person(), Owner: n.of(in.Owner), Override: c.can(access.OverrideOwnership),
			Statement: incident.StatementFor(in, f.Team),
		}
	}
	out.Over = overFields{Works: sv.choices(nil), Owners: n.others(in.Owner)}
	out.Over.Works = nil
	for _, id := range in.Services {
		out.Over.Works = append(out.Over.Works, choice{Value: id, Label: sv.name(id), Chosen: true})
	}
	due := in.Policy().Review.Due(c.now.In(c.zone()))
	out.Over.ReviewBy = out.Field("review_by", "Review published by", "", due.Format("2 Jan")+" 17:00").Narrow()
	var err error
	out.Reach, err = c.reach(in)
	return out, err
}

// reach says who will get an update.
func (c *call) reach(in incident.Incident) (string, error) {
	if in.Audience == incident.Team {
		return "the team alone", nil
	}
	var parts []string
	if in.Audience == incident.Public {
		parts = append(parts, "the status page")
	} else {
		parts = append(parts, "stakeholders who sign in")
	}
	n, err := c.s.DB.CountSubscribers(c.r.Context())
	if err != nil {
		return "", err
	}
	if n > 0 && in.Audience == incident.Public {
		parts = append(parts, count(n, "subscriber", "subscribers"))
	}
	channels, err := c.s.DB.Channels(c.r.Context())
	if err != nil {
		return "", err
	}
	for _, ch := range channels {
		if ch.PausedAt.IsZero() {
			parts = append(parts, ch.Name)
		}
	}
	return sentence(parts), nil
}

// nextAt reads when the next update comes from the composer's choices.
func (c *call) nextAt() (at time.Time, noTime string, err error) {
	switch next := c.value("next"); next {
	case "":
		return time.Time{}, "", nil // the domain says what is missing
	case "none":
		if noTime = strings.TrimSpace(c.value("no_time")); noTime == "" {
			return time.Time{}, "", fault.Bad("no_time", "Say why you cannot name a time. Readers see it")
		}
		return time.Time{}, noTime, nil
	case "at":
		if strings.TrimSpace(c.value("next_at")) == "" {
			return time.Time{}, "", fault.Bad("next_at", "Enter the time of the next update. Write 16:30, tomorrow 09:00 or in 45 min")
		}
		at, err = incident.ParseWhen(c.value("next_at"), c.now, c.zone())
		return at, "", named(err, "next_at")
	default:
		d, err := time.ParseDuration(next)
		if err != nil || d <= 0 || d > 7*24*time.Hour {
			return time.Time{}, "", fault.Bad("next_at", "Choose when the next update comes")
		}
		return c.now.Add(d).In(c.zone()), "", nil
	}
}

// named puts an error about a typed value at its field.
func named(err error, field string) error {
	if err == nil || !fault.Is(err, fault.Invalid) {
		return err
	}
	_, say, _ := fault.Public(err)
	return fault.Bad(field, say)
}

// postUpdate publishes what the composer holds: an update, or the last one.
func (s *Server) postUpdate(c *call) error {
	id, err := c.number("id")
	if err != nil {
		return err
	}
	if c.value("status") == string(incident.Resolved) {
		return s.resolve(c, id)
	}
	cmd := incident.PostUpdate{
		By: c.person(), Now: c.value("now"), Plan: c.value("plan"), Status: incident.Status(c.value("status")),
		NothingNew: c.value("nothing_new") != "", Statement: c.value("statement"), Override: c.value("override"), Seen: c.seen(),
	}
	err = c.mayOverride()
	if err == nil {
		cmd.NextAt, cmd.NoTime, err = c.nextAt()
		err = c.allFaults(id, cmd, err)
	}
	return c.posted(id, cmd, err)
}

// allFaults finds what else is wrong with an update whose time could not be
// read, so that the writer hears of everything at once.
func (c *call) allFaults(id int64, cmd incident.PostUpdate, unread error) error {
	if !fault.Is(unread, fault.Invalid) {
		return unread
	}
	in, err := c.s.DB.Incident(c.r.Context(), c.who, id)
	if err != nil {
		return err
	}
	cmd.NextAt = c.now.Add(time.Minute)
	_, _, fields := fault.Public(unread)
	if _, err := cmd.Decide(in, c.now); fault.Is(err, fault.Invalid) {
		_, _, more := fault.Public(err)
		fields = append(more[:len(more):len(more)], fields...)
	} else if err != nil {
		return err
	}
	return &fault.Error{Kind: fault.Invalid, Fields: fields}
}

// seen is the number of the latest update that the writer had read.
func (c *call) seen() int {
	var n int
	if _, err := fmt.Sscan(c.value("seen"), &n); err != nil {
		return -1
	}
	return n
}

// mayOverride lets an update out without a statement only for those who may.
func (c *call) mayOverride() error {
	if strings.TrimSpace(c.value("override")) == "" {
		return nil
	}
	return c.may(access.OverrideOwnership)
}

// resolve publishes the last update.
func (s *Server) resolve(c *call, id int64) error {
	cmd := incident.Resolve{
		By: c.person(), Now: c.value("now"), Works: c.r.PostForm["works"], ReviewOwner: incident.Person(c.value("review_owner")),
		Statement: c.value("statement"), Override: c.value("override"), Seen: c.seen(),
	}
	err := c.may(access.Resolve)
	if err == nil {
		err = c.mayOverride()
	}
	if err == nil && strings.TrimSpace(c.value("review_by")) != "" {
		cmd.ReviewBy, err = incident.ParseWhen(c.value("review_by"), c.now, c.zone())
		err = named(err, "review_by")
	}
	return c.posted(id, cmd, err)
}

// reopen says that it is not over after all.
func (s *Server) reopen(c *call) error {
	id, err := c.number("id")
	if err != nil {
		return err
	}
	cmd := incident.Reopen{By: c.person(), Now: c.value("now"), Plan: c.value("plan"), Statement: c.value("statement"), Override: c.value("override")}
	err = c.mayOverride()
	if err == nil {
		cmd.NextAt, cmd.NoTime, err = c.nextAt()
	}
	return c.posted(id, cmd, err)
}

// posted applies a command of the composer and says what happened.
func (c *call) posted(id int64, cmd incident.Command, err error) error {
	if err == nil {
		_, err = c.apply(id, cmd)
	}
	if err != nil {
		return c.again("update", c.s.incidentPage, err)
	}
	in, err := c.s.DB.Incident(c.r.Context(), c.who, id)
	if err != nil {
		return err
	}
	reach, err := c.reach(in)
	if err != nil {
		return err
	}
	say := saying{Say: "Update posted. It goes to " + reach + ".", Confirmed: fmt.Sprintf("incident-%d", id)}
	switch {
	case !in.Open() && in.Review != nil:
		say.Say, say.Until = in.Name()+" is over. The last update goes to "+reach+". Review promised for", in.Review.DueAt
	case in.Next != nil:
		say.Say, say.Until = say.Say+" Next update promised for", in.Next.DueAt
	}
	c.say(say)
	return c.to(fmt.Sprintf("/incidents/%d", id))
}
