package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

func newPolicy() *cobra.Command {
	c := &cobra.Command{
		Use: "policy", GroupID: groupTeam, Short: "How often the team speaks, and who hears when it does not",
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	list := &cobra.Command{
		Use: "list", Short: "List the policy of every severity", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			policies, err := d.api.Policies(d.ctx)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(policies))
			for _, p := range policies {
				rows = append(rows, []string{p.Severity, short(p.First), short(p.Every), short(p.Watching), short(p.BrokenAfter), ladder(p.Steps), fmt.Sprint(p.Review.Days)})
			}
			return d.show(d.cmd, reading{data: client.Policies{Policies: policies}, rows: rows, text: func(p *page) {
				table := [][]string{{"SEVERITY", "FIRST UPDATE", "THEN EVERY", "WHILE WATCHING", "BROKEN AFTER", "WHO HEARS", "REVIEW"}}
				for _, policy := range policies {
					table = append(table, []string{policy.Severity, short(policy.First), short(policy.Every), short(policy.Watching), short(policy.BrokenAfter), ladder(policy.Steps), days(policy.Review)})
				}
				p.table(table)
			}})
		}),
	}
	addReadFlags(list)
	set := &cobra.Command{
		Use: "set SEVERITY", Short: "Change a policy; flags left out leave it as it is. Promises already made keep theirs", Args: cobra.ExactArgs(1),
		Example: "  amends policy set SEV1 --first 10m --every 20m\n  amends policy set SEV2 --step=-5m:owner --step 0:owner,backup --step 10m:lead",
		RunE:    online(runPolicySet),
	}
	f := set.Flags()
	f.Duration("first", 0, "From the declaration to the first update: 10m")
	f.Duration("every", 0, "The longest time between updates")
	f.Duration("watching", 0, "The same, while a fix is watched")
	f.Duration("broken-after", 0, "Past due, when a promise counts as broken")
	f.StringArray("step", nil, "Who is told, and when around the due time: `WHEN:WHO,WHO`; replaces every step")
	f.Int("review-days", 0, "How many days after the end the review is promised")
	f.Bool("working-days", false, "Count Monday to Friday only for the review")
	c.AddCommand(list, set)
	return c
}

func runPolicySet(d *desk, args []string) error {
	policies, err := d.api.Policies(d.ctx)
	if err != nil {
		return err
	}
	for _, p := range policies {
		if !strings.EqualFold(p.Severity, args[0]) {
			continue
		}
		if err := policyFlags(d.cmd, &p); err != nil {
			return err
		}
		if p, err = d.api.SetPolicy(d.ctx, p.Severity, p); err != nil {
			return err
		}
		d.done("%s: first update within %s, then every %s. %s.", strings.ToUpper(args[0]), short(p.First), short(p.Every), ladder(p.Steps))
		return nil
	}
	return fault.Newf(fault.Missing, "There is no severity %q. Choose SEV1, SEV2, SEV3 or SEV4", args[0])
}

func policyFlags(c *cobra.Command, p *client.Policy) error {
	f := c.Flags()
	for name, to := range map[string]*client.Duration{"first": &p.First, "every": &p.Every, "watching": &p.Watching, "broken-after": &p.BrokenAfter} {
		if f.Changed(name) {
			d, _ := f.GetDuration(name)
			*to = client.Duration(d)
		}
	}
	if f.Changed("step") {
		p.Steps = nil
		texts, _ := f.GetStringArray("step")
		for _, text := range texts {
			when, who, found := strings.Cut(text, ":")
			after, err := time.ParseDuration(when)
			if !found || err != nil {
				return flagged("--step", fault.Newf(fault.Invalid, "%q is not a step. Write it like -5m:owner or 10m:lead,team", text))
			}
			p.Steps = append(p.Steps, client.Step{After: client.Duration(after), To: strings.Split(who, ",")})
		}
	}
	if f.Changed("review-days") {
		p.Review.Days, _ = f.GetInt("review-days")
	}
	if f.Changed("working-days") {
		p.Review.Working, _ = f.GetBool("working-days")
	}
	return nil
}

// short writes a duration as it is typed: 30m, 1h30m.
func short(d client.Duration) string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// ladder writes the steps of a policy as --step takes them.
func ladder(steps []client.Step) string {
	var parts []string
	for _, s := range steps {
		parts = append(parts, short(s.After)+":"+strings.Join(s.To, ","))
	}
	return strings.Join(parts, " ")
}

func days(w client.Window) string {
	if w.Working {
		return fmt.Sprintf("%d working days", w.Days)
	}
	return fmt.Sprintf("%d days", w.Days)
}
