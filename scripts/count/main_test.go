package main

import (
	"strings"
	"testing"
)

func TestTheLastLineCounts(t *testing.T) {
	for _, c := range []struct {
		name, events, want string
		ok                 bool
	}{
		{"all well", `{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Test":"TestX","Output":"noise\n"}
{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"skip","Package":"a","Test":"TestY"}
{"Action":"pass","Package":"a","Elapsed":1.5}`, "2 tests: 1 passed, 0 failed, 1 skipped\n", true},
		{"a failure", `{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Test":"TestX","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"a","Test":"TestX"}
{"Action":"pass","Package":"a","Test":"TestY"}
{"Action":"fail","Package":"a"}`, "2 tests: 1 passed, 1 failed, 0 skipped\n", false},
		{"a package that does not build", `{"Action":"start","Package":"a"}
{"Action":"output","Package":"a","Output":"FAIL a [build failed]\n"}
{"Action":"fail","Package":"a"}
{"Action":"pass","Package":"b","Test":"TestY"}`, "1 tests: 1 passed, 0 failed, 0 skipped; 1 packages broken\n", false},
		{"a run that was cut off", `{"Action":"start","Package":"a"}
{"Action":"pass","Package":"a","Test":"TestX"}`, "1 tests: 1 passed, 0 failed, 0 skipped; 1 packages broken\n", false},
		{"nothing", ``, "0 tests: 0 passed, 0 failed, 0 skipped\n", false},
	} {
		var out strings.Builder
		ok, err := count(strings.NewReader(c.events), &out)
		if ok != c.ok || err != nil || !strings.HasSuffix(out.String(), c.want) {
			t.Errorf("%s: count = %v, %v, said\n%s\nwant %v and the last line %q", c.name, ok, err, &out, c.ok, c.want)
		}
		if failed := strings.Contains(out.String(), "got 1, want 2"); failed != (c.name == "a failure") {
			t.Errorf("%s: the failed test's own words shown: %v", c.name, failed)
		}
		if strings.Contains(out.String(), "noise") {
			t.Errorf("%s: a passing test's noise is shown", c.name)
		}
	}
}
