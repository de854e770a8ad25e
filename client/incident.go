package client

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// Incident is an incident as its reader may see it. Readers outside the team
// get the fields that were published to them, and no person's name.
type Incident struct {
	Number   int64    `json:"number" doc:"17 for INC-17"`
	Name     string   `json:"name" doc:"INC-17"`
	Version  int64    `json:"version,omitempty" doc:"Entries so far; the ETag. Team only"`
	URL      string   `json:"url" doc:"Its page"`
	Title    string   `json:"title"`
	Kind     string   `json:"kind,omitempty" doc:"outage, launch, data, decision, commitment or conduct. Team only"`
	Severity string   `json:"severity" doc:"SEV1 (worst) to SEV4"`
	Status   string   `json:"status" doc:"investigating, identified, monitoring or resolved"`
	Audience string   `json:"audience" doc:"team, stakeholders or public"`
	Services []string `json:"services" doc:"Ids of the services affected"`
	Origin   string   `json:"origin,omitempty" doc:"self, alert, colleague, customer or manager. Team only"`

	StartedAt  time.Time `json:"started_at,omitzero" doc:"Team only"`
	DetectedAt time.Time `json:"detected_at,omitzero" doc:"Team only"`
	DeclaredAt time.Time `json:"declared_at,omitzero" doc:"Team only"`
	ResolvedAt time.Time `json:"resolved_at,omitzero" doc:"Absent while it is open"`

	DeclaredBy *Person    `json:"declared_by,omitempty"`
	Owner      *Person    `json:"owner,omitempty" doc:"Exactly one while it is open. Team only"`
	Backup     *Person    `json:"backup,omitempty"`
	Ownership  *Ownership `json:"ownership,omitempty" doc:"Absent until somebody has accepted responsibility in words"`
	Offer      *Offer     `json:"offer,omitempty" doc:"A hand-over that waits for an answer"`

	Latest    *Update  `json:"latest,omitempty" doc:"The latest update is the state"`
	Published int      `json:"published" doc:"Number of the latest update"`
	Next      *Promise `json:"next,omitempty" doc:"The promise of the next update"`
	NoTime    string   `json:"no_time,omitempty" doc:"Why the latest update names no next time"`
	Review    *Promise `json:"review,omitempty" doc:"The review promised at the end"`
	Tally     *Tally   `json:"tally,omitempty" doc:"Outcomes of its promises. Team only"`
	Help      []Help   `json:"help,omitempty" doc:"Requests for help. Team only"`
	Overrides int      `json:"overrides,omitempty" doc:"Updates that went out without an ownership statement"`
	Reopened  int      `json:"reopened,omitempty" doc:"How often it was not over after all"`
}

// Open reports whether the incident is not over.
func (in Incident) Open() bool { return in.Status != "resolved" }

// Person is a member, or "system" for what the program did by itself.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty" doc:"As it is now; absent in answers to commands, which never change"`
}

// Ownership is the sentence that accepts responsibility.
type Ownership struct {
	By        *Person   `json:"by,omitempty"`
	At        time.Time `json:"at"`
	Statement string    `json:"statement"`
}

