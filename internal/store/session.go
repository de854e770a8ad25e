package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"amends.dev/internal/access"
)

// touchEvery is how often the last use of a session, token or key is written.
const touchEvery = time.Minute

// StartSession signs a member in and returns the secret for the cookie. Device
// is how the browser names itself, shown to the member.
func (db *DB) StartSession(ctx context.Context, member, device string) (access.Secret, error) {
	secret := access.NewSecret(access.ForSession)
	device = shorten(device, 200)
	err := db.alone(ctx, func(t *tx) error {
		m, err := t.holdMember(member)
		if err != nil {
			return err
		}
		if !m.Active() {
			return access.Refused(access.ForSession)
		}
		_, err = t.exec(`INSERT INTO sessions (digest, member, began_at, used_at, device) VALUES ($1, $2, $3, $3, $4)`,
			secret.Digest().String(), member, instant{t.now}, device)
		return err
	})
	if err != nil {
		return access.Secret{}, err
	}
	return secret, nil
}

// shorten returns text of at most limit characters that both databases keep.
func shorten(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if r := []rune(text); len(r) > limit {
		return string(r[:limit])
	}
	return text
}

// session is what a cookie proves.
type session struct {
	who         access.Who
	began, used time.Time
}

// Session returns who shows the secret of a session. Nothing is remembered
// between calls: a session that was ended, or whose member was disabled, is
// refused from the next request on, at every node.
func (db *DB) Session(ctx context.Context, secret access.Secret) (access.Who, error) {
	digest := secret.Digest().String()
	rows, err := db.read.QueryContext(ctx, `SELECT m.id, m.name, m.role, s.began_at, s.used_at FROM sessions s
		JOIN members m ON m.id = s.member WHERE s.digest = $1 AND m.disabled_at IS NULL`, digest)
	s, ok, err := one(rows, err, scanSession)
	switch {
	case err != nil:
		return access.Who{}, fmt.Errorf("look up a session: %w", err)
	case !ok || access.SessionEnded(s.began, s.used, db.Now()):
		return access.Who{}, access.Refused(access.ForSession)
	}
	db.touch(ctx, s.used, `UPDATE sessions SET used_at = $1 WHERE digest = $2 AND used_at < $1`, digest)
	return s.who, nil
}

func scanSession(rows *sql.Rows) (s session, err error) {
	var role string
	var began, used instant
	if err := rows.Scan(&s.who.MemberID, &s.who.Name, &role, &began, &used); err != nil {
		return s, err
	}
	s.who.Kind, s.began, s.used = access.Member, began.Time, used.Time
	s.who.Role, err = access.ParseRole(role)
	return s, err
}

// touch writes when something was last used, at most once a minute. Its error
// is dropped with intent: a record that cannot be written, because the disk is
// full, can still be read, and whoever writes next will hear of it.
func (db *DB) touch(ctx context.Context, used time.Time, update, key string) {
	if db.Now().Sub(used) < touchEvery {
		return
	}
	_ = db.commit(ctx, nil, func(t *tx) error {
		_, err := t.exec(update, instant{t.now}, key)
		return err
	})
}

// EndSession signs out. A session that is over already is no error.
func (db *DB) EndSession(ctx context.Context, secret access.Secret) error {
	return db.alone(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM sessions WHERE digest = $1`, secret.Digest().String())
		return err
	})
}

// EndSessions signs a member out everywhere.
func (db *DB) EndSessions(ctx context.Context, member string) error {
	return db.alone(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM sessions WHERE member = $1`, member)
		return err
	})
}

// ForgetSessions drops the sessions that are over and the one-time links that
// opened or expired.
func (db *DB) ForgetSessions(ctx context.Context) error {
	return db.alone(ctx, func(t *tx) error {
		return t.execAll([]statement{
			{`DELETE FROM sessions WHERE began_at <= $1 OR used_at <= $2`,
				[]any{instant{t.now.Add(-access.SessionLife)}, instant{t.now.Add(-access.SessionIdle)}}},
			{`DELETE FROM links WHERE expires_at <= $1 OR used_at IS NOT NULL`, []any{instant{t.now}}},
		})
	})
}
