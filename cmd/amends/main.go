// Command amends takes a team from a mistake to restored trust, keeps the
// promises made on the way, and can prove it.
//
// Each command stands in a file of its own and turns flags into calls; what
// it does is done by the rooms below and, over the client, by a server.
// Output goes to stdout, messages to stderr. Exit codes: 0 fine; 1 it failed,
// or a check found something; 2 the command could not be understood or could
// not run; 4 sign in first; 130 interrupted.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"amends.dev/internal/app"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main without the process, for tests.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitFine
	}
	if ctx.Err() != nil {
		return exitInterrupted
	}
	printError(errs, c, err)
	return exitCode(err)
}

// The groups of the command list, in the order of an incident.
const (
	groupOwn  = "own"
	groupTell = "tell"
	groupKnow = "know"
	groupTeam = "team"
	groupHost = "host"
	groupHere = "here"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "amends",
		Short: "From a mistake to restored trust, with promises that are kept and can be proved",
		Long: `amends takes a team from a mistake to restored trust: it keeps the promises made
on the way, and can prove it.`,
		Example:       "  amends serve --demo\n  amends status\n  amends declare \"Card payments fail for some customers\"\n  amends update --now @now.txt --plan \"Roll back, check at 15:15\" --next 30m",
		Version:       app.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknownCommand(c, args[0])
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w. See %s --help", err, c.CommandPath())}
	})
	root.SetVersionTemplate("amends {{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = false
	addTerminalFlags(root)
	addServerFlags(root)
	root.AddGroup(
		&cobra.Group{ID: groupOwn, Title: "Own it:"},
		&cobra.Group{ID: groupTell, Title: "Tell:"},
		&cobra.Group{ID: groupKnow, Title: "Know what is promised:"},
		&cobra.Group{ID: groupTeam, Title: "Set the team up:"},
		&cobra.Group{ID: groupHost, Title: "Run a server:"},
		&cobra.Group{ID: groupHere, Title: "This computer:"},
	)
	root.SetHelpCommandGroupID(groupHere)
	root.SetCompletionCommandGroupID(groupHere)
	root.AddCommand(commands()...)
	eachCommand(root, checkArgs)
	return root
}

// commands is every command. A command is added here and stands in a file of
// its name.
func commands() []*cobra.Command {
	return []*cobra.Command{
		newDeclare(), newOwn(), newHandover(), newAsk(), newChange(), newNote(),
		newUpdate(), newCorrect(), newOver(), newReopen(), newReview(),
		newStatus(), newShow(), newList(), newDue(), newPromises(), newReport(),
		newService(), newPolicy(), newChannel(), newSource(), newSubscriber(), newDeliveries(), newUser(), newToken(), newImport(),
		newServe(), newSetupLink(), newConfig(), newBackup(), newRestore(), newDoctor(),
		newLogin(), newLogout(), newWhoami(), newMan(), newVersion(),
	}
}

// eachCommand visits a command and all below it.
func eachCommand(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		eachCommand(sub, visit)
	}
}

// checkArgs makes a wrong number of arguments a usage error that names the
// command's own line.
func checkArgs(c *cobra.Command) {
	check := c.Args
	if check == nil || !c.HasParent() {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		err := check(c, args)
		if err == nil {
			return nil
		}
		if c.HasSubCommands() && len(args) > 0 {
			return unknownCommand(c, args[0])
		}
		return usageError{fmt.Errorf("%s takes other arguments. Write it like: %s", c.CommandPath(), c.UseLine())}
	}
}

// unknownCommand names the commands that may have been meant.
func unknownCommand(c *cobra.Command, arg string) error {
	err := usageError{fmt.Errorf("there is no command %q. See %s --help", line(arg), c.CommandPath())}
	if near := c.SuggestionsFor(arg); len(near) > 0 {
		return hinted{err, fmt.Sprintf("did you mean %s %s", c.CommandPath(), near[0])}
	}
	return err
}
