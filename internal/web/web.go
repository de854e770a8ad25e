// Package web serves the pages that people read and the forms that they post.
//
// In comes an HTTP request; it becomes a command for the store or a question
// to its views. Out goes a whole HTML page that works without scripts. The
// style, the scripts and the icons are embedded and served from here, and a
// strict content policy lets a page load nothing else.
//
// routes.go lists every address with the permission it needs; what has no
// permission there is served to nobody. page.go is the one place where an
// error becomes a page. The public pages (status.go) are served from memory
// and know nothing that an anonymous reader may not read.
//
// It must never open a transaction, decide a rule of the domain, send a
// message, or let what a person typed reach a page unescaped.
package web

import (
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"amends.dev/internal/store"
)

// Deps are what the pages need. DB and Log must be set.
type Deps struct {
	DB  *store.DB
	Log *slog.Logger
	// BaseURL is where people reach this server, without a slash at the end.
	BaseURL string
	// TeamName is shown until the settings name one.
	TeamName string
	// Zone is the team's zone for times that are typed; UTC when nil.
	Zone *time.Location
	// Secure says that people reach this server over TLS.
	Secure bool
	// DemoMember signs everybody in as this member; empty outside the demo.
	DemoMember string
	// Outbox lists what the demo did not send, the newest first; nil outside it.
	Outbox func() []Sent
	// Address returns who is asking, for rate limits; the peer when nil.
	Address func(*http.Request) string
	// TestChannel sends one test message through a channel.
	TestChannel func(context.Context, store.Channel) error
	// CheckChannel says what is wrong with a channel's options; nil when nothing is.
	CheckChannel func(kind string, options map[string]string) error
	// ChannelKinds lists the kinds of channel that a form may offer.
	ChannelKinds []ChannelKind
	// CheckRules says what is wrong with a source's routing rules.
	CheckRules func([]byte) error
}

// Sent is a message that the demo kept instead of sending it.
type Sent struct {
	At      time.Time
	Channel string
	To      string
	Subject string
	Body    string
}

// ChannelKind is a kind of channel as a form shows it.
type ChannelKind struct {
	Kind    string
	Label   string
	Options []ChannelOption
}

// ChannelOption is one field of a channel's form.
type ChannelOption struct {
	Name     string
	Label    string
	Help     string
	Secret   bool
	Required bool
}

// Server serves the pages.
type Server struct {
	Deps
	pages    map[string]*template.Template
	public   *publicPages
	limits   *limits
	settings *teamSettings

	stop    context.CancelFunc
	done    <-chan struct{} // closed when the server stops: live pages end
	stopped sync.WaitGroup
}

// New returns a server. Close must be called when it is no longer needed.
func New(d Deps) (*Server, error) {
	pages, err := parsePages()
	if err != nil {
		return nil, err
	}
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Address == nil {
		d.Address = peer
	}
	d.BaseURL = strings.TrimSuffix(d.BaseURL, "/")
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{Deps: d, pages: pages, limits: newLimits(), stop: stop, done: ctx.Done()}
	s.settings = &teamSettings{s: s}
	s.public = newPublicPages(s)
	s.stopped.Go(func() { s.public.watch(ctx) })
	return s, nil
}

// Close ends the live pages and the watch over the public ones.
func (s *Server) Close() {
	s.stop()
	s.stopped.Wait()
}

// Handler returns all pages.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+assetRoot, assetHandler())
	for _, rt := range routes {
		mux.Handle(rt.Method+" "+rt.Pattern, s.route(rt))
	}
	mux.Handle("/", s.route(route{Method: "GET", Pattern: "/", do: (*Server).notFound, Need: anybody}))
	forged := http.NewCrossOriginProtection()
	forged.SetDenyHandler(s.route(route{do: (*Server).forged, Need: anybody}))
	secure := func(*http.Request) bool { return s.Secure }
	return withSecurity(secure, noTrailingSlash(forged.Handler(mux)))
}

// noTrailingSlash sends people who typed a slash too many to the page.
func noTrailingSlash(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := "/" + strings.Trim(r.URL.Path, "/")
		if path == r.URL.Path || strings.HasPrefix(r.URL.Path, assetRoot) || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		to := *r.URL
		to.Scheme, to.Host, to.Path, to.RawPath = "", "", path, ""
		http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
	})
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (s *Server) url(format string, args ...any) string {
	return s.BaseURL + fmt.Sprintf(format, args...)
}
