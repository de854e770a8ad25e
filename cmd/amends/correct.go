package main

import (
	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newCorrect() *cobra.Command {
	c := &cobra.Command{
		Use: "correct [INC] --now TEXT --why TEXT", GroupID: groupTell, Short: "Correct a published update; both stay readable",
		Long: `Correct a published update: what was true, and what was wrong about what you said.
The old words stay readable beside the new ones. A promise is not touched by
it: to change when the next word comes, post an update.`,
		Example: "  amends correct 17 --now \"About 1 in 5 card payments fails.\" --why \"We had counted one region only\"\n  amends correct 17 --update 2 --now @now.txt --why \"Wrong service\"",
		Args:    cobra.MaximumNArgs(1),
		RunE:    online(runCorrect),
	}
	f := c.Flags()
	f.Int("update", 0, "The number of the update; the latest otherwise")
	f.String("now", "", "What was true; `TEXT`, @FILE or -")
	f.String("plan", "", "The plan as it should have read; it stands otherwise")
	f.String("why", "", "What was wrong; readers see it")
	addChangeFlags(c)
	return c
}

func runCorrect(d *desk, args []string) error {
	in, rest, err := d.incident(args)
	if err != nil {
		return err
	}
	if err := noMore(rest); err != nil {
		return err
	}
	n, _ := d.cmd.Flags().GetInt("update")
	if n == 0 {
		n = in.Published
	}
	var words client.Correct
	for _, part := range []struct {
		flag, question string
		to             *string
		asked          bool
	}{
		{"now", "What was true?", &words.Now, true},
		{"plan", "", &words.Plan, false},
		{"why", "What was wrong? Readers see it.", &words.Why, true},
	} {
		if *part.to, err = d.argument("--"+part.flag, flagText(d.cmd, part.flag)); err != nil {
			return err
		}
		if *part.to != "" || !part.asked {
			continue
		}
		if !d.asks {
			return needed("--"+part.flag, map[string]string{"now": "what was true", "why": "what was wrong; readers see it"}[part.flag])
		}
		if *part.to, err = d.askText(d.ctx, part.question, lastWords(in)); err != nil {
			return err
		}
	}
	done, err := d.api.Correct(d.ctx, in.Number, n, words)
	if err != nil {
		return err
	}
	return d.report(done, "Corrected update %d of %s. Readers see both.", n, in.Name)
}
