package access_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const scopesUnion = access.ScopeRead | access.ScopeRespond | access.ScopeManage | access.ScopeIngest

// actors returns everybody a matrix must tell apart: nobody, each role, the
// program, and each role with each single scope.
func actors() (names []string, list []access.Who) {
	add := func(name string, w access.Who) { names, list = append(names, name), append(list, w) }
	add("anonymous", access.Who{})
	for _, r := range access.Roles() {
		add(r.String(), access.Who{Kind: access.Member, MemberID: "m1", Role: r})
	}
	add("system", access.Program())
	add("source", access.Source("prometheus"))
	for _, r := range access.Roles() {
		for s := access.ScopeRead; s <= access.ScopeIngest; s <<= 1 {
			add(r.String()+"/"+s.String(), access.Who{Kind: access.Token, MemberID: "m1", Role: r, Scopes: s})
		}
	}
	return names, list
}

func TestTheMatrixOfWhoMayDoWhatIsTheReviewedOne(t *testing.T) {
	names, list := actors()
	var b strings.Builder
	for _, row := range access.Table() {
		var may []string
		for i, w := range list {
			if access.Can(w, row.Permission) {
				may = append(may, names[i])
			}
		}
		fmt.Fprintf(&b, "%-20s %s\n", row.Name, strings.Join(may, " "))
	}
	const file = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(wanted)) {
		if i >= len(got) || i >= len(wanted) || got[i] != wanted[i] {
			t.Fatalf("line %d of the matrix differs from %s; read the difference, then run with -update\ngot  %q\nwant %q",
				i+1, file, at(got, i), at(wanted, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

func TestEveryPermissionHasItsOwnRowInOrder(t *testing.T) {
	seen := map[string]bool{}
	for i, row := range access.Table() {
		if int(row.Permission) != i+1 {
			t.Errorf("row %d is for permission %d; rows must stand in the order of the constants", i+1, row.Permission)
		}
		if row.Name == "" || row.Doing == "" || seen[row.Name] {
			t.Errorf("row %d: name %q, doing %q; want both, and the name once", i+1, row.Name, row.Doing)
		}
		seen[row.Name] = true
	}
	if last := access.Table()[len(access.Table())-1].Permission; last != access.Backup {
		t.Errorf("the last row is %v, want %v", last, access.Backup)
	}
}

func TestWhatHasNoRowIsDeniedToEverybody(t *testing.T) {
	names, list := actors()
	for _, p := range []access.Permission{0, access.Backup + 1, 255} {
		for i, w := range list {
			if access.Can(w, p) || access.Check(w, p) == nil {
				t.Errorf("permission %d is open to %s, want denied", p, names[i])
			}
		}
	}
	for _, w := range []access.Who{{Kind: 9, Role: access.Admin}, {Kind: access.Member, Role: 200}, {Kind: access.Token, Role: 200, Scopes: scopesUnion}} {
		for _, row := range access.Table() {
			if access.Can(w, row.Permission) {
				t.Errorf("Can(%+v, %s) = true, want false for a kind or role that does not exist", w, row.Name)
			}
		}
	}
}

func TestATokenNeverExceedsItsOwner(t *testing.T) {
	for _, role := range append(access.Roles(), access.NoRole) {
		for s := access.Scopes(0); s <= scopesUnion; s++ {
			for _, row := range access.Table() {
				token := access.Who{Kind: access.Token, MemberID: "m1", Role: role, Scopes: s}
				owner := access.Who{Kind: access.Member, MemberID: "m1", Role: role}
				if access.Can(token, row.Permission) && !access.Can(owner, row.Permission) {
					t.Errorf("a token of %q with %q may %s, its owner may not", role, s, row.Name)
				}
			}
		}
	}
}

func TestNobodyIsSpokenForByTheProgram(t *testing.T) {
	for _, p := range []access.Permission{access.PostUpdate, access.CorrectUpdate, access.TakeOwnership, access.AnswerOffer, access.Resolve, access.OverrideOwnership} {
		if access.Can(access.Program(), p) {
			t.Errorf("the program may %s, want never", p)
		}
	}
	for _, role := range access.Roles() {
		if access.Can(access.Who{Kind: access.Member, Role: role}, access.MissPromise) {
			t.Errorf("%s may settle a promise as missed, want the program alone", role)
		}
	}
}

func TestEachReaderSeesTheirAudience(t *testing.T) {
	member := func(r access.Role) access.Who { return access.Who{Kind: access.Member, Role: r} }
	token := func(r access.Role, s access.Scopes) access.Who {
		return access.Who{Kind: access.Token, Role: r, Scopes: s}
	}
	for _, c := range []struct {
		name string
		who  access.Who
		want string
	}{
		{"anonymous", access.Who{}, "public"},
		{"a member without a role", member(access.NoRole), "public"},
		{"viewer", member(access.Viewer), "public stakeholders"},
		{"responder", member(access.Responder), "public stakeholders team"},
		{"admin", member(access.Admin), "public stakeholders team"},
		{"the program", access.Program(), "public stakeholders team"},
		{"a viewer's read token", token(access.Viewer, access.ScopeRead), "public stakeholders"},
		{"an admin's read token", token(access.Admin, access.ScopeRead), "public stakeholders team"},
		{"a responder's respond token", token(access.Responder, access.ScopeRespond), "public stakeholders team"},
		{"an admin's ingest token", token(access.Admin, access.ScopeIngest), "public"},
		{"an admin's token without scopes", token(access.Admin, 0), ""},
		{"a source key", access.Source("prometheus"), "public"},
	} {
		var got []string
		for _, audience := range []string{"public", "stakeholders", "team", "", "Public", "everyone"} {
			if c.who.Sees(audience) {
				got = append(got, audience)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s sees %q, want %q", c.name, got, c.want)
		}
	}
}

func TestARefusalSaysWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		who  access.Who
		p    access.Permission
		kind fault.Kind
		say  string
	}{
		{access.Who{}, access.PostUpdate, fault.Unknown, "Posting an update needs you to sign in. Sign in and try again."},
		{access.Who{Kind: access.Member, Role: access.Viewer}, access.PostUpdate, fault.Forbidden, "Posting an update needs the responder role. Ask an admin to give it to you."},
		{access.Who{Kind: access.Token, Role: access.Admin, Scopes: access.ScopeRead}, access.PostUpdate, fault.Forbidden, "Posting an update needs a token with the respond scope. Make one under Settings, Tokens."},
		{access.Who{Kind: access.Token, Role: access.Admin, Scopes: scopesUnion}, access.ManageMembers, fault.Forbidden, "Changing members cannot be done with a token. Sign in to do it."},
		{access.Who{Kind: access.Member, Role: access.Admin}, access.MissPromise, fault.Forbidden, "Settling a missed promise is done by the server alone, from recorded times."},
		{access.Program(), access.PostUpdate, fault.Forbidden, "Posting an update is done by a person. Sign in to do it."},
	} {
		kind, say, _ := fault.Public(access.Check(c.who, c.p))
		if kind != c.kind || say != c.say {
			t.Errorf("Check(%+v, %s) says %s %q, want %s %q", c.who, c.p, kind, say, c.kind, c.say)
		}
	}
	if err := access.Check(access.Who{Kind: access.Member, Role: access.Responder}, access.PostUpdate); err != nil {
		t.Errorf("Check lets a responder post, got %v", err)
	}
}

func TestNamesOfRolesAndScopesAreReadBack(t *testing.T) {
	for _, r := range access.Roles() {
		if got, err := access.ParseRole(r.String()); got != r || err != nil {
			t.Errorf("ParseRole(%q) = %v, %v", r, got, err)
		}
	}
	for s := access.Scopes(1); s <= scopesUnion; s++ {
		if got, err := access.ParseScopes(s.String()); got != s || err != nil {
			t.Errorf("ParseScopes(%q) = %q, %v", s, got, err)
		}
	}
	for _, text := range []string{"", " ", "owner", "read write"} {
		if _, err := access.ParseScopes(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("ParseScopes(%q) = %v, want a field to mend", text, err)
		}
		if _, err := access.ParseRole(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("ParseRole(%q) = %v, want a field to mend", text, err)
		}
	}
}
