package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// apply runs a command on an incident that the caller may know of. A form that
// is sent twice gets the first result.
func (c *call) apply(id int64, cmd incident.Command) (store.Result, error) {
	if id != 0 {
		if _, err := c.incident(id); err != nil {
			return store.Result{}, err
		}
	}
	key, digest := c.onceKey()
	done, err := c.s.DB.Apply(c.r.Context(), store.Request{Incident: id, Command: cmd, Key: key, Digest: digest})
	if err == nil {
		c.s.public.forget() // whoever looks after this answer sees what it did
	}
	return done, err
}

// incident returns an incident as the reader may know it.
func (c *call) incident(id int64) (incident.Incident, error) {
	return c.s.DB.Incident(c.r.Context(), c.who, id)
}

// noIncident is the same for one that does not exist and one that the reader
// may not know of.
func noIncident(id int64) error {
	return fault.Newf(fault.Missing, "There is no incident %d. See all incidents", id)
}

// team reports whether the reader belongs to the team.
func (c *call) team() bool { return c.who.Sees(string(incident.Team)) }

// promiseBox is the fact that opens every page: who must speak next, and when.
type promiseBox struct {
	Kind   string // "Next update due"
	Due    moment
	Late   bool
	Broken bool
	By     string
	Policy bool // nobody promised it in words yet
	NoTime string
	For    string // the incident's title, where the page is not its own
	URL    string
	Write  bool // the reader may write the update
	Mine   bool
	Shape  string
}

// State is the word by which the style sheet tells late from due.
func (p promiseBox) State() string {
	if p.Late {
		return "late"
	}
	return "due"
}

// promiseOf returns the box of an incident; nil when nothing is outstanding.
func (c *call) promiseOf(in incident.Incident, n *names) *promiseBox {
	box := &promiseBox{Kind: "Next update due", URL: fmt.Sprintf("/incidents/%d", in.ID), For: in.Title,
		Write: in.Open() && c.can(access.PostUpdate), Shape: statusShape(in.Status, in.Severity)}
	p := in.Next
	switch {
	case !in.Open():
		box.Kind, p = "Review due", in.Review
		if p == nil || p.Outcome != "" && p.Outcome != incident.Broken {
			return nil
		}
	case p == nil:
		box.Kind, box.NoTime = "No next time, because", in.NoTime
		return box
	case in.Published == 0:
		box.Kind = "First update due"
	}
	box.Due, box.By, box.Policy = c.at(p.DueAt), n.you(p.By), p.ByPolicy
	box.Mine = in.Owner == c.person()
	box.Late, box.Broken = box.Due.late(), p.Outcome == incident.Broken
	return box
}

// incidentView is the page of one incident.
type incidentView struct {
	Frame
	ID       int64
	Name     string
	Heading  string
	Kind     string
	Since    moment
	Open     bool
	TeamOnly bool
	Shape    string
	Word     string
	Promise  *promiseBox
	Composer *composer
	Latest   *latest
	Other    *line // what somebody else posted meanwhile
	Offer    *offerView
	Help     []helpRequest
	Facts    facts
	Filter   string
	Filters  []navItem
	Lines    []line
	Note     form
	CanNote  bool
	Stream   string // where live updates come from; empty when the page stands still
	Reopened bool   // the form to open it again is shown
}

// facts is the panel beside the incident.
type facts struct {
	Team      bool
	Owner     string
	HandOver  bool
	Backup    string
	Severity  string
	Services  string
	Readers   string
	Kept      string
	Started   moment
	Detected  moment
	Origin    string
	Statement string
	StatedBy  string
	Change    bool
	Widen     bool
	AskHelp   bool
	Over      *moment
	Sent      string // how the latest update arrived
	Trouble   bool   // some of it did not
	SeeWhy    bool
	Review    *moment
	ReviewBy  string
	MoveIt    bool
	CanReopen bool
}

// latest is what was said last: the state.
type latest struct {
	Said []said
	At   moment
	By   string
	Tail string
}

