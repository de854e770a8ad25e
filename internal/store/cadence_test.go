package store_test

import (
	"context"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func TestCadenceMeasuresGapsAndTheLongestSilence(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		id := apply(t, db, 0, incident.Declare{By: "ana", Title: "Mail is slow", Severity: "SEV4"}).Incident
		post := incident.PostUpdate{By: "ana", Statement: "We own this.", Now: "Slow.", Plan: "Look.", NoTime: "We wait for a part.", Seen: -1}
		for _, gap := range []time.Duration{10 * time.Minute, 20 * time.Minute, 40 * time.Minute} {
			c.advance(gap)
			apply(t, db, id, post)
		}
		c.advance(5 * time.Minute)
		apply(t, db, id, incident.Resolve{By: "ana", Now: "Fast.", Seen: -1})
		got, err := db.Cadence(context.Background(), everyone{}, store.IncidentFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Incidents != 1 || got.Updates != 4 || got.Gaps.N != 3 || got.Gaps.Median != 20*time.Minute || got.Silences.Max != 40*time.Minute || got.Named != 0 {
			t.Errorf("Cadence = %+v", got)
		}
	})
}
