package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write docs/cli.md")

const manualFile = "../../docs/cli.md"

func TestTheManualSaysWhatTheCommandsSay(t *testing.T) {
	want := manual(newRoot())
	if *update {
		if err := os.WriteFile(manualFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(manualFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/cli.md is not what the commands say of themselves: got %d bytes, want %d. Run go test ./cmd/amends -run Manual -update", len(got), len(want))
	}
}

// manual writes the manual of the command line from the commands.
func manual(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(`# Command line

This page is made from the commands: ` + "`amends help COMMAND`" + ` says the same.

Output goes to stdout, messages to stderr. Every command that reads takes ` + "`--json`" + ` (stable within its ` + "`\"v\": 1`" + `),
` + "`--plain`" + ` (one record a line, tabs between) and ` + "`-o FILE`" + `. The marks ` + "`ok`, `!` and `x`" + ` carry their meaning without colour.

| Exit code | Meaning |
|---|---|
| 0 | Fine |
| 1 | It failed, or a check found something |
| 2 | The command could not be understood, or could not run |
| 4 | Sign in first |
| 130 | Interrupted |

A time is typed like 30m, 16:30, "tomorrow 09:00", "friday 09:00" or 2026-11-28, in the zone of your machine.
A person is named by address, by name, or by the beginning of a name that only one has. A text is given as it
is, as ` + "`@FILE`" + `, or as ` + "`-`" + ` for stdin.

`)
	for _, group := range root.Groups() {
		fmt.Fprintf(&b, "- **%s**", strings.TrimSuffix(group.Title, ":"))
		for i, c := range root.Commands() {
			if c.GroupID == group.ID && c.Name() != "help" && c.Name() != "completion" {
				fmt.Fprintf(&b, "%s[%s](#amends-%s)", map[bool]string{true: ": ", false: " · "}[first(root, group.ID) == i], c.Name(), c.Name())
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\nFlags of every command:\n\n```\n" + root.PersistentFlags().FlagUsages() + "```\n")
	eachCommand(root, func(c *cobra.Command) {
		if c.HasParent() && c.Name() != "help" && c.IsAvailableCommand() {
			section(&b, c)
		}
	})
	b.WriteString("\nCompletion: `amends completion bash`, `zsh`, `fish` or `powershell` prints a script; `amends completion SHELL --help` says where it goes.\n")
	return b.String()
}

// first is the index of the first command of a group.
func first(root *cobra.Command, group string) int {
	for i, c := range root.Commands() {
		if c.GroupID == group {
			return i
		}
	}
	return -1
}

func section(b *strings.Builder, c *cobra.Command) {
	level := "##"
	if c.Parent().HasParent() {
		level = "###"
	}
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	fmt.Fprintf(b, "\n%s %s\n\n%s\n", level, c.CommandPath(), text)
	if c.Runnable() && !c.HasSubCommands() || c.Use != c.Name() {
		fmt.Fprintf(b, "\n```\n%s\n", c.UseLine())
		if c.HasAvailableLocalFlags() {
			b.WriteString("\n" + c.LocalFlags().FlagUsages())
		}
		b.WriteString("```\n")
	}
	if c.Example != "" {
		fmt.Fprintf(b, "\n```\n%s\n```\n", c.Example)
	}
}

func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	eachCommand(newRoot(), func(c *cobra.Command) {
		if c.Name() == "completion" || c.HasParent() && c.Parent().Name() == "completion" {
			return // cobra's own
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || strings.HasSuffix(c.Short, "!") {
			t.Errorf("%s: its short help is %q, want a line without a full stop", c.CommandPath(), c.Short)
		}
		if c.HasParent() && !c.Parent().HasParent() && c.GroupID == "" {
			t.Errorf("%s stands in no group", c.CommandPath())
		}
		for _, word := range []string{"please", "successfully", "simply", "oops"} {
			if help := strings.ToLower(c.Short + c.Long + c.LocalFlags().FlagUsages()); strings.Contains(help, word) {
				t.Errorf("%s: its help says %q", c.CommandPath(), word)
			}
		}
	})
}
