package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// HealthDeps are what the supervisor's questions are answered from.
type HealthDeps struct {
	DB      *store.DB
	Log     *slog.Logger // slog.Default when nil
	Version string       // of the program
	// Ready says why this node must not be given work; the watch's health
	// belongs here. Nil is always ready.
	Ready func() error
	// Collectors are the figures of other rooms: the watch's, the doors' for
	// alerts.
	Collectors []prometheus.Collector
}

// Health answers /metrics, /healthz and /readyz. Nothing that it says names a
// person or quotes a word.
type Health struct {
	HealthDeps
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	record   *record
}

// figuresKeep is how long counts of the record are told again without asking.
const figuresKeep = 15 * time.Second

// NewHealth returns the answers, with every figure registered.
func NewHealth(d HealthDeps) (*Health, error) {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	h := &Health{HealthDeps: d, registry: prometheus.NewRegistry(), record: &record{db: d.DB, log: d.Log}}
	h.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "amends_http_request_seconds", Help: "Time from a request to its answer, by route.",
		Buckets: []float64{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10},
	}, []string{"method", "route", "code"})
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "amends_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": d.Version, "go": runtime.Version()},
	})
	build.Set(1)
	all := append([]prometheus.Collector{
		h.requests, build, h.record, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}, d.Collectors...)
	for _, c := range all {
		if err := h.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Mount puts the three addresses on a mux.
func (h *Health) Mount(mux *http.ServeMux) {
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(h.Log.Handler(), slog.LevelWarn),
	}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", h.ready)
}

// ready answers whether this node should be given work.
func (h *Health) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	var wrong []string
	if err := h.DB.Ping(ctx); err != nil {
		h.Log.Warn("the database does not answer", "error", err)
		wrong = append(wrong, "The database does not answer. Check that it runs and that there is room on its disk.")
	}
	if h.Ready != nil {
		if err := h.Ready(); err != nil {
			h.Log.Warn("not ready", "error", err)
			_, words, _ := fault.Public(err)
			wrong = append(wrong, words)
		}
	}
	if len(wrong) > 0 {
		say(w, http.StatusServiceUnavailable, strings.Join(wrong, "\n"))
		return
	}
	say(w, http.StatusOK, "ready")
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // an error means that the asker has left
}

// Instrument times what next answers. A route is named by its pattern, never
// by its address; streams, which last as long as somebody looks, are left out.
func (h *Health) Instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen := time.Now(), &statusWriter{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
			return
		}
		route := r.Pattern
		if _, path, ok := strings.Cut(route, " "); ok {
			route = path
		}
		method := r.Method
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		default:
			method = "other" // methods come from strangers
		}
		h.requests.WithLabelValues(method, route, strconv.Itoa(seen.code())).Observe(time.Since(began).Seconds())
	})
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush implements http.Flusher, as far as the connection does.
func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// code is the status that was answered. Only what HTTP knows becomes a label.
func (w *statusWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// record tells the counts of the record.
type record struct {
	db  *store.DB
	log *slog.Logger

	mu   sync.Mutex
	kept store.Figures
	at   time.Time
	fine bool
}

var (
	reachable  = prometheus.NewDesc("amends_record_reachable", "1 when the record could be counted.", nil, nil)
	open       = prometheus.NewDesc("amends_incidents_open", "Incidents that are not over.", []string{"severity"}, nil)
	promised   = prometheus.NewDesc("amends_promises_open", "Promises that wait for their word: waiting before, late after the promised minute.", []string{"state"}, nil)
	settled    = prometheus.NewDesc("amends_promises_settled", "Promises by how they ended.", []string{"outcome"}, nil)
	deliveries = prometheus.NewDesc("amends_deliveries", "Messages to recipients, by state.", []string{"state"}, nil)
)

// Describe implements prometheus.Collector.
func (*record) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{reachable, open, promised, settled, deliveries} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *record) Collect(ch chan<- prometheus.Metric) {
	f, fine := c.figures()
	tell := func(d *prometheus.Desc, n int, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
	}
	if !fine {
		tell(reachable, 0)
		return
	}
	tell(reachable, 1)
	for _, s := range incident.Severities {
		tell(open, f.Open[s], string(s))
	}
	tell(promised, f.Waiting, "waiting")
	tell(promised, f.Late, "late")
	for _, o := range []incident.Outcome{incident.Kept, incident.Late, incident.Broken, incident.Moved} {
		tell(settled, f.Settled[o], string(o))
	}
	for _, s := range []store.DeliveryState{store.DeliveryQueued, store.DeliverySending, store.DeliverySent, store.DeliveryRetry, store.DeliveryDead, store.DeliveryStopped} {
		tell(deliveries, f.Deliveries[s], string(s))
	}
}

// figures counts, at most once in figuresKeep, whoever asks how often.
func (c *record) figures() (store.Figures, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.at.IsZero() && time.Since(c.at) < figuresKeep {
		return c.kept, c.fine
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	f, err := c.db.Figures(ctx)
	if err != nil {
		c.log.Warn("the record could not be counted", "error", err)
	}
	c.kept, c.fine, c.at = f, err == nil, time.Now()
	return f, c.fine
}
