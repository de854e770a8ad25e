package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"amends.dev/internal/incident"
)

const insertPromise = `INSERT INTO promises
	(incident, n, kind, person, by_policy, made_at, due_at, act_at, outcome, settled_at, promise)`

const onPromise = `ON CONFLICT (incident, n) DO UPDATE SET person = excluded.person, act_at = excluded.act_at,
	outcome = excluded.outcome, settled_at = excluded.settled_at, promise = excluded.promise`

// promiseRow returns the row of a promise as it stands.
func promiseRow(p incident.Promise) ([]any, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return []any{
		p.Incident, p.N, string(p.Kind), string(p.By), p.ByPolicy, instant{p.MadeAt}, instant{p.DueAt},
		instant{p.ActAt()}, string(p.Outcome), instant{p.SettledAt}, string(text),
	}, nil
}

func (t *tx) flushPromises() error {
	rows := make([][]any, 0, len(t.promises))
	last := map[[2]int64]int{} // the latest word on a promise wins: one statement may touch a row once
	for _, p := range t.promises {
		row, err := promiseRow(p)
		if err != nil {
			return err
		}
		key := [2]int64{p.Incident, int64(p.N)}
		if i, ok := last[key]; ok {
			rows[i] = row
			continue
		}
		last[key] = len(rows)
		rows = append(rows, row)
	}
	return t.insertRows(insertPromise, onPromise, rows)
}

// DuePromise names a promise whose time to act has come.
type DuePromise struct {
	Incident int64
	N        int
	ActAt    time.Time
}

// ActOnPromises takes up to limit promises whose time has come and applies the
// watch's command to each, all in one transaction. The row of the incident is
// what nodes compete for: one that another node holds is left to it, and the
// state says whether a rung has been climbed. It returns what it acted on, so
// that lateness can be measured, and whether due promises were left behind.
//
// One that cannot be acted on holds up no other: it is put off for a minute,
// and the error says which it was.
//
// On PostgreSQL it does not wait for the writer of this node, and several may
// run at once: they take different promises.
func (db *DB) ActOnPromises(ctx context.Context, limit int) (acted []DuePromise, more bool, err error) {
	err = db.aside(ctx, func(t *tx) (err error) {
		acted, more, err = t.actOnDue(limit)
		return err
	})
	if err == nil || isPassing(err) || limit == 1 || ctx.Err() != nil {
		return acted, more, err
	}
	acted, err = db.actOneByOne(ctx, limit, err)
	return acted, true, err
}

func (t *tx) actOnDue(limit int) (acted []DuePromise, more bool, err error) {
	due, err := t.due(limit)
	if err != nil {
		return nil, false, err
	}
	ids := make([]int64, len(due))
	for i, d := range due {
		ids[i] = d.Incident
	}
	if err := t.lock(ids, t.db.dialect.skipBusy); err != nil {
		return nil, false, err
	}
	more = len(due) == limit
	for _, d := range due {
		if t.incidents[d.Incident] == nil {
			more = true // another node is at it
			continue
		}
		if err := t.actOn(d); err != nil {
			return nil, false, fmt.Errorf("promise %d of incident %d: %w", d.N, d.Incident, err)
		}
		acted = append(acted, d)
	}
	return acted, more, nil
}

// due returns promises whose time has come, the longest due first, and holds
// their incidents. Those that somebody else holds are passed over.
func (t *tx) due(limit int) ([]DuePromise, error) {
	rows, err := t.query(`SELECT p.incident, p.n, p.act_at FROM promises p JOIN incidents i ON i.id = p.incident
		WHERE p.act_at <= $1 ORDER BY p.act_at, p.incident, p.n LIMIT $2`+t.db.dialect.skipBusyOf("i"), instant{t.now}, limit)
	due, err := collect(rows, err, scanDue)
	if err != nil {
		return nil, fmt.Errorf("find promises that are due: %w", err)
	}
	return due, nil
}

// actOneByOne acts on promises each in a transaction of its own, after a batch
// of them failed, so that only the guilty one waits.
func (db *DB) actOneByOne(ctx context.Context, limit int, cause error) (acted []DuePromise, err error) {
	rows, err := db.read.QueryContext(ctx, `SELECT incident, n, act_at FROM promises WHERE act_at <= $1
		ORDER BY act_at, incident, n LIMIT $2`, instant{db.Now()}, limit)
	due, err := collect(rows, err, scanDue)
	if err != nil {
		return nil, errors.Join(cause, err)
	}
	var errs []error
	for _, d := range due {
		err := db.aside(ctx, func(t *tx) error { return t.actOn(d) })
		if err == nil {
			acted = append(acted, d)
			continue
		}
		errs = append(errs, fmt.Errorf("promise %d of incident %d: %w", d.N, d.Incident, err))
		if err := db.putOffPromise(ctx, d); err != nil {
			return acted, errors.Join(append(errs, err)...)
		}
	}
	return acted, errors.Join(errs...)
}

