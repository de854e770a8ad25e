package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// cookie returns the name of a cookie. Over TLS the prefix keeps other hosts
// of the same domain from setting it.
func (s *Server) cookie(name string) string {
	if s.Secure {
		return "__Host-" + name
	}
	return name
}

const sessionCookie = "amends"

// identify finds out who asks. Whoever is not recognised is anonymous; that
// the record cannot be read is an error.
func (c *call) identify() error {
	c.who, c.member = access.Who{}, nil // a stream asks again
	if id := c.s.DemoMember; id != "" {
		m, err := c.s.DB.Member(c.r.Context(), id)
		if err != nil {
			return err
		}
		c.who = access.Who{Kind: access.Member, MemberID: m.ID, Name: m.Name, Role: m.Role}
		c.member = &self{incident.Person(m.ID), m.Name, m.Zone}
		return nil
	}
	secret, ok := c.sessionSecret()
	if !ok {
		return nil
	}
	who, err := c.s.DB.Session(c.r.Context(), secret)
	if fault.Is(err, fault.Unknown) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := c.s.DB.Member(c.r.Context(), who.MemberID)
	if err != nil {
		return err
	}
	c.who, c.member = who, &self{incident.Person(m.ID), m.Name, m.Zone}
	return nil
}

func (c *call) sessionSecret() (access.Secret, bool) {
	cookie, err := c.r.Cookie(c.s.cookie(sessionCookie))
	if err != nil {
		return access.Secret{}, false
	}
	secret, err := access.ParseSecret(access.ForSession, cookie.Value)
	return secret, err == nil
}

func (c *call) setSession(value string, life time.Duration) {
	http.SetCookie(c.w, &http.Cookie{
		Name: c.s.cookie(sessionCookie), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: c.s.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// signInView is the page at the door.
type signInView struct {
	Frame
	Next  string
	Empty bool // nobody has an account yet
}

func (s *Server) signInPage(c *call) error {
	empty, err := s.DB.NeedsSetup(c.r.Context())
	if err != nil {
		return err
	}
	view := signInView{Frame: c.frame("Sign in"), Empty: empty, Next: localPath(c.r.FormValue("next"))}
	return c.render("sign_in.html", http.StatusOK, view)
}

func (s *Server) signIn(c *call) error {
	if err := s.limits.signIn(s.Address(c.r), c.value("email"), c.now); err != nil {
		return err
	}
	m, err := s.DB.CheckPassword(c.r.Context(), c.value("email"), c.value("password"))
	if fault.Is(err, fault.Unknown) {
		_, say, _ := fault.Public(err)
		err = fault.Bad("password", say)
	}
	if err != nil {
		return c.again("in", s.signInPage, err)
	}
	if err := c.startSession(m); err != nil {
		return err
	}
	return c.to(localPath(c.value("next")))
}

func (c *call) startSession(m store.Member) error {
	secret, err := c.s.DB.StartSession(c.r.Context(), m.ID, c.r.UserAgent())
	if err != nil {
		return err
	}
	c.setSession(secret.Reveal(), access.SessionLife)
	return nil
}

func (s *Server) signOut(c *call) error {
	if secret, ok := c.sessionSecret(); ok {
		if err := s.DB.EndSession(c.r.Context(), secret); err != nil {
			return err
		}
	}
	c.setSession("", -time.Second)
	c.say(saying{Say: "You are signed out.", Confirmed: "*"})
	return c.to("/sign-in")
}

// localPath returns an address on this server to go to next; anything else
// becomes the first page.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// saying is what the next page says about what was just done. It waits in a
// cookie for that one page, so that a reload does not say it again.
type saying struct {
	Say       string    `json:"s"`
	Until     time.Time `json:"u,omitzero"` // a promised time, shown in the reader's zone
	Trouble   bool      `json:"t,omitempty"`
	Confirmed string    `json:"c,omitempty"` // the draft that arrived
}

const sayingCookie = "said"

func (c *call) say(s saying) {
	text, err := json.Marshal(s)
	if err != nil {
		return // a value of our own type: cannot happen, and the page works without
	}
	http.SetCookie(c.w, &http.Cookie{
		Name: c.s.cookie(sayingCookie), Value: base64.RawURLEncoding.EncodeToString(text), Path: "/", MaxAge: 60,
		HttpOnly: true, Secure: c.s.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// takeSaid moves the saying from the cookie to the page.
func (c *call) takeSaid(f *Frame) {
	name := c.s.cookie(sayingCookie)
	cookie, err := c.r.Cookie(name)
	if err != nil {
		return
	}
	http.SetCookie(c.w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, HttpOnly: true, Secure: c.s.Secure, SameSite: http.SameSiteLaxMode})
	var s saying
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(text, &s) != nil {
		return // somebody else's cookie: the page has nothing to say
	}
	f.Said, f.Trouble, f.Confirmed = s.Say, s.Trouble, s.Confirmed
	if !s.Until.IsZero() {
		f.SaidUntil = ptr(c.at(s.Until))
	}
}

// teamSettings keeps the team's name and zone, so that a page costs no
// question for them.
type teamSettings struct {
	s    *Server
	mu   sync.Mutex
	have store.Team
	read time.Time
}

const teamKeep = 5 * time.Second

func (t *teamSettings) get(ctx context.Context) store.Team {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.s.DB.Now()
	if age := now.Sub(t.read); t.read.IsZero() || age > teamKeep || age < 0 {
		have, err := t.s.DB.Team(ctx)
		if err != nil {
			t.s.Log.Warn("the team's settings could not be read; the last ones are used", "error", err)
		} else {
			t.have, t.read = have, now
		}
	}
	return t.have
}

func (t *teamSettings) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read = time.Time{}
}

// team returns the name that readers know the team by.
func (t *teamSettings) team(ctx context.Context) string { return or(t.get(ctx).Name, t.s.TeamName) }

// zone returns the zone in which a typed time of this request is read: the
// person's own, the browser's, the team's.
func (c *call) zone() *time.Location {
	names := []string{"", c.r.FormValue("zone"), c.s.settings.get(c.r.Context()).Zone}
	if c.member != nil {
		names[0] = c.member.Zone
	}
	for _, name := range names {
		if name == "" || name == "Local" {
			continue
		}
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return c.s.Zone
}
