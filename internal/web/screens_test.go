package web

import (
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
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

func TestLook(t *testing.T) {
	if os.Getenv("AMENDS_TEST_SCREENSHOTS") == "" {
		t.Skip("no directory for screenshots is named")
	}
	w := fill(newWorldAt(t, time.Now().Add(4*time.Minute).Truncate(time.Second)))
	for _, p := range []profile{light, dark, phone} {
		tb := openTab(t, p, false)
		for _, page := range []struct{ name, path, who string }{
			{"status", "/status", ""}, {"status4", "/status/4", ""}, {"sign-in", "/sign-in", ""},
			{"now", "/", "Priya Nair"}, {"incident", "/incidents/4", "Priya Nair"}, {"declare", "/declare", "Priya Nair"},
			{"incidents", "/incidents", "Priya Nair"}, {"promises", "/promises", "Priya Nair"}, {"severity", "/incidents/4/severity", "Priya Nair"},
			{"missing", "/incidents/99", "Priya Nair"}, {"settings", "/settings", "Priya Nair"}, {"services", "/settings/services", "Priya Nair"},
			{"policies", "/settings/policies", "Priya Nair"}, {"policy", "/settings/policies/SEV2", "Priya Nair"}, {"members", "/settings/members", "Priya Nair"},
			{"member", "/settings/members/new", "Priya Nair"}, {"source", "/settings/sources/new", "Priya Nair"}, {"you", "/settings/you", "Priya Nair"},
		} {
			if page.who != "" {
				tb.signIn(w, page.who)
			}
			tb.do(chromedp.Navigate(w.http.URL + page.path))
			tb.screenshot(page.name)
		}
	}
}
