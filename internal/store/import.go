package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// Past is an incident that happened elsewhere and is over.
type Past struct {
	External string           // its id where it comes from; the same id is never imported twice
	Entries  []incident.Entry // its timeline with recorded times; incident and number of entries are given here
}

// Imported says where a past incident went.
type Imported struct {
	External string
	Incident int64
	Again    bool // it had been imported before; nothing was written
}

// ImportBatch is how many past incidents one Import call takes at most: what
// fits well within the time that a commit may take.
const ImportBatch = 200

// Import writes past incidents from a source, all or none, each timeline as it
// was recorded. Nobody is told and no promise is left to watch. Imported words
// get no leaf in the log: they were published elsewhere, and a leaf would say
// that we published them, at a time at which we did not.
func (db *DB) Import(ctx context.Context, source string, past []Past) ([]Imported, error) {
	if len(past) > ImportBatch {
		return nil, fmt.Errorf("import %d incidents at once; %d is the most", len(past), ImportBatch)
	}
	var out []Imported
	err := db.alone(ctx, func(t *tx) error {
		out = make([]Imported, 0, len(past))
		// Numbers are given one node after the other, and no id is taken twice.
		if _, err := t.lastNumber(); err != nil {
			return err
		}
		for _, p := range past {
			one, err := t.importPast(source, p)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// ImportedFrom returns the incident that an external id was imported as; 0
// when it was not.
func (db *DB) ImportedFrom(ctx context.Context, source, external string) (id int64, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT incident FROM imports WHERE source = $1 AND external = $2`, source, external).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("look up an import: %w", err)
	}
	return id, nil
}

func (t *tx) importPast(source string, p Past) (Imported, error) {
	rows, err := t.query(`SELECT incident FROM imports WHERE source = $1 AND external = $2`, source, p.External)
	id, known, err := one(rows, err, func(rows *sql.Rows) (id int64, err error) { return id, rows.Scan(&id) })
	if err != nil {
		return Imported{}, fmt.Errorf("look up an import: %w", err)
	}
	if known {
		return Imported{External: p.External, Incident: id, Again: true}, nil
	}
	number, err := t.lastNumber()
	if err != nil {
		return Imported{}, err
	}
	in, entries, err := p.as(number + 1)
	if err != nil {
		return Imported{}, err
	}
	t.number, t.numbered = in.ID, true
	t.incidents[in.ID], t.changed[in.ID] = &in, true
	t.entries = append(t.entries, entries...)
	promised := promisesOf(entries)
	for _, n := range slices.Sorted(maps.Keys(promised)) {
		t.promises = append(t.promises, promised[n])
	}
	_, err = t.exec(`INSERT INTO imports (source, external, incident) VALUES ($1, $2, $3)`, source, p.External, in.ID)
	return Imported{External: p.External, Incident: in.ID}, err
}

// as returns the past incident under its number here.
func (p Past) as(id int64) (incident.Incident, []incident.Entry, error) {
	refuse := func(next string) error {
		return fault.Newf(fault.Invalid, "%s cannot be imported. %s", shorten(p.External, 100), next)
	}
	if len(p.Entries) == 0 {
		return incident.Incident{}, nil, refuse("It has no entries. Check the file")
	}
	if _, ok := p.Entries[0].Fact.(incident.Declared); !ok {
		return incident.Incident{}, nil, refuse("Its first entry does not declare it. Check the file")
	}
	entries := slices.Clone(p.Entries)
	for i := range entries {
		e := &entries[i]
		e.Incident, e.Seq, e.At = id, int64(i+1), incident.Instant(e.At)
		e.Fact = renumber(e.Fact, id)
		if i > 0 && e.At.Before(entries[i-1].At) {
			return incident.Incident{}, nil, refuse("Its entries are not in order of time. Check the file")
		}
	}
	in, err := incident.Replay(entries)
	if err != nil {
		return in, nil, err
	}
	if in.Open() || len(in.Promised()) > 0 {
		return in, nil, refuse("It is not over, or a promise in it is not settled. Import it when it is")
	}
	return in, entries, nil
}

// renumber returns the fact with its promises under the incident's number.
func renumber(f incident.Fact, id int64) incident.Fact {
	under := func(p *incident.Promise) *incident.Promise {
		if p == nil {
			return nil
		}
		q := *p
		q.Incident = id
		return &q
	}
	switch f := f.(type) {
	case incident.Declared:
		f.First = under(f.First)
		return f
	case incident.Updated:
		f.Next, f.Review = under(f.Next), under(f.Review)
		return f
	case incident.ReviewMoved:
		f.Review.Incident = id
		return f
	}
	return f
}
