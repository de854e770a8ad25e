package main

import (
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newNote() *cobra.Command {
	c := &cobra.Command{
		Use: "note [INC] TEXT", GroupID: groupOwn, Short: "Write a line for the team into the timeline",
		Long:    "Write a line for the team into the timeline. Readers outside the team never see it. TEXT may be @FILE, or - for stdin.",
		Example: "  amends note 17 \"Error rate falls since 14:52, after the pool was doubled\"\n  grep OOM /var/log/syslog | amends note 17 -",
		Args:    cobra.ArbitraryArgs,
		RunE: online(func(d *desk, args []string) error {
			in, rest, err := d.incident(args)
			if err != nil {
				return err
			}
			text, err := d.argument("TEXT", strings.Join(rest, " "))
			if err != nil {
				return err
			}
			if text == "" && d.asks {
				if text, err = d.askText(d.ctx, "What should the team know?", ""); err != nil {
					return err
				}
			}
			if text == "" {
				return needed("TEXT", "what the team should know")
			}
			done, err := d.api.AddNote(d.ctx, in.Number, client.Note{Text: text})
			if err != nil {
				return err
			}
			return d.report(done, "Noted in the timeline of %s, for the team.", in.Name)
		}),
	}
	addChangeFlags(c)
	return c
}
