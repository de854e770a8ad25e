package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

var ctx = context.Background()

// member adds a member and fails the test when it cannot.
func member(t testing.TB, db *store.DB, name string, role access.Role) store.Member {
	t.Helper()
	m, err := db.AddMember(ctx, store.Member{Name: name, Email: name + "@Example.org", Role: role})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// refused checks the kind of an error, and that it says what to do.
func refused(t testing.TB, err error, kind fault.Kind, says string) {
	t.Helper()
	got, say, _ := fault.Public(err)
	if err == nil || got != kind || !strings.Contains(say, says) {
		t.Errorf("got %q %q (%v), want %s that says %q", got, say, err, kind, says)
	}
}

func TestAMemberIsAddedOnceWhateverTheCaseOfTheAddress(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		m := member(t, db, "ana", access.Admin)
		if m.Email != "ana@example.org" || !strings.HasPrefix(m.ID, "m_") || !m.CreatedAt.Equal(noon) {
			t.Errorf("AddMember = %+v", m)
		}
		_, err := db.AddMember(ctx, store.Member{Name: "Other", Email: "ANA@example.ORG", Role: access.Viewer})
		refused(t, err, fault.Invalid, "has this address")
		got, err := db.MemberByEmail(ctx, " Ana@EXAMPLE.org ")
		if err != nil || got != m {
			t.Errorf("MemberByEmail = %+v, %v; want %+v", got, err, m)
		}
		for _, email := range []string{"", "ana", "Ana <b@c.de>", "a@b.de\nBcc: c@d.ef", "a b@c.de"} {
			_, err := db.AddMember(ctx, store.Member{Name: "B", Email: email, Role: access.Viewer})
			refused(t, err, fault.Invalid, "Enter an e-mail address")
		}
		_, err = db.AddMember(ctx, store.Member{Name: "B", Email: "b@c.de", Role: access.Viewer, Zone: "Mars/Olympus"})
		refused(t, err, fault.Invalid, "is not a time zone")
	})
}

func TestTheLastAdminStays(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ana := member(t, db, "ana", access.Admin)
		ben := member(t, db, "ben", access.Responder)
		refused(t, db.DisableMember(ctx, ana.ID, "", ""), fault.Conflict, "the only admin")
		ana.Role = access.Lead
		_, err := db.ChangeMember(ctx, ana)
		refused(t, err, fault.Conflict, "the only admin")
		ben.Role, ben.Name, ben.Zone = access.Admin, "Ben B", "Europe/Berlin"
		if got, err := db.ChangeMember(ctx, ben); err != nil || got != ben {
			t.Fatalf("ChangeMember = %+v, %v; want %+v", got, err, ben)
		}
		// Both leave at the same moment: one of them stays.
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, id := range []string{ana.ID, ben.ID} {
			both.Go(func() { errs[i] = db.DisableMember(ctx, id, "", "") })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("two admins left at once: %v, %v", errs[0], errs[1])
		}
	})
}

func TestAnOwnerOfOpenIncidentsLeavesOnlyWhenSomebodyTakesOver(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ana, ben, cleo := member(t, db, "ana", access.Admin), member(t, db, "ben", access.Responder), member(t, db, "cleo", access.Viewer)
		owner := incident.Person(ben.ID)
		id := apply(t, db, 0, incident.Declare{By: owner, Title: "Mail is slow"}).Incident
		refused(t, db.DisableMember(ctx, ben.ID, incident.Person(ana.ID), ""), fault.Conflict, "ben owns INC-1. Say who takes over")
		refused(t, db.DisableMember(ctx, ben.ID, incident.Person(ana.ID), incident.Person(cleo.ID)), fault.Invalid, "Choose somebody else")
		viewer := ben
		viewer.Role = access.Viewer
		_, err := db.ChangeMember(ctx, viewer)
		refused(t, err, fault.Conflict, "INC-1")

		if err := db.DisableMember(ctx, ben.ID, incident.Person(ana.ID), incident.Person(ana.ID)); err != nil {
			t.Fatal(err)
		}
		in, err := db.Incident(ctx, everyone{}, id)
		if err != nil || in.Owner != owner || in.Offer == nil || in.Offer.To != incident.Person(ana.ID) || !strings.Contains(in.Offer.Note, "Offered by ana") {
			t.Fatalf("offer = %+v, owner %s, %v; want one to ana, ben still the owner", in.Offer, in.Owner, err)
		}
		apply(t, db, id, incident.AnswerHandover{By: incident.Person(ana.ID), Accept: true})
		if err := db.EnableMember(ctx, ben.ID); err != nil {
			t.Fatal(err)
		}
		if m, err := db.Member(ctx, ben.ID); err != nil || !m.Active() {
			t.Errorf("after enabling: %+v, %v", m, err)
		}
	})
}

