package notify

import (
	"math"
	"time"
)

// Envelope is the body of a signed webhook: the type of the event, when the
// message was made, and the facts. It holds nothing about the recipient. New
// fields may appear; none changes its meaning.
type Envelope struct {
	Type      string       `json:"type"` // "update.posted"
	Timestamp time.Time    `json:"timestamp"`
	Data      EnvelopeData `json:"data"`
}

// EnvelopeData is the part of the envelope that depends on the event.
type EnvelopeData struct {
	Summary  string        `json:"summary"` // the subject line
	Incident *IncidentData `json:"incident,omitempty"`
	Update   *UpdateData   `json:"update,omitempty"`
	Promise  *PromiseData  `json:"promise,omitempty"`
	By       string        `json:"by,omitempty"`
	Note     string        `json:"note,omitempty"`
	URL      string        `json:"url,omitempty"`
}

// IncidentData is an incident in an envelope.
type IncidentData struct {
	Number   int           `json:"number"`
	Title    string        `json:"title"`
	Severity string        `json:"severity"`
	Status   string        `json:"status"` // investigating, identified, monitoring, resolved
	State    string        `json:"state"`  // operational, degraded, outage, maintenance, unknown
	URL      string        `json:"url"`
	Services []ServiceData `json:"services"`
}

// ServiceData is an affected service in an envelope.
type ServiceData struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// UpdateData is an update in an envelope. Exactly one of NextAt and NoTime
// stands in the update of an open incident.
type UpdateData struct {
	Number   int        `json:"number"`
	Now      string     `json:"now"`
	Plan     string     `json:"plan"`
	NextAt   *time.Time `json:"next_update_at"`
	NoTime   string     `json:"no_time_because,omitempty"`
	Author   string     `json:"author,omitempty"`
	PostedAt time.Time  `json:"posted_at"`
	Corrects int        `json:"corrects,omitempty"` // the number of the update that it corrects
}

// PromiseData is a promised update in an envelope.
type PromiseData struct {
	DueAt time.Time `json:"due_at"`
	By    string    `json:"by,omitempty"`
	Late  int64     `json:"late_seconds"` // 0 before it is due
}

// Envelope returns the body that a signed webhook carries for m.
func (m Message) Envelope() Envelope {
	m = m.tidy()
	data := EnvelopeData{Summary: m.Letter().Subject, By: m.By, Note: m.Note, URL: m.link()}
	if m.Incident.Number > 0 {
		data.Incident = m.Incident.data()
	}
	if m.Update.Number > 0 {
		u := UpdateData{
			Number: m.Update.Number, Now: m.Update.Now, Plan: m.Update.Plan, NoTime: m.Update.NoTime,
			Author: m.Update.Author, PostedAt: m.Update.PostedAt.UTC(), Corrects: m.Update.Corrects,
		}
		if at := m.Update.NextAt.UTC(); !at.IsZero() {
			u.NextAt = &at
		}
		data.Update = &u
	}
	if !m.Promise.DueAt.IsZero() {
		data.Promise = &PromiseData{
			DueAt: m.Promise.DueAt.UTC(), By: m.Promise.By,
			Late: int64(math.Max(0, m.Promise.Late.Seconds())),
		}
	}
	return Envelope{Type: scripts[m.Kind].event, Timestamp: m.At.UTC(), Data: data}
}

func (in Incident) data() *IncidentData {
	services := make([]ServiceData, 0, len(in.Services))
	for _, s := range in.Services {
		services = append(services, ServiceData{Name: s.Name, State: s.State.ID})
	}
	return &IncidentData{
		Number: in.Number, Title: in.Title, Severity: in.Severity, Status: in.Status.ID,
		State: in.State.ID, URL: in.URL, Services: services,
	}
}
