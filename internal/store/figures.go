package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"amends.dev/internal/incident"
)

// Figures are counts of the record for whoever watches this server. They name
// nobody and quote nothing.
type Figures struct {
	Open       map[incident.Severity]int // incidents that are not over
	Waiting    int                       // promises whose minute is still to come, or is now
	Late       int                       // promises whose minute is over, without a word
	Settled    map[incident.Outcome]int  // promises by how they ended
	Deliveries map[DeliveryState]int
}

// Figures counts. It reads every promise and delivery: ask now and then, not
// with every request.
func (db *DB) Figures(ctx context.Context) (Figures, error) {
	f := Figures{Open: map[incident.Severity]int{}, Settled: map[incident.Outcome]int{}}
	err := db.tally(ctx, func(name string, n int) { f.Open[incident.Severity(name)] = n },
		`SELECT severity, COUNT(*) FROM incidents WHERE status <> 'resolved' GROUP BY severity`)
	if err != nil {
		return f, fmt.Errorf("count open incidents: %w", err)
	}
	err = db.tally(ctx, func(name string, n int) {
		if name == "" {
			f.Waiting = n
			return
		}
		f.Settled[incident.Outcome(name)] = n
	}, `SELECT outcome, COUNT(*) FROM promises GROUP BY outcome`)
	if err != nil {
		return f, fmt.Errorf("count promises: %w", err)
	}
	// A promise is late when its minute is over.
	err = db.tally(ctx, func(_ string, n int) { f.Late, f.Waiting = n, f.Waiting-n },
		`SELECT 'late', COUNT(*) FROM promises WHERE act_at IS NOT NULL AND outcome = '' AND due_at < $1`, instant{db.Now().Truncate(time.Minute)})
	if err != nil {
		return f, fmt.Errorf("count late promises: %w", err)
	}
	f.Deliveries, err = db.CountDeliveries(ctx, DeliveryFilter{})
	return f, err
}

// tally hands each row of names and counts to a func.
func (db *DB) tally(ctx context.Context, each func(name string, n int), query string, args ...any) error {
	rows, err := db.read.QueryContext(ctx, query, args...)
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var name string
		var n int
		err := rows.Scan(&name, &n)
		if err == nil {
			each(name, n)
		}
		return struct{}{}, err
	})
	return err
}
