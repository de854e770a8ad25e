package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"amends.dev/internal/incident"
)

const insertDelivery = `INSERT INTO deliveries (` + deliveryColumns + `)`

// AddDeliveries writes a page of a fan-out: the rows, and the jobs that send
// them and go on with the next page, all or none. Rows that exist already are
// left alone; when all of them do, this page was written before, jobs and all,
// and nothing is written twice. It returns how many rows are new.
func (db *DB) AddDeliveries(ctx context.Context, rows []Delivery, jobs []Job) (added int, err error) {
	err = db.commit(ctx, nil, func(t *tx) error {
		added = 0
		values := make([][]any, len(rows))
		for i, d := range rows {
			act := instant{}
			if d.State == DeliveryQueued {
				act = instant{t.now.Add(DeliveryLease)}
			}
			values[i] = []any{d.ID, d.Incident, d.Seq, string(d.Notice), d.Promise, d.Channel, d.Kind, d.Recipient,
				string(d.Role), d.Address, string(d.State), 0, 0, instant{t.now}, act, instant{}, d.Problem}
		}
		for part := range slices.Chunk(values, 100) {
			done, err := t.exec(t.db.dialect.insertText(insertDelivery, `ON CONFLICT (id) DO NOTHING`, len(part), len(part[0])), slices.Concat(part...)...)
			if err != nil {
				return fmt.Errorf("write deliveries: %w", err)
			}
			n, err := done.RowsAffected()
			if err != nil {
				return fmt.Errorf("count new deliveries: %w", err)
			}
			added += int(n)
		}
		if added > 0 || len(rows) == 0 {
			t.jobs = append(t.jobs, jobs...)
		}
		return nil
	})
	return added, err
}

// ClaimDeliveries gives the caller those of the deliveries that wait for a
// worker, in the order of their entries, and holds them for DeliveryLease.
// Nobody else can take or record them until the lease is over. It gives none
// while deliveries are held.
//
// Published words reach a recipient in order. A delivery that another one of
// the same incident must precede is put off for a second, unless the two are
// claimed together: whoever claims several sends them one after the other. One
// that a newer update has overtaken, because it failed at least once or because
// the newer one is on its way already, is stopped: the latest update is the
// state. Signed webhooks are the exception: their receivers count on every
// event, and each event carries its number.
func (db *DB) ClaimDeliveries(ctx context.Context, ids []string) (claimed []Delivery, err error) {
	err = db.commit(ctx, nil, func(t *tx) error {
		claimed, err = t.claim(ids)
		return err
	})
	return claimed, err
}

