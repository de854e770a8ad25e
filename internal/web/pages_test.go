package web

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// signIn puts somebody's session into a tab.
func (tb *tab) signIn(w *world, name string) {
	tb.t.Helper()
	secret, err := w.db.StartSession(tb.t.Context(), string(w.people[name]), "test")
	if err != nil {
		tb.t.Fatal(err)
	}
	if _, err := chromedp.Call(tb.ctx, network.SetCookie, network.SetCookieParams{Name: sessionCookie, Value: secret.Reveal(), URL: w.http.URL}); err != nil {
		tb.t.Fatal(err)
	}
}

// live is a busy world that ends now, so that a browser's clock agrees.
func live(t *testing.T, change ...func(*Deps)) *world {
	t.Helper()
	w := fill(newWorldAt(t, time.Now().Add(4*time.Minute).Truncate(time.Second), change...))
	if _, err := w.db.AddChannel(t.Context(), store.Channel{Name: "#incidents", Kind: "slack", Audience: incident.Team, Options: map[string]string{"url": "https://chat.example/hook"}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.db.AddSource(t.Context(), store.Source{Name: "Alertmanager in Lisbon", Kind: "alertmanager"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.db.NewToken(t.Context(), store.Token{Member: string(w.people["Priya Nair"]), Name: "laptop", Scopes: access.ScopeRead}); err != nil {
		t.Fatal(err)
	}
	w.do(4, incident.OfferHandover{By: w.people["Priya Nair"], To: w.people["Ana Kowalska"], Note: "The provider calls at four."})
	return w
}

// everyPage lists each page once, with who looks at it.
func everyPage(w *world) []struct{ name, path, who string } {
	setup, err := w.db.NewInvite(w.t.Context(), string(w.people["Sofia Lind"]))
	if err != nil {
		w.t.Fatal(err)
	}
	return []struct{ name, path, who string }{
		{"status", "/status", ""}, {"status-one", "/status/4", ""}, {"status-history", "/status/history", ""}, {"status-missing", "/status/99", ""},
		{"sign-in", "/sign-in", ""}, {"join", "/join/" + setup.Reveal(), ""}, {"help", "/help", ""},
		{"now", "/", "Priya Nair"}, {"declare", "/declare", "Priya Nair"}, {"incident", "/incidents/4", "Priya Nair"},
		{"incident-over", "/incidents/1", "Priya Nair"}, {"incident-reopen", "/incidents/1?reopen=1", "Priya Nair"}, {"incident-team", "/incidents/2", "Priya Nair"},
		{"incidents", "/incidents", "Priya Nair"}, {"promises", "/promises", "Priya Nair"}, {"missing", "/incidents/99", "Priya Nair"},
		{"severity", "/incidents/4/severity", "Priya Nair"}, {"services-of", "/incidents/4/services", "Priya Nair"}, {"handover", "/incidents/2/backup", "Priya Nair"},
		{"ask", "/incidents/4/ask", "Priya Nair"}, {"correct", "/incidents/4/updates/1/correct", "Priya Nair"}, {"move", "/incidents/1/move", "Priya Nair"},
		{"settings", "/settings", "Priya Nair"}, {"you", "/settings/you", "Priya Nair"}, {"team", "/settings/team", "Priya Nair"},
		{"services", "/settings/services", "Priya Nair"}, {"service", "/settings/services/payments", "Priya Nair"},
		{"policies", "/settings/policies", "Priya Nair"}, {"policy", "/settings/policies/SEV2", "Priya Nair"},
		{"channels", "/settings/channels", "Priya Nair"}, {"channel", "/settings/channels/new?kind=slack", "Priya Nair"},
		{"sources", "/settings/sources", "Priya Nair"}, {"source", "/settings/sources/new", "Priya Nair"},
		{"members", "/settings/members", "Priya Nair"}, {"member", "/settings/members/new", "Priya Nair"},
		{"tokens", "/settings/tokens", "Priya Nair"}, {"token", "/settings/tokens/new", "Priya Nair"},
		{"deliveries", "/settings/deliveries", "Priya Nair"}, {"backup", "/settings/backup", "Priya Nair"}, {"outbox", "/demo/outbox", "Priya Nair"},
		{"offered", "/incidents/4", "Ana Kowalska"}, {"forbidden", "/settings/members", "Sofia Lind"},
	}
}

// withExtras gives a world what an installation brings along.
func withExtras(d *Deps) {
	d.ChannelKinds = []ChannelKind{{Kind: "slack", Label: "Slack", Options: []ChannelOption{{Name: "url", Label: "Webhook address", Help: "From the app's page.", Secret: true, Required: true}}}}
	d.Outbox = func() []Sent {
		return []Sent{{At: time.Now(), Channel: "email", To: "reader@example.org", Subject: "[Cause found] Card payments fail", Body: "About 1 in 9 card payments fails."}}
	}
}

func TestEveryPageIsAccessibleInEveryProfile(t *testing.T) {
	w := live(t, withExtras)
	pages := everyPage(w)
	for _, p := range profiles {
		t.Run(p.name, func(t *testing.T) {
			tb := openTab(t, p, false)
			who := ""
			for _, page := range pages {
				if page.who != who {
					who = page.who
					tb.signIn(w, who)
				}
				tb.do(chromedp.Navigate(w.http.URL + page.path))
				tb.screenshot(page.name)
				tb.checkPage()
				if t.Failed() {
					t.Fatalf("the page that failed is %s", page.path)
				}
			}
		})
	}
}

func TestAPageWithErrorsIsAccessible(t *testing.T) {
	w := live(t)
	tb := openTab(t, phone, false)
	tb.signIn(w, "Priya Nair")
	tb.do(chromedp.Navigate(w.http.URL+"/incidents/4"), chromedp.Click(chromedp.CSS("[data-post]")), chromedp.WaitVisible(chromedp.CSS(".summary-errors")))
	tb.screenshot("errors")
	if focus := eval[string](tb, "document.activeElement.className"); focus != "summary-errors" {
		t.Errorf("the focus is on %q, want the summary of errors", focus)
	}
	if title := eval[string](tb, "document.title"); !strings.Contains(title, "Error: ") {
		t.Errorf("the title is %q, want it to say Error", title)
	}
	tb.checkPage()
}

// weigh loads a page with an empty cache and returns the bytes on the wire.
func weigh(w *world, r *reader, path string) (bytes int, parts []string) {
	w.t.Helper()
	fetch := func(path string) string {
		req, err := http.NewRequest(http.MethodGet, w.http.URL+path, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip") // set by hand, so that nothing is unpacked
		resp, err := r.client.Do(req)
		if err != nil {
			w.t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			w.t.Fatal(err)
		}
		bytes += len(body)
		for name, values := range resp.Header {
			bytes += len(name) + 4
			for _, v := range values {
				bytes += len(v)
			}
		}
		parts = append(parts, fmt.Sprintf("%s %d", path, len(body)))
		return path
	}
	fetch(path)
	page := r.get(path)
	for _, m := range hrefs.FindAllStringSubmatch(page.body, -1) {
		if strings.HasPrefix(m[1], assetRoot) {
			fetch(m[1])
		}
	}
	return bytes, parts
}

func TestPagesStayLight(t *testing.T) {
	w := live(t)
	for _, tt := range []struct {
		as    *reader
		path  string
		limit int
	}{
		{w.reader(), "/status", 15 << 10}, {w.reader(), "/status/4", 15 << 10}, {w.reader(), "/sign-in", 15 << 10},
		{w.as(w.people["Priya Nair"]), "/", 35 << 10}, {w.as(w.people["Priya Nair"]), "/incidents/4", 35 << 10}, {w.as(w.people["Priya Nair"]), "/incidents", 35 << 10},
		{w.as(w.people["Priya Nair"]), "/promises", 35 << 10}, {w.as(w.people["Priya Nair"]), "/declare", 35 << 10}, {w.as(w.people["Priya Nair"]), "/settings/services", 35 << 10},
	} {
		got, parts := weigh(w, tt.as, tt.path)
		t.Logf("%s: %d bytes: %v", tt.path, got, parts)
		if got > tt.limit {
			t.Errorf("%s weighs %d bytes, want at most %d: %v", tt.path, got, tt.limit, parts)
		}
	}
}

// The steps are counted as a person's: a text typed into one field is one, a
// click is one.
func TestAnUpdateFromTheFirstPageTakesThreeStepsWithoutScripts(t *testing.T) {
	w := live(t)
	tb := openTab(t, light, true)
	tb.signIn(w, "Priya Nair")
	tb.do(chromedp.Navigate(w.http.URL + "/"))
	steps := []chromedp.Action[chromedp.Void]{
		chromedp.SendKeys(chromedp.CSS("#update-now"), "About 1 in 12 card payments fails."),
		chromedp.SendKeys(chromedp.CSS("#update-plan"), "Move the last 40 % and check again."),
		chromedp.Click(chromedp.CSS("[data-post]")),
	}
	tb.do(steps...)
	tb.do(chromedp.WaitVisible(chromedp.CSS("#timeline")))
	if in := w.state(4); in.Published != 3 || in.Latest.Now != "About 1 in 12 card payments fails." || in.Next == nil {
		t.Errorf("after %d steps the incident has %d updates, the last %+v", len(steps), in.Published, in.Latest)
	}
	if len(steps) > 3 {
		t.Errorf("an update takes %d steps, want at most 3", len(steps))
	}
}

func TestAStrangerSetsUpAndDeclaresWithinAMinute(t *testing.T) {
	w := newWorldAt(t, time.Now())
	secret, err := w.db.NewSetupLink(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tb := openTab(t, light, false)
	began, typed := time.Now(), 0
	typeInto := func(field, text string) {
		tb.do(chromedp.SendKeys(chromedp.CSS(field), text))
		typed += len(text)
	}
	tb.do(chromedp.Navigate(w.http.URL + "/setup/" + secret.Reveal()))
	tb.checkPage()
	typeInto("#setup-name", "Priya Nair")
	typeInto("#setup-email", "priya@northwind.example")
	typeInto("#setup-password", testPassword)
	typeInto("#setup-team", "Northwind")
	if zone := eval[string](tb, "document.querySelector('#setup-zone').value"); zone == "" {
		t.Error("the browser's zone is not filled in")
	}
	tb.do(chromedp.Click(chromedp.CSS("form button")), chromedp.WaitVisible(chromedp.CSS(".empty")))
	tb.screenshot("ready")
	tb.do(chromedp.Click(chromedp.CSS(".top a.btn")), chromedp.WaitVisible(chromedp.CSS("#declare-title")))
	typeInto("#declare-title", "Card payments fail for some customers")
	tb.do(chromedp.Click(chromedp.CSS("[data-post]")), chromedp.WaitVisible(chromedp.CSS("#promise")))
	if n, err := w.db.CountIncidents(t.Context(), access.Program(), store.IncidentFilter{Open: true}); err != nil || n != 1 {
		t.Fatalf("%d incidents, %v; want 1", n, err)
	}
	// 40 words a minute are 200 characters a minute.
	took := time.Since(began)
	t.Logf("the browser took %v; a person who types 40 words a minute types these %d characters in %v more", took.Round(time.Millisecond), typed, time.Duration(typed)*time.Minute/200)
}

func TestAnIncidentIsToldAndEndedWithTheKeyboardAlone(t *testing.T) {
	w := live(t)
	tb := openTab(t, light, false)
	if err := w.db.SetPassword(t.Context(), string(w.people["Priya Nair"]), testPassword); err != nil {
		t.Fatal(err)
	}
	focus := func(field string) {
		t.Helper()
		for range 80 {
			if eval[bool](tb, fmt.Sprintf("document.activeElement.matches(%q)", field)) {
				if !eval[bool](tb, "(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; })()") {
					t.Errorf("%s has the focus and does not show it", field)
				}
				return
			}
			tb.do(chromedp.KeyEvent("\t"))
		}
		t.Fatalf("80 times Tab do not reach %s", field)
	}
	tb.do(chromedp.Navigate(w.http.URL + "/sign-in?next=/incidents/4"))
	focus("#in-email")
	tb.do(chromedp.KeyEvent("priya.nair@northwind.example\t" + testPassword + "\r"))
	tb.do(chromedp.WaitVisible(chromedp.CSS("#update-now")))
	focus("#update-now")
	tb.do(chromedp.KeyEvent("Every card works since 15:02 UTC."))
	focus("[name=status]")
	for range 4 {
		if eval[string](tb, "document.activeElement.value") == "resolved" {
			break
		}
		tb.do(chromedp.KeyEvent(kb.ArrowDown))
	}
	if got := eval[string](tb, "document.activeElement.value"); got != "resolved" {
		t.Fatalf("the arrow keys lead to the state %q", got)
	}
	if eval[bool](tb, "document.querySelector('#update-plan').checkVisibility()") || !eval[bool](tb, "document.querySelector('#update-review_by').checkVisibility()") {
		t.Error("choosing Over does not change which fields are shown")
	}
	tb.screenshot("over")
	focus("[data-post]")
	tb.do(chromedp.KeyEvent("\r"), chromedp.WaitVisible(chromedp.CSS("[data-confirmed]")))
	if in := w.state(4); in.Open() {
		t.Error("the incident is not over")
	}
}

func TestALivePageShowsWhatOthersWriteAndKeepsWhatIsTyped(t *testing.T) {
	w := live(t)
	tb := openTab(t, light, false)
	tb.signIn(w, "Priya Nair")
	tb.do(chromedp.Navigate(w.http.URL+"/incidents/4"), chromedp.SendKeys(chromedp.CSS("#update-now"), "My words"))
	w.do(4, incident.AddNote{By: w.people["Tomás Ferreira"], Text: "The gateway answers again."})
	seen := eval[bool](tb, `new Promise(done => { const t = document.querySelector('#timeline');
		const look = () => t.textContent.includes('The gateway answers again.') && done(true);
		new MutationObserver(look).observe(t, {childList: true, subtree: true}); look(); setTimeout(() => done(false), 10000); })`)
	if !seen {
		t.Error("the note did not arrive on the open page")
	}
	if got := eval[string](tb, "document.querySelector('#update-now').value"); got != "My words" {
		t.Errorf("what was typed is %q now", got)
	}
	if got := eval[string](tb, "document.querySelector('#say').textContent"); got != "New: Note by Tomás Ferreira" {
		t.Errorf("a screen reader hears %q", got)
	}
	for _, m := range tb.console() {
		t.Errorf("console: %s", m)
	}
}

// naughty are texts that would run if they were not text.
var naughty = []string{
	`<script>window.owned=1</script>`, `"><img src=x onerror=window.owned=1>`, `'><svg onload=window.owned=1>`, `</textarea><script>window.owned=1</script>`,
	`javascript:window.owned=1`, `[link](javascript:window.owned=1)`, `<a href="javascript:window.owned=1">x</a>`, "`<script>window.owned=1</script>`",
	`{{.Me}}`, `</title><script>window.owned=1</script>`, `<iframe srcdoc="<script>parent.owned=1</script>">`, `<hx-partial hx-target="body">x</hx-partial>`,
	"\u202egnp.exe", `<style>body{display:none}</style>`, `![x](https://evil.example/x.png)`, `<form action=https://evil.example><button>`,
}

func TestNothingThatSomebodyTypesRuns(t *testing.T) {
	w := newWorldAt(t, time.Now())
	all := strings.Join(naughty, " ")
	one := func(i int) string { return naughty[i%len(naughty)] }
	m, err := w.db.AddMember(t.Context(), store.Member{Name: "Ana " + one(1), Email: "ana@northwind.example", Role: access.Admin})
	if err != nil {
		t.Fatal(err)
	}
	admin := incident.Person(m.ID)
	w.people["Ana"] = admin
	w.service(one(2), incident.Public)
	id := w.do(0, incident.Declare{By: admin, Title: one(3), Services: []string{w.service(one(0), incident.Public)}})
	w.do(id, incident.PostUpdate{By: admin, Now: all, Plan: all, NextAt: w.clock.Now().Add(20 * time.Minute), Statement: all})
	w.do(id, incident.PostUpdate{By: admin, Now: all, Plan: all, NoTime: all, Seen: -1})
	w.do(id, incident.CorrectUpdate{By: admin, N: 1, Now: all, Plan: all, Why: all})
	w.do(id, incident.AddNote{By: admin, Text: all})
	w.do(id, incident.AskHelp{By: admin, What: all, Expertise: all})
	w.do(id, incident.RecordAlert{Source: one(4), Group: one(5), Summary: all, Firing: true})
	for i := range naughty {
		other := w.do(0, incident.Declare{By: admin, Title: one(i)})
		w.do(other, incident.PostUpdate{By: admin, Now: one(i), Plan: one(i), NoTime: one(i), Statement: one(i)})
	}
	tb := openTab(t, light, false)
	tb.signIn(w, "Ana")
	for _, path := range []string{"/status", "/status/1", "/status/history", "/", "/incidents", "/incidents/1", "/incidents/1/updates/1/correct", "/promises", "/settings/services", "/settings/members", "/incidents?q=" + "%22%3E%3Cscript%3Ewindow.owned%3D1%3C%2Fscript%3E"} {
		tb.do(chromedp.Navigate(w.http.URL + path))
		if eval[bool](tb, "window.owned === 1 || getComputedStyle(document.body).display === 'none'") {
			t.Errorf("%s runs what somebody typed", path)
		}
		if bad := eval[string](tb, `[...document.querySelectorAll('[onerror],[onload],[href^="javascript:" i],iframe,img,main script,main style,form[action^=http]')].map(e => e.outerHTML).join('\n')`); bad != "" {
			t.Errorf("%s holds %s", path, bad)
		}
		for _, m := range tb.console() {
			t.Errorf("%s: console: %s", path, m)
		}
	}
}
