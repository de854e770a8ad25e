package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"amends.dev/internal/incident"
)

// IncidentFilter narrows a list of incidents. Zero values do not narrow.
type IncidentFilter struct {
	Open      bool
	Over      bool
	Published bool // at least one update is out: what readers outside the team see
	Severity  string
	Owner     string
	Service   string
	Since     time.Time // declared at or after
	Until     time.Time // declared before
	Text      string    // in the title
	Before    int64     // incidents with a smaller number: the page after that one
	Limit     int       // 50 when zero
}

// PageSize is how many rows a list has when nobody asks for another number.
const PageSize = 50

// Incidents returns the incidents that the reader may know of, the newest
// first.
func (db *DB) Incidents(ctx context.Context, r Reader, f IncidentFilter) ([]incident.Incident, error) {
	where, args := f.where(r)
	limit := f.Limit
	if limit <= 0 {
		limit = PageSize
	}
	rows, err := db.read.QueryContext(ctx, `SELECT state FROM incidents i WHERE `+where+
		fmt.Sprintf(` ORDER BY id DESC LIMIT %d`, limit), args...)
	list, err := collect(rows, err, scanState)
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	if err := refoldAll(ctx, db.read, list); err != nil {
		return nil, err
	}
	policies, err := db.Policies(ctx)
	for i := range list {
		list[i].Policies = policies
		list[i] = list[i].For(r.Sees)
	}
	return list, err
}

// CountIncidents returns how many incidents a filter lets through.
func (db *DB) CountIncidents(ctx context.Context, r Reader, f IncidentFilter) (n int, err error) {
	where, args := f.where(r)
	if err := db.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM incidents i WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count incidents: %w", err)
	}
	return n, nil
}

// where is the one predicate of visibility for lists, and the filter.
func (f IncidentFilter) where(r Reader) (string, []any) {
	args := sees(r)
	parts := []string{`i.audience IN (` + marks(1, len(args)) + `)`}
	add := func(condition string, v any) {
		args = append(args, v)
		parts = append(parts, fmt.Sprintf(condition, len(args)))
	}
	if f.Open {
		parts = append(parts, `i.status <> 'resolved'`)
	}
	if f.Over {
		parts = append(parts, `i.status = 'resolved'`)
	}
	if f.Published || outside(r) {
		parts = append(parts, `i.published > 0`)
	}
	if f.Severity != "" {
		add(`i.severity = $%d`, f.Severity)
	}
	if f.Owner != "" {
		add(`i.owner = $%d`, f.Owner)
	}
	if f.Service != "" {
		add(`EXISTS (SELECT 1 FROM incident_services s WHERE s.incident = i.id AND s.service = $%d)`, f.Service)
	}
	if !f.Since.IsZero() {
		add(`i.declared_at >= $%d`, instant{f.Since})
	}
	if !f.Until.IsZero() {
		add(`i.declared_at < $%d`, instant{f.Until})
	}
	if f.Text != "" {
		add(`lower(i.title) LIKE lower($%d) ESCAPE '\'`, `%`+likeText.Replace(f.Text)+`%`)
	}
	if f.Before > 0 {
		add(`i.id < $%d`, f.Before)
	}
	return strings.Join(parts, " AND "), args
}

// likeText makes a text match itself inside LIKE.
var likeText = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// LastChange returns an instant that moves whenever an incident changes: what
// a cache of the public page is keyed by.
func (db *DB) LastChange(ctx context.Context) (time.Time, error) {
	var at instant
	err := db.read.QueryRowContext(ctx, `SELECT MAX(updated_at) FROM incidents`).Scan(&at)
	if err != nil && err != sql.ErrNoRows {
		return time.Time{}, fmt.Errorf("read the last change: %w", err)
	}
	return at.Time, nil
}
