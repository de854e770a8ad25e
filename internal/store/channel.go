package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// Channel is a place where words go out: a chat room, a webhook, the team's
// mailing list.
type Channel struct {
	ID        string
	Name      string
	Kind      string            // "slack", "webhook", …; package notify knows them
	Options   map[string]string // as the kind wants them; may hold addresses that are secret
	Audience  incident.Audience // the widest words it gets: public gets public words only
	Events    []string          // kinds of notice that it gets; all when empty
	CreatedAt time.Time
	PausedAt  time.Time // zero while it is in use
	TestedAt  time.Time // zero: never
	TestError string    // what went wrong in the last test; empty when nothing did
}

const channelColumns = `id, name, kind, options, audience, events, created_at, paused_at, tested_at, test_error`

func scanChannel(rows *sql.Rows) (c Channel, err error) {
	var options, events string
	var created, paused, tested instant
	err = rows.Scan(&c.ID, &c.Name, &c.Kind, &options, &c.Audience, &events, &created, &paused, &tested, &c.TestError)
	if err != nil {
		return c, err
	}
	c.CreatedAt, c.PausedAt, c.TestedAt = created.Time, paused.Time, tested.Time
	c.Events = strings.Fields(events)
	return c, json.Unmarshal([]byte(options), &c.Options)
}

// Channels returns every channel, paused ones too, by name.
func (db *DB) Channels(ctx context.Context) ([]Channel, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+channelColumns+` FROM channels ORDER BY lower(name), id`)
	channels, err := collect(rows, err, scanChannel)
	if err != nil {
		return nil, fmt.Errorf("list channels: %w", err)
	}
	return channels, nil
}

// Channel returns one channel.
func (db *DB) Channel(ctx context.Context, id string) (Channel, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+channelColumns+` FROM channels WHERE id = $1`, id)
	c, ok, err := one(rows, err, scanChannel)
	switch {
	case err != nil:
		return Channel{}, fmt.Errorf("read a channel: %w", err)
	case !ok:
		return Channel{}, noChannel()
	}
	return c, nil
}

func noChannel() error {
	return fault.New(fault.Missing, "There is no such channel. See all channels under Settings, Channels")
}

// check cleans the channel and returns its options as they are kept.
func (c *Channel) check() (string, error) {
	var v fault.Checks
	c.Name = cleanName(&v, "name", c.Name, "Enter a name for the channel")
	v.Need(c.Kind != "", "kind", "Choose what kind of channel it is")
	checkAudience(&v, c.Audience)
	for _, e := range c.Events {
		v.Need(e != "" && !strings.ContainsAny(e, " \t\n"), "events", "Choose which news it gets from the list")
	}
	if err := v.Err(); err != nil {
		return "", err
	}
	if c.Options == nil {
		c.Options = map[string]string{}
	}
	options, err := json.Marshal(c.Options)
	if err != nil {
		return "", fmt.Errorf("encode the options of a channel: %w", err)
	}
	return string(options), nil
}

// AddChannel adds a channel. The id and the time are given here.
func (db *DB) AddChannel(ctx context.Context, c Channel) (Channel, error) {
	options, err := c.check()
	if err != nil {
		return Channel{}, err
	}
	err = db.alone(ctx, func(t *tx) error {
		c.ID, c.CreatedAt, c.PausedAt, c.TestedAt, c.TestError = newID("c"), t.now, time.Time{}, time.Time{}, ""
		_, err := t.exec(`INSERT INTO channels (id, name, kind, options, audience, events, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			c.ID, c.Name, c.Kind, options, string(c.Audience), strings.Join(c.Events, " "), instant{t.now})
		return err
	})
	if err != nil {
		return Channel{}, err
	}
	return c, nil
}

// ChangeChannel replaces name, options, audience and events of the channel
// with c's id. What was tested before has to be tested again.
func (db *DB) ChangeChannel(ctx context.Context, c Channel) error {
	options, err := c.check()
	if err != nil {
		return err
	}
	return db.changeChannel(ctx, `UPDATE channels SET name = $2, options = $3, audience = $4, events = $5, tested_at = NULL, test_error = '' WHERE id = $1`,
		c.ID, c.Name, options, string(c.Audience), strings.Join(c.Events, " "))
}

// PauseChannel takes a channel out of use, or back into use.
func (db *DB) PauseChannel(ctx context.Context, id string, pause bool) error {
	var at instant
	if pause {
		at.Time = db.Now()
	}
	return db.changeChannel(ctx, `UPDATE channels SET paused_at = $2 WHERE id = $1`, id, at)
}

// RecordChannelTest keeps how a test of the channel ended; an empty problem is
// a test that worked.
func (db *DB) RecordChannelTest(ctx context.Context, id, problem string) error {
	return db.changeChannel(ctx, `UPDATE channels SET tested_at = $2, test_error = $3 WHERE id = $1`, id, instant{db.Now()}, shorten(problem, 500))
}

// RemoveChannel removes a channel. What it was sent stays in the ledger of
// deliveries.
func (db *DB) RemoveChannel(ctx context.Context, id string) error {
	return db.changeChannel(ctx, `DELETE FROM channels WHERE id = $1`, id)
}

// changeChannel runs a statement on one channel, which must exist.
func (db *DB) changeChannel(ctx context.Context, text string, args ...any) error {
	return db.alone(ctx, func(t *tx) error { return t.mustTouch(noChannel, text, args...) })
}

// mustTouch runs a statement that finds its row, or returns the error for
// there being none.
func (t *tx) mustTouch(missing func() error, text string, args ...any) error {
	done, err := t.exec(text, args...)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return missing()
	}
	return err
}
