package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func newToken() *cobra.Command {
	c := &cobra.Command{
		Use: "token", GroupID: groupTeam, Short: "API tokens, for programs that act in your name",
		Long: `Make, list and revoke API tokens. They act in your name and can do no more than
their scopes say: read, respond (declare, update, note …), manage (services,
policies, channels, sources), ingest (send alerts).

No token can make tokens, so these commands need a session: amends login --email.`,
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	c.AddCommand(tokenNew(), tokenList(), tokenRevoke())
	return c
}

// withSession explains to a token why it is refused.
func withSession(err error) error {
	if e, ok := errors.AsType[*client.Error](err); ok && e.Problem.Kind == string(fault.Forbidden) {
		return hinted{err, "a token cannot do this. Sign in as a person: amends login --email ADDRESS"}
	}
	return err
}

func tokenNew() *cobra.Command {
	c := &cobra.Command{
		Use: "new NAME --scope SCOPE", Short: "Make a token; it is shown once", Args: cobra.MinimumNArgs(1),
		Example: "  amends token new \"deploy bot\" --scope read,respond --expires \"31 Dec\"",
		RunE: online(func(d *desk, args []string) error {
			in := client.NewToken{Name: strings.Join(args, " ")}
			in.Scopes, _ = d.cmd.Flags().GetStringSlice("scope")
			if len(in.Scopes) == 0 {
				return needed("--scope", "what it is for: read, respond, manage, ingest")
			}
			if text := flagText(d.cmd, "expires"); text != "" {
				at, err := incident.ParseWhen(text, d.now, d.zone)
				if err != nil {
					return flagged("--expires", err)
				}
				in.ExpiresAt = at.UTC()
			}
			made, err := d.api.NewToken(d.ctx, in)
			if err != nil {
				return withSession(err)
			}
			if asJSON, _ := d.cmd.Flags().GetBool("json"); asJSON {
				return writeJSON(d.out, made)
			}
			fmt.Fprintln(d.out, made.Secret)
			d.remark("This is %s, for %s. It is not shown again.", made.Token.Name, strings.Join(made.Token.Scopes, ", "))
			return nil
		}),
	}
	c.Flags().StringSlice("scope", nil, "What it is for: read, respond, manage, ingest; may be given again")
	c.Flags().String("expires", "", "When it ends: \"31 Dec\", 2027-01-31; never otherwise")
	c.Flags().Bool("json", false, "Print JSON")
	completeWith(c, "scope", "read", "respond", "manage", "ingest")
	return c
}

func tokenList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "List your tokens, never their secrets", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			all, _ := d.cmd.Flags().GetBool("all")
			tokens, err := d.api.Tokens(d.ctx, all)
			if err != nil {
				return withSession(err)
			}
			rows := make([][]string, 0, len(tokens))
			for _, k := range tokens {
				rows = append(rows, []string{k.ID, d.tokenState(k), strings.Join(k.Scopes, ","), "…" + k.Hint, stamp(k.UsedAt), stamp(k.ExpiresAt), k.Name})
			}
			return d.show(d.cmd, reading{data: client.Tokens{Tokens: tokens}, rows: rows, text: func(p *page) {
				if len(rows) == 0 {
					p.line("No tokens yet. Make one:  amends token new NAME --scope read,respond")
					return
				}
				p.table(append([][]string{{"TOKEN", "STATE", "SCOPES", "ENDS IN", "LAST USED", "EXPIRES", "NAME"}}, rows...))
			}})
		}),
	}
	c.Flags().Bool("all", false, "Those of every member; admins only")
	addReadFlags(c)
	return c
}

func (t *terminal) tokenState(k client.Token) string {
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked"
	case !k.ExpiresAt.IsZero() && !k.ExpiresAt.After(t.now):
		return "expired"
	}
	return "in use"
}

func tokenRevoke() *cobra.Command {
	c := &cobra.Command{
		Use: "revoke TOKEN", Short: "End a token", Args: cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			all, _ := d.cmd.Flags().GetBool("all")
			if err := d.api.RevokeToken(d.ctx, args[0], all); err != nil {
				return withSession(err)
			}
			d.done("The token %s is refused from now on.", args[0])
			return nil
		}),
	}
	c.Flags().Bool("all", false, "A token of another member; admins only")
	return c
}
