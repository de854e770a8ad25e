package access

import (
	"time"

	"amends.dev/internal/fault"
)

// Life times. The setup link's is an option; these are the others.
const (
	InviteLife  = 72 * time.Hour
	ResetLife   = time.Hour
	SessionIdle = 14 * 24 * time.Hour // since the last request
	SessionLife = 90 * 24 * time.Hour // since signing in
)

// Link is a one-time link as store keeps it: the digest of its secret, never
// the secret. Its zero value opens nothing.
type Link struct {
	Purpose   Purpose
	Digest    Digest
	ExpiresAt time.Time
	UsedAt    time.Time // zero: not yet
}

// Open checks a shown secret against the link at now. Wrong, used and expired
// secrets are refused in the same words. Marking the link used belongs in the
// transaction that does what the link is for.
func (l Link) Open(shown Secret, now time.Time) error {
	right := l.Digest.Equal(shown.Digest()) && l.Purpose == shown.Purpose()
	if l.Digest == (Digest{}) || !right || !l.UsedAt.IsZero() || !now.Before(l.ExpiresAt) {
		return Refused(shown.Purpose())
	}
	return nil
}

// SessionEnded reports whether a session that began and was last used at
// these instants is over at now.
func SessionEnded(began, lastUsed, now time.Time) bool {
	return !now.Before(began.Add(SessionLife)) || !now.Before(lastUsed.Add(SessionIdle))
}

// TokenExpired returns an error when a token with this expiry cannot be used
// at now. The zero expiry means that it does not expire.
func TokenExpired(expires, now time.Time) error {
	if !expires.IsZero() && !now.Before(expires) {
		return fault.New(fault.Unknown, "This token has expired. Make a new one under Settings, Tokens.")
	}
	return nil
}
