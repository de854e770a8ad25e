package incident

import (
	"encoding/json"
	"slices"
	"time"
)

// facts reads each kind of fact from its stored form. A kind stays for ever.
var facts = map[string]func([]byte) (Fact, error){
	"declared":           read[Declared],
	"owned":              read[Owned],
	"handover_offered":   read[HandoverOffered],
	"handover_accepted":  read[HandoverAccepted],
	"handover_declined":  read[HandoverDeclined],
	"handover_withdrawn": read[HandoverWithdrawn],
	"severity_changed":   read[SeverityChanged],
	"services_changed":   read[ServicesChanged],
	"audience_changed":   read[AudienceChanged],
	"backup_named":       read[BackupNamed],
	"update":             read[Updated],
	"correction":         read[Corrected],
	"note":               read[Noted],
	"help_asked":         read[HelpAsked],
	"help_answered":      read[HelpAnswered],
	"help_recorded":      read[HelpRecorded],
	"promise_reminded":   read[PromiseReminded],
	"promise_missed":     read[PromiseMissed],
	"promise_broken":     read[PromiseBroken],
	"review_moved":       read[ReviewMoved],
	"review_delivered":   read[ReviewDelivered],
	"alert":              read[Alerted],
}

// FactKinds returns every kind of fact, sorted.
func FactKinds() []string {
	kinds := make([]string, 0, len(facts))
	for k := range facts {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

func read[F Fact](data []byte) (Fact, error) {
	var f F
	err := json.Unmarshal(data, &f)
	return f, err
}

// Declared opens the timeline.
type Declared struct {
	Title      string    `json:"title"`
	Kind       Kind      `json:"kind"`
	Severity   Severity  `json:"severity"`
	Audience   Audience  `json:"audience"`
	Services   []string  `json:"services,omitempty"`
	Origin     Origin    `json:"origin"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	DetectedAt time.Time `json:"detected_at,omitzero"`
	Owner      Person    `json:"owner"`
	Backup     Person    `json:"backup,omitempty"`
	First      *Promise  `json:"first,omitempty"` // the first update, due by policy; none for an imported incident
}

// FactKind implements Fact.
func (Declared) FactKind() string { return "declared" }

func (f Declared) apply(in *Incident, e Entry) {
	in.ID = e.Incident
	in.Title, in.Kind, in.Severity, in.Audience = f.Title, f.Kind, f.Severity, f.Audience
	in.Services, in.Origin = f.Services, f.Origin
	in.StartedAt, in.DetectedAt, in.DeclaredAt = f.StartedAt, f.DetectedAt, e.At
	in.DeclaredBy, in.Owner, in.Backup = e.By, f.Owner, f.Backup
	in.Status = Investigating
	in.promised(f.First)
}

// promised makes p the outstanding promise of its kind.
func (in *Incident) promised(p *Promise) {
	if p == nil {
		return
	}
	in.Promises = p.N
	made := *p
	if p.Kind == PromiseReview {
		in.Review = &made
	} else {
		in.Next = &made
	}
}

// count adds an outcome to the tally.
func (in *Incident) count(o Outcome) {
	switch o {
	case Kept:
		in.Tally.Kept++
	case Late:
		in.Tally.Late++
	case Broken:
		in.Tally.Broken++
	case Moved:
		in.Tally.Moved++
	}
}

// settle closes the outstanding next-update promise at t.
func (in *Incident) settle(t time.Time) {
	if in.Next == nil {
		return
	}
	if in.Next.Outcome == "" {
		in.count(in.Next.Settle(t).Outcome)
	}
	in.Next = nil
}

// Owned records the sentence that accepts responsibility.
type Owned struct {
	Statement string `json:"statement"`
}

// FactKind implements Fact.
func (Owned) FactKind() string { return "owned" }

func (f Owned) apply(in *Incident, e Entry) {
	in.Ownership = &Ownership{By: e.By, At: e.At, Statement: f.Statement, Audience: e.Audience}
}

// HandoverOffered waits for an answer; until then the offerer owns it.
type HandoverOffered struct {
	To   Person `json:"to"`
	Note string `json:"note,omitempty"`
}

// FactKind implements Fact.
func (HandoverOffered) FactKind() string { return "handover_offered" }

func (f HandoverOffered) apply(in *Incident, e Entry) {
	in.Offer = &Offer{From: e.By, To: f.To, At: e.At, Note: f.Note}
}

// HandoverAccepted moves ownership.
type HandoverAccepted struct {
	From Person `json:"from"`
}

// FactKind implements Fact.
func (HandoverAccepted) FactKind() string { return "handover_accepted" }

func (f HandoverAccepted) apply(in *Incident, e Entry) {
	in.Owner, in.Offer = e.By, nil
	// Whoever takes over takes over what was promised.
	if in.Next != nil && in.Next.Outcome == "" {
		in.Next.By = e.By
	}
}

// HandoverDeclined leaves ownership where it was.
type HandoverDeclined struct {
	Reason string `json:"reason,omitempty"`
}

// FactKind implements Fact.
func (HandoverDeclined) FactKind() string { return "handover_declined" }

func (HandoverDeclined) apply(in *Incident, _ Entry) { in.Offer = nil }

// HandoverWithdrawn takes an offer back.
type HandoverWithdrawn struct{}

// FactKind implements Fact.
func (HandoverWithdrawn) FactKind() string { return "handover_withdrawn" }

func (HandoverWithdrawn) apply(in *Incident, _ Entry) { in.Offer = nil }

// SeverityChanged moves the incident to another severity and its policy. A
// promise already made keeps its time.
type SeverityChanged struct {
	From Severity `json:"from"`
	To   Severity `json:"to"`
	Why  string   `json:"why,omitempty"`
}

// FactKind implements Fact.
func (SeverityChanged) FactKind() string { return "severity_changed" }

func (f SeverityChanged) apply(in *Incident, _ Entry) { in.Severity = f.To }

// ServicesChanged replaces the list of affected services.
type ServicesChanged struct {
	Services []string `json:"services"`
}

// FactKind implements Fact.
func (ServicesChanged) FactKind() string { return "services_changed" }

func (f ServicesChanged) apply(in *Incident, _ Entry) { in.Services = f.Services }

// AudienceChanged changes who reads what is published from now on.
type AudienceChanged struct {
	From Audience `json:"from"`
	To   Audience `json:"to"`
}

// FactKind implements Fact.
func (AudienceChanged) FactKind() string { return "audience_changed" }

func (f AudienceChanged) apply(in *Incident, _ Entry) {
	if in.Published > 0 {
		in.Widened = append(in.Widened, Widened{Until: in.Published, From: in.Audience})
	}
	in.Audience = f.To
}

// BackupNamed names the second accountable person.
type BackupNamed struct {
	Backup Person `json:"backup"`
}

// FactKind implements Fact.
func (BackupNamed) FactKind() string { return "backup_named" }

func (f BackupNamed) apply(in *Incident, _ Entry) { in.Backup = f.Backup }

// Update is the latest word: status now, plan, and the next time or why none.
type Update struct {
	N          int       `json:"n"` // 1 for the first update
	Seq        int64     `json:"seq"`
	At         time.Time `json:"at"`
	By         Person    `json:"by"`
	Status     Status    `json:"status"`
	Now        string    `json:"now"`
	Plan       string    `json:"plan,omitempty"` // empty in the last word
	NextAt     time.Time `json:"next_at,omitzero"`
	NoTime     string    `json:"no_time,omitempty"`
	NothingNew bool      `json:"nothing_new,omitempty"`
	Corrected  bool      `json:"corrected,omitempty"` // the words stand corrected by a later entry
	Audience   Audience  `json:"audience"`            // who it was published to
}

// Updated is a published word. It settles the outstanding promise and makes
// the next one.
type Updated struct {
	N          int      `json:"n"`
	Status     Status   `json:"status"`
	Now        string   `json:"now"`
	Plan       string   `json:"plan,omitempty"`
	NoTime     string   `json:"no_time,omitempty"`
	NothingNew bool     `json:"nothing_new,omitempty"`
	Severity   Severity `json:"severity"`
	Title      string   `json:"title"`
	Services   []string `json:"services,omitempty"` // affected after this word
	Works      []string `json:"works,omitempty"`    // what works again, in the last word
	Reopens    bool     `json:"reopens,omitempty"`
	Override   string   `json:"override,omitempty"` // why it went out without an ownership statement

	Settled     *Settled `json:"settled,omitempty"` // the promise this word answered
	Next        *Promise `json:"next,omitempty"`
	Review      *Promise `json:"review,omitempty"`       // promised in the last word
	ReviewMoved *Settled `json:"review_moved,omitempty"` // the review promise it replaced
}

// Settled names a promise and how it ended, for readers of the timeline.
type Settled struct {
	N       int       `json:"n"`
	DueAt   time.Time `json:"due_at"`
	Outcome Outcome   `json:"outcome"`
}

// FactKind implements Fact.
func (Updated) FactKind() string { return "update" }

func (f Updated) apply(in *Incident, e Entry) {
	in.settle(e.At)
	in.Published = f.N
	in.Status, in.NoTime, in.Services = f.Status, f.NoTime, f.Services
	in.Latest = &Update{
		N: f.N, Seq: e.Seq, At: e.At, By: e.By, Status: f.Status, Now: f.Now, Plan: f.Plan,
		NoTime: f.NoTime, NothingNew: f.NothingNew, Audience: e.Audience,
	}
	if f.Next != nil {
		in.Latest.NextAt = f.Next.DueAt
	}
	if f.Override != "" {
		in.Overrides++
	}
	switch {
	case f.Status == Resolved:
		in.ResolvedAt = e.At
		in.Offer = nil // an offer that nobody answered ends with the incident
	case f.Reopens:
		in.ResolvedAt = time.Time{}
		in.Reopened++
	}
	in.promised(f.Next)
	if f.ReviewMoved != nil {
		in.count(f.ReviewMoved.Outcome)
	}
	in.promised(f.Review)
}

// Corrected points at an update and says what it should have said. The
// update's own words stay.
type Corrected struct {
	N    int    `json:"n"` // the update it corrects
	Now  string `json:"now"`
	Plan string `json:"plan,omitempty"` // empty: the plan stands
	Why  string `json:"why"`
}

// FactKind implements Fact.
func (Corrected) FactKind() string { return "correction" }

func (f Corrected) apply(in *Incident, _ Entry) {
	if in.Latest == nil || in.Latest.N != f.N {
		return
	}
	latest := *in.Latest
	latest.Now, latest.Plan, latest.Corrected = f.Now, or(f.Plan, latest.Plan), true
	in.Latest = &latest
}

// Noted is a line for the team.
type Noted struct {
	Text string `json:"text"`
}

// FactKind implements Fact.
func (Noted) FactKind() string { return "note" }

func (Noted) apply(*Incident, Entry) {}

// PromiseReminded records a reminder before the due time.
type PromiseReminded struct {
	N       int       `json:"n"`
	Step    int       `json:"step"` // the ladder's next rung
	DueAt   time.Time `json:"due_at"`
	To      []Role    `json:"to"`
	Skipped int       `json:"skipped,omitempty"` // as in PromiseMissed
}

// FactKind implements Fact.
func (PromiseReminded) FactKind() string { return "promise_reminded" }

func (f PromiseReminded) apply(in *Incident, _ Entry) { in.stepped(f.N, f.Step, time.Time{}) }

// PromiseMissed records that a promise passed without a word, and who was told.
type PromiseMissed struct {
	N       int         `json:"n"`
	Kind    PromiseKind `json:"kind"`
	Step    int         `json:"step"`
	DueAt   time.Time   `json:"due_at"`
	To      []Role      `json:"to"`
	Skipped int         `json:"skipped,omitempty"` // earlier rungs whose time had also passed: nobody was awake to act on them
}

// FactKind implements Fact.
func (PromiseMissed) FactKind() string { return "promise_missed" }

func (f PromiseMissed) apply(in *Incident, e Entry) { in.stepped(f.N, f.Step, e.At) }

// stepped moves an open promise to its next rung.
func (in *Incident) stepped(n, step int, missed time.Time) {
	for _, p := range in.Promised() {
		if p.N != n {
			continue
		}
		p.Step = step
		if p.MissedAt.IsZero() {
			p.MissedAt = missed
		}
	}
}

// PromiseBroken records that nothing came within the policy's limit.
type PromiseBroken struct {
	N       int         `json:"n"`
	Kind    PromiseKind `json:"kind"`
	DueAt   time.Time   `json:"due_at"`
	To      []Role      `json:"to"`
	Skipped int         `json:"skipped,omitempty"` // rungs that were never reached
}

// FactKind implements Fact.
func (PromiseBroken) FactKind() string { return "promise_broken" }

func (f PromiseBroken) apply(in *Incident, e Entry) {
	for _, p := range in.Promised() {
		if p.N != f.N {
			continue
		}
		p.Outcome = Broken
		p.Step = len(p.Steps) + 1
		if p.MissedAt.IsZero() {
			p.MissedAt = e.At
		}
		in.count(Broken)
	}
}

// ReviewMoved publishes a new date for the review, before the old one.
type ReviewMoved struct {
	Why     string  `json:"why"`
	Settled Settled `json:"settled"`
	Review  Promise `json:"review"`
}

// FactKind implements Fact.
func (ReviewMoved) FactKind() string { return "review_moved" }

func (f ReviewMoved) apply(in *Incident, _ Entry) {
	in.count(f.Settled.Outcome)
	in.promised(&f.Review)
}

// ReviewDelivered records where the review can be read.
type ReviewDelivered struct {
	Where   string  `json:"where"`
	Settled Settled `json:"settled"`
}

// FactKind implements Fact.
func (ReviewDelivered) FactKind() string { return "review_delivered" }

func (f ReviewDelivered) apply(in *Incident, _ Entry) {
	if in.Review != nil && in.Review.Outcome == "" {
		in.count(f.Settled.Outcome)
	}
	in.Review = nil
}

// Alerted records what an alert source said: firing again, or all resolved.
type Alerted struct {
	Source  string `json:"source"`
	Group   string `json:"group"`
	Summary string `json:"summary"`
	Firing  bool   `json:"firing"`
}

// FactKind implements Fact.
func (Alerted) FactKind() string { return "alert" }

func (Alerted) apply(*Incident, Entry) {}
