package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// The delivery ledger. One row per recipient, item and channel; what happens
// to a row:
//
//	queued ──claim──▶ sending ──record──▶ sent
//	   ▲                 │  └──────────▶ retry, dead or stopped
//	   └──lease over, or retry time come (TakeDueDeliveries)
//
// A claim raises the row's epoch and sets a lease. Only the holder of the
// epoch can record what came of it, so a worker that froze and woke up after
// its lease records nothing. Rows leave the ledger never: what was sent, and
// what was not and why, stays readable.

// DeliveryState says where a delivery stands.
type DeliveryState string

// The states.
const (
	DeliveryQueued  DeliveryState = "queued"  // waits for a worker
	DeliverySending DeliveryState = "sending" // a worker holds it, until act_at
	DeliverySent    DeliveryState = "sent"    // the other end has taken it
	DeliveryRetry   DeliveryState = "retry"   // tried; the next attempt is at act_at
	DeliveryDead    DeliveryState = "dead"    // given up; replay starts it again
	DeliveryStopped DeliveryState = "stopped" // not to be sent, for the reason in Problem
)

// DeliveryLease is how long a worker holds a delivery without renewing, and
// how long a queued one waits for a worker before the watch hands it out again.
const DeliveryLease = 20 * time.Second

// Delivery is one row of the ledger.
type Delivery struct {
	ID        string // stable: the key on the wire
	Incident  int64
	Seq       int64               // the entry it is about
	Notice    incident.NoticeKind // what it tells
	Promise   int                 // the promise it is about; 0: none
	Channel   string              // the channel's id; MailChannel for mail
	Kind      string              // the channel's kind: "email", "slack", …
	Recipient string              // the id of the member, subscriber or channel
	Role      incident.Role       // why they get it; empty for a person named in the entry
	Address   string              // for mail; empty for channels, which know theirs
	State     DeliveryState
	Attempts  int
	Epoch     int64
	CreatedAt time.Time
	ActAt     time.Time // when the watch must look; zero when nothing is left to do
	SentAt    time.Time // zero until sent
	Problem   string    // what went wrong, or why it was stopped; a sentence to show
}

// MailChannel stands in Delivery.Channel for mail from the one mail server.
const MailChannel = "mail"

// DeliveryID returns the id of the delivery with the given content: the same
// for the same recipient, item and channel, on every node and every run.
func DeliveryID(d Delivery) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%d\x00%s\x00%d\x00%s\x00%s",
		d.Incident, d.Seq, d.Notice, d.Promise, d.Channel, d.Recipient))
	return "d-" + hex.EncodeToString(sum[:16])
}

const deliveryColumns = `id, incident, seq, notice, promise, channel, kind, recipient, role, address, state,
	attempts, epoch, created_at, act_at, sent_at, problem`

func scanDelivery(rows *sql.Rows) (d Delivery, err error) {
	var created, act, sent instant
	err = rows.Scan(&d.ID, &d.Incident, &d.Seq, &d.Notice, &d.Promise, &d.Channel, &d.Kind, &d.Recipient, &d.Role,
		&d.Address, &d.State, &d.Attempts, &d.Epoch, &created, &act, &sent, &d.Problem)
	d.CreatedAt, d.ActAt, d.SentAt = created.Time, act.Time, sent.Time
	return d, err
}

// DeliveryFilter narrows the list of deliveries. Zero values do not narrow.
type DeliveryFilter struct {
	Incident  int64
	Seq       int64
	Recipient string
	Channel   string
	State     DeliveryState
	Limit     int // PageSize when zero
}

// Deliveries returns rows of the ledger, the newest first.
func (db *DB) Deliveries(ctx context.Context, f DeliveryFilter) ([]Delivery, error) {
	where, args := f.where()
	if f.Limit <= 0 {
		f.Limit = PageSize
	}
	rows, err := db.read.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries WHERE `+where+
		fmt.Sprintf(` ORDER BY created_at DESC, seq DESC, id LIMIT %d`, f.Limit), args...)
	list, err := collect(rows, err, scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return list, nil
}

// DeliveriesByID returns those of the deliveries that exist, in no order.
func (db *DB) DeliveriesByID(ctx context.Context, ids []string) ([]Delivery, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := db.read.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries WHERE id IN (`+marks(1, len(ids))+`)`, anys(ids)...)
	list, err := collect(rows, err, scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	return list, nil
}

