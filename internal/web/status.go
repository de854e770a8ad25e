package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// statusView is a public page: now, one incident, or the history. It names no
// person.
type statusView struct {
	Title    string
	Team     string
	Tab      string
	Lost     *moment // when the record was last read, while it cannot be read
	Open     []toldIncident
	One      *toldIncident
	Past     []toldIncident
	History  bool
	Older    string
	Last     string
	Services []serviceGroup
	Kept     string
	Nothing  bool // no incident has ever been published
}

// toldIncident is an incident as its readers see it.
type toldIncident struct {
	ID        int64
	URL       string
	Title     string
	Shape     string
	Word      string
	Services  string
	Statement string
	Now, Plan string
	NoTime    string
	Posted    moment
	Since     moment
	Due       *moment
	Late      bool
	Over      *moment
	Took      string
	Review    *moment
	Corrected bool
	Lines     []line
}

// serviceGroup is a heading with the services below it.
type serviceGroup struct {
	Name     string
	Services []serviceState
}

// serviceState is a service and how it does.
type serviceState struct{ Name, Shape, Word string }

// statusData is what a public page is made of, as it was read.
type statusData struct {
	page     string // "now", "one", "history", "json"
	team     string
	open     []publicIncident
	past     []publicIncident
	one      *publicIncident
	older    string
	services []store.Service
	kept     string
}

// publicIncident is an incident with the entries that everybody may read.
type publicIncident struct {
	incident.Incident
	entries []incident.Entry
}

func isOurs(err error) bool {
	_, ok := errors.AsType[*fault.Error](err)
	return ok
}

// statusPage answers every public address from memory.
func (s *Server) statusPage(c *call) error {
	key := c.r.URL.Path
	q := statusQuery{page: "now"}
	switch {
	case c.r.PathValue("id") != "":
		id, err := c.number("id")
		if err != nil {
			return err
		}
		q = statusQuery{page: "one", id: id}
	case strings.HasSuffix(key, "/history"):
		q.page = "history"
		if before, err := strconv.ParseInt(c.r.URL.Query().Get("before"), 10, 64); err == nil && before > 0 {
			q.before, key = before, fmt.Sprintf("%s?before=%d", key, before)
		}
	case strings.HasSuffix(key, ".json"):
		q.page = "json"
	}
	out, err := s.public.get(c.r.Context(), key, func(ctx context.Context) (publicView, error) { return s.readStatus(ctx, q) })
	if err != nil {
		return err
	}
	out.send(c.w, c.r)
	return nil
}

// statusQuery is which public page is asked for.
type statusQuery struct {
	page   string
	id     int64
	before int64
}

// anonymous is a call by nobody: what it reads, everybody may read.
func (s *Server) anonymous(ctx context.Context) *call {
	r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/"}, Header: http.Header{}}
	return &call{s: s, r: r.WithContext(ctx), now: s.DB.Now()}
}

func (s *Server) readStatus(ctx context.Context, q statusQuery) (*statusData, error) {
	c := s.anonymous(ctx)
	var err error
	d := &statusData{page: q.page, team: s.settings.team(ctx)}
	if d.services, err = s.DB.Services(ctx, c.who); err != nil {
		return nil, err
	}
	switch q.page {
	case "one":
		in, err := c.publicIncident(q.id)
		if err != nil {
			return nil, err
		}
		d.one = &in
		return d, nil
	case "history":
		d.past, d.older, err = c.publicPast(store.IncidentFilter{Over: true, Before: q.before})
		return d, err
	}
	if d.open, _, err = c.publicPast(store.IncidentFilter{Open: true, Limit: 50}); err != nil {
		return nil, err
	}
	slices.SortStableFunc(d.open, func(a, b publicIncident) int { return cmp.Compare(a.Severity, b.Severity) })
	if d.past, _, err = c.publicPast(store.IncidentFilter{Over: true, Limit: 3}); err != nil {
		return nil, err
	}
	d.kept, err = c.keptThisMonth()
	return d, err
}

