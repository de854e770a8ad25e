package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func signal(group, alert string, firing bool) store.AlertSignal {
	return store.AlertSignal{
		GroupKey: group, AlertKey: alert, Firing: firing, Summary: alert + " says " + fmt.Sprint(firing),
		Declare: incident.Declare{By: incident.System, Owner: "priya", Title: "Alert " + group},
	}
}

func ingest(t testing.TB, db *store.DB, signals ...store.AlertSignal) []store.Ingested {
	t.Helper()
	out, err := db.Ingest(ctx, "prom", signals)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// alerted lists the alert entries of an incident's timeline.
func alerted(t testing.TB, db *store.DB, id int64) string {
	t.Helper()
	entries, err := db.Timeline(ctx, everyone{}, id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if f, ok := e.Fact.(incident.Alerted); ok {
			out = append(out, fmt.Sprint(f.Firing))
		}
	}
	return strings.Join(out, " ")
}

func TestAGroupOpensOneIncidentAndOnlyItsTurnsAreEntries(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		if got := ingest(t, db, signal("g", "a", false)); got[0] != (store.Ingested{}) {
			t.Errorf("a group nobody has heard of is over: %+v, want nothing", got)
		}
		got := ingest(t, db, signal("g", "a", true), signal("g", "b", true))
		if got[0] != (store.Ingested{Incident: 1, Opened: true, Changed: true}) || got[1].Opened || got[1].Incident != 1 {
			t.Errorf("first alerts: %+v, want incident 1 opened once", got)
		}
		c.advance(time.Minute)
		for _, s := range [][]store.AlertSignal{
			{signal("g", "a", true), signal("g", "b", true)},  // firing on
			{signal("g", "a", false), signal("g", "b", true)}, // mixed
			{signal("g", "b", false), signal("g", "a", true)}, // one ends as the other begins: no turn
		} {
			if got := ingest(t, db, s...); got[0].Changed || got[0].Opened {
				t.Errorf("Ingest(%v) = %+v, want it only counted", s, got)
			}
		}
		if got := alerted(t, db, 1); got != "" {
			t.Errorf("entries %q, want none before a turn", got)
		}
		ingest(t, db, signal("g", "a", false))
		ingest(t, db, signal("g", "a", false))
		ingest(t, db, signal("g", "c", true))
		if got := alerted(t, db, 1); got != "false true" {
			t.Errorf("entries %q, want over, then firing again", got)
		}
		groups, err := db.AlertGroups(ctx, everyone{}, 1)
		want := store.AlertGroup{Source: "prom", Key: "g", Incident: 1, Firing: true, Alerts: 1, Seen: 7, FirstAt: noon, LastAt: noon.Add(time.Minute)}
		if err != nil || len(groups) != 1 || groups[0] != want {
			t.Errorf("AlertGroups = %+v, %v; want %+v", groups, err, want)
		}
		if groups, err := db.AlertGroups(ctx, access.Who{}, 1); err != nil || len(groups) != 0 {
			t.Errorf("a reader of public words got %+v, %v", groups, err)
		}
		in, err := db.Incident(ctx, everyone{}, 1)
		if err != nil || !in.Open() {
			t.Errorf("alerts being over ended the incident: %+v, %v", in, err)
		}
	})
}

func TestAGroupThatFiresAfterItsIncidentIsOverOpensANewOne(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		ingest(t, db, signal("g", "a", true), signal("g", "b", true))
		apply(t, db, 1, incident.Resolve{By: "priya", Statement: "We own it.", Now: "Works.", Seen: -1})
		if got := ingest(t, db, signal("g", "a", false)); got[0].Incident != 1 || got[0].Changed {
			t.Errorf("one alert over = %+v, want it counted", got)
		}
		if got := ingest(t, db, signal("g", "a", true)); got[0] != (store.Ingested{Incident: 2, Opened: true, Changed: true}) {
			t.Errorf("firing again = %+v, want incident 2", got)
		}
		over := signal("g", "a", false)
		over.GroupOver = true
		if got := ingest(t, db, over); !got[0].Changed || got[0].Incident != 2 {
			t.Errorf("the whole group over = %+v, want a turn", got)
		}
		if got := ingest(t, db, signal("h", "x", true), signal("h", "x", false)); !got[0].Opened || got[0].Incident != 3 {
			t.Errorf("over within one request = %+v, want incident 3: it did fire", got)
		}
		groups, err := db.AlertGroups(ctx, everyone{}, 2)
		if err != nil || len(groups) != 1 || groups[0].Seen != 1 || groups[0].Firing {
			t.Errorf("AlertGroups = %+v, %v; want seen once, over", groups, err)
		}
	})
}

func TestARefusedSignalLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		bad := signal("bad", "a", true)
		bad.Declare.Title = ""
		_, err := db.Ingest(ctx, "prom", []store.AlertSignal{signal("good", "a", true), bad})
		refused(t, err, fault.Invalid, "Enter what is going wrong")
		if n, err := db.CountIncidents(ctx, everyone{}, store.IncidentFilter{}); err != nil || n != 0 {
			t.Errorf("%d incidents, %v; want none", n, err)
		}
		if got := ingest(t, db, signal("good", "a", true)); got[0].Incident != 1 {
			t.Errorf("after the refusal: %+v, want incident 1", got)
		}
	})
}

