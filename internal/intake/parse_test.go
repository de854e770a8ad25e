package intake_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"amends.dev/internal/fault"
	"amends.dev/internal/intake"
)

// captured returns the bytes that a real sender posted.
func captured(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var started = time.Date(2026, 11, 22, 3, 22, 16, 136411190, time.UTC)

func TestAlertmanagersGroupsAreReadAsItSentThem(t *testing.T) {
	const (
		group = `{}/{}:{alertname="HighErr"}`
		a, b  = "c7c424a5f7aaccbc", "46a824dd8f52695d"
	)
	for _, c := range []struct {
		file  string
		group intake.Status
		keys  []string
		each  []intake.Status
	}{
		{"alertmanager-firing.json", intake.Firing, []string{a, b}, []intake.Status{intake.Firing, intake.Firing}},
		{"alertmanager-mixed.json", intake.Firing, []string{a, b}, []intake.Status{intake.Firing, intake.Resolved}},
		{"alertmanager-resolved.json", intake.Resolved, []string{a}, []intake.Status{intake.Resolved}},
	} {
		signals, err := intake.Alertmanager(captured(t, c.file))
		if err != nil || len(signals) != len(c.keys) {
			t.Fatalf("%s: %d signals, %v; want %d", c.file, len(signals), err, len(c.keys))
		}
		for i, s := range signals {
			if s.GroupKey != group || s.GroupStatus != c.group || s.AlertKey != c.keys[i] || s.Status != c.each[i] || s.Truncated {
				t.Errorf("%s: signal %d = %+v, want group %s %s, alert %s %s", c.file, i, s, group, c.group, c.keys[i], c.each[i])
			}
		}
	}
}

func TestAnAlertmanagerAlertKeepsWhatItSays(t *testing.T) {
	signals, err := intake.Alertmanager(captured(t, "alertmanager-firing.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := intake.Signal{
		GroupKey: `{}/{}:{alertname="HighErr"}`, GroupStatus: intake.Firing, AlertKey: "c7c424a5f7aaccbc", Status: intake.Firing,
		Title: "5xx above 5%", Summary: "Checkout answers <b>errors</b> to 1 in 9 requests.\nSince 14:20.", Severity: "critical",
		Labels: map[string]string{"alertname": "HighErr", "instance": "a", "service": "checkout", "severity": "critical"},
		Annotations: map[string]string{"summary": "5xx above 5%",
			"description": "Checkout answers <b>errors</b> to 1 in 9 requests.\nSince 14:20."},
		StartedAt: started, URL: "http://prometheus.example.org:9090/graph?g0.expr=x",
	}
	if !reflect.DeepEqual(signals[0], want) {
		t.Errorf("got  %+v\nwant %+v", signals[0], want)
	}
	if got := signals[1].URL; got != "http://vm:0" {
		t.Errorf("an alert without a generator links to %q, want Alertmanager itself", got)
	}
}

func TestAShortenedGroupNeverCountsAsOver(t *testing.T) {
	body := string(captured(t, "alertmanager-truncated.json"))
	signals, err := intake.Alertmanager([]byte(body))
	if err != nil || len(signals) != 1 || !signals[0].Truncated || signals[0].Title != "DiskFull" {
		t.Fatalf("Alertmanager = %+v, %v; want one truncated signal named after the alert", signals, err)
	}
	// The kept alert is over; one that was left out still fires.
	over := strings.ReplaceAll(body, `"status":"firing"`, `"status":"resolved"`)
	signals, err = intake.Alertmanager([]byte(over))
	if err != nil || signals[0].Status != intake.Resolved || signals[0].GroupStatus != intake.Firing {
		t.Errorf("Alertmanager = %+v, %v; want the alert over and the group firing", signals, err)
	}
}

func TestFieldsOfNewerAlertmanagersAreAccepted(t *testing.T) {
	body := strings.Replace(string(captured(t, "alertmanager-firing.json")), `{"receiver"`, `{"notification_reason":"repeat","routeLabels":{"team":"a"},"future":[{"x":{}}],"receiver"`, 1)
	if _, err := intake.Alertmanager([]byte(body)); err != nil {
		t.Errorf("a body with fields of newer releases: %v", err)
	}
}

func TestAlertmanagerThroughPagerDutyOpensAndClosesOneGroup(t *testing.T) {
	const dedup = "787f292d678f09b5e141864f769ee01e9b71e7231d700678d6b1275d44d89650"
	for _, c := range []struct {
		file, title string
		status      intake.Status
	}{
		{"pagerduty-trigger.json", "[FIRING:2] HighErr (checkout critical)", intake.Firing},
		{"pagerduty-again.json", "[FIRING:1] HighErr (checkout critical)", intake.Firing},
		{"pagerduty-resolve.json", "[RESOLVED] HighErr (a checkout critical)", intake.Resolved},
	} {
		routing, signals, err := intake.PagerDuty(captured(t, c.file))
		if err != nil || routing != "R0123456789abcdef0123456789abcdef" || len(signals) != 1 {
			t.Fatalf("%s: key %q, %d signals, %v", c.file, routing, len(signals), err)
		}
		s := signals[0]
		if s.GroupKey != dedup || s.AlertKey != dedup || s.Status != c.status || s.GroupStatus != c.status || s.Title != c.title ||
			s.Severity != "error" || s.Labels["source"] != "Alertmanager" || s.Labels["severity"] != "error" || s.URL != "http://vm:0/#/alerts?receiver=hook" {
			t.Errorf("%s: %+v", c.file, s)
		}
	}
}

func TestPagerDutyEventsAreReadInEveryShapeTheyHave(t *testing.T) {
	const head = `{"routing_key":"R","event_action":"trigger",`
	for name, c := range map[string]struct {
		body  string
		check func(s intake.Signal) bool
	}{
		"the documented example": {
			head + `"dedup_key":"srv01/mysql","payload":{"summary":"DISK at 99%","severity":"critical","source":"host","timestamp":"2015-07-17T08:42:58.315+0000","component":"mysql","group":"prod","class":"disk","custom_details":{"free":"1%","load":0.75,"up":true,"none":null,"by":{"a":[1]}}},"links":[{"href":"https://x.example/1","text":"x"}]}`,
			func(s intake.Signal) bool {
				return s.GroupKey == "srv01/mysql" && s.StartedAt.Equal(time.Date(2015, 7, 17, 8, 42, 58, 315e6, time.UTC)) && s.URL == "https://x.example/1" &&
					maps.Equal(s.Labels, map[string]string{"source": "host", "severity": "critical", "component": "mysql", "group": "prod", "class": "disk"}) &&
					maps.Equal(s.Annotations, map[string]string{"free": "1%", "load": "0.75", "up": "true", "none": "", "by": `{"a":[1]}`})
			}},
		"details as a text": {head + `"payload":{"summary":"a","severity":"info","source":"b","custom_details":"it broke"}}`,
			func(s intake.Signal) bool { return s.Summary == "it broke" && len(s.Annotations) == 0 }},
		"details as an array": {head + `"payload":{"summary":"a","severity":"info","source":"b","custom_details":[1,2]}}`,
			func(s intake.Signal) bool { return s.Summary == "[1,2]" }},
		"details of null": {head + `"payload":{"summary":"a","severity":"info","source":"b","custom_details":null}}`,
			func(s intake.Signal) bool { return s.Summary == "" && s.Annotations != nil }},
		"a timestamp that is none": {head + `"payload":{"summary":"a","severity":"info","source":"b","timestamp":"yesterday"}}`,
			func(s intake.Signal) bool { return s.StartedAt.IsZero() && s.Annotations["timestamp"] == "yesterday" }},
		"a resolve without payload": {`{"routing_key":"R","event_action":"resolve","dedup_key":"k"}`,
			func(s intake.Signal) bool {
				return s.Status == intake.Resolved && s.GroupKey == "k" && s.Title == "Event k"
			}},
		"an acknowledge": {`{"routing_key":"R","event_action":"acknowledge","dedup_key":"k"}`,
			func(s intake.Signal) bool {
				return s.Status == intake.Acknowledged && s.GroupStatus == intake.Acknowledged
			}},
	} {
		_, signals, err := intake.PagerDuty([]byte(c.body))
		if err != nil || len(signals) != 1 || !c.check(signals[0]) {
			t.Errorf("%s: PagerDuty(%s) = %+v, %v", name, c.body, signals, err)
		}
	}
}

func TestATriggerSentTwiceWithoutAKeyIsTheSameAlert(t *testing.T) {
	keyOf := func(summary, source string) string {
		_, signals, err := intake.PagerDuty([]byte(`{"routing_key":"R","event_action":"trigger","payload":{"summary":"` + summary + `","severity":"info","source":"` + source + `"}}`))
		if err != nil {
			t.Fatal(err)
		}
		return signals[0].GroupKey
	}
	if first, again := keyOf("a", "b"), keyOf("a", "b"); first != again {
		t.Errorf("the same event has the keys %s and %s", first, again)
	}
	if keyOf("a", "b") == keyOf("b", "a") || keyOf("ab", "c") == keyOf("a", "bc") {
		t.Error("two different events share a key")
	}
}

func TestAGenericReportNeedsOnlyATitle(t *testing.T) {
	for body, check := range map[string]func(s intake.Signal) bool{
		`{"title":"Card payments fail"}`: func(s intake.Signal) bool {
			return s.Title == "Card payments fail" && s.Status == intake.Firing && strings.HasPrefix(s.GroupKey, "sha256:") && s.StartedAt.IsZero()
		},
		`{"title":"A","key":"k","status":"resolved","severity":"high","labels":{"n":3,"b":true,"z":null},"summary":"x\ny","url":"https://g.example/d","started_at":"2026-11-22T14:20:00+01:00"}`: func(s intake.Signal) bool {
			return s.GroupKey == "k" && s.Status == intake.Resolved && s.Severity == "high" && s.Summary == "x\ny" && s.URL == "https://g.example/d" &&
				maps.Equal(s.Labels, map[string]string{"n": "3", "b": "true", "z": "", "severity": "high"}) && s.StartedAt.Equal(time.Date(2026, 11, 22, 13, 20, 0, 0, time.UTC))
		},
		`{"key":"k","status":"resolved"}`:                    func(s intake.Signal) bool { return s.Title == "k" },
		`{"key":17,"title":"A"}`:                             func(s intake.Signal) bool { return s.GroupKey == "17" },
		`{"title":"A","labels":{"severity":"critical"}}`:     func(s intake.Signal) bool { return s.Severity == "critical" },
		`{"title":"A","type":5,"data":[],"specversion":1.0}`: func(s intake.Signal) bool { return s.Title == "A" },
	} {
		signals, err := intake.Generic([]byte(body))
		if err != nil || len(signals) != 1 || !check(signals[0]) {
			t.Errorf("Generic(%s) = %+v, %v", body, signals, err)
		}
	}
	opened, err1 := intake.Generic([]byte(`{"title":"A  b"}`))
	closed, err2 := intake.Generic([]byte(`{"title":"A b","status":"resolved"}`))
	if err1 != nil || err2 != nil || opened[0].GroupKey != closed[0].GroupKey {
		t.Errorf("a report closed by its title has another key: %v %v, %v %v", opened, closed, err1, err2)
	}
}

func TestACloudEventCarriesAReport(t *testing.T) {
	const head = `{"specversion":"1.0","id":"7","source":"//monitor/eu","type":"org.example.check.failed","time":"2026-11-22T14:20:00Z"`
	for body, check := range map[string]func(s intake.Signal) bool{
		head + `}`: func(s intake.Signal) bool {
			return s.Title == "org.example.check.failed" && s.Status == intake.Firing && s.StartedAt.Hour() == 14 &&
				maps.Equal(s.Labels, map[string]string{"ce_source": "//monitor/eu", "ce_type": "org.example.check.failed"})
		},
		head + `,"subject":"payments","data":{"title":"Payments fail","status":"resolved","severity":"high"}}`: func(s intake.Signal) bool {
			return s.Title == "Payments fail" && s.Status == intake.Resolved && s.Labels["severity"] == "high" && s.Labels["ce_subject"] == "payments"
		},
		head + `,"data":"it broke"}`: func(s intake.Signal) bool { return s.Summary == "it broke" },
	} {
		signals, err := intake.Generic([]byte(body))
		if err != nil || len(signals) != 1 || !check(signals[0]) {
			t.Errorf("Generic(%s) = %+v, %v", body, signals, err)
		}
	}
}

func TestARefusalNamesTheFieldAndWhatToSend(t *testing.T) {
	pd := func(body []byte) ([]intake.Signal, error) { _, s, err := intake.PagerDuty(body); return s, err }
	for _, c := range []struct {
		parse  func([]byte) ([]intake.Signal, error)
		body   string
		fields string // the names, in order; "" when the whole body is at fault
		say    string
	}{
		{intake.Alertmanager, `{}`, "version groupKey status alerts", `Send version "4"`},
		{intake.Alertmanager, `{"version":"4","groupKey":"g","status":"firing","alerts":[{"status":"odd"},{}]}`, "alerts[0].status alerts[1].status", "Send firing or resolved"},
		{intake.Alertmanager, `{"version":4}`, "version", "Send a text here, not a number"},
		{intake.Alertmanager, `{"alerts":{}}`, "alerts", "Send an array here, not an object"},
		{intake.Alertmanager, `{"alerts":[{"labels":{"a":{}}}]}`, "alerts.labels", "Send a text here, not an object"},
		{intake.Alertmanager, `[]`, "", "This is an array in JSON. Send one JSON object."},
		{intake.Alertmanager, `{"a":1`, "", "This is not JSON from byte 6 on. Send one JSON object."},
		{intake.Alertmanager, ``, "", "This is not JSON"},
		{intake.Alertmanager, `null`, "version groupKey status alerts", ""},
		{pd, `{}`, "routing_key event_action dedup_key", "Send the source's key"},
		{pd, `{"routing_key":"R","event_action":"trigger"}`, "payload", "summary, source and severity"},
		{pd, `{"routing_key":"R","event_action":"trigger","payload":{"severity":"page"}}`, "payload.summary payload.source payload.severity", "in a few words"},
		{pd, `{"routing_key":"R","event_action":"resolve"}`, "dedup_key", "of the trigger"},
		{intake.Generic, `{}`, "title", "in a few words"},
		{intake.Generic, `{"title":" \u0000 ","status":"open","url":"javascript:alert(1)","started_at":"noon"}`, "title status url started_at", "in a few words"},
		{intake.Generic, `{"specversion":"0.3","title":"A"}`, "specversion id", `Send CloudEvents "1.0"`},
		{intake.Generic, `{"labels":{"a":[]}}`, "labels", "Send a text here, not an array"},
		{intake.Generic, `{"title":"A"} {}`, "", "This is not JSON from byte"},
	} {
		signals, err := c.parse([]byte(c.body))
		kind, say, fields := fault.Public(err)
		var names []string
		for i, f := range fields {
			if names = append(names, f.Name); i == 0 {
				say = f.Say
			}
		}
		if kind != fault.Invalid || strings.Join(names, " ") != c.fields || !strings.Contains(say, c.say) || signals != nil {
			t.Errorf("%s: %v, %s %q %q; want invalid %q %q", c.body, signals, kind, names, say, c.fields, c.say)
		}
	}
}

func TestWhatIsTooLongIsCutAndMarked(t *testing.T) {
	body := func(fields map[string]any) []byte {
		t.Helper()
		data, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	names := map[string]string{}
	for i := range 300 {
		names["label"+strings.Repeat("x", i)] = "v"
	}
	for name, data := range map[string][]byte{
		"title":    body(map[string]any{"title": strings.Repeat("Ä b", 200)}),
		"summary":  body(map[string]any{"title": "A", "summary": strings.Repeat("s\n", 9000)}),
		"severity": body(map[string]any{"title": "A", "severity": strings.Repeat("h", 500)}),
		"value":    body(map[string]any{"title": "A", "labels": map[string]string{"a": strings.Repeat("é", 2000)}}),
		"labels":   body(map[string]any{"title": "A", "labels": names}),
	} {
		signals, err := intake.Generic(data)
		if err != nil || !signals[0].Truncated {
			t.Errorf("a long %s: %v, %v; want it read and marked as cut", name, signals, err)
		}
		hold(t, signals)
	}
	signals, err := intake.Generic(body(map[string]any{"title": "A", "key": strings.Repeat("k", 1000)}))
	if err != nil || signals[0].Truncated || !strings.HasPrefix(signals[0].GroupKey, "sha256:") {
		t.Errorf("a long key: %+v, %v; want its hash, and nothing marked as cut", signals, err)
	}
}

// hold checks what is promised of every Signal, wherever it came from.
func hold(t *testing.T, signals []intake.Signal) {
	t.Helper()
	text := func(name, s string, limit int, breaks bool) {
		t.Helper()
		bad := func(r rune) bool {
			return unicode.IsControl(r) && !(breaks && (r == '\n' || r == '\t')) || unicode.Is(unicode.Bidi_Control, r)
		}
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > limit || strings.ContainsFunc(s, bad) {
			t.Errorf("%s = %q: want at most %d characters of clean text", name, s, limit)
		}
	}
	if len(signals) == 0 {
		t.Error("no error and no signal")
	}
	for _, s := range signals {
		if s.GroupKey == "" || s.AlertKey == "" || len(s.GroupKey) > 256 || len(s.AlertKey) > 256 || s.Title == "" {
			t.Errorf("keys %q and %q, title %q: want them there and in bounds", s.GroupKey, s.AlertKey, s.Title)
		}
		for _, status := range []intake.Status{s.Status, s.GroupStatus} {
			if status != intake.Firing && status != intake.Acknowledged && status != intake.Resolved {
				t.Errorf("status %q", status)
			}
		}
		text("group key", s.GroupKey, 256, false)
		text("title", s.Title, 200, false)
		text("summary", s.Summary, 4096, true)
		text("severity", s.Severity, 1024, false)
		if s.URL != "" && !strings.HasPrefix(s.URL, "http://") && !strings.HasPrefix(s.URL, "https://") {
			t.Errorf("URL %q is not a web address", s.URL)
		}
		if len(s.Labels) > 64 || len(s.Annotations) > 65 || s.Labels == nil || s.Annotations == nil {
			t.Errorf("%d labels and %d annotations", len(s.Labels), len(s.Annotations))
		}
		for name, value := range s.Labels {
			text("label name", name, 128, false)
			text("label "+name, value, 1024, false)
		}
		for name, value := range s.Annotations {
			text("annotation name", name, 128, false)
			text("annotation "+name, value, 1024, true)
		}
		if !s.StartedAt.IsZero() && (s.StartedAt.Year() < 1969 || s.StartedAt.Location() != time.UTC) {
			t.Errorf("StartedAt = %s", s.StartedAt)
		}
	}
}

func fuzz(f *testing.F, pattern string, parse func([]byte) ([]intake.Signal, error)) {
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) == 0 {
		f.Fatalf("seeds %s: %v", pattern, err)
	}
	for _, file := range files {
		f.Add(captured(f, filepath.Base(file)))
	}
	for _, seed := range []string{`{}`, `{"title":"\u202eA\ud800","key":"\n","labels":{"":"x"," ":"\u0000"}}`, `{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"title":"A"}}`,
		`{"version":"4","groupKey":" ","status":"resolved","alerts":[{"status":"resolved","startsAt":"0001-01-01T00:00:00Z","labels":{"severity":"\t"}}]}`,
		`{"routing_key":"R","event_action":"resolve","dedup_key":"\u0085","payload":{"custom_details":{"a":{"b":1}}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		signals, err := parse(body)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("the error is not about the request: %v", err)
			}
			return
		}
		hold(t, signals)
		if again, err := parse(body); err != nil || !reflect.DeepEqual(again, signals) {
			t.Errorf("read again: %+v, %v; before %+v", again, err, signals)
		}
	})
}

func FuzzAlertmanagerKeepsItsPromises(f *testing.F) {
	fuzz(f, "alertmanager-*.json", intake.Alertmanager)
}

func FuzzPagerDutyKeepsItsPromises(f *testing.F) {
	fuzz(f, "pagerduty-*.json", func(b []byte) ([]intake.Signal, error) { _, s, err := intake.PagerDuty(b); return s, err })
}

func FuzzGenericKeepsItsPromises(f *testing.F) { fuzz(f, "generic-*.json", intake.Generic) }
