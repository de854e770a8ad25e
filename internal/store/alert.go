package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/incident"
)

// AlertSignal is what a source said about one alert, routed by the caller.
type AlertSignal struct {
	GroupKey  string // what belongs together; one open incident at most
	AlertKey  string // the alert within its group
	Firing    bool
	GroupOver bool   // the source says that nothing in the group fires any more
	Summary   string // goes to the timeline when the group starts or stops firing
	// Declare opens the incident, when one must be opened.
	Declare incident.Declare
}

// Ingested is what a signal led to.
type Ingested struct {
	Incident int64 // 0: a group nobody has heard of is over; nothing was written
	Opened   bool  // this signal opened it
	Changed  bool  // the group began or ceased to fire with this request
}

// Ingest records what a source said. It returns after the commit, which other
// requests may share.
//
// A group opens an incident when it fires and has none that is open. While
// the incident is open, the group firing on only counts; all its alerts being
// over, and firing again, are an entry each for the team. An alert that is
// over never ends an incident: that takes a person and a last word.
func (db *DB) Ingest(ctx context.Context, source string, signals []AlertSignal) ([]Ingested, error) {
	var out []Ingested
	err := db.commit(ctx, nil, func(t *tx) (err error) {
		out, err = t.ingest(source, signals)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// alertGroup is the row of a group: open while it fires.
type alertGroup struct {
	source, key string
	incident    int64
	firing      bool
	alerts      []string // digests of the alerts that fire; see mark
	seen        int64    // how often it was said that something fires, since the incident was opened
	firstAt     time.Time
	lastAt      time.Time
	open        bool // the incident is, as far as it was read
}

// maxAlerts bounds the alerts that are remembered of a group. When more than
// that fire, the group is over only when its source says so of all of it.
const (
	maxAlerts = 500
	manyMore  = "…"
)

// mark stands for an alert's key in the group's row: short, whatever the key.
func mark(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

// hear takes in one signal.
func (g *alertGroup) hear(s AlertSignal) {
	if s.GroupOver {
		g.alerts = nil
		return
	}
	m := mark(s.AlertKey)
	i, known := slices.BinarySearch(g.alerts, m)
	switch {
	case s.Firing && !known && len(g.alerts) < maxAlerts:
		g.alerts = slices.Insert(g.alerts, i, m)
	case s.Firing && !known && g.alerts[len(g.alerts)-1] != manyMore: // it sorts after every digest
		g.alerts = append(g.alerts, manyMore)
	case !s.Firing && known:
		g.alerts = slices.Delete(g.alerts, i, i+1)
	}
	if s.Firing {
		g.seen++
	}
}

// ingest decides about everything first and stages after, so that a refusal
// leaves nothing behind.
func (t *tx) ingest(source string, signals []AlertSignal) ([]Ingested, error) {
	// Whoever opens incidents holds their counter. Taken before the groups are
	// read, it keeps two nodes from opening one for the same group.
	if _, err := t.lastNumber(); err != nil {
		return nil, err
	}
	var told []*groupNews
	index := map[string]int{}
	for _, s := range signals {
		i, ok := index[s.GroupKey]
		if !ok {
			news, err := t.groupNews(source, s.GroupKey)
			if err != nil {
				return nil, err
			}
			i, index[s.GroupKey] = len(told), len(told)
			told = append(told, news)
		}
		told[i].hear(s)
	}
	for _, news := range told {
		if !news.opens() {
			continue
		}
		in, err := t.incident(0)
		if err != nil {
			return nil, err
		}
		if _, err := news.opener.Declare.Decide(in, t.now); err != nil {
			return nil, err
		}
	}
	done := map[string]Ingested{}
	for _, news := range told {
		result, err := t.act(news)
		if err != nil {
			return nil, err
		}
		done[news.group.key] = result
	}
	out := make([]Ingested, len(signals))
	for i, s := range signals {
		out[i] = done[s.GroupKey]
		again := out[i]
		again.Opened = false // the first signal of the group opened it
		done[s.GroupKey] = again
	}
	return out, nil
}

// groupNews is what one request says about one group.
type groupNews struct {
	group   alertGroup
	known   bool  // it has a row
	fired   bool  // before this request
	seen    int64 // before this request
	opener  *AlertSignal
	summary string
}

func (n *groupNews) hear(s AlertSignal) {
	if s.Firing && n.opener == nil {
		n.opener = &s
	}
	if s.Summary != "" {
		n.summary = s.Summary
	}
	n.group.hear(s)
}

// opens reports whether the news opens an incident.
func (n *groupNews) opens() bool { return n.opener != nil && !n.group.open }

// groupNews returns a group as it stands, ready to hear what is new.
func (t *tx) groupNews(source, key string) (*groupNews, error) {
	g, known, err := t.alertGroup(source, key)
	if err != nil {
		return nil, err
	}
	if in := t.incidents[g.incident]; in != nil {
		g.open = in.Open() // as this transaction leaves it
	}
	return &groupNews{group: g, known: known, fired: g.firing, seen: g.seen}, nil
}

// act stages what the news leads to.
func (t *tx) act(n *groupNews) (Ingested, error) {
	g := n.group
	g.firing = len(g.alerts) > 0
	out := Ingested{Incident: g.incident, Changed: n.known && g.firing != n.fired}
	switch {
	case n.opens():
		// Also when the same request says that it is over again: it did fire.
		r, err := t.apply(Request{Command: n.opener.Declare})
		if err != nil {
			return out, err
		}
		g.incident, g.firstAt, g.open = r.Incident, t.now, true
		g.seen -= n.seen
		out = Ingested{Incident: r.Incident, Opened: true, Changed: true}
	case !n.known:
		return Ingested{}, nil
	case out.Changed:
		alerted := incident.RecordAlert{Source: g.source, Group: g.key, Summary: n.summary, Firing: g.firing}
		if _, err := t.apply(Request{Incident: g.incident, Command: alerted}); err != nil {
			return out, err
		}
	}
	g.lastAt = t.now
	t.groups[[2]string{g.source, g.key}] = g
	return out, nil
}

// alertGroup returns the row of a group as it stands in this transaction.
func (t *tx) alertGroup(source, key string) (alertGroup, bool, error) {
	if g, ok := t.groups[[2]string{source, key}]; ok {
		g.alerts = slices.Clone(g.alerts)
		return g, true, nil
	}
	// The incident's row is not held: an alert that comes as somebody ends the
	// incident is one that came before.
	rows, err := t.query(`SELECT g.incident, g.firing, g.alerts, g.seen, g.first_at, g.last_at, i.status <> 'resolved'
		FROM alert_groups g JOIN incidents i ON i.id = g.incident WHERE g.source = $1 AND g.group_key = $2`, source, key)
	g, known, err := one(rows, err, func(rows *sql.Rows) (g alertGroup, err error) {
		var alerts string
		var first, last instant
		err = rows.Scan(&g.incident, &g.firing, &alerts, &g.seen, &first, &last, &g.open)
		g.alerts, g.firstAt, g.lastAt = strings.Fields(alerts), first.Time, last.Time
		return g, err
	})
	if err != nil {
		return g, false, fmt.Errorf("read an alert group: %w", err)
	}
	g.source, g.key = source, key
	return g, known, nil
}

func (t *tx) flushGroups() error {
	rows := make([][]any, 0, len(t.groups))
	for _, g := range t.groups {
		rows = append(rows, []any{g.source, g.key, g.incident, g.firing, strings.Join(g.alerts, " "), g.seen, instant{g.firstAt}, instant{g.lastAt}})
	}
	return t.insertRows(`INSERT INTO alert_groups (source, group_key, incident, firing, alerts, seen, first_at, last_at)`,
		`ON CONFLICT (source, group_key) DO UPDATE SET incident = excluded.incident, firing = excluded.firing, alerts = excluded.alerts,
		seen = excluded.seen, first_at = excluded.first_at, last_at = excluded.last_at`, rows)
}

// AlertGroup is what a source said so far about a group of alerts.
type AlertGroup struct {
	Source   string // the source's id
	Key      string
	Incident int64
	Firing   bool
	Alerts   int       // how many fire; 500 stands for 500 or more
	Seen     int64     // how often the source said that it fires
	FirstAt  time.Time // when it opened the incident
	LastAt   time.Time // when the source last spoke of it
}

// AlertGroups returns the groups that opened an incident, the first first. Only
// whoever reads what the team reads gets them.
func (db *DB) AlertGroups(ctx context.Context, r Reader, id int64) ([]AlertGroup, error) {
	if !r.Sees(string(incident.Team)) {
		return nil, nil
	}
	rows, err := db.read.QueryContext(ctx, `SELECT source, group_key, incident, firing, alerts, seen, first_at, last_at
		FROM alert_groups WHERE incident = $1 ORDER BY first_at, source, group_key`, id)
	groups, err := collect(rows, err, func(rows *sql.Rows) (g AlertGroup, err error) {
		var alerts string
		var first, last instant
		err = rows.Scan(&g.Source, &g.Key, &g.Incident, &g.Firing, &alerts, &g.Seen, &first, &last)
		g.Alerts, g.FirstAt, g.LastAt = min(len(strings.Fields(alerts)), maxAlerts), first.Time, last.Time
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the alerts of incident %d: %w", id, err)
	}
	return groups, nil
}
