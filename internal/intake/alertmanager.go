package intake

import (
	"fmt"
	"maps"
	"slices"

	"amends.dev/internal/fault"
)

// notification is Alertmanager's webhook body, version 4. Fields of newer
// releases that say nothing of the alerts are not read.
type notification struct {
	Version     string           `json:"version"`
	GroupKey    string           `json:"groupKey"`
	Status      string           `json:"status"`
	Alerts      []alert          `json:"alerts"`
	Truncated   int64            `json:"truncatedAlerts"`
	Annotations map[string]loose `json:"commonAnnotations"`
	ExternalURL string           `json:"externalURL"`
}

type alert struct {
	Status       string           `json:"status"`
	Labels       map[string]loose `json:"labels"`
	Annotations  map[string]loose `json:"annotations"`
	StartsAt     string           `json:"startsAt"`
	GeneratorURL string           `json:"generatorURL"`
	Fingerprint  string           `json:"fingerprint"`
}

// Alertmanager reads the body of a Prometheus Alertmanager webhook, version
// 4, and returns one Signal for each alert in it.
//
// The groupKey is the group's key and the fingerprint the alert's. An alert
// that is over stands in the first request after it ended and in none after
// that, so the group's status, not the list, says when all is over. Except
// when alerts were left out (max_alerts): Alertmanager then works out the
// status from those it kept, so a shortened group never counts as over.
func Alertmanager(body []byte) ([]Signal, error) {
	var n notification
	if err := decode(body, &n); err != nil {
		return nil, err
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	group := Status(n.Status)
	if n.Truncated > 0 {
		group = Firing
	}
	signals := make([]Signal, len(n.Alerts))
	for i, a := range n.Alerts {
		signals[i] = a.signal(n)
		signals[i].GroupKey, signals[i].GroupStatus = key(n.GroupKey), group
	}
	return signals, nil
}

func (n notification) check() error {
	var c fault.Checks
	c.Need(n.Version == "4", "version", `Send version "4", as Alertmanager does without a payload of your own, or use the generic source`)
	c.Need(n.GroupKey != "", "groupKey", "Send the group's key, as Alertmanager does without a payload of your own, or use the generic source")
	c.Need(known(n.Status), "status", "Send firing or resolved")
	c.Need(len(n.Alerts) > 0, "alerts", "Send at least one alert")
	for i, a := range n.Alerts {
		c.Need(known(a.Status), fmt.Sprintf("alerts[%d].status", i), "Send firing or resolved")
	}
	return c.Err()
}

// known reports whether Alertmanager has this status.
func known(status string) bool { return status == string(Firing) || status == string(Resolved) }

func (a alert) signal(n notification) Signal {
	var t trimmer
	s := Signal{
		AlertKey:    key(a.Fingerprint),
		Status:      Status(a.Status),
		Labels:      t.pairs(a.Labels, t.line),
		Annotations: t.pairs(a.Annotations, t.lines),
		URL:         firstOf(address(a.GeneratorURL), address(n.ExternalURL)),
	}
	if s.AlertKey == "" {
		s.AlertKey = fingerprint(a.Labels)
	}
	s.Title = t.line(firstOf(s.Annotations["summary"], s.Annotations["title"], string(n.Annotations["summary"]), s.Labels["alertname"], "Alert without a name"), maxTitle)
	s.Summary = t.lines(firstOf(string(a.Annotations["description"]), string(a.Annotations["message"])), maxSummary)
	s.Severity = s.Labels["severity"]
	s.StartedAt, _ = instant(a.StartsAt) // an instant we cannot read is no reason to lose the alert
	s.Truncated = t.cut || n.Truncated > 0
	return s
}

// fingerprint makes a key from labels when the sender sent none.
func fingerprint(labels map[string]loose) string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		texts = append(texts, name, string(labels[name]))
	}
	return digest(texts...)
}
