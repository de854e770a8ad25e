package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// Service is something that people use and that can stop working.
type Service struct {
	ID          string // short, made of the name: "card-payments"; it stays when the name changes
	Name        string
	Description string
	Group       string            // heading that it is listed under; may be empty
	Audience    incident.Audience // who may know that it exists
	Position    int               // place in the list, smaller first
	ArchivedAt  time.Time         // zero while it is in use
}

const serviceColumns = `id, name, description, grp, audience, position, archived_at`

func scanService(rows *sql.Rows) (s Service, err error) {
	var archived instant
	err = rows.Scan(&s.ID, &s.Name, &s.Description, &s.Group, &s.Audience, &s.Position, &archived)
	s.ArchivedAt = archived.Time
	return s, err
}

// Services returns the services that the reader may know of, archived ones
// too, in the order of the list.
func (db *DB) Services(ctx context.Context, r Reader) ([]Service, error) {
	args := sees(r)
	rows, err := db.read.QueryContext(ctx, `SELECT `+serviceColumns+` FROM services WHERE audience IN (`+marks(1, len(args))+`)
		ORDER BY position, lower(name), id`, args...)
	services, err := collect(rows, err, scanService)
	if err != nil {
		return nil, fmt.Errorf("list services: %w", err)
	}
	return services, nil
}

func (s *Service) check() error {
	var v fault.Checks
	s.Name = cleanName(&v, "name", s.Name, "Enter the name that the people who use it know it by")
	s.Group = cleanName(&v, "group", s.Group, "")
	s.Description = strings.TrimSpace(s.Description)
	v.Need(isText(s.Description) && len(s.Description) <= 1000, "description", "Shorten the description to 1000 characters or fewer, without characters that cannot be printed")
	if s.Audience == "" {
		s.Audience = incident.Public
	}
	checkAudience(&v, s.Audience)
	return v.Err()
}

// AddService adds a service at the end of the list. Its id is made from the
// name, unless s has one.
func (db *DB) AddService(ctx context.Context, s Service) (Service, error) {
	if err := s.check(); err != nil {
		return Service{}, err
	}
	wanted := s.ID
	if wanted != "" && wanted != slug(wanted) {
		return Service{}, fault.Bad("id", "Use small letters, digits and hyphens: card-payments")
	}
	err := db.alone(ctx, func(t *tx) (err error) {
		if s.ID, err = t.freeServiceID(wanted, s.Name); err != nil {
			return err
		}
		if err := t.row(`SELECT COALESCE(MAX(position), 0) + 1 FROM services`).Scan(&s.Position); err != nil {
			return fmt.Errorf("find the end of the list: %w", err)
		}
		s.ArchivedAt = time.Time{}
		_, err = t.exec(`INSERT INTO services (`+serviceColumns+`) VALUES (`+marks(1, 7)+`)`,
			s.ID, s.Name, s.Description, s.Group, string(s.Audience), s.Position, instant{})
		if isUnique(err) {
			return fault.New(fault.Conflict, "Another service was added at the same moment. Add this one again")
		}
		return err
	})
	if err != nil {
		return Service{}, err
	}
	return s, nil
}

// freeServiceID returns the wanted id, or one made of the name that is free.
func (t *tx) freeServiceID(wanted, name string) (string, error) {
	base := wanted
	if base == "" {
		base = slug(name)
	}
	for n := 1; n < 100; n++ {
		id := base
		if n > 1 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		var taken int
		if err := t.row(`SELECT COUNT(*) FROM services WHERE id = $1`, id).Scan(&taken); err != nil {
			return "", fmt.Errorf("look for a free id: %w", err)
		}
		if taken == 0 {
			return id, nil
		}
		if wanted != "" {
			return "", fault.Bad("id", "Another service has this id. Choose another")
		}
	}
	return newID("s"), nil
}

// slug returns a name as part of an address: small letters, digits, hyphens.
func slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // the accent of the letter before it
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "service"
}

func noService() error {
	return fault.New(fault.Missing, "There is no such service. See all services under Settings, Services")
}

// ChangeService replaces name, description, group and audience of the service
// with s's id.
func (db *DB) ChangeService(ctx context.Context, s Service) error {
	if err := s.check(); err != nil {
		return err
	}
	return db.alone(ctx, func(t *tx) error {
		return t.mustTouch(noService, `UPDATE services SET name = $2, description = $3, grp = $4, audience = $5 WHERE id = $1`,
			s.ID, s.Name, s.Description, s.Group, string(s.Audience))
	})
}

// ArchiveService takes a service out of use, or back. Incidents that name it
// keep naming it.
func (db *DB) ArchiveService(ctx context.Context, id string, archive bool) error {
	return db.alone(ctx, func(t *tx) error {
		var at instant
		if archive {
			at.Time = t.now
		}
		return t.mustTouch(noService, `UPDATE services SET archived_at = $2 WHERE id = $1`, id, at)
	})
}

// OrderServices puts the services in the order of ids; those left out follow.
func (db *DB) OrderServices(ctx context.Context, ids []string) error {
	return db.alone(ctx, func(t *tx) error {
		if _, err := t.exec(`UPDATE services SET position = position + $1`, len(ids)); err != nil {
			return err
		}
		for i, id := range ids {
			if err := t.mustTouch(noService, `UPDATE services SET position = $2 WHERE id = $1`, id, i+1); err != nil {
				return err
			}
		}
		return nil
	})
}

// ServiceState says how a service does. Nothing stores it: it follows from the
// open incidents.
type ServiceState string

// The states.
const (
	Operational ServiceState = "operational" // no open incident names it
	Degraded    ServiceState = "degraded"    // the worst that names it is SEV3 or SEV4
	Outage      ServiceState = "outage"      // one that names it is SEV1 or SEV2
)

// ServiceStates returns the state of every service that an open incident
// names, as far as the reader may know; the others are operational. Readers
// outside the team know of an incident from its first update on.
func (db *DB) ServiceStates(ctx context.Context, r Reader) (map[string]ServiceState, error) {
	where, args := IncidentFilter{Open: true, Published: !r.Sees(string(incident.Team))}.where(r)
	rows, err := db.read.QueryContext(ctx, `SELECT state FROM incidents i WHERE `+where, args...)
	open, err := collect(rows, err, scanState)
	if err != nil {
		return nil, fmt.Errorf("read what is wrong with services: %w", err)
	}
	states := map[string]ServiceState{}
	for _, in := range open {
		state := Degraded
		if slices.Index(incident.Severities, in.Severity) < 2 {
			state = Outage
		}
		for _, id := range in.Services {
			if states[id] != Outage {
				states[id] = state
			}
		}
	}
	return states, nil
}
