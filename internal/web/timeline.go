package web

import (
	"fmt"
	"strings"

	"amends.dev/internal/incident"
)

// line is one entry of a timeline as a page shows it.
type line struct {
	Seq     int64
	At      moment
	Class   string // "update" for published words
	Title   string // "Update 3 by Priya"
	Status  string // the word for the state that an update gave
	Shape   string // the shape beside that word
	Outcome string // what became of the promise that it answered
	Mark    string // the shape beside the outcome
	Due     *moment
	Said    []said // labelled texts
	Small   string // a fact without words of its own
	Correct string // address where the words can be corrected
	Stands  string // for a correction: the number of the update that it corrects
	Updates bool   // belongs to the filter "updates"
	Notes   bool   // belongs to the filter "notes"
}

// said is a text with its label: "Now", "Until next".
type said struct {
	Label string
	Words string
}

// teller turns entries into lines. It knows names; a nil map tells nobody's.
type teller struct {
	c         *call
	names     *names
	services  services
	corrected map[int]bool
}

// lines tells a timeline, the newest first.
func (t teller) lines(entries []incident.Entry) []line {
	t.corrected = map[int]bool{}
	out := make([]line, 0, len(entries))
	for i := len(entries) - 1; i >= 0; i-- {
		out = append(out, t.line(entries[i]))
	}
	return out
}

// by adds who did it, where people are named.
func (t teller) by(title string, p incident.Person) string {
	if t.names == nil {
		return title
	}
	return title + " by " + t.names.of(p)
}

func (t teller) name(p incident.Person) string {
	if t.names == nil {
		return "a member of the team"
	}
	return t.names.of(p)
}

func (t teller) line(e incident.Entry) line {
	l := line{Seq: e.Seq, At: t.c.at(e.At)}
	switch f := e.Fact.(type) {
	case incident.Updated:
		t.update(&l, e, f)
	case incident.Corrected:
		t.corrected[f.N] = true
		l.Class, l.Updates = "update", true
		l.Title, l.Stands = t.by(fmt.Sprintf("Correction of update %d", f.N), e.By), fmt.Sprint(f.N)
		l.Said = texts("It should have said", f.Now, "Until next", f.Plan, "Why", f.Why)
	case incident.Owned:
		l.Class, l.Updates = "update", true
		l.Title = t.by("Responsibility accepted", e.By)
		l.Said = texts("", f.Statement)
	case incident.Noted:
		l.Notes, l.Title, l.Said = true, t.by("Note", e.By), texts("", f.Text)
	case incident.Declared:
		t.declared(&l, e, f)
	case incident.ReviewMoved:
		l.Class, l.Updates, l.Title = "update", true, t.by("Review moved", e.By)
		l.Outcome, l.Mark, l.Due = string(f.Settled.Outcome), outcomeShape(f.Settled.Outcome), ptr(t.c.at(f.Settled.DueAt))
		l.Said = texts("Why", f.Why)
	case incident.ReviewDelivered:
		l.Class, l.Updates, l.Title = "update", true, t.by("Review delivered", e.By)
		l.Outcome, l.Mark, l.Due = string(f.Settled.Outcome), outcomeShape(f.Settled.Outcome), ptr(t.c.at(f.Settled.DueAt))
		l.Said = texts("Read it", f.Where)
	default:
		t.inside(&l, e)
	}
	return l
}

func (t teller) update(l *line, e incident.Entry, f incident.Updated) {
	l.Class, l.Updates = "update", true
	switch {
	case f.Status == incident.Resolved:
		l.Title = t.by("Last update", e.By)
	case f.Reopens:
		l.Title = t.by("Opened again", e.By)
	default:
		l.Title = t.by(fmt.Sprintf("Update %d", f.N), e.By)
	}
	l.Status, l.Shape = statusWord(f.Status), statusShape(f.Status, f.Severity)
	if f.Settled != nil {
		l.Outcome, l.Mark, l.Due = string(f.Settled.Outcome), outcomeShape(f.Settled.Outcome), ptr(t.c.at(f.Settled.DueAt))
	}
	l.Said = texts("Now", f.Now, "Until next", f.Plan, "No time, because", f.NoTime)
	if len(f.Works) > 0 {
		l.Small = "Working again: " + t.services.list(f.Works)
	}
	if t.names != nil && f.Override != "" {
		l.Said = append(l.Said, said{"No statement, because", f.Override})
	}
	if t.corrected[f.N] {
		l.Stands = "corrected"
	}
	if t.names != nil {
		l.Correct = fmt.Sprintf("/incidents/%d/updates/%d/correct", e.Incident, f.N)
	}
}

