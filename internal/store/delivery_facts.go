package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// NoticeFacts is what a notice is about, as it is now. It is for the room that
// sends, which reads in nobody's name: who may be told what is decided there.
type NoticeFacts struct {
	Incident incident.Incident
	Entry    incident.Entry
	Services map[string]string // names by id
	Touched  []string          // every service that the incident ever affected: who heard of its start hears of its end
}

// NoticeFacts reads an entry and the incident it belongs to.
func (db *DB) NoticeFacts(ctx context.Context, id, seq int64) (f NoticeFacts, err error) {
	var state string
	err = db.read.QueryRowContext(ctx, `SELECT state FROM incidents WHERE id = $1`, id).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return f, fault.Newf(fault.Missing, "There is no incident %d. See all incidents", id)
	}
	if err != nil {
		return f, fmt.Errorf("read incident %d: %w", id, err)
	}
	if f.Incident, err = readState(state); err != nil {
		return f, err
	}
	if f.Incident, err = refold(ctx, db.read, f.Incident); err != nil {
		return f, err
	}
	rows, err := db.read.QueryContext(ctx, `SELECT incident, seq, at, person, audience, kind, fact FROM entries
		WHERE incident = $1 AND seq = $2`, id, seq)
	entries, err := collect(rows, err, scanEntry)
	if err != nil {
		return f, fmt.Errorf("read entry %d of incident %d: %w", seq, id, err)
	}
	if len(entries) == 0 {
		return f, fault.Newf(fault.Missing, "Incident %d has no entry %d. See its timeline", id, seq)
	}
	f.Entry = entries[0]
	if f.Services, err = db.serviceNames(ctx); err != nil {
		return f, err
	}
	rows, err = db.read.QueryContext(ctx, `SELECT service FROM incident_services WHERE incident = $1 ORDER BY service`, id)
	f.Touched, err = collect(rows, err, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) })
	if err != nil {
		return f, fmt.Errorf("read the services of incident %d: %w", f.Incident.ID, err)
	}
	return f, nil
}

func (db *DB) serviceNames(ctx context.Context) (map[string]string, error) {
	names := map[string]string{}
	rows, err := db.read.QueryContext(ctx, `SELECT id, name FROM services`)
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var id, name string
		err := rows.Scan(&id, &name)
		names[id] = name
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the names of services: %w", err)
	}
	return names, nil
}

// DeliveryReader is what a mail to a subscriber needs besides its address.
type DeliveryReader struct {
	Zone      string    // IANA name; UTC when empty
	Stop      string    // proves the wish to stop
	StoppedAt time.Time // zero while they want mail
}

// DeliveryReaders returns those of the subscribers that exist, by id.
func (db *DB) DeliveryReaders(ctx context.Context, ids []string) (map[string]DeliveryReader, error) {
	readers := map[string]DeliveryReader{}
	if len(ids) == 0 {
		return readers, nil
	}
	rows, err := db.read.QueryContext(ctx, `SELECT id, zone, stop, stopped_at FROM subscribers WHERE id IN (`+marks(1, len(ids))+`)`, anys(ids)...)
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var id string
		var r DeliveryReader
		var stopped instant
		err := rows.Scan(&id, &r.Zone, &r.Stop, &stopped)
		r.StoppedAt = stopped.Time
		readers[id] = r
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read subscribers: %w", err)
	}
	return readers, nil
}
