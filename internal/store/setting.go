package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// Names of settings. Whoever keeps one under another name adds it here.
const (
	settingTeam     = "team"
	settingZone     = "zone"
	settingBackup   = "backup"
	settingAudience = "audience"
)

// Team is what a team says about itself.
type Team struct {
	Name     string
	Zone     string            // IANA name; UTC when empty
	Backup   incident.Person   // steps in when nobody else is named; may be empty
	Audience incident.Audience // of a new incident, unless it is declared with another
}

// Location returns the team's zone.
func (s Team) Location() *time.Location {
	if at, err := time.LoadLocation(s.Zone); err == nil {
		return at // the empty name is UTC
	}
	return time.UTC
}

// Team returns the team's settings; defaults for those nobody has set.
func (db *DB) Team(ctx context.Context) (Team, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT name, value FROM settings WHERE name IN ($1, $2, $3, $4)`,
		settingTeam, settingZone, settingBackup, settingAudience)
	s := Team{Audience: incident.Public}
	_, err = collect(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var name, value string
		err := rows.Scan(&name, &value)
		switch name {
		case settingTeam:
			s.Name = value
		case settingZone:
			s.Zone = value
		case settingBackup:
			s.Backup = incident.Person(value)
		case settingAudience:
			s.Audience = incident.Audience(value)
		}
		return struct{}{}, err
	})
	if err != nil {
		return Team{}, fmt.Errorf("read the team's settings: %w", err)
	}
	return s, nil
}

// SetTeam replaces the team's settings.
func (db *DB) SetTeam(ctx context.Context, s Team) error {
	if err := s.check(); err != nil {
		return err
	}
	return db.alone(ctx, func(t *tx) error {
		if s.Backup != "" {
			m, err := t.holdMember(string(s.Backup))
			if err != nil && !fault.Is(err, fault.Missing) {
				return err
			}
			if !m.Active() {
				return fault.Bad("backup", "Choose a member who can sign in")
			}
		}
		return t.setTeam(s)
	})
}

func (s *Team) check() error {
	var v fault.Checks
	s.Name = cleanName(&v, "team", s.Name, "Enter the name that readers know the team by")
	checkZone(&v, "zone", s.Zone)
	if s.Audience == "" {
		s.Audience = incident.Public
	}
	checkAudience(&v, s.Audience)
	return v.Err()
}

func checkAudience(v *fault.Checks, a incident.Audience) {
	v.Need(slices.Contains(incident.Audiences, a), "audience", "Choose who may read it: team, stakeholders or public")
}

func (t *tx) setTeam(s Team) error {
	for name, value := range map[string]string{
		settingTeam: s.Name, settingZone: s.Zone, settingBackup: string(s.Backup), settingAudience: string(s.Audience),
	} {
		if err := t.set(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) set(name, value string) error {
	_, err := t.exec(`INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// Setting returns the value of a setting; empty when nobody has set it.
func (db *DB) Setting(ctx context.Context, name string) (value string, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the setting %s: %w", name, err)
	}
	return value, nil
}

// Set gives a setting a value; an empty one is the same as none.
func (db *DB) Set(ctx context.Context, name, value string) error {
	return db.alone(ctx, func(t *tx) error { return t.set(name, value) })
}