// DeadLetters returns deliveries that were given up, the newest first.
func (db *DB) DeadLetters(ctx context.Context, limit int) ([]Delivery, error) {
	return db.Deliveries(ctx, DeliveryFilter{State: DeliveryDead, Limit: limit})
}

// CountDeliveries returns how many deliveries there are in each state.
func (db *DB) CountDeliveries(ctx context.Context, f DeliveryFilter) (map[DeliveryState]int, error) {
	where, args := f.where()
	rows, err := db.read.QueryContext(ctx, `SELECT state, COUNT(*) FROM deliveries WHERE `+where+` GROUP BY state`, args...)
	counts := map[DeliveryState]int{}
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var state DeliveryState
		var n int
		err := rows.Scan(&state, &n)
		counts[state] = n
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	return counts, nil
}

func (f DeliveryFilter) where() (string, []any) {
	parts, args := []string{"1 = 1"}, []any(nil)
	add := func(column string, v any) {
		args = append(args, v)
		parts = append(parts, fmt.Sprintf("%s = $%d", column, len(args)))
	}
	if f.Incident != 0 {
		add("incident", f.Incident)
	}
	if f.Seq != 0 {
		add("seq", f.Seq)
	}
	if f.Recipient != "" {
		add("recipient", f.Recipient)
	}
	if f.Channel != "" {
		add("channel", f.Channel)
	}
	if f.State == DeliveryDead {
		parts = append(parts, "state = 'dead'") // the words of the partial index
	} else if f.State != "" {
		add("state", string(f.State))
	}
	return strings.Join(parts, " AND "), args
}

// ReplayDeliveries starts deliveries again that were given up: those with the
// ids, or all when there are none. Their 72 hours begin anew; their keys stay,
// so that a receiver who had the message after all drops the second one. It
// returns how many were started.
func (db *DB) ReplayDeliveries(ctx context.Context, ids ...string) (n int64, err error) {
	err = db.alone(ctx, func(t *tx) error {
		query := `UPDATE deliveries SET state = 'queued', attempts = 0, created_at = $1, act_at = $1, problem = ''
			WHERE state = 'dead'`
		args := []any{instant{t.now}}
		if len(ids) > 0 {
			query += ` AND id IN (` + marks(2, len(ids)) + `)`
			args = append(args, anys(ids)...)
		}
		done, err := t.exec(query, args...)
		if err != nil {
			return fmt.Errorf("replay deliveries: %w", err)
		}
		if n, err = done.RowsAffected(); err != nil {
			return fmt.Errorf("count replayed deliveries: %w", err)
		}
		if n == 0 && len(ids) > 0 {
			return fault.New(fault.Missing, "None of these deliveries was given up. List the ones that were: amends deliveries dead")
		}
		return nil
	})
	return n, err
}

// SettingHold keeps deliveries from being sent while it is not empty. A restore
// sets it; its value is when, in RFC 3339.
const SettingHold = "hold_deliveries"

// notHeld is true unless a restore keeps the record silent.
const notHeld = `NOT EXISTS (SELECT 1 FROM settings WHERE name = '` + SettingHold + `' AND value <> '')`

// DeliveriesHeld reports whether deliveries wait for ReleaseDeliveries.
func (db *DB) DeliveriesHeld(ctx context.Context) (bool, error) {
	value, err := db.Setting(ctx, SettingHold)
	return value != "", err
}

// ReleaseDeliveries lets deliveries go out again that a restore has held. With drop, the ones that
// waited are stopped instead of sent: their news is old. It returns how many
// waited.
func (db *DB) ReleaseDeliveries(ctx context.Context, drop bool) (waited int64, err error) {
	err = db.alone(ctx, func(t *tx) error {
		query := `UPDATE deliveries SET act_at = $1 WHERE state IN ('queued', 'sending')`
		args := []any{instant{t.now}}
		if drop {
			query = `UPDATE deliveries SET state = 'stopped', epoch = epoch + 1, act_at = NULL, problem = $1
				WHERE state IN ('queued', 'sending', 'retry')`
			args = []any{"It waited in a restored backup and was dropped when deliveries were released."}
		}
		done, err := t.exec(query, args...)
		if err != nil {
			return fmt.Errorf("release deliveries: %w", err)
		}
		if waited, err = done.RowsAffected(); err != nil {
			return fmt.Errorf("count released deliveries: %w", err)
		}
		return t.set(SettingHold, "")
	})
	return waited, err
}
