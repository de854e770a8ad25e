package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAnAssetIsKeptForEverAndSentSmall(t *testing.T) {
	for name, a := range assets() {
		r := httptest.NewRequest(http.MethodGet, a.url, nil)
		r.Header.Set("Accept-Encoding", "br, gzip;q=0.8")
		w := httptest.NewRecorder()
		assetHandler().ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || a.kind == "" {
			t.Errorf("%s: status %d, headers %v", name, w.Code, w.Header())
		}
		var body io.Reader = w.Body
		if w.Header().Get("Content-Encoding") == "gzip" {
			var err error
			if body, err = gzip.NewReader(w.Body); err != nil {
				t.Fatal(err)
			}
		} else if a.zipped != nil {
			t.Errorf("%s came plain, want gzip", name)
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != string(a.plain) {
			t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(a.plain))
		}
	}
}

func TestAnAssetIsPlainForWhoCannotUnzip(t *testing.T) {
	for _, accept := range []string{"", "identity", "gzip;q=0"} {
		r := httptest.NewRequest(http.MethodGet, assetURL("amends.css"), nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		assetHandler().ServeHTTP(w, r)
		if w.Header().Get("Content-Encoding") != "" || !strings.Contains(w.Body.String(), "@layer") {
			t.Errorf("Accept-Encoding %q: came as %q", accept, w.Header().Get("Content-Encoding"))
		}
	}
}

func TestAnOldAddressOfAnAssetIsNotFound(t *testing.T) {
	w := httptest.NewRecorder()
	assetHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/assets/amends.old.css", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d, want 404: a page of another version must not be styled by this one", w.Code)
	}
}

// The budget of a page is 15 KB for the public and 35 KB for the app; the
// parts that every page shares must leave room for its words.
func TestSharedFilesStayWithinTheirBudget(t *testing.T) {
	for name, most := range map[string]int{"amends.css": 5000, "app.js": 2600, "vendor/htmx-4.0.1.min.js": 14 << 10, "vendor/hx-sse-4.0.1.min.js": 3 << 10} {
		if got := len(assets()[name].zipped); got > most {
			t.Errorf("%s is %d bytes zipped, want at most %d", name, got, most)
		}
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { privatePage(w) })
	for _, secure := range []bool{true, false} {
		w := httptest.NewRecorder()
		withSecurity(func(*http.Request) bool { return secure }, next).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		for header, want := range map[string]string{
			"Content-Security-Policy":    contentPolicy,
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Cache-Control":              "no-store",
			"Strict-Transport-Security":  map[bool]string{true: "max-age=63072000"}[secure],
		} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("secure %v: %s is %q, want %q", secure, header, got, want)
			}
		}
	}
	if strings.Contains(contentPolicy, "unsafe") {
		t.Error("the content policy allows something unsafe")
	}
}

func TestAnUnknownStateIsShownAsNotKnown(t *testing.T) {
	if got := string(tag("on_fire", "")); !strings.Contains(got, `class="tag unknown"`) || !strings.Contains(got, "Not known") {
		t.Errorf("tag(on_fire) = %s", got)
	}
	if got := string(tag("ok", "<b>")); strings.Contains(got, "<b>") {
		t.Errorf("a word reached the page unescaped: %s", got)
	}
}
