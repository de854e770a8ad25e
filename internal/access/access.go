// Package access says who is acting and what they may do.
//
// In comes a Who: nobody, a member, a token or the program itself, with a role
// and, for tokens, scopes. Out comes yes or no, or a sentence that says what
// is missing. The one table that decides is in permission.go: what has no row
// there is denied to everybody.
//
// The package also makes and checks what proves a Who: passwords (argon2id),
// secrets (API tokens, source keys, sessions, one-time links) and the life
// times of links and sessions.
//
// It never reads a clock, a database or a request: instants are arguments,
// and nobody outside store looks a digest up.
package access

import (
	"fmt"
	"strings"

	"amends.dev/internal/fault"
)

// Kind says what sort of actor a Who is.
type Kind uint8

// The kinds. The zero value is Anonymous: whoever was not recognised.
const (
	Anonymous Kind = iota // not signed in
	Member                // a person with a session
	Token                 // an API token, or the key of an alert source
	System                // the program itself, or the operator at its console
)

// Role is what a member may do. Roles are ordered: each includes the ones
// before it. The zero value is NoRole, which may read public things only.
type Role uint8

// The roles, lowest first.
const (
	NoRole    Role = iota
	Viewer         // reads what stakeholders read
	Responder      // declares, owns, posts, notes
	Lead           // also services, policies and overrides
	Admin          // also members, tokens, channels, sources, backup
)

var roleNames = [...]string{NoRole: "", Viewer: "viewer", Responder: "responder", Lead: "lead", Admin: "admin"}

// Roles returns the roles a member can have, lowest first.
func Roles() []Role { return []Role{Viewer, Responder, Lead, Admin} }

// String returns the role's name on the wire; "" for NoRole and for a value
// that is no role.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return ""
}

// ParseRole reads a role's name. NoRole cannot be given to anybody.
func ParseRole(text string) (Role, error) {
	for _, r := range Roles() {
		if r.String() == text {
			return r, nil
		}
	}
	return NoRole, fault.Bad("role", "Choose viewer, responder, lead or admin")
}

// MarshalText writes the role's name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a role's name.
func (r *Role) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRole(string(text))
	return err
}

// Scopes is the set of what a token may be used for. The zero value is the
// empty set: a token that opens nothing.
//
// A token can never do more than its owner: an act needs both the owner's
// role, as it is now, and the scope. Respond and manage include read, because
// whoever changes a thing is answered with it. Nothing includes ingest, and
// ingest includes nothing: the key in an alert sender's configuration can
// feed alerts and neither read nor post.
type Scopes uint8

// The scopes.
const (
	ScopeRead    Scopes = 1 << iota // read what the owner may read
	ScopeRespond                    // act on incidents in the owner's name
	ScopeManage                     // change services, policies, channels, sources
	ScopeIngest                     // send alerts

	allScopes = ScopeRead | ScopeRespond | ScopeManage | ScopeIngest
)

var scopeNames = []struct {
	scope Scopes
	name  string
}{{ScopeRead, "read"}, {ScopeRespond, "respond"}, {ScopeManage, "manage"}, {ScopeIngest, "ingest"}}

// String returns the names of the scopes in a fixed order, separated by spaces.
func (s Scopes) String() string {
	var names []string
	for _, n := range scopeNames {
		if s&n.scope != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " ")
}

// ParseScopes reads names separated by spaces or commas. At least one is needed.
func ParseScopes(text string) (Scopes, error) {
	var set Scopes
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		found := false
		for _, n := range scopeNames {
			if n.name == word {
				set, found = set|n.scope, true
			}
		}
		if !found {
			return 0, fault.Bad("scopes", fmt.Sprintf("%q is not a scope. Choose from read, respond, manage, ingest", word))
		}
	}
	if set == 0 {
		return 0, fault.Bad("scopes", "Choose at least one of read, respond, manage, ingest")
	}
	return set, nil
}

// allows reports whether the set opens what needs one of the scopes in need.
func (s Scopes) allows(need Scopes) bool {
	if s&(ScopeRespond|ScopeManage) != 0 {
		s |= ScopeRead
	}
	return s&need != 0
}

// Who is acting. The zero value is an anonymous reader.
type Who struct {
	Kind     Kind
	MemberID string // the member, or the member who owns the token; "" for others
	Name     string // as shown in the timeline: the member's, the source's, "amends"
	Role     Role   // the member's, or the owner's of the token, as it is now
	Scopes   Scopes // of a token; ignored for every other kind
}

// Program returns the Who of work that the program does by itself.
func Program() Who { return Who{Kind: System, Name: "amends"} }

// Source returns the Who of an alert source that showed its key: it may send
// alerts and nothing else.
func Source(name string) Who {
	return Who{Kind: Token, Name: name, Role: Responder, Scopes: ScopeIngest}
}

// Sees reports whether who may read what is written for the audience: team,
// stakeholders or public. An audience that is none of these is seen by nobody.
func (w Who) Sees(audience string) bool {
	switch audience {
	case "public":
		return Can(w, ReadPublic)
	case "stakeholders":
		return Can(w, ReadStakeholders)
	case "team":
		return Can(w, ReadTeam)
	}
	return false
}
