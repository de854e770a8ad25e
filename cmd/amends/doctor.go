package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"amends.dev/internal/config"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

func newDoctor() *cobra.Command {
	c := &cobra.Command{
		Use: "doctor", GroupID: groupHost, Short: "Look at the configuration and the record, and say what to do about what is found",
		Long: `Look at the configuration and the record. Exit code 1 when something is wrong.

With --replay every incident is rebuilt from its timeline and compared with what
is stored, every promise with its incident, and every published item with the
log. The server may run meanwhile.`,
		Args: cobra.NoArgs, RunE: runDoctor,
	}
	c.Flags().Bool("replay", false, "Rebuild every incident from its timeline and compare")
	addRecordFlags(c)
	return c
}

// finding is one line of the doctor.
type finding struct{ mark, say string }

func runDoctor(c *cobra.Command, _ []string) error {
	t := newTerminal(c)
	cfg, err := load(c)
	if err != nil {
		return asFinding(err)
	}
	p := &page{terminal: t, w: t.out}
	wrong := 0
	tell := func(list []finding) {
		for _, f := range list {
			p.marked(f.mark, "%s", f.say)
			if f.mark == markBad {
				wrong++
			}
		}
	}
	tell(aboutConfig(cfg))
	err = besideRecord(c, func(db *store.DB, _ *config.Config) error {
		found, err := aboutRecord(c, db)
		if err != nil {
			return err
		}
		tell(found)
		if replay, _ := c.Flags().GetBool("replay"); !replay {
			return nil
		}
		audit, err := db.Replay(c.Context(), t.counter("incidents replayed"))
		if err != nil {
			return err
		}
		return t.audited(audit, "the record was read from end to end")
	})
	if err != nil {
		return err
	}
	if wrong > 0 {
		return fault.Newf(fault.Conflict, "%s above to put right", count(int64(wrong), "thing", "things"))
	}
	return nil
}

// aboutConfig looks at what the configuration leaves out.
func aboutConfig(cfg *config.Config) []finding {
	list := []finding{{markOK, "the configuration can be used"}}
	if cfg.File() != "" {
		list[0].say += ", " + cfg.File()
	}
	switch {
	case cfg.Source("base_url") == "default":
		list = append(list, finding{markWarn, "base_url is not set: links in mail and feeds lead to this machine only. Set it to the address people type"})
	case strings.HasPrefix(cfg.BaseURL, "http://") && exposed(cfg.BaseURL):
		list = append(list, finding{markWarn, "base_url is not encrypted: passwords travel readable. Put a proxy with TLS in front and write https://"})
	}
	if cfg.SMTP == (config.SMTP{}) {
		list = append(list, finding{markWarn, "no mail is sent: reminders and readers need it. Set smtp_url and mail_from"})
	}
	return list
}

// aboutRecord looks at what a server needs to keep its word.
func aboutRecord(c *cobra.Command, db *store.DB) ([]finding, error) {
	ctx := c.Context()
	if err := db.Ping(ctx); err != nil {
		return nil, err
	}
	kind := "SQLite"
	if db.Shared() {
		kind = "PostgreSQL"
	}
	list := []finding{{markOK, "the record can be read, " + kind}}
	empty, err := db.NeedsSetup(ctx)
	if err != nil {
		return nil, err
	}
	if empty {
		list = append(list, finding{markWarn, "nobody can sign in yet. Open the link that amends serve prints, or amends user add --admin"})
	}
	held, err := db.DeliveriesHeld(ctx)
	if err != nil {
		return nil, err
	}
	if held {
		list = append(list, finding{markBad, "nothing is sent since a backup was restored. Release it: amends deliveries release"})
	}
	dead, err := db.CountDeliveries(ctx, store.DeliveryFilter{State: store.DeliveryDead})
	if err != nil {
		return nil, err
	}
	if n := dead[store.DeliveryDead]; n > 0 {
		list = append(list, finding{markBad, fmt.Sprintf("%s given up after 72 hours. See amends deliveries dead", count(int64(n), "delivery", "deliveries"))})
	}
	return late(c, db, list)
}

// late adds what the promise watch should have acted on by now.
func late(c *cobra.Command, db *store.DB, list []finding) ([]finding, error) {
	next, err := db.NextAct(c.Context())
	if err != nil {
		return nil, err
	}
	if behind := db.Now().Sub(next); !next.IsZero() && behind > time.Minute {
		list = append(list, finding{markBad, fmt.Sprintf("a promise has waited for its watch for %s. Is a server running on this record", span(behind))})
	}
	return list, nil
}
