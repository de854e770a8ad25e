package job

import "github.com/prometheus/client_golang/prometheus"

// figures is what the engine counts.
type figures struct {
	outcomes *prometheus.CounterVec
	delay    prometheus.Histogram
	places   prometheus.Gauge
}

func newFigures() *figures {
	return &figures{
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "amends_deliveries_total",
			Help: "Attempts to deliver, by what came of them.",
		}, []string{"state"}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "amends_delivery_delay_seconds",
			Help:    "From the fan-out to the moment when the other end took the message.",
			Buckets: []float64{0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 300, 3600, 86400},
		}),
		places: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "amends_delivery_destinations",
			Help: "Destinations that messages are being sent to now.",
		}),
	}
}

// Describe implements prometheus.Collector.
func (e *Engine) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(e, ch) }

// Collect implements prometheus.Collector.
func (e *Engine) Collect(ch chan<- prometheus.Metric) {
	for _, c := range []prometheus.Collector{e.figures.outcomes, e.figures.delay, e.figures.places} {
		c.Collect(ch)
	}
}
