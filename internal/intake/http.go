package intake

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

// Deps are what the doors work with. DB is needed; zero limits mean the
// defaults, which suit a team that is paged by one or two clusters.
type Deps struct {
	DB      *store.DB
	Log     *slog.Logger                 // slog.Default when nil
	Address func(r *http.Request) string // who is asking; the peer when nil

	PerSource int // requests a second of one source; 1000
	All       int // requests a second of everybody; 3000
	InFlight  int // requests at work at a time; 256, half of them of one source
}

// Gateway is the doors through which alerts come:
//
//	POST /in/alertmanager        POST /in/alertmanager/{key}
//	POST /in/generic             POST /in/generic/{key}
//	POST /in/pagerduty/v2/enqueue    POST /v2/enqueue
//
// The source's key stands in Authorization: Bearer, in the path for senders
// that cannot set a header, or in routing_key. A success is answered after the
// commit and not before. When more comes than the server takes, the rest is
// refused with 429 before it is read: senders try again, and what is already
// at work is not slowed down.
type Gateway struct {
	Deps
	mux     *http.ServeMux
	desk    *desk
	gate    *gate
	figures *figures
}

// New returns the doors. They are also a prometheus.Collector.
func New(d Deps) *Gateway {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Address == nil {
		d.Address = peer
	}
	g := &Gateway{Deps: d, mux: http.NewServeMux(), desk: newDesk(d.DB, d.Log), gate: newGate(d), figures: newFigures()}
	for door, read := range map[string]func([]byte) ([]Signal, error){"alertmanager": Alertmanager, "generic": Generic} {
		g.mux.HandleFunc("POST /in/"+door, g.door(door, read))
		g.mux.HandleFunc("POST /in/"+door+"/{key}", g.door(door, read))
	}
	g.mux.HandleFunc("POST /in/pagerduty/v2/enqueue", g.pagerduty)
	g.mux.HandleFunc("POST /v2/enqueue", g.pagerduty)
	return g
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	g.mux.ServeHTTP(w, r)
}

// bodyWithin is how long a body may take to arrive.
const bodyWithin = 10 * time.Second

