package intake

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"amends.dev/internal/fault"
)

// event is a PagerDuty Events API v2 request.
type event struct {
	RoutingKey string   `json:"routing_key"`
	Action     string   `json:"event_action"`
	DedupKey   string   `json:"dedup_key"`
	Payload    *payload `json:"payload"`
	ClientURL  string   `json:"client_url"`
	Links      []struct {
		Href loose `json:"href"`
	} `json:"links"`
}

type payload struct {
	Summary   string          `json:"summary"`
	Source    string          `json:"source"`
	Severity  string          `json:"severity"`
	Timestamp loose           `json:"timestamp"`
	Component loose           `json:"component"`
	Group     loose           `json:"group"`
	Class     loose           `json:"class"`
	Details   json.RawMessage `json:"custom_details"`
}

var (
	actions    = map[string]Status{"trigger": Firing, "acknowledge": Acknowledged, "resolve": Resolved}
	severities = []string{"critical", "error", "warning", "info"}
)

// PagerDuty reads an event of the PagerDuty Events API v2 and returns its
// Signal and the routing key, which is the source's key with us. The routing
// key comes back beside an error too, so that a stranger can be told from a
// sender with a slip.
//
// A trigger without a dedup_key gets one made from what it says, not a random
// one: the same event sent twice is the same alert. Readable timestamps are
// kept; others stand among the annotations.
func PagerDuty(body []byte) (routingKey string, signals []Signal, err error) {
	var e event
	if err := decode(body, &e); err != nil {
		return e.RoutingKey, nil, err
	}
	if err := e.check(); err != nil {
		return e.RoutingKey, nil, err
	}
	return e.RoutingKey, []Signal{e.signal()}, nil
}

func (e event) check() error {
	var c fault.Checks
	c.Need(e.RoutingKey != "", "routing_key", "Send the source's key")
	c.Need(actions[e.Action] != "", "event_action", "Send trigger, acknowledge or resolve")
	if e.Action != "trigger" {
		c.Need(e.DedupKey != "", "dedup_key", "Send the dedup_key of the trigger")
		return c.Err()
	}
	if e.Payload == nil {
		c.Add("payload", "Send a payload with summary, source and severity")
		return c.Err()
	}
	c.Need(strings.TrimSpace(e.Payload.Summary) != "", "payload.summary", "Send what is wrong, in a few words")
	c.Need(strings.TrimSpace(e.Payload.Source) != "", "payload.source", "Send where it is wrong: a host, a service")
	c.Need(slices.Contains(severities, e.Payload.Severity), "payload.severity", "Send critical, error, warning or info")
	return c.Err()
}

func (e event) signal() Signal {
	var t trimmer
	p := e.Payload
	if p == nil {
		p = &payload{}
	}
	named := map[string]loose{"source": loose(p.Source), "severity": loose(p.Severity), "component": p.Component, "group": p.Group, "class": p.Class}
	for name, value := range named {
		if value == "" {
			delete(named, name)
		}
	}
	s := Signal{
		GroupKey: key(e.DedupKey),
		Status:   actions[e.Action],
		Severity: t.line(p.Severity, maxName),
		Labels:   t.pairs(named, t.line),
		Title:    t.line(firstOf(t.line(p.Summary, maxTitle), "Event "+e.DedupKey), maxTitle),
		URL:      address(e.ClientURL),
	}
	for _, link := range e.Links {
		s.URL = firstOf(s.URL, address(string(link.Href)))
	}
	if s.GroupKey == "" {
		s.GroupKey = digest(p.Source, string(p.Component), string(p.Group), string(p.Class), p.Summary)
	}
	s.AlertKey, s.GroupStatus = s.GroupKey, s.Status
	s.Annotations, s.Summary = details(&t, p.Details)
	at, ok := instant(string(p.Timestamp))
	if s.StartedAt = at; !ok && p.Timestamp != "" {
		s.Annotations["timestamp"] = t.line(string(p.Timestamp), maxValue)
	}
	s.Truncated = t.cut
	return s
}

// details reads custom_details, which may be anything: an object becomes
// annotations, deeper values in them their JSON; anything else the summary.
func details(t *trimmer, raw json.RawMessage) (annotations map[string]string, summary string) {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		var text loose
		if json.Unmarshal(raw, &text) != nil {
			text = loose(raw)
		}
		return map[string]string{}, t.lines(string(text), maxSummary)
	}
	in := make(map[string]loose, len(object))
	for name, value := range object {
		var text loose
		if json.Unmarshal(value, &text) != nil {
			text = loose(value)
		}
		in[name] = text
	}
	return t.pairs(in, t.lines), t.lines(firstOf(string(in["description"]), string(in["message"]), string(in["firing"])), maxSummary)
}

// PagerDutyAnswer returns the status and the body that PagerDuty would answer
// with: 202 and the key, 400 and what to mend, 429 when there is too much to
// do, which clients try again, and 500 for a fault of ours, likewise.
func PagerDutyAnswer(dedupKey string, err error) (status int, body []byte) {
	answer := struct {
		Status   string   `json:"status"`
		Message  string   `json:"message"`
		DedupKey string   `json:"dedup_key,omitempty"`
		Errors   []string `json:"errors,omitempty"`
	}{"success", "Event processed", dedupKey, nil}
	if status = http.StatusAccepted; err != nil {
		kind, say, fields := fault.Public(err)
		answer.DedupKey, answer.Message = "", say
		switch kind {
		case fault.Busy:
			status, answer.Status = http.StatusTooManyRequests, "throttle exceeded"
		case fault.Internal:
			status, answer.Status = http.StatusInternalServerError, "internal error"
		default:
			status, answer.Status = http.StatusBadRequest, "invalid event"
		}
		for _, f := range fields {
			answer.Errors = append(answer.Errors, f.Name+": "+f.Say)
		}
		if len(answer.Errors) == 0 {
			answer.Errors = []string{say}
		}
	}
	body, err = json.Marshal(answer)
	if err != nil {
		panic(err) // texts always encode
	}
	return status, body
}
