package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func subscribe(t testing.TB, db *store.DB, list ...store.Subscriber) {
	t.Helper()
	if _, err := db.AddSubscribers(ctx, list); err != nil {
		t.Fatal(err)
	}
}

// told returns the addresses to be told, read in pages.
func told(t testing.TB, db *store.DB, audience incident.Audience, services []string, asOf time.Time, limit int) (addresses []string, last store.Subscriber) {
	t.Helper()
	for {
		page, err := db.SubscribersFor(ctx, audience, services, asOf, last.ID, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page {
			addresses, last = append(addresses, s.Address), s
		}
		if len(page) < limit {
			slices.Sort(addresses)
			return addresses, last
		}
	}
}

func TestReadersAreToldWithinTheirAudienceAndServices(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		subscribe(t, db,
			store.Subscriber{Address: "all@a.de"},
			store.Subscriber{Address: "ALL@a.de"},
			store.Subscriber{Address: "cards@a.de", Services: []string{"cards"}},
			store.Subscriber{Address: "card@a.de", Services: []string{"card"}},
			store.Subscriber{Address: "both@a.de", Services: []string{"mail", "cards"}},
			store.Subscriber{Address: "boss@a.de", Audience: incident.Stakeholders},
		)
		c.advance(time.Minute)
		subscribe(t, db, store.Subscriber{Address: "new@a.de"})
		for _, want := range []struct {
			audience incident.Audience
			services []string
			told     []string
		}{
			{incident.Public, []string{"cards"}, []string{"all@a.de", "boss@a.de", "both@a.de", "cards@a.de"}},
			{incident.Public, nil, []string{"all@a.de", "boss@a.de"}},
			{incident.Public, []string{"card_", "c%"}, []string{"all@a.de", "boss@a.de"}},
			{incident.Stakeholders, []string{"cards"}, []string{"boss@a.de"}},
			{incident.Team, []string{"cards"}, nil},
		} {
			got, _ := told(t, db, want.audience, want.services, noon, 2)
			if !slices.Equal(got, want.told) {
				t.Errorf("SubscribersFor(%s, %v) = %v, want %v", want.audience, want.services, got, want.told)
			}
		}
	})
}

func TestAReaderStopsAndStartsAgain(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		subscribe(t, db, store.Subscriber{Address: "boss@a.de", Audience: incident.Stakeholders})
		page, err := db.Subscribers(ctx, "", 10)
		if err != nil || len(page) != 1 {
			t.Fatalf("Subscribers = %v, %v", page, err)
		}
		stop, err := access.ParseSecret(access.ForStop, page[0].Stop)
		if err != nil {
			t.Fatal(err)
		}
		subscribe(t, db, store.Subscriber{Address: "boss@a.de", Zone: "Asia/Tokyo"})
		if s, err := db.SubscriberByStop(ctx, stop); err != nil || s.Audience != incident.Stakeholders || s.Zone != "Asia/Tokyo" {
			t.Errorf("adding again narrowed the reader: %+v, %v", s, err)
		}
		for range 2 {
			if err := db.StopSubscription(ctx, stop); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := db.CountSubscribers(ctx); err != nil || n != 0 {
			t.Errorf("CountSubscribers = %d, %v; want 0", n, err)
		}
		refused(t, db.StopSubscription(ctx, access.NewSecret(access.ForStop)), fault.Unknown, "does not work")
		c.advance(time.Hour)
		subscribe(t, db, store.Subscriber{Address: "boss@a.de"})
		got, last := told(t, db, incident.Public, nil, c.now(), 10)
		if len(got) != 1 || last.Audience != incident.Public || !last.CreatedAt.Equal(c.now()) {
			t.Errorf("after starting again: %+v", last)
		}
		if err := db.RemoveSubscriber(ctx, last.ID); err != nil {
			t.Error(err)
		}
		refused(t, db.RemoveSubscriber(ctx, last.ID), fault.Missing, "no such subscriber")
	})
}

func BenchmarkReadersOfAnUpdate(b *testing.B) {
	for name, database := range databases(b) {
		b.Run(name, func(b *testing.B) {
			db := open(b, database, newClock(noon))
			list := make([]store.Subscriber, 50_000)
			for i := range list {
				list[i] = store.Subscriber{Address: fmt.Sprintf("reader%d@example.org", i)}
				if i%5 == 0 {
					list[i].Services = []string{"cards", "mail"}
				}
			}
			began := time.Now()
			subscribe(b, db, list...)
			b.ReportMetric(50_000/time.Since(began).Seconds(), "added/s")
			for b.Loop() {
				got, _ := told(b, db, incident.Public, []string{"cards"}, noon, 1000)
				if len(got) != 50_000 {
					b.Fatalf("%d readers, want 50000", len(got))
				}
			}
		})
	}
}
