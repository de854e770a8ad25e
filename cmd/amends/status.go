package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newStatus() *cobra.Command {
	c := &cobra.Command{
		Use: "status", GroupID: groupKnow, Short: "What is open, and whose promise is next",
		Long:    "Show what is open, who owns it, and when the next word is due; the promise that is due first stands on top.",
		Example: "  amends status\n  amends status --json | jq '.incidents[].name'",
		Args:    cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			s, err := d.api.Status(d.ctx)
			if err != nil {
				return err
			}
			d.now = s.Now
			me := ""
			if who, err := d.api.Whoami(d.ctx); err == nil {
				me = who.ID
			}
			return d.show(d.cmd, reading{data: s, rows: incidentRows(s.Incidents), text: func(p *page) { p.status(s, me) }})
		}),
	}
	addReadFlags(c)
	return c
}

func (p *page) status(s client.Status, me string) {
	for _, in := range s.Incidents {
		p.marked(statusMark(in), "%s  %s  (%s)  %s", in.Name, in.Title, strings.ToLower(statusWord(in.Status)), ownedBy(in, me))
		p.indent(p.nextWord(in, me))
		if in.Offer != nil && in.Offer.To.ID == me {
			p.indent(fmt.Sprintf("%s offers it to you:  amends handover accept %d", personName(&in.Offer.From), in.Number))
		}
	}
	if len(s.Incidents) > 0 {
		p.line("")
	}
	var down []string
	for _, service := range s.Services {
		if service.State != "operational" {
			down = append(down, service.Name+" ("+strings.ToLower(stateWord(service.State))+")")
		}
	}
	if len(down) > 0 {
		p.line("Services: %s", strings.Join(down, ", "))
	}
	mine := slices.IndexFunc(s.Incidents, func(in client.Incident) bool { return in.Owner != nil && in.Owner.ID == me })
	switch {
	case len(s.Incidents) == 0:
		p.line("Nothing is open. When something breaks:  amends declare TITLE")
	case mine >= 0:
		p.line("%d open. Write yours:  amends update %d", len(s.Incidents), s.Incidents[mine].Number)
	default:
		p.line("%d open. Look closer:  amends show %d", len(s.Incidents), s.Incidents[0].Number)
	}
}

func ownedBy(in client.Incident, me string) string {
	if in.Owner != nil && in.Owner.ID == me {
		return "owner you"
	}
	return "owner " + personName(in.Owner)
}

// nextWord says when the next word on an incident comes.
func (t *terminal) nextWord(in client.Incident, me string) string {
	switch {
	case in.Next != nil && in.Next.ByPolicy:
		return fmt.Sprintf("first update %s, by %s, as the policy asks", dueWord(t.due(in.Next.DueAt)), t.clock(in.Next.DueAt))
	case in.Next != nil:
		by := personName(in.Next.By)
		if in.Next.By != nil && in.Next.By.ID == me {
			by = "you"
		}
		return fmt.Sprintf("next update %s, %s, promised by %s", dueWord(t.due(in.Next.DueAt)), t.clock(in.Next.DueAt), by)
	case in.NoTime != "":
		return "no next time: " + in.NoTime
	}
	return "no next update is promised"
}

// dueWord puts "due" before a countdown.
func dueWord(due string) string {
	if strings.HasPrefix(due, "in ") {
		return "due " + due
	}
	return due
}

// incidentRows are incidents as records: number, status, severity, owner, when
// the next update is due, title.
func incidentRows(list []client.Incident) [][]string {
	rows := make([][]string, 0, len(list))
	for _, in := range list {
		due := ""
		if in.Next != nil {
			due = stamp(in.Next.DueAt)
		}
		rows = append(rows, []string{fmt.Sprint(in.Number), in.Status, in.Severity, personName(in.Owner), due, in.Title})
	}
	return rows
}
