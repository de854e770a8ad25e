package intake

import (
	"encoding/json"
	"strings"

	"amends.dev/internal/fault"
)

// report is the body of the generic source.
type report struct {
	Title     string           `json:"title"`
	Key       loose            `json:"key"`
	Status    string           `json:"status"`
	Severity  loose            `json:"severity"`
	Labels    map[string]loose `json:"labels"`
	Summary   string           `json:"summary"`
	URL       string           `json:"url"`
	StartedAt string           `json:"started_at"`
}

// envelope is a CloudEvent in structured mode; without a specversion it is
// none, and the report stands bare.
type envelope struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Type        string          `json:"type"`
	Subject     string          `json:"subject"`
	Time        string          `json:"time"`
	Data        json.RawMessage `json:"data"`
}

// Generic reads one alert in our own small format:
//
//	{
//	  "title": "Card payments fail",         what is wrong; needed to open
//	  "key": "payments-5xx",                 stable name; made from the title when left out
//	  "status": "firing",                    or resolved, or acknowledged; firing when left out
//	  "severity": "critical",                in your own words
//	  "labels": {"service": "payments"},     what routing rules look at
//	  "summary": "5xx above 5 % since 14:20",
//	  "url": "https://grafana.example.org/d/1",
//	  "started_at": "2026-11-22T14:20:00Z"
//	}
//
// A CloudEvent (1.x, structured mode) with such an object as its data is read
// too. What the data leaves out comes from the event: the key from source and
// subject, the title from the type, started_at from the time; source, subject
// and type are labels named ce_source, ce_subject and ce_type.
func Generic(body []byte) ([]Signal, error) {
	var e envelope
	var r report
	if err := decode(body, &r); err != nil {
		return nil, err
	}
	// A report may use the event's names in its own way, so what does not fit
	// an event is no fault by itself.
	if json.Unmarshal(body, &e) == nil && e.SpecVersion != "" {
		var err error
		if r, err = e.report(); err != nil {
			return nil, err
		}
	}
	return r.signals()
}

// report returns what the event carries, completed from the event itself.
func (e envelope) report() (r report, err error) {
	var c fault.Checks
	c.Need(strings.HasPrefix(e.SpecVersion, "1."), "specversion", `Send CloudEvents "1.0"`)
	c.Need(e.ID != "" && e.Source != "" && e.Type != "", "id", "Send id, source and type, as CloudEvents needs them")
	if err := c.Err(); err != nil {
		return r, err
	}
	var text loose
	if len(e.Data) > 0 && json.Unmarshal(e.Data, &text) == nil {
		r.Summary = string(text)
	} else if len(e.Data) > 0 {
		if err := decode(e.Data, &r); err != nil {
			return r, err
		}
	}
	r.Title = firstOf(r.Title, e.Type)
	r.Key = loose(firstOf(string(r.Key), digest(e.Source, firstOf(e.Subject, e.Type))))
	r.StartedAt = firstOf(r.StartedAt, e.Time)
	if r.Labels == nil {
		r.Labels = map[string]loose{}
	}
	for name, value := range map[string]string{"ce_source": e.Source, "ce_subject": e.Subject, "ce_type": e.Type} {
		if value != "" {
			r.Labels[name] = loose(value)
		}
	}
	return r, nil
}

func (r report) signals() ([]Signal, error) {
	var t trimmer
	var c fault.Checks
	status := Status(firstOf(r.Status, string(Firing)))
	title := t.line(r.Title, maxTitle)
	c.Need(title != "" || r.Key != "" && status != Firing, "title", "Send what is wrong, in a few words")
	c.Need(status == Firing || status == Resolved || status == Acknowledged, "status", "Send firing, resolved or acknowledged")
	c.Need(r.URL == "" || address(r.URL) != "", "url", "Send an http or https address, or leave it out")
	at, ok := instant(r.StartedAt)
	c.Need(ok || r.StartedAt == "", "started_at", "Send an instant such as 2026-11-22T14:20:00Z, or leave it out")
	if err := c.Err(); err != nil {
		return nil, err
	}
	if r.Severity != "" && r.Labels["severity"] == "" {
		labels := map[string]loose{"severity": r.Severity}
		for name, value := range r.Labels {
			labels[name] = firstLoose(labels[name], value)
		}
		r.Labels = labels
	}
	s := Signal{
		GroupKey:    key(firstOf(string(r.Key), digest(title))),
		GroupStatus: status,
		Status:      status,
		Title:       firstOf(t.line(firstOf(title, string(r.Key)), maxTitle), "Alert without a name"),
		Summary:     t.lines(r.Summary, maxSummary),
		Severity:    t.line(firstOf(string(r.Severity), string(r.Labels["severity"])), maxName),
		Labels:      t.pairs(r.Labels, t.line),
		Annotations: map[string]string{},
		StartedAt:   at,
		URL:         address(r.URL),
	}
	s.AlertKey, s.Truncated = s.GroupKey, t.cut
	return []Signal{s}, nil
}

func firstLoose(a, b loose) loose {
	if a != "" {
		return a
	}
	return b
}
