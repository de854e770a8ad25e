package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

func newAsk() *cobra.Command {
	c := &cobra.Command{
		Use: "ask [INC] WHAT", GroupID: groupOwn, Short: "Ask for help, answer a request, and record what the help changed",
		Long: `Ask for help: what you need, which expertise, from whom. Name a person, an
expertise, or both. Requests and answers are for the team only.`,
		Example: "  amends ask 17 \"Is the replica safe to promote?\" --expertise \"PostgreSQL replication\"\n  amends ask accept 17 1\n  amends ask record 17 1 \"Promoting it took the load off; no data was lost\"",
		Args:    cobra.ArbitraryArgs,
		RunE: online(func(d *desk, args []string) error {
			in, rest, err := d.incident(args)
			if err != nil {
				return err
			}
			what, err := d.argument("WHAT", strings.Join(rest, " "))
			if err != nil {
				return err
			}
			if what == "" {
				return needed("WHAT", "what you need help with")
			}
			from, err := d.person("--from", flagText(d.cmd, "from"))
			if err != nil {
				return err
			}
			done, err := d.api.AskHelp(d.ctx, in.Number, client.Ask{What: what, Expertise: flagText(d.cmd, "expertise"), From: from})
			if err != nil {
				return err
			}
			n := 0
			for _, e := range done.Entries {
				n = e.N
			}
			return d.report(done, "Asked for help, request %d of %s. When it has helped:  amends ask record %d %d TEXT", n, in.Name, in.Number, n)
		}),
	}
	c.Flags().String("expertise", "", "Which expertise you need")
	c.Flags().String("from", "", "Whom you ask: `NAME` or address; anybody with the expertise otherwise")
	addChangeFlags(c)
	c.AddCommand(
		askAnswer("accept INC N", "Say that you help", true),
		askAnswer("decline INC N", "Say that you cannot help", false),
		askRecord(),
	)
	return c
}

// request reads the incident and the number of a request for help.
func request(args []string) (int64, int, error) {
	incident, err := oneIncident(args[0])
	if err != nil {
		return 0, 0, err
	}
	n, err := strconv.Atoi(args[1])
	if err != nil || n < 1 {
		return 0, 0, usageError{fault.Newf(fault.Invalid, "%q is not the number of a request. amends show %d lists them", args[1], incident)}
	}
	return incident, n, nil
}

// oneIncident reads an argument that must be an incident.
func oneIncident(text string) (int64, error) {
	n, ok := number(text)
	if !ok {
		return 0, usageError{fault.Newf(fault.Invalid, "%q is not an incident. Write its number, like 17 or INC-17", text)}
	}
	return n, nil
}

func askAnswer(use, short string, accept bool) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(2), RunE: online(func(d *desk, args []string) error {
		incident, n, err := request(args)
		if err != nil {
			return err
		}
		in := client.Answer{Accept: accept}
		if !accept {
			in.Reason = flagText(d.cmd, "reason")
		}
		done, err := d.api.AnswerHelp(d.ctx, incident, n, in)
		if err != nil {
			return err
		}
		word := "declined"
		if accept {
			word = "accepted"
		}
		return d.report(done, "You %s request %d of %s.", word, n, done.Name)
	})}
	if !accept {
		c.Flags().String("reason", "", "Why, for whoever asked")
	}
	addChangeFlags(c)
	return c
}

func askRecord() *cobra.Command {
	c := &cobra.Command{Use: "record INC N TEXT", Short: "Say what the help changed", Args: cobra.MinimumNArgs(3), RunE: online(func(d *desk, args []string) error {
		incident, n, err := request(args)
		if err != nil {
			return err
		}
		text, err := d.argument("TEXT", strings.Join(args[2:], " "))
		if err != nil {
			return err
		}
		done, err := d.api.RecordHelp(d.ctx, incident, n, client.Helped{Changed: text})
		if err != nil {
			return err
		}
		return d.report(done, "Recorded what request %d of %s changed.", n, done.Name)
	})}
	addChangeFlags(c)
	return c
}

// helpLine is a request for help as one line.
func helpLine(h client.Help) string {
	text := fmt.Sprintf("%d. %s asks: %s", h.N, personName(&h.By), h.What)
	if h.Expertise != "" {
		text += " (" + h.Expertise + ")"
	}
	if h.From != nil {
		text += ", from " + personName(h.From)
	}
	switch {
	case h.Changed != "":
		return text + ". It changed: " + h.Changed
	case h.Answer != "":
		return text + ". " + personName(h.AnswerBy) + " " + h.Answer
	}
	return text + ". No answer yet"
}
