package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

func newSource() *cobra.Command {
	c := &cobra.Command{
		Use: "source", GroupID: groupTeam, Short: "Where alerts come from, and what they become",
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	list := &cobra.Command{
		Use: "list", Short: "List sources", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			sources, err := d.api.Sources(d.ctx)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(sources))
			for _, s := range sources {
				rows = append(rows, []string{s.ID, s.Kind, sourceState(s), "…" + s.Hint, stamp(s.UsedAt), s.Name})
			}
			return d.show(d.cmd, reading{data: client.Sources{Sources: sources}, rows: rows, text: func(p *page) {
				if len(rows) == 0 {
					p.line("No sources yet. Add one:  amends source add NAME --kind alertmanager")
					return
				}
				p.table(append([][]string{{"SOURCE", "KIND", "STATE", "KEY", "LAST USED", "NAME"}}, rows...))
			}})
		}),
	}
	addReadFlags(list)
	c.AddCommand(list, sourceAdd(), sourceRules(), sourceKey(), sourceRevoke())
	return c
}

func sourceState(s client.Source) string {
	if s.RevokedAt.IsZero() {
		return "in use"
	}
	return "revoked"
}

func sourceAdd() *cobra.Command {
	c := &cobra.Command{
		Use: "add NAME --kind KIND", Short: "Add a source; its key is shown once", Args: cobra.MinimumNArgs(1),
		Example: "  amends source add \"Prometheus EU\" --kind alertmanager",
		RunE: online(func(d *desk, args []string) error {
			in := client.SourceChange{Name: strings.Join(args, " "), Kind: flagText(d.cmd, "kind")}
			if in.Kind == "" {
				return needed("--kind", "who sends: alertmanager, pagerduty or generic")
			}
			rules, err := d.rules()
			if err != nil {
				return err
			}
			in.Rules = rules
			made, err := d.api.AddSource(d.ctx, in)
			if err != nil {
				return err
			}
			return d.madeSource(made)
		}),
	}
	c.Flags().String("kind", "", "alertmanager, pagerduty or generic")
	c.Flags().String("rules", "", "What its alerts become, as JSON; `TEXT`, @FILE or -")
	c.Flags().Bool("json", false, "Print JSON")
	completeWith(c, "kind", "alertmanager", "pagerduty", "generic")
	return c
}

// rules reads --rules; nil when it was not given.
func (d *desk) rules() (json.RawMessage, error) {
	text, err := d.argument("--rules", flagText(d.cmd, "rules"))
	if err != nil || text == "" {
		return nil, err
	}
	if !json.Valid([]byte(text)) {
		return nil, flagged("--rules", fault.New(fault.Invalid, "This is not JSON. Print the rules in use with amends source rules SOURCE, and change those"))
	}
	return json.RawMessage(text), nil
}

func (d *desk) madeSource(made client.MadeSource) error {
	if asJSON, _ := d.cmd.Flags().GetBool("json"); asJSON {
		return writeJSON(d.out, made)
	}
	// The key is output, quiet or not: it is not shown again.
	fmt.Fprintf(d.out, "%s\n", made.Key)
	d.remark("This is the key of %s. It is not shown again. Send to:\n  %s", made.Source.Name, made.URL)
	return nil
}

func sourceRules() *cobra.Command {
	c := &cobra.Command{
		Use: "rules SOURCE", Short: "Print what the alerts of a source become, or replace it", Args: cobra.ExactArgs(1),
		Example: "  amends source rules prometheus > rules.json\n  amends source rules prometheus --rules @rules.json",
		RunE: online(func(d *desk, args []string) error {
			s, err := d.source(args[0])
			if err != nil {
				return err
			}
			rules, err := d.rules()
			if err != nil {
				return err
			}
			if rules == nil {
				return d.show(d.cmd, reading{data: struct {
					Rules json.RawMessage `json:"rules"`
				}{s.Rules}, text: func(p *page) { p.line("%s", s.Rules) }})
			}
			if s, err = d.api.ChangeSource(d.ctx, s.ID, client.SourceChange{Name: s.Name, Kind: s.Kind, Rules: rules}); err != nil {
				return err
			}
			d.done("Alerts from %s go by the new rules.", s.Name)
			return nil
		}),
	}
	c.Flags().String("rules", "", "The new rules, as JSON; `TEXT`, @FILE or -")
	addReadFlags(c)
	return c
}

func sourceKey() *cobra.Command {
	c := &cobra.Command{
		Use: "key SOURCE", Short: "Make a new key for a source; the old one ends", Args: cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			s, err := d.source(args[0])
			if err != nil {
				return err
			}
			if err := d.sure(fmt.Sprintf("End the key …%s of %s?", s.Hint, line(s.Name))); err != nil {
				return err
			}
			made, err := d.api.NewSourceKey(d.ctx, s.ID)
			if err != nil {
				return err
			}
			return d.madeSource(made)
		}),
	}
	c.Flags().Bool("json", false, "Print JSON")
	addYesFlag(c)
	return c
}

func sourceRevoke() *cobra.Command {
	c := &cobra.Command{
		Use: "revoke SOURCE", Short: "End the key of a source: alerts from it are refused", Args: cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			s, err := d.source(args[0])
			if err != nil {
				return err
			}
			if err := d.sure(fmt.Sprintf("End the key …%s of %s?", s.Hint, line(s.Name))); err != nil {
				return err
			}
			if s, err = d.api.RevokeSource(d.ctx, s.ID); err != nil {
				return err
			}
			d.done("Alerts from %s are refused from now on.", s.Name)
			return nil
		}),
	}
	addYesFlag(c)
	return c
}

// source returns the source of an id or a name.
func (d *desk) source(text string) (client.Source, error) {
	list, err := d.api.Sources(d.ctx)
	if err != nil {
		return client.Source{}, err
	}
	i := slices.IndexFunc(list, func(s client.Source) bool { return s.ID == text || strings.EqualFold(s.Name, text) })
	if i < 0 {
		return client.Source{}, fault.Newf(fault.Missing, "There is no source %q. See amends source list", text)
	}
	return list[i], nil
}
