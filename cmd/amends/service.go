package main

import (
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

func newService() *cobra.Command {
	c := &cobra.Command{
		Use: "service", GroupID: groupTeam, Short: "The things that people use and that can stop working",
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	list := &cobra.Command{
		Use: "list", Short: "List services and how they do", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			services, err := d.api.Services(d.ctx)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(services))
			for _, s := range services {
				rows = append(rows, []string{s.ID, s.State, s.Audience, s.Group, s.Name, stamp(s.ArchivedAt)})
			}
			return d.show(d.cmd, reading{data: client.Services{Services: services}, rows: rows, text: func(p *page) { p.services(services) }})
		}),
	}
	addReadFlags(list)
	c.AddCommand(list, serviceAdd(), serviceChange(), serviceArchive("archive", "Take a service out of use", true), serviceArchive("restore", "Take an archived service into use again", false), serviceOrder())
	return c
}

func (p *page) services(list []client.Service) {
	if len(list) == 0 {
		p.line("No services yet. Name what people use:  amends service add NAME")
		return
	}
	rows := [][]string{{"", "SERVICE", "STATE", "READ BY", "GROUP", "NAME"}}
	for _, s := range list {
		state := stateWord(s.State)
		if !s.ArchivedAt.IsZero() {
			state = "archived"
		}
		rows = append(rows, []string{stateMark(s.State), s.ID, state, s.Audience, s.Group, s.Name})
	}
	p.table(rows)
}

func serviceFlags(c *cobra.Command) {
	f := c.Flags()
	f.String("description", "", "What it is for, in the words of the people who use it")
	f.String("group", "", "The heading that it is listed under")
	f.String("audience", "", "Who may know that it exists: team, stakeholders or public; public otherwise")
	completeWith(c, "audience", "team", "stakeholders", "public")
}

func serviceAdd() *cobra.Command {
	c := &cobra.Command{
		Use: "add NAME", Short: "Add a service, by the name that people know it by", Args: cobra.MinimumNArgs(1),
		Example: "  amends service add \"Card payments\" --group Payments",
		RunE: online(func(d *desk, args []string) error {
			s, err := d.api.AddService(d.ctx, client.ServiceChange{
				ID: flagText(d.cmd, "id"), Name: strings.Join(args, " "), Description: flagText(d.cmd, "description"),
				Group: flagText(d.cmd, "group"), Audience: flagText(d.cmd, "audience"),
			})
			if err != nil {
				return err
			}
			d.done("Added %s. In commands it is called %s.", s.Name, s.ID)
			return nil
		}),
	}
	serviceFlags(c)
	c.Flags().String("id", "", "What commands call it; made of the name otherwise")
	return c
}

func serviceChange() *cobra.Command {
	c := &cobra.Command{
		Use: "change ID", Short: "Change what is said about a service; flags left out leave it as it is", Args: cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			s, err := d.service(args[0])
			if err != nil {
				return err
			}
			in := client.ServiceChange{Name: s.Name, Description: s.Description, Group: s.Group, Audience: s.Audience}
			replaceWith(d.cmd, map[string]*string{"name": &in.Name, "description": &in.Description, "group": &in.Group, "audience": &in.Audience})
			if s, err = d.api.ChangeService(d.ctx, s.ID, in); err != nil {
				return err
			}
			d.done("Changed %s.", s.Name)
			return nil
		}),
	}
	c.Flags().String("name", "", "The name; its id stays")
	serviceFlags(c)
	return c
}

func serviceArchive(use, short string, archive bool) *cobra.Command {
	return &cobra.Command{Use: use + " ID", Short: short, Args: cobra.ExactArgs(1), RunE: online(func(d *desk, args []string) error {
		s, err := d.service(args[0])
		if err != nil {
			return err
		}
		if s, err = d.api.ArchiveService(d.ctx, s.ID, archive); err != nil {
			return err
		}
		if archive {
			d.done("%s is archived. The incidents that name it stay as they are.", s.Name)
		} else {
			d.done("%s is in use again.", s.Name)
		}
		return nil
	})}
}

func serviceOrder() *cobra.Command {
	return &cobra.Command{
		Use: "order ID…", Short: "Put services in an order; those left out follow", Args: cobra.MinimumNArgs(1),
		RunE: online(func(d *desk, args []string) error {
			if err := d.api.OrderServices(d.ctx, args); err != nil {
				return err
			}
			d.done("Readers see them in this order: %s.", strings.Join(args, ", "))
			return nil
		}),
	}
}

// service returns the service of an id or a name.
func (d *desk) service(text string) (client.Service, error) {
	list, err := d.api.Services(d.ctx)
	if err != nil {
		return client.Service{}, err
	}
	for _, s := range list {
		if s.ID == text || strings.EqualFold(s.Name, text) {
			return s, nil
		}
	}
	return client.Service{}, fault.Newf(fault.Missing, "There is no service %q. See amends service list", text)
}

// replaceWith puts the texts of the flags that were given in place.
func replaceWith(c *cobra.Command, flags map[string]*string) {
	for name, to := range flags {
		if c.Flags().Changed(name) {
			*to = flagText(c, name)
		}
	}
}
