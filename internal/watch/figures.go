package watch

import "github.com/prometheus/client_golang/prometheus"

// figures is what the watch counts.
type figures struct {
	late    prometheus.Histogram
	handed  prometheus.Counter
	trouble prometheus.Counter
	turned  prometheus.Gauge
}

func newFigures() *figures {
	return &figures{
		late: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "amends_watch_late_seconds",
			Help:    "How long after its time the watch acted on a promise.",
			Buckets: []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 3, 5, 10, 30, 60, 300, 3600},
		}),
		handed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "amends_watch_deliveries_total",
			Help: "Deliveries handed out because a retry was due or a lease was over.",
		}),
		trouble: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "amends_watch_errors_total",
			Help: "Turns of the watch that ended in an error.",
		}),
		turned: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "amends_watch_last_turn_timestamp_seconds",
			Help: "When the watch last looked after promises without an error.",
		}),
	}
}

// Describe implements prometheus.Collector.
func (w *Watch) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(w, ch) }

// Collect implements prometheus.Collector.
func (w *Watch) Collect(ch chan<- prometheus.Metric) {
	for _, c := range []prometheus.Collector{w.figures.late, w.figures.handed, w.figures.trouble, w.figures.turned} {
		c.Collect(ch)
	}
}
