package web

import (
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// specimenFuncs are the parts that a template may call.
var specimenFuncs = template.FuncMap{"asset": assetURL, "icon": icon, "tag": tag, "tabIcon": tabIcon, "markdown": markdown}

// serveSpecimen serves every part once, under the headers of a real page, and
// a page that is wrong on purpose. Posts are recorded.
func serveSpecimen(t *testing.T) (base string, posts <-chan string) {
	t.Helper()
	page := template.Must(template.New("specimen.html").Funcs(specimenFuncs).ParseFiles("testdata/specimen.html"))
	now := time.Now().UTC().Truncate(time.Second)
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	utc := func(d time.Duration) string { return now.Add(d).Format("15:04 UTC") }
	view := struct{ HTMX, Soon, SoonUTC, Tomorrow, TomorrowUTC, Late, LateUTC, Past, PastUTC string }{htmxConfig,
		at(12 * time.Minute), utc(12 * time.Minute), at(26 * time.Hour), utc(26 * time.Hour),
		at(-4*time.Minute - 30*time.Second), utc(-4*time.Minute - 30*time.Second), at(-time.Hour), utc(-time.Hour)}
	posted := make(chan string, 4)
	mux := http.NewServeMux()
	mux.Handle("GET "+assetRoot, assetHandler())
	mux.HandleFunc("GET /specimen", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		privatePage(w)
		if err := page.Execute(w, view); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /bad", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<html><body><img src="/x.png"><p style="color:#ccc">pale</p><input><a href="#"></a>
			<table width="2000"><tr><td>wide</td></tr></table><script>document.title = "inline"</script></body></html>`)
	})
	mux.HandleFunc("POST /post", func(w http.ResponseWriter, r *http.Request) {
		posted <- r.FormValue("plan")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><title>Posted</title><main><h1>Posted</h1>
			<p data-confirmed="specimen">Update posted.</p></main><script defer src="`+assetURL("app.js")+`"></script></html>`)
	})
	server := httptest.NewServer(withSecurity(nil, mux))
	t.Cleanup(server.Close)
	return server.URL, posted
}

func TestEveryPartIsAccessibleInEveryProfile(t *testing.T) {
	base, _ := serveSpecimen(t)
	for _, p := range profiles {
		t.Run(p.name, func(t *testing.T) {
			tb := openTab(t, p, false)
			tb.do(chromedp.Navigate(base + "/specimen"))
			tb.screenshot("specimen")
			tb.checkPage()
		})
	}
}

// Without this, a check that finds nothing would show nothing.
func TestTheChecksSeeABadPage(t *testing.T) {
	base, _ := serveSpecimen(t)
	tb := openTab(t, phone, false)
	tb.do(chromedp.Navigate(base + "/bad"))
	if found := tb.axe(); len(found) < 5 {
		t.Errorf("axe found %d kinds of violation on the bad page, want at least 5: %v", len(found), found)
	}
	if wide := eval[int](tb, "document.documentElement.scrollWidth - innerWidth"); wide < 1 {
		t.Error("the bad page does not scroll sideways")
	}
	var refused int
	for _, m := range tb.console() {
		if strings.Contains(m.Text, "Content Security Policy") {
			refused++
		}
	}
	if refused < 2 {
		t.Errorf("the content policy refused %d things, want the inline style and the inline script", refused)
	}
	if title := eval[string](tb, "document.title"); title == "inline" {
		t.Error("the inline script ran")
	}
}

func TestTimesAreTheReadersWithUTCInBrackets(t *testing.T) {
	base, _ := serveSpecimen(t)
	tb := openTab(t, light, false)
	tb.do(chromedp.Navigate(base + "/specimen"))
	got := eval[string](tb, `(() => { const n = document.createElement('time'); n.dateTime = '2026-11-22T14:30:00Z'; n.dataset.local = '';
		n.textContent = '14:30 UTC'; document.body.append(n);
		const m = document.createElement('time'); m.dateTime = '2026-11-22T22:00:00Z'; m.dataset.local = ''; m.textContent = '22:00 UTC'; document.body.append(m);
		return new Promise(done => setTimeout(() => done(n.textContent + '|' + m.textContent))); })()`)
	if want := "20:00 (14:30 UTC)|Mon 23 Nov, 03:30 (22:00 UTC 22 Nov)"; got != want {
		t.Errorf("times read %q, want %q", got, want)
	}
	if got := eval[string](tb, `document.querySelector('[data-zone-name]').textContent`); got != "Asia/Kolkata (UTC+5:30)" {
		t.Errorf("the footer names the zone %q", got)
	}
}

