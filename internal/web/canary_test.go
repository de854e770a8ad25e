package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// canaries puts a word that stands nowhere else into every field that
// strangers may not read, and returns the words.
type canaries struct {
	w     *world
	words []string
}

// word makes the next canary.
func (c *canaries) word(where string) string {
	word := fmt.Sprintf("canary%03d%s", len(c.words), strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, where))
	c.words = append(c.words, word)
	return word
}

// release fills a world.
func (c *canaries) release() {
	w, t := c.w, c.w.t
	member := func(role access.Role) incident.Person {
		m, err := w.db.AddMember(t.Context(), store.Member{Name: c.word("member"), Email: c.word("mail") + "@northwind.example", Role: role})
		if err != nil {
			t.Fatal(err)
		}
		c.words = append(c.words, m.ID)
		return incident.Person(m.ID)
	}
	owner, other, lead := member(access.Admin), member(access.Responder), member(access.Lead)
	secret := w.service(c.word("service"), incident.Team)
	shared := w.service(c.word("stakeholderservice"), incident.Stakeholders)
	public := w.service("Payments", incident.Public)
	next := func() time.Time { return w.clock.Now().Add(20 * time.Minute) }

	// A public incident, with everything inside it that the team alone reads.
	id := w.do(0, incident.Declare{By: other, Owner: owner, Backup: lead, Title: "Card payments fail", Services: []string{public, secret, shared}, Origin: "manager"})
	w.do(id, incident.AddNote{By: lead, Text: c.word("note")})
	w.do(id, incident.PostUpdate{By: owner, Statement: "Public statement.", Now: "Public words now.", Plan: "Public plan.", NextAt: next()})
	w.do(id, incident.ChangeSeverity{By: owner, To: "SEV1", Why: c.word("severity")})
	w.do(id, incident.AskHelp{By: owner, What: c.word("help"), Expertise: c.word("expertise")})
	w.do(id, incident.AnswerHelp{By: lead, N: 1, Accept: true})
	w.do(id, incident.RecordHelp{By: lead, N: 1, Changed: c.word("changed")})
	w.do(id, incident.OfferHandover{By: owner, To: other, Note: c.word("offer")})
	w.do(id, incident.AnswerHandover{By: other, Reason: c.word("reason")})
	w.do(id, incident.RecordAlert{Source: c.word("source"), Group: c.word("group"), Summary: c.word("alert"), Firing: true})
	w.do(id, incident.CorrectUpdate{By: owner, N: 1, Now: "Public words now, corrected.", Plan: "Public plan.", Why: "Public reason."})

	// One that was told to the team first, and whose circle grew.
	grown := w.do(0, incident.Declare{By: owner, Title: "Refunds were paid twice", Audience: incident.Team, Services: []string{secret}})
	w.do(grown, incident.PostUpdate{By: owner, Statement: c.word("statement"), Now: c.word("now"), Plan: c.word("plan"), NextAt: next()})
	w.do(grown, incident.PostUpdate{By: owner, Now: c.word("later"), Plan: c.word("laterplan"), NoTime: c.word("notime"), Seen: -1})
	w.do(grown, incident.ChangeAudience{By: owner, To: incident.Public})
	w.do(grown, incident.CorrectUpdate{By: owner, N: 2, Now: c.word("correction"), Why: c.word("correctionwhy")})
	grownAndTold := w.do(0, incident.Declare{By: owner, Title: "Tickets arrive late", Audience: incident.Stakeholders, Services: []string{public}})
	w.do(grownAndTold, incident.PostUpdate{By: owner, Statement: c.word("stakeholderstatement"), Now: c.word("stakeholdernow"), Plan: c.word("stakeholderplan"), NextAt: next()})
	w.do(grownAndTold, incident.ChangeAudience{By: owner, To: incident.Public})
	w.do(grownAndTold, incident.PostUpdate{By: owner, Now: "Public words at last.", Plan: "Public plan at last.", NextAt: next(), Seen: -1})

	// Ones that strangers never hear of.
	for _, audience := range []incident.Audience{incident.Team, incident.Stakeholders} {
		hidden := w.do(0, incident.Declare{By: owner, Title: c.word("title"), Audience: audience})
		w.do(hidden, incident.PostUpdate{By: owner, Statement: c.word("hiddenstatement"), Now: c.word("hiddennow"), Plan: c.word("hiddenplan"), NextAt: next()})
		w.do(hidden, incident.Resolve{By: owner, Now: c.word("hiddenend"), Seen: -1})
	}
	w.do(0, incident.Declare{By: owner, Title: c.word("untold")})
	over := w.do(0, incident.Declare{By: owner, Title: "Sign-in failed", Services: []string{public}})
	w.do(over, incident.PostUpdate{By: owner, Now: "Public words of the past.", Plan: "Public plan of the past.", NextAt: next(), Override: c.word("override")})
	w.do(over, incident.Resolve{By: owner, Now: "Public end.", Works: []string{public}, ReviewOwner: lead, Statement: "Public statement of the past.", Seen: -1})
	c.settings(owner)
}

