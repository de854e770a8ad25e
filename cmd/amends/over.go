package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newOver() *cobra.Command {
	c := &cobra.Command{
		Use: "over [INC]", GroupID: groupTell, Short: "Publish the last word: it works again, and when the review comes",
		Long: `Say that it is over: what is true now, what works again, and by when the review
comes, from whom. The review is a promise like every other.`,
		Example: "  amends over 17 --now \"All card payments work since 16:20.\" --review-by \"fri 28 Nov\"\n  amends over --now @last.txt --works card-payments --review-owner Ana",
		Args:    cobra.MaximumNArgs(1),
		RunE:    online(runOver),
	}
	f := c.Flags()
	f.String("now", "", "What is true now, and what works again; `TEXT`, @FILE or -")
	f.StringSlice("works", nil, "Only this service works again, by `ID`; all that are affected otherwise")
	f.String("review-by", "", "When the review comes; the policy's days otherwise")
	f.String("review-owner", "", "Who owes the review: `NAME` or address; the owner otherwise")
	addStatementFlags(c)
	addChangeFlags(c)
	return c
}

func runOver(d *desk, args []string) error {
	in, rest, err := d.incident(args)
	if err != nil {
		return err
	}
	if err := noMore(rest); err != nil {
		return err
	}
	word := client.Resolve{Seen: new(in.Published), Override: flagText(d.cmd, "override")}
	if word.Now, err = d.argument("--now", flagText(d.cmd, "now")); err != nil {
		return err
	}
	if d.cmd.Flags().Changed("works") {
		word.Works, _ = d.cmd.Flags().GetStringSlice("works")
	}
	if word.ReviewBy, word.Zone, err = d.wireTime("--review-by", flagText(d.cmd, "review-by")); err != nil {
		return err
	}
	if word.ReviewOwner, err = d.person("--review-owner", flagText(d.cmd, "review-owner")); err != nil {
		return err
	}
	if word.Statement, err = d.statement(in, flagText(d.cmd, "statement"), word.Override); err != nil {
		return err
	}
	if word.Now == "" {
		if !d.asks {
			return needed("--now", "what is true now, and what works again")
		}
		if word.Now, err = d.askText(d.ctx, "What is true now, and what works again?", lastWords(in)); err != nil {
			return err
		}
	}
	done, err := d.api.Resolve(d.ctx, in.Number, word)
	if err != nil {
		return err
	}
	var words []string
	for _, e := range done.Entries {
		if e.Review != nil {
			words = append(words, fmt.Sprintf("The review is promised for %s, by %s.", d.clock(e.Review.DueAt), d.nameOf(e.Review.By)))
		}
		if e.Settled != nil {
			words = append(words, outcomeWords(e.Settled, e.At))
		}
	}
	return d.report(done, "%s is over. %s\nWhen the review is written:  amends review deliver %d --where ADDRESS", in.Name, strings.Join(words, " "), in.Number)
}

// nameOf is what a person of a command's answer is called: answers never
// change, so they hold the id alone.
func (d *desk) nameOf(p *client.Person) string {
	if p == nil || p.Name != "" {
		return personName(p)
	}
	if who, err := d.api.Whoami(d.ctx); err == nil && who.ID == p.ID {
		return "you"
	}
	if members, err := d.api.Members(d.ctx); err == nil {
		for _, m := range members {
			if m.ID == p.ID {
				return m.Name
			}
		}
	}
	return p.ID
}
