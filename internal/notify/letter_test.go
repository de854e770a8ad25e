package notify

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden archives")

const golden = "testdata/letters.txtar"

func TestLettersReadAsTheGoldenArchiveSays(t *testing.T) {
	var got txtar.Archive
	for _, kind := range slices.Sorted(maps.Keys(scripts)) {
		l := sample(t, kind).Letter()
		got.Files = append(got.Files, txtar.File{
			Name: string(kind) + ".txt", Data: []byte("Subject: " + l.Subject + "\n\n" + l.Text()),
		})
	}
	html, err := sample(t, KindUpdate).Letter().HTML()
	if err != nil {
		t.Fatalf("HTML: %v", err)
	}
	got.Files = append(got.Files, txtar.File{Name: "update.html", Data: []byte(html)})
	if *update {
		if err := os.WriteFile(golden, txtar.Format(&got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatalf("read %s (-update writes it): %v", golden, err)
	}
	if len(got.Files) != len(want.Files) {
		t.Fatalf("there are %d letters and %d golden files; run with -update and read the diff", len(got.Files), len(want.Files))
	}
	for i, f := range got.Files {
		if !bytes.Equal(f.Data, want.Files[i].Data) {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", f.Name, f.Data, want.Files[i].Data)
		}
	}
}

func TestTheThreeFieldsComeInOrderAndBeforeTheOneLink(t *testing.T) {
	text := sample(t, KindUpdate).Letter().Text()
	last := -1
	for _, want := range []string{"Now: About 1 in 9", "Until the next update: We move", "Next update: 16:30 (15:30 UTC)", "https://status.example.com/incidents/17", "You get this because", "https://status.example.com/stop/abc"} {
		i := strings.Index(text, want)
		if i <= last {
			t.Errorf("%q stands at %d, want it after %d in\n%s", want, i, last, text)
		}
		last = i
	}
}

func TestAnUpdateWithoutATimeSaysWhy(t *testing.T) {
	m := sample(t, KindUpdate)
	m.Update.NextAt, m.Update.NoTime = time.Time{}, "the provider has not answered"
	l := m.Letter()
	if strings.Contains(l.Subject, "next update") {
		t.Errorf("subject = %q; want no time in it", l.Subject)
	}
	if want := "Next update: no time, because the provider has not answered"; !strings.Contains(l.Text(), want) {
		t.Errorf("text lacks %q:\n%s", want, l.Text())
	}
}

func TestRemindersSayWhyAndLinkToTheComposer(t *testing.T) {
	for _, kind := range []Kind{KindReminder, KindOverdue, KindEscalation} {
		l := sample(t, kind).Letter()
		if !strings.HasPrefix(l.Why, "You get this because you ") || !strings.Contains(l.Why, "INC-17") {
			t.Errorf("%s: why = %q", kind, l.Why)
		}
		if want := "https://amends.example.com/incidents/17#update"; l.Link != want || l.Stop != "" {
			t.Errorf("%s: link = %q, stop = %q; want %q and no stop", kind, l.Link, l.Stop, want)
		}
	}
}

func TestInstantsNameTheReadersZoneFirst(t *testing.T) {
	kolkata, berlin, london := zone(t, "Asia/Kolkata"), zone(t, "Europe/Berlin"), zone(t, "Europe/London")
	for _, c := range []struct {
		t    time.Time
		zone *time.Location
		want string
	}{
		{time.Date(2026, 11, 22, 15, 30, 0, 0, time.UTC), nil, "15:30 UTC"},
		{time.Date(2026, 11, 22, 15, 30, 0, 0, time.UTC), london, "15:30 UTC"},
		{time.Date(2026, 11, 22, 15, 30, 0, 0, time.UTC), berlin, "16:30 (15:30 UTC)"},
		{time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC), kolkata, "Mon 23 Nov, 03:30 (22:00 UTC 22 Nov)"},
		{time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), berlin, "Mon 23 Nov, 09:00 (08:00 UTC)"},
		{time.Date(2027, 1, 2, 8, 0, 0, 0, time.UTC), nil, "Sat 2 Jan 2027, 08:00 UTC"},
	} {
		if got := instant(c.t, at, c.zone); got != c.want {
			t.Errorf("instant(%v, %v) = %q, want %q", c.t, c.zone, got, c.want)
		}
	}
}