func TestACountdownSaysHowLongAndHowLate(t *testing.T) {
	base, _ := serveSpecimen(t)
	tb := openTab(t, light, false)
	tb.do(chromedp.Navigate(base + "/specimen"))
	got := eval[string](tb, `[...document.querySelectorAll('[data-due]')].map(n => n.textContent).join('|')`)
	if got != "in 12 min|4 min late" {
		t.Errorf("countdowns read %q", got)
	}
	if title := eval[string](tb, "document.title"); title != "(4 min late) Specimen of parts · amends" {
		t.Errorf("the title is %q", title)
	}
	if icon := eval[string](tb, `document.querySelector('link[rel=icon]').getAttribute('href')`); icon != tabIcon("outage") {
		t.Errorf("the tab's icon is %q, want %q", icon, tabIcon("outage"))
	}
	late := eval[string](tb, `(async () => {
		const say = (s) => new Promise((done) => {
			const n = document.createElement('span');
			n.dataset.due = new Date(Date.now() + s * 1000 + 500).toISOString();
			document.body.append(n);
			setTimeout(() => done(n.textContent));
		});
		return [await say(299), await say(3599), await say(7799), await say(-30), await say(-10865)].join('|');
	})()`)
	if want := "in 5 min|in 1 h|in 2 h 10 min|due now|3 h 1 min late"; late != want {
		t.Errorf("countdowns read %q, want %q", late, want)
	}
}

func TestPausingStopsTheCountdownAndIsRemembered(t *testing.T) {
	base, _ := serveSpecimen(t)
	tb := openTab(t, light, false)
	tb.do(chromedp.Navigate(base + "/specimen"))
	read := func() string {
		return eval[string](tb, `document.querySelector('[data-live-word]').textContent + ' ' + document.querySelector('[data-due]').textContent.slice(0, 2) + ' ' + document.title`)
	}
	if got := read(); !strings.HasPrefix(got, "on in (") {
		t.Errorf("at first: %q", got)
	}
	eval[bool](tb, `document.querySelector('[data-live-switch] button').click(), true`)
	for _, when := range []string{"after the click", "after a reload"} {
		if got := read(); got != "paused by Specimen of parts · amends" {
			t.Errorf("%s: %q", when, got)
		}
		tb.do(chromedp.Navigate(base + "/specimen"))
	}
}

func TestADraftStaysUntilTheServerConfirms(t *testing.T) {
	base, posts := serveSpecimen(t)
	tb := openTab(t, light, false)
	tb.do(chromedp.Navigate(base+"/specimen"), chromedp.SendKeys(chromedp.CSS("#plan"), "Move the last 40 %"))
	if said := eval[string](tb, `new Promise(done => { const n = document.querySelector('[data-draft-said]');
		n.textContent ? done(n.textContent) : new MutationObserver(() => done(n.textContent)).observe(n, {childList: true}); })`); !strings.HasPrefix(said, "Draft saved ") {
		t.Errorf("the form said %q", said)
	}
	tb.do(chromedp.Navigate(base + "/specimen"))
	if got := eval[string](tb, `document.querySelector('#plan').value`); got != "Move the last 40 %" {
		t.Fatalf("after a reload the plan is %q", got)
	}
	tb.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#plan').focus();
		document.querySelector('#plan').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true}))`))
	if got := <-posts; got != "Move the last 40 %" {
		t.Errorf("Ctrl+Enter posted %q", got)
	}
	tb.do(chromedp.WaitVisible(chromedp.CSS("[data-confirmed]")), chromedp.Navigate(base+"/specimen"))
	if got := eval[string](tb, `document.querySelector('#plan').value`); got != "" {
		t.Errorf("after the confirmation the draft is still %q", got)
	}
}

func TestAPageWorksWithoutScripts(t *testing.T) {
	base, posts := serveSpecimen(t)
	tb := openTab(t, phone, true)
	tb.do(chromedp.Navigate(base+"/specimen"), chromedp.SendKeys(chromedp.CSS("#plan"), "Check at 15:15"), chromedp.Click(chromedp.CSS("[data-post]")))
	if got := <-posts; got != "Check at 15:15" {
		t.Errorf("the form posted %q", got)
	}
}

func TestAPrintedPageHasUTCAndNoForms(t *testing.T) {
	base, _ := serveSpecimen(t)
	tb := openTab(t, light, false)
	if _, err := chromedp.Call(tb.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	tb.do(chromedp.Navigate(base + "/specimen"))
	tb.profile.name = "print"
	tb.screenshot("specimen")
	if shown := eval[string](tb, `[...document.querySelectorAll('form, button, nav, .here')].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80)).join('\n')`); shown != "" {
		t.Errorf("the printed page shows\n%s", shown)
	}
	if got := eval[string](tb, `document.querySelector('#timeline time').innerText`); !strings.HasSuffix(got, " UTC") || strings.Contains(got, "(") {
		t.Errorf("a printed time reads %q, want UTC alone", got)
	}
}
