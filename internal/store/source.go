package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
)

// Source is where alerts come from. Its key is shown once and never kept.
type Source struct {
	ID        string
	Name      string
	Kind      string          // the sender's format: "alertmanager", "pagerduty", …; package intake knows them
	Hint      string          // the last four characters of the key
	Rules     json.RawMessage // what an alert becomes; package intake reads them, nobody here does
	CreatedAt time.Time
	UsedAt    time.Time // to the minute; zero: never
	RevokedAt time.Time // zero while the key works
}

const sourceColumns = `id, name, kind, hint, rules, created_at, used_at, revoked_at`

func scanSource(rows *sql.Rows) (s Source, err error) {
	var rules string
	var created, used, revoked instant
	err = rows.Scan(&s.ID, &s.Name, &s.Kind, &s.Hint, &rules, &created, &used, &revoked)
	s.Rules = json.RawMessage(rules)
	s.CreatedAt, s.UsedAt, s.RevokedAt = created.Time, used.Time, revoked.Time
	return s, err
}

func (s *Source) check() error {
	var v fault.Checks
	s.Name = cleanName(&v, "name", s.Name, "Enter a name for the source")
	v.Need(s.Kind != "", "kind", "Choose what sends the alerts")
	if len(s.Rules) == 0 {
		s.Rules = json.RawMessage(`{}`)
	}
	v.Need(json.Valid(s.Rules) && isText(string(s.Rules)), "rules", "Enter rules as JSON")
	return v.Err()
}

// AddSource adds a source from Name, Kind and Rules, and returns it with its
// key: the only time that it is seen.
func (db *DB) AddSource(ctx context.Context, s Source) (Source, access.Secret, error) {
	if err := s.check(); err != nil {
		return Source{}, access.Secret{}, err
	}
	key := access.NewSecret(access.ForSource)
	err := db.alone(ctx, func(t *tx) error {
		s = Source{ID: newID("s"), Name: s.Name, Kind: s.Kind, Hint: key.Hint(), Rules: s.Rules, CreatedAt: t.now}
		_, err := t.exec(`INSERT INTO sources (id, name, kind, digest, hint, rules, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			s.ID, s.Name, s.Kind, key.Digest().String(), s.Hint, string(s.Rules), instant{t.now})
		return err
	})
	if err != nil {
		return Source{}, access.Secret{}, err
	}
	return s, key, nil
}

// Sources returns every source, revoked ones too, by name.
func (db *DB) Sources(ctx context.Context) ([]Source, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+sourceColumns+` FROM sources ORDER BY lower(name), id`)
	sources, err := collect(rows, err, scanSource)
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	return sources, nil
}

func noSource() error {
	return fault.New(fault.Missing, "There is no such source. See all sources under Settings, Sources")
}

// Source returns one source.
func (db *DB) Source(ctx context.Context, id string) (Source, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+sourceColumns+` FROM sources WHERE id = $1`, id)
	s, ok, err := one(rows, err, scanSource)
	switch {
	case err != nil:
		return Source{}, fmt.Errorf("read a source: %w", err)
	case !ok:
		return Source{}, noSource()
	}
	return s, nil
}

// ChangeSource replaces name, kind and rules of the source with s's id.
func (db *DB) ChangeSource(ctx context.Context, s Source) error {
	if err := s.check(); err != nil {
		return err
	}
	return db.alone(ctx, func(t *tx) error {
		return t.mustTouch(noSource, `UPDATE sources SET name = $2, kind = $3, rules = $4 WHERE id = $1`, s.ID, s.Name, s.Kind, string(s.Rules))
	})
}

// NewSourceKey replaces the key of a source, revoked or not. The old one stops
// working at once.
func (db *DB) NewSourceKey(ctx context.Context, id string) (access.Secret, error) {
	key := access.NewSecret(access.ForSource)
	err := db.alone(ctx, func(t *tx) error {
		return t.mustTouch(noSource, `UPDATE sources SET digest = $2, hint = $3, used_at = NULL, revoked_at = NULL WHERE id = $1`,
			id, key.Digest().String(), key.Hint())
	})
	if err != nil {
		return access.Secret{}, err
	}
	return key, nil
}

// RevokeSource ends the key of a source. What it told stays on the record.
func (db *DB) RevokeSource(ctx context.Context, id string) error {
	return db.alone(ctx, func(t *tx) error {
		return t.mustTouch(noSource, `UPDATE sources SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1`, id, instant{t.now})
	})
}

// SourceByKey returns the source whose key is shown.
func (db *DB) SourceByKey(ctx context.Context, key access.Secret) (Source, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+sourceColumns+` FROM sources WHERE digest = $1 AND revoked_at IS NULL`, key.Digest().String())
	s, ok, err := one(rows, err, scanSource)
	switch {
	case err != nil:
		return Source{}, fmt.Errorf("look up a source: %w", err)
	case !ok:
		return Source{}, access.Refused(access.ForSource)
	}
	db.touch(ctx, s.UsedAt, `UPDATE sources SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at < $1)`, s.ID)
	return s, nil
}
