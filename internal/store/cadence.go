package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"amends.dev/internal/incident"
)

// Cadence says how often a team spoke while its incidents were open.
type Cadence struct {
	Incidents int          // with at least one update
	Updates   int          // published words, the last ones included
	Gaps      Distribution // between one update and the next of the same incident
	Silences  Distribution // the longest gap of each incident with two updates or more
	Named     int          // updates that named a next time
}

// Distribution describes durations.
type Distribution struct {
	N      int
	Median time.Duration
	P90    time.Duration
	Max    time.Duration
	Bins   []Bin // of rising limits; together they hold all N
}

// Bin counts the durations up to a limit and above the one before it.
type Bin struct {
	UpTo time.Duration // zero for the last: everything longer
	N    int
}

var binLimits = []time.Duration{
	10 * time.Minute, 20 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 24 * time.Hour,
}

func distribution(d []time.Duration) Distribution {
	out := Distribution{N: len(d), Bins: make([]Bin, len(binLimits)+1)}
	for i, limit := range binLimits {
		out.Bins[i].UpTo = limit
	}
	if len(d) == 0 {
		return out
	}
	slices.Sort(d)
	for _, v := range d {
		i, _ := slices.BinarySearch(binLimits, v)
		out.Bins[i].N++
	}
	out.Median, out.P90, out.Max = quantile(d, 0.5), quantile(d, 0.9), d[len(d)-1]
	return out
}

// quantile interpolates between the two nearest of sorted values.
func quantile(d []time.Duration, q float64) time.Duration {
	at := q * float64(len(d)-1)
	low := int(at)
	if low+1 >= len(d) {
		return d[len(d)-1]
	}
	return d[low] + time.Duration((at-float64(low))*float64(d[low+1]-d[low]))
}

// Cadence reads how often the incidents of a filter were spoken about. A pause
// between the last word and a reopening is not silence and is left out.
func (db *DB) Cadence(ctx context.Context, r Reader, f IncidentFilter) (Cadence, error) {
	where, args := f.where(r)
	rows, err := db.read.QueryContext(ctx, `SELECT e.incident, e.seq, e.at, e.person, e.audience, e.kind, e.fact FROM entries e
		JOIN incidents i ON i.id = e.incident WHERE e.kind = 'update' AND `+where+` ORDER BY e.incident, e.seq`, args...)
	if err != nil {
		return Cadence{}, fmt.Errorf("read updates: %w", err)
	}
	defer rows.Close()
	var out Cadence
	var gaps, silences []time.Duration
	var last incident.Entry
	var longest time.Duration
	finish := func() {
		if longest > 0 {
			silences = append(silences, longest)
		}
		longest = 0
	}
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return Cadence{}, fmt.Errorf("read updates: %w", err)
		}
		u, ok := e.Fact.(incident.Updated)
		if !ok {
			continue
		}
		out.Updates++
		if u.Next != nil {
			out.Named++
		}
		if e.Incident != last.Incident {
			finish()
			out.Incidents++
		} else if !u.Reopens {
			gap := e.At.Sub(last.At)
			gaps = append(gaps, gap)
			longest = max(longest, gap)
		}
		last = e
	}
	if err := rows.Err(); err != nil {
		return Cadence{}, fmt.Errorf("read updates: %w", err)
	}
	finish()
	out.Gaps, out.Silences = distribution(gaps), distribution(silences)
	return out, nil
}