func TestSpansNameTheUnitsThatMatter(t *testing.T) {
	for d, want := range map[time.Duration]string{
		20 * time.Second: "less than 1 min", 4*time.Minute + 50*time.Second: "4 min", 2 * time.Hour: "2 h",
		130 * time.Minute: "2 h 10 min", 80 * time.Hour: "3 days",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
}

// Whatever stands in an update is words. Nothing in it is run, expanded or
// read as markup by our templates.
func TestTemplateSignsInAnUpdateStayLiteral(t *testing.T) {
	for _, attack := range []string{
		"{{.}}", "{{7*7}}", "{{ .Env }}", `{{template "letter"}}`, "{{range $x := .}}{{end}}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
		"*{7*7}", "@(7*7)", "{% debug %}", "{{constructor.constructor('x')()}}", "$(id)", "`id`", "%s%n%d", "{{printf \"%s\" .}}",
		"[[${7*7}]]", "{php}phpinfo(){/php}", "<#assign x=1>", "{{'a'.toUpperCase()}}", "__${x}__::.x",
	} {
		m := sample(t, KindUpdate)
		m.Update.Now, m.Incident.Title, m.Note = attack, attack, attack
		l := m.Letter()
		if !strings.Contains(l.Text(), "Now: "+attack+"\n") || !strings.Contains(l.Subject, attack) {
			t.Errorf("%q did not stay as it was:\n%s", attack, l.Text())
		}
		html, err := l.HTML()
		if err != nil {
			t.Fatalf("HTML with %q: %v", attack, err)
		}
		if strings.Contains(html, "49") || strings.Contains(html, "<%") || strings.Contains(html, "<#") {
			t.Errorf("%q became something else:\n%s", attack, html)
		}
	}
}

func TestHTMLHoldsNoMarkupFromUserText(t *testing.T) {
	m := sample(t, KindUpdate)
	m.Update.Now = `<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x">x</a>`
	m.Incident.Title, m.Why = m.Update.Now, m.Update.Now
	html, err := m.Letter().HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", `href="javascript`} {
		if strings.Contains(html, bad) {
			t.Errorf("HTML holds %q:\n%s", bad, html)
		}
	}
}

func TestTitlesBecomeOneLineOfVisibleText(t *testing.T) {
	m := sample(t, KindUpdate)
	m.Incident.Title = "Mail\r\nBcc: eve@example.com\x00 \u202egnp.exe " + strings.Repeat("long ", 100)
	subject := m.Letter().Subject
	if strings.ContainsAny(subject, "\r\n\x00\u202e") || len([]rune(subject)) > 220 {
		t.Errorf("subject = %q (%d runes)", subject, len([]rune(subject)))
	}
	if !strings.HasSuffix(subject, ", next update 15:30 UTC") {
		t.Errorf("subject = %q; want the next time kept when the title is cut", subject)
	}
}

func TestTheSameMessageGivesTheSameLetter(t *testing.T) {
	for kind := range scripts {
		a, b := sample(t, kind).Letter(), sample(t, kind).Letter()
		if a.Text() != b.Text() || a.Subject != b.Subject {
			t.Errorf("%s differs between two calls", kind)
		}
	}
}

func TestMessagesThatNoChannelCouldSendAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Message){
		"empty key":           func(m *Message) { m.Key = "" },
		"key with a dot":      func(m *Message) { m.Key = "a.b" },
		"key with a newline":  func(m *Message) { m.Key = "a\nb" },
		"unknown kind":        func(m *Message) { m.Kind = "gossip" },
		"no time":             func(m *Message) { m.At = time.Time{} },
		"link with a newline": func(m *Message) { m.ActURL = "https://example.com/\r\nBcc: x" },
		"link to a script":    func(m *Message) { m.ActURL = "javascript:alert(1)" },
		"stop with NUL":       func(m *Message) { m.StopURL = "https://example.com/\x00" },
		"one click with >":    func(m *Message) { m.OneClickURL = "https://example.com/>, <mailto:x@example.com" },
		"link with password":  func(m *Message) { m.ActURL = "https://a:b@example.com/" },
		"relative link":       func(m *Message) { m.ActURL = "/incidents/17" },
	} {
		m := sample(t, KindUpdate)
		spoil(&m)
		if err := m.check(); err == nil {
			t.Errorf("%s: check() = nil, want an error", name)
		}
	}
	if err := sample(t, KindUpdate).check(); err != nil {
		t.Errorf("a sound message: check() = %v", err)
	}
}

func FuzzLetter(f *testing.F) {
	f.Add("Mail is slow", "Now", "Plan", "Ana", "you asked")
	f.Add("\x00\r\n", "\u202e", strings.Repeat("x", 9000), "\xff\xfe", "=?utf-8?q?=0d?=")
	f.Fuzz(func(t *testing.T, title, now, plan, name, why string) {
		m := sample(t, KindUpdate)
		m.Incident.Title, m.Update.Now, m.Update.Plan, m.By, m.Why = title, now, plan, name, why
		l := m.Letter()
		if strings.ContainsFunc(l.Subject+l.Title+l.State+l.Why, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("a one-line text has a control character: %q %q %q %q", l.Subject, l.Title, l.State, l.Why)
		}
		if strings.ContainsAny(l.Text(), "\x00\r") {
			t.Errorf("the text has a NUL or CR: %q", l.Text())
		}
		if _, err := l.HTML(); err != nil {
			t.Errorf("HTML: %v", err)
		}
		for limit := range 3 {
			if got := fit(l, limit*50, byteCount, markup{escape: escapeMarkdown, bold: same}.body); len(got) > limit*50 {
				t.Errorf("fit(%d) gave %d bytes", limit*50, len(got))
			}
		}
	})
}