func (db *DB) putOffPromise(ctx context.Context, d DuePromise) error {
	return db.aside(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE promises SET act_at = $1 WHERE incident = $2 AND n = $3`, instant{t.now.Add(time.Minute)}, d.Incident, d.N)
		return err
	})
}

func (t *tx) actOn(d DuePromise) error {
	in, err := t.incident(d.Incident)
	if err != nil {
		return err
	}
	change, err := incident.WatchPromise{N: d.N}.Decide(in, t.now)
	if err != nil {
		return err
	}
	if !change.Empty() {
		return t.save(change)
	}
	// The row asks for what the state does not: the state is the truth.
	act := time.Time{}
	if i := slices.IndexFunc(in.Promised(), func(p *incident.Promise) bool { return p.N == d.N }); i >= 0 {
		act = in.Promised()[i].ActAt()
	}
	_, err = t.exec(`UPDATE promises SET act_at = $1 WHERE incident = $2 AND n = $3`, instant{act}, d.Incident, d.N)
	return err
}

func scanDue(rows *sql.Rows) (d DuePromise, err error) {
	var at instant
	err = rows.Scan(&d.Incident, &d.N, &at)
	d.ActAt = at.Time
	return d, err
}

// NextAct returns when the watch must wake for a promise or a delivery; the
// zero time when nothing waits.
func (db *DB) NextAct(ctx context.Context) (time.Time, error) {
	var next time.Time
	for _, from := range []string{"promises WHERE act_at IS NOT NULL", "deliveries WHERE act_at IS NOT NULL AND " + notHeld} {
		var at instant
		err := db.read.QueryRowContext(ctx, `SELECT act_at FROM `+from+` ORDER BY act_at LIMIT 1`).Scan(&at)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return time.Time{}, fmt.Errorf("find when to wake: %w", err)
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at.Time
		}
	}
	return next, nil
}

// PromiseFilter narrows the ledger. Zero values do not narrow.
type PromiseFilter struct {
	Incident  int64
	Person    string
	Open      bool      // only promises without an outcome
	DueSince  time.Time // due at or after
	DueBefore time.Time // due before
	Limit     int       // at most this many; all when zero
	Latest    bool      // the latest due first
}

// LedgerLine is a promise with what the ledger shows beside it.
type LedgerLine struct {
	incident.Promise
	Title    string
	Audience incident.Audience
}

// Ledger returns promises of incidents that the reader may know of.
func (db *DB) Ledger(ctx context.Context, r Reader, f PromiseFilter) ([]LedgerLine, error) {
	where, args := f.where(r)
	order := " ORDER BY p.due_at, p.incident, p.n"
	if f.Latest {
		order = " ORDER BY p.due_at DESC, p.incident DESC, p.n DESC"
	}
	if f.Limit > 0 {
		order += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	rows, err := db.read.QueryContext(ctx, `SELECT p.promise, i.title, i.audience FROM promises p
		JOIN incidents i ON i.id = p.incident WHERE `+where+order, args...)
	lines, err := collect(rows, err, func(rows *sql.Rows) (l LedgerLine, err error) {
		var text string
		if err := rows.Scan(&text, &l.Title, &l.Audience); err != nil {
			return l, err
		}
		err = json.Unmarshal([]byte(text), &l.Promise)
		if outside(r) {
			l.By = ""
		}
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return lines, nil
}

// where is the predicate of the ledger: what the reader may know of, and the
// filter. Strangers know of promises that were made in words; the policy's own,
// before the first update, are the team's business.
func (f PromiseFilter) where(r Reader) (string, []any) {
	args := sees(r)
	where := `i.audience IN (` + marks(1, len(args)) + `)`
	if outside(r) {
		where += " AND i.published > 0 AND NOT p.by_policy"
	}
	add := func(condition string, v any) {
		args = append(args, v)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if f.Incident != 0 {
		add("p.incident = $%d", f.Incident)
	}
	if f.Person != "" {
		add("p.person = $%d", f.Person)
	}
	if f.Open {
		where += " AND p.outcome = ''"
	}
	if !f.DueSince.IsZero() {
		add("p.due_at >= $%d", instant{f.DueSince})
	}
	if !f.DueBefore.IsZero() {
		add("p.due_at < $%d", instant{f.DueBefore})
	}
	return where, args
}

// Tally counts promises of incidents that the reader may know of by what
// became of them, without reading any.
func (db *DB) Tally(ctx context.Context, r Reader, f PromiseFilter) (t incident.Tally, err error) {
	where, args := f.where(r)
	rows, err := db.read.QueryContext(ctx, `SELECT p.outcome, COUNT(*) FROM promises p
		JOIN incidents i ON i.id = p.incident WHERE `+where+` GROUP BY p.outcome`, args...)
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var outcome incident.Outcome
		var n int
		err := rows.Scan(&outcome, &n)
		switch outcome {
		case incident.Kept:
			t.Kept = n
		case incident.Late:
			t.Late = n
		case incident.Broken:
			t.Broken = n
		case incident.Moved:
			t.Moved = n
		}
		return struct{}{}, err
	})
	if err != nil {
		return incident.Tally{}, fmt.Errorf("count the ledger: %w", err)
	}
	return t, nil
}
