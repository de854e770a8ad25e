package store

import (
	"errors"
	"fmt"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/tlog"
)

// publication is a published item on its way into the log.
type publication struct {
	entry incident.Entry
	body  tlog.Body
}

// publish stages the entries that readers outside the team may read. What only
// the team reads is not in the log: a leaf would tell that it exists.
func (t *tx) publish(entries []incident.Entry) {
	for _, e := range entries {
		if body, ok := publicBody(e); ok {
			t.published = append(t.published, publication{e, body})
		}
	}
}

// publicBody returns what readers see of an entry, in the form that the log
// commits to, and whether it is a published item at all. No person is named.
func publicBody(e incident.Entry) (tlog.Body, bool) {
	if e.Audience == incident.Team {
		return nil, false
	}
	body := tlog.Body{}
	put := func(key, value string) {
		if value != "" {
			body[key] = value
		}
	}
	when := func(key string, at time.Time) {
		if !at.IsZero() {
			body[key] = at.UnixMicro()
		}
	}
	switch f := e.Fact.(type) {
	case incident.Owned:
		put("statement", f.Statement)
	case incident.Updated:
		body["n"] = int64(f.N)
		put("title", f.Title)
		put("severity", string(f.Severity))
		put("status", string(f.Status))
		put("now", f.Now)
		put("plan", f.Plan)
		put("no_time", f.NoTime)
		putList(body, "services", f.Services)
		putList(body, "works", f.Works)
		if f.Next != nil {
			when("next_at", f.Next.DueAt)
		}
		if f.Review != nil {
			when("review_at", f.Review.DueAt)
		}
		if f.Settled != nil {
			when("promised_at", f.Settled.DueAt)
			put("outcome", string(f.Settled.Outcome))
		}
	case incident.Corrected:
		body["n"] = int64(f.N)
		put("now", f.Now)
		put("plan", f.Plan)
		put("why", f.Why)
	case incident.ReviewMoved:
		put("why", f.Why)
		when("promised_at", f.Settled.DueAt)
		when("review_at", f.Review.DueAt)
	case incident.ReviewDelivered:
		put("where", f.Where)
		when("promised_at", f.Settled.DueAt)
		put("outcome", string(f.Settled.Outcome))
	default:
		return nil, false
	}
	return body, true
}

func putList(body tlog.Body, key string, values []string) {
	if len(values) > 0 {
		body[key] = values
	}
}

// flushLog appends a leaf for every published item. The head's row lock makes
// nodes publish one after the other, so it is taken last.
func (t *tx) flushLog() error {
	if len(t.published) == 0 {
		return nil
	}
	var size int64
	if err := t.row(`SELECT size FROM log_head WHERE id = 1` + t.db.dialect.forUpdate).Scan(&size); err != nil {
		return fmt.Errorf("read the head: %w", err)
	}
	fresh := map[int64]tlog.Hash{} // made in this transaction, not yet in the table
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) { return t.readHashes(fresh, indexes) })
	var items, hashes [][]any
	for _, p := range t.published {
		item, leaf, err := seal(size, p)
		if err != nil {
			return err
		}
		first, added, err := tlog.Append(size, leaf, reader)
		if err != nil {
			return err
		}
		for i, h := range added {
			fresh[first+int64(i)] = h
			hashes = append(hashes, []any{first + int64(i), h[:]})
		}
		items = append(items, item)
		size++
	}
	if err := t.insertRows(`INSERT INTO published (leaf, incident, seq, at, audience, body, salt, bytes)`, "", items); err != nil {
		return err
	}
	if err := t.insertRows(`INSERT INTO log_hashes (idx, hash)`, "", hashes); err != nil {
		return err
	}
	_, err := t.exec(`UPDATE log_head SET size = $1 WHERE id = 1`, size)
	return err
}

// seal returns the row and the leaf of a published item.
func seal(index int64, p publication) (row []any, leaf []byte, err error) {
	body, err := p.body.Bytes()
	if err != nil {
		return nil, nil, fmt.Errorf("encode a published item: %w", err)
	}
	salt := tlog.NewSalt()
	e := p.entry
	leaf, err = tlog.Leaf{
		Kind: e.Fact.FactKind(), Incident: incident.Incident{ID: e.Incident}.Name(), Seq: e.Seq,
		At: e.At.UnixMicro(), Commitment: tlog.Commit(salt, body),
	}.Bytes()
	if err != nil {
		return nil, nil, fmt.Errorf("encode a leaf: %w", err)
	}
	return []any{index, e.Incident, e.Seq, instant{e.At}, string(e.Audience), body, salt[:], leaf}, leaf, nil
}

// readHashes returns stored hashes, the ones of this transaction first.
func (t *tx) readHashes(fresh map[int64]tlog.Hash, indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	var missing []any
	at := map[int64][]int{}
	for i, index := range indexes {
		if h, ok := fresh[index]; ok {
			out[i] = h
			continue
		}
		at[index] = append(at[index], i)
		missing = append(missing, index)
	}
	if len(missing) == 0 {
		return out, nil
	}
	rows, err := t.query(`SELECT idx, hash FROM log_hashes WHERE idx IN (`+marks(1, len(missing))+`)`, missing...)
	if err != nil {
		return nil, err
	}
	found := 0
	for rows.Next() {
		var index int64
		var hash []byte
		if err := rows.Scan(&index, &hash); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		for _, i := range at[index] {
			copy(out[i][:], hash)
			fresh[index] = out[i]
			found++
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	if found < len(missing) {
		return nil, fmt.Errorf("the log has lost %d of its hashes; restore a backup", len(missing)-found)
	}
	return out, nil
}
