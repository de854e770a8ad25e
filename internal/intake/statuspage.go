package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// History is an incident that was published somewhere else before. It becomes
// a timeline with its recorded times; nothing in it is announced again.
type History struct {
	External   string // its id where it was published
	Title      string
	Severity   incident.Severity
	StartedAt  time.Time
	DeclaredAt time.Time
	Services   []string // names, as published
	Words      []HistoryWord
}

// HistoryWord is one update of a History.
type HistoryWord struct {
	At     time.Time
	Status incident.Status
	Text   string
}

// Statuspage is the shape of Statuspage's public API v2 and of exports of it:
// one incident or a list, each beside the page it belongs to.
type statuspage struct {
	Page      struct{ ID string }
	Incident  *statuspageIncident
	Incidents []statuspageIncident
}

type statuspageIncident struct {
	ID           string
	Name         string
	Status       string
	Impact       string
	CreatedAt    time.Time  `json:"created_at"`
	StartedAt    *time.Time `json:"started_at"`
	ScheduledFor *time.Time `json:"scheduled_for"`
	Updates      []struct {
		Status     string
		Body       string
		CreatedAt  time.Time `json:"created_at"`
		DisplayAt  time.Time `json:"display_at"`
		Components []struct{ Name string }
	} `json:"incident_updates"`
	Components []struct{ Name string }
}

// MaxHistory bounds one file of history, in bytes.
const MaxHistory = 64 << 20

// ParseStatuspage reads native Statuspage JSON: {"page":…,"incident":…} or
// {"page":…,"incidents":[…]}. Planned maintenance is left out: skipped counts
// it. The External ids carry the page's, so that pages do not collide.
func ParseStatuspage(r io.Reader) (list []History, skipped int, err error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxHistory+1))
	if err != nil {
		return nil, 0, fmt.Errorf("read history: %w", err)
	}
	if len(data) > MaxHistory {
		return nil, 0, fault.Newf(fault.Invalid, "This file is larger than %d MB. Split it and import the parts", MaxHistory>>20)
	}
	var doc statuspage
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, 0, fault.Wrap(fault.Invalid, "This is not Statuspage JSON"+place(data, err)+". Import what /api/v2/incidents.json of the page returns, or a folder of such files", err)
	}
	incidents := doc.Incidents
	if doc.Incident != nil {
		incidents = append(incidents, *doc.Incident)
	}
	if incidents == nil {
		return nil, 0, fault.New(fault.Invalid, `This JSON has neither "incident" nor "incidents". Import what /api/v2/incidents.json of the page returns`)
	}
	for i, in := range incidents {
		if in.ScheduledFor != nil || in.Impact == "maintenance" {
			skipped++
			continue
		}
		h, err := in.history(doc.Page.ID)
		if err != nil {
			return nil, 0, fault.Wrap(fault.Invalid, fmt.Sprintf("Incident %d of this file cannot be read: %s", i+1, err), err)
		}
		list = append(list, h)
	}
	return list, skipped, nil
}

// place says where JSON went wrong.
func place(data []byte, err error) string {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok || syntax.Offset > int64(len(data)) {
		return ""
	}
	return fmt.Sprintf(" (line %d)", 1+strings.Count(string(data[:syntax.Offset]), "\n"))
}

var statuspageStatus = map[string]incident.Status{
	"investigating": incident.Investigating, "identified": incident.Identified, "monitoring": incident.Monitoring,
	"resolved": incident.Resolved, "postmortem": incident.Resolved,
}

var statuspageSeverity = map[string]incident.Severity{"critical": "SEV1", "major": "SEV2", "minor": "SEV3", "none": "SEV4"}

func (in statuspageIncident) history(page string) (History, error) {
	switch {
	case in.ID == "":
		return History{}, errors.New("it has no id")
	case in.CreatedAt.IsZero():
		return History{}, errors.New("it has no created_at")
	case len(in.Updates) == 0:
		return History{}, errors.New("it has no incident_updates")
	}
	h := History{External: page + "/" + in.ID, Title: in.Name, Severity: statuspageSeverity[in.Impact], DeclaredAt: in.CreatedAt}
	if h.Title = strings.TrimSpace(h.Title); h.Title == "" {
		h.Title = "Untitled incident"
	}
	if h.Severity == "" {
		h.Severity = "SEV3"
	}
	for _, c := range in.Components {
		h.Services = append(h.Services, c.Name)
	}
	for _, u := range in.Updates {
		status, ok := statuspageStatus[u.Status]
		if !ok {
			return History{}, fmt.Errorf("an update has the status %q", u.Status)
		}
		at := u.DisplayAt
		if at.IsZero() {
			at = u.CreatedAt
		}
		if at.IsZero() {
			return History{}, errors.New("an update has neither display_at nor created_at")
		}
		h.Words = append(h.Words, HistoryWord{At: at, Status: status, Text: strings.TrimSpace(u.Body)})
		if u.Status == "postmortem" {
			h.Words = h.Words[:len(h.Words)-1] // the review is a document of its own
		}
	}
	slices.SortStableFunc(h.Words, func(a, b HistoryWord) int { return a.At.Compare(b.At) })
	if len(h.Words) == 0 {
		return History{}, errors.New("it has no updates but a review")
	}
	if first := h.Words[0].At; first.Before(h.DeclaredAt) {
		h.DeclaredAt = first
	}
	if in.StartedAt != nil && !in.StartedAt.After(h.DeclaredAt) {
		h.StartedAt = *in.StartedAt
	}
	return h, nil
}

// Timeline returns the history as entries of a declared incident. owner
// answers for it here; services maps published names to ids. No promise is
// made up: where no next time was kept as data, the ledger has none.
func (h History) Timeline(owner incident.Person, services map[string]string) []incident.Entry {
	var ids []string
	for _, name := range h.Services {
		if id := services[name]; id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	entries := []incident.Entry{{
		Seq: 1, At: incident.Instant(h.DeclaredAt), By: owner, Audience: incident.Team,
		Fact: incident.Declared{
			Title: h.Title, Kind: incident.Kinds[0], Severity: h.Severity, Audience: incident.Public, Services: ids,
			Origin: incident.Origins[0], StartedAt: incident.Instant(h.StartedAt), DetectedAt: incident.Instant(h.DeclaredAt), Owner: owner,
		},
	}}
	over := false
	for i, w := range h.Words {
		f := incident.Updated{N: i + 1, Status: w.Status, Now: w.Text, Severity: h.Severity, Title: h.Title, Services: ids}
		switch {
		case w.Status == incident.Resolved:
			f.Services, f.Works = nil, ids
		case i == len(h.Words)-1:
			f.NoTime = "No next time was kept where this was first published."
		}
		f.Reopens = over && w.Status != incident.Resolved
		over = w.Status == incident.Resolved
		entries = append(entries, incident.Entry{Seq: int64(i + 2), At: incident.Instant(w.At), By: owner, Audience: incident.Public, Fact: f})
	}
	return entries
}
