// Package api is the JSON API under /api/v1.
//
// In come requests with a bearer secret: an API token, or the secret of a
// session that was started here with an address and a password. A cookie
// opens nothing, so no other site can make a browser act through this door.
// Out go views and the answers to commands, in the wire types of package
// client; refusals are problems as RFC 9457 writes them. What may be called,
// and what it needs, stands in routes.go and nowhere else; the OpenAPI
// document is made from the same table and served beside it.
//
// Every POST takes an Idempotency-Key, which belongs to its caller. The same
// key gets the same bytes again, with Idempotency-Replayed: true. Commands on
// incidents keep their answer in the transaction that does them. Answers to
// changes of settings are kept right after the change, so a server that dies
// between the two may do such a change again. An answer with a secret in it
// is not kept: its replay is a conflict that says what to do.
//
// A handler parses, builds a command, applies it and answers. This room holds
// no rule of the domain, no SQL and no HTML. In health.go stand the figures
// and the two questions that a supervisor asks; they are mounted beside the
// API.
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

// Deps are what the API works with. DB is needed; a nil func closes the
// operation that wants it.
type Deps struct {
	DB      *store.DB
	Log     *slog.Logger // slog.Default when nil
	BaseURL string       // without a slash at the end: links in answers
	Version string       // of the program, for the OpenAPI document

	// Address says who is asking when nobody signed in; the peer when nil.
	Address func(*http.Request) string
	// Rate is how many requests a second one caller may make, Burst how many
	// at once; 50 and 200 when zero.
	Rate, Burst int

	// ChannelSecrets names the options of a kind of channel that are never
	// shown again. Every option is secret when nil.
	ChannelSecrets func(kind string) []string
	// CheckChannel says what is wrong with a channel's options.
	CheckChannel func(kind string, options map[string]string) error
	// TestChannel sends one message that says it is a test.
	TestChannel func(ctx context.Context, c store.Channel) error
	// CheckRules returns a source's rules as they are kept, or what is wrong
	// with them. Without rules it returns some to begin with.
	CheckRules func(ctx context.Context, kind string, rules json.RawMessage, owner string) (json.RawMessage, error)
	// ImportStatuspage brings a history; with dry it says what would come.
	ImportStatuspage func(ctx context.Context, history []byte, dry bool) (client.Imported, error)
}

type server struct {
	Deps
	limits *limits
	busy   keyed // settings changes under way, by key
}

var problems sync.Once

// New returns the handler of everything under /api/v1.
func New(d Deps) http.Handler {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Address == nil {
		d.Address = peer
	}
	s := &server{Deps: d, limits: newLimits(d.Rate, d.Burst)}
	mux := http.NewServeMux()
	s.register(mux)
	return s.outermost(mux)
}

// register puts every row of the table on the mux, and the document.
func (s *server) register(mux *http.ServeMux) {
	problems.Do(func() { huma.NewError = fromHuma })
	doc := humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			Info: &huma.Info{
				Title: "amends", Version: s.Version,
				Description: "Take a mistake from ownership to restored trust. Times in requests are texts as people write them (30m, 16:30, tomorrow 09:00) or RFC 3339; times in answers are RFC 3339 in UTC.",
				License:     &huma.License{Name: "Apache-2.0", URL: "https://www.apache.org/licenses/LICENSE-2.0"},
			},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer", Description: "An API token, or the secret of a session"}},
			},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	})
	for _, r := range routes {
		r.register(s, doc, r.operation(s))
	}
	mux.HandleFunc("GET "+client.Prefix+"/openapi.json", document("application/openapi+json", func() ([]byte, error) {
		return json.MarshalIndent(doc.OpenAPI(), "", "  ")
	}))
	mux.HandleFunc("GET "+client.Prefix+"/openapi.yaml", document("application/openapi+yaml", doc.OpenAPI().YAML))
	mux.HandleFunc("/", s.nowhere(mux))
}

// document answers with a text that the first reader has made: most servers
// are never asked for it, and it would take most of a start.
func document(kind string, text func() ([]byte, error)) http.HandlerFunc {
	text = sync.OnceValues(text)
	return func(w http.ResponseWriter, _ *http.Request) {
		body, err := text()
		if err != nil {
			write(w, newProblem(fmt.Errorf("write the description of the API: %w", err)))
			return
		}
		w.Header().Set("Content-Type", kind)
		// An error here means that the reader has left.
		_, _ = w.Write(body)
	}
}

// nowhere answers what no route takes: another method, or no such address.
func (s *server) nowhere(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != "/" {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			write(w, problemOf(http.StatusMethodNotAllowed, fault.Newf(fault.Invalid, "This address takes %s. See %s/openapi.json for all operations", strings.Join(allowed, ", "), client.Prefix)))
			return
		}
		write(w, newProblem(fault.Newf(fault.Missing, "There is nothing at this address. See %s/openapi.json for all operations", client.Prefix)))
	}
}

// outermost sets what every answer carries and turns a panic into a problem.
func (s *server) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.Log.Error("a request broke", "method", r.Method, "path", r.URL.Path, "panic", p)
			write(w, newProblem(fault.New(fault.Internal, ""))) // too late if the answer has begun; then this is dropped
		}()
		next.ServeHTTP(w, r)
	})
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Route is one operation, for tests and the manual.
type Route struct {
	ID, Method, Path, Says string
	Need                   access.Permission
}

// Routes lists every operation with what it needs, in the order of the table.
func Routes() []Route {
	out := make([]Route, len(routes))
	for i, r := range routes {
		out[i] = Route{r.id, r.method, client.Prefix + r.path, r.says, r.need}
	}
	return out
}
