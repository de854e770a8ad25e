package store_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func ids(t testing.TB, db *store.DB, r store.Reader) (out []string) {
	t.Helper()
	list, err := db.Services(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		out = append(out, s.ID)
	}
	return out
}

func TestServicesKeepTheirIdAndTheirOrder(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		for _, s := range []store.Service{
			{Name: "Card payments", Group: "Money"}, {Name: "Card Payments!"}, {Name: "Übersicht & Café"}, {Name: "日本"},
			{Name: "Back office", Audience: incident.Team, ID: "office"},
		} {
			if _, err := db.AddService(ctx, s); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := ids(t, db, everyone{}), []string{"card-payments", "card-payments-2", "ubersicht-cafe", "service", "office"}; !slices.Equal(got, want) {
			t.Errorf("services = %v, want %v", got, want)
		}
		if err := db.OrderServices(ctx, []string{"service", "office"}); err != nil {
			t.Fatal(err)
		}
		if got, want := ids(t, db, access.Who{}), []string{"service", "card-payments", "card-payments-2", "ubersicht-cafe"}; !slices.Equal(got, want) {
			t.Errorf("public services = %v, want %v", got, want)
		}
		_, err := db.AddService(ctx, store.Service{Name: "X", ID: "office"})
		refused(t, err, fault.Invalid, "has this id")
		refused(t, db.ArchiveService(ctx, "none", true), fault.Missing, "no such service")
		if err := db.ChangeService(ctx, store.Service{ID: "office", Name: "Front office"}); err != nil {
			t.Fatal(err)
		}
		if err := db.ArchiveService(ctx, "office", true); err != nil {
			t.Fatal(err)
		}
		list, err := db.Services(ctx, access.Who{})
		if err != nil || list[1].Name != "Front office" || !list[1].ArchivedAt.Equal(noon) || list[1].Audience != incident.Public {
			t.Errorf("after the change: %+v, %v", list, err)
		}
	})
}

func TestTheStateOfAServiceFollowsFromOpenIncidents(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		check := func(r store.Reader, want map[string]store.ServiceState) {
			t.Helper()
			got, err := db.ServiceStates(ctx, r)
			if err != nil || !maps.Equal(got, want) {
				t.Errorf("ServiceStates = %v, %v; want %v", got, err, want)
			}
		}
		team, public := everyone{}, access.Who{}
		id := apply(t, db, 0, incident.Declare{By: "a", Title: "x", Severity: "SEV3", Services: []string{"cards", "mail"}}).Incident
		apply(t, db, 0, incident.Declare{By: "a", Title: "y", Severity: "SEV1", Services: []string{"mail"}, Audience: incident.Team})
		check(team, map[string]store.ServiceState{"cards": store.Degraded, "mail": store.Outage})
		check(public, map[string]store.ServiceState{})
		apply(t, db, id, incident.PostUpdate{By: "a", Statement: "We own it.", Now: "Slow.", Plan: "Look.", NextAt: noon.Add(time.Hour), Seen: -1})
		check(public, map[string]store.ServiceState{"cards": store.Degraded, "mail": store.Degraded})
		apply(t, db, id, incident.Resolve{By: "a", Now: "Works.", Works: []string{"cards", "mail"}, Seen: -1})
		check(public, map[string]store.ServiceState{})
		check(team, map[string]store.ServiceState{"mail": store.Outage})
	})
}

func TestTheTeamsSettingsAreKept(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		if got, err := db.Team(ctx); err != nil || got != (store.Team{Audience: incident.Public}) || got.Location() != time.UTC {
			t.Errorf("Team at first = %+v, %v", got, err)
		}
		ana := member(t, db, "ana", access.Admin)
		want := store.Team{Name: "Meridian", Zone: "America/Bogota", Backup: incident.Person(ana.ID), Audience: incident.Stakeholders}
		if err := db.SetTeam(ctx, want); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Team(ctx); err != nil || got != want {
			t.Errorf("Team = %+v, %v; want %+v", got, err, want)
		}
		want.Backup = "m_nobody"
		refused(t, db.SetTeam(ctx, want), fault.Invalid, "Choose a member")
		if err := db.Set(ctx, store.SettingHold, "x"); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Setting(ctx, store.SettingHold); err != nil || got != "x" {
			t.Errorf("Setting = %q, %v", got, err)
		}
	})
}
