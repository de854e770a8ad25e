package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"amends.dev/internal/fault"
)

// answer is the first answer to a request with a key.
type answer struct {
	digest string
	result Result
}

// firstAnswer returns the result that a key led to before, if it did.
func (t *tx) firstAnswer(key, digest string) (Result, bool, error) {
	if first, ok := t.answers[key]; ok {
		first.result.Again = true
		return first.result, true, sameRequest(first.digest, digest)
	}
	text, ok, err := storedAnswer(t.ctx, t.sql, key, digest)
	if err != nil || !ok {
		return Result{}, false, err
	}
	first := Result{Again: true}
	if err := json.Unmarshal(text, &first); err != nil {
		return Result{}, false, fmt.Errorf("read the first answer: %w", err)
	}
	return first, true, nil
}

func sameRequest(first, digest string) error {
	if first == digest {
		return nil
	}
	return fault.New(fault.Conflict, "This was sent before with other words, and those stand. Look at what they led to, then send this again as a new request")
}

func storedAnswer(ctx context.Context, q queryer, key, digest string) (text json.RawMessage, ok bool, err error) {
	type row struct{ digest, text string }
	rows, err := q.QueryContext(ctx, `SELECT request, answer FROM answers WHERE key = $1`, key)
	first, ok, err := one(rows, err, func(rows *sql.Rows) (r row, err error) { return r, rows.Scan(&r.digest, &r.text) })
	if err != nil {
		return nil, false, fmt.Errorf("look up the first answer: %w", err)
	}
	if !ok {
		return nil, false, nil
	}
	return json.RawMessage(first.text), true, sameRequest(first.digest, digest)
}

// FirstAnswer returns what a request with this key was answered with before:
// a Result when Apply answered it, else what KeepAnswer kept. Another digest
// under the same key is a conflict.
func (db *DB) FirstAnswer(ctx context.Context, key, digest string) (json.RawMessage, bool, error) {
	return storedAnswer(ctx, db.read, key, digest)
}

// KeepAnswer keeps the answer to a request that was not for Apply. The first
// one stays.
func (db *DB) KeepAnswer(ctx context.Context, key, digest string, answer json.RawMessage) error {
	return db.alone(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO answers (key, request, answer, at) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING`,
			key, digest, string(answer), instant{t.now})
		return err
	})
}

func (t *tx) flushAnswers() error {
	var rows [][]any
	for key, a := range t.answers {
		text, err := json.Marshal(a.result)
		if err != nil {
			return err
		}
		rows = append(rows, []any{key, a.digest, string(text), instant{t.now}})
	}
	if len(rows) == 0 {
		return nil
	}
	return t.insertRows(`INSERT INTO answers (key, request, answer, at)`, "", rows)
}

// ForgetAnswers drops the first answers given before an instant.
func (db *DB) ForgetAnswers(ctx context.Context, before time.Time) error {
	return db.alone(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM answers WHERE at < $1`, instant{before})
		return err
	})
}