// settings fills what stands beside the incidents.
func (c *canaries) settings(owner incident.Person) {
	w, t := c.w, c.w.t
	if _, err := w.db.AddChannel(t.Context(), store.Channel{Name: c.word("channel"), Kind: "slack", Audience: incident.Public, Options: map[string]string{"url": "https://" + c.word("address") + ".example"}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.db.AddSource(t.Context(), store.Source{Name: c.word("sourcename"), Kind: "generic"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.db.NewToken(t.Context(), store.Token{Member: string(owner), Name: c.word("token"), Scopes: access.ScopeRead}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.AddSubscribers(t.Context(), []store.Subscriber{{Address: c.word("subscriber") + "@reader.example"}}); err != nil {
		t.Fatal(err)
	}
}

var hrefs = regexp.MustCompile(`(?:href|action|src)="([^"#]+)`)

// crawl follows every link of the public pages and returns all that was read.
func crawl(r *reader, from ...string) map[string]string {
	read := map[string]string{}
	for len(from) > 0 {
		path := from[0]
		from = from[1:]
		if _, done := read[path]; done || !strings.HasPrefix(path, "/") {
			continue
		}
		got := r.get(path)
		read[path] = fmt.Sprint(got.header) + got.path + got.body
		for _, m := range hrefs.FindAllStringSubmatch(got.body, -1) {
			from = append(from, m[1])
		}
	}
	return read
}

func TestNoPrivateTextIsInAnyPublicArtefact(t *testing.T) {
	w := newWorld(t)
	c := &canaries{w: w}
	c.release()
	start := []string{"/status", "/status/history", "/status.json", "/help", "/sign-in", "/", "/incidents", "/promises", "/promises.csv", "/promises.json", "/events?incident=1", "/when?next_at=16:30", "/settings/members"}
	for id := range 12 {
		start = append(start, fmt.Sprintf("/status/%d", id), fmt.Sprintf("/incidents/%d", id), fmt.Sprintf("/%d", id))
	}
	read := crawl(w.reader(), start...)
	all := ""
	for path, text := range read {
		all += text
		for _, word := range c.words {
			if strings.Contains(text, word) {
				t.Errorf("%s shows %q", path, word)
			}
		}
	}
	// Without these the test would pass on empty pages.
	for _, word := range []string{"Public words now, corrected.", "Public words at last.", "Public words of the past.", "Public end.", "Public statement.", "Payments", "Card payments fail"} {
		if !strings.Contains(all, word) {
			t.Errorf("no public page shows %q", word)
		}
	}
	if len(read) < 20 {
		t.Errorf("only %d addresses were read", len(read))
	}
}

func TestAViewerReadsNothingThatIsForTheTeam(t *testing.T) {
	w := newWorld(t)
	c := &canaries{w: w}
	c.release()
	sofia := w.as(w.member("Sofia Lind", access.Viewer))
	start := []string{"/", "/incidents", "/promises", "/promises.csv", "/settings"}
	for id := range 12 {
		start = append(start, fmt.Sprintf("/incidents/%d", id))
	}
	forTeam := regexp.MustCompile(`canary\d+(note|severity|help|expertise|changed|offer|reason|source|group|alert|statement|now|plan|later|laterplan|notime|correction|correctionwhy|service|override|channel|address|sourcename|token|subscriber|mail)\b`)
	for path, text := range crawl(sofia, start...) {
		for _, word := range forTeam.FindAllString(text, -1) {
			t.Errorf("a viewer reads %q at %s", word, path)
		}
	}
}
