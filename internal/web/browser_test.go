package web

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A browser test needs a real browser. `make test` installs Chromium and names
// it in AMENDS_TEST_CHROMIUM. With AMENDS_TEST_SCREENSHOTS every screenshot is
// kept in that directory.

// profile is one way of looking at a page.
type profile struct {
	name          string
	width, height int64
	media         map[string]string // media features to emulate
	looks         bool              // the same elements as in another profile: only what depends on how they look is checked again
}

var (
	light  = profile{"light", 1280, 900, map[string]string{"prefers-color-scheme": "light"}, false}
	dark   = profile{"dark", 1280, 900, map[string]string{"prefers-color-scheme": "dark"}, true}
	phone  = profile{"phone", 320, 640, map[string]string{"prefers-color-scheme": "light"}, false}
	zoomed = profile{"zoomed", 320, 256, map[string]string{"prefers-color-scheme": "dark"}, true} // 1280 by 1024 at 400 %
	forced = profile{"forced", 1280, 900, map[string]string{"forced-colors": "active"}, true}

	profiles = []profile{light, dark, phone, zoomed, forced}
)

// browser is one Chromium for the whole test binary; every tab is its own.
var browser = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(os.Getenv("AMENDS_TEST_CHROMIUM")), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("font-render-hinting", "none"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	closeBrowser = func() { cancel(); stop() }
	return ctx, chromedp.Do(ctx)
})

var closeBrowser = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	closeBrowser()
	os.Exit(code)
}

// tab is a page of its own: nothing of another tab's storage is in it.
type tab struct {
	t       *testing.T
	ctx     context.Context
	profile profile
	console func() []chromedp.ConsoleMessage // since the tab opened
}

// openTab opens an empty page in a profile. Set noScript to see what a reader
// without JavaScript sees; axe cannot run there.
func openTab(t *testing.T, p profile, noScript bool) *tab {
	t.Helper()
	if os.Getenv("AMENDS_TEST_CHROMIUM") == "" {
		t.Skip("AMENDS_TEST_CHROMIUM names no browser; `make test` sets it")
	}
	parent, err := browser()
	if err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	tb := &tab{t: t, ctx: ctx, profile: p}
	tb.do(chromedp.EmulateViewport(p.width, p.height))
	var features []*emulation.MediaFeature
	for name, value := range p.media {
		features = append(features, &emulation.MediaFeature{Name: name, Value: value})
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		t.Fatal(err)
	}
	if noScript {
		if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
	}
	// The limit must not be there at the first call, which it would bind for good.
	tb.ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	messages := chromedp.Console(tb.ctx)
	tb.console = func() []chromedp.ConsoleMessage {
		const end = "the test has looked"
		eval[bool](tb, fmt.Sprintf("console.log(%q), true", end))
		var found []chromedp.ConsoleMessage
		for m, err := range messages {
			if err != nil {
				t.Fatal(err)
			}
			if m.Text == end {
				break
			}
			if !strings.Contains(m.Text, "status of 422") && !strings.Contains(m.Text, "status of 40") {
				found = append(found, m) // a page that says what to change is no fault of the page
			}
		}
		return found
	}
	return tb
}

// do runs steps in the tab, in order.
func (tb *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	if err := chromedp.Do(tb.ctx, steps...); err != nil {
		tb.t.Fatalf("%s: %v", tb.profile.name, err)
	}
}

// eval returns the value of an expression in the tab, a promise's included.
func eval[T any](tb *tab, expression string) T {
	tb.t.Helper()
	value, err := chromedp.Run(tb.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tb.t.Fatalf("%s: %.200s: %v", tb.profile.name, expression, err)
	}
	return value
}

// violation is what axe found wrong.
type violation struct {
	ID    string
	Help  string
	Nodes []string
}

// axe runs the accessibility checks. They are evaluated from outside the
// page, so they need no hole in its content policy.
func (tb *tab) axe() []violation {
	tb.t.Helper()
	source, err := os.ReadFile("testdata/axe/axe-4.14.1.min.js")
	if err != nil {
		tb.t.Fatal(err)
	}
	tb.do(chromedp.Evaluate[chromedp.Void](string(source)))
	rules := "{}"
	if tb.profile.looks {
		rules = `{runOnly: {type: 'rule', values: ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block', 'css-orientation-lock', 'avoid-inline-spacing']}}`
	}
	out := eval[string](tb, `axe.run(document, `+rules+`).then(r => JSON.stringify(r.violations.map(v => (
		{ID: v.id, Help: v.help, Nodes: v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary)}))))`)
	var found []violation
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		tb.t.Fatal(err)
	}
	return found
}

// checkPage fails the test for whatever no page may have: an accessibility
// violation, sideways scrolling, a small target, a word on the console (the
// content policy speaks there too).
func (tb *tab) checkPage() {
	tb.t.Helper()
	if wide := eval[int](tb, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
		tb.t.Errorf("%s: the page is %d px wider than the window: %s", tb.profile.name, wide,
			eval[string](tb, `[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll,.vh'))
				.slice(0, 5).map(e => e.outerHTML.slice(0, 90)).join('\n')`))
	}
	// Links inside sentences may be as small as their line.
	if small := eval[string](tb, `[...document.querySelectorAll('a, button, summary, input, select')].filter(e => {
		const r = e.getBoundingClientRect();
		return r.width > 0 && (r.height < 23.5 || r.width < 20) && !e.closest('label') && !e.closest('p, li, td, dd, .vh, .skip') && !e.matches('.skip');
	}).map(e => e.outerHTML.slice(0, 90)).join('\n')`); small != "" {
		tb.t.Errorf("%s: targets under 24 px:\n%s", tb.profile.name, small)
	}
	for _, v := range tb.axe() {
		tb.t.Errorf("%s: axe %s: %s\n\t%s", tb.profile.name, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
	for _, m := range tb.console() {
		tb.t.Errorf("%s: console %s", tb.profile.name, m)
	}
}

// screenshot keeps a picture of the whole page where it was asked for.
func (tb *tab) screenshot(name string) {
	tb.t.Helper()
	dir := os.Getenv("AMENDS_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(tb.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		tb.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+"-"+tb.profile.name+".png"), png, 0o644); err != nil {
		tb.t.Fatal(err)
	}
}
