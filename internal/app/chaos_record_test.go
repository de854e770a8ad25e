package app_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
	"amends.dev/internal/tlog"
)

// record is everything that a database holds, read row by row, without the
// code that wrote it.
type record struct {
	states     map[int64]string
	entries    map[int64][]incident.Entry
	promises   map[promiseID]incident.Promise
	acts       map[promiseID]time.Time // when the watch must look next
	published  []item
	hashes     map[int64]tlog.Hash
	head       int64
	deliveries []store.Delivery
	answers    map[string]store.Result
	groups     map[string]alertGroup
	readers    []string          // subscribers
	channels   map[string]string // audiences by id
	jobs       map[string]int    // of the engine, by state
}

type promiseID struct {
	incident int64
	n        int
}

type item struct {
	leaf, incident, seq int64
	audience            string
	body, salt, bytes   []byte
}

type alertGroup struct {
	incident, seen int64
}

// openRaw opens a database for reading, beside whoever else has it open.
func openRaw(database string) (*sql.DB, error) {
	if store.IsPostgres(database) {
		return sql.Open("pgx", database)
	}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: database}).EscapedPath()+"?_pragma=busy_timeout(10000)&_pragma=query_only(1)")
}

// readRecord reads a database at one instant.
func readRecord(ctx context.Context, database string) (*record, error) {
	db, err := openRaw(database)
	if err != nil {
		return nil, err
	}
	options := &sql.TxOptions{ReadOnly: true}
	if store.IsPostgres(database) {
		options.Isolation = sql.LevelRepeatableRead
	}
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	r := &record{
		states: map[int64]string{}, entries: map[int64][]incident.Entry{}, promises: map[promiseID]incident.Promise{},
		acts: map[promiseID]time.Time{}, hashes: map[int64]tlog.Hash{}, answers: map[string]store.Result{},
		groups: map[string]alertGroup{}, channels: map[string]string{}, jobs: map[string]int{},
	}
	err = r.read(tx)
	return r, errors.Join(err, tx.Rollback(), db.Close())
}

func (r *record) read(tx *sql.Tx) error {
	for _, table := range []struct {
		query string
		row   func(scan func(...any) error) error
	}{
		{`SELECT id, state FROM incidents`, r.incident},
		{`SELECT incident, seq, at, person, audience, kind, fact FROM entries ORDER BY incident, seq`, r.entry},
		{`SELECT promise, act_at FROM promises`, r.promise},
		{`SELECT leaf, incident, seq, audience, body, salt, bytes FROM published ORDER BY leaf`, r.item},
		{`SELECT idx, hash FROM log_hashes`, r.hash},
		{`SELECT size FROM log_head`, func(scan func(...any) error) error { return scan(&r.head) }},
		{`SELECT id, incident, seq, notice, promise, channel, kind, recipient, state, attempts, epoch, created_at, act_at, sent_at, problem
			FROM deliveries ORDER BY created_at, id`, r.delivery},
		{`SELECT key, answer FROM answers`, r.answer},
		{`SELECT group_key, incident, seen FROM alert_groups`, r.group},
		{`SELECT id FROM subscribers`, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			r.readers = append(r.readers, id)
			return err
		}},
		{`SELECT id, audience FROM channels`, func(scan func(...any) error) error {
			var id, audience string
			err := scan(&id, &audience)
			r.channels[id] = audience
			return err
		}},
		{`SELECT CAST(state AS TEXT), COUNT(*) FROM river_job GROUP BY state`, func(scan func(...any) error) error {
			var state string
			var n int
			err := scan(&state, &n)
			r.jobs[state] = n
			return err
		}},
	} {
		if err := each(tx, table.query, table.row); err != nil {
			return fmt.Errorf("%s: %w", table.query, err)
		}
	}
	return nil
}

func each(tx *sql.Tx, query string, row func(scan func(...any) error) error) error {
	rows, err := tx.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *record) incident(scan func(...any) error) error {
	var id int64
	var state string
	err := scan(&id, &state)
	r.states[id] = state
	return err
}

func (r *record) entry(scan func(...any) error) error {
	var e incident.Entry
	var at int64
	var kind, fact string
	if err := scan(&e.Incident, &e.Seq, &at, &e.By, &e.Audience, &kind, &fact); err != nil {
		return err
	}
	e.At = micros(at)
	var err error
	e.Fact, err = incident.DecodeFact(kind, []byte(fact))
	r.entries[e.Incident] = append(r.entries[e.Incident], e)
	return err
}

func (r *record) promise(scan func(...any) error) error {
	var p incident.Promise
	var text string
	var act sql.NullInt64
	if err := scan(&text, &act); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return err
	}
	id := promiseID{p.Incident, p.N}
	r.promises[id] = p
	if act.Valid {
		r.acts[id] = micros(act.Int64)
	}
	return nil
}

func (r *record) item(scan func(...any) error) error {
	var i item
	err := scan(&i.leaf, &i.incident, &i.seq, &i.audience, &i.body, &i.salt, &i.bytes)
	r.published = append(r.published, i)
	return err
}

func (r *record) hash(scan func(...any) error) error {
	var index int64
	var data []byte
	err := scan(&index, &data)
	var h tlog.Hash
	copy(h[:], data)
	r.hashes[index] = h
	return err
}

func (r *record) delivery(scan func(...any) error) error {
	var d store.Delivery
	var created int64
	var act, sent sql.NullInt64
	err := scan(&d.ID, &d.Incident, &d.Seq, &d.Notice, &d.Promise, &d.Channel, &d.Kind, &d.Recipient, &d.State,
		&d.Attempts, &d.Epoch, &created, &act, &sent, &d.Problem)
	d.CreatedAt = micros(created)
	if act.Valid {
		d.ActAt = micros(act.Int64)
	}
	if sent.Valid {
		d.SentAt = micros(sent.Int64)
	}
	r.deliveries = append(r.deliveries, d)
	return err
}

func (r *record) answer(scan func(...any) error) error {
	var key, text string
	if err := scan(&key, &text); err != nil {
		return err
	}
	var result store.Result
	err := json.Unmarshal([]byte(text), &result)
	r.answers[key] = result
	return err
}

func (r *record) group(scan func(...any) error) error {
	var key string
	var g alertGroup
	err := scan(&key, &g.incident, &g.seen)
	r.groups[key] = g
	return err
}

func micros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// root returns the root that the stored hashes give to the first size leaves.
func (r *record) root(size int64) (tlog.Hash, error) {
	return tlog.Root(size, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			h, ok := r.hashes[index]
			if !ok {
				return nil, fmt.Errorf("hash %d is not there", index)
			}
			out[i] = h
		}
		return out, nil
	}))
}
