package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

func newChannel() *cobra.Command {
	c := &cobra.Command{
		Use: "channel", GroupID: groupTeam, Short: "The chat rooms and webhooks that words go out to",
		Args: cobra.NoArgs, RunE: helpOnly,
	}
	list := &cobra.Command{
		Use: "list", Short: "List channels; secrets are hidden", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			channels, err := d.api.Channels(d.ctx)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(channels))
			for _, ch := range channels {
				rows = append(rows, []string{ch.ID, ch.Kind, ch.Audience, channelState(ch), ch.Name, strings.Join(ch.Events, ",")})
			}
			return d.show(d.cmd, reading{data: client.Channels{Channels: channels}, rows: rows, text: func(p *page) {
				if len(rows) == 0 {
					p.line("No channels yet. Add one:  amends channel add NAME --kind slack --option url=@url.txt")
					return
				}
				p.table(append([][]string{{"CHANNEL", "KIND", "GETS WORDS FOR", "STATE", "NAME", "EVENTS"}}, rows...))
			}})
		}),
	}
	addReadFlags(list)
	c.AddCommand(list, channelAdd(), channelChange(),
		channelPause("pause", "Send nothing there for a while", true), channelPause("resume", "Send there again", false),
		channelTest(), channelRemove())
	return c
}

func channelState(ch client.Channel) string {
	switch {
	case !ch.PausedAt.IsZero():
		return "paused"
	case ch.TestError != "":
		return "test failed"
	case ch.TestedAt.IsZero():
		return "not tested"
	}
	return "in use"
}

func channelFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringArray("option", nil, "What the kind needs, like `url=@FILE`; @FILE or - keeps a secret off the command line")
	f.String("audience", "", "The widest words that it gets: team, stakeholders or public")
	f.StringSlice("event", nil, "Only this kind of news; may be given again. All of them otherwise")
	completeWith(c, "audience", "team", "stakeholders", "public")
}

func channelAdd() *cobra.Command {
	c := &cobra.Command{
		Use: "add NAME --kind KIND", Short: "Add a channel", Args: cobra.MinimumNArgs(1),
		Example: "  amends channel add \"#incidents\" --kind slack --option url=@slack-url.txt --audience team\n  amends channel test CHANNEL",
		RunE: online(func(d *desk, args []string) error {
			in := client.ChannelChange{Name: strings.Join(args, " "), Kind: flagText(d.cmd, "kind"), Audience: flagText(d.cmd, "audience")}
			if in.Kind == "" {
				return needed("--kind", "where it goes: slack, teams, discord, mattermost, ntfy, telegram or webhook")
			}
			in.Events, _ = d.cmd.Flags().GetStringSlice("event")
			var err error
			if in.Options, err = d.options(); err != nil {
				return err
			}
			ch, err := d.api.AddChannel(d.ctx, in)
			if err != nil {
				return err
			}
			d.done("Added %s. Send a test there:  amends channel test %s", ch.Name, ch.ID)
			return nil
		}),
	}
	c.Flags().String("kind", "", "slack, teams, discord, mattermost, ntfy, telegram or webhook")
	channelFlags(c)
	completeWith(c, "kind", "slack", "teams", "discord", "mattermost", "ntfy", "telegram", "webhook")
	return c
}

func channelChange() *cobra.Command {
	c := &cobra.Command{
		Use: "change CHANNEL", Short: "Change a channel; flags left out leave it as it is", Args: cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			ch, err := d.channel(args[0])
			if err != nil {
				return err
			}
			in := client.ChannelChange{Name: ch.Name, Kind: ch.Kind, Audience: ch.Audience, Events: ch.Events, Options: ch.Options}
			replaceWith(d.cmd, map[string]*string{"name": &in.Name, "audience": &in.Audience})
			if d.cmd.Flags().Changed("event") {
				in.Events, _ = d.cmd.Flags().GetStringSlice("event")
			}
			options, err := d.options()
			if err != nil {
				return err
			}
			maps.Copy(in.Options, options)
			if ch, err = d.api.ChangeChannel(d.ctx, ch.ID, in); err != nil {
				return err
			}
			d.done("Changed %s.", ch.Name)
			return nil
		}),
	}
	c.Flags().String("name", "", "Its name here")
	channelFlags(c)
	return c
}

