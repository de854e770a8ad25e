package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/config"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func newUser() *cobra.Command {
	c := &cobra.Command{
		Use: "user", GroupID: groupTeam, Short: "The members of the team",
		Long: `Add, list and disable members.

The commands ask the server that you are signed in to. On the machine of the
server they can open the record themselves: when --data, --database or --config
say where it is, or when you are signed in nowhere. A SQLite record is open to
them only while the server does not run.`,
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	c.AddCommand(userAdd(), userList(), userDisable(), userEnable(), userReset())
	return c
}

func userAdd() *cobra.Command {
	c := &cobra.Command{
		Use: "add EMAIL --name NAME", Short: "Add a member", Args: cobra.ExactArgs(1),
		Long: `Add a member. Without a password the answer is a link, which works once and for
72 hours: with it they choose their own.

On a new server this makes the first admin without a browser:

  amends user add --admin --name NAME --password-file - EMAIL`,
		Example: "  amends user add jun@example.org --name \"Jun Sato\" --role lead",
		RunE:    either(userAddServer, userAddRecord),
	}
	f := c.Flags()
	f.String("name", "", "What the member is called")
	f.String("role", "responder", "viewer, responder, lead or admin")
	f.Bool("admin", false, "The same as --role admin")
	f.String("zone", "", "The member's time zone, like Europe/Berlin; the team's otherwise")
	f.String("password-file", "", "Set the password to the line in this `FILE`, or - for stdin; only where the record is opened")
	addRecordFlags(c)
	completeWith(c, "role", "viewer", "responder", "lead", "admin")
	return c
}

// newMember reads the flags of user add.
func newMember(c *cobra.Command, email string) (client.NewMember, error) {
	in := client.NewMember{Name: flagText(c, "name"), Email: email, Role: flagText(c, "role"), Zone: flagText(c, "zone")}
	if admin, _ := c.Flags().GetBool("admin"); admin {
		in.Role = "admin"
	}
	if in.Name == "" {
		return in, needed("--name", "what the member is called")
	}
	return in, nil
}

func userAddServer(d *desk, args []string) error {
	if flagText(d.cmd, "password-file") != "" {
		return usageError{fault.New(fault.Invalid, "Over the network members choose their own password, with a link. Leave --password-file out, or say where the record is with --data")}
	}
	in, err := newMember(d.cmd, args[0])
	if err != nil {
		return err
	}
	made, err := d.api.AddMember(d.ctx, in)
	if err != nil {
		return err
	}
	return d.invited(made.Member.Name, made.Link)
}

// invited prints a one-time link. The link is output, quiet or not: it is not
// shown again.
func (t *terminal) invited(name, link string) error {
	fmt.Fprintln(t.out, link)
	t.remark("Give this link to %s. It works once and is not shown again.", name)
	return nil
}

func userAddRecord(r *recordDesk, args []string) error {
	in, err := newMember(r.cmd, args[0])
	if err != nil {
		return err
	}
	role, err := access.ParseRole(in.Role)
	if err != nil {
		return flagged("--role", err)
	}
	ctx := r.cmd.Context()
	empty, err := r.db.NeedsSetup(ctx)
	if err != nil {
		return err
	}
	if empty && role != access.Admin {
		return flagged("--role", fault.New(fault.Invalid, "The first member must be an admin, who adds the others. Add --admin"))
	}
	password := ""
	if file := flagText(r.cmd, "password-file"); file != "" {
		if password, err = readSecret(r.cmd, file, "--password-file"); err != nil {
			return err
		}
		if err := access.CheckPassword(password, in.Email, in.Name); err != nil {
			return flagged("--password-file", err)
		}
	}
	m, err := r.db.AddMember(ctx, store.Member{Name: in.Name, Email: in.Email, Role: role, Zone: in.Zone})
	if err != nil {
		return err
	}
	if password == "" {
		secret, err := r.db.NewInvite(ctx, m.ID)
		if err != nil {
			return err
		}
		return r.invited(m.Name, r.link("/join/"+secret.Reveal()))
	}
	if err := r.db.SetPassword(ctx, m.ID, password); err != nil {
		return err
	}
	r.done("Added %s (%s), %s. They can sign in when the server runs.", m.Name, m.Email, m.Role)
	return nil
}

func userList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "List members", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, args []string) error {
			own, err := wantsRecord(c)
			if err != nil {
				return err
			}
			if !own {
				return online(func(d *desk, _ []string) error {
					members, err := d.api.Members(d.ctx)
					if err != nil {
						return err
					}
					return d.members(c, members)
				})(c, args)
			}
			return besideRecord(c, func(db *store.DB, cfg *config.Config) error {
				r := &recordDesk{newTerminal(c), c, db, cfg}
				members, err := r.members()
				if err != nil {
					return err
				}
				return r.terminal.members(c, members)
			})
		},
	}
	addRecordFlags(c)
	addReadFlags(c)
	return c
}