// publicIncident reads one incident as everybody may know it. One whose words
// were all published to a narrower audience has nothing to tell yet.
func (c *call) publicIncident(id int64) (publicIncident, error) {
	in, err := c.incident(id)
	if err != nil {
		return publicIncident{}, err
	}
	if in.Latest == nil {
		return publicIncident{}, noIncident(id)
	}
	entries, err := c.s.DB.Timeline(c.r.Context(), c.who, id)
	return publicIncident{in, entries}, err
}

// publicPast reads a page of incidents, and the address of the one after it.
func (c *call) publicPast(f store.IncidentFilter) (list []publicIncident, older string, err error) {
	states, err := c.s.DB.Incidents(c.r.Context(), c.who, f)
	if err != nil {
		return nil, "", err
	}
	for _, in := range states {
		if in.Latest != nil {
			list = append(list, publicIncident{Incident: in})
		}
	}
	if len(states) == store.PageSize {
		older = fmt.Sprintf("/status/history?before=%d", states[len(states)-1].ID)
	}
	return list, older, nil
}

// keptThisMonth says how the team kept its public word.
func (c *call) keptThisMonth() (string, error) {
	q := c.ledgerQuery()
	t, err := c.s.DB.Tally(c.r.Context(), c.who, store.PromiseFilter{DueSince: q.from, DueBefore: q.to})
	if err != nil {
		return "", err
	}
	if settled(t) == 0 {
		return "", nil
	}
	return fmt.Sprintf("%d %% of %s this month", 100*t.Kept/settled(t), count(settled(t), "promise", "promises")), nil
}

// render implements publicView.
func (d *statusData) render(s *Server, now, lost time.Time) (string, []byte, error) {
	v := d.view(s, now)
	if !lost.IsZero() {
		v.Lost = &moment{At: lost, Now: now}
	}
	if d.page == "json" {
		return d.json(v, s)
	}
	var out bytes.Buffer
	if err := s.pages["status.html"].Execute(&out, v); err != nil {
		return "", nil, fmt.Errorf("fill the public page: %w", err)
	}
	return "text/html; charset=utf-8", out.Bytes(), nil
}

func (d *statusData) view(s *Server, now time.Time) statusView {
	c := &call{s: s, now: now}
	v := statusView{Team: d.team, Tab: "ok", History: d.page == "history", Older: d.older, Kept: d.kept}
	v.Title = or(d.team, "Service") + " status"
	sv := services{by: map[string]string{}}
	for _, service := range d.services {
		sv.by[service.ID] = service.Name
	}
	for _, in := range d.open {
		v.Open = append(v.Open, c.told(in, sv, false))
	}
	for _, in := range d.past {
		v.Past = append(v.Past, c.told(in, sv, false))
	}
	if d.one != nil {
		one := c.told(*d.one, sv, true)
		v.One, v.Tab, v.Title = &one, one.Shape, one.Title+", "+v.Title
	}
	if len(v.Open) > 0 {
		v.Tab, v.Title = v.Open[0].Shape, v.Open[0].Title+", "+v.Title
	} else if len(d.past) > 0 {
		last := d.past[0]
		v.Last = last.ResolvedAt.UTC().Format("2 Jan") + ", " + span(last.ResolvedAt.Sub(since(last.Incident)))
	}
	v.Nothing = len(v.Open) == 0 && len(v.Past) == 0
	v.Services = d.groups()
	return v
}

// groups says how every service does: the latest updates are the state.
func (d *statusData) groups() []serviceGroup {
	worst := map[string]serviceState{}
	for _, in := range d.open {
		for _, id := range in.Services {
			state := serviceState{Shape: "degraded", Word: "Slow or partly working"}
			if in.Severity == "SEV1" || in.Severity == "SEV2" {
				state = serviceState{Shape: "outage", Word: "Not working"}
			}
			if in.Severity == "SEV2" {
				state.Word = "Not working for some"
			}
			if in.Status == incident.Monitoring {
				state = serviceState{Shape: "degraded", Word: "Working again, watched"}
			}
			if old, ok := worst[id]; !ok || old.Shape != "outage" {
				worst[id] = state
			}
		}
	}
	var out []serviceGroup
	for _, service := range d.services {
		if !service.ArchivedAt.IsZero() {
			continue
		}
		state, ok := worst[service.ID]
		if !ok {
			state = serviceState{Shape: "ok", Word: "Working"}
		}
		state.Name = service.Name
		i := slices.IndexFunc(out, func(g serviceGroup) bool { return g.Name == service.Group })
		if i < 0 {
			i = len(out)
			out = append(out, serviceGroup{Name: service.Group})
		}
		out[i].Services = append(out[i].Services, state)
	}
	return out
}

