package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/api"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

// filled returns an address with its placeholders filled with what is nowhere.
func filled(path string) string {
	path = strings.TrimPrefix(path, client.Prefix)
	return strings.NewReplacer("{id}", "999999", "{n}", "1").Replace(path)
}

// Every operation, asked by nobody, by a session of each role, and by a token
// of each role with each scope, is open exactly when the table says so.
func TestEveryOperationIsOpenExactlyToWhomTheTableNames(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	type caller struct {
		who    access.Who
		secret func() string
	}
	callers := []caller{{access.Who{}, func() string { return "" }}}
	for _, role := range access.Roles() {
		callers = append(callers, caller{access.Who{Kind: access.Member, Role: role}, func() string {
			delete(h.token, "session "+role.String()) // signing out ends one
			return h.session(role)
		}})
		for scopes := access.Scopes(1); scopes < 1<<4; scopes++ {
			callers = append(callers, caller{access.Who{Kind: access.Token, Role: role, Scopes: scopes}, func() string { return h.as(role, scopes) }})
		}
	}
	asked := 0
	for _, r := range api.Routes() {
		if r.Need.String() == "" {
			t.Errorf("%s needs a permission that has no row", r.ID)
		}
		for _, c := range callers {
			body := ""
			if r.Method == http.MethodPost || r.Method == http.MethodPut {
				body = `{"unexpected":true}`
			}
			got := h.ask(r.Method, filled(r.Path), c.secret(), body)
			asked++
			refused := got.status == http.StatusUnauthorized || got.status == http.StatusForbidden
			if allowed := access.Can(c.who, r.Need); allowed == refused {
				t.Errorf("%s %s as %s %s with scopes %q: answered %d %s, want allowed=%t", r.Method, r.Path, kindName(c.who), c.who.Role, c.who.Scopes, got.status, got.body, allowed)
			}
			if refused && got.status != map[bool]int{true: 401, false: 403}[c.who.Kind == access.Anonymous] {
				t.Errorf("%s as %s %s: refused with %d", r.ID, kindName(c.who), c.who.Role, got.status)
			}
			if got.status >= 500 {
				t.Errorf("%s as %s %s: %d %s", r.ID, kindName(c.who), c.who.Role, got.status, got.body)
			}
		}
	}
	t.Logf("%d operations × %d callers = %d requests", len(api.Routes()), len(callers), asked)
}

func kindName(w access.Who) string {
	return [...]string{"nobody", "a session of", "a token of", "the system"}[w.Kind]
}

func TestACookieOpensNothing(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	for _, name := range []string{"session", "amends", "__Host-amends", "Authorization"} {
		if got := h.ask("POST", "/incidents", "", `{"title":"x"}`, "Cookie", name+"="+h.session(access.Admin)); got.status != 401 {
			t.Errorf("a session in the cookie %s was answered %d, want 401", name, got.status)
		}
	}
}

