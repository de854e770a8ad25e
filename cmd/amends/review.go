package main

import (
	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newReview() *cobra.Command {
	c := &cobra.Command{
		Use: "review", GroupID: groupTell, Short: "Keep the promise of a review, or move it before it falls due",
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	move := &cobra.Command{
		Use: "move INC --to DATE --why TEXT", Short: "Publish a new date, before the old one falls due",
		Example: "  amends review move 17 --to \"3 Dec\" --why \"The provider's report comes on Monday\"",
		Args:    cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			n, err := oneIncident(args[0])
			if err != nil {
				return err
			}
			var in client.ReviewMove
			if in.ReviewBy, in.Zone, err = d.wireTime("--to", flagText(d.cmd, "to")); err != nil {
				return err
			}
			if in.ReviewBy == "" {
				return needed("--to", "when the review comes")
			}
			if in.Why, err = d.textOrAsk("why", "Why does it move? Readers see it.", "why it moves; readers see it"); err != nil {
				return err
			}
			done, err := d.api.MoveReview(d.ctx, n, in)
			if err != nil {
				return err
			}
			for _, e := range done.Entries {
				if e.Review != nil {
					return d.report(done, "The review of %s is promised for %s now. The move stays visible.", done.Name, d.clock(e.Review.DueAt))
				}
			}
			return d.report(done, "The review of %s has moved. The move stays visible.", done.Name)
		}),
	}
	move.Flags().String("to", "", "When the review comes: \"3 Dec\", \"fri 12:00\"")
	move.Flags().String("why", "", "Why it moves; readers see it")
	addChangeFlags(move)
	deliver := &cobra.Command{
		Use: "deliver INC --where ADDRESS", Short: "Say where the review can be read, which keeps the promise",
		Example: "  amends review deliver 17 --where https://wiki.example.org/reviews/17",
		Args:    cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			n, err := oneIncident(args[0])
			if err != nil {
				return err
			}
			where := flagText(d.cmd, "where")
			if where == "" {
				return needed("--where", "where the review can be read")
			}
			done, err := d.api.DeliverReview(d.ctx, n, client.ReviewDelivery{Where: where})
			if err != nil {
				return err
			}
			said := ""
			for _, e := range done.Entries {
				if e.Settled != nil {
					said = " The promise is " + e.Settled.Outcome + "."
				}
			}
			return d.report(done, "The review of %s is delivered.%s", done.Name, said)
		}),
	}
	deliver.Flags().String("where", "", "An address, or a sentence that says where; readers see it")
	addChangeFlags(deliver)
	c.AddCommand(move, deliver)
	return c
}

// helpOnly is the body of a command that only holds others.
func helpOnly(c *cobra.Command, _ []string) error { return c.Help() }
