package web

import (
	"net/http"

	"amends.dev/internal/access"
)

// helpView is the short page that says how this works.
type helpView struct{ Frame }

func (s *Server) helpPage(c *call) error {
	return c.render("help.html", http.StatusOK, helpView{c.frame("Help")})
}

// unsubscribeView is the page behind a stop link.
type unsubscribeView struct {
	Frame
	Action  string
	Address string
	Done    bool
}

// unsubscribePage shows a button: programs that look into mail open every
// link, and looking must not stop anything.
func (s *Server) unsubscribePage(c *call) error {
	secret, err := access.ParseSecret(access.ForStop, c.r.PathValue("secret"))
	if err != nil {
		return missing(err)
	}
	sub, err := s.DB.SubscriberByStop(c.r.Context(), secret)
	if err != nil {
		return missing(err)
	}
	noReferrer(c.w)
	view := unsubscribeView{Frame: c.frame("Stop updates"), Action: c.r.URL.Path, Address: sub.Address, Done: !sub.StoppedAt.IsZero()}
	return c.render("unsubscribe.html", http.StatusOK, view)
}

// unsubscribe stops. Mail programs post here too, without a page in between.
func (s *Server) unsubscribe(c *call) error {
	if err := s.limits.form(s.Address(c.r), c.now); err != nil {
		return err
	}
	secret, err := access.ParseSecret(access.ForStop, c.r.PathValue("secret"))
	if err != nil {
		return missing(err)
	}
	if err := s.DB.StopSubscription(c.r.Context(), secret); err != nil {
		return missing(err)
	}
	if c.value("List-Unsubscribe") == "One-Click" {
		c.send(http.StatusOK, "text/plain; charset=utf-8", []byte("Stopped.\n"))
		return nil
	}
	return c.to(c.r.URL.Path)
}
