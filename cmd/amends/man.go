package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"amends.dev/internal/app"
	"amends.dev/internal/fault"
)

func newMan() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", GroupID: groupHere, Short: "Write the manual pages into a directory",
		Long:    "Write a manual page for every command into a directory, for packages and for MANPATH.",
		Example: "  amends man /usr/local/share/man/man1",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be made. Choose another directory", args[0]), err)
			}
			root := c.Root()
			eachCommand(root, func(c *cobra.Command) { c.DisableAutoGenTag = true })
			if err := doc.GenManTree(root, &doc.GenManHeader{Title: "AMENDS", Section: "1", Source: "amends " + app.Version}, args[0]); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			newTerminal(c).done("Wrote the manual pages into %s. Read one:  man %s/amends.1", args[0], args[0])
			return nil
		},
	}
}
