package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// NewSetupLink makes the one-time link that an empty server is set up with.
// Earlier ones stop working. A server that has members has none.
func (db *DB) NewSetupLink(ctx context.Context, life time.Duration) (access.Secret, error) {
	return db.newLink(ctx, access.ForSetup, "", life)
}

// NewInvite makes the one-time link with which a new member chooses a
// password. Earlier links of the member stop working.
func (db *DB) NewInvite(ctx context.Context, member string) (access.Secret, error) {
	return db.newLink(ctx, access.ForInvite, member, access.InviteLife)
}

// NewReset makes the one-time link with which a member chooses a new
// password. Earlier links of the member stop working.
func (db *DB) NewReset(ctx context.Context, member string) (access.Secret, error) {
	return db.newLink(ctx, access.ForReset, member, access.ResetLife)
}

func (db *DB) newLink(ctx context.Context, purpose access.Purpose, member string, life time.Duration) (access.Secret, error) {
	secret := access.NewSecret(purpose)
	err := db.alone(ctx, func(t *tx) error {
		if err := t.mayLink(member); err != nil {
			return err
		}
		return t.execAll([]statement{
			{`DELETE FROM links WHERE member = $1`, []any{member}},
			{`INSERT INTO links (digest, purpose, member, expires_at) VALUES ($1, $2, $3, $4)`,
				[]any{secret.Digest().String(), string(purpose), member, instant{t.now.Add(life)}}},
		})
	})
	if err != nil {
		return access.Secret{}, err
	}
	return secret, nil
}

// mayLink checks that the link has somebody to be for.
func (t *tx) mayLink(member string) error {
	if member == "" {
		return t.beEmpty()
	}
	m, err := t.holdMember(member)
	if err != nil {
		return err
	}
	if !m.Active() {
		return fault.Newf(fault.Conflict, "%s is disabled. Enable the member first", m.Name)
	}
	return nil
}

func (t *tx) beEmpty() error {
	var members int
	if err := t.row(`SELECT COUNT(*) FROM members`).Scan(&members); err != nil {
		return fmt.Errorf("count members: %w", err)
	}
	if members > 0 {
		return fault.New(fault.Conflict, "This server is set up. Sign in, or ask an admin for an invitation")
	}
	return nil
}

// NeedsSetup reports whether nobody can sign in yet because there is nobody.
func (db *DB) NeedsSetup(ctx context.Context) (bool, error) {
	var members int
	if err := db.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM members`).Scan(&members); err != nil {
		return false, fmt.Errorf("count members: %w", err)
	}
	return members == 0, nil
}

// openLink checks a shown secret and returns the member that the link is for.
func openLink(ctx context.Context, q queryer, secret access.Secret, now time.Time, suffix string) (member string, err error) {
	rows, err := q.QueryContext(ctx, `SELECT purpose, member, expires_at, used_at FROM links WHERE digest = $1`+suffix, secret.Digest().String())
	l, ok, err := one(rows, err, func(rows *sql.Rows) (l access.Link, err error) {
		var expires, used instant
		err = rows.Scan(&l.Purpose, &member, &expires, &used)
		l.ExpiresAt, l.UsedAt = expires.Time, used.Time
		return l, err
	})
	if err != nil {
		return "", fmt.Errorf("look up a link: %w", err)
	}
	if ok {
		l.Digest = secret.Digest()
	}
	return member, l.Open(secret, now)
}

// useLink marks a link as used, in the transaction that does what it is for.
func (t *tx) useLink(secret access.Secret) (member string, err error) {
	member, err = openLink(t.ctx, t.sql, secret, t.now, t.db.dialect.forUpdate)
	if err != nil {
		return "", err
	}
	_, err = t.exec(`UPDATE links SET used_at = $1 WHERE digest = $2`, instant{t.now}, secret.Digest().String())
	return member, err
}

// LinkMember returns whom an invitation or a reset link is for. Looking does
// not use it up.
func (db *DB) LinkMember(ctx context.Context, secret access.Secret) (Member, error) {
	id, err := openLink(ctx, db.read, secret, db.Now(), "")
	if err != nil {
		return Member{}, err
	}
	if id == "" {
		return Member{}, access.Refused(secret.Purpose())
	}
	return db.Member(ctx, id)
}

// CheckSetup reports whether a setup link would work. Looking does not use it
// up.
func (db *DB) CheckSetup(ctx context.Context, secret access.Secret) error {
	_, err := openLink(ctx, db.read, secret, db.Now(), "")
	return err
}

// UseLink sets the password of the member that an invitation or a reset link
// is for, and uses it up. Name replaces the member's unless it is empty.
func (db *DB) UseLink(ctx context.Context, secret access.Secret, name, password string) (Member, error) {
	m, err := db.LinkMember(ctx, secret)
	if err != nil {
		return Member{}, err
	}
	var v fault.Checks
	if name = cleanName(&v, "name", name, ""); name != "" {
		m.Name = name
	}
	if err := v.Err(); err != nil {
		return Member{}, err
	}
	hash, err := hashFor(password, m.Email, m.Name)
	if err != nil {
		return Member{}, err
	}
	err = db.alone(ctx, func(t *tx) error {
		id, err := t.useLink(secret)
		if err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE members SET name = $1 WHERE id = $2`, m.Name, id); err != nil {
			return err
		}
		return t.setPassword(id, hash)
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

// FirstRun is what the setup page asks for.
type FirstRun struct {
	Secret   access.Secret // of the setup link
	Name     string
	Email    string
	Password string
	Team     string
	Zone     string // the team's; the first admin has the same
}

// Setup makes the first admin and names the team, exactly once: of two calls
// at the same moment, also at two nodes, one is refused.
func (db *DB) Setup(ctx context.Context, f FirstRun) (Member, error) {
	// The link first: a stranger must not be able to make us hash passwords.
	if err := db.CheckSetup(ctx, f.Secret); err != nil {
		return Member{}, err
	}
	m := Member{Name: f.Name, Email: f.Email, Role: access.Admin}
	team := Team{Name: f.Team, Zone: f.Zone, Audience: incident.Public}
	hash, err := checkSetup(&m, &team, f.Password)
	if err != nil {
		return Member{}, err
	}
	err = db.alone(ctx, func(t *tx) error {
		if _, err := t.useLink(f.Secret); err != nil {
			return err
		}
		if err := t.beEmpty(); err != nil {
			return err
		}
		// The row's name is the lock that nodes share.
		_, err := t.exec(`INSERT INTO settings (name, value) VALUES ('setup', $1)`, m.Email)
		if isUnique(err) {
			return access.Refused(access.ForSetup)
		}
		if err != nil {
			return err
		}
		if err := t.addMember(&m, hash); err != nil {
			return err
		}
		return t.setTeam(team)
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

// checkSetup reports every entry of the form at fault, the password too.
func checkSetup(m *Member, team *Team, password string) (hash string, err error) {
	var all []fault.Field
	for _, err := range []error{m.check(), team.check(), access.CheckPassword(password, m.Email, m.Name, team.Name)} {
		if err != nil {
			_, _, fields := fault.Public(err)
			all = append(all, fields...)
		}
	}
	if len(all) > 0 {
		return "", &fault.Error{Kind: fault.Invalid, Fields: all}
	}
	return access.HashPassword(password)
}