func TestSecretsThatAreNotOnRecordAreRefusedAlike(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	secret := h.as(access.Admin, access.ScopeRead)
	tokens, err := h.db.Tokens(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.db.RevokeToken(t.Context(), tokens[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	want := h.ask("GET", "/whoami", access.NewSecret(access.ForAPI).Reveal(), "")
	for _, shown := range []string{secret, secret[:len(secret)-1] + "!", "x", access.NewSecret(access.ForSource).Reveal(), access.NewSecret(access.ForStop).Reveal()} {
		got := h.ask("GET", "/whoami", shown, "")
		if got.status != 401 || got.body != want.body || got.header.Get("WWW-Authenticate") == "" {
			t.Errorf("a secret that opens nothing was answered %d %s, want %s", got.status, got.body, want.body)
		}
	}
	if got := h.ask("GET", "/whoami", h.as(access.Lead, access.ScopeRead), ""); got.status != 200 {
		t.Errorf("a good token beside wrong ones was answered %d %s", got.status, got.body)
	}
}

// What is for the team alone is nowhere to be found for anybody else, and its
// absence reads like that of something that never was.
func TestPrivateWordsReachNobodyElse(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	ctx, owner := t.Context(), h.client(access.Responder)
	secret := func(n int) string { return fmt.Sprintf("CANARY%d", n) }
	must(owner.Declare(ctx, client.Declare{Title: secret(1), Audience: "team"}))(t)
	must(owner.Post(ctx, 1, client.Post{Now: secret(2), Plan: secret(3), Next: "15m", Statement: secret(4)}))(t)
	must(owner.Declare(ctx, client.Declare{Title: secret(5), Audience: "public"}))(t) // not published yet
	must(owner.Declare(ctx, client.Declare{Title: "Mail is delayed", Audience: "team"}))(t)
	must(owner.Post(ctx, 3, client.Post{Now: secret(6), Plan: secret(7), Next: "15m", Statement: secret(8)}))(t)
	must(owner.ChangeAudience(ctx, 3, client.AudienceChange{Audience: "public"}))(t)
	must(owner.Correct(ctx, 3, 1, client.Correct{Now: secret(9), Why: secret(10)}))(t)
	must(owner.AddNote(ctx, 3, client.Note{Text: secret(11)}))(t)
	must(owner.AskHelp(ctx, 3, client.Ask{What: secret(12), Expertise: secret(13)}))(t)
	must(owner.OfferHandover(ctx, 3, client.Handover{To: h.ids[access.Lead], Note: secret(14)}))(t)
	must(owner.ChangeSeverity(ctx, 3, client.SeverityChange{Severity: "SEV3", Why: secret(15)}))(t)
	must(owner.Post(ctx, 3, client.Post{Now: "Mail flows again, slowly.", Plan: "Watch the queue.", Next: "15m"}))(t)
	if _, err := h.db.AddService(ctx, store.Service{Name: secret(16), Audience: incident.Team}); err != nil {
		t.Fatal(err)
	}
	readers := map[string]string{
		"nobody": "", "a viewer": h.session(access.Viewer), "a viewer's token": h.as(access.Viewer, access.ScopeRead|access.ScopeRespond|access.ScopeManage),
		"an alert sender": h.as(access.Admin, access.ScopeIngest),
	}
	for name, key := range readers {
		for _, r := range api.Routes() {
			if r.Method != http.MethodGet {
				continue
			}
			for _, id := range []string{"1", "2", "3"} {
				path := strings.NewReplacer("{id}", id).Replace(strings.TrimPrefix(r.Path, client.Prefix))
				got := h.ask("GET", path, key, "")
				allowed := name == "a viewer" || name == "a viewer's token"
				// An incident for everybody may be listed to a viewer before its first word; only its title is known then.
				text := got.body
				if allowed {
					text = strings.ReplaceAll(text, secret(5), "")
				}
				if i := strings.Index(text, "CANARY"); i >= 0 {
					t.Errorf("GET %s as %s shows %.20q", path, name, text[i:])
				}
				if name == "nobody" && strings.Contains(got.body, h.ids[access.Responder]) || strings.Contains(got.body, "responder@example.org") {
					t.Errorf("GET %s as %s names a person: %s", path, name, got.body)
				}
			}
		}
		hidden, absent := h.ask("GET", "/incidents/1", key, ""), h.ask("GET", "/incidents/9", key, "")
		if hidden.status != 404 || hidden.body != strings.Replace(absent.body, "incident 9", "incident 1", 1) {
			t.Errorf("as %s: hidden %d %s, absent %d %s, want the same", name, hidden.status, hidden.body, absent.status, absent.body)
		}
	}
	for _, path := range []string{"/incidents/3", "/incidents/3/timeline", "/status", "/incidents"} {
		if got := h.ask("GET", path, "", ""); !strings.Contains(got.body, "Mail flows again") || got.header.Get("ETag") != "" {
			t.Errorf("GET %s as nobody: %d %s, want the published words and no ETag", path, got.status, got.body)
		}
	}
}

func TestVersionsGuardWhatWasRead(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	key := h.as(access.Responder, access.ScopeRespond)
	must(h.client(access.Responder).Declare(t.Context(), client.Declare{Title: "Mail is delayed"}))(t)
	read := h.ask("GET", "/incidents/1", key, "")
	tag := read.header.Get("ETag")
	if tag != `"1"` {
		t.Fatalf("ETag %s, want \"1\"", tag)
	}
	if got := h.ask("GET", "/incidents/1", key, "", "If-None-Match", tag); got.status != 304 || got.body != "" {
		t.Errorf("read again: %d %q, want 304 and nothing", got.status, got.body)
	}
	note := func(match string) reply {
		return h.ask("POST", "/incidents/1/notes", key, `{"text":"seen"}`, "If-Match", match)
	}
	if got := note(tag); got.status != 200 || got.header.Get("ETag") != `"2"` {
		t.Errorf("a note on version 1: %d %s, ETag %s, want 200 and \"2\"", got.status, got.body, got.header.Get("ETag"))
	}
	if p := note(tag).problem(t); p.Status != 409 || p.Version != 2 || p.Kind != "conflict" || !strings.Contains(p.Detail, "version 2") {
		t.Errorf("a note on an old version: %+v, want 409 that names version 2", p)
	}
	if p := note("soon").problem(t); p.Status != 422 || p.Fields[0].Name != "If-Match" {
		t.Errorf("a note on nonsense: %+v, want 422", p)
	}
	if got := note("*"); got.status != 200 {
		t.Errorf("a note on any version: %d %s", got.status, got.body)
	}
	var conflict *client.Error
	_, err := h.client(access.Responder).AddNote(client.IfVersion(t.Context(), 1), 1, client.Note{Text: "x"})
	if !asError(err, &conflict) || conflict.Problem.Version != 3 {
		t.Errorf("the client heard %v, want a conflict with version 3", err)
	}
}

func TestAProblemNamesEveryFieldAtFault(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	key := h.as(access.Responder, access.ScopeRespond)
	must(h.client(access.Responder).Declare(t.Context(), client.Declare{Title: "Mail is delayed"}))(t)
	for _, c := range []struct {
		path, body string
		status     int
		fields     string
	}{
		{"/incidents", `{"title":"","severity":"SEV9","owner":"nobody@example.org","services":["x"],"started_at":"whenever"}`, 422, "owner services severity started_at title"},
		{"/incidents", `{"title":7,"surprise":1}`, 422, "surprise title"},
		{"/incidents", `{}`, 422, "title"},
		{"/incidents", `{"title":`, 400, ""},
		{"/incidents", ``, 400, ""},
		{"/incidents/1/updates", `{"now":"","next":"friday"}`, 422, "next now plan statement"},
		{"/incidents/1/updates", `{"now":"a","plan":"b","statement":"c","next":"11:00","zone":"UTC"}`, 422, "next"},
		{"/incidents/1/updates", `{"now":"a","plan":"b","statement":"c","next":"30m","zone":"Mars/Olympus"}`, 422, "zone"},
		{"/incidents/1/handover", `{"to":"viewer@example.org"}`, 422, "to"},
		{"/incidents/0/notes", `{"text":"x"}`, 422, "id"},
		{"/incidents/x/notes", `{"text":"x"}`, 422, "id"},
		{"/incidents/1/resolve", `{"now":"Over.","works":["x"],"statement":"We did it.","review_by":"yesterday"}`, 422, "review_by works"},
	} {
		got := h.ask("POST", c.path, key, c.body, "Content-Type", "application/json")
		p := got.problem(t)
		var names []string
		for _, f := range p.Fields {
			names = append(names, f.Name)
			if f.Say == "" || strings.HasPrefix(f.Say, "expected") {
				t.Errorf("POST %s %s: field %s says %q", c.path, c.body, f.Name, f.Say)
			}
		}
		if joined := sorted(names); p.Status != c.status || joined != c.fields || p.Detail == "" {
			t.Errorf("POST %s %s: %d %q with fields %q, want %d %q", c.path, c.body, p.Status, p.Detail, joined, c.status, c.fields)
		}
	}
	for _, c := range []struct {
		method, path string
		status       int
	}{{"PATCH", "/incidents", 405}, {"DELETE", "/incidents/1", 405}, {"GET", "/nothing", 404}, {"POST", "/status", 405}} {
		if p := h.ask(c.method, c.path, key, "").problem(t); p.Status != c.status {
			t.Errorf("%s %s: %+v, want %d", c.method, c.path, p, c.status)
		}
	}
	if got := h.ask("POST", "/incidents", key, "title=x", "Content-Type", "text/plain"); got.problem(t).Status != 415 {
		t.Errorf("a form: %d %s, want 415", got.status, got.body)
	}
	if got := h.ask("POST", "/incidents", key, `{"title":"`+strings.Repeat("x", 300<<10)+`"}`); got.problem(t).Status != 413 {
		t.Errorf("300 KiB: %d %s, want 413", got.status, got.body)
	}
}

func TestListsGoOnByKey(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	owner := h.client(access.Responder)
	for n := range 7 {
		must(owner.Declare(t.Context(), client.Declare{Title: fmt.Sprintf("Mistake %d", n)}))(t)
	}
	var numbers []int64
	f := client.IncidentFilter{Open: true, Limit: 3}
	for pages := 1; ; pages++ {
		page := must(owner.Incidents(t.Context(), f))(t)
		for _, in := range page.Incidents {
			numbers = append(numbers, in.Number)
		}
		if f.Before = page.Before; f.Before == 0 || pages > 5 {
			break
		}
	}
	if fmt.Sprint(numbers) != "[7 6 5 4 3 2 1]" {
		t.Errorf("pages of three: %v, want each once, the newest first", numbers)
	}
	got := h.ask("GET", "/incidents?limit=3&open=true", h.as(access.Responder, access.ScopeRead), "")
	if want := `<https://amends.example.org/api/v1/incidents?before=5&limit=3&open=true>; rel="next"`; got.header.Get("Link") != want {
		t.Errorf("Link: %s, want %s", got.header.Get("Link"), want)
	}
}

func TestACallerWhoAsksTooOftenIsSlowedDown(t *testing.T) {
	h := open(t, storetest.SQLite(t), func(d *api.Deps) { d.Rate, d.Burst = 1, 5 })
	key := h.as(access.Responder, access.ScopeRead)
	var last reply
	for range 8 {
		last = h.ask("GET", "/whoami", key, "")
	}
	if p := last.problem(t); p.Status != 429 || last.header.Get("Retry-After") == "" {
		t.Errorf("the eighth request: %+v, want 429 with Retry-After", p)
	}
	if got := h.ask("GET", "/whoami", h.as(access.Lead, access.ScopeRead), ""); got.status != 200 {
		t.Errorf("another caller: %d, want 200", got.status)
	}
}

func TestSigningInGivesWhatOnlyAPersonMayDo(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	if err := h.db.SetPassword(t.Context(), h.ids[access.Admin], password); err != nil {
		t.Fatal(err)
	}
	door := client.New(h.url, "")
	session := must(door.SignIn(t.Context(), client.SignIn{Email: "Admin@example.org", Password: password}))(t)
	admin := client.New(h.url, session.Secret)
	invited := must(admin.AddMember(t.Context(), client.NewMember{Name: "Noor", Email: "noor@example.org", Role: "responder"}))(t)
	if !strings.HasPrefix(invited.Link, "https://amends.example.org/join/amends_invite_") {
		t.Errorf("the invitation is %q", invited.Link)
	}
	made := must(admin.NewToken(t.Context(), client.NewToken{Name: "ci", Scopes: []string{"read"}}))(t)
	who := must(client.New(h.url, made.Secret).Whoami(t.Context()))(t)
	if who.Kind != "token" || who.Role != "admin" || fmt.Sprint(who.Scopes) != "[read]" {
		t.Errorf("the token is %+v", who)
	}
	if _, err := h.client(access.Admin).NewToken(t.Context(), client.NewToken{Name: "x", Scopes: []string{"read"}}); err == nil {
		t.Error("a token made a token")
	}
	if err := admin.RevokeToken(t.Context(), made.Token.ID, false); err != nil {
		t.Error(err)
	}
	if _, err := client.New(h.url, made.Secret).Whoami(t.Context()); err == nil {
		t.Error("a revoked token still works")
	}
	if err := admin.SignOut(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := admin.Whoami(t.Context()); err == nil {
		t.Error("a session that was ended still works")
	}
	refused := 0
	for range 15 {
		if got := h.ask("POST", "/session", "", `{"email":"admin@example.org","password":"wrong wrong wrong"}`); got.status == 429 {
			refused++
		}
	}
	if refused == 0 {
		t.Error("15 wrong passwords were all tried")
	}
}

func TestTheDocumentHasEveryOperation(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	got := h.ask("GET", "/openapi.json", "", "")
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range api.Routes() {
		if doc.Paths[r.Path][strings.ToLower(r.Method)] == nil {
			t.Errorf("%s %s is not in the document", r.Method, r.Path)
		}
	}
	for _, operations := range doc.Paths {
		n += len(operations)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || n != len(api.Routes()) {
		t.Errorf("OpenAPI %s with %d operations, want 3.1 with %d", doc.OpenAPI, n, len(api.Routes()))
	}
	if yaml := h.ask("GET", "/openapi.yaml", "", ""); yaml.status != 200 || !strings.Contains(yaml.body, "openapi: 3.1") {
		t.Errorf("the YAML: %d %.100s", yaml.status, yaml.body)
	}
}
