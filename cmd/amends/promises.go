package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newPromises() *cobra.Command {
	c := &cobra.Command{
		Use: "promises", GroupID: groupKnow, Short: "The ledger: what was promised, and what came of it",
		Long: `Show the ledger of promises. An outcome is computed from recorded times:

  kept    the word came within the promised minute
  late    it came after it
  broken  nothing came within the policy's limit
  moved   a new time was published before the old one fell due

By owner it is sorted by name and never by rank: it is for learning.`,
		Example: "  amends promises --by month --since 2026-06-01\n  amends promises --csv > ledger.csv",
		Args:    cobra.NoArgs,
		RunE:    online(runPromises),
	}
	f := c.Flags()
	f.String("by", "", "Sum up by owner, incident or month")
	f.Bool("csv", false, "Print CSV, one promise a line")
	f.String("since", "", "Only those due since then: 2026-11-01, \"1 Nov\"")
	f.String("until", "", "Only those due before then")
	f.Int64("incident", 0, "Only those of this incident, by `NUMBER`")
	f.String("owner", "", "Only those of this person: `NAME`, address, or me")
	f.Int("limit", 0, "How many promises at most; 200 otherwise, up to 1000")
	addReadFlags(c)
	c.MarkFlagsMutuallyExclusive("csv", "json", "plain")
	c.MarkFlagsMutuallyExclusive("csv", "by")
	completeWith(c, "by", "owner", "incident", "month")
	return c
}

func runPromises(d *desk, _ []string) (err error) {
	by := flagText(d.cmd, "by")
	key, ok := ledgerKeys[by]
	if !ok {
		return flagged("--by", fmt.Errorf("%q is nothing to sum up by. Choose owner, incident or month", by))
	}
	filter := client.PromiseFilter{}
	if filter.DueSince, err = d.past("--since", flagText(d.cmd, "since")); err != nil {
		return err
	}
	if filter.DueBefore, err = d.past("--until", flagText(d.cmd, "until")); err != nil {
		return err
	}
	if filter.Person, err = d.memberID("--owner", flagText(d.cmd, "owner")); err != nil {
		return err
	}
	filter.Incident, _ = d.cmd.Flags().GetInt64("incident")
	filter.Limit, _ = d.cmd.Flags().GetInt("limit")
	if by != "" && filter.Limit == 0 {
		filter.Limit = 1000 // a sum over a page would mislead
	}
	ledger, err := d.api.Promises(d.ctx, filter)
	if err != nil {
		return err
	}
	d.now = ledger.Now
	if asCSV, _ := d.cmd.Flags().GetBool("csv"); asCSV {
		return d.show(d.cmd, reading{text: func(p *page) { p.w.Write(ledgerCSV(ledger.Promises)) }})
	}
	if by != "" {
		return d.show(d.cmd, ledgerSums(by, key, ledger.Promises))
	}
	return d.show(d.cmd, reading{data: ledger, rows: ledgerRows(ledger.Promises), text: func(p *page) { p.ledger(ledger) }})
}

// ledgerRows are promises as records.
func ledgerRows(list []client.Promise) [][]string {
	rows := make([][]string, 0, len(list))
	for _, p := range list {
		rows = append(rows, []string{fmt.Sprint(p.Incident), fmt.Sprint(p.N), p.Kind, personName(p.By), stamp(p.DueAt), p.Outcome, stamp(p.SettledAt), p.Title})
	}
	return rows
}

func ledgerCSV(list []client.Promise) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := append([][]string{{"incident", "promise", "kind", "owner", "due_at", "outcome", "settled_at", "title"}}, ledgerRows(list)...)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = calm(cell)
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return nil // a buffer takes everything
	}
	return b.Bytes()
}

// calm keeps a spreadsheet from taking a title for a formula.
func calm(cell string) string {
	if cell != "" && bytes.ContainsRune([]byte("=+-@"), rune(cell[0])) {
		return "'" + cell
	}
	return line(cell)
}

