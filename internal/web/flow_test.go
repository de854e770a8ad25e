package web

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// want fails when the page does not hold every text.
func (a answer) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s was answered with %d, want %d:\n%s", a.path, a.status, status, plain(a.body))
	}
	for _, text := range texts {
		if !strings.Contains(plain(a.body), text) && !strings.Contains(html.UnescapeString(a.body), text) {
			t.Errorf("%s does not say %q:\n%s", a.path, text, plain(a.body))
		}
	}
}

func (a answer) wantNot(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			t.Errorf("%s says %q", a.path, text)
		}
	}
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
	once   = regexp.MustCompile(`name="once" value="([^"]+)"`)
)

// plain is a page as its words.
func plain(body string) string {
	text := spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(body, " ")), " ")
	return strings.TrimSpace(strings.NewReplacer(" .", ".", " ,", ",").Replace(text))
}

func (w *world) state(id int64) incident.Incident {
	w.t.Helper()
	in, err := w.db.Incident(w.t.Context(), access.Program(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

func TestAnIncidentIsDeclaredToldAndEndedWithForms(t *testing.T) {
	w := newWorld(t)
	priya := w.as(w.member("Priya Nair", access.Admin))
	payments := w.service("Payments", incident.Public)
	stranger := w.reader()

	priya.post("/declare", "title", "  ").want(t, 422, "Enter what is going wrong, in the words of the people affected")
	got := priya.post("/declare", "title", "Card payments fail", "services", payments, "started_at", "20 min ago")
	got.want(t, 200, "INC-1 is declared and yours. The first update is due at 12:15 UTC.", "Card payments fail", "First update due", "We at Northwind are responsible for this problem (Card payments fail) and for putting it right.")
	stranger.get("/status").want(t, 200, "Everything works")
	if started := w.state(1).StartedAt; !started.Equal(w.clock.Now().Add(-20 * time.Minute)) {
		t.Errorf("it started at %v", started)
	}

	w.clock.Advance(5 * time.Minute)
	got = priya.post("/incidents/1/updates", "now", "One in six payments fails.", "plan", "", "next", "30m", "status", "investigating", "seen", "0", "statement", "We are responsible.")
	got.want(t, 422, "One thing to change", "Enter what you will do before the next update", "One in six payments fails.", "We are responsible.")
	if !strings.Contains(got.body, "<title>Error: ") || !strings.Contains(got.body, `href="#update-plan"`) {
		t.Error("the page of an error does not say so in its title, or its summary does not lead to the field")
	}
	got = priya.post("/incidents/1/updates", "now", "One in six payments fails.", "plan", "Switch to the second provider.", "next", "30m", "status", "identified", "seen", "0", "statement", "We are responsible.")
	got.want(t, 200, "Update posted. It goes to the status page. Next update promised for 12:35 UTC.", "Update 1 by Priya Nair", "Cause found", "kept")
	if got.path != "/incidents/1" {
		t.Errorf("after the post the browser is at %s", got.path)
	}
	priya.get("/incidents/1").wantNot(t, "Update posted.")
	stranger.get("/status").want(t, 200, "Card payments fail", "Cause found", "We will write again by 12:35 UTC", "One in six payments fails.", "Switch to the second provider.", "We are responsible.", "Payments Not working for some")

	w.clock.Advance(36 * time.Minute)
	stranger.get("/status").want(t, 200, "We said 12:35 UTC.", "We are 6 min late.")
	priya.get("/").want(t, 200, "6 min late")
	got = priya.post("/incidents/1/updates", "now", "Every payment works since 12:38.", "status", "resolved", "seen", "1", "works", payments, "review_by", "27 Nov 17:00", "review_owner", string(w.people["Priya Nair"]))
	got.want(t, 200, "INC-1 is over. The last update goes to the status page. Review promised for 27 Nov, 17:00 UTC.", "Working again: Payments", "late")
	stranger.get("/status").want(t, 200, "Everything works", "Payments Working", "Card payments fail")
	stranger.get("/status/1").want(t, 200, "Over", "Every payment works since 12:38.", "We publish a review by 27 Nov, 17:00 UTC.", "Last update")
	stranger.get("/status/history").want(t, 200, "Card payments fail", "took")

	priya.post("/incidents/1/updates", "now", "More.", "plan", "More.", "next", "30m", "seen", "2").want(t, 409, "INC-1 is over since 22 Nov 12:41 UTC")
	priya.post("/incidents/1/reopen", "now", "It fails again.", "plan", "Look why.", "next", "at", "next_at", "13:05").want(t, 200, "Opened again by Priya Nair", "Next update promised for 13:05 UTC")
}

func TestAFormThatIsSentTwiceShowsTheFirstResult(t *testing.T) {
	w := newWorld(t)
	priya := w.as(w.member("Priya Nair", access.Admin))
	token := once.FindStringSubmatch(priya.get("/declare").body)[1]
	for range 3 {
		if got := priya.post("/declare", "title", "Card payments fail", "once", token); got.path != "/incidents/1" {
			t.Fatalf("declaring with the same token led to %s", got.path)
		}
	}
	if n, err := w.db.CountIncidents(t.Context(), access.Program(), store.IncidentFilter{}); err != nil || n != 1 {
		t.Errorf("%d incidents, %v; want 1", n, err)
	}
	got := priya.post("/declare", "title", "Something else", "once", token)
	got.want(t, 409, "Something else")
	if again := once.FindStringSubmatch(got.body)[1]; again == token {
		t.Error("the form comes back with the token that is used up")
	}
}

func TestWhatSomebodyElsePostedMeanwhileIsShownBesideWhatWasTyped(t *testing.T) {
	w := busy(t)
	w.clock.Advance(time.Minute)
	w.do(4, incident.PostUpdate{By: w.people["Tomás Ferreira"], Now: "Tomás was faster.", Plan: "Watch.", NextAt: w.clock.Now().Add(20 * time.Minute), Seen: -1})
	priya := w.as(w.people["Priya Nair"])
	got := priya.post("/incidents/4/updates", "now", "My own words.", "plan", "My own plan.", "next", "30m", "status", "identified", "seen", "2")
	got.want(t, 409, "Update 3 was posted while you were writing. Yours is not posted.", "Posted while you were writing", "Tomás was faster.", "My own words.", "Discard mine")
	if !strings.Contains(got.body, `name="seen" value="3"`) {
		t.Error("posting again would be refused again")
	}
	priya.post("/incidents/4/updates", "now", "My own words.", "plan", "My own plan.", "next", "30m", "status", "identified", "seen", "3").want(t, 200, "Update 4 by Priya Nair")
}

func TestTimesAreReadTheWayPeopleTypeThem(t *testing.T) {
	w := busy(t)
	priya := w.as(w.people["Priya Nair"])
	post := func(pairs ...string) answer {
		return priya.post("/incidents/4/updates", append([]string{"now", "Still one in nine.", "plan", "Check again.", "status", "identified", "seen", "2"}, pairs...)...)
	}
	post("next", "at", "next_at", "half four").want(t, 422, "half four")
	post("next", "at", "next_at", "").want(t, 422, "Enter the time of the next update")
	post("next", "none", "no_time", " ").want(t, 422, "Say why you cannot name a time")
	post().want(t, 422, "Enter when the next update comes, or say why you cannot name a time")
	post("next", "60m").want(t, 422, "SEV2 incidents need an update within 30 min.")
	post("next", "at", "next_at", "in 20 min").want(t, 200, "Next update promised for")
	if got, want := w.state(4).Next.DueAt, w.clock.Now().Add(20*time.Minute).Truncate(time.Minute); !got.Truncate(time.Minute).Equal(want) {
		t.Errorf("promised for %v, want %v", got, want)
	}
	echo := priya.get("/when?next_at=in+20+min")
	echo.want(t, 200, "in 20 min")
	priya.get("/when?next_at=half+four").want(t, 200, "not a time I can read yet")
	got := priya.post("/incidents/4/updates", "now", "The provider does not answer us.", "plan", "Ask again.", "next", "none", "no_time", "the provider has not told us when", "status", "identified", "seen", "3")
	got.want(t, 200, "No next time, because", "the provider has not told us when")
}

func TestATypedTimeIsInTheZoneOfWhoTypedIt(t *testing.T) {
	w := newWorld(t)
	priya := w.as(w.member("Priya Nair", access.Admin))
	w.do(0, incident.Declare{By: w.people["Priya Nair"], Title: "Card payments fail"})
	priya.post("/incidents/1/updates", "now", "It fails.", "plan", "Look why.", "next", "at", "next_at", "17:50", "zone", "Asia/Kolkata", "status", "investigating", "seen", "0", "statement", "We are responsible.").
		want(t, 200, "Next update promised for 12:20 UTC")
	priya.post("/settings/you", "name", "Priya Nair", "zone", "Asia/Kolkata", "zone", "Europe/Lisbon").want(t, 200, "Saved.")
	priya.post("/incidents/1/updates", "now", "It still fails.", "plan", "Look why.", "next", "at", "next_at", "12:25", "zone", "Asia/Kolkata", "status", "investigating", "seen", "1").
		want(t, 200, "Next update promised for 12:25 UTC")
}

func TestNothingNewNeedsOneRealSentence(t *testing.T) {
	w := busy(t)
	priya := w.as(w.people["Priya Nair"])
	priya.post("/incidents/4/updates", "now", "", "next", "30m", "status", "identified", "seen", "2", "nothing_new", "yes").want(t, 422, "Enter what is true now")
	priya.post("/incidents/4/updates", "now", "Nothing new.", "next", "30m", "status", "identified", "seen", "2", "nothing_new", "yes").want(t, 422, "Write one real sentence")
	priya.post("/incidents/4/updates", "now", "We are still moving cards to the second provider.", "next", "30m", "status", "identified", "seen", "2", "nothing_new", "yes").
		want(t, 200, "We are still moving cards to the second provider.", "We move the rest to the second provider and check at 15:15 UTC.")
}

func TestTheSmallFormsOfAnIncidentDoWhatTheySay(t *testing.T) {
	w := busy(t)
	priya, tomas, ana := w.as(w.people["Priya Nair"]), w.as(w.people["Tomás Ferreira"]), w.as(w.people["Ana Kowalska"])
	priya.post("/incidents/4/severity", "severity", "SEV1", "why", "Every card fails now").want(t, 200, "Severity is SEV1 now.", "Every card fails now")
	priya.post("/incidents/4/severity", "severity", "SEV9").want(t, 422, "Choose a severity")
	priya.post("/incidents/4/services", "services", "search").want(t, 200, "Affected services changed.", "Search")
	priya.post("/incidents/4/backup", "backup", string(w.people["Tomás Ferreira"])).want(t, 200, "Backup named.")
	priya.post("/incidents/4/notes", "text", "").want(t, 422, "Enter the note")
	priya.post("/incidents/4/notes", "text", "The gateway answers again.").want(t, 200, "Note added.", "The gateway answers again.")
	priya.post("/incidents/4/updates/1/correct", "now", "About 1 in 5.", "plan", "Find out which step refuses the cards.", "why", "").want(t, 422, "Say what was wrong")
	priya.post("/incidents/4/updates/1/correct", "now", "About 1 in 5.", "plan", "Find out which step refuses the cards.", "why", "We counted wrong.").
		want(t, 200, "Correction of update 1 posted.", "We counted wrong.", "A correction stands above.", "About 1 in 6")
	priya.get("/incidents/4/updates/9/correct").want(t, 404, "INC-4 has no update 9")

	ana.post("/incidents/4/help/1", "answer", "accept").want(t, 200, "You are helping.", "you helps")
	ana.post("/incidents/4/help/1", "answer", "record", "changed", "We fail over to the second region.").want(t, 200, "Recorded.", "We fail over to the second region.")

	tomas.get("/incidents/4/handover").want(t, 200, "Offer a hand-over")
	tomas.post("/incidents/4/handover", "to", string(w.people["Ana Kowalska"])).want(t, 403, "Only the owner can hand INC-4 over")
	priya.post("/incidents/4/handover", "to", string(w.people["Tomás Ferreira"]), "note", "The provider calls at four.").want(t, 200, "Offered. You own it until they accept.", "Offered to Tomás Ferreira")
	tomas.get("/").want(t, 200, "Waiting for you", "Priya Nair offers you INC-4")
	tomas.get("/incidents/4").want(t, 200, "Priya Nair offers you this incident", "The provider calls at four.")
	tomas.post("/incidents/4/offer", "answer", "accept").want(t, 200, "You own it now.")
	if got := w.state(4).Owner; got != w.people["Tomás Ferreira"] {
		t.Errorf("the owner is %s", got)
	}
	priya.post("/incidents/4/offer", "answer", "accept").want(t, 409, "No hand-over of INC-4 is waiting")
	priya.get("/incidents/4/nothing").want(t, 404, "There is no page at this address")
}

func TestPostingWithoutAStatementNeedsALeadAndAReason(t *testing.T) {
	w := newWorld(t)
	owner := w.member("Priya Nair", access.Responder)
	w.do(0, incident.Declare{By: owner, Title: "Card payments fail"})
	update := []string{"now", "It fails.", "plan", "Look why.", "next", "10m", "status", "investigating", "seen", "0"}
	tomas, ana := w.as(w.member("Tomás Ferreira", access.Responder)), w.as(w.member("Ana Kowalska", access.Lead))
	tomas.get("/incidents/1").want(t, 200, "Priya Nair has not accepted responsibility yet.")
	tomas.post("/incidents/1/updates", update...).want(t, 422, "Say who takes responsibility for what")
	tomas.post("/incidents/1/updates", append(update, "override", "Priya sleeps")...).want(t, 403, "Posting before anyone has taken ownership needs the lead role")
	ana.post("/incidents/1/updates", append(update, "override", "Priya sleeps")...).want(t, 200, "Update 1 by Ana Kowalska", "No statement, because", "Priya sleeps")
}

func TestSettingUpJoiningAndSigningIn(t *testing.T) {
	w := newWorld(t)
	stranger := w.reader()
	stranger.get("/").want(t, 200, "This amends has no accounts yet", "amends setup-link")
	secret, err := w.db.NewSetupLink(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	link := "/setup/" + secret.Reveal()
	stranger.get("/setup/amends_setup_wrong").want(t, 404, "This setup link does not work.")
	stranger.get(link).want(t, 200, "Set up amends")
	stranger.post(link, "name", "Priya Nair", "email", "priya", "password", "short", "team", "").want(t, 422, "Priya Nair", "Use at least 12 characters")
	got := stranger.post(link, "name", "Priya Nair", "email", "Priya@Northwind.example", "password", testPassword, "team", "Northwind", "zone", "Europe/Lisbon")
	got.want(t, 200, "Ready.", "Nothing is on fire", "Signed in as Priya Nair", "Invite your team")
	got.wantNot(t, testPassword)
	w.reader().get(link).want(t, 404, "This setup link does not work.")

	got = stranger.post("/settings/members/new", "name", "Tomás Ferreira", "email", "tomas@northwind.example", "role", "responder")
	got.want(t, 200, "A link for Tomás Ferreira")
	invite := regexp.MustCompile(`/join/amends_invite_\w+`).FindString(got.body)
	tomas := w.reader()
	tomas.get(invite).want(t, 200, "Join Northwind", "You sign in as tomas@northwind.example.")
	tomas.post(invite, "name", "Tomás Ferreira", "password", testPassword+" too").want(t, 200, "Signed in as Tomás Ferreira")
	tomas.post(invite, "name", "Tomás Ferreira", "password", testPassword+" again").want(t, 404, "This link does not work.")
	tomas.post("/sign-out").want(t, 200, "You are signed out.")

	wrong := w.reader().post("/sign-in", "email", "tomas@northwind.example", "password", "not the password")
	unknown := w.reader().post("/sign-in", "email", "nobody@northwind.example", "password", "not the password")
	wrong.want(t, 422, "This address and password do not belong together.")
	if a, b := plain(wrong.body), plain(unknown.body); a != b {
		t.Errorf("a wrong password and an unknown address are answered differently:\n%s\n%s", a, b)
	}
	got = tomas.post("/sign-in", "email", "TOMAS@northwind.example", "password", testPassword+" too", "next", "/promises?month=2026-11")
	if got.path != "/promises?month=2026-11" {
		t.Errorf("signing in led to %s", got.path)
	}
	for _, next := range []string{"//evil.example", `/\evil.example`, "https://evil.example", "/\t/evil.example"} {
		if got := w.reader().post("/sign-in", "email", "tomas@northwind.example", "password", testPassword+" too", "next", next); got.path != "/" {
			t.Errorf("next=%q led to %s", next, got.path)
		}
	}
}

func TestGuessingAtPasswordsIsSlowedDown(t *testing.T) {
	w := newWorld(t)
	w.member("Priya Nair", access.Admin)
	r := w.reader()
	slowed := 0
	for range 20 {
		if r.post("/sign-in", "email", "priya.nair@northwind.example", "password", "guess").status == http.StatusServiceUnavailable {
			slowed++
		}
	}
	if slowed != 10 {
		t.Errorf("%d of 20 guesses were slowed down, want 10", slowed)
	}
	w.clock.Advance(10 * time.Minute)
	r.post("/sign-in", "email", "priya.nair@northwind.example", "password", "guess").want(t, 422)
}

func TestATokenIsShownOnceAndRevoked(t *testing.T) {
	w := newWorld(t)
	priya := w.as(w.member("Priya Nair", access.Admin))
	priya.post("/settings/tokens/new", "name", "laptop").want(t, 422, "Choose at least one")
	got := priya.post("/settings/tokens/new", "name", "laptop", "scopes", "read", "scopes", "respond")
	got.want(t, 200, "Copy it now. It is not shown again.", "read respond")
	secret := regexp.MustCompile(access.SecretPattern).FindString(got.body)
	if secret == "" {
		t.Fatal("the token is not shown")
	}
	priya.get("/settings/tokens").wantNot(t, secret)
	revoke := regexp.MustCompile(`/settings/tokens/t_\w+/revoke`).FindString(got.body)
	tomas := w.as(w.member("Tomás Ferreira", access.Responder))
	tomas.post(revoke).want(t, 404, "There is no such token")
	tomas.get("/settings/tokens").wantNot(t, "laptop")
	priya.post(revoke).want(t, 200, "The token is revoked.", "Revoked")
}

func TestASourceShowsItsKeyOnceWithWhatToPaste(t *testing.T) {
	w := newWorld(t)
	priya := w.as(w.member("Priya Nair", access.Admin))
	for kind, want := range map[string]string{"alertmanager": "webhook_configs", "pagerduty": "/in/pagerduty/v2/enqueue", "generic": "curl -X POST"} {
		got := priya.post("/settings/sources/new", "name", "Our "+kind, "kind", kind, "rules", `{"fallback":{}}`)
		got.want(t, 200, "Copy it now. It is not shown again.", want, "Nothing received yet")
		key := regexp.MustCompile(access.SecretPattern).FindString(got.body)
		if key == "" || strings.Count(got.body, key) != 2 {
			t.Errorf("%s: the key stands %d times on its page, want once alone and once in the snippet", kind, strings.Count(got.body, key))
		}
		priya.get("/settings/sources").wantNot(t, key)
	}
	priya.post("/settings/sources/new", "name", "", "kind", "generic", "rules", "{").want(t, 422, "Enter a name for the source", "Enter rules as JSON")
}

func TestSettingsAreSavedAndRefusedByField(t *testing.T) {
	w := busy(t)
	priya := w.as(w.people["Priya Nair"])
	priya.post("/settings/team", "team", "Halden", "zone", "", "zone", "Europe/Berlin", "audience", "public").want(t, 200, "Saved.", "Halden")
	w.reader().get("/status").want(t, 200, "Halden status")
	priya.post("/settings/team", "team", "Halden", "zone", "Mars/North", "audience", "public").want(t, 422, `"Mars/North" is not a time zone`)
	priya.post("/settings/services/new", "name", "Reports", "audience", "public").want(t, 200, "Reports is saved.", "Reports")
	priya.post("/settings/services/reports/up").want(t, 200, "Reports moved up.")
	priya.post("/settings/services/reports/archive").want(t, 200, "Reports is archived.")
	w.reader().get("/status").wantNot(t, "Reports")
	policy := []string{"first", "10", "every", "20", "watching", "60", "broken_after", "40", "review.days", "5"}
	priya.post("/settings/policies/SEV2", append(policy, "steps", "-5 owner\r\n0 owner, backup\r\n10 lead, team")...).want(t, 200, "The policy for SEV2 is saved.", "First update within 10 min, then every 20 min")
	priya.post("/settings/policies/SEV2", append(policy, "steps", "five owner")...).want(t, 422, `"five" is not a number`)
	priya.post("/settings/policies/SEV2", append(policy, "steps", "0 owner\n5 boss")...).want(t, 422, `Line 2: "boss" cannot be told`)
	priya.get("/settings/policies/SEV7").want(t, 404)

	tomas := string(w.people["Tomás Ferreira"])
	priya.get("/settings/members/"+tomas+"/disable").want(t, 200, "owns 1 open incident", "Offer them to")
	priya.post("/settings/members/"+tomas+"/disable").want(t, 409, "Tomás Ferreira owns INC-3")
	priya.post("/settings/members/"+tomas+"/disable", "successor", string(w.people["Ana Kowalska"])).want(t, 200, "Tomás Ferreira is disabled.", "Disabled")
	priya.post("/settings/members/"+string(w.people["Priya Nair"]), "name", "Priya Nair", "role", "viewer").want(t, 409, "Priya Nair is the only admin")
	priya.get("/settings/deliveries").want(t, 200, "Nothing has been sent yet.")
	file := priya.get("/settings/backup/amends.backup")
	if file.status != 200 || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("the backup was answered with %d", file.status)
	}
	if _, _, err := store.Check(strings.NewReader(file.body)); err != nil {
		t.Errorf("the backup that was downloaded does not check: %v", err)
	}
}

func TestStoppingMailTakesAButtonOrAMailProgram(t *testing.T) {
	w := newWorld(t)
	if _, err := w.db.AddSubscribers(t.Context(), []store.Subscriber{{Address: "reader@example.org"}, {Address: "other@example.org"}}); err != nil {
		t.Fatal(err)
	}
	subs, err := w.db.Subscribers(t.Context(), "", 10)
	if err != nil || len(subs) != 2 {
		t.Fatal(subs, err)
	}
	r := w.reader()
	r.get("/unsubscribe/"+subs[0].Stop).want(t, 200, "Stop updates?", subs[0].Address)
	if n, _ := w.db.CountSubscribers(t.Context()); n != 2 {
		t.Error("opening the link stopped the mail")
	}
	r.post("/unsubscribe/"+subs[0].Stop).want(t, 200, "Updates are stopped")
	req, err := http.NewRequest(http.MethodPost, w.http.URL+"/unsubscribe/"+subs[1].Stop, strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded") // as a mail program sends it: no cookie, no origin
	if got := r.do(req); got.status != 200 || got.body != "Stopped.\n" {
		t.Errorf("one click was answered with %d %q", got.status, got.body)
	}
	if n, _ := w.db.CountSubscribers(t.Context()); n != 0 {
		t.Errorf("%d readers are still told", n)
	}
	r.get("/unsubscribe/amends_stop_wrong").want(t, 404)
}

func TestListsAreFilteredByTheirAddress(t *testing.T) {
	w := busy(t)
	priya := w.as(w.people["Priya Nair"])
	for query, want := range map[string][2]string{
		"?state=over":       {"Tickets arrive late by mail", "Card payments fail"},
		"?state=open":       {"Card payments fail", "Tickets arrive late"},
		"?severity=SEV3":    {"Search results", "Card payments fail"},
		"?service=payments": {"Card payments fail", "Search results"},
		"?q=price+list":     {"An internal price list", "Search results"},
		"?owner=" + string(w.people["Ana Kowalska"]): {"An internal price list", "Search results"},
	} {
		got := priya.get("/incidents" + query)
		got.want(t, 200, want[0])
		got.wantNot(t, want[1])
	}
	priya.get("/incidents?q=nothing+like+it").want(t, 200, "No incident fits these filters.")
	priya.get("/incidents/4?show=notes").want(t, 200, "The bank says the card scheme is fine.")
	priya.get("/incidents/4?show=updates").wantNot(t, "The bank says the card scheme is fine.")
	if got := priya.get("/4"); got.path != "/incidents/4" {
		t.Errorf("/4 led to %s", got.path)
	}
	if got := priya.get("/incidents/4/"); got.path != "/incidents/4" {
		t.Errorf("a trailing slash led to %s", got.path)
	}
	priya.get("/promises").want(t, 200, "7 promises: 5 kept, 2 late", "Ana Kowalska 1 kept Priya Nair 1 kept, 1 late Tomás Ferreira 3 kept, 1 late", "late")
	priya.get("/promises.csv").want(t, 200, "incident,n,title")
	priya.get("/promises.json").want(t, 200, `"outcome": "late"`)
}

func TestASpreadsheetRunsNothingThatSomebodyTyped(t *testing.T) {
	w := newWorld(t)
	priya := w.as(w.member("Priya Nair", access.Admin))
	w.do(0, incident.Declare{By: w.people["Priya Nair"], Title: `=HYPERLINK("https://evil.example")`})
	if got := priya.get("/promises.csv"); !strings.Contains(got.body, `'=HYPERLINK(`) {
		t.Errorf("the cell begins a formula: %s", got.body)
	}
}