// told makes the view of an incident.
func (c *call) told(in publicIncident, sv services, lines bool) toldIncident {
	u := in.Latest
	out := toldIncident{
		ID: in.ID, URL: fmt.Sprintf("/status/%d", in.ID), Title: in.Title, Shape: statusShape(in.Status, in.Severity), Word: statusWord(in.Status),
		Services: sv.list(in.Services), Now: u.Now, Plan: u.Plan, NoTime: in.NoTime, Posted: c.at(u.At), Since: c.at(since(in.Incident)), Corrected: u.Corrected,
	}
	if in.Ownership != nil {
		out.Statement = in.Ownership.Statement
	}
	if in.Next != nil {
		out.Due = ptr(c.at(in.Next.DueAt))
		out.Late = out.Due.late()
	}
	if !in.Open() {
		out.Over, out.Took = ptr(c.at(in.ResolvedAt)), span(in.ResolvedAt.Sub(since(in.Incident)))
		out.Over.Dated = true
		if in.Review != nil {
			out.Review = ptr(c.at(in.Review.DueAt))
			out.Review.Dated = true
		}
	}
	if lines {
		out.Lines = teller{c: c, services: sv}.lines(in.entries)
	}
	return out
}

// statusJSON is the state for programs.
type statusJSON struct {
	V         int            `json:"v"`
	Team      string         `json:"team"`
	State     string         `json:"state"` // "ok", "degraded", "outage"
	ReadAt    string         `json:"read_at,omitempty"`
	Incidents []incidentJSON `json:"incidents"`
	Services  []serviceJSON  `json:"services"`
}

// serviceJSON is a service for programs.
type serviceJSON struct {
	Name  string `json:"name"`
	State string `json:"state"` // "ok", "degraded", "outage"
	Word  string `json:"word"`
}

// incidentJSON is an open incident for programs.
type incidentJSON struct {
	ID       int64    `json:"id"`
	Title    string   `json:"title"`
	Status   string   `json:"status"`
	Word     string   `json:"word"`
	URL      string   `json:"url"`
	Since    string   `json:"since"`
	PostedAt string   `json:"posted_at"`
	Now      string   `json:"now"`
	Plan     string   `json:"plan"`
	NextAt   string   `json:"next_update_at,omitempty"`
	NoTime   string   `json:"no_time,omitempty"`
	Late     bool     `json:"late"`
	Services []string `json:"services"`
}

func (d *statusData) json(v statusView, s *Server) (string, []byte, error) {
	out := statusJSON{V: 1, Team: d.team, State: v.Tab, Incidents: []incidentJSON{}, Services: []serviceJSON{}}
	if v.Lost != nil {
		out.ReadAt = v.Lost.At.UTC().Format(time.RFC3339)
	}
	for i, in := range d.open {
		t := v.Open[i]
		e := incidentJSON{ID: in.ID, Title: in.Title, Status: string(in.Status), Word: t.Word, URL: s.url("%s", t.URL), Since: t.Since.At.UTC().Format(time.RFC3339),
			PostedAt: t.Posted.At.UTC().Format(time.RFC3339), Now: t.Now, Plan: t.Plan, NoTime: t.NoTime, Late: t.Late, Services: []string{}}
		if t.Due != nil {
			e.NextAt = t.Due.At.UTC().Format(time.RFC3339)
		}
		for _, service := range d.services {
			if slices.Contains(in.Services, service.ID) {
				e.Services = append(e.Services, service.Name)
			}
		}
		out.Incidents = append(out.Incidents, e)
	}
	for _, g := range v.Services {
		for _, service := range g.Services {
			out.Services = append(out.Services, serviceJSON{service.Name, service.Shape, service.Word})
		}
	}
	text, err := json.MarshalIndent(out, "", "  ")
	return "application/json", append(text, '\n'), err
}
