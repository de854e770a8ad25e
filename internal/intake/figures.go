package intake

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"amends.dev/internal/store"
)

// figures is what the doors count. No label comes from a sender.
type figures struct {
	requests *prometheus.CounterVec
	alerts   *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

func newFigures() *figures {
	return &figures{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "amends_intake_requests_total", Help: "Requests of alert senders, by door and answer.",
		}, []string{"door", "answer"}),
		alerts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "amends_intake_alerts_total", Help: "Alerts taken in, by what they led to.",
		}, []string{"led_to"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "amends_intake_seconds", Help: "From the first byte of an alert sender's request to the answer, the commit included.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10},
		}, []string{"door"}),
	}
}

func (f *figures) request(door string, err error, took time.Duration) {
	answer := "taken"
	if err != nil {
		answer = problem(err).Kind
	}
	f.requests.WithLabelValues(door, answer).Inc()
	f.took.WithLabelValues(door).Observe(took.Seconds())
}

func (f *figures) alert(d store.Ingested) {
	switch {
	case d.Opened:
		f.alerts.WithLabelValues("opened").Inc()
	case d.Changed:
		f.alerts.WithLabelValues("changed").Inc()
	default:
		f.alerts.WithLabelValues("counted").Inc()
	}
}

// Describe implements prometheus.Collector.
func (g *Gateway) Describe(ch chan<- *prometheus.Desc) {
	g.figures.requests.Describe(ch)
	g.figures.alerts.Describe(ch)
	g.figures.took.Describe(ch)
}

// Collect implements prometheus.Collector.
func (g *Gateway) Collect(ch chan<- prometheus.Metric) {
	g.figures.requests.Collect(ch)
	g.figures.alerts.Collect(ch)
	g.figures.took.Collect(ch)
}
