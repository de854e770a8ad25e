package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
)

// Token is an API token of a member. Its secret is shown once and never kept.
type Token struct {
	ID        string
	Member    string // whose it is
	Name      string // what it is for, in the member's words
	Hint      string // the last four characters of the secret
	Scopes    access.Scopes
	CreatedAt time.Time
	ExpiresAt time.Time // zero: it does not expire
	UsedAt    time.Time // to the minute; zero: never
	RevokedAt time.Time // zero while it works
}

const tokenColumns = `t.id, t.member, t.name, t.hint, t.scopes, t.created_at, t.expires_at, t.used_at, t.revoked_at`

func scanToken(rows *sql.Rows, more ...any) (k Token, err error) {
	var scopes string
	var created, expires, used, revoked instant
	into := append([]any{&k.ID, &k.Member, &k.Name, &k.Hint, &scopes, &created, &expires, &used, &revoked}, more...)
	if err := rows.Scan(into...); err != nil {
		return k, err
	}
	k.CreatedAt, k.ExpiresAt, k.UsedAt, k.RevokedAt = created.Time, expires.Time, used.Time, revoked.Time
	k.Scopes, err = access.ParseScopes(scopes)
	return k, err
}

// NewToken makes a token from Member, Name, Scopes and ExpiresAt, and returns
// it with its secret: the only time that it is seen.
func (db *DB) NewToken(ctx context.Context, k Token) (Token, access.Secret, error) {
	var v fault.Checks
	k.Name = cleanName(&v, "name", k.Name, "Say what the token is for, so that you know it when you see it again")
	if _, err := access.ParseScopes(k.Scopes.String()); err != nil {
		v.Add("scopes", "Choose at least one of read, respond, manage, ingest")
	}
	v.Need(k.ExpiresAt.IsZero() || k.ExpiresAt.After(db.Now()), "expires_at", "Choose a time that is still to come, or none")
	if err := v.Err(); err != nil {
		return Token{}, access.Secret{}, err
	}
	secret := access.NewSecret(access.ForAPI)
	err := db.alone(ctx, func(t *tx) error {
		m, err := t.holdMember(k.Member)
		if err != nil {
			return err
		}
		if !m.Active() {
			return fault.Newf(fault.Conflict, "%s cannot sign in, so no token can act for them. Enable the member first", m.Name)
		}
		k = Token{
			ID: newID("t"), Member: m.ID, Name: k.Name, Hint: secret.Hint(), Scopes: k.Scopes,
			CreatedAt: t.now, ExpiresAt: k.ExpiresAt.UTC().Truncate(time.Microsecond),
		}
		_, err = t.exec(`INSERT INTO tokens (id, digest, member, name, hint, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			k.ID, secret.Digest().String(), k.Member, k.Name, k.Hint, k.Scopes.String(), instant{k.CreatedAt}, instant{k.ExpiresAt})
		return err
	})
	if err != nil {
		return Token{}, access.Secret{}, err
	}
	return k, secret, nil
}

// Tokens returns the tokens of a member, or of everybody when member is empty,
// the newest first.
func (db *DB) Tokens(ctx context.Context, member string) ([]Token, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+tokenColumns+` FROM tokens t WHERE $1 = '' OR t.member = $1 ORDER BY t.created_at DESC, t.id`, member)
	tokens, err := collect(rows, err, func(rows *sql.Rows) (Token, error) { return scanToken(rows) })
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return tokens, nil
}

// RevokeToken ends a token of a member, or of anybody when member is empty.
// The next request that shows it is refused, at every node.
func (db *DB) RevokeToken(ctx context.Context, id, member string) error {
	return db.alone(ctx, func(t *tx) error {
		var found int
		err := t.row(`SELECT COUNT(*) FROM tokens WHERE id = $1 AND ($2 = '' OR member = $2)`, id, member).Scan(&found)
		if err != nil {
			return fmt.Errorf("find the token: %w", err)
		}
		if found == 0 {
			return fault.New(fault.Missing, "There is no such token. See your tokens under Settings, Tokens")
		}
		_, err = t.exec(`UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL`, instant{t.now}, id)
		return err
	})
}

// TokenWho returns who shows the secret of a token: its owner, with the
// owner's role as it is now and the token's scopes.
func (db *DB) TokenWho(ctx context.Context, secret access.Secret) (access.Who, error) {
	who := access.Who{Kind: access.Token}
	var role string
	rows, err := db.read.QueryContext(ctx, `SELECT `+tokenColumns+`, m.name, m.role FROM tokens t JOIN members m ON m.id = t.member
		WHERE t.digest = $1 AND t.revoked_at IS NULL AND m.disabled_at IS NULL`, secret.Digest().String())
	k, ok, err := one(rows, err, func(rows *sql.Rows) (Token, error) { return scanToken(rows, &who.Name, &role) })
	switch {
	case err != nil:
		return access.Who{}, fmt.Errorf("look up a token: %w", err)
	case !ok:
		return access.Who{}, access.Refused(access.ForAPI)
	}
	if err := access.TokenExpired(k.ExpiresAt, db.Now()); err != nil {
		return access.Who{}, err
	}
	if who.Role, err = access.ParseRole(role); err != nil {
		return access.Who{}, fmt.Errorf("read the role of a token's owner: %w", err)
	}
	who.MemberID, who.Scopes = k.Member, k.Scopes
	db.touch(ctx, k.UsedAt, `UPDATE tokens SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at < $1)`, k.ID)
	return who, nil
}
