package store_test

import (
	"sync"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

func firstRun(secret access.Secret) store.FirstRun {
	return store.FirstRun{Secret: secret, Name: "Ana", Email: "ana@example.org", Password: goodPassword, Team: "Meridian", Zone: "Europe/Lisbon"}
}

func TestSetupHappensExactlyOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		stale, err := db.NewSetupLink(ctx, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		secret, err := db.NewSetupLink(ctx, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.Setup(ctx, firstRun(stale))
		refused(t, err, fault.Unknown, "setup link does not work")
		empty := store.FirstRun{Secret: secret}
		_, err = db.Setup(ctx, empty)
		if _, _, fields := fault.Public(err); len(fields) != 4 {
			t.Errorf("an empty form: %v, want name, email, team and password named", err)
		}
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = db.Setup(ctx, firstRun(secret)) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			refused(t, err, fault.Unknown, "setup link does not work")
		}
		members, err := db.Members(ctx)
		if won != 1 || err != nil || len(members) != 1 || members[0].Role != access.Admin {
			t.Errorf("%d calls won, members %+v, %v; want one admin", won, members, err)
		}
		if team, err := db.Team(ctx); err != nil || team.Name != "Meridian" || team.Location().String() != "Europe/Lisbon" {
			t.Errorf("Team = %+v, %v", team, err)
		}
		_, err = db.NewSetupLink(ctx, time.Hour)
		refused(t, err, fault.Conflict, "is set up")
		if _, err := db.CheckPassword(ctx, "ana@example.org", goodPassword); err != nil {
			t.Error(err)
		}
	})
}

func TestASetupLinkExpires(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		secret, err := db.NewSetupLink(ctx, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		c.advance(time.Hour)
		_, err = db.Setup(ctx, firstRun(secret))
		refused(t, err, fault.Unknown, "does not work")
		if empty, err := db.NeedsSetup(ctx); err != nil || !empty {
			t.Errorf("NeedsSetup = %v, %v", empty, err)
		}
	})
}

func TestALinkSetsOnePasswordOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ben := member(t, db, "ben", access.Responder)
		session, err := db.StartSession(ctx, ben.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		invite, err := db.NewInvite(ctx, ben.ID)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := db.LinkMember(ctx, invite); err != nil || m != ben {
			t.Errorf("LinkMember = %+v, %v; want ben", m, err)
		}
		_, err = db.UseLink(ctx, invite, "", "short")
		refused(t, err, fault.Invalid, "Use at least 12 characters")
		if m, err := db.UseLink(ctx, invite, "Ben Ortiz", goodPassword); err != nil || m.Name != "Ben Ortiz" {
			t.Fatalf("UseLink = %+v, %v", m, err)
		}
		_, err = db.UseLink(ctx, invite, "", "another good password")
		refused(t, err, fault.Unknown, "Ask for a new one")
		_, err = db.Session(ctx, session)
		refused(t, err, fault.Unknown, "not signed in")
		first, err := db.NewReset(ctx, ben.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.NewReset(ctx, ben.ID); err != nil {
			t.Fatal(err)
		}
		_, err = db.UseLink(ctx, first, "", "another good password")
		refused(t, err, fault.Unknown, "Ask for a new one")
		if _, err := db.CheckPassword(ctx, "ben@example.org", goodPassword); err != nil {
			t.Error(err)
		}
	})
}