func (t *tx) claim(ids []string) ([]Delivery, error) {
	rows, err := t.query(`SELECT `+deliveryColumns+` FROM deliveries WHERE state = 'queued' AND id IN (`+marks(1, len(ids))+
		`) AND `+notHeld+` ORDER BY seq, id`+t.db.dialect.skipBusy, anys(ids)...)
	waiting, err := collect(rows, err, scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	if len(waiting) == 0 {
		return nil, nil
	}
	overtaken, early, err := t.order(waiting)
	if err != nil {
		return nil, err
	}
	if err := t.stopOvertaken(overtaken); err != nil {
		return nil, err
	}
	if err := t.putOff(early); err != nil {
		return nil, err
	}
	waiting = slices.DeleteFunc(waiting, func(d Delivery) bool {
		return slices.Contains(overtaken, d.ID) || slices.Contains(early, d.ID)
	})
	if len(waiting) == 0 {
		return nil, nil
	}
	lease := t.now.Add(DeliveryLease)
	mine := make([]string, len(waiting))
	for i := range waiting {
		d := &waiting[i]
		mine[i] = d.ID
		d.State, d.ActAt = DeliverySending, lease
		d.Epoch++
		d.Attempts++
	}
	_, err = t.exec(`UPDATE deliveries SET state = 'sending', epoch = epoch + 1, attempts = attempts + 1, act_at = $1
		WHERE id IN (`+marks(2, len(mine))+`)`, append([]any{instant{lease}}, anys(mine)...)...)
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return waiting, nil
}

func (t *tx) stopOvertaken(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := t.exec(`UPDATE deliveries SET state = 'stopped', act_at = NULL, problem = $1 WHERE id IN (`+marks(2, len(ids))+`)`,
		append([]any{"A newer update went to this recipient instead."}, anys(ids)...)...)
	return err
}

func (t *tx) putOff(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := t.exec(`UPDATE deliveries SET act_at = $1 WHERE id IN (`+marks(2, len(ids))+`)`,
		append([]any{instant{t.now.Add(time.Second)}}, anys(ids)...)...)
	return err
}

// inOrder reports whether a delivery takes part in the order of published words.
func (d Delivery) inOrder() bool {
	return (d.Notice == incident.NoticeUpdate || d.Notice == incident.NoticeCorrection) && d.Kind != "webhook"
}

// order finds those of the deliveries that a newer one has overtaken, and
// those that an older one must precede.
func (t *tx) order(waiting []Delivery) (overtaken, early []string, err error) {
	var whose []any
	for _, d := range waiting {
		if d.inOrder() {
			whose = append(whose, d.Recipient, d.Incident)
		}
	}
	if len(whose) == 0 {
		return nil, nil, nil
	}
	// A join, not two lists: each pair is looked up in the index by itself.
	rows, err := t.query(`SELECT d.id, d.incident, d.seq, d.channel, d.recipient, d.state, d.attempts
		FROM (VALUES `+typedRowsFrom(1, len(whose)/2, "TEXT", "BIGINT")+`) AS v
		JOIN deliveries d ON d.recipient = v.column1 AND d.incident = v.column2
		WHERE d.notice IN ('update', 'correction') AND (d.state IN ('queued', 'sending', 'retry', 'sent') OR d.state = 'stopped' AND d.attempts > 0)`, whose...)
	all, err := collect(rows, err, func(rows *sql.Rows) (d Delivery, err error) {
		return d, rows.Scan(&d.ID, &d.Incident, &d.Seq, &d.Channel, &d.Recipient, &d.State, &d.Attempts)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("find what went before: %w", err)
	}
	company := map[string]bool{}
	for _, d := range waiting {
		company[d.ID] = true
	}
	siblings := map[string][]Delivery{}
	for _, d := range all {
		siblings[d.lane()] = append(siblings[d.lane()], d)
	}
	for _, d := range waiting {
		if !d.inOrder() {
			continue
		}
		switch past, first := d.among(siblings[d.lane()], company); {
		case past:
			overtaken = append(overtaken, d.ID)
		case first:
			early = append(early, d.ID)
		}
	}
	return overtaken, early, nil
}

// lane names what is kept in order: one recipient's view of one incident.
func (d Delivery) lane() string {
	return fmt.Sprint(d.Incident, "\x00", d.Channel, "\x00", d.Recipient)
}

// among reports whether a newer sibling has overtaken d, and whether an older
// one must go first that is not claimed in its company. One in company that
// must wait itself waits for the same sibling, so d does too.
func (d Delivery) among(siblings []Delivery, company map[string]bool) (overtaken, early bool) {
	for _, s := range siblings {
		// One that was tried may have arrived, though its worker died before it
		// could say so.
		onTheWay := s.State == DeliverySent || s.State == DeliverySending || s.Attempts > 0
		switch {
		case s.Seq > d.Seq && (onTheWay || d.Attempts > 0):
			overtaken = true
		case s.Seq < d.Seq && (s.State == DeliverySending || s.State == DeliveryQueued && s.Attempts == 0 && !company[s.ID]):
			early = true
		}
	}
	return overtaken, early
}

// Outcome is what came of one delivery that the caller holds.
type Outcome struct {
	ID      string
	Epoch   int64         // as claimed
	State   DeliveryState // sent, retry, dead, stopped, or queued to give it back unsent
	ActAt   time.Time     // for retry: when to try again; for queued: now when zero
	SentAt  time.Time     // for sent
	Problem string
}

// RecordDeliveries writes what came of deliveries. One whose lease went to
// somebody else is passed over. It returns how many were recorded.
func (db *DB) RecordDeliveries(ctx context.Context, outcomes []Outcome) (recorded int, err error) {
	err = db.commit(ctx, nil, func(t *tx) error {
		recorded = 0
		for part := range slices.Chunk(outcomes, 100) {
			args := make([]any, 0, 6*len(part))
			for _, o := range part {
				if o.State == DeliveryQueued && o.ActAt.IsZero() {
					o.ActAt = t.now
				}
				args = append(args, o.ID, o.Epoch, string(o.State), instant{o.ActAt}, instant{o.SentAt}, o.Problem)
			}
			done, err := t.exec(`UPDATE deliveries SET state = v.column3, act_at = v.column4, sent_at = v.column5, problem = v.column6
				FROM (VALUES `+typedRows(len(part), "TEXT", "BIGINT", "TEXT", "BIGINT", "BIGINT", "TEXT")+`) AS v
				WHERE deliveries.id = v.column1 AND deliveries.epoch = v.column2 AND deliveries.state = 'sending'`, args...)
			if err != nil {
				return fmt.Errorf("record deliveries: %w", err)
			}
			n, err := done.RowsAffected()
			if err != nil {
				return fmt.Errorf("count recorded deliveries: %w", err)
			}
			recorded += int(n)
		}
		return nil
	})
	return recorded, err
}

// RenewDeliveries extends the lease of deliveries that the caller holds, and
// returns when it ends and the ids that are still the caller's.
func (db *DB) RenewDeliveries(ctx context.Context, held []Delivery) (until time.Time, mine map[string]bool, err error) {
	err = db.commit(ctx, nil, func(t *tx) error {
		until, mine = t.now.Add(DeliveryLease), map[string]bool{}
		args := []any{instant{until}}
		for _, d := range held {
			args = append(args, d.ID, d.Epoch)
		}
		t.dirty = true
		rows, err := t.query(`UPDATE deliveries SET act_at = $1 FROM (VALUES `+typedRowsFrom(2, len(held), "TEXT", "BIGINT")+`) AS v
			WHERE deliveries.id = v.column1 AND deliveries.epoch = v.column2 AND deliveries.state = 'sending' RETURNING id`, args...)
		ids, err := collect(rows, err, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) })
		if err != nil {
			return fmt.Errorf("renew leases: %w", err)
		}
		for _, id := range ids {
			mine[id] = true
		}
		return nil
	})
	return until, mine, err
}