const goodPassword = "correct horse battery"

func TestSigningInTellsNobodyWhoHasAnAccount(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ana, ben := member(t, db, "ana", access.Admin), member(t, db, "ben", access.Viewer)
		for _, m := range []store.Member{ana, ben} {
			if err := db.SetPassword(ctx, m.ID, goodPassword); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, db.SetPassword(ctx, ana.ID, "ana@example.org"), fault.Invalid, "not your address")
		if got, err := db.CheckPassword(ctx, "ANA@example.org", goodPassword); err != nil || got != ana {
			t.Errorf("CheckPassword = %+v, %v; want ana", got, err)
		}
		if err := db.DisableMember(ctx, ben.ID, "", ""); err != nil {
			t.Fatal(err)
		}
		member(t, db, "nopassword", access.Viewer)
		var first string
		for _, try := range [][2]string{
			{"ana@example.org", "wrong horse battery"}, {"nobody@example.org", goodPassword},
			{"ben@example.org", goodPassword}, {"nopassword@example.org", ""}, {"", ""},
		} {
			_, err := db.CheckPassword(ctx, try[0], try[1])
			kind, say, _ := fault.Public(err)
			if kind != fault.Unknown || first != "" && say != first {
				t.Errorf("CheckPassword(%v) = %s %q, want the words of every other refusal", try, kind, say)
			}
			first = say
		}
	})
}

func TestASessionEndsAtOnce(t *testing.T) {
	for name, end := range map[string]func(db *store.DB, m store.Member, s access.Secret) error{
		"signing out": func(db *store.DB, _ store.Member, s access.Secret) error { return db.EndSession(ctx, s) },
		"everywhere":  func(db *store.DB, m store.Member, _ access.Secret) error { return db.EndSessions(ctx, m.ID) },
		"disabling":   func(db *store.DB, m store.Member, _ access.Secret) error { return db.DisableMember(ctx, m.ID, "", "") },
		"another password": func(db *store.DB, m store.Member, _ access.Secret) error {
			return db.SetPassword(ctx, m.ID, goodPassword)
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *store.DB, _ *clock) {
				m := member(t, db, "ben", access.Responder)
				s, err := db.StartSession(ctx, m.ID, "Firefox\n on Linux")
				if err != nil {
					t.Fatal(err)
				}
				who, err := db.Session(ctx, s)
				if want := (access.Who{Kind: access.Member, MemberID: m.ID, Name: "ben", Role: access.Responder}); err != nil || who != want {
					t.Fatalf("Session = %+v, %v; want %+v", who, err, want)
				}
				if err := end(db, m, s); err != nil {
					t.Fatal(err)
				}
				_, err = db.Session(ctx, s)
				refused(t, err, fault.Unknown, "You are not signed in")
			})
		})
	}
}

func TestASessionEndsByItselfWhenNobodyUsesIt(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		m := member(t, db, "ben", access.Responder)
		s, err := db.StartSession(ctx, m.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		for range 6 { // used every ten days: the last use counts, until ninety days are over
			c.advance(10 * 24 * time.Hour)
			if _, err := db.Session(ctx, s); err != nil {
				t.Fatalf("a session in use ended: %v", err)
			}
		}
		if err := db.ForgetSessions(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Session(ctx, s); err != nil {
			t.Fatalf("a session in use was forgotten: %v", err)
		}
		c.advance(access.SessionIdle)
		_, err = db.Session(ctx, s)
		refused(t, err, fault.Unknown, "Sign in")
		_, err = db.StartSession(ctx, "m_nobody", "")
		refused(t, err, fault.Missing, "no such member")
	})
}

