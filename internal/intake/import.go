package intake

import (
	"context"
	"slices"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// Brought says what an import did.
type Brought struct {
	Found int // incidents in the history
	Added int
	Known int // brought by an earlier import, and left as they are
	Open  int // not over where they come from: an import never opens an incident
}

// ImportHistory writes past incidents with their recorded times. Nobody is
// told, nothing enters the log, and no promise is made up. A second run adds
// nothing twice. With dry it writes nothing and says what would come. progress,
// if not nil, hears how many of the incidents are done.
func ImportHistory(ctx context.Context, db *store.DB, list []History, dry bool, progress func(done int)) (Brought, error) {
	out := Brought{Found: len(list)}
	services, err := serviceIDs(ctx, db)
	if err != nil {
		return out, err
	}
	done := 0
	for part := range slices.Chunk(list, store.ImportBatch) {
		if err := out.bring(ctx, db, part, services, dry); err != nil {
			return out, err
		}
		if done += len(part); progress != nil {
			progress(done)
		}
	}
	return out, nil
}

// importSource names where Statuspage histories come from in the record; the
// external id carries the page.
const importSource = "statuspage"

func (b *Brought) bring(ctx context.Context, db *store.DB, part []History, services map[string]string, dry bool) error {
	var past []store.Past
	for _, h := range part {
		known, err := db.ImportedFrom(ctx, importSource, h.External)
		if err != nil {
			return err
		}
		switch {
		case known != 0:
			b.Known++
		case h.Words[len(h.Words)-1].Status != incident.Resolved:
			b.Open++
		default:
			past = append(past, store.Past{External: h.External, Entries: h.Timeline(incident.System, services)})
		}
	}
	if dry || len(past) == 0 {
		b.Added += len(past)
		return nil
	}
	written, err := db.Import(ctx, importSource, past)
	for _, w := range written {
		if w.Again {
			b.Known++
		} else {
			b.Added++
		}
	}
	return err
}

// serviceIDs maps the names of our services to their ids.
func serviceIDs(ctx context.Context, db *store.DB) (map[string]string, error) {
	services, err := db.Services(ctx, access.Program())
	ids := make(map[string]string, len(services))
	for _, s := range services {
		ids[s.Name] = s.ID
	}
	return ids, err
}
