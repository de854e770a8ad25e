package intake_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"amends.dev/internal/fault"
	"amends.dev/internal/intake"
)

// bombs are bodies made to cost more than they are worth: as sent, and as
// large as the limit on bodies lets them be.
var bombs = sync.OnceValue(func() map[string][]byte {
	labels := []byte(`{"title":"A","labels":{`)
	for i := range 1_000_000 {
		labels = append(strconv.AppendInt(append(labels, '"'), int64(i), 10), `":"",`...)
	}
	all := map[string][]byte{
		"a million levels": []byte(`{"title":"A","labels":` + strings.Repeat(`{"a":`, 1_000_000)),
		"a million arrays": []byte(`{"alerts":` + strings.Repeat(`[`, 1_000_000) + strings.Repeat(`]`, 1_000_000) + `}`),
		"a million labels": append(labels, `"z":""}}`...),
		"a million commas": []byte(`{"alerts":[` + strings.Repeat(`0,`, 1_000_000) + `0]}`),
		"a million quotes": []byte(`{"title":"` + strings.Repeat(`\"`, 1_000_000) + `"}`),
	}
	for _, name := range slices.Collect(maps.Keys(all)) {
		all[name+", cut to the limit"] = all[name][:intake.MaxBody]
	}
	return all
})

var parsers = map[string]func([]byte) ([]intake.Signal, error){
	"alertmanager": intake.Alertmanager,
	"pagerduty":    func(b []byte) ([]intake.Signal, error) { _, s, err := intake.PagerDuty(b); return s, err },
	"generic":      intake.Generic,
}

func TestBombsAreRefusedBeforeAnythingIsBuiltFromThem(t *testing.T) {
	for name, body := range bombs() {
		for source, parse := range parsers {
			if signals, err := parse(body); signals != nil || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s to %s: %d signals, %v; want a refusal", name, source, len(signals), err)
			}
			if strings.HasPrefix(name, "a million quotes") {
				continue // one text: refused by its size or as no JSON, and one text is all it builds
			}
			if got := testing.AllocsPerRun(3, func() { parse(body) }); got > 20 {
				t.Errorf("%s to %s: %v allocations, want a handful", name, source, got)
			}
		}
	}
}

func BenchmarkBombs(b *testing.B) {
	for name, body := range bombs() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := intake.Generic(body); err == nil {
					b.Fatal("read")
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for source, file := range map[string]string{"alertmanager": "alertmanager-mixed.json", "pagerduty": "pagerduty-again.json", "generic": "generic-report.json"} {
		body := captured(b, file)
		b.Run(source, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parsers[source](body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
