package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"amends.dev/internal/incident"
)

// cachedPolicies spares every command a question: policies change rarely.
// Other nodes' changes are seen when the copy is older than policiesKeep.
type cachedPolicies struct {
	mu     sync.Mutex
	have   incident.Policies
	readAt time.Time
}

const policiesKeep = 5 * time.Second

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (c *cachedPolicies) get(ctx context.Context, q queryer) (incident.Policies, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.have != nil && time.Since(c.readAt) < policiesKeep {
		return c.have, nil
	}
	rows, err := q.QueryContext(ctx, `SELECT severity, policy FROM policies`)
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	policies := incident.DefaultPolicies()
	_, err = collect(rows, nil, func(rows *sql.Rows) (struct{}, error) {
		var severity, text string
		if err := rows.Scan(&severity, &text); err != nil {
			return struct{}{}, err
		}
		var p incident.Policy
		err := json.Unmarshal([]byte(text), &p)
		policies[incident.Severity(severity)] = p
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	c.have, c.readAt = policies, time.Now()
	return policies, nil
}

func (c *cachedPolicies) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.have = nil
}

func (t *tx) policiesInForce() (incident.Policies, error) {
	if t.policies == nil {
		var err error
		if t.policies, err = t.db.policies.get(t.ctx, t.sql); err != nil {
			return nil, err
		}
	}
	return t.policies, nil
}

// Policies returns the policies in force: the team's, or the defaults.
func (db *DB) Policies(ctx context.Context) (incident.Policies, error) {
	return db.policies.get(ctx, db.read)
}

// SetPolicy changes the policy of a severity. Promises already made keep the
// ladder they were made with.
func (db *DB) SetPolicy(ctx context.Context, s incident.Severity, p incident.Policy) error {
	if err := p.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode policy: %w", err)
	}
	return db.alone(ctx, func(t *tx) error {
		t.after = append(t.after, db.policies.forget)
		_, err := t.exec(`INSERT INTO policies (severity, policy) VALUES ($1, $2)
			ON CONFLICT (severity) DO UPDATE SET policy = excluded.policy`, string(s), string(text))
		return err
	})
}