func (t *terminal) members(c *cobra.Command, list []client.Member) error {
	rows := make([][]string, 0, len(list))
	for _, m := range list {
		state := "active"
		if !m.DisabledAt.IsZero() {
			state = "disabled"
		}
		rows = append(rows, []string{m.ID, m.Role, state, m.Email, m.Name})
	}
	return t.show(c, reading{data: client.Members{Members: list}, rows: rows, text: func(p *page) {
		if len(rows) == 0 {
			p.line("No members yet. The first:  amends user add --admin --name NAME --password-file - EMAIL")
			return
		}
		p.table(append([][]string{{"MEMBER", "ROLE", "STATE", "ADDRESS", "NAME"}}, rows...))
	}})
}

func userDisable() *cobra.Command {
	c := &cobra.Command{
		Use: "disable MEMBER", Short: "Keep a member from signing in; sessions and tokens end at once", Args: cobra.ExactArgs(1),
		RunE: either(func(d *desk, args []string) error {
			m, err := d.member(args[0])
			if err != nil {
				return err
			}
			successor, err := d.person("--successor", flagText(d.cmd, "successor"))
			if err != nil {
				return err
			}
			if m, err = d.api.DisableMember(d.ctx, m.ID, client.Leave{Successor: successor}); err != nil {
				return err
			}
			d.done("%s cannot sign in any more.", m.Name)
			return nil
		}, func(r *recordDesk, args []string) error {
			if flagText(r.cmd, "successor") != "" {
				return usageError{fault.New(fault.Invalid, "An offer must be told to its receiver, which takes a server that runs. Start it, sign in with amends login and do it there")}
			}
			m, err := r.member(args[0])
			if err != nil {
				return err
			}
			if err := r.db.DisableMember(r.cmd.Context(), m.ID, incident.System, ""); err != nil {
				return err
			}
			r.done("%s cannot sign in any more.", m.Name)
			return nil
		}),
	}
	c.Flags().String("successor", "", "Who is offered their open incidents: `NAME` or address")
	addRecordFlags(c)
	return c
}

func userEnable() *cobra.Command {
	c := &cobra.Command{
		Use: "enable MEMBER", Short: "Let a disabled member sign in again", Args: cobra.ExactArgs(1),
		RunE: either(func(d *desk, args []string) error {
			m, err := d.member(args[0])
			if err != nil {
				return err
			}
			if m, err = d.api.EnableMember(d.ctx, m.ID); err != nil {
				return err
			}
			d.done("%s can sign in again.", m.Name)
			return nil
		}, func(r *recordDesk, args []string) error {
			m, err := r.member(args[0])
			if err != nil {
				return err
			}
			if err := r.db.EnableMember(r.cmd.Context(), m.ID); err != nil {
				return err
			}
			r.done("%s can sign in again.", m.Name)
			return nil
		}),
	}
	addRecordFlags(c)
	return c
}

func userReset() *cobra.Command {
	c := &cobra.Command{
		Use: "reset-link MEMBER", Short: "Make a link with which a member chooses a new password", Args: cobra.ExactArgs(1),
		Long: "Make a link with which a member chooses a new password. It works once and for an hour; earlier links end.",
		RunE: either(func(d *desk, args []string) error {
			m, err := d.member(args[0])
			if err != nil {
				return err
			}
			made, err := d.api.ResetMember(d.ctx, m.ID)
			if err != nil {
				return err
			}
			return d.invited(made.Member.Name, made.Link)
		}, func(r *recordDesk, args []string) error {
			m, err := r.member(args[0])
			if err != nil {
				return err
			}
			secret, err := r.db.NewReset(r.cmd.Context(), m.ID)
			if err != nil {
				return err
			}
			return r.invited(m.Name, r.link("/join/"+secret.Reveal()))
		}),
	}
	addRecordFlags(c)
	return c
}

// member returns the member of an id, an address or a name.
func (d *desk) member(text string) (client.Member, error) {
	list, err := d.api.Members(d.ctx)
	if err != nil {
		return client.Member{}, err
	}
	return memberIn(list, text)
}

func (r *recordDesk) member(text string) (client.Member, error) {
	list, err := r.members()
	if err != nil {
		return client.Member{}, err
	}
	return memberIn(list, text)
}

// members returns every member in the words of the wire.
func (r *recordDesk) members() ([]client.Member, error) {
	list, err := r.db.Members(r.cmd.Context())
	if err != nil {
		return nil, err
	}
	out := make([]client.Member, 0, len(list))
	for _, m := range list {
		out = append(out, client.Member{ID: m.ID, Name: m.Name, Email: m.Email, Role: m.Role.String(), Zone: m.Zone, CreatedAt: m.CreatedAt, DisabledAt: m.DisabledAt})
	}
	return out, nil
}

func memberIn(list []client.Member, text string) (client.Member, error) {
	for _, m := range list {
		if m.ID == text || strings.EqualFold(m.Email, text) || strings.EqualFold(m.Name, text) {
			return m, nil
		}
	}
	return client.Member{}, fault.Newf(fault.Missing, "There is no member %q. See amends user list", text)
}
