package app

import (
	"bytes"
	"context"
	"slices"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/config"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/intake"
	"amends.dev/internal/store"
)

// Database returns where a configuration keeps the record: an address of
// PostgreSQL, or the path of a SQLite file.
func Database(cfg *config.Config) string {
	if address := cfg.Database.Reveal(); address != "" {
		return address
	}
	return store.FileIn(cfg.Data)
}

// statuspage is the source under which histories of Statuspage are kept. The
// ids of its incidents carry the id of their page.
const statuspage = "statuspage"

// ImportStatuspage brings a history in native Statuspage JSON. What has been
// brought before is left as it is. With dry nothing is written: the answer says
// what would come.
func ImportStatuspage(ctx context.Context, db *store.DB, data []byte, dry bool) (client.Imported, error) {
	list, skipped, err := intake.ParseStatuspage(bytes.NewReader(data))
	if err != nil {
		return client.Imported{}, err
	}
	out := client.Imported{Found: len(list), Skipped: skipped}
	owner, err := historian(ctx, db)
	if err != nil {
		return out, err
	}
	services, err := servicesByName(ctx, db)
	if err != nil {
		return out, err
	}
	seen := map[string]bool{}
	for batch := range slices.Chunk(list, store.ImportBatch) {
		past := make([]store.Past, 0, len(batch))
		for _, h := range batch {
			known := int64(0)
			if dry {
				if known, err = db.ImportedFrom(ctx, statuspage, h.External); err != nil {
					return out, err
				}
			}
			if known != 0 || seen[h.External] {
				out.Known++
				continue
			}
			seen[h.External] = true
			past = append(past, store.Past{External: h.External, Entries: h.Timeline(owner, services)})
		}
		if dry {
			out.Added += len(past)
			continue
		}
		done, err := db.Import(ctx, statuspage, past)
		if err != nil {
			return out, err
		}
		for _, one := range done {
			if one.Again {
				out.Known++
			} else {
				out.Added++
			}
		}
	}
	return out, nil
}

// historian returns who answers here for what was published elsewhere: the
// first admin.
func historian(ctx context.Context, db *store.DB) (incident.Person, error) {
	members, err := db.Members(ctx)
	if err != nil {
		return "", err
	}
	var first store.Member
	for _, m := range members {
		if m.Role == access.Admin && m.Active() && (first.ID == "" || m.CreatedAt.Before(first.CreatedAt)) {
			first = m
		}
	}
	if first.ID == "" {
		return "", fault.New(fault.Conflict, "Nobody is here yet to answer for a history. Add the first admin with amends user add --admin, then import")
	}
	return incident.Person(first.ID), nil
}

func servicesByName(ctx context.Context, db *store.DB) (map[string]string, error) {
	list, err := db.Services(ctx, access.Who{Kind: access.System})
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, s := range list {
		out[s.Name] = s.ID
	}
	return out, nil
}
