package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

func newSubscriber() *cobra.Command {
	c := &cobra.Command{
		Use: "subscriber", GroupID: groupTeam, Short: "The readers who asked to be told by mail",
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	list := &cobra.Command{
		Use: "list", Short: "List readers", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			after := flagText(d.cmd, "after")
			limit, _ := d.cmd.Flags().GetInt("limit")
			found, err := d.api.Subscribers(d.ctx, after, limit)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(found.Subscribers))
			for _, s := range found.Subscribers {
				rows = append(rows, []string{s.ID, s.Address, s.Audience, strings.Join(s.Services, ","), stamp(s.CreatedAt)})
			}
			return d.show(d.cmd, reading{data: found, rows: rows, text: func(p *page) {
				if found.Total == 0 {
					p.line("Nobody has asked to be told yet. Readers find the form on the status page.")
					return
				}
				p.table(append([][]string{{"READER", "ADDRESS", "READS", "SERVICES", "SINCE"}}, rows...))
				p.line("%d of %d.", len(rows), found.Total)
				if found.After != "" {
					p.line("More:  amends subscriber list --after %s", found.After)
				}
			}})
		}),
	}
	list.Flags().String("after", "", "The page after this `READER`")
	list.Flags().Int("limit", 50, "How many at most")
	addReadFlags(list)
	c.AddCommand(list, subscriberAdd(), subscriberStop())
	return c
}

func subscriberAdd() *cobra.Command {
	c := &cobra.Command{
		Use: "add [ADDRESS…]", Short: "Add readers who have said that they want to be told",
		Long: `Add readers who have said that they want to be told. Whoever adds them vouches
for that: no question is sent to them. With --file the addresses are read from a
file, or from stdin for -, one a line.`,
		Example: "  amends subscriber add cto@customer.example --audience stakeholders --service card-payments\n  amends subscriber add --file addresses.txt",
		Args:    cobra.ArbitraryArgs,
		RunE: online(func(d *desk, args []string) error {
			if file := flagText(d.cmd, "file"); file != "" {
				if file != "-" {
					file = "@" + file
				}
				text, err := d.longArgument("--file", file)
				if err != nil {
					return err
				}
				args = append(args, strings.Fields(text)...)
			}
			if len(args) == 0 {
				return needed("ADDRESS", "who wants to be told; or --file with one address a line")
			}
			services, err := d.services()
			if err != nil {
				return err
			}
			added := int64(0)
			for len(args) > 0 {
				batch := make([]client.NewSubscriber, 0, subscriberBatch)
				for _, address := range args[:min(len(args), subscriberBatch)] {
					batch = append(batch, client.NewSubscriber{Address: address, Audience: flagText(d.cmd, "audience"), Services: services, Zone: flagText(d.cmd, "zone")})
				}
				n, err := d.api.AddSubscribers(d.ctx, batch)
				if err != nil {
					return err
				}
				added, args = added+n, args[len(batch):]
			}
			if added == 1 {
				d.done("1 reader is told from now on.")
			} else {
				d.done("%d readers are told from now on.", added)
			}
			return nil
		}),
	}
	f := c.Flags()
	f.String("file", "", "Read addresses from this `FILE`, or - for stdin")
	f.String("audience", "", "What they may read: public, stakeholders or team; public otherwise")
	f.StringSlice("service", nil, "Only about this service, by `ID` or name; may be given again")
	f.String("zone", "", "Their time zone, like Europe/Berlin; the team's otherwise")
	completeWith(c, "audience", "public", "stakeholders", "team")
	return c
}

// subscriberBatch is how many readers one request adds.
const subscriberBatch = 1000

func subscriberStop() *cobra.Command {
	c := &cobra.Command{
		Use: "stop READER", Short: "Forget a reader: nothing is sent to them any more", Args: cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			found, err := d.subscriber(args[0])
			if err != nil {
				return err
			}
			if err := d.sure(fmt.Sprintf("Forget %s?", found.Address)); err != nil {
				return err
			}
			if err := d.api.RemoveSubscriber(d.ctx, found.ID); err != nil {
				return err
			}
			d.done("%s is told nothing any more.", found.Address)
			return nil
		}),
	}
	addYesFlag(c)
	return c
}

// subscriber finds a reader by id or address.
func (d *desk) subscriber(text string) (client.Subscriber, error) {
	for after := ""; ; {
		found, err := d.api.Subscribers(d.ctx, after, 1000)
		if err != nil {
			return client.Subscriber{}, err
		}
		for _, s := range found.Subscribers {
			if s.ID == text || strings.EqualFold(s.Address, text) {
				return s, nil
			}
		}
		if after = found.After; after == "" {
			return client.Subscriber{}, fault.Newf(fault.Missing, "There is no reader %q. See amends subscriber list", text)
		}
	}
}
