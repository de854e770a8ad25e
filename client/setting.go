package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Service is something that people use and that can stop working.
type Service struct {
	ID          string    `json:"id" doc:"Stays when the name changes"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Group       string    `json:"group,omitempty" doc:"The heading that it is listed under"`
	Audience    string    `json:"audience" doc:"Who may know that it exists"`
	State       string    `json:"state" doc:"operational, degraded or outage"`
	ArchivedAt  time.Time `json:"archived_at,omitzero" doc:"Absent while it is in use"`
}

// Services is the list of services.
type Services struct {
	Services []Service `json:"services"`
}

// ServiceChange is what can be said about a service.
type ServiceChange struct {
	ID          string `json:"id,omitempty" maxLength:"100" doc:"For a new one; made of the name when absent"`
	Name        string `json:"name" maxLength:"400"`
	Description string `json:"description,omitempty" maxLength:"4000"`
	Group       string `json:"group,omitempty" maxLength:"400"`
	Audience    string `json:"audience,omitempty" maxLength:"100" doc:"public when absent"`
}

// Archive takes something out of use, or back.
type Archive struct {
	Archived bool `json:"archived"`
}

// Order is a list of ids in the wanted order.
type Order struct {
	IDs []string `json:"ids" maxItems:"1000"`
}

// Services returns the services that the caller may know of.
func (c *Client) Services(ctx context.Context) ([]Service, error) {
	var s Services
	err := c.get(ctx, "/services", nil, &s)
	return s.Services, err
}

// AddService adds a service.
func (c *Client) AddService(ctx context.Context, in ServiceChange) (s Service, err error) {
	return s, c.post(ctx, "/services", in, &s)
}

// ChangeService replaces what is said about a service.
func (c *Client) ChangeService(ctx context.Context, id string, in ServiceChange) (s Service, err error) {
	return s, c.send(ctx, http.MethodPut, "/services/"+url.PathEscape(id), in, &s)
}

// ArchiveService takes a service out of use, or back.
func (c *Client) ArchiveService(ctx context.Context, id string, archived bool) (s Service, err error) {
	return s, c.post(ctx, "/services/"+url.PathEscape(id)+"/archive", Archive{archived}, &s)
}

// OrderServices puts services in an order; those left out follow.
func (c *Client) OrderServices(ctx context.Context, ids []string) error {
	return c.post(ctx, "/services/order", Order{ids}, nil)
}

// Policy says how often a team speaks, and who hears when it does not.
type Policy struct {
	Severity    string   `json:"severity,omitempty" doc:"Which one it is for; in a change the address says it"`
	First       Duration `json:"first" doc:"Declaration to first update"`
	Every       Duration `json:"every" doc:"Longest time between updates"`
	Watching    Duration `json:"watching" doc:"The same, while a fix is watched"`
	BrokenAfter Duration `json:"broken_after" doc:"Past due, when a promise counts as broken"`
	Steps       []Step   `json:"steps" maxItems:"20" doc:"Who is told around the due time"`
	Review      Window   `json:"review"`
}

// Step is one rung of the ladder that a promise climbs.
type Step struct {
	After Duration `json:"after" doc:"Relative to the due time; negative is a reminder"`
	To    []string `json:"to" maxItems:"10" doc:"owner, backup, lead, team"`
}

// Window is the promise of the review.
type Window struct {
	Days        int      `json:"days" doc:"After the end"`
	Working     bool     `json:"working" doc:"Count Monday to Friday only"`
	BrokenAfter Duration `json:"broken_after"`
	Steps       []Step   `json:"steps" maxItems:"20"`
}

// Policies is the list of policies, the worst severity first.
type Policies struct {
	Policies []Policy `json:"policies"`
}

// Policies returns the policies in force.
func (c *Client) Policies(ctx context.Context) ([]Policy, error) {
	var p Policies
	err := c.get(ctx, "/policies", nil, &p)
	return p.Policies, err
}

// SetPolicy replaces the policy of a severity.
func (c *Client) SetPolicy(ctx context.Context, severity string, in Policy) (p Policy, err error) {
	return p, c.send(ctx, http.MethodPut, "/policies/"+url.PathEscape(severity), in, &p)
}

// Team is what a team says about itself.
type Team struct {
	Name     string `json:"name" maxLength:"400"`
	Zone     string `json:"zone,omitempty" maxLength:"100" doc:"IANA name; UTC when absent"`
	Backup   string `json:"backup,omitempty" maxLength:"300" doc:"Id of who steps in when nobody else is named"`
	Audience string `json:"audience,omitempty" maxLength:"100" doc:"Of a new incident; public when absent"`
}

// Team returns the team's settings.
func (c *Client) Team(ctx context.Context) (t Team, err error) {
	return t, c.get(ctx, "/team", nil, &t)
}

// SetTeam replaces the team's settings.
func (c *Client) SetTeam(ctx context.Context, in Team) (t Team, err error) {
	return t, c.send(ctx, http.MethodPut, "/team", in, &t)
}

// Channel is a place where words go out.
type Channel struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Kind      string            `json:"kind" doc:"slack, webhook and so on"`
	Options   map[string]string `json:"options" doc:"Secret ones read (hidden)"`
	Audience  string            `json:"audience" doc:"The widest words that it gets"`
	Events    []string          `json:"events" doc:"Kinds of news that it gets; all when empty"`
	CreatedAt time.Time         `json:"created_at"`
	PausedAt  time.Time         `json:"paused_at,omitzero" doc:"Absent while it is in use"`
	TestedAt  time.Time         `json:"tested_at,omitzero" doc:"Absent: never"`
	TestError string            `json:"test_error,omitempty" doc:"What went wrong in the last test"`
}

// Channels is the list of channels.
type Channels struct {
	Channels []Channel `json:"channels"`
}

// ChannelChange is what can be said about a channel. An option that reads
// (hidden) keeps the value it has.
type ChannelChange struct {
	Name     string            `json:"name" maxLength:"400"`
	Kind     string            `json:"kind" maxLength:"100" doc:"Cannot be changed later"`
	Options  map[string]string `json:"options,omitempty" maxProperties:"50"`
	Audience string            `json:"audience,omitempty" maxLength:"100" doc:"public when absent"`
	Events   []string          `json:"events,omitempty" maxItems:"50"`
}

// Hidden stands for a secret option in answers, and in changes for the value
// that the option has.
const Hidden = "(hidden)"

// Pause takes something out of use for a while, or back.
type Pause struct {
	Paused bool `json:"paused"`
}

// Channels returns every channel.
func (c *Client) Channels(ctx context.Context) ([]Channel, error) {
	var l Channels
	err := c.get(ctx, "/channels", nil, &l)
	return l.Channels, err
}

// AddChannel adds a channel.
func (c *Client) AddChannel(ctx context.Context, in ChannelChange) (ch Channel, err error) {
	return ch, c.post(ctx, "/channels", in, &ch)
}

// ChangeChannel replaces what is said about a channel.
func (c *Client) ChangeChannel(ctx context.Context, id string, in ChannelChange) (ch Channel, err error) {
	return ch, c.send(ctx, http.MethodPut, "/channels/"+url.PathEscape(id), in, &ch)
}

// PauseChannel takes a channel out of use, or back.
func (c *Client) PauseChannel(ctx context.Context, id string, paused bool) (ch Channel, err error) {
	return ch, c.post(ctx, "/channels/"+url.PathEscape(id)+"/pause", Pause{paused}, &ch)
}

// TestChannel sends a test message; the answer says how it went.
func (c *Client) TestChannel(ctx context.Context, id string) (ch Channel, err error) {
	return ch, c.post(ctx, "/channels/"+url.PathEscape(id)+"/test", nil, &ch)
}

// RemoveChannel removes a channel.
func (c *Client) RemoveChannel(ctx context.Context, id string) error {
	return c.send(ctx, http.MethodDelete, "/channels/"+url.PathEscape(id), nil, nil)
}

// Source is where alerts come from.
type Source struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Kind      string          `json:"kind" doc:"alertmanager, pagerduty or generic"`
	Hint      string          `json:"hint" doc:"The last four characters of its key"`
	Rules     json.RawMessage `json:"rules" doc:"What its alerts become"`
	CreatedAt time.Time       `json:"created_at"`
	UsedAt    time.Time       `json:"used_at,omitzero" doc:"To the minute; absent: never"`
	RevokedAt time.Time       `json:"revoked_at,omitzero" doc:"Absent while its key works"`
}

// Sources is the list of sources.
type Sources struct {
	Sources []Source `json:"sources"`
}

// SourceChange is what can be said about a source.
type SourceChange struct {
	Name  string          `json:"name" maxLength:"400"`
	Kind  string          `json:"kind" maxLength:"100" doc:"alertmanager, pagerduty or generic"`
	Rules json.RawMessage `json:"rules,omitempty" doc:"Rules to begin with when absent; in a change, as they are"`
}

// MadeSource is a source with its key, which is shown once, and the address
// to enter in the sender.
type MadeSource struct {
	Source Source `json:"source"`
	Key    string `json:"key"`
	URL    string `json:"url" doc:"Where the sender posts; holds the key where the sender cannot set a header"`
}

// Sources returns every source.
func (c *Client) Sources(ctx context.Context) ([]Source, error) {
	var l Sources
	err := c.get(ctx, "/sources", nil, &l)
	return l.Sources, err
}

// AddSource adds a source.
func (c *Client) AddSource(ctx context.Context, in SourceChange) (s MadeSource, err error) {
	return s, c.post(ctx, "/sources", in, &s)
}

// ChangeSource replaces what is said about a source.
func (c *Client) ChangeSource(ctx context.Context, id string, in SourceChange) (s Source, err error) {
	return s, c.send(ctx, http.MethodPut, "/sources/"+url.PathEscape(id), in, &s)
}

// NewSourceKey replaces the key of a source.
func (c *Client) NewSourceKey(ctx context.Context, id string) (s MadeSource, err error) {
	return s, c.post(ctx, "/sources/"+url.PathEscape(id)+"/key", nil, &s)
}

// RevokeSource ends the key of a source.
func (c *Client) RevokeSource(ctx context.Context, id string) (s Source, err error) {
	return s, c.post(ctx, "/sources/"+url.PathEscape(id)+"/revoke", nil, &s)
}

// Subscriber is a reader who asked to be told.
type Subscriber struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" doc:"email"`
	Address   string    `json:"address"`
	Audience  string    `json:"audience"`
	Services  []string  `json:"services" doc:"Ids; every service when empty"`
	Zone      string    `json:"zone,omitempty"`
	CreatedAt time.Time `json:"created_at" doc:"When the reader confirmed"`
}

