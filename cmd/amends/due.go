package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newDue() *cobra.Command {
	c := &cobra.Command{
		Use: "due", GroupID: groupKnow, Short: "Every promise that waits, the first due first",
		Long: `List every promise that waits for its word, the first due first.

With --check the exit code is 1 when one is late: for a cron job or a monitor.`,
		Example: "  amends due --mine\n  amends due --check --quiet || notify-send \"A promise is late\"\n  amends due --json | jq -r '.late[].incident'",
		Args:    cobra.NoArgs,
		RunE:    online(runDue),
	}
	c.Flags().Bool("mine", false, "Only what you have promised")
	c.Flags().Bool("check", false, "End with exit code 1 when a promise is late")
	addReadFlags(c)
	return c
}

// dueList is what amends due --json prints.
type dueList struct {
	client.Ledger
	Late []client.Promise `json:"late"` // those of the promises whose minute is over
}

func runDue(d *desk, _ []string) error {
	filter := client.PromiseFilter{Open: true}
	if mine, _ := d.cmd.Flags().GetBool("mine"); mine {
		filter.Person = "me"
	}
	ledger, err := d.api.Promises(d.ctx, filter)
	if err != nil {
		return err
	}
	d.now = ledger.Now
	list := dueList{Ledger: ledger, Late: []client.Promise{}}
	rows := make([][]string, 0, len(ledger.Promises))
	for _, p := range ledger.Promises {
		state := "open"
		if p.Late(ledger.Now) {
			state = "late"
			list.Late = append(list.Late, p)
		}
		rows = append(rows, []string{stamp(p.DueAt), state, fmt.Sprint(p.Incident), p.Kind, personName(p.By), p.Title})
	}
	check, _ := d.cmd.Flags().GetBool("check")
	if !check || !d.quiet {
		if err := d.show(d.cmd, reading{data: list, rows: rows, text: func(p *page) { p.due(list) }}); err != nil {
			return err
		}
	}
	if check && len(list.Late) > 0 {
		return errShown
	}
	return nil
}

func (p *page) due(list dueList) {
	if len(list.Promises) == 0 {
		p.line("No promise waits for a word.")
		return
	}
	rows := [][]string{{"", "DUE", "", "INCIDENT", "WHAT", "BY", "TITLE"}}
	for _, promise := range list.Promises {
		mark := markNone
		if promise.Late(list.Now) {
			mark = markBad
		}
		rows = append(rows, []string{mark, p.clock(promise.DueAt), p.terminal.due(promise.DueAt), fmt.Sprintf("INC-%d", promise.Incident), promise.Kind, personName(promise.By), promise.Title})
	}
	p.table(rows)
	if len(list.Late) > 0 {
		p.line("%d late. Write it:  amends update %d", len(list.Late), list.Late[0].Incident)
	}
}
