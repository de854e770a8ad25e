package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newShow() *cobra.Command {
	c := &cobra.Command{
		Use: "show [INC]", GroupID: groupKnow, Short: "Show an incident: what is true, what is promised, what happened",
		Example: "  amends show 17\n  amends show 17 --json | jq '.timeline[] | select(.kind == \"update\")'",
		Args:    cobra.MaximumNArgs(1),
		RunE: online(func(d *desk, args []string) error {
			in, rest, err := d.incident(args)
			if err != nil {
				return err
			}
			if err := noMore(rest); err != nil {
				return err
			}
			entries, err := d.api.Timeline(d.ctx, in.Number)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(entries))
			for _, e := range entries {
				rows = append(rows, []string{fmt.Sprint(e.Seq), stamp(e.At), personName(e.By), e.Audience, e.Kind, entryText(e)})
			}
			data := struct {
				Incident client.Incident `json:"incident"`
				Timeline []client.Entry  `json:"timeline"`
			}{in, entries}
			return d.show(d.cmd, reading{data: data, rows: rows, text: func(p *page) { p.incident(in, entries) }})
		}),
	}
	addReadFlags(c)
	return c
}

func (p *page) incident(in client.Incident, entries []client.Entry) {
	p.head("%s  %s", in.Name, line(in.Title))
	p.marked(statusMark(in), "%s, %s, read by %s", statusWord(in.Status), in.Severity, audienceWord(in.Audience))
	p.indent(fmt.Sprintf("Owner %s, second %s", personName(in.Owner), personName(in.Backup)))
	if in.Offer != nil {
		p.indent(fmt.Sprintf("Offered to %s by %s", personName(&in.Offer.To), personName(&in.Offer.From)))
	}
	if len(in.Services) > 0 {
		p.indent("Affected: " + strings.Join(in.Services, ", "))
	}
	if in.Open() {
		p.indent("The " + p.nextWord(in, ""))
	}
	if in.Review != nil {
		p.indent(fmt.Sprintf("Review promised for %s by %s", p.clock(in.Review.DueAt), personName(in.Review.By)))
	}
	if in.Tally != nil {
		p.indent("Promises: " + tallyWords(*in.Tally))
	}
	p.indent(in.URL)
	if in.Latest != nil {
		p.line("")
		p.head("Update %d, %s", in.Latest.N, p.clock(in.Latest.At))
		p.indent(in.Latest.Now)
		if in.Latest.Plan != "" {
			p.indent("Plan: " + in.Latest.Plan)
		}
	}
	if len(in.Help) > 0 {
		p.line("")
		p.head("Help")
		for _, h := range in.Help {
			p.indent(helpLine(h))
		}
	}
	p.line("")
	p.head("Timeline")
	for _, e := range entries {
		p.indent(fmt.Sprintf("%s  %s %s", p.clock(e.At), personName(e.By), line(entryText(e))))
	}
}

func tallyWords(t client.Tally) string {
	var parts []string
	for _, n := range []struct {
		n    int
		word string
	}{{t.Kept, "kept"}, {t.Late, "late"}, {t.Broken, "broken"}, {t.Moved, "moved"}} {
		if n.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.n, n.word))
		}
	}
	if len(parts) == 0 {
		return "none settled yet"
	}
	return strings.Join(parts, ", ")
}

// entryText is a line of the timeline in words, after the name of who did it.
func entryText(e client.Entry) string {
	if say, ok := entryWords[e.Kind]; ok {
		return say(e)
	}
	return strings.TrimSpace(strings.ReplaceAll(e.Kind, "_", " ") + " " + e.Text)
}