// Offer is a hand-over that waits for an answer.
type Offer struct {
	From Person    `json:"from"`
	To   Person    `json:"to"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
}

// Update is a published word.
type Update struct {
	N          int       `json:"n" doc:"1 for the first"`
	At         time.Time `json:"at,omitzero"`
	By         *Person   `json:"by,omitempty"`
	Status     string    `json:"status"`
	Now        string    `json:"now" doc:"What is true"`
	Plan       string    `json:"plan,omitempty" doc:"What will be done before the next update"`
	NextAt     time.Time `json:"next_at,omitzero" doc:"When the next update comes"`
	NoTime     string    `json:"no_time,omitempty" doc:"Why no next time is named"`
	NothingNew bool      `json:"nothing_new,omitempty"`
	Corrected  bool      `json:"corrected,omitempty" doc:"These are the corrected words; both stand in the timeline"`
	Reopens    bool      `json:"reopens,omitempty"`
	Title      string    `json:"title,omitempty"`
	Severity   string    `json:"severity,omitempty"`
	Services   []string  `json:"services,omitempty" doc:"Affected after this word"`
	Works      []string  `json:"works,omitempty" doc:"What works again"`
	Override   string    `json:"override,omitempty" doc:"Why it went out without an ownership statement"`
	Settled    *Settled  `json:"settled,omitempty" doc:"The promise that it answered"`
}

// Promise is a time by which something will be said or done. Its outcome is
// computed from recorded times.
type Promise struct {
	Incident  int64     `json:"incident"`
	Title     string    `json:"title,omitempty" doc:"Of the incident, in the ledger"`
	N         int       `json:"n" doc:"1 for the incident's first"`
	Kind      string    `json:"kind" doc:"update or review"`
	By        *Person   `json:"by,omitempty" doc:"Who answers for it"`
	ByPolicy  bool      `json:"by_policy,omitempty" doc:"Set by the policy, not promised in words"`
	MadeAt    time.Time `json:"made_at,omitzero"`
	DueAt     time.Time `json:"due_at"`
	Deadline  time.Time `json:"deadline" doc:"The end of the promised minute: a word before it is in time"`
	BrokenAt  time.Time `json:"broken_at,omitzero" doc:"When it counts as broken without a word"`
	Outcome   string    `json:"outcome,omitempty" doc:"kept, late, broken or moved; absent while it is open"`
	SettledAt time.Time `json:"settled_at,omitzero" doc:"When it was done or moved"`
	MissedAt  time.Time `json:"missed_at,omitzero" doc:"When the watch recorded that it had passed"`
	MovedTo   int       `json:"moved_to,omitempty" doc:"The promise that replaced it"`
}

// Open reports whether the promise waits for its word.
func (p Promise) Open() bool { return p.Outcome == "" }

// Late reports whether the promise waits although its minute is over.
func (p Promise) Late(now time.Time) bool { return p.Outcome == "" && !now.Before(p.Deadline) }

// Settled names a promise and how it ended.
type Settled struct {
	N       int       `json:"n"`
	DueAt   time.Time `json:"due_at"`
	Outcome string    `json:"outcome"`
}

// Tally counts outcomes.
type Tally struct {
	Kept   int `json:"kept"`
	Late   int `json:"late"`
	Broken int `json:"broken"`
	Moved  int `json:"moved"`
}

// Help is a request for help and what came of it.
type Help struct {
	N         int       `json:"n"`
	By        Person    `json:"by"`
	At        time.Time `json:"at"`
	What      string    `json:"what"`
	Expertise string    `json:"expertise,omitempty"`
	From      *Person   `json:"from,omitempty" doc:"Who was asked; anybody when absent"`
	Answer    string    `json:"answer,omitempty" doc:"accepted or declined; absent while it waits"`
	AnswerBy  *Person   `json:"answer_by,omitempty"`
	AnswerAt  time.Time `json:"answer_at,omitzero"`
	Changed   string    `json:"changed,omitempty" doc:"What the help changed"`
}

// Entry is one line of the timeline. Kind says which of the fields below the
// line are set.
type Entry struct {
	Incident int64     `json:"incident"`
	Seq      int64     `json:"seq" doc:"1 for the declaration, then without gaps for the team"`
	At       time.Time `json:"at"`
	By       *Person   `json:"by,omitempty"`
	Audience string    `json:"audience" doc:"Who may read it"`
	Kind     string    `json:"kind" doc:"declared, owned, update, correction, note, handover_offered and so on"`

	Text      string       `json:"text,omitempty" doc:"The statement, the note, what is asked for, what the alert says, where the review is"`
	Why       string       `json:"why,omitempty" doc:"The reason that was given"`
	N         int          `json:"n,omitempty" doc:"Number of the update, the request or the promise it is about"`
	Update    *Update      `json:"update,omitempty"`
	Now       string       `json:"now,omitempty" doc:"Of a correction: what was true"`
	Plan      string       `json:"plan,omitempty" doc:"Of a correction: the plan; absent when it stands"`
	Declared  *Declaration `json:"declared,omitempty"`
	From      string       `json:"from,omitempty" doc:"Severity or audience before"`
	To        string       `json:"to,omitempty" doc:"Severity or audience after"`
	Person    *Person      `json:"person,omitempty" doc:"Who is offered, asked, named or followed"`
	Services  []string     `json:"services,omitempty"`
	Expertise string       `json:"expertise,omitempty"`
	Accepted  *bool        `json:"accepted,omitempty"`
	Promise   *Promise     `json:"promise,omitempty" doc:"The promise made"`
	Review    *Promise     `json:"review,omitempty" doc:"The review promised"`
	Settled   *Settled     `json:"settled,omitempty" doc:"The promise settled"`
	Moved     *Settled     `json:"moved,omitempty" doc:"The review promise replaced"`
	DueAt     time.Time    `json:"due_at,omitzero" doc:"When the promise was due"`
	Step      int          `json:"step,omitempty" doc:"The rung of the ladder, from 0"`
	Told      []string     `json:"told,omitempty" doc:"Who was told: owner, backup, lead, team"`
	Skipped   int          `json:"skipped,omitempty" doc:"Rungs whose time passed while nobody was awake"`
	Source    string       `json:"source,omitempty" doc:"Of an alert: the source's id"`
	Group     string       `json:"group,omitempty" doc:"Of an alert: the source's key for the group"`
	Firing    *bool        `json:"firing,omitempty" doc:"Of an alert"`
}

// Declaration is what an incident was declared with.
type Declaration struct {
	Title      string    `json:"title"`
	Kind       string    `json:"kind"`
	Severity   string    `json:"severity"`
	Audience   string    `json:"audience"`
	Services   []string  `json:"services,omitempty"`
	Origin     string    `json:"origin"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	DetectedAt time.Time `json:"detected_at,omitzero"`
	Owner      Person    `json:"owner"`
	Backup     *Person   `json:"backup,omitempty"`
}

