package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// caller is somebody at every door: a member with a session, or a program
// with a token, which opens no page.
type caller struct {
	name  string
	who   access.Who
	token string
	as    *reader
}

func callers(w *world) []caller {
	w.t.Helper()
	out := []caller{{name: "anonymous", as: w.reader()}}
	for _, role := range access.Roles() {
		id := w.member("Walk "+role.String(), role)
		out = append(out, caller{name: role.String(), as: w.as(id), who: access.Who{Kind: access.Member, MemberID: string(id), Role: role}})
		for _, scope := range []access.Scopes{access.ScopeRead, access.ScopeRespond, access.ScopeManage, access.ScopeIngest} {
			_, secret, err := w.db.NewToken(w.t.Context(), store.Token{Member: string(id), Name: "walk", Scopes: scope})
			if err != nil {
				w.t.Fatal(err)
			}
			out = append(out, caller{name: role.String() + " by token " + scope.String(), token: secret.Reveal(), as: w.reader()})
		}
	}
	return out
}

// send asks for an address without following redirects.
func (c caller) send(method, path string) (int, string) {
	c.as.w.t.Helper()
	req, err := http.NewRequest(method, c.as.w.http.URL+path, strings.NewReader(""))
	if err != nil {
		c.as.w.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	client := *c.as.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		c.as.w.t.Fatal(err)
	}
	_ = resp.Body.Close() // only the status counts
	return resp.StatusCode, resp.Header.Get("Location")
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// pathOf fills a pattern's wildcards with things that exist.
func pathOf(rt route, id int64) string {
	p := strings.ReplaceAll(rt.Pattern, "{$}", "")
	p = strings.ReplaceAll(p, "{what}", "severity")
	p = strings.ReplaceAll(p, "{severity}", "SEV2")
	p = strings.ReplaceAll(p, "{n}", "1")
	p = strings.ReplaceAll(p, "/settings/services/{sid}", "/settings/services/payments")
	p = strings.ReplaceAll(p, "{id}", strconv.FormatInt(id, 10))
	return wildcard.ReplaceAllString(p, "new")
}

// needOf is what an address needs in the end: the small forms differ.
func needOf(rt route) access.Permission {
	if strings.HasSuffix(rt.Pattern, "/{what}") {
		return access.ChangeIncident
	}
	return rt.Need
}

func TestEveryRouteAsksForItsPermissionAndNothingElseOpensIt(t *testing.T) {
	w := busy(t)
	everybody := callers(w)
	for _, rt := range routes {
		if rt.Pattern == "/sign-out" || rt.Pattern == "/events" {
			continue // the first would sign the walkers out; streams have their own test
		}
		for _, c := range everybody {
			w.clock.Advance(10 * time.Second) // nobody knocks too often
			path := pathOf(rt, 4)
			status, location := c.send(rt.Method, path)
			need := needOf(rt)
			allowed := access.Can(c.who, need)
			refused := status == http.StatusUnauthorized || status == http.StatusForbidden || strings.HasPrefix(location, "/sign-in?")
			switch {
			case allowed && refused:
				t.Errorf("%s %s as %s: %d %s; %q is theirs", rt.Method, path, c.name, status, location, need)
			case !allowed && !refused:
				t.Errorf("%s %s as %s: %d %s; want a refusal, they lack %q", rt.Method, path, c.name, status, location, need)
			case status >= 500:
				t.Errorf("%s %s as %s: %d", rt.Method, path, c.name, status)
			case !allowed && c.who.Kind == access.Member && status != http.StatusForbidden:
				t.Errorf("%s %s as %s: %d, want 403", rt.Method, path, c.name, status)
			}
		}
	}
}

func TestARouteWithoutPermissionLetsNobodyIn(t *testing.T) {
	for _, rt := range routes {
		if rt.Need.String() == "" {
			t.Errorf("%s %s names no permission", rt.Method, rt.Pattern)
		}
	}
	for _, who := range []access.Who{{}, {Kind: access.Member, Role: access.Admin}, access.Program()} {
		c := &call{who: who}
		if err := c.may(route{}.Need); err == nil {
			t.Errorf("a route without a permission let %+v in", who)
		}
	}
}

func TestAnIncidentThatIsNotForAReaderIsAnsweredLikeOneThatIsNotThere(t *testing.T) {
	w := busy(t)
	for name, tt := range map[string]struct {
		as      *reader
		paths   []string
		hidden  string
		missing string
	}{
		"a viewer and a team's incident":          {w.as(w.people["Sofia Lind"]), []string{"/incidents/%s"}, "2", "99"},
		"a stranger and a team's incident":        {w.reader(), []string{"/status/%s"}, "2", "99"},
		"a stranger and one that is not told yet": {w.reader(), []string{"/status/%s"}, strconv.FormatInt(w.do(0, incident.Declare{By: w.people["Priya Nair"], Title: "Nothing is said yet"}), 10), "99"},
	} {
		for _, path := range tt.paths {
			hidden := tt.as.get(strings.ReplaceAll(path, "%s", tt.hidden))
			missing := tt.as.get(strings.ReplaceAll(path, "%s", tt.missing))
			if hidden.status != http.StatusNotFound || missing.status != http.StatusNotFound {
				t.Errorf("%s: %d and %d, want 404 for both", name, hidden.status, missing.status)
			}
			a := strings.ReplaceAll(hidden.body, " "+tt.hidden+".", " N.")
			b := strings.ReplaceAll(missing.body, " "+tt.missing+".", " N.")
			if a != b {
				t.Errorf("%s: the two pages differ:\n%s\n%s", name, a, b)
			}
		}
	}
}

func TestNothingIsPostedFromAnotherSite(t *testing.T) {
	w := busy(t)
	r := w.as(w.people["Priya Nair"])
	req, err := http.NewRequest(http.MethodPost, w.http.URL+"/declare", strings.NewReader("title=Forged"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://evil.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := r.do(req); got.status != http.StatusForbidden {
		t.Errorf("a post from another site was answered with %d, want 403", got.status)
	}
	if n, err := w.db.CountIncidents(t.Context(), access.Program(), store.IncidentFilter{Text: "Forged"}); err != nil || n != 0 {
		t.Errorf("a post from another site declared %d incidents, %v", n, err)
	}
}

func TestASessionThatEndsOpensNothingFromTheNextRequestOn(t *testing.T) {
	w := busy(t)
	tomas := w.as(w.people["Tomás Ferreira"])
	if got := tomas.get("/"); got.status != http.StatusOK || got.path != "/" {
		t.Fatalf("signed in: %d at %s", got.status, got.path)
	}
	if err := w.db.EndSessions(t.Context(), string(w.people["Tomás Ferreira"])); err != nil {
		t.Fatal(err)
	}
	if got := tomas.get("/"); !strings.HasPrefix(got.path, "/sign-in") {
		t.Errorf("after the session ended: %d at %s, want the door", got.status, got.path)
	}
	got := tomas.post("/incidents/4/notes", "text", "The words that I typed while I was away")
	if got.status != http.StatusUnauthorized || !strings.Contains(got.body, "The words that I typed while I was away") {
		t.Errorf("a form after the session ended: %d; want 401 and what was typed", got.status)
	}
}

func TestPagesForSignedInPeopleStayOutOfCaches(t *testing.T) {
	w := busy(t)
	priya := w.as(w.people["Priya Nair"])
	for _, rt := range routes {
		if rt.Method != http.MethodGet || rt.Pattern == "/events" {
			continue
		}
		got := priya.get(pathOf(rt, 4))
		cache := got.header.Get("Cache-Control")
		if rt.public && got.status == http.StatusOK {
			if !strings.Contains(cache, "public") || got.header.Get("Set-Cookie") != "" {
				t.Errorf("%s: Cache-Control %q, cookie %q; want a page that any cache may keep", rt.Pattern, cache, got.header.Get("Set-Cookie"))
			}
			continue
		}
		if cache != "no-store" && !rt.public {
			t.Errorf("%s: Cache-Control %q, want no-store", rt.Pattern, cache)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": contentPolicy} {
			if have := got.header.Get(name); have != want {
				t.Errorf("%s: %s is %q, want %q", rt.Pattern, name, have, want)
			}
		}
	}
}
