package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"amends.dev/internal/config"
)

// load reads the configuration that a command's flags, the environment and the
// file give.
func load(c *cobra.Command) (*config.Config, error) {
	return config.Load(config.Input{Flags: c.Flags(), Environ: os.Environ()})
}

func newConfig() *cobra.Command {
	c := &cobra.Command{Use: "config", GroupID: groupHost, Short: "Show and check the configuration"}
	show := &cobra.Command{
		Use: "show", Short: "Print every value and where it came from", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := load(c)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 4, 2, ' ', 0)
			for _, v := range cfg.Values() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", v.Key, v.Text, v.Source)
			}
			return w.Flush()
		},
	}
	check := &cobra.Command{
		Use: "check", Short: "Report everything in the configuration that needs another value", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := load(c); err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), "ok  the configuration can be used")
			return nil
		},
	}
	path := &cobra.Command{
		Use: "path", Short: "Print the path of the file that is read", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := load(c)
			if err != nil {
				return err
			}
			if cfg.File() == "" {
				fmt.Fprintln(c.ErrOrStderr(), "no file is read; amends config example prints one to start from")
				return nil
			}
			fmt.Fprintln(c.OutOrStdout(), cfg.File())
			return nil
		},
	}
	example := &cobra.Command{
		Use: "example", Short: "Print a configuration file with every option", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), config.Example())
			return err
		},
	}
	for _, sub := range []*cobra.Command{show, check, path} {
		config.AddFlags(sub.Flags())
	}
	c.AddCommand(show, check, path, example)
	return c
}
