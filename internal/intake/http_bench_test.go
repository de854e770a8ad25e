package intake_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/intake"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

// senders post n bodies from many connections at a time and return how each
// was answered and how long the taken ones took.
func senders(b *testing.B, url string, workers, n int, body func(int) string) (answers map[int]int, took []time.Duration) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	answers = map[int]int{}
	var next atomic.Int64
	var mu sync.Mutex
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				began := time.Now()
				res, err := client.Post(url, "application/json", strings.NewReader(body(int(i))))
				if err != nil {
					b.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, res.Body)
				res.Body.Close()
				if err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				answers[res.StatusCode]++
				if res.StatusCode == http.StatusOK {
					took = append(took, time.Since(began))
				}
				mu.Unlock()
			}
		})
	}
	done.Wait()
	slices.Sort(took)
	return answers, took
}

// BenchmarkDurableAlerts posts alerts over HTTP, each answered after its
// commit on SQLite with synchronous=FULL: in 50 groups that fire on, and each
// in a group of its own, which opens an incident.
func BenchmarkDurableAlerts(b *testing.B) {
	for _, c := range []struct {
		name   string
		groups int
	}{{"fire on", 50}, {"open", 1 << 30}} {
		b.Run(c.name, func(b *testing.B) {
			url := benchDoor(b, intake.Deps{PerSource: 1 << 20, All: 1 << 20, InFlight: 512})
			b.ResetTimer()
			began := time.Now()
			answers, took := senders(b, url, 64, b.N, func(i int) string {
				return fmt.Sprintf(`{"title":"Card payments fail","key":"group %d","severity":"critical","labels":{"service":"payments"}}`, i%c.groups)
			})
			if answers[http.StatusOK] != b.N {
				b.Fatalf("%d alerts were answered %v", b.N, answers)
			}
			b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "alerts/s")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// BenchmarkFlood posts as fast as it can at a door that takes 100 a second.
func BenchmarkFlood(b *testing.B) {
	url := benchDoor(b, intake.Deps{PerSource: 100})
	before := resident(b)
	b.ResetTimer()
	began := time.Now()
	answers, took := senders(b, url, 128, b.N, func(i int) string {
		return fmt.Sprintf(`{"title":"Noise","key":"group %d","summary":%q}`, i%50, strings.Repeat("x", 4000))
	})
	seconds := time.Since(began).Seconds()
	b.ReportMetric(float64(answers[http.StatusOK])/seconds, "taken/s")
	b.ReportMetric(float64(answers[http.StatusTooManyRequests])/seconds, "shed/s")
	b.ReportMetric(resident(b)-before, "grown-MB")
	if len(took) > 0 {
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	}
	if answers[http.StatusOK]+answers[http.StatusTooManyRequests] != b.N {
		b.Fatalf("%d alerts were answered %v, want taken or shed", b.N, answers)
	}
}

func benchDoor(b *testing.B, deps intake.Deps) (url string) {
	b.Helper()
	db := storetest.Open(b, storetest.SQLite(b), nil)
	m, err := db.AddMember(b.Context(), store.Member{Name: "Ana", Email: "ana@example.org", Role: access.Admin})
	if err != nil {
		b.Fatal(err)
	}
	rules, err := intake.CheckRules(b.Context(), db, "generic", nil, m.ID)
	if err != nil {
		b.Fatal(err)
	}
	_, key, err := db.AddSource(b.Context(), store.Source{Name: "bench", Kind: "generic", Rules: rules})
	if err != nil {
		b.Fatal(err)
	}
	deps.DB = db
	server := httptest.NewServer(intake.New(deps))
	b.Cleanup(server.Close)
	return server.URL + "/in/generic/" + key.Reveal()
}

// resident returns the memory of this process in MB.
func resident(b *testing.B) float64 {
	b.Helper()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("the memory of a process is read from /proc")
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		b.Fatal(err)
	}
	return float64(pages) * float64(os.Getpagesize()) / (1 << 20)
}
