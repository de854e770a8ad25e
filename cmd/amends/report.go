package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newReport() *cobra.Command {
	c := &cobra.Command{
		Use: "report", GroupID: groupKnow, Short: "Reports over many incidents", Args: cobra.NoArgs, RunE: helpOnly,
	}
	cadence := &cobra.Command{
		Use: "cadence", Short: "How often the team spoke while incidents were open",
		Long: `Show how long it took from one update to the next, and how long the longest
silence of each incident was. A pause between the last word and a reopening is
not silence and is left out.`,
		Example: "  amends report cadence --since 2026-06-01\n  amends report cadence --json | jq .gaps.median",
		Args:    cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			since, err := d.past("--since", flagText(d.cmd, "since"))
			if err != nil {
				return err
			}
			until, err := d.past("--until", flagText(d.cmd, "until"))
			if err != nil {
				return err
			}
			report, err := d.api.Cadence(d.ctx, since, until)
			if err != nil {
				return err
			}
			return d.show(d.cmd, reading{data: report, rows: cadenceRows(report), text: func(p *page) { p.cadence(report) }})
		}),
	}
	cadence.Flags().String("since", "", "Only incidents declared since then: 2026-11-01, \"1 Nov\"")
	cadence.Flags().String("until", "", "Only incidents declared before then")
	addReadFlags(cadence)
	c.AddCommand(cadence)
	return c
}

func cadenceRows(r client.Cadence) [][]string {
	rows := [][]string{}
	for _, part := range []struct {
		name string
		of   client.Distribution
	}{{"gaps", r.Gaps}, {"silences", r.Silences}} {
		for _, b := range part.of.Bins {
			rows = append(rows, []string{part.name, binUpTo(b), fmt.Sprint(b.N)})
		}
		for _, v := range []struct {
			name string
			d    client.Duration
		}{{"median", part.of.Median}, {"p90", part.of.P90}, {"max", part.of.Max}} {
			rows = append(rows, []string{part.name, v.name, fmt.Sprint(int64(time.Duration(v.d).Seconds()))})
		}
	}
	return rows
}

func binUpTo(b client.Bin) string {
	if b.UpTo == 0 {
		return "more"
	}
	return fmt.Sprint(int64(time.Duration(b.UpTo).Seconds()))
}

func (p *page) cadence(r client.Cadence) {
	if r.Incidents == 0 {
		p.line("No incident with an update is on record for this time. Bring a history:  amends import statuspage FILE")
		return
	}
	p.line("%d incidents, %d updates, %d of them named a next time", r.Incidents, r.Updates, r.Named)
	p.distribution("From one update to the next", r.Gaps)
	p.distribution("The longest silence of an incident", r.Silences)
}

func (p *page) distribution(title string, d client.Distribution) {
	p.line("")
	if d.N == 0 {
		p.head("%s: nothing to count", title)
		return
	}
	p.head("%s: median %s, 9 of 10 within %s, longest %s", title, length(d.Median), length(d.P90), length(d.Max))
	most := 0
	for _, b := range d.Bins {
		most = max(most, b.N)
	}
	before := client.Duration(0)
	for _, b := range d.Bins {
		name := "up to " + length(b.UpTo)
		if b.UpTo == 0 {
			name = "more than " + length(before)
		}
		before = b.UpTo
		p.line("  %-16s %s %5d  %3d %%", name, bar(b.N, most, 30), b.N, (100*b.N+d.N/2)/d.N)
	}
}

// length writes a duration for a report, rounded to the minute.
func length(d client.Duration) string { return span(time.Duration(d).Round(time.Minute)) }

// bar draws n of most in ASCII, width characters wide.
func bar(n, most, width int) string {
	filled := 0
	if most > 0 {
		filled = (n*width + most/2) / most
	}
	if n > 0 {
		filled = max(filled, 1)
	}
	return strings.Repeat("#", filled) + strings.Repeat(".", width-filled)
}
