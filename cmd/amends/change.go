package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

func newChange() *cobra.Command {
	c := &cobra.Command{
		Use: "change [INC]", GroupID: groupOwn, Short: "Change severity, services, audience or the second accountable person",
		Long: `Change what an incident is declared with. Each change is a line of the timeline.

A promise already made keeps its time; a new severity counts from the next one
on. The audience can always grow, and shrink only before the first update.`,
		Example: "  amends change 17 --severity SEV1 --why \"Bank transfers fail too\"\n  amends change --service card-payments,bank-transfer\n  amends change --backup ana@example.org",
		Args:    cobra.MaximumNArgs(1),
		RunE:    online(runChange),
	}
	f := c.Flags()
	f.String("severity", "", "SEV1 (worst) to SEV4")
	f.String("why", "", "Why the severity changes")
	f.StringSlice("service", nil, "The services affected, by `ID`, all of them; none for nobody's")
	f.String("audience", "", "Who reads what is published from now on: team, stakeholders or public")
	f.String("backup", "", "The second accountable person: `NAME` or address")
	addChangeFlags(c)
	completeWith(c, "severity", "SEV1", "SEV2", "SEV3", "SEV4")
	completeWith(c, "audience", "team", "stakeholders", "public")
	return c
}

func runChange(d *desk, args []string) error {
	f := d.cmd.Flags()
	if !f.Changed("severity") && !f.Changed("service") && !f.Changed("audience") && !f.Changed("backup") {
		return needed("--severity, --service, --audience or --backup", "what to change")
	}
	in, rest, err := d.incident(args)
	if err != nil {
		return err
	}
	if err := noMore(rest); err != nil {
		return err
	}
	var all client.Change
	var said []string
	for _, step := range d.changes() {
		if !f.Changed(step.flag) {
			continue
		}
		what, ch, err := step.do(in.Number, flagText(d.cmd, step.flag))
		if err != nil {
			if len(said) > 0 {
				d.done("%s: %s.", in.Name, strings.Join(said, ", "))
			}
			return err
		}
		if len(ch.Entries) > 0 {
			said = append(said, what)
		}
		ch.Entries = append(all.Entries, ch.Entries...)
		all = ch
	}
	if len(said) == 0 {
		return d.report(all, "%s: that is how it is already.", in.Name)
	}
	return d.report(all, "%s: %s.", in.Name, strings.Join(said, ", "))
}

// step is one thing that a flag changes, and what to say of it.
type step struct {
	flag string
	do   func(number int64, to string) (what string, ch client.Change, err error)
}

func (d *desk) changes() []step {
	return []step{
		{"severity", func(n int64, to string) (string, client.Change, error) {
			to = strings.ToUpper(to)
			ch, err := d.api.ChangeSeverity(d.ctx, n, client.SeverityChange{Severity: to, Why: flagText(d.cmd, "why")})
			return "severity is " + to, ch, err
		}},
		{"service", func(n int64, _ string) (string, client.Change, error) {
			ids, err := d.services()
			if err != nil {
				return "", client.Change{}, err
			}
			ch, err := d.api.ChangeServices(d.ctx, n, client.ServicesChange{Services: ids})
			return "affected are " + orNone(ids), ch, err
		}},
		{"audience", func(n int64, to string) (string, client.Change, error) {
			ch, err := d.api.ChangeAudience(d.ctx, n, client.AudienceChange{Audience: to})
			return "read by " + audienceWord(to), ch, err
		}},
		{"backup", func(n int64, to string) (string, client.Change, error) {
			who, err := d.person("--backup", to)
			if err != nil {
				return "", client.Change{}, err
			}
			ch, err := d.api.NameBackup(d.ctx, n, client.BackupChange{Backup: who})
			return "the second accountable person is " + to, ch, err
		}},
	}
}

// services returns the ids for what stands in --service: ids or names, or
// "none".
func (d *desk) services() ([]string, error) {
	given, _ := d.cmd.Flags().GetStringSlice("service")
	ids := []string{}
	if len(given) == 0 {
		return nil, nil
	}
	if len(given) == 1 && given[0] == "none" {
		return ids, nil
	}
	have, err := d.api.Services(d.ctx)
	if err != nil {
		return nil, err
	}
next:
	for _, text := range given {
		text = strings.TrimSpace(text)
		for _, s := range have {
			if s.ID == text || strings.EqualFold(s.Name, text) {
				ids = append(ids, s.ID)
				continue next
			}
		}
		var known []string
		for _, s := range have {
			known = append(known, s.ID)
		}
		return nil, flagged("--service", fault.Newf(fault.Invalid, "There is no service %q. There are: %s", text, orNone(known)))
	}
	return ids, nil
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// addChangeFlags defines the flags of a command that changes an incident.
func addChangeFlags(c *cobra.Command) {
	c.Flags().Bool("json", false, "Print what was appended to the timeline, as JSON")
}

// report confirms a change to an incident, or prints it as JSON.
func (d *desk) report(ch client.Change, format string, args ...any) error {
	if asJSON, _ := d.cmd.Flags().GetBool("json"); asJSON {
		return writeJSON(d.out, ch)
	}
	d.done(format, args...)
	return nil
}

// noMore refuses arguments that nobody has asked for.
func noMore(rest []string) error {
	if len(rest) == 0 {
		return nil
	}
	return usageError{fault.Newf(fault.Invalid, "%q is not an incident. Write its number, like 17 or INC-17", rest[0])}
}

// completeWith lets a shell complete the values of a flag.
func completeWith(c *cobra.Command, flag string, values ...string) {
	if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(fmt.Sprintf("%s --%s: %v", c.Name(), flag, err)) // our own mistake, at start
	}
}
