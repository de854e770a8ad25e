package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// load reads the incidents that a batch will ask for, in one question, and
// holds their rows until the commit.
func (t *tx) load(ids []int64) error { return t.lock(ids, t.db.dialect.forUpdate) }

// lock is load with the words that end the question.
func (t *tx) lock(ids []int64, suffix string) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == 0 || t.incidents[id] != nil })
	slices.Sort(ids) // every node locks in the same order
	ids = slices.Compact(ids)
	for part := range slices.Chunk(ids, 500) {
		rows, err := t.query(`SELECT state FROM incidents WHERE id IN (`+marks(1, len(part))+`) ORDER BY id`+suffix, anys(part)...)
		states, err := collect(rows, err, scanState)
		if err != nil {
			return fmt.Errorf("load incidents: %w", err)
		}
		for _, in := range states {
			if in, err = refold(t.ctx, t.sql, in); err != nil {
				return err
			}
			t.incidents[in.ID] = &in
		}
	}
	return nil
}

func scanState(rows *sql.Rows) (incident.Incident, error) {
	var text string
	if err := rows.Scan(&text); err != nil {
		return incident.Incident{}, err
	}
	return readState(text)
}

// refold folds the timeline again when another version of the program wrote the
// state: during an upgrade two releases may run beside each other.
func refold(ctx context.Context, q queryer, in incident.Incident) (incident.Incident, error) {
	if in.Fold == incident.Fold {
		return in, nil
	}
	rows, err := q.QueryContext(ctx, `SELECT incident, seq, at, person, audience, kind, fact FROM entries WHERE incident = $1 ORDER BY seq`, in.ID)
	entries, err := collect(rows, err, scanEntry)
	if err != nil {
		return in, fmt.Errorf("read the timeline of incident %d: %w", in.ID, err)
	}
	again, err := incident.Replay(entries)
	if err != nil {
		return in, fmt.Errorf("fold the timeline of incident %d: %w", in.ID, err)
	}
	return again, nil
}

// refoldAll is refold for a list.
func refoldAll(ctx context.Context, q queryer, list []incident.Incident) (err error) {
	for i := range list {
		if list[i], err = refold(ctx, q, list[i]); err != nil {
			return err
		}
	}
	return nil
}

func readState(text string) (in incident.Incident, err error) {
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return in, fmt.Errorf("read the state of an incident: %w", err)
	}
	return in, nil
}

// incident returns the incident as it stands in this transaction, with the
// policies in force. Number 0 is one that has yet to be declared.
func (t *tx) incident(id int64) (incident.Incident, error) {
	policies, err := t.policiesInForce()
	if err != nil {
		return incident.Incident{}, err
	}
	if id == 0 {
		number, err := t.lastNumber()
		return incident.Incident{ID: number + 1, Policies: policies}, err
	}
	if t.incidents[id] == nil {
		if err := t.load([]int64{id}); err != nil {
			return incident.Incident{}, err
		}
	}
	if t.incidents[id] == nil {
		return incident.Incident{ID: id}, nil
	}
	in := *t.incidents[id]
	in.Policies = policies
	return in, nil
}

// lastNumber returns the number of the last incident declared. Reading it
// holds it: numbers have no gaps.
func (t *tx) lastNumber() (int64, error) {
	if t.number == 0 && !t.numbered {
		err := t.row(`SELECT value FROM counters WHERE name = 'incident'` + t.db.dialect.forUpdate).Scan(&t.number)
		if err != nil {
			return 0, fmt.Errorf("read the last incident number: %w", err)
		}
	}
	return t.number, nil
}

func (t *tx) flushNumber() error {
	if !t.numbered {
		return nil
	}
	_, err := t.exec(`UPDATE counters SET value = $1 WHERE name = 'incident' AND value < $1`, t.number)
	return err
}

const insertIncident = `INSERT INTO incidents
	(id, version, title, kind, severity, status, audience, owner, published, declared_at, updated_at, resolved_at, state)`

const onIncident = `ON CONFLICT (id) DO UPDATE SET version = excluded.version, title = excluded.title, kind = excluded.kind,
	severity = excluded.severity, status = excluded.status, audience = excluded.audience, owner = excluded.owner,
	published = excluded.published, updated_at = excluded.updated_at, resolved_at = excluded.resolved_at, state = excluded.state`

// incidentRow returns the row of an incident as it stands.
func incidentRow(in incident.Incident, updated time.Time) ([]any, error) {
	state, err := in.Bytes()
	if err != nil {
		return nil, err
	}
	return []any{
		in.ID, in.Version, in.Title, string(in.Kind), string(in.Severity), string(in.Status), string(in.Audience),
		string(in.Owner), in.Published, instant{in.DeclaredAt}, instant{updated}, instant{in.ResolvedAt}, string(state),
	}, nil
}