// Change is the answer to a command: what it appended to the timeline. The
// same key gets the same bytes again.
type Change struct {
	Incident int64   `json:"incident"`
	Name     string  `json:"name" doc:"INC-17"`
	URL      string  `json:"url"`
	Version  int64   `json:"version" doc:"Of the incident after the command"`
	Entries  []Entry `json:"entries" doc:"Empty when there was nothing to do"`
}

// IncidentFilter narrows a list of incidents. Zero values do not narrow.
type IncidentFilter struct {
	Open, Over bool
	Severity   string
	Owner      string // a member's id
	Service    string // a service's id
	Since      time.Time
	Until      time.Time
	Text       string // in the title
	Before     int64  // incidents with a smaller number: the next page
	Limit      int    // 50 when zero, 200 at most
}

func (f IncidentFilter) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" && value != "0" && value != "false" {
			q.Set(name, value)
		}
	}
	set("open", strconv.FormatBool(f.Open))
	set("over", strconv.FormatBool(f.Over))
	set("severity", f.Severity)
	set("owner", f.Owner)
	set("service", f.Service)
	set("since", stamp(f.Since))
	set("until", stamp(f.Until))
	set("q", f.Text)
	set("before", strconv.FormatInt(f.Before, 10))
	set("limit", strconv.Itoa(f.Limit))
	return q
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// IncidentPage is a page of a list, the newest first.
type IncidentPage struct {
	Incidents []Incident `json:"incidents"`
	Before    int64      `json:"before,omitempty" doc:"Ask for ?before= this for the next page; absent on the last"`
}

// Incidents returns a page of incidents.
func (c *Client) Incidents(ctx context.Context, f IncidentFilter) (page IncidentPage, err error) {
	return page, c.get(ctx, "/incidents", f.query(), &page)
}

// Incident returns one incident.
func (c *Client) Incident(ctx context.Context, number int64) (in Incident, err error) {
	return in, c.get(ctx, incidentPath(number, ""), nil, &in)
}

// Timeline is what happened, the oldest first.
type Timeline struct {
	Entries []Entry `json:"entries"`
}

// Timeline returns the entries that the caller may read.
func (c *Client) Timeline(ctx context.Context, number int64) ([]Entry, error) {
	var t Timeline
	err := c.get(ctx, incidentPath(number, "/timeline"), nil, &t)
	return t.Entries, err
}

func incidentPath(number int64, rest string) string {
	return "/incidents/" + strconv.FormatInt(number, 10) + rest
}

// Status says what is on fire and whose promise is next.
type Status struct {
	Now       time.Time  `json:"now" doc:"The server's clock"`
	Team      string     `json:"team,omitempty"`
	Incidents []Incident `json:"incidents" doc:"The open ones, the promise due first on top"`
	Services  []Service  `json:"services" doc:"Archived ones are left out"`
}

// Status returns what is on fire.
func (c *Client) Status(ctx context.Context) (s Status, err error) {
	return s, c.get(ctx, "/status", nil, &s)
}