// NewSubscriber is a reader who has confirmed.
type NewSubscriber struct {
	Address  string   `json:"address" maxLength:"2000"`
	Audience string   `json:"audience,omitempty" maxLength:"100" doc:"public when absent"`
	Services []string `json:"services,omitempty" maxItems:"100"`
	Zone     string   `json:"zone,omitempty" maxLength:"100"`
}

// NewSubscribers is a list of readers who have confirmed.
type NewSubscribers struct {
	Subscribers []NewSubscriber `json:"subscribers" maxItems:"5000"`
}

// SubscriberPage is a page of readers.
type SubscriberPage struct {
	Subscribers []Subscriber `json:"subscribers"`
	Total       int          `json:"total" doc:"Of all pages"`
	After       string       `json:"after,omitempty" doc:"Ask for ?after= this for the next page; absent on the last"`
}

// Subscribers returns a page of readers, the one after an id.
func (c *Client) Subscribers(ctx context.Context, after string, limit int) (p SubscriberPage, err error) {
	q := url.Values{}
	if after != "" {
		q.Set("after", after)
	}
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	return p, c.get(ctx, "/subscribers", q, &p)
}

// AddSubscribers adds readers who have confirmed that they want to be told.
func (c *Client) AddSubscribers(ctx context.Context, list []NewSubscriber) (int64, error) {
	var n Count
	err := c.post(ctx, "/subscribers", NewSubscribers{list}, &n)
	return n.N, err
}

// RemoveSubscriber forgets a reader.
func (c *Client) RemoveSubscriber(ctx context.Context, id string) error {
	return c.send(ctx, http.MethodDelete, "/subscribers/"+url.PathEscape(id), nil, nil)
}

// Imported says what an import brought.
type Imported struct {
	Found   int `json:"found" doc:"Incidents in the history"`
	Added   int `json:"added"`
	Known   int `json:"known" doc:"Brought by an earlier import"`
	Skipped int `json:"skipped" doc:"Planned maintenance, which is no incident"`
}

// ImportStatuspage brings a Statuspage history (native JSON). With dry it says
// what would come. Give ctx's client a longer Timeout for large files.
func (c *Client) ImportStatuspage(ctx context.Context, history []byte, dry bool) (out Imported, err error) {
	ask := call{method: http.MethodPost, path: "/import/statuspage", body: history, kind: "application/json"}
	if dry {
		ask.query = url.Values{"dry": {"true"}}
	}
	_, err = c.do(ctx, ask, &out)
	return out, err
}