func (c *call) latestOf(in incident.Incident, n *names) *latest {
	u := in.Latest
	if u == nil {
		return nil
	}
	out := &latest{At: c.at(u.At), Said: texts("Now", u.Now, "Until next", u.Plan)}
	if c.team() {
		out.By = " by " + n.you(u.By)
	}
	if u.Corrected {
		out.Tail = ", corrected since"
	}
	return out
}

// offerView is a hand-over that waits for an answer.
type offerView struct {
	From, To, Note string
	At             moment
	ForMe, ByMe    bool
}

// helpRequest is a request for help that is not finished.
type helpRequest struct {
	N                         int
	By, What, Expertise, From string
	At                        moment
	Waiting                   bool // nobody has accepted it
	Helper                    string
	CanAnswer, CanDecline     bool
	CanRecord                 bool
	Action                    string
}

func (s *Server) incidentPage(c *call) error {
	id, err := c.number("id")
	if err != nil {
		return err
	}
	in, err := c.incident(id)
	if err != nil {
		return err
	}
	n, err := c.names()
	if err != nil {
		return err
	}
	sv, err := c.services()
	if err != nil {
		return err
	}
	entries, err := s.DB.Timeline(c.r.Context(), c.who, id)
	if err != nil {
		return err
	}
	view := incidentView{
		Frame: c.frame(in.Name() + " " + in.Title), ID: id, Name: in.Name(), Heading: in.Title, Kind: kindShort(in.Kind),
		Since: c.at(since(in)), Open: in.Open(), TeamOnly: in.Audience == incident.Team,
		Shape: statusShape(in.Status, in.Severity), Word: statusWord(in.Status), Promise: c.promiseOf(in, n),
		CanNote: c.can(access.AddNote),
	}
	view.Tab, view.Live, view.Latest = view.Shape, in.Open(), c.latestOf(in, n)
	view.Note = view.Form("note")
	view.Reopened = c.r.URL.Query().Has("reopen") || c.route.Pattern == "/incidents/{id}/reopen"
	if in.Open() || view.Reopened {
		if view.Composer, err = c.composer(view.Frame, in, n, sv); err != nil {
			return err
		}
	}
	if in.Open() && !c.r.URL.Query().Has("show") {
		view.Stream = fmt.Sprintf("/events?incident=%d&after=%d", id, in.Version)
	}
	t := teller{c: c, names: n, services: sv}
	if !c.team() {
		t.names = nil
	}
	lines := t.lines(entries)
	if view.Composer != nil && view.Composer.Discard != "" {
		if i := slices.IndexFunc(lines, func(l line) bool { return l.Status != "" }); i >= 0 {
			view.Other = &lines[i]
		}
	}
	view.filter(c.r.URL.Query().Get("show"), lines)
	if c.team() {
		c.inside(&view, in, n)
		if err := c.deliveredOf(&view.Facts, in); err != nil {
			return err
		}
	} else if in.Ownership != nil {
		view.Facts.Statement = in.Ownership.Statement
	}
	c.factsOf(&view.Facts, in, n, sv)
	return c.render("incident.html", http.StatusOK, view)
}

// since is when it began for the people affected, as far as is known.
func since(in incident.Incident) time.Time {
	if !in.StartedAt.IsZero() {
		return in.StartedAt
	}
	return in.DeclaredAt
}

func (v *incidentView) filter(show string, lines []line) {
	for _, l := range lines {
		if show == "updates" && !l.Updates || show == "notes" && !l.Notes {
			continue
		}
		v.Lines = append(v.Lines, l)
	}
	at := fmt.Sprintf("/incidents/%d", v.ID)
	v.Filters = []navItem{{"All", at, show == ""}, {"Updates", at + "?show=updates#timeline", show == "updates"}, {"Notes", at + "?show=notes#timeline", show == "notes"}}
	v.Filter = show
}

