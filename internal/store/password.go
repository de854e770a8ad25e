package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
)

// SetPassword gives a member a new password and ends their sessions.
func (db *DB) SetPassword(ctx context.Context, id, password string) error {
	m, err := db.Member(ctx, id)
	if err != nil {
		return err
	}
	hash, err := hashFor(password, m.Email, m.Name)
	if err != nil {
		return err
	}
	return db.alone(ctx, func(t *tx) error { return t.setPassword(id, hash) })
}

// hashFor checks and hashes a new password. It takes tens of milliseconds, so
// it is done before a transaction and never in one.
func hashFor(password string, names ...string) (string, error) {
	if err := access.CheckPassword(password, names...); err != nil {
		return "", err
	}
	return access.HashPassword(password)
}

func (t *tx) setPassword(id, hash string) error {
	return t.execAll([]statement{
		{`UPDATE members SET password = $1 WHERE id = $2`, []any{hash, id}},
		{`DELETE FROM sessions WHERE member = $1`, []any{id}},
	})
}

// CheckPassword returns the member who has this address and this password.
// Unknown addresses, wrong passwords and disabled members are refused in the
// same words after the same time.
func (db *DB) CheckPassword(ctx context.Context, email, password string) (Member, error) {
	m, err := db.MemberByEmail(ctx, email)
	if err != nil && !fault.Is(err, fault.Missing) {
		return Member{}, err
	}
	var hash string
	err = db.read.QueryRowContext(ctx, `SELECT password FROM members WHERE id = $1`, m.ID).Scan(&hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Member{}, fmt.Errorf("look up who signs in: %w", err)
	}
	if right := access.PasswordMatches(hash, password); !right || !m.Active() {
		return Member{}, fault.New(fault.Unknown, "This address and password do not belong together. Try again, or ask an admin for a reset link")
	}
	if access.NeedsRehash(hash) {
		return m, db.rehash(ctx, m.ID, hash, password)
	}
	return m, nil
}

// rehash keeps a password that has just matched at today's cost. One that new
// rules would refuse stays as it is: it still opens the door.
func (db *DB) rehash(ctx context.Context, id, old, password string) error {
	fresh, err := access.HashPassword(password)
	if fault.Is(err, fault.Invalid) {
		return nil
	}
	if err != nil {
		return err
	}
	return db.alone(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE members SET password = $1 WHERE id = $2 AND password = $3`, fresh, id, old)
		return err
	})
}
