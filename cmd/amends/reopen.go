package main

import (
	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newReopen() *cobra.Command {
	c := &cobra.Command{
		Use: "reopen INC", GroupID: groupTell, Short: "Say that it is not over after all",
		Long:    "Say that an incident is not over after all. It is an update like any other: what is true, what comes next, and when the next word comes.",
		Example: "  amends reopen 17 --now \"Payments fail again since 17:05.\" --plan \"Roll back the second change.\" --next 20m",
		Args:    cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			n, err := oneIncident(args[0])
			if err != nil {
				return err
			}
			in, err := d.api.Incident(d.ctx, n)
			if err != nil {
				return err
			}
			word := client.Reopen{NoTime: flagText(d.cmd, "no-time"), Override: flagText(d.cmd, "override")}
			if word.Now, err = d.textOrAsk("now", "What is true now?", "what is true now"); err != nil {
				return err
			}
			if word.Plan, err = d.textOrAsk("plan", "What will you do before the next update?", "what you will do before the next update"); err != nil {
				return err
			}
			if word.Next, word.Zone, err = d.wireTime("--next", flagText(d.cmd, "next")); err != nil {
				return err
			}
			if word.Next == "" && word.NoTime == "" {
				return needed("--next", "when the next update comes, like 30m or 16:30; or --no-time with the reason why you cannot name one")
			}
			if d.cmd.Flags().Changed("service") {
				if word.Services, err = d.services(); err != nil {
					return err
				}
			}
			if word.Statement, err = d.statement(in, flagText(d.cmd, "statement"), word.Override); err != nil {
				return err
			}
			done, err := d.api.Reopen(d.ctx, n, word)
			if err != nil {
				return err
			}
			due := ""
			for _, e := range done.Entries {
				if e.Promise != nil {
					due = " Next update promised for " + d.clock(e.Promise.DueAt) + "."
				}
			}
			return d.report(done, "%s is open again.%s", done.Name, due)
		}),
	}
	f := c.Flags()
	f.String("now", "", "What is true now; `TEXT`, @FILE or -")
	f.String("plan", "", "What you will do before the next update; `TEXT`, @FILE or -")
	f.String("next", "", "When the next update comes: 30m, 16:30, \"tomorrow 09:00\"")
	f.String("no-time", "", "Instead of --next: why no time can be named; readers see it")
	f.StringSlice("service", nil, "What is affected again, by `ID` or name; as left at the end otherwise")
	addStatementFlags(c)
	addChangeFlags(c)
	return c
}

// textOrAsk returns the text of a flag, or asks for it where somebody can answer.
func (d *desk) textOrAsk(flag, question, what string) (string, error) {
	text, err := d.argument("--"+flag, flagText(d.cmd, flag))
	switch {
	case err != nil || text != "":
		return text, err
	case !d.asks:
		return "", needed("--"+flag, what)
	}
	return d.askText(d.ctx, question, "")
}
