package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newDeclare() *cobra.Command {
	c := &cobra.Command{
		Use: "declare TITLE", GroupID: groupOwn, Short: "Declare an incident, and own it",
		Long: `Declare an incident. Say what is going wrong in the words of the people affected.

You own it until somebody accepts a hand-over, and the first update is due by
the policy of its severity. Everything but the title has a default and can be
changed later: amends change.`,
		Example: "  amends declare \"Card payments fail for some customers\"\n  amends declare \"Invoices show wrong totals\" --severity SEV3 --kind data --service invoices --started \"20 min ago\"",
		Args:    cobra.ArbitraryArgs,
		RunE:    online(runDeclare),
	}
	f := c.Flags()
	f.String("severity", "", "SEV1 (nearly everybody) to SEV4 (hardly anybody notices); SEV2 otherwise")
	f.String("kind", "", "outage, launch, data, decision, commitment or conduct; outage otherwise")
	f.StringSlice("service", nil, "A service affected, by `ID` or name; may be given again")
	f.String("audience", "", "Who reads what is published: team, stakeholders or public; the team's setting otherwise")
	f.Bool("internal", false, "The same as --audience team")
	f.String("origin", "", "How it came to light: self, alert, colleague, customer or manager; self otherwise")
	f.String("started", "", "When it began for the people affected: 14:05, \"20 min ago\"")
	f.String("detected", "", "When it was noticed; now otherwise")
	f.String("owner", "", "Who owns it: `NAME` or address; you otherwise")
	f.String("backup", "", "The second accountable person: `NAME` or address; the team's otherwise")
	addChangeFlags(c)
	c.MarkFlagsMutuallyExclusive("audience", "internal")
	completeWith(c, "severity", "SEV1", "SEV2", "SEV3", "SEV4")
	completeWith(c, "kind", "outage", "launch", "data", "decision", "commitment", "conduct")
	completeWith(c, "audience", "team", "stakeholders", "public")
	completeWith(c, "origin", "self", "alert", "colleague", "customer", "manager")
	return c
}

func runDeclare(d *desk, args []string) (err error) {
	in := client.Declare{
		Title: strings.Join(args, " "), Kind: flagText(d.cmd, "kind"), Severity: strings.ToUpper(flagText(d.cmd, "severity")),
		Audience: flagText(d.cmd, "audience"), Origin: flagText(d.cmd, "origin"),
	}
	if internal, _ := d.cmd.Flags().GetBool("internal"); internal {
		in.Audience = "team"
	}
	if in.Title == "" && d.asks {
		if in.Title, err = d.ask(d.ctx, "What is going wrong, in the words of the people affected?", ""); err != nil {
			return err
		}
	}
	if in.Title == "" {
		return needed("TITLE", "what is going wrong, in the words of the people affected")
	}
	if in.Services, err = d.services(); err != nil {
		return err
	}
	if in.StartedAt, in.Zone, err = d.wirePast("--started", flagText(d.cmd, "started")); err != nil {
		return err
	}
	if in.DetectedAt, in.Zone, err = d.wirePast("--detected", flagText(d.cmd, "detected")); err != nil {
		return err
	}
	in.Zone = zoneName()
	if in.Owner, err = d.person("--owner", flagText(d.cmd, "owner")); err != nil {
		return err
	}
	if in.Backup, err = d.person("--backup", flagText(d.cmd, "backup")); err != nil {
		return err
	}
	done, err := d.api.Declare(d.ctx, in)
	if err != nil {
		return err
	}
	return d.report(done, "%s", d.declared(done))
}

// declared says who owns what, by when the first update is due, and what to
// type for it.
func (d *desk) declared(done client.Change) string {
	owner, due := "", ""
	for _, e := range done.Entries {
		if e.Declared != nil {
			owner = " It is owned by " + personName(&e.Declared.Owner) + "."
			if e.By != nil && e.Declared.Owner.ID == e.By.ID {
				owner = " You own it."
			}
		}
		if e.Promise != nil {
			due = fmt.Sprintf(" The first update is due by %s.", d.clock(e.Promise.DueAt))
		}
	}
	return fmt.Sprintf("Declared %s.%s%s\n%s\nWrite it:  amends update %d", done.Name, owner, due, done.URL, done.Incident)
}