func TestAGroupWithMoreAlertsThanAreRememberedIsOverWhenItsSourceSaysSo(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, _ *clock) {
		var many, ends []store.AlertSignal
		for i := range 600 {
			many = append(many, signal("g", fmt.Sprint(i), true))
			ends = append(ends, signal("g", fmt.Sprint(i), false))
		}
		ingest(t, db, many...)
		if got := ingest(t, db, ends...); got[0].Changed {
			t.Error("the group counts as over, though not every alert was remembered")
		}
		over := signal("g", "1", false)
		over.GroupOver = true
		if got := ingest(t, db, over); !got[0].Changed {
			t.Error("the group does not count as over, though its source said so")
		}
	})
}

// A flood: 100,000 signals of 50 groups in any order, with flaps, at every
// node of the database at once.
func TestAFloodOfFiftyGroupsOpensFiftyIncidents(t *testing.T) {
	total := 100_000
	if testing.Short() {
		total = 10_000
	}
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			c := newClock(noon)
			nodes := []*store.DB{open(t, database, c)}
			if nodes[0].Shared() {
				nodes = append(nodes, open(t, database, c))
			}
			before := fileSize(database)
			fired := flood(t, nodes, total)
			n, err := nodes[0].CountIncidents(ctx, everyone{}, store.IncidentFilter{})
			if err != nil || n != 50 {
				t.Errorf("%d incidents, %v; want 50", n, err)
			}
			var seen int64
			for id := range int64(50) {
				groups, err := nodes[0].AlertGroups(ctx, everyone{}, id+1)
				if err != nil || len(groups) != 1 {
					t.Fatalf("AlertGroups(%d) = %v, %v; want one", id+1, groups, err)
				}
				seen += groups[0].Seen
			}
			if seen != fired {
				t.Errorf("%d firings counted, want %d", seen, fired)
			}
			if grew := fileSize(database) - before; grew > 20<<20 {
				t.Errorf("the file grew by %d MB, want 20 at most", grew>>20)
			}
		})
	}
}

// flood sends signals, the firing one of each group first, and returns how
// many fired.
func flood(t *testing.T, nodes []*store.DB, total int) int64 {
	var fired atomic.Int64
	var senders sync.WaitGroup
	next := make(chan []store.AlertSignal)
	for i := range 32 {
		senders.Go(func() {
			for signals := range next {
				if _, err := nodes[i%len(nodes)].Ingest(ctx, "prom", signals); err != nil {
					t.Error(err)
				}
			}
		})
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for sent := 0; sent < total; {
		var request []store.AlertSignal
		for range 10 {
			s := signal(fmt.Sprint("group", dice.IntN(50)), fmt.Sprint(dice.IntN(3)), dice.IntN(10) > 0)
			if s.Firing {
				fired.Add(1)
			}
			request = append(request, s)
			sent++
		}
		next <- request
	}
	close(next)
	senders.Wait()
	return fired.Load()
}

func fileSize(path string) (size int64) {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			size += info.Size()
		}
	}
	return size
}

func TestASourceIsKnownByItsKeyAlone(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, c *clock) {
		s, key, err := db.AddSource(ctx, store.Source{Name: "Prometheus", Kind: "alertmanager", Rules: []byte(`{"owner":"m_1"}`)})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := db.SourceByKey(ctx, key); err != nil || got.ID != s.ID || string(got.Rules) != `{"owner":"m_1"}` {
			t.Errorf("SourceByKey = %+v, %v; want %+v", got, err, s)
		}
		c.advance(time.Hour)
		_, err = db.SourceByKey(ctx, access.NewSecret(access.ForSource))
		refused(t, err, fault.Unknown, "This key does not work")
		fresh, err := db.NewSourceKey(ctx, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.SourceByKey(ctx, key)
		refused(t, err, fault.Unknown, "This key does not work")
		if _, err := db.SourceByKey(ctx, fresh); err != nil {
			t.Error(err)
		}
		if got, err := db.Source(ctx, s.ID); err != nil || !got.UsedAt.Equal(c.now()) || got.Hint != fresh.Hint() {
			t.Errorf("Source = %+v, %v; want it used now", got, err)
		}
		s.Rules = []byte(`{`)
		refused(t, db.ChangeSource(ctx, s), fault.Invalid, "Enter rules as JSON")
		s.Rules, s.Name = nil, "Prom"
		if err := db.ChangeSource(ctx, s); err != nil {
			t.Fatal(err)
		}
		if err := db.RevokeSource(ctx, s.ID); err != nil {
			t.Fatal(err)
		}
		_, err = db.SourceByKey(ctx, fresh)
		refused(t, err, fault.Unknown, "This key does not work")
		list, err := db.Sources(ctx)
		if err != nil || len(list) != 1 || list[0].Name != "Prom" || list[0].RevokedAt.IsZero() {
			t.Errorf("Sources = %+v, %v", list, err)
		}
	})
}

// BenchmarkIngest is one alert a request, from many senders at once.
func BenchmarkIngest(b *testing.B) {
	for name, database := range databases(b) {
		b.Run(name, func(b *testing.B) {
			db := open(b, database, newClock(noon))
			var n atomic.Int64
			b.SetParallelism(32)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					i := n.Add(1)
					if _, err := db.Ingest(ctx, "prom", []store.AlertSignal{signal(fmt.Sprint("group", i%50), fmt.Sprint(i%7), i%11 != 0)}); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "alerts/s")
		})
	}
}
