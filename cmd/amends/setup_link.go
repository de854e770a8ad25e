package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"amends.dev/internal/config"
	"amends.dev/internal/store"
)

func newSetupLink() *cobra.Command {
	c := &cobra.Command{
		Use: "setup-link", GroupID: groupHost, Short: "Make the one-time link that an empty server is set up with", Args: cobra.NoArgs,
		Long: `Make the one-time link that an empty server is set up with. amends serve prints
one when it starts; this makes a new one, and the old one ends. It opens the
record itself, so a SQLite record must not be in use by a server.`,
		RunE: func(c *cobra.Command, _ []string) error {
			return withRecord(c, func(db *store.DB, cfg *config.Config) error {
				secret, err := db.NewSetupLink(c.Context(), cfg.SetupLife)
				if err != nil {
					return err
				}
				r := &recordDesk{newTerminal(c), c, db, cfg}
				fmt.Fprintln(r.out, r.link("/setup/"+secret.Reveal()))
				r.remark("Open it once, within %d minutes, while the server runs.", int(cfg.SetupLife.Minutes()))
				return nil
			})
		},
	}
	addRecordFlags(c)
	return c
}
