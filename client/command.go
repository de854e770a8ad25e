package client

import (
	"context"
	"fmt"
)

// Times in commands are texts, read as people write them: "30m", "16:30",
// "tomorrow 09:00", "2026-11-22T16:30:00Z". Zone is the IANA name of the zone
// in which a clock time is meant; the team's when empty.

// Declare opens an incident. Only the title is needed.
type Declare struct {
	Title      string   `json:"title" maxLength:"1000" doc:"What is going wrong, in the words of the people affected"`
	Kind       string   `json:"kind,omitempty" maxLength:"100" doc:"outage when absent"`
	Severity   string   `json:"severity,omitempty" maxLength:"100" doc:"SEV2 when absent"`
	Audience   string   `json:"audience,omitempty" maxLength:"100" doc:"The team's setting when absent"`
	Services   []string `json:"services,omitempty" maxItems:"100" doc:"Ids"`
	Origin     string   `json:"origin,omitempty" maxLength:"100" doc:"self when absent"`
	StartedAt  string   `json:"started_at,omitempty" maxLength:"100" doc:"When it began for the people affected"`
	DetectedAt string   `json:"detected_at,omitempty" maxLength:"100" doc:"When it was noticed; now when absent"`
	Owner      string   `json:"owner,omitempty" maxLength:"300" doc:"A member's id or e-mail address; the caller when absent"`
	Backup     string   `json:"backup,omitempty" maxLength:"300" doc:"The second accountable person; the team's when absent"`
	Zone       string   `json:"zone,omitempty" maxLength:"100"`
}

// Post publishes an update.
type Post struct {
	Now        string `json:"now" maxLength:"20000" doc:"What is true now"`
	Plan       string `json:"plan,omitempty" maxLength:"20000" doc:"What will be done before the next update"`
	Next       string `json:"next,omitempty" maxLength:"100" doc:"When the next update comes: 30m, 16:30, an RFC 3339 instant"`
	NoTime     string `json:"no_time,omitempty" maxLength:"20000" doc:"Instead of next: why no time can be named"`
	Status     string `json:"status,omitempty" maxLength:"100" doc:"Unchanged when absent"`
	NothingNew bool   `json:"nothing_new,omitempty" doc:"One real sentence is enough; the plan may stay as it was"`
	Statement  string `json:"statement,omitempty" maxLength:"20000" doc:"Accepts responsibility; needed once, with the first update"`
	Override   string `json:"override,omitempty" maxLength:"20000" doc:"Why it goes out without a statement; leads only"`
	Seen       *int   `json:"seen,omitempty" minimum:"0" doc:"Number of the latest update that the writer has read; a newer one is a conflict"`
	Zone       string `json:"zone,omitempty" maxLength:"100"`
}

// Correct says what an update should have said.
type Correct struct {
	Now  string `json:"now" maxLength:"20000" doc:"What was true"`
	Plan string `json:"plan,omitempty" maxLength:"20000" doc:"The plan stands when absent"`
	Why  string `json:"why" maxLength:"20000" doc:"What was wrong; readers see it"`
}

// Note is a line for the team.
type Note struct {
	Text string `json:"text" maxLength:"20000"`
}

// Own accepts responsibility in words.
type Own struct {
	Statement string `json:"statement" maxLength:"20000"`
}

// Handover offers the incident to somebody.
type Handover struct {
	To   string `json:"to" maxLength:"300" doc:"A member's id or e-mail address"`
	Note string `json:"note,omitempty" maxLength:"20000" doc:"What the receiver should know"`
}

// Answer accepts or declines an offer or a request for help.
type Answer struct {
	Accept bool   `json:"accept"`
	Reason string `json:"reason,omitempty" maxLength:"20000" doc:"For declining"`
}

// Ask asks for help.
type Ask struct {
	What      string `json:"what" maxLength:"20000"`
	Expertise string `json:"expertise,omitempty" maxLength:"20000"`
	From      string `json:"from,omitempty" maxLength:"300" doc:"A member's id or e-mail address; anybody when absent"`
}

// Helped says what help changed.
type Helped struct {
	Changed string `json:"changed" maxLength:"20000"`
}

// SeverityChange moves an incident to another severity.
type SeverityChange struct {
	Severity string `json:"severity" maxLength:"100"`
	Why      string `json:"why,omitempty" maxLength:"20000"`
}

// ServicesChange replaces the list of affected services.
type ServicesChange struct {
	Services []string `json:"services" maxItems:"100" doc:"Ids; empty when none is affected"`
}

// AudienceChange changes who reads what is published from now on.
type AudienceChange struct {
	Audience string `json:"audience" maxLength:"100"`
}

// BackupChange names the second accountable person.
type BackupChange struct {
	Backup string `json:"backup" maxLength:"300" doc:"A member's id or e-mail address"`
}

// Resolve publishes the last word.
type Resolve struct {
	Now         string   `json:"now" maxLength:"20000" doc:"What is true now, and what works again"`
	Works       []string `json:"works,omitzero" maxItems:"100" doc:"Ids of the services that work again; all affected ones when absent"`
	ReviewBy    string   `json:"review_by,omitempty" maxLength:"100" doc:"By when the review comes; the policy's window when absent"`
	ReviewOwner string   `json:"review_owner,omitempty" maxLength:"300" doc:"Who owes the review; the owner when absent"`
	Statement   string   `json:"statement,omitempty" maxLength:"20000"`
	Override    string   `json:"override,omitempty" maxLength:"20000"`
	Seen        *int     `json:"seen,omitempty" minimum:"0"`
	Zone        string   `json:"zone,omitempty" maxLength:"100"`
}