// inside adds what only the team sees.
func (c *call) inside(v *incidentView, in incident.Incident, n *names) {
	me := c.person()
	if o := in.Offer; o != nil {
		v.Offer = &offerView{From: n.you(o.From), To: n.you(o.To), Note: o.Note, At: c.at(o.At),
			ForMe: o.To == me && c.can(access.AnswerOffer), ByMe: o.From == me}
	}
	for _, h := range in.Help {
		if h.Answer == "declined" || h.Changed != "" {
			continue
		}
		v.Help = append(v.Help, c.helpOf(in, h, n))
	}
	f := &v.Facts
	f.Team, f.Backup, f.Origin = true, "", originWord(in.Origin)
	if in.Backup != "" {
		f.Backup = n.you(in.Backup)
	}
	f.Change = in.Open() && c.can(access.ChangeIncident)
	f.Widen = f.Change && (in.Audience != incident.Public || in.Published == 0 && in.Ownership == nil)
	f.HandOver = in.Open() && in.Owner == me && in.Offer == nil && c.can(access.OfferOwnership)
	f.AskHelp = in.Open() && c.can(access.AskHelp)
	f.CanReopen = !in.Open() && c.can(access.Reopen)
	if in.Ownership != nil {
		f.Statement, f.StatedBy = in.Ownership.Statement, n.you(in.Ownership.By)
	}
}

// deliveredOf says how the latest update arrived.
func (c *call) deliveredOf(f *facts, in incident.Incident) error {
	if in.Latest == nil {
		return nil
	}
	counts, err := c.s.DB.CountDeliveries(c.r.Context(), store.DeliveryFilter{Incident: in.ID, Seq: in.Latest.Seq})
	if err != nil {
		return err
	}
	var parts []string
	for _, part := range []struct {
		state store.DeliveryState
		word  string
	}{
		{store.DeliverySent, "sent"}, {store.DeliveryQueued, "waiting"}, {store.DeliverySending, "being sent"},
		{store.DeliveryRetry, "tried again"}, {store.DeliveryDead, "given up"}, {store.DeliveryStopped, "not sent"},
	} {
		if n := counts[part.state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, part.word))
		}
	}
	f.Sent = strings.Join(parts, ", ")
	f.Trouble = counts[store.DeliveryRetry]+counts[store.DeliveryDead] > 0
	f.SeeWhy = f.Trouble && c.can(access.ReplayDeliveries)
	return nil
}

func (c *call) helpOf(in incident.Incident, h incident.Help, n *names) helpRequest {
	out := helpRequest{N: h.N, By: n.you(h.By), What: h.What, Expertise: h.Expertise, At: c.at(h.At), Waiting: h.Answer == "",
		Action: fmt.Sprintf("/incidents/%d/help/%d", in.ID, h.N)}
	if h.From != "" {
		out.From = n.you(h.From)
	}
	me := c.person()
	if h.Answer == "accepted" {
		out.Helper = n.you(h.AnswerBy)
		out.CanRecord = c.can(access.AnswerHelp) && (me == h.AnswerBy || me == h.By || me == in.Owner)
		return out
	}
	out.CanAnswer = c.can(access.AnswerHelp) && me != h.By
	out.CanDecline = out.CanAnswer && (h.From == "" || h.From == me)
	return out
}

func (c *call) factsOf(f *facts, in incident.Incident, n *names, sv services) {
	f.Owner, f.Severity, f.Services = n.you(in.Owner), string(in.Severity), or(sv.list(in.Services), "none named")
	f.Readers, f.Kept = audienceWord(in.Audience), or(tally(in.Tally), "none settled yet")
	f.Started, f.Detected = c.at(in.StartedAt), c.at(in.DetectedAt)
	if !in.Open() {
		f.Over = ptr(c.at(in.ResolvedAt))
	}
	if r := in.Review; r != nil && (r.Outcome == "" || r.Outcome == incident.Broken) {
		f.Review, f.ReviewBy = ptr(c.at(r.DueAt)), n.you(r.By)
		f.Review.Dated = true
		f.MoveIt = f.Team && c.can(access.PostUpdate)
	}
}
