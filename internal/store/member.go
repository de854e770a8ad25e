package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// Member is a person who can sign in.
type Member struct {
	ID         string // "m_…"; an incident.Person
	Name       string
	Email      string // in lower case; no two members share one
	Role       access.Role
	Zone       string // IANA name; the team's when empty
	CreatedAt  time.Time
	DisabledAt time.Time // zero while the member may sign in
}

// Active reports whether the member may sign in.
func (m Member) Active() bool { return m.ID != "" && m.DisabledAt.IsZero() }

const memberColumns = `id, name, email, role, zone, created_at, disabled_at`

func scanMember(rows *sql.Rows) (m Member, err error) {
	var role string
	var created, disabled instant
	if err := rows.Scan(&m.ID, &m.Name, &m.Email, &role, &m.Zone, &created, &disabled); err != nil {
		return m, err
	}
	m.CreatedAt, m.DisabledAt = created.Time, disabled.Time
	m.Role, err = access.ParseRole(role)
	return m, err
}

// one reads a single row; ok is false when there is none.
func one[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) (v T, ok bool, _ error) {
	all, err := collect(rows, err, scan)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

func findMember(ctx context.Context, q queryer, where string, arg any) (Member, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+memberColumns+` FROM members WHERE `+where, arg)
	m, ok, err := one(rows, err, scanMember)
	switch {
	case err != nil:
		return Member{}, fmt.Errorf("read a member: %w", err)
	case !ok:
		return Member{}, fault.New(fault.Missing, "There is no such member. See all members under Settings, Members")
	}
	return m, nil
}

// Member returns a member, disabled ones too: the timeline names them.
func (db *DB) Member(ctx context.Context, id string) (Member, error) {
	return findMember(ctx, db.read, `id = $1`, id)
}

// MemberByEmail returns the member with an address, whatever its case.
func (db *DB) MemberByEmail(ctx context.Context, email string) (Member, error) {
	return findMember(ctx, db.read, `email = $1`, foldEmail(email))
}

// Members returns every member, disabled ones too, by name.
func (db *DB) Members(ctx context.Context) ([]Member, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+memberColumns+` FROM members ORDER BY lower(name), id`)
	members, err := collect(rows, err, scanMember)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return members, nil
}

// AddMember adds a member, who cannot sign in before a password is set. The
// id and the time are given here.
func (db *DB) AddMember(ctx context.Context, m Member) (Member, error) {
	if err := m.check(); err != nil {
		return Member{}, err
	}
	err := db.alone(ctx, func(t *tx) error { return t.addMember(&m, "") })
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

func (t *tx) addMember(m *Member, hash string) error {
	m.ID, m.CreatedAt, m.DisabledAt = newID("m"), t.now, time.Time{}
	_, err := t.exec(`INSERT INTO members (id, name, email, role, password, zone, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.Name, m.Email, m.Role.String(), hash, m.Zone, instant{t.now})
	if isUnique(err) {
		return fault.Bad("email", "A member has this address already. Change that member, or enter another address")
	}
	return err
}

func (m *Member) check() error {
	var v fault.Checks
	m.Name = cleanName(&v, "name", m.Name, "Enter the name that others know this person by")
	m.Email = foldEmail(m.Email)
	checkEmail(&v, "email", m.Email)
	checkRole(&v, m.Role)
	checkZone(&v, "zone", m.Zone)
	return v.Err()
}

func checkRole(v *fault.Checks, r access.Role) {
	if _, err := access.ParseRole(r.String()); err != nil {
		v.Add("role", "Choose viewer, responder, lead or admin")
	}
}

func foldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// checkEmail takes a bare address: no display name, nothing that a mail
// header could be smuggled in with.
func checkEmail(v *fault.Checks, field, email string) {
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 || !isText(email) || strings.ContainsAny(email, " \n\t") {
		v.Add(field, "Enter an e-mail address like ana@example.org")
	}
}

// ChangeMember changes name, role and zone of the member with m's id. The
// last admin who can sign in stays an admin, and whoever owns an open incident
// keeps a role that can act on it.
func (db *DB) ChangeMember(ctx context.Context, m Member) (Member, error) {
	var v fault.Checks
	m.Name = cleanName(&v, "name", m.Name, "Enter the name that others know this person by")
	checkRole(&v, m.Role)
	checkZone(&v, "zone", m.Zone)
	if err := v.Err(); err != nil {
		return Member{}, err
	}
	err := db.alone(ctx, func(t *tx) error {
		old, err := t.holdMember(m.ID)
		if err != nil {
			return err
		}
		if m.Role != access.Admin {
			if err := t.keepAdmin(old); err != nil {
				return err
			}
		}
		if m.Role < access.Responder {
			if err := t.ownsNothing(old, "Hand them over first, then change the role"); err != nil {
				return err
			}
		}
		m.Email, m.CreatedAt, m.DisabledAt = old.Email, old.CreatedAt, old.DisabledAt
		_, err = t.exec(`UPDATE members SET name = $1, role = $2, zone = $3 WHERE id = $4`, m.Name, m.Role.String(), m.Zone, m.ID)
		return err
	})
	if err != nil {
		return Member{}, err
	}
	return m, nil
}

// holdMember reads a member and holds the row until the commit.
func (t *tx) holdMember(id string) (Member, error) {
	return findMember(t.ctx, t.sql, `id = $1`+t.db.dialect.forUpdate, id)
}

// keepAdmin refuses to go on when m is the last admin who can sign in. It
// holds the rows of all admins, so that two of them cannot leave at once.
func (t *tx) keepAdmin(m Member) error {
	if m.Role != access.Admin || !m.Active() {
		return nil
	}
	rows, err := t.query(`SELECT ` + memberColumns + ` FROM members WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id` + t.db.dialect.forUpdate)
	admins, err := collect(rows, err, scanMember)
	if err != nil {
		return fmt.Errorf("count admins: %w", err)
	}
	if len(admins) > 1 {
		return nil
	}
	return fault.Newf(fault.Conflict, "%s is the only admin. Make somebody else an admin first", m.Name)
}

// owned returns the open incidents that a member owns.
func (t *tx) owned(id string) ([]incident.Incident, error) {
	rows, err := t.query(`SELECT state FROM incidents WHERE owner = $1 AND status <> 'resolved' ORDER BY id`+t.db.dialect.forUpdate, id)
	owned, err := collect(rows, err, scanState)
	if err != nil {
		return nil, fmt.Errorf("find what a member owns: %w", err)
	}
	return owned, nil
}

func (t *tx) ownsNothing(m Member, next string) error {
	owned, err := t.owned(m.ID)
	if err != nil || len(owned) == 0 {
		return err
	}
	var names []string
	for _, in := range owned[:min(len(owned), 10)] {
		names = append(names, in.Name())
	}
	list := strings.Join(names, ", ")
	if more := len(owned) - len(names); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return fault.Newf(fault.Conflict, "%s owns %s. %s", m.Name, list, next)
}
