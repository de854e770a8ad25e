package store_test

import (
	"errors"
	"reflect"
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func TestAChannelIsKeptTestedPausedAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		_, err := db.AddChannel(ctx, store.Channel{Audience: "nobody"})
		if _, _, fields := fault.Public(err); len(fields) != 3 {
			t.Errorf("an empty channel: %v, want name, kind and audience named", err)
		}
		c, err := db.AddChannel(ctx, store.Channel{
			Name: "Team room", Kind: "slack", Audience: incident.Team,
			Options: map[string]string{"url": "https://hooks.example/1"}, Events: []string{"update", "missed"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.RecordChannelTest(ctx, c.ID, "404 not found"), db.PauseChannel(ctx, c.ID, true)); err != nil {
			t.Fatal(err)
		}
		c.TestedAt, c.TestError, c.PausedAt = noon, "404 not found", noon
		if got, err := db.Channel(ctx, c.ID); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("Channel = %+v, %v; want %+v", got, err, c)
		}
		c.Name, c.Events = "Another room", nil
		if err := errors.Join(db.ChangeChannel(ctx, c), db.PauseChannel(ctx, c.ID, false)); err != nil {
			t.Fatal(err)
		}
		list, err := db.Channels(ctx)
		if err != nil || len(list) != 1 || list[0].Name != "Another room" || !list[0].TestedAt.IsZero() || !list[0].PausedAt.IsZero() || len(list[0].Events) != 0 {
			t.Errorf("Channels = %+v, %v", list, err)
		}
		if err := db.RemoveChannel(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
		refused(t, db.RemoveChannel(ctx, c.ID), fault.Missing, "no such channel")
		refused(t, db.ChangeChannel(ctx, c), fault.Missing, "no such channel")
	})
}
