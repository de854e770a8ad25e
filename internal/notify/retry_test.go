package notify

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestRetryGoesOnFor72HoursAndThenStops(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var elapsed, last time.Duration
		attempts := 1
		for {
			pause, again := Retry(elapsed, 0, random.Float64())
			if !again {
				break
			}
			if pause < retryFloor || pause > retryMost {
				t.Fatalf("Retry(%v) = %v, want between %v and %v", elapsed, pause, retryFloor, retryMost)
			}
			last, elapsed = elapsed, elapsed+pause
			attempts++
		}
		if elapsed < retryFor || last >= retryFor {
			t.Fatalf("the last attempt came at %v, the one before at %v; want the end of %v between them", elapsed, last, retryFor)
		}
		if attempts < 60 || attempts > 120 {
			t.Errorf("%d attempts in %v, want 60 to 120", attempts, elapsed)
		}
	}
}

func TestRetryNeverComesEarlierThanAsked(t *testing.T) {
	for _, random := range []float64{0, 0.5, 0.999999} {
		if pause, again := Retry(time.Minute, 10*time.Minute, random); !again || pause < 10*time.Minute || pause > 11*time.Minute {
			t.Errorf("Retry(asked 10 min, random %v) = %v, %v; want 10 to 11 min", random, pause, again)
		}
	}
	if pause, _ := Retry(0, 1000*time.Hour, 0); pause > 25*time.Hour {
		t.Errorf("Retry(asked 1000 h) = %v, want at most a day and a second", pause)
	}
}

// An outage of ten minutes at two hundred endpoints that all got the same
// update at once: their retries make no wave, and all have it within a minute
// of the recovery.
func TestRetriesOfTwoHundredEndpointsMakeNoWave(t *testing.T) {
	const endpoints, outage, bin = 200, 10 * time.Minute, 10 * time.Second
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 7))
		bins := make([]int, outage/bin)
		total, drained := 0, time.Duration(0)
		for range endpoints {
			var elapsed time.Duration
			for {
				pause, _ := Retry(elapsed, 0, random.Float64())
				elapsed += pause
				if elapsed >= outage {
					drained = max(drained, elapsed-outage)
					break
				}
				bins[elapsed/bin]++
				total++
			}
		}
		peak, mean := 0, float64(total)/float64(len(bins))
		for _, n := range bins {
			peak = max(peak, n)
		}
		if float64(peak) > 2*mean {
			t.Errorf("seed %d: peak %d in %v, mean %.1f; want at most twice the mean", seed, peak, bin, mean)
		}
		if drained > time.Minute {
			t.Errorf("seed %d: the last endpoint had it %v after recovery, want at most a minute", seed, drained)
		}
		if budget := endpoints * 30; total > budget {
			t.Errorf("seed %d: %d attempts, want at most %d", seed, total, budget)
		}
		if seed == 0 {
			t.Logf("attempts %d, mean %.1f and peak %d in %v, drained after %v", total, mean, peak, bin, drained)
		}
	}
}