func (p *page) ledger(l client.Ledger) {
	if len(l.Promises) == 0 {
		p.line("No promise is like that. They come from updates that name a next time.")
		return
	}
	var all ledgerSum
	rows := [][]string{{"", "DUE", "INCIDENT", "WHAT", "BY", "OUTCOME", "TITLE"}}
	for _, promise := range l.Promises {
		all.add(promise)
		outcome := promise.Outcome
		if promise.Open() {
			outcome = "open, " + p.terminal.due(promise.DueAt)
		}
		rows = append(rows, []string{outcomeMark(promise.Outcome), p.clock(promise.DueAt), fmt.Sprintf("INC-%d", promise.Incident), promise.Kind, personName(promise.By), outcome, promise.Title})
	}
	p.table(rows)
	p.line("%d promises: %s", len(l.Promises), tallyWords(all.Tally))
}

// ledgerSum is a line of the ledger summed up.
type ledgerSum struct {
	Key  string `json:"key"` // the owner's id, the incident's number, or the month
	Name string `json:"name"`
	client.Tally
	Open int `json:"open"`
}

func (s *ledgerSum) add(p client.Promise) {
	switch p.Outcome {
	case "kept":
		s.Kept++
	case "late":
		s.Late++
	case "broken":
		s.Broken++
	case "moved":
		s.Moved++
	default:
		s.Open++
	}
}

// share is how many of the promises that came due were kept.
func (s ledgerSum) share() (percent int, ok bool) {
	due := s.Kept + s.Late + s.Broken
	if due == 0 {
		return 0, false
	}
	return 100 * s.Kept / due, true
}

// ledgerKeys are the ways to sum the ledger up: key, name, and what to sort by.
var ledgerKeys = map[string]func(p client.Promise) (key, name, order string){
	"": nil,
	"owner": func(p client.Promise) (string, string, string) {
		if p.By == nil {
			return "", "nobody", ""
		}
		return p.By.ID, personName(p.By), personName(p.By)
	},
	"incident": func(p client.Promise) (string, string, string) {
		return fmt.Sprint(p.Incident), fmt.Sprintf("INC-%d  %s", p.Incident, p.Title), fmt.Sprintf("%019d", p.Incident)
	},
	"month": func(p client.Promise) (string, string, string) {
		month := p.DueAt.UTC().Format("2006-01")
		return month, month, month
	},
}

func ledgerSums(by string, key func(client.Promise) (string, string, string), list []client.Promise) reading {
	sums, order := map[string]*ledgerSum{}, map[string]string{}
	for _, p := range list {
		k, name, sort := key(p)
		if sums[k] == nil {
			sums[k], order[k] = &ledgerSum{Key: k, Name: name}, sort
		}
		sums[k].add(p)
	}
	lines := make([]ledgerSum, 0, len(sums))
	for _, s := range sums {
		lines = append(lines, *s)
	}
	slices.SortFunc(lines, func(a, b ledgerSum) int {
		return cmp.Or(cmp.Compare(order[a.Key], order[b.Key]), cmp.Compare(a.Key, b.Key))
	})
	rows := make([][]string, 0, len(lines))
	for _, s := range lines {
		rows = append(rows, []string{s.Key, s.Name, fmt.Sprint(s.Kept), fmt.Sprint(s.Late), fmt.Sprint(s.Broken), fmt.Sprint(s.Moved), fmt.Sprint(s.Open)})
	}
	data := struct {
		By   string      `json:"by"`
		Sums []ledgerSum `json:"sums"`
	}{by, lines}
	return reading{data: data, rows: rows, text: func(p *page) {
		for _, s := range lines {
			words := tallyWords(s.Tally)
			if s.Open > 0 {
				words += fmt.Sprintf(", %d open", s.Open)
			}
			if percent, ok := s.share(); ok && by == "month" {
				p.line("%s  %s %3d %%  %s", s.Name, bar(percent, 100, 20), percent, words)
				continue
			}
			p.line("%s  %s", line(s.Name), words)
		}
		if len(lines) == 0 {
			p.line("No promise is like that. They come from updates that name a next time.")
		}
	}}
}