func (t teller) declared(l *line, e incident.Entry, f incident.Declared) {
	l.Title = t.by("Declared", e.By)
	parts := []string{string(f.Severity), strings.ToLower(kindShort(f.Kind))}
	if len(f.Services) > 0 {
		parts = append(parts, t.services.list(f.Services))
	}
	l.Small = strings.Join(append(parts, "came to light: "+strings.ToLower(originWord(f.Origin))), " · ")
}

// inside tells what only the team reads.
func (t teller) inside(l *line, e incident.Entry) {
	switch f := e.Fact.(type) {
	case incident.HandoverOffered:
		l.Title, l.Said = t.name(e.By)+" offered the incident to "+t.name(f.To), texts("", f.Note)
	case incident.HandoverAccepted:
		l.Title = t.name(e.By) + " took over from " + t.name(f.From)
	case incident.HandoverDeclined:
		l.Title, l.Said = t.name(e.By)+" did not take the incident over", texts("Why", f.Reason)
	case incident.HandoverWithdrawn:
		l.Title = t.name(e.By) + " took the offer back"
	case incident.SeverityChanged:
		l.Title, l.Said = t.by(fmt.Sprintf("Severity %s became %s,", f.From, f.To), e.By), texts("Why", f.Why)
	case incident.ServicesChanged:
		l.Title, l.Small = t.by("Affected services changed", e.By), or(t.services.list(f.Services), "none")
	case incident.AudienceChanged:
		l.Title, l.Small = t.by("Readers changed", e.By), audienceWord(f.To)
	case incident.BackupNamed:
		l.Title = t.name(f.Backup) + " became the backup"
	case incident.HelpAsked:
		l.Title = t.by(fmt.Sprintf("Help %d asked for", f.N), e.By)
		l.Said = texts("", f.What, "Who knows", f.Expertise)
		if f.From != "" {
			l.Small = "asked of " + t.name(f.From)
		}
	case incident.HelpAnswered:
		l.Title, l.Said = t.name(e.By)+fmt.Sprintf(" cannot help with request %d", f.N), texts("Why", f.Reason)
		if f.Accepted {
			l.Title = t.name(e.By) + fmt.Sprintf(" helps with request %d", f.N)
		}
	case incident.HelpRecorded:
		l.Title, l.Said = t.by(fmt.Sprintf("What help %d changed", f.N), e.By), texts("", f.Changed)
	case incident.PromiseReminded:
		l.Title, l.Due = "Reminder sent to "+roles(f.To), ptr(t.c.at(f.DueAt))
	case incident.PromiseMissed:
		l.Title, l.Due = "A promised time passed without a word", ptr(t.c.at(f.DueAt))
		l.Outcome, l.Mark, l.Small = "not yet answered", "degraded", "told: "+roles(f.To)
	case incident.PromiseBroken:
		l.Title, l.Due = "A promise was broken", ptr(t.c.at(f.DueAt))
		l.Outcome, l.Mark, l.Small = "broken", "outage", "told: "+roles(f.To)
	case incident.Alerted:
		l.Title, l.Said = "Alert resolved", texts("", f.Summary)
		if f.Firing {
			l.Title = "Alert firing again"
		}
	default:
		l.Title = e.Fact.FactKind()
	}
}

func roles(to []incident.Role) string {
	words := make([]string, len(to))
	for i, r := range to {
		words[i] = roleWord(r)
	}
	return or(sentence(words), "nobody")
}

// texts pairs labels with texts and drops the empty ones.
func texts(pairs ...string) []said {
	var out []said
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, said{pairs[i], pairs[i+1]})
		}
	}
	return out
}

func ptr[T any](v T) *T { return &v }

func or(v, otherwise string) string {
	if v == "" {
		return otherwise
	}
	return v
}
