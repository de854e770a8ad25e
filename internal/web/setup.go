package web

import (
	"net/http"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

// setupView is the one page of a first run, and of joining a team.
type setupView struct {
	Frame
	Action string
	Email  string // whose link it is
	Name   string
	Reset  bool // only the password is new
}

func (s *Server) setupPage(c *call) error {
	secret, err := access.ParseSecret(access.ForSetup, c.r.PathValue("secret"))
	if err == nil {
		err = s.DB.CheckSetup(c.r.Context(), secret)
	}
	if err != nil {
		return missing(err)
	}
	noReferrer(c.w)
	return c.render("setup.html", http.StatusOK, setupView{Frame: c.frame("Set up amends"), Action: c.r.URL.Path})
}

func (s *Server) setUp(c *call) error {
	secret, err := access.ParseSecret(access.ForSetup, c.r.PathValue("secret"))
	if err != nil {
		return missing(err)
	}
	if err := s.limits.form(s.Address(c.r), c.now); err != nil {
		return err
	}
	m, err := s.DB.Setup(c.r.Context(), store.FirstRun{
		Secret: secret, Name: c.value("name"), Email: c.value("email"), Password: c.value("password"),
		Team: c.value("team"), Zone: c.value("zone"),
	})
	if fault.Is(err, fault.Unknown) {
		return missing(err)
	}
	if err != nil {
		return c.again("setup", s.setupPage, err)
	}
	s.settings.forget()
	if err := c.startSession(m); err != nil {
		return err
	}
	c.say(saying{Say: "Ready. When something goes wrong, declare it here."})
	return c.to("/")
}

// joinPage opens an invitation or a reset link. Opening it does not use it up:
// mail scanners open links too.
func (s *Server) joinPage(c *call) error {
	secret, err := joinSecret(c)
	if err != nil {
		return err
	}
	m, err := s.DB.LinkMember(c.r.Context(), secret)
	if err != nil {
		return missing(err)
	}
	view := setupView{Frame: c.frame("Join"), Action: c.r.URL.Path, Email: m.Email, Name: m.Name}
	if secret.Purpose() == access.ForReset {
		view.Reset, view.Title = true, "New password"
	}
	noReferrer(c.w)
	return c.render("join.html", http.StatusOK, view)
}

func (s *Server) join(c *call) error {
	secret, err := joinSecret(c)
	if err != nil {
		return err
	}
	if err := s.limits.form(s.Address(c.r), c.now); err != nil {
		return err
	}
	m, err := s.DB.UseLink(c.r.Context(), secret, c.value("name"), c.value("password"))
	if fault.Is(err, fault.Unknown) {
		return missing(err)
	}
	if err != nil {
		return c.again("join", s.joinPage, err)
	}
	if err := c.startSession(m); err != nil {
		return err
	}
	return c.to("/")
}

func joinSecret(c *call) (access.Secret, error) {
	text := c.r.PathValue("secret")
	secret, err := access.ParseSecret(access.ForInvite, text)
	if err != nil {
		secret, err = access.ParseSecret(access.ForReset, text)
	}
	if err != nil {
		return access.Secret{}, missing(err)
	}
	return secret, nil
}

// missing answers a link that does not open like a page that does not exist,
// in the link's own words: signing in would not help.
func missing(err error) error {
	if !fault.Is(err, fault.Unknown) {
		return err
	}
	_, say, _ := fault.Public(err)
	return fault.Wrap(fault.Missing, say, err)
}

// noReferrer keeps the address of a page that holds a secret to this page.
func noReferrer(w http.ResponseWriter) { w.Header().Set("Referrer-Policy", "no-referrer") }