// Reopen says that it is not over after all.
type Reopen struct {
	Now       string   `json:"now" maxLength:"20000"`
	Plan      string   `json:"plan" maxLength:"20000"`
	Next      string   `json:"next,omitempty" maxLength:"100"`
	NoTime    string   `json:"no_time,omitempty" maxLength:"20000"`
	Services  []string `json:"services,omitzero" maxItems:"100" doc:"What is affected again; as left at the end when absent"`
	Statement string   `json:"statement,omitempty" maxLength:"20000"`
	Override  string   `json:"override,omitempty" maxLength:"20000"`
	Zone      string   `json:"zone,omitempty" maxLength:"100"`
}

// ReviewMove publishes a new date for the review.
type ReviewMove struct {
	ReviewBy string `json:"review_by" maxLength:"100"`
	Why      string `json:"why" maxLength:"20000" doc:"Readers see it"`
	Zone     string `json:"zone,omitempty" maxLength:"100"`
}

// ReviewDelivery says where the review can be read.
type ReviewDelivery struct {
	Where string `json:"where" maxLength:"20000"`
}

func (c *Client) command(ctx context.Context, number int64, path string, in any) (done Change, err error) {
	return done, c.post(ctx, incidentPath(number, path), in, &done)
}

// Declare opens an incident.
func (c *Client) Declare(ctx context.Context, in Declare) (done Change, err error) {
	return done, c.post(ctx, "/incidents", in, &done)
}

// Post publishes an update; with NothingNew set, that nothing is new.
func (c *Client) Post(ctx context.Context, number int64, in Post) (Change, error) {
	return c.command(ctx, number, "/updates", in)
}

// Correct corrects update n.
func (c *Client) Correct(ctx context.Context, number int64, n int, in Correct) (Change, error) {
	return c.command(ctx, number, fmt.Sprintf("/updates/%d/correction", n), in)
}

// AddNote appends a note for the team.
func (c *Client) AddNote(ctx context.Context, number int64, in Note) (Change, error) {
	return c.command(ctx, number, "/notes", in)
}

// Own accepts responsibility in words.
func (c *Client) Own(ctx context.Context, number int64, in Own) (Change, error) {
	return c.command(ctx, number, "/ownership", in)
}

// OfferHandover offers the incident to somebody.
func (c *Client) OfferHandover(ctx context.Context, number int64, in Handover) (Change, error) {
	return c.command(ctx, number, "/handover", in)
}

// AnswerHandover accepts or declines the offer that waits.
func (c *Client) AnswerHandover(ctx context.Context, number int64, in Answer) (Change, error) {
	return c.command(ctx, number, "/handover/answer", in)
}

// WithdrawHandover takes the offer back.
func (c *Client) WithdrawHandover(ctx context.Context, number int64) (Change, error) {
	return c.command(ctx, number, "/handover/withdraw", nil)
}

// AskHelp asks for help.
func (c *Client) AskHelp(ctx context.Context, number int64, in Ask) (Change, error) {
	return c.command(ctx, number, "/help", in)
}

// AnswerHelp accepts or declines request n.
func (c *Client) AnswerHelp(ctx context.Context, number int64, n int, in Answer) (Change, error) {
	return c.command(ctx, number, fmt.Sprintf("/help/%d/answer", n), in)
}

// RecordHelp says what the help of request n changed.
func (c *Client) RecordHelp(ctx context.Context, number int64, n int, in Helped) (Change, error) {
	return c.command(ctx, number, fmt.Sprintf("/help/%d/record", n), in)
}

// ChangeSeverity moves the incident to another severity.
func (c *Client) ChangeSeverity(ctx context.Context, number int64, in SeverityChange) (Change, error) {
	return c.command(ctx, number, "/severity", in)
}

// ChangeServices replaces the list of affected services.
func (c *Client) ChangeServices(ctx context.Context, number int64, in ServicesChange) (Change, error) {
	return c.command(ctx, number, "/services", in)
}

// ChangeAudience changes who reads what is published from now on.
func (c *Client) ChangeAudience(ctx context.Context, number int64, in AudienceChange) (Change, error) {
	return c.command(ctx, number, "/audience", in)
}

// NameBackup names the second accountable person.
func (c *Client) NameBackup(ctx context.Context, number int64, in BackupChange) (Change, error) {
	return c.command(ctx, number, "/backup", in)
}

// Resolve publishes the last word.
func (c *Client) Resolve(ctx context.Context, number int64, in Resolve) (Change, error) {
	return c.command(ctx, number, "/resolve", in)
}

// Reopen says that it is not over after all.
func (c *Client) Reopen(ctx context.Context, number int64, in Reopen) (Change, error) {
	return c.command(ctx, number, "/reopen", in)
}

// MoveReview publishes a new date for the review.
func (c *Client) MoveReview(ctx context.Context, number int64, in ReviewMove) (Change, error) {
	return c.command(ctx, number, "/review/move", in)
}

// DeliverReview says where the review can be read.
func (c *Client) DeliverReview(ctx context.Context, number int64, in ReviewDelivery) (Change, error) {
	return c.command(ctx, number, "/review/deliver", in)
}