// door answers the senders that show their key before the body.
func (g *Gateway) door(name string, read func([]byte) ([]Signal, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		n, err := g.receive(w, r, read)
		g.figures.request(name, err, time.Since(began))
		if err == nil {
			answerJSON(w, http.StatusOK, "application/json", map[string]int{"received": n})
			return
		}
		p := problem(err)
		g.refused(r, name, err)
		if p.Status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		}
		if p.Status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="amends"`)
		}
		answerJSON(w, p.Status, "application/problem+json", p)
	}
}

// receive takes one request of a source in and returns how many alerts it had.
func (g *Gateway) receive(w http.ResponseWriter, r *http.Request, read func([]byte) ([]Signal, error)) (int, error) {
	key, err := keyOf(r)
	if err != nil {
		return 0, err
	}
	from, err := g.source(r, key)
	if err != nil {
		return 0, err
	}
	leave, err := g.gate.enter(from.source.ID, time.Now())
	if err != nil {
		return 0, err
	}
	defer leave()
	body, err := readBody(w, r)
	if err != nil {
		return 0, err
	}
	signals, err := g.parse(r.Context(), func() ([]Signal, error) { return read(body) })
	if err != nil {
		return 0, err
	}
	return len(signals), g.ingest(r.Context(), from, signals)
}

// pagerduty answers clients of the Events API. Their key is in the body, so a
// stranger's body is read too: in places of its own, so that strangers who
// are slow keep nobody else out.
func (g *Gateway) pagerduty(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	dedup, err := g.receiveEvent(w, r)
	g.figures.request("pagerduty", err, time.Since(began))
	status, body := PagerDutyAnswer(dedup, err)
	if err != nil {
		g.refused(r, "pagerduty", err)
	}
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the sender has left
}

func (g *Gateway) receiveEvent(w http.ResponseWriter, r *http.Request) (dedup string, err error) {
	leave, err := g.gate.enterUnknown()
	if err != nil {
		return "", err
	}
	defer leave()
	body, err := readBody(w, r)
	if err != nil {
		return "", err
	}
	var routing string
	signals, slip := g.parse(r.Context(), func() (signals []Signal, err error) {
		routing, signals, err = PagerDuty(body)
		return signals, err
	})
	if slip != nil {
		return "", slip
	}
	key, err := access.ParseSecret(access.ForSource, routing)
	if err != nil {
		return "", err
	}
	from, err := g.source(r, key)
	if err != nil {
		return "", err
	}
	out, err := g.gate.enter(from.source.ID, time.Now())
	if err != nil {
		return "", err
	}
	defer out()
	return signals[0].GroupKey, g.ingest(r.Context(), from, signals)
}

// keyOf reads the key from the header or the path.
func keyOf(r *http.Request) (access.Secret, error) {
	text := r.PathValue("key")
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, shown, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return access.Secret{}, fault.New(fault.Unknown, "Send the source's key as Authorization: Bearer, or at the end of the address.")
		}
		text = strings.TrimSpace(shown)
	}
	if text == "" {
		return access.Secret{}, fault.New(fault.Unknown, "Send the source's key as Authorization: Bearer, or at the end of the address.")
	}
	return access.ParseSecret(access.ForSource, text)
}

// source finds whose key it is. Looking for keys that nobody has is slowed
// down, for strangers only.
func (g *Gateway) source(r *http.Request, key access.Secret) (*post, error) {
	from, err := g.desk.find(r.Context(), key, func() error { return g.gate.guess(g.Address(r), time.Now()) })
	if err != nil {
		return nil, err
	}
	return from, access.Check(access.Source(from.source.Name), access.SendAlert)
}

// readBody reads a body that fits and arrives in time.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "" {
		return nil, &refusal{http.StatusUnsupportedMediaType, fault.New(fault.Invalid, "Send the body as it is, without Content-Encoding.")}
	}
	tooMuch := &refusal{http.StatusRequestEntityTooLarge, fault.Newf(fault.Invalid, "This request has more than %d KiB. Send fewer alerts at once, or shorter annotations.", MaxBody>>10)}
	if r.ContentLength > MaxBody {
		return nil, tooMuch
	}
	// Not every connection can do this (tests answer without one); the
	// server's own limits hold anyway.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin))
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return nil, &refusal{http.StatusRequestTimeout, fault.Wrap(fault.Invalid, "The request did not arrive whole. Send it again.", err)}
	}
	if len(body) > MaxBody {
		return nil, tooMuch
	}
	return body, nil
}

// parse reads a body. Few are read at a time, because what is built from one
// takes more room than the body.
func (g *Gateway) parse(ctx context.Context, read func() ([]Signal, error)) ([]Signal, error) {
	select {
	case g.gate.parsing <- struct{}{}:
		defer func() { <-g.gate.parsing }()
		return read()
	case <-ctx.Done():
		return nil, fault.Wrap(fault.Busy, "The server was busy and you stopped waiting. Nothing was stored", ctx.Err())
	}
}

// ingest routes the signals and records them. It returns after the commit.
func (g *Gateway) ingest(ctx context.Context, from *post, signals []Signal) error {
	alerts := from.route(signals, g.DB.Now())
	g.figures.alerts.WithLabelValues("ignored").Add(float64(len(signals) - len(alerts)))
	if len(alerts) == 0 {
		return nil
	}
	done, err := g.DB.Ingest(ctx, from.source.ID, alerts)
	for _, d := range done {
		g.figures.alert(d)
	}
	return err
}

// refused logs what is our fault. A refusal that the sender can mend is in
// the answer, and in the figures.
func (g *Gateway) refused(r *http.Request, door string, err error) {
	if problem(err).Status == http.StatusInternalServerError && r.Context().Err() == nil {
		g.Log.Error("alerts were not taken in", "door", door, "error", err)
	}
}

// refusal is a fault that HTTP has a better word for.
type refusal struct {
	status int
	err    *fault.Error
}

// Error implements error.
func (r *refusal) Error() string { return r.err.Error() }

// Unwrap returns the fault.
func (r *refusal) Unwrap() error { return r.err }

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusBadRequest, fault.Missing: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.Forbidden: http.StatusForbidden, fault.Unknown: http.StatusUnauthorized,
	fault.Busy: http.StatusTooManyRequests, fault.Internal: http.StatusInternalServerError,
}

// problem returns what the sender is told.
func problem(err error) client.Problem {
	kind, say, fields := fault.Public(err)
	p := client.Problem{Type: "urn:amends:problem:" + string(kind), Title: http.StatusText(statuses[kind]), Status: statuses[kind], Detail: say, Kind: string(kind)}
	if r, ok := errors.AsType[*refusal](err); ok {
		p.Status, p.Title = r.status, http.StatusText(r.status)
	}
	for _, f := range fields {
		p.Fields = append(p.Fields, client.Field{Name: f.Name, Say: f.Say})
	}
	return p
}

func answerJSON(w http.ResponseWriter, status int, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // an error means that the sender has left
}