// options reads --option NAME=VALUE.
func (d *desk) options() (map[string]string, error) {
	texts, _ := d.cmd.Flags().GetStringArray("option")
	out := map[string]string{}
	for _, text := range texts {
		name, value, found := strings.Cut(text, "=")
		if !found || name == "" {
			return nil, flagged("--option", fault.Newf(fault.Invalid, "%q is not an option. Write it like url=@url.txt", line(text)))
		}
		value, err := d.argument("--option", value)
		if err != nil {
			return nil, err
		}
		out[name] = value
	}
	return out, nil
}

func channelPause(use, short string, pause bool) *cobra.Command {
	return &cobra.Command{Use: use + " CHANNEL", Short: short, Args: cobra.ExactArgs(1), RunE: online(func(d *desk, args []string) error {
		ch, err := d.channel(args[0])
		if err != nil {
			return err
		}
		if ch, err = d.api.PauseChannel(d.ctx, ch.ID, pause); err != nil {
			return err
		}
		if pause {
			d.done("%s is paused. Nothing is sent there until:  amends channel resume %s", ch.Name, ch.ID)
		} else {
			d.done("%s is in use again.", ch.Name)
		}
		return nil
	})}
}

func channelTest() *cobra.Command {
	return &cobra.Command{
		Use: "test CHANNEL", Short: "Send one message that says it is a test; exit code 1 when it does not arrive", Args: cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			ch, err := d.channel(args[0])
			if err != nil {
				return err
			}
			if ch, err = d.api.TestChannel(d.ctx, ch.ID); err != nil {
				return err
			}
			if ch.TestError != "" {
				return fmt.Errorf("%s did not take the test message: %s", line(ch.Name), ch.TestError)
			}
			d.done("%s took the test message.", ch.Name)
			return nil
		}),
	}
}

func channelRemove() *cobra.Command {
	c := &cobra.Command{
		Use: "remove CHANNEL", Short: "Remove a channel; what was sent there stays on record", Args: cobra.ExactArgs(1),
		RunE: online(func(d *desk, args []string) error {
			ch, err := d.channel(args[0])
			if err != nil {
				return err
			}
			if err := d.sure(fmt.Sprintf("Remove %s?", line(ch.Name))); err != nil {
				return err
			}
			if err := d.api.RemoveChannel(d.ctx, ch.ID); err != nil {
				return err
			}
			d.done("Removed %s.", ch.Name)
			return nil
		}),
	}
	addYesFlag(c)
	return c
}

// channel returns the channel of an id or a name.
func (d *desk) channel(text string) (client.Channel, error) {
	list, err := d.api.Channels(d.ctx)
	if err != nil {
		return client.Channel{}, err
	}
	i := slices.IndexFunc(list, func(ch client.Channel) bool { return ch.ID == text || strings.EqualFold(ch.Name, text) })
	if i < 0 {
		return client.Channel{}, fault.Newf(fault.Missing, "There is no channel %q. See amends channel list", text)
	}
	return list[i], nil
}

// addYesFlag defines --yes for a command that cannot be taken back.
func addYesFlag(c *cobra.Command) {
	c.Flags().BoolP("yes", "y", false, "Do not ask whether it is meant")
}

// sure asks before what cannot be taken back; where nobody can answer, --yes
// says it.
func (d *desk) sure(question string) error { return d.terminal.sure(d.cmd, question) }

func (t *terminal) sure(c *cobra.Command, question string) error {
	if yes, _ := c.Flags().GetBool("yes"); yes {
		return nil
	}
	if !t.asks {
		return needed("--yes", "that you mean it. It cannot be taken back")
	}
	answer, err := t.ask(c.Context(), question+" It cannot be taken back. [y/N]", "")
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"y", "yes"}, strings.ToLower(answer)) {
		return fault.New(fault.Conflict, "Nothing was changed, as you said")
	}
	return nil
}
