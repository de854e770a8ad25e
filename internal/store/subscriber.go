package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// Subscriber is a reader who asked to be told.
type Subscriber struct {
	ID       string
	Kind     string            // "email", or the kind of a channel
	Address  string            // no two subscribers share kind and address
	Audience incident.Audience // public gets public words; stakeholders gets those for stakeholders too
	Services []string          // ids; every service when empty
	Zone     string            // IANA name; the team's when empty
	// Stop ends this one subscription and opens nothing else. It stands in
	// every message to the address, so it is kept readable beside it.
	Stop      string
	CreatedAt time.Time // when the reader confirmed
	StoppedAt time.Time // zero while the reader wants to be told
}

const subscriberColumns = `id, kind, address, audience, services, zone, stop, created_at, stopped_at`

func scanSubscriber(rows *sql.Rows) (s Subscriber, err error) {
	var services string
	var created, stopped instant
	err = rows.Scan(&s.ID, &s.Kind, &s.Address, &s.Audience, &services, &s.Zone, &s.Stop, &created, &stopped)
	s.Services = strings.Fields(services)
	s.CreatedAt, s.StoppedAt = created.Time, stopped.Time
	return s, err
}

// spaced returns ids in the form that a question for one of them finds.
func spaced(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return " " + strings.Join(slices.Compact(ids), " ") + " "
}

func (s *Subscriber) check(v *fault.Checks) {
	s.Kind = or(s.Kind, "email")
	s.Audience = or(s.Audience, incident.Public)
	if s.Kind == "email" {
		s.Address = foldEmail(s.Address)
		checkEmail(v, "address", s.Address)
	}
	v.Need(s.Address != "" && isText(s.Address) && len(s.Address) <= 2000, "address", "Enter an address")
	checkAudience(v, s.Audience)
	checkZone(v, "zone", s.Zone)
	for _, id := range s.Services {
		v.Need(id != "" && !strings.ContainsAny(id, " \t\n"), "services", "Choose services from the list")
	}
}

func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

const onSubscriber = `ON CONFLICT (kind, address) DO UPDATE SET services = excluded.services, zone = excluded.zone,
	audience = CASE WHEN subscribers.stopped_at IS NULL AND subscribers.audience <> 'public' THEN subscribers.audience ELSE excluded.audience END,
	created_at = CASE WHEN subscribers.stopped_at IS NULL THEN subscribers.created_at ELSE excluded.created_at END,
	stopped_at = NULL`

// AddSubscribers adds readers who have confirmed that they want to be told.
// An address that is there already gets the new services and zone; one that
// had stopped starts again. Adding never narrows what an address may read. It
// returns how many addresses were in the list, each counted once.
func (db *DB) AddSubscribers(ctx context.Context, list []Subscriber) (int, error) {
	var v fault.Checks
	rows := make([][]any, 0, len(list))
	seen := map[[2]string]bool{}
	for _, s := range list {
		s.check(&v)
		if err := v.Err(); err != nil {
			return 0, err
		}
		if key := [2]string{s.Kind, s.Address}; !seen[key] {
			seen[key] = true
			stop := access.NewSecret(access.ForStop).Reveal()
			rows = append(rows, []any{newID("r"), s.Kind, s.Address, string(s.Audience), spaced(s.Services), s.Zone, stop, instant{}})
		}
	}
	for part := range slices.Chunk(rows, 5000) { // each well within the time that a commit may take
		err := db.alone(ctx, func(t *tx) error {
			for _, row := range part {
				row[len(row)-1] = instant{t.now}
			}
			return t.insertRows(`INSERT INTO subscribers (id, kind, address, audience, services, zone, stop, created_at)`, onSubscriber, part)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// SubscriberByStop returns whom a stop link is for. Looking stops nothing.
func (db *DB) SubscriberByStop(ctx context.Context, secret access.Secret) (Subscriber, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+subscriberColumns+` FROM subscribers WHERE stop = $1`, secret.Reveal())
	s, ok, err := one(rows, err, scanSubscriber)
	switch {
	case err != nil:
		return Subscriber{}, fmt.Errorf("look up a stop link: %w", err)
	case !ok:
		return Subscriber{}, access.Refused(access.ForStop)
	}
	return s, nil
}

// StopSubscription ends the subscription that a stop link is for. Stopping
// twice is no error.
func (db *DB) StopSubscription(ctx context.Context, secret access.Secret) error {
	return db.alone(ctx, func(t *tx) error {
		return t.mustTouch(func() error { return access.Refused(access.ForStop) },
			`UPDATE subscribers SET stopped_at = COALESCE(stopped_at, $2) WHERE stop = $1`, secret.Reveal(), instant{t.now})
	})
}

// RemoveSubscriber forgets a reader, address and all.
func (db *DB) RemoveSubscriber(ctx context.Context, id string) error {
	return db.alone(ctx, func(t *tx) error {
		return t.mustTouch(func() error {
			return fault.New(fault.Missing, "There is no such subscriber. Load the list again")
		}, `DELETE FROM subscribers WHERE id = $1`, id)
	})
}

// CountSubscribers returns how many readers want to be told.
func (db *DB) CountSubscribers(ctx context.Context) (n int, err error) {
	if err := db.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM subscribers WHERE stopped_at IS NULL`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count subscribers: %w", err)
	}
	return n, nil
}

// Subscribers returns a page of readers who want to be told, the one after the
// subscriber whose id is after; the first page when it is empty.
func (db *DB) Subscribers(ctx context.Context, after string, limit int) ([]Subscriber, error) {
	return db.subscribers(ctx, `stopped_at IS NULL`, nil, after, limit)
}

// SubscribersFor returns a page of the readers to be told of words for an
// audience about services: those who had confirmed at asOf and have not
// stopped. Words about no service go to readers of every service only. Pages
// follow each other by id: after is the last one of the page before. A page
// shorter than limit is the last.
func (db *DB) SubscribersFor(ctx context.Context, audience incident.Audience, services []string, asOf time.Time, after string, limit int) ([]Subscriber, error) {
	args := []any{instant{asOf}}
	where := `stopped_at IS NULL AND created_at <= $1`
	wide := slices.Index(incident.Audiences, audience)
	if wide < 0 {
		return nil, fmt.Errorf("subscribers for the audience %q, which is none", audience)
	}
	for _, a := range incident.Audiences[:wide+1] {
		args = append(args, string(a))
	}
	where += ` AND audience IN (` + marks(2, wide+1) + `)`
	where += ` AND (services = ''`
	for _, id := range services {
		args = append(args, `% `+likeText.Replace(id)+` %`)
		where += fmt.Sprintf(` OR services LIKE $%d ESCAPE '\'`, len(args))
	}
	return db.subscribers(ctx, where+`)`, args, after, limit)
}

func (db *DB) subscribers(ctx context.Context, where string, args []any, after string, limit int) ([]Subscriber, error) {
	args = append(args, after, limit)
	rows, err := db.read.QueryContext(ctx, `SELECT `+subscriberColumns+` FROM subscribers WHERE `+where+
		fmt.Sprintf(` AND id > $%d ORDER BY id LIMIT $%d`, len(args)-1, len(args)), args...)
	page, err := collect(rows, err, scanSubscriber)
	if err != nil {
		return nil, fmt.Errorf("read subscribers: %w", err)
	}
	return page, nil
}
