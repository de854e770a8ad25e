package store_test

import (
	"encoding/json"
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

func TestTheFirstAnswerToAKeyStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		db, ctx := storetest.Open(t, database, nil), t.Context()
		if _, ok, err := db.FirstAnswer(ctx, "k", "asked"); ok || err != nil {
			t.Fatalf("a fresh key: %t, %v, want no answer", ok, err)
		}
		for _, answer := range []string{`{"status":201,"body":"first"}`, `{"status":201,"body":"second"}`} {
			if err := db.KeepAnswer(ctx, "k", "asked", json.RawMessage(answer)); err != nil {
				t.Fatal(err)
			}
		}
		got, ok, err := db.FirstAnswer(ctx, "k", "asked")
		if want := `{"status":201,"body":"first"}`; err != nil || !ok || string(got) != want {
			t.Errorf("FirstAnswer: %s, %t, %v, want %s", got, ok, err, want)
		}
		if _, _, err := db.FirstAnswer(ctx, "k", "asked something else"); !fault.Is(err, fault.Conflict) {
			t.Errorf("another request under the same key: %v, want a conflict", err)
		}
	})
}

func TestAResultNamesTheEntriesThatItWrote(t *testing.T) {
	var r store.Result
	if err := json.Unmarshal([]byte(`{"incident":1,"version":3,"seq":3}`), &r); err != nil || r.First != 0 {
		t.Errorf("a result kept by an older release: %+v, %v, want one without a first entry", r, err)
	}
}
