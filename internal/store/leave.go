package store

import (
	"context"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// DisableMember keeps a member from signing in and ends their sessions and
// tokens at once. Somebody who owns open incidents can be disabled only when
// a successor is named. Each of those incidents is offered to the successor:
// ownership moves when it is accepted, and until then missed promises climb to
// the backup and the lead. The note of the offer names by, who disables.
func (db *DB) DisableMember(ctx context.Context, id string, by, successor incident.Person) error {
	return db.alone(ctx, func(t *tx) error {
		m, err := t.holdMember(id)
		if err != nil || !m.Active() {
			return err
		}
		if err := t.keepAdmin(m); err != nil {
			return err
		}
		if successor == "" {
			err = t.ownsNothing(m, "Say who takes over")
		} else {
			err = t.offerAll(m, by, successor)
		}
		if err != nil {
			return err
		}
		return t.execAll([]statement{
			{`UPDATE members SET disabled_at = $1 WHERE id = $2`, []any{instant{t.now}, id}},
			{`UPDATE tokens SET revoked_at = $1 WHERE member = $2 AND revoked_at IS NULL`, []any{instant{t.now}, id}},
			{`DELETE FROM sessions WHERE member = $1`, []any{id}},
			{`DELETE FROM links WHERE member = $1`, []any{id}},
		})
	})
}

// EnableMember lets a member sign in again. Sessions and tokens that ended
// stay ended.
func (db *DB) EnableMember(ctx context.Context, id string) error {
	return db.alone(ctx, func(t *tx) error {
		if _, err := t.holdMember(id); err != nil {
			return err
		}
		_, err := t.exec(`UPDATE members SET disabled_at = NULL WHERE id = $1`, id)
		return err
	})
}

// offerAll offers every open incident of a member to the successor.
func (t *tx) offerAll(m Member, by, successor incident.Person) error {
	owned, err := t.owned(m.ID)
	if err != nil || len(owned) == 0 {
		return err
	}
	next, err := t.holdMember(string(successor))
	if err != nil {
		return err
	}
	if !next.Active() || next.Role < access.Responder || next.ID == m.ID {
		return fault.Bad("successor", "Choose somebody else who can sign in and act on incidents")
	}
	note := "Offered because the account of " + m.Name + " is being disabled."
	if who, err := findMember(t.ctx, t.sql, `id = $1`, string(by)); err == nil {
		note = "Offered by " + who.Name + ", because the account of " + m.Name + " is being disabled."
	} else if !fault.Is(err, fault.Missing) {
		return err
	}
	owner := incident.Person(m.ID)
	for _, in := range owned {
		if in.Offer != nil && in.Offer.To == successor {
			continue
		}
		if in.Offer != nil {
			if _, err := t.apply(Request{Incident: in.ID, Command: incident.WithdrawHandover{By: owner}}); err != nil {
				return err
			}
		}
		if _, err := t.apply(Request{Incident: in.ID, Command: incident.OfferHandover{By: owner, To: successor, Note: note}}); err != nil {
			return err
		}
	}
	return nil
}

// statement is one text with its arguments.
type statement struct {
	text string
	args []any
}

func (t *tx) execAll(statements []statement) error {
	for _, s := range statements {
		if _, err := t.exec(s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}
