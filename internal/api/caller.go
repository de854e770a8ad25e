package api

import (
	"context"
	"net/http"
	"strings"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

// Authenticate returns who a request's bearer secret stands for: an API token
// or a session. Without a secret it is somebody unknown, who may read what is
// public. Nothing is remembered between requests, so that a revocation holds
// from the next one on.
func Authenticate(ctx context.Context, db *store.DB, header http.Header) (access.Who, error) {
	values := header.Values("Authorization")
	if len(values) == 0 {
		return access.Who{}, nil
	}
	scheme, text, _ := strings.Cut(values[0], " ")
	if text = strings.TrimSpace(text); len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || text == "" {
		return access.Who{}, fault.New(fault.Unknown, "Send the token as Authorization: Bearer, once")
	}
	if strings.HasPrefix(text, "amends_"+string(access.ForSession)+"_") {
		secret, err := access.ParseSecret(access.ForSession, text)
		if err != nil {
			return access.Who{}, err
		}
		return db.Session(ctx, secret)
	}
	secret, err := access.ParseSecret(access.ForAPI, text)
	if err != nil {
		return access.Who{}, err
	}
	return db.TokenWho(ctx, secret)
}

// call is what an operation knows of its request besides the input.
type call struct {
	who    access.Who
	at     string // the address that the request came from
	key    string // Idempotency-Key, made the caller's own; empty without one
	digest string // stands for what was asked
	expect int64  // If-Match; 0 without one
}

// person returns the member who acts.
func (c *call) person() string { return c.who.MemberID }

// caller names who is counted and whose keys these are.
func (c *call) caller() string {
	if c.who.MemberID != "" {
		return c.who.MemberID
	}
	return "from " + c.at
}