// TakeDueDeliveries hands out deliveries whose time has come: retries, and
// those that nobody took or whose holder's lease is over. It writes a job of
// the kind for every chunk of ids, in the same transaction. A holder that
// still lives has lost them: the claim that follows raises the epoch. It
// returns how many there were, and whether more wait.
func (db *DB) TakeDueDeliveries(ctx context.Context, limit int, job func(ids []string) (Job, error)) (taken int, more bool, err error) {
	err = db.alone(ctx, func(t *tx) error {
		rows, err := t.query(`SELECT id FROM deliveries WHERE act_at <= $1 AND `+notHeld+
			` ORDER BY act_at, seq, id LIMIT $2`+t.db.dialect.skipBusy, instant{t.now}, limit)
		ids, err := collect(rows, err, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) })
		if err != nil {
			return fmt.Errorf("find deliveries that are due: %w", err)
		}
		taken, more = len(ids), len(ids) == limit
		for part := range slices.Chunk(ids, MaxClaim) {
			_, err := t.exec(`UPDATE deliveries SET state = 'queued', act_at = $1 WHERE id IN (`+marks(2, len(part))+`)`,
				append([]any{instant{t.now.Add(DeliveryLease)}}, anys(part)...)...)
			if err != nil {
				return fmt.Errorf("hand out deliveries: %w", err)
			}
			j, err := job(part)
			if err != nil {
				return err
			}
			t.jobs = append(t.jobs, j)
		}
		return nil
	})
	return taken, more, err
}

// MaxClaim is how many deliveries one job names at most.
const MaxClaim = 100

// typedRows returns rows of placeholders for VALUES, with the types that
// PostgreSQL cannot guess there.
func typedRows(rows int, types ...string) string { return typedRowsFrom(1, rows, types...) }

func typedRowsFrom(from, rows int, types ...string) string {
	var b []byte
	for i := range rows {
		for j, kind := range types {
			lead := ", "
			if j == 0 {
				lead = "), ("
				if i == 0 {
					lead = "("
				}
			}
			b = fmt.Appendf(b, "%sCAST($%d AS %s)", lead, from+i*len(types)+j, kind)
		}
	}
	return string(append(b, ')'))
}
