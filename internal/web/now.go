package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// nowView is the first page: what is on fire, whose promise is next, what
// waits for the reader.
type nowView struct {
	Frame
	Count    string
	Promise  *promiseBox
	Then     *promiseBox
	Composer *composer // for the reader's own next promise
	Write    string    // the incident that it is about
	Open     []row
	Waiting  []waiting
	Month    string // "31 promises: 29 kept, 1 late, 1 broken"
	Last     string // how long ago the last incident was over
	LastURL  string
	More     bool // more incidents are open than the page lists
	Setup    []navItem
}

// row is an incident in a list.
type row struct {
	Name, Title, URL string
	Shape, Word      string
	Owner            string
	Severity         string
	Next             *moment
	NoTime           bool
	Over             *moment
	Took             string
	TeamOnly         bool
}

// waiting is something that waits for the reader.
type waiting struct {
	Kind, Title, URL, By string
	Due                  *moment
}

func (s *Server) nowPage(c *call) error {
	view := nowView{Frame: c.frame("Now")}
	view.Live = true
	open, err := s.DB.Incidents(c.r.Context(), c.who, store.IncidentFilter{Open: true, Limit: 200})
	if err != nil {
		return err
	}
	n, err := c.names()
	if err != nil {
		return err
	}
	slices.SortStableFunc(open, func(a, b incident.Incident) int { return cmp.Compare(urgency(a), urgency(b)) })
	view.Count = count(len(open), "open incident", "open incidents")
	for _, in := range open {
		view.Open = append(view.Open, c.rowOf(in, n))
		view.waitingIn(c, in, n)
		if err := c.composeNow(&view, in, n); err != nil {
			return err
		}
		box := c.promiseOf(in, n)
		if box == nil || box.NoTime != "" {
			continue
		}
		switch {
		case view.Promise == nil:
			view.Promise = box
		case view.Then == nil:
			view.Then = box
		}
	}
	if len(open) > 0 {
		view.Tab = view.Open[0].Shape
	}
	if view.Composer != nil && view.Promise != nil && view.Promise.Mine {
		view.Promise.Write = false // it stands below
	}
	if err := c.rest(&view); err != nil {
		return err
	}
	return c.render("now.html", http.StatusOK, view)
}

// urgency sorts by what is due first; without a time it comes last.
func urgency(in incident.Incident) int64 {
	if in.Next == nil {
		return 1 << 62
	}
	return in.Next.DueAt.UnixMicro()
}

// composeNow puts the composer for the reader's own next promise on the first
// page: writing it takes no step more.
func (c *call) composeNow(view *nowView, in incident.Incident, n *names) error {
	if view.Composer != nil || in.Owner != c.person() {
		return nil
	}
	sv, err := c.services()
	if err != nil {
		return err
	}
	view.Write = in.Title
	view.Composer, err = c.composer(view.Frame, in, n, sv)
	return err
}

func (c *call) rowOf(in incident.Incident, n *names) row {
	r := row{
		Name: in.Name(), Title: in.Title, URL: fmt.Sprintf("/incidents/%d", in.ID), Shape: statusShape(in.Status, in.Severity),
		Word: statusWord(in.Status), Owner: n.you(in.Owner), Severity: string(in.Severity), TeamOnly: in.Audience == incident.Team,
	}
	switch {
	case !in.Open():
		r.Over, r.Took = ptr(c.at(in.ResolvedAt)), span(in.ResolvedAt.Sub(since(in)))
		r.Over.Dated = true
	case in.Next != nil:
		r.Next = ptr(c.at(in.Next.DueAt))
	default:
		r.NoTime = true
	}
	return r
}

// waitingIn adds what an incident wants from the reader.
func (v *nowView) waitingIn(c *call, in incident.Incident, n *names) {
	if !c.team() {
		return
	}
	me, url := c.person(), fmt.Sprintf("/incidents/%d", in.ID)
	if o := in.Offer; o != nil && o.To == me {
		v.Waiting = append(v.Waiting, waiting{Kind: "Hand-over", Title: n.of(o.From) + " offers you " + in.Name() + ": " + in.Title, URL: url + "#offer"})
	}
	for _, h := range in.Help {
		if h.Answer == "" && h.By != me && (h.From == me || h.From == "") {
			v.Waiting = append(v.Waiting, waiting{Kind: "Help", Title: h.What, URL: url + "#help", By: n.of(h.By)})
		}
	}
}

// rest adds the reviews that the reader owes, the month, and the last incident.
func (c *call) rest(view *nowView) error {
	ctx := c.r.Context()
	if c.team() {
		mine, err := c.s.DB.Ledger(ctx, c.who, store.PromiseFilter{Person: string(c.person()), Open: true, Limit: 100})
		if err != nil {
			return err
		}
		for _, l := range mine {
			if l.Kind == incident.PromiseReview {
				due := c.at(l.DueAt)
				due.Dated = true
				view.Waiting = append(view.Waiting, waiting{Kind: "Review", Title: l.Title, URL: fmt.Sprintf("/incidents/%d", l.Incident), Due: &due})
			}
		}
	}
	month := c.now.In(c.zone())
	month = time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, month.Location())
	kept, err := c.s.DB.Tally(ctx, c.who, store.PromiseFilter{DueSince: month, DueBefore: month.AddDate(0, 1, 0)})
	if err != nil {
		return err
	}
	view.Month = ledgerSentence(kept)
	if c.can(access.ChangeSettings) {
		if view.Setup, err = c.firstSteps(); err != nil {
			return err
		}
	}
	if len(view.Open) > 0 {
		return nil
	}
	last, err := c.s.DB.Incidents(ctx, c.who, store.IncidentFilter{Over: true, Limit: 1})
	if err != nil || len(last) == 0 {
		return err
	}
	view.Last, view.LastURL = ago(c.now.Sub(last[0].ResolvedAt)), fmt.Sprintf("/incidents/%d", last[0].ID)
	return nil
}

// firstSteps are what an empty server still lacks.
func (c *call) firstSteps() ([]navItem, error) {
	sv, err := c.services()
	if err != nil || len(sv.all) > 0 {
		return nil, err
	}
	return []navItem{
		{Label: "Name the services that people use", URL: "/settings/services"},
		{Label: "Invite your team", URL: "/settings/members"},
		{Label: "Choose where updates go", URL: "/settings/channels"},
	}, nil
}

// ago says how long ago something was.
func ago(d time.Duration) string {
	if d < time.Minute {
		return "just now"
	}
	return span(d) + " ago"
}
