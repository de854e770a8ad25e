package store_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// anything returns some command; many of them are refused, as in life.
func anything(dice *rand.Rand, now time.Time) incident.Command {
	people := []incident.Person{"ana", "ben", "cleo"}
	by, other := people[dice.IntN(3)], people[dice.IntN(3)]
	soon := now.Add(time.Duration(1+dice.IntN(60)) * time.Minute)
	words := fmt.Sprint("We are still at work on part ", dice.IntN(1000))
	switch dice.IntN(16) {
	case 0:
		return incident.Resolve{By: by, Now: words, Statement: "We own this.", ReviewBy: soon, Seen: -1}
	case 1:
		return incident.Reopen{By: by, Now: words, Plan: words, NextAt: soon}
	case 2:
		return incident.OfferHandover{By: by, To: other}
	case 3:
		return incident.AnswerHandover{By: by, Accept: dice.IntN(3) > 0}
	case 4:
		return incident.WithdrawHandover{By: by}
	case 5:
		return incident.MoveReview{By: by, To: soon.Add(24 * time.Hour), Why: words}
	case 6:
		return incident.DeliverReview{By: by, Where: words}
	case 7:
		return incident.CorrectUpdate{By: by, N: 1 + dice.IntN(3), Now: words, Why: words}
	case 8:
		return incident.ChangeSeverity{By: by, To: incident.Severities[dice.IntN(4)]}
	case 9:
		return incident.ChangeAudience{By: by, To: incident.Audiences[dice.IntN(3)]}
	case 10:
		return incident.TakeOwnership{By: by, Statement: words}
	case 11:
		return incident.NameBackup{By: by, Backup: other}
	case 12:
		return incident.PostUpdate{By: by, Statement: "We own this.", Override: "No time", Now: words, Plan: words, NoTime: "Nobody knows.", Seen: -1}
	default:
		return incident.PostUpdate{By: by, Statement: "We own this.", Override: "No time", Now: words, Plan: words, NextAt: soon, Seen: -1}
	}
}

func TestWhateverHappensTheRecordAgreesWithItself(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			dice, c := rand.New(rand.NewPCG(seed, 0)), newClock(noon)
			db := open(t, filepath.Join(t.TempDir(), "amends.db"), c)
			done := 0
			for range 400 {
				c.advance(time.Duration(dice.IntN(20*60)) * time.Second)
				if dice.IntN(50) == 0 {
					c.advance(30 * 24 * time.Hour)
				}
				if _, _, err := db.ActOnPromises(ctx, 100); err != nil {
					t.Fatal(err)
				}
				r := store.Request{Incident: int64(1 + dice.IntN(3)), Command: anything(dice, c.now())}
				if dice.IntN(40) == 0 || done == 0 {
					r = store.Request{Command: incident.Declare{By: "ana", Title: "Something fails", Audience: incident.Audiences[dice.IntN(3)]}}
				}
				if _, err := db.Apply(ctx, r); err == nil {
					done++
				} else if kind, _, _ := fault.Public(err); kind == fault.Internal {
					t.Fatalf("Apply(%+v) = %v", r, err)
				}
			}
			audit, err := db.Replay(ctx, nil)
			if err != nil || len(audit.Differences) > 0 || audit.Promises == 0 || audit.Leaves == 0 {
				t.Errorf("after %d commands Replay = %+v, %v; want no difference", done, audit, err)
			}
		})
	}
}