func TestATokenActsWithItsOwnersRoleAsItIsNow(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ana, ben := member(t, db, "ana", access.Admin), member(t, db, "ben", access.Lead)
		k, secret, err := db.NewToken(ctx, store.Token{Member: ben.ID, Name: "deploy bot", Scopes: access.ScopeRead | access.ScopeRespond})
		if err != nil {
			t.Fatal(err)
		}
		ben.Role = access.Viewer
		if _, err := db.ChangeMember(ctx, ben); err != nil {
			t.Fatal(err)
		}
		c.advance(time.Hour)
		who, err := db.TokenWho(ctx, secret)
		want := access.Who{Kind: access.Token, MemberID: ben.ID, Name: "ben", Role: access.Viewer, Scopes: access.ScopeRead | access.ScopeRespond}
		if err != nil || who != want {
			t.Errorf("TokenWho = %+v, %v; want %+v", who, err, want)
		}
		list, err := db.Tokens(ctx, ben.ID)
		k.UsedAt = noon.Add(time.Hour)
		if err != nil || len(list) != 1 || list[0] != k {
			t.Errorf("Tokens = %+v, %v; want %+v", list, err, k)
		}
		refused(t, db.RevokeToken(ctx, k.ID, ana.ID), fault.Missing, "no such token")
		if err := db.RevokeToken(ctx, k.ID, ben.ID); err != nil {
			t.Fatal(err)
		}
		_, err = db.TokenWho(ctx, secret)
		refused(t, err, fault.Unknown, "This token does not work")
	})
}

func TestATokenEndsWithItsTimeAndWithItsOwner(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		ben := member(t, db, "ben", access.Lead)
		_, short, err := db.NewToken(ctx, store.Token{Member: ben.ID, Name: "a", Scopes: access.ScopeRead, ExpiresAt: noon.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		_, long, err := db.NewToken(ctx, store.Token{Member: ben.ID, Name: "b", Scopes: access.ScopeRead})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = db.NewToken(ctx, store.Token{Member: ben.ID, Name: "c", ExpiresAt: noon.Add(-time.Hour)})
		if _, _, fields := fault.Public(err); len(fields) != 2 {
			t.Errorf("a token without scopes that has expired: %v, want both named", err)
		}
		c.advance(time.Hour)
		_, err = db.TokenWho(ctx, short)
		refused(t, err, fault.Unknown, "expired")
		if _, err := db.TokenWho(ctx, long); err != nil {
			t.Error(err)
		}
		if err := errors.Join(db.DisableMember(ctx, ben.ID, "", ""), db.EnableMember(ctx, ben.ID)); err != nil {
			t.Fatal(err)
		}
		_, err = db.TokenWho(ctx, long)
		refused(t, err, fault.Unknown, "does not work")
	})
}

func TestWhatIsRevokedAtOneNodeIsRefusedAtTheOthers(t *testing.T) {
	c := newClock(noon)
	for name, database := range databases(t) {
		if name == "sqlite" {
			continue // one node
		}
		a, b := open(t, database, c), open(t, database, c)
		m := member(t, a, "ben", access.Lead)
		session, err := a.StartSession(ctx, m.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		_, token, err := a.NewToken(ctx, store.Token{Member: m.ID, Name: "bot", Scopes: access.ScopeRead})
		if err != nil {
			t.Fatal(err)
		}
		_, err1 := b.Session(ctx, session)
		_, err2 := b.TokenWho(ctx, token)
		if err := errors.Join(err1, err2, a.DisableMember(ctx, m.ID, "", "")); err != nil {
			t.Fatal(err)
		}
		_, err = b.Session(ctx, session)
		refused(t, err, fault.Unknown, "not signed in")
		_, err = b.TokenWho(ctx, token)
		refused(t, err, fault.Unknown, "does not work")
	}
}