func (t *tx) flushIncidents() error {
	rows := make([][]any, 0, len(t.changed))
	for _, id := range slices.Sorted(maps.Keys(t.changed)) {
		row, err := incidentRow(*t.incidents[id], t.now)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if err := t.insertRows(insertIncident, onIncident, rows); err != nil {
		return err
	}
	return t.flushServices()
}

// flushServices keeps which incidents touched which services: a service stays
// listed after it works again, so that its history can be asked for.
func (t *tx) flushServices() error {
	var rows [][]any
	for _, e := range t.entries {
		switch f := e.Fact.(type) {
		case incident.Declared:
			rows = appendServices(rows, e.Incident, f.Services)
		case incident.ServicesChanged:
			rows = appendServices(rows, e.Incident, f.Services)
		case incident.Updated:
			if f.Reopens {
				rows = appendServices(rows, e.Incident, f.Services)
			}
		}
	}
	return t.insertRows(`INSERT INTO incident_services (incident, service)`, `ON CONFLICT DO NOTHING`, rows)
}

func appendServices(rows [][]any, id int64, services []string) [][]any {
	for _, s := range services {
		rows = append(rows, []any{id, s})
	}
	return rows
}

func (t *tx) flushEntries() error {
	rows := make([][]any, 0, len(t.entries))
	for _, e := range t.entries {
		fact, err := incident.EncodeFact(e.Fact)
		if err != nil {
			return err
		}
		rows = append(rows, []any{e.Incident, e.Seq, instant{e.At}, string(e.By), string(e.Audience), e.Fact.FactKind(), string(fact)})
	}
	return t.insertRows(`INSERT INTO entries (incident, seq, at, person, audience, kind, fact)`, "", rows)
}

// Incident returns one incident that the reader may know of. One that they may
// not know of is answered like one that does not exist.
func (db *DB) Incident(ctx context.Context, r Reader, id int64) (incident.Incident, error) {
	var text, audience string
	var published int
	err := db.read.QueryRowContext(ctx, `SELECT state, audience, published FROM incidents WHERE id = $1`, id).Scan(&text, &audience, &published)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && (!r.Sees(audience) || published == 0 && outside(r)):
		return incident.Incident{}, fault.Newf(fault.Missing, "There is no incident %d. See all incidents", id)
	case err != nil:
		return incident.Incident{}, fmt.Errorf("read incident %d: %w", id, err)
	}
	in, err := readState(text)
	if err != nil {
		return in, err
	}
	if in, err = refold(ctx, db.read, in); err != nil {
		return in, err
	}
	in.Policies, err = db.Policies(ctx)
	return in.For(r.Sees), err
}

// Reader is who reads: package access knows one.
type Reader interface {
	// Sees reports whether the reader may read what is for an audience.
	Sees(audience string) bool
}

// outside reports whether the reader is a stranger, who hears of an incident
// with its first published word and not before.
func outside(r Reader) bool { return !r.Sees(string(incident.Stakeholders)) }

// sees returns the audiences that a reader may read, as arguments.
func sees(r Reader) []any {
	var out []any
	for _, a := range incident.Audiences {
		if r.Sees(string(a)) {
			out = append(out, string(a))
		}
	}
	if len(out) == 0 {
		out = append(out, "") // nobody's audience: an IN list may not be empty
	}
	return out
}

// Timeline returns the entries of an incident that the reader may read, the
// oldest first.
func (db *DB) Timeline(ctx context.Context, r Reader, id int64) ([]incident.Entry, error) {
	if _, err := db.Incident(ctx, r, id); err != nil {
		return nil, err
	}
	return db.Entries(ctx, r, id, 1, math.MaxInt64)
}

// Entries returns the entries of an incident from one number to another, as
// far as the reader may read them.
func (db *DB) Entries(ctx context.Context, r Reader, id, first, last int64) ([]incident.Entry, error) {
	args := append([]any{id, first, last}, sees(r)...)
	rows, err := db.read.QueryContext(ctx, `SELECT incident, seq, at, person, audience, kind, fact FROM entries
		WHERE incident = $1 AND seq BETWEEN $2 AND $3 AND audience IN (`+marks(4, len(args)-3)+`) ORDER BY seq`, args...)
	entries, err := collect(rows, err, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("read the timeline of incident %d: %w", id, err)
	}
	if outside(r) {
		for i := range entries {
			entries[i] = entries[i].Nameless()
		}
	}
	return entries, nil
}

func scanEntry(rows *sql.Rows) (e incident.Entry, err error) {
	var at instant
	var kind, fact string
	if err := rows.Scan(&e.Incident, &e.Seq, &at, &e.By, &e.Audience, &kind, &fact); err != nil {
		return e, err
	}
	e.At = at.Time
	e.Fact, err = incident.DecodeFact(kind, []byte(fact))
	return e, err
}
