package main

import (
	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newOwn() *cobra.Command {
	c := &cobra.Command{
		Use: "own [INC]", GroupID: groupOwn, Short: "Take responsibility for an incident in words",
		Long: `Take responsibility in one sentence that names the problem. Readers see it above
the updates. The first update asks for it, so this command is for saying it
earlier, or in your own words after a hand-over.`,
		Example: "  amends own 17 --statement \"Our deploy broke card payments. It is ours to fix.\"\n  amends own",
		Args:    cobra.MaximumNArgs(1),
		RunE: online(func(d *desk, args []string) error {
			in, rest, err := d.incident(args)
			if err != nil {
				return err
			}
			if err := noMore(rest); err != nil {
				return err
			}
			words, err := d.argument("--statement", flagText(d.cmd, "statement"))
			if err != nil {
				return err
			}
			in.Ownership = nil // said again in other words
			if words, err = d.statement(in, words, ""); err != nil {
				return err
			}
			done, err := d.api.Own(d.ctx, in.Number, client.Own{Statement: words})
			if err != nil {
				return err
			}
			return d.report(done, "%s: said. Readers see it with the first update:\n  %s", in.Name, words)
		}),
	}
	c.Flags().String("statement", "", "The sentence; `TEXT`, @FILE or -")
	c.Flags().Bool("own", false, "Say it in the usual words")
	addChangeFlags(c)
	return c
}
