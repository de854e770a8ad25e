package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// incidentsView is the list of incidents; the filters stand in the address.
type incidentsView struct {
	Frame
	Form       form
	States     []choice
	Severities []choice
	Owners     []choice
	Services   []choice
	Text       string
	Count      string
	Rows       []row
	Older      string // the address of the next page
	Filtered   bool
}

func (s *Server) incidentsPage(c *call) error {
	q := c.r.URL.Query()
	f := store.IncidentFilter{
		Open: q.Get("state") == "open", Over: q.Get("state") == "over", Severity: q.Get("severity"),
		Owner: q.Get("owner"), Service: q.Get("service"), Text: q.Get("q"),
	}
	total, err := s.DB.CountIncidents(c.r.Context(), c.who, f)
	if err != nil {
		return err
	}
	if before, err := strconv.ParseInt(q.Get("before"), 10, 64); err == nil {
		f.Before = before
	}
	list, err := s.DB.Incidents(c.r.Context(), c.who, f)
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
	v := incidentsView{Frame: c.frame("Incidents"), Text: f.Text, Count: count(total, "incident", "incidents")}
	for _, key := range []string{"state", "severity", "owner", "service", "q"} {
		v.Filtered = v.Filtered || q.Get(key) != ""
	}
	v.States = []choice{{Value: "open", Label: "Open", Chosen: f.Open}, {Value: "over", Label: "Over", Chosen: f.Over}}
	v.Severities = choices(incident.Severities, func(s incident.Severity) string { return string(s) }, incident.Severity(f.Severity))
	v.Owners, v.Services = n.others(incident.Person(f.Owner)), sv.choices([]string{f.Service})
	for _, in := range list {
		v.Rows = append(v.Rows, c.rowOf(in, n))
	}
	if len(list) == store.PageSize {
		older := url.Values{}
		for key := range q {
			older.Set(key, q.Get(key))
		}
		older.Set("before", fmt.Sprint(list[len(list)-1].ID))
		v.Older = "/incidents?" + older.Encode()
	}
	return c.render("incidents.html", http.StatusOK, v)
}

// shortAddress sends /17 to the incident of that number.
func (s *Server) shortAddress(c *call) error {
	id, err := c.number("id")
	if err != nil {
		return err
	}
	return c.to(fmt.Sprintf("/incidents/%d", id))
}

// whenEcho says how a typed time was read, while it is typed.
func (s *Server) whenEcho(c *call) error {
	text := c.r.URL.Query().Get("next_at")
	if text == "" {
		c.send(http.StatusOK, "text/html; charset=utf-8", nil)
		return nil
	}
	at, err := incident.ParseWhen(text, c.now, c.zone())
	echo := "not a time I can read yet"
	if err == nil {
		echo = "= " + string(timeTag(c.at(at))) + ", in " + span(at.Sub(c.now.Truncate(time.Minute)))
	}
	c.send(http.StatusOK, "text/html; charset=utf-8", []byte(echo))
	return nil
}
