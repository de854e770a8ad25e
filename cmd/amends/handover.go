package main

import (
	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newHandover() *cobra.Command {
	c := &cobra.Command{
		Use: "handover [INC] --to NAME", GroupID: groupOwn, Short: "Offer an incident to somebody, or answer an offer",
		Long: `Offer an incident to somebody. Until they accept, it stays yours. The offer and
the answer are lines of the timeline.`,
		Example: "  amends handover 17 --to \"Tomás\" --note \"Provider is called, next check 15:15\"\n  amends handover accept 17\n  amends handover decline 17 --reason \"On a train until 16:00\"\n  amends handover withdraw 17",
		Args:    cobra.MaximumNArgs(1),
		RunE: online(func(d *desk, args []string) error {
			if flagText(d.cmd, "to") == "" {
				return needed("--to", "whom you offer it to")
			}
			in, rest, err := d.incident(args)
			if err != nil {
				return err
			}
			if err := noMore(rest); err != nil {
				return err
			}
			to, err := d.person("--to", flagText(d.cmd, "to"))
			if err != nil {
				return err
			}
			note, err := d.argument("--note", flagText(d.cmd, "note"))
			if err != nil {
				return err
			}
			done, err := d.api.OfferHandover(d.ctx, in.Number, client.Handover{To: to, Note: note})
			if err != nil {
				return err
			}
			return d.report(done, "Offered %s to %s. It stays yours until they accept:  amends handover accept %d", in.Name, flagText(d.cmd, "to"), in.Number)
		}),
	}
	c.Flags().String("to", "", "Whom you offer it to: `NAME` or address")
	c.Flags().String("note", "", "What they should know; `TEXT`, @FILE or -")
	addChangeFlags(c)
	c.AddCommand(
		handoverAnswer("accept INC", "Accept an offer: the incident is yours then", true),
		handoverAnswer("decline INC", "Decline an offer: the incident stays where it is", false),
		handoverWithdraw(),
	)
	return c
}

func handoverAnswer(use, short string, accept bool) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1), RunE: online(func(d *desk, args []string) error {
		n, err := oneIncident(args[0])
		if err != nil {
			return err
		}
		in := client.Answer{Accept: accept}
		if !accept {
			in.Reason = flagText(d.cmd, "reason")
		}
		done, err := d.api.AnswerHandover(d.ctx, n, in)
		switch {
		case err != nil:
			return err
		case accept:
			return d.report(done, "%s is yours. The promises that stand are yours too:  amends due --mine", done.Name)
		}
		return d.report(done, "Declined. %s stays where it is.", done.Name)
	})}
	if !accept {
		c.Flags().String("reason", "", "Why, for whoever asked")
	}
	addChangeFlags(c)
	return c
}

func handoverWithdraw() *cobra.Command {
	c := &cobra.Command{Use: "withdraw [INC]", Short: "Take an offer back", Args: cobra.MaximumNArgs(1), RunE: online(func(d *desk, args []string) error {
		in, rest, err := d.incident(args)
		if err != nil {
			return err
		}
		if err := noMore(rest); err != nil {
			return err
		}
		done, err := d.api.WithdrawHandover(d.ctx, in.Number)
		if err != nil {
			return err
		}
		return d.report(done, "Withdrawn. %s stays yours.", in.Name)
	})}
	addChangeFlags(c)
	return c
}
