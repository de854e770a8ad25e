package app_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"amends.dev/internal/app"
	"amends.dev/internal/config"
)

// startApp runs an instance on a free port of loopback, with its record in a
// directory of the test.
func startApp(t *testing.T, environ ...string) *app.App {
	t.Helper()
	cfg, err := config.Load(config.Input{
		Environ: append([]string{"AMENDS_ADDR=127.0.0.1:0", "AMENDS_DATA=" + t.TempDir()}, environ...),
		System:  "/nowhere/amends.toml",
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Start(context.Background(), cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func get(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	r, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func TestAFreshServerIsSetUpByItsLinkOnce(t *testing.T) {
	a := startApp(t)
	link := a.SetupLink()
	if !strings.HasPrefix(link, a.BaseURL()+"/setup/") {
		t.Fatalf("setup link = %q, want one under %s", link, a.BaseURL())
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	form := url.Values{
		"name": {"Ana Kowalska"}, "email": {"ana@example.org"}, "password": {"seven calm lanterns"},
		"team": {"Example"}, "zone": {"UTC"},
	}
	r, err := client.PostForm(link, form)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK || r.Request.URL.Path != "/" {
		t.Fatalf("setup ended at %s with %d, want the page Now", r.Request.URL.Path, r.StatusCode)
	}
	again, err := http.PostForm(link, form)
	if err != nil {
		t.Fatal(err)
	}
	again.Body.Close()
	if again.StatusCode < 400 {
		t.Errorf("the setup link worked twice: %d", again.StatusCode)
	}
}

func TestTheDemoOpensSignedInAndSendsNothing(t *testing.T) {
	a := startApp(t, "AMENDS_DEMO=true", "AMENDS_DATA=")
	for path, want := range map[string]string{
		"/": "Card payments fail", "/status": "Card payments fail", "/demo/outbox": "Nothing", "/promises": "kept",
	} {
		status, body := get(t, http.DefaultClient, a.BaseURL()+path)
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("GET %s = %d without %q", path, status, want)
		}
	}
}
