package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"amends.dev/internal/app"
)

func newVersion() *cobra.Command {
	c := &cobra.Command{
		Use: "version", GroupID: groupHere, Short: "Print which amends this is", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			about := struct {
				Version string `json:"version"`
				Go      string `json:"go"`
				System  string `json:"system"`
			}{app.Version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			return newTerminal(c).show(c, reading{
				data: about, rows: [][]string{{about.Version, about.Go, about.System}},
				text: func(p *page) { p.line("%s", fmt.Sprintf("amends %s, %s, %s", about.Version, about.Go, about.System)) },
			})
		},
	}
	addReadFlags(c)
	return c
}
