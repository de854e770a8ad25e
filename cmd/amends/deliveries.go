package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
)

func newDeliveries() *cobra.Command {
	c := &cobra.Command{
		Use: "deliveries", GroupID: groupTeam, Short: "What was sent, what could not be, and sending it again",
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	list := &cobra.Command{
		Use: "list", Short: "List deliveries, the newest first", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			return runDeliveries(d, flagText(d.cmd, "state"))
		}),
	}
	list.Flags().String("state", "", "Only those in this state: queued, sending, sent, retry, dead or stopped")
	completeWith(list, "state", "queued", "sending", "sent", "retry", "dead", "stopped")
	dead := &cobra.Command{
		Use: "dead", Short: "List what was given up after 72 hours of trying", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error { return runDeliveries(d, "dead") }),
	}
	for _, c := range []*cobra.Command{list, dead} {
		c.Flags().String("incident", "", "Only those about this incident, by `INC`")
		c.Flags().Int("limit", 50, "How many at most, up to 1000")
		addReadFlags(c)
	}
	c.AddCommand(list, dead, deliveriesReplay(), deliveriesRelease())
	return c
}

func runDeliveries(d *desk, state string) (err error) {
	filter := client.DeliveryFilter{State: state}
	if name := flagText(d.cmd, "incident"); name != "" {
		if filter.Incident, err = oneIncident(name); err != nil {
			return err
		}
	}
	filter.Limit, _ = d.cmd.Flags().GetInt("limit")
	found, err := d.api.Deliveries(d.ctx, filter)
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(found.Deliveries))
	for _, v := range found.Deliveries {
		rows = append(rows, []string{v.ID, v.State, fmt.Sprint(v.Incident), v.Notice, v.Kind, cmp.Or(v.Address, v.Recipient), stamp(v.CreatedAt), stamp(v.SentAt), v.Problem})
	}
	return d.show(d.cmd, reading{data: found, rows: rows, text: func(p *page) { p.deliveries(found) }})
}

func (p *page) deliveries(found client.Deliveries) {
	if found.HeldSince != "" {
		p.marked(markWarn, "Nothing is sent since a backup was restored. To send:  amends deliveries release")
	}
	rows := [][]string{{"", "STATE", "MADE", "INCIDENT", "TELLS", "TO", "TRIES", "DELIVERY", "PROBLEM"}}
	for _, v := range found.Deliveries {
		mark := map[string]string{"sent": markOK, "retry": markWarn, "dead": markBad}[v.State]
		rows = append(rows, []string{mark, v.State, p.clock(v.CreatedAt), fmt.Sprintf("INC-%d", v.Incident), v.Notice, v.Kind + " " + cmp.Or(v.Address, v.Recipient), fmt.Sprint(v.Attempts), v.ID, v.Problem})
	}
	if len(found.Deliveries) == 0 {
		p.line("No delivery is like that.")
	} else {
		p.table(rows)
	}
	var counts []string
	for _, state := range slices.Sorted(maps.Keys(found.Counts)) {
		if n := found.Counts[state]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, state))
		}
	}
	if len(counts) > 0 {
		p.line("In all: %s.", strings.Join(counts, ", "))
	}
	if found.Counts["dead"] > 0 {
		p.line("Try the dead ones again:  amends deliveries replay --all")
	}
}

func deliveriesReplay() *cobra.Command {
	c := &cobra.Command{
		Use: "replay DELIVERY…", Short: "Start dead deliveries again, under the key that they had", Args: cobra.ArbitraryArgs,
		Example: "  amends deliveries replay --all",
		RunE: online(func(d *desk, args []string) error {
			all, _ := d.cmd.Flags().GetBool("all")
			if all == (len(args) > 0) {
				return needed("DELIVERY or --all", "which dead deliveries to start again")
			}
			n, err := d.api.ReplayDeliveries(d.ctx, args...)
			if err != nil {
				return err
			}
			d.done("%s started again. See them:  amends deliveries list", count(n, "delivery", "deliveries"))
			return nil
		}),
	}
	c.Flags().Bool("all", false, "All dead ones")
	return c
}

func deliveriesRelease() *cobra.Command {
	c := &cobra.Command{
		Use: "release", Short: "Let a server that was restored from a backup send again", Args: cobra.NoArgs,
		Long: `Let a server that was restored from a backup send again. Until then it sends
nothing: what waited in the backup may have been sent since by the server that
it came from. --drop stops what waited instead of sending it.`,
		RunE: online(func(d *desk, _ []string) error {
			drop, _ := d.cmd.Flags().GetBool("drop")
			n, err := d.api.ReleaseDeliveries(d.ctx, client.Release{Drop: drop})
			if err != nil {
				return err
			}
			if drop {
				d.done("Released. %s from the backup stopped.", count(n, "delivery", "deliveries"))
			} else {
				d.done("Released. %s from the backup on the way.", count(n, "delivery", "deliveries"))
			}
			return nil
		}),
	}
	c.Flags().Bool("drop", false, "Stop what waited in the backup instead of sending it")
	return c
}

// count writes a number of things: "1 delivery", "3 deliveries".
func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
