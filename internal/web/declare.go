package web

import (
	"fmt"
	"net/http"
	"strings"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// declareView is the form with one field that matters.
type declareView struct {
	Frame
	Form       form
	First      string // when the first update is due, by policy
	Details    bool   // open, because something in there needs another value
	Severities []choice
	Kinds      []choice
	Origins    []choice
	Audiences  []choice
	Services   []choice
	Backups    []choice
}

func (s *Server) declarePage(c *call) error {
	sv, err := c.services()
	if err != nil {
		return err
	}
	n, err := c.names()
	if err != nil {
		return err
	}
	policies, err := s.DB.Policies(c.r.Context())
	if err != nil {
		return err
	}
	team := s.settings.get(c.r.Context())
	view := declareView{Frame: c.frame("Declare an incident")}
	view.Form = view.Frame.Form("declare")
	view.First = lengthWord(policies.For(incident.DefaultSeverity).First)
	view.Severities = choices(incident.Severities, severityWord, incident.DefaultSeverity)
	view.Kinds = choices(incident.Kinds, kindWord, incident.Kinds[0])
	view.Origins = choices(incident.Origins, originWord, incident.Origins[0])
	view.Audiences = choices(incident.Audiences, audienceWord, incident.Audience(or(string(team.Audience), string(incident.Public))))
	view.Services = sv.choices(nil)
	view.Backups = n.others(team.Backup, c.person())
	for _, e := range view.Errors {
		view.Details = view.Details || e.Field != "declare-title"
	}
	return c.render("declare.html", http.StatusOK, view)
}

func (s *Server) declare(c *call) error {
	team := s.settings.get(c.r.Context())
	cmd := incident.Declare{
		By: c.person(), Title: c.value("title"), Kind: incident.Kind(c.value("kind")), Severity: incident.Severity(c.value("severity")),
		Services: c.r.PostForm["services"], Audience: incident.Audience(or(c.value("audience"), string(team.Audience))),
		Origin: incident.Origin(c.value("origin")), Backup: incident.Person(or(c.value("backup"), string(team.Backup))),
	}
	if cmd.Backup == cmd.By {
		cmd.Backup = ""
	}
	var err error
	if text := strings.TrimSpace(c.value("started_at")); text != "" {
		cmd.StartedAt, err = incident.ParsePast(text, c.now, c.zone())
		err = named(err, "started_at")
	}
	if err == nil && strings.TrimSpace(cmd.Title) == "" {
		err = fault.Bad("title", "Enter what is going wrong, in the words of the people affected")
	}
	if err != nil {
		return c.again("declare", s.declarePage, err)
	}
	done, err := c.apply(0, cmd)
	if err != nil {
		return c.again("declare", s.declarePage, err)
	}
	in, err := s.DB.Incident(c.r.Context(), c.who, done.Incident)
	if err != nil {
		return err
	}
	say := saying{Say: in.Name() + " is declared and yours.", Confirmed: "declare"}
	if in.Next != nil {
		say.Say, say.Until = say.Say+" The first update is due at", in.Next.DueAt
	}
	c.say(say)
	return c.to(fmt.Sprintf("/incidents/%d", done.Incident))
}
