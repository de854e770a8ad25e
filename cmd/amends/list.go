package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/incident"
)

func newList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", GroupID: groupKnow, Short: "List incidents, the newest first",
		Example: "  amends list --open\n  amends list --owner Ana --since \"1 Nov\"\n  amends list --before 120 --limit 50",
		Args:    cobra.NoArgs,
		RunE:    online(runList),
	}
	f := c.Flags()
	f.Bool("open", false, "Only those that are not over")
	f.Bool("over", false, "Only those that are over")
	f.String("severity", "", "Only this severity: SEV1 to SEV4")
	f.String("owner", "", "Only those of this owner: `NAME`, address, or me")
	f.String("service", "", "Only those that affect this service, by `ID`")
	f.String("since", "", "Only those declared since then: 2026-11-01, \"1 Nov\", \"friday 09:00\"")
	f.String("until", "", "Only those declared before then")
	f.String("text", "", "Only those with this in the title")
	f.Int64("before", 0, "Only those with a smaller number: the next page")
	f.Int("limit", 50, "How many at most, up to 200")
	addReadFlags(c)
	completeWith(c, "severity", "SEV1", "SEV2", "SEV3", "SEV4")
	c.MarkFlagsMutuallyExclusive("open", "over")
	return c
}

func runList(d *desk, _ []string) (err error) {
	f := d.cmd.Flags()
	filter := client.IncidentFilter{Severity: strings.ToUpper(flagText(d.cmd, "severity")), Service: flagText(d.cmd, "service"), Text: flagText(d.cmd, "text")}
	filter.Open, _ = f.GetBool("open")
	filter.Over, _ = f.GetBool("over")
	filter.Before, _ = f.GetInt64("before")
	filter.Limit, _ = f.GetInt("limit")
	if filter.Since, err = d.past("--since", flagText(d.cmd, "since")); err != nil {
		return err
	}
	if filter.Until, err = d.past("--until", flagText(d.cmd, "until")); err != nil {
		return err
	}
	if filter.Owner, err = d.memberID("--owner", flagText(d.cmd, "owner")); err != nil {
		return err
	}
	found, err := d.api.Incidents(d.ctx, filter)
	if err != nil {
		return err
	}
	return d.show(d.cmd, reading{data: found, rows: incidentRows(found.Incidents), text: func(p *page) {
		if len(found.Incidents) == 0 {
			p.line("No incident is like that. Without flags:  amends list")
			return
		}
		rows := [][]string{{"", "INCIDENT", "DECLARED", "STATE", "SEVERITY", "OWNER", "TITLE"}}
		for _, in := range found.Incidents {
			rows = append(rows, []string{statusMark(in), in.Name, p.day(in.DeclaredAt), statusWord(in.Status), in.Severity, personName(in.Owner), in.Title})
		}
		p.table(rows)
		if found.Before > 0 {
			p.line("More:  amends list --before %d", found.Before)
		}
	}})
}

// past reads a time that has been; "" is the zero time. A day alone means its
// beginning here, so that a whole day is asked for.
func (t *terminal) past(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, t.zone); err == nil {
		return day, nil
	}
	at, err := incident.ParsePast(text, t.now, t.zone)
	if err != nil {
		return time.Time{}, flagged(flag, err)
	}
	return at, nil
}

// memberID is person for a filter, which takes ids only.
func (d *desk) memberID(flag, text string) (string, error) {
	who, err := d.person(flag, text)
	if err != nil || !strings.Contains(who, "@") {
		return who, err
	}
	members, err := d.api.Members(d.ctx)
	if err != nil {
		return "", err
	}
	for _, m := range members {
		if strings.EqualFold(m.Email, who) {
			return m.ID, nil
		}
	}
	return "", noMember(flag, text)
}
