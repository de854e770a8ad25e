package store

import (
	"context"
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
	first, ok := t.answers[key]
	if !ok {
		var err error
		if first, ok, err = t.storedAnswer(key); err != nil || !ok {
			return Result{}, false, err
		}
	}
	if first.digest != digest {
		return Result{}, false, fault.New(fault.Conflict, "This was sent before with other words, and those stand. Look at what they led to, then send this again as a new request")
	}
	first.result.Again = true
	return first.result, true, nil
}

func (t *tx) storedAnswer(key string) (first answer, ok bool, err error) {
	rows, err := t.query(`SELECT request, answer FROM answers WHERE key = $1`, key)
	if err != nil {
		return first, false, fmt.Errorf("look up the first answer: %w", err)
	}
	var text string
	for rows.Next() {
		ok = true
		if err := rows.Scan(&first.digest, &text); err != nil {
			return first, false, fmt.Errorf("look up the first answer: %w", err)
		}
	}
	if err := rows.Err(); err != nil || !ok {
		return first, false, err
	}
	if err := json.Unmarshal([]byte(text), &first.result); err != nil {
		return first, false, fmt.Errorf("read the first answer: %w", err)
	}
	return first, true, nil
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
