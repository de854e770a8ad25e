package incident

import (
	"slices"
	"time"

	"amends.dev/internal/fault"
)

// ChangeSeverity moves the incident to another severity. The promise already
// made keeps its time; the next one follows the new policy.
type ChangeSeverity struct {
	By  Person
	To  Severity
	Why string
}

// Decide implements Command.
func (c ChangeSeverity) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	var v fault.Checks
	v.Need(slices.Contains(Severities, c.To), "severity", "Choose a severity: "+list(Severities))
	why := text(&v, "why", c.Why, "")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	if c.To == in.Severity {
		return Change{}, nil
	}
	ch := begin(in, c.By, now)
	ch.add(Team, SeverityChanged{From: in.Severity, To: c.To, Why: why})
	return ch.out, nil
}

// ChangeServices replaces the list of affected services.
type ChangeServices struct {
	By       Person
	Services []string // ids; empty when no service is affected
}

// Decide implements Command.
func (c ChangeServices) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	services := unique(c.Services)
	if slices.Equal(services, in.Services) {
		return Change{}, nil
	}
	ch := begin(in, c.By, now)
	ch.add(in.Audience, ServicesChanged{Services: services})
	return ch.out, nil
}

// ChangeAudience changes who reads what is published from now on. What has
// been published stays published: the audience can always grow, and shrink
// only before the first update.
type ChangeAudience struct {
	By Person
	To Audience
}

// Decide implements Command.
func (c ChangeAudience) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	if !slices.Contains(Audiences, c.To) {
		return Change{}, fault.Bad("audience", "Choose who may read it: "+list(Audiences))
	}
	if c.To == in.Audience {
		return Change{}, nil
	}
	narrower := slices.Index(Audiences, c.To) < slices.Index(Audiences, in.Audience)
	if narrower && (in.Published > 0 || in.Ownership != nil) {
		return Change{}, fault.Bad("audience", "Published words stay published. Widen the audience, or declare a new incident for the team alone")
	}
	ch := begin(in, c.By, now)
	ch.add(Team, AudienceChanged{From: in.Audience, To: c.To})
	return ch.out, nil
}

// NameBackup names the second accountable person, who hears when a promise is
// missed.
type NameBackup struct {
	By     Person
	Backup Person
}

// Decide implements Command.
func (c NameBackup) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	var v fault.Checks
	v.Need(c.Backup != "" && c.Backup != System, "backup", "Name the person who steps in")
	v.Need(c.Backup != in.Owner, "backup", "Name a backup who is not the owner")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	if c.Backup == in.Backup {
		return Change{}, nil
	}
	ch := begin(in, c.By, now)
	ch.add(Team, BackupNamed{Backup: c.Backup})
	return ch.out, nil
}

// AddNote appends a line for the team. It works on an incident that is over.
type AddNote struct {
	By   Person
	Text string
}

// Decide implements Command.
func (c AddNote) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustExist(in); err != nil {
		return Change{}, err
	}
	var v fault.Checks
	note := text(&v, "text", c.Text, "Enter the note")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	ch.add(Team, Noted{Text: note})
	return ch.out, nil
}

// RecordAlert appends what an alert source said about an incident that it
// opened: firing again, or all resolved. It never posts an update.
type RecordAlert struct {
	Source  string // the source's id
	Group   string // the source's key for the group
	Summary string
	Firing  bool
}

// Decide implements Command.
func (c RecordAlert) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustExist(in); err != nil {
		return Change{}, err
	}
	// What a machine says is cut and kept, never refused.
	f := Alerted{Source: clean(c.Source), Group: clean(c.Group), Summary: clean(c.Summary), Firing: c.Firing}
	if runes := []rune(f.Summary); len(runes) > MaxText {
		f.Summary = string(runes[:MaxText])
	}
	ch := begin(in, System, now)
	ch.add(Team, f)
	return ch.out, nil
}
