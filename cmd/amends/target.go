package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

// incidentName is how an incident is named on the command line: 17, INC-17, #17.
var incidentName = regexp.MustCompile(`^(?i:inc-?|#)?([0-9]{1,18})$`)

// number reads the name of an incident.
func number(text string) (int64, bool) {
	m := incidentName.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	return n, err == nil && n > 0
}

// incident returns the incident that the arguments begin with, and the rest of
// them. Without one it is the only open incident, if the caller owns it; the
// choice is said.
func (d *desk) incident(args []string) (client.Incident, []string, error) {
	if len(args) > 0 {
		if n, ok := number(args[0]); ok {
			in, err := d.api.Incident(d.ctx, n)
			return in, args[1:], err
		}
	}
	s, err := d.api.Status(d.ctx)
	if err != nil {
		return client.Incident{}, nil, err
	}
	d.now = s.Now
	who, err := d.api.Whoami(d.ctx)
	if err != nil {
		return client.Incident{}, nil, err
	}
	in, err := onlyOwn(d.cmd, s.Incidents, who.ID)
	if err == nil {
		d.remark("%s %s%s", in.Name, line(in.Title), d.dueNext(in))
	}
	return in, args, err
}

// onlyOwn returns the one open incident when the person owns it.
func onlyOwn(c *cobra.Command, open []client.Incident, person string) (client.Incident, error) {
	switch {
	case len(open) == 0:
		return client.Incident{}, usageError{fault.New(fault.Invalid, "No incident is open. Name one that is over, or declare one with amends declare")}
	case len(open) > 1:
		var names []string
		for _, in := range open {
			names = append(names, in.Name)
		}
		return client.Incident{}, usageError{fault.Newf(fault.Invalid, "%d incidents are open: %s. Say which, like %s %d", len(open), strings.Join(names, ", "), c.CommandPath(), open[0].Number)}
	case open[0].Owner == nil || open[0].Owner.ID != person:
		return client.Incident{}, usageError{fault.Newf(fault.Invalid, "%s is open, and %s owns it. Say that you mean it: %s %d", open[0].Name, personName(open[0].Owner), c.CommandPath(), open[0].Number)}
	}
	return open[0], nil
}

// dueNext adds when the next update of an incident is due.
func (d *desk) dueNext(in client.Incident) string {
	if in.Next == nil {
		return ""
	}
	due := d.due(in.Next.DueAt)
	if strings.HasPrefix(due, "in ") {
		due = "due " + due
	}
	return ", " + due
}

// personName is what a person is called.
func personName(p *client.Person) string {
	switch {
	case p == nil:
		return "nobody"
	case p.ID == "system":
		return "amends"
	case p.Name != "":
		return p.Name
	}
	return p.ID
}

// person returns the id or address to send for a person named by id, by
// address, by name, or by the beginning of a name that only one has.
func (d *desk) person(flag, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", nil
	case text == "me":
		who, err := d.api.Whoami(d.ctx)
		return who.ID, err
	case strings.Contains(text, "@") || strings.HasPrefix(text, "m_"):
		return text, nil
	}
	members, err := d.api.Members(d.ctx)
	if err != nil {
		return "", fmt.Errorf("look %s up: %w", line(text), err)
	}
	var found []client.Member
	for _, m := range members {
		if strings.EqualFold(m.Name, text) {
			return m.ID, nil
		}
		if m.DisabledAt.IsZero() && len(m.Name) >= len(text) && strings.EqualFold(m.Name[:len(text)], text) {
			found = append(found, m)
		}
	}
	if len(found) == 1 {
		return found[0].ID, nil
	}
	names := make([]string, 0, len(found))
	for _, m := range found {
		names = append(names, m.Name)
	}
	if len(names) > 0 {
		return "", flagged(flag, fault.Newf(fault.Invalid, "%q may be %s. Write the address instead", text, strings.Join(names, " or ")))
	}
	return "", noMember(flag, text)
}

func noMember(flag, text string) error {
	return flagged(flag, fault.Newf(fault.Invalid, "There is no member %q. Write the address, or see amends user list", text))
}

// flagText returns the text of a flag, "" when the command does not have it.
func flagText(c *cobra.Command, name string) string {
	text, _ := c.Flags().GetString(name)
	return text
}
