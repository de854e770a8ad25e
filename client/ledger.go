package client

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// PromiseFilter narrows the ledger. Zero values do not narrow.
type PromiseFilter struct {
	Incident  int64
	Person    string // a member's id; "me" is the caller
	Open      bool   // only promises that wait
	DueSince  time.Time
	DueBefore time.Time
	Limit     int // 200 when zero, 1000 at most
}

// Ledger is a list of promises, the latest due first; of open ones the first
// due first.
type Ledger struct {
	Now      time.Time `json:"now" doc:"The server's clock"`
	Promises []Promise `json:"promises"`
}

// Promises returns the ledger.
func (c *Client) Promises(ctx context.Context, f PromiseFilter) (l Ledger, err error) {
	q := url.Values{}
	set := func(name, value, none string) {
		if value != none {
			q.Set(name, value)
		}
	}
	set("incident", strconv.FormatInt(f.Incident, 10), "0")
	set("person", f.Person, "")
	set("open", strconv.FormatBool(f.Open), "false")
	set("due_since", stamp(f.DueSince), "")
	set("due_before", stamp(f.DueBefore), "")
	set("limit", strconv.Itoa(f.Limit), "0")
	return l, c.get(ctx, "/promises", q, &l)
}

// Due returns every promise that waits, the first due first.
func (c *Client) Due(ctx context.Context) (Ledger, error) {
	return c.Promises(ctx, PromiseFilter{Open: true})
}

// Cadence says how often a team spoke while its incidents were open.
type Cadence struct {
	Incidents int          `json:"incidents" doc:"With at least one update"`
	Updates   int          `json:"updates"`
	Named     int          `json:"named" doc:"Updates that named a next time"`
	Gaps      Distribution `json:"gaps" doc:"Between one update and the next of the same incident"`
	Silences  Distribution `json:"silences" doc:"The longest gap of each incident"`
}

// Distribution describes durations.
type Distribution struct {
	N      int      `json:"n"`
	Median Duration `json:"median"`
	P90    Duration `json:"p90"`
	Max    Duration `json:"max"`
	Bins   []Bin    `json:"bins" doc:"Of rising limits; together they hold all n"`
}

// Bin counts the durations up to a limit and above the one before it.
type Bin struct {
	UpTo Duration `json:"up_to,omitzero" doc:"Absent in the last: everything longer"`
	N    int      `json:"n"`
}

// Cadence returns how often the incidents declared in a window were spoken
// about. Zero instants leave the window open.
func (c *Client) Cadence(ctx context.Context, since, until time.Time) (out Cadence, err error) {
	return out, c.get(ctx, "/cadence", IncidentFilter{Since: since, Until: until}.query(), &out)
}

// Duration is a length of time, written like "30m0s" on the wire.
type Duration time.Duration

// MarshalText writes the duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a duration: 30m, 1h30m, -5m.
func (d *Duration) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	*d = Duration(read)
	return err
}

// Delivery is one message to one recipient through one channel.
type Delivery struct {
	ID        string    `json:"id" doc:"The key on the wire, the same at every attempt"`
	Incident  int64     `json:"incident"`
	Seq       int64     `json:"seq" doc:"The entry that it tells of"`
	Notice    string    `json:"notice" doc:"What it tells: update, reminder, missed and so on"`
	Channel   string    `json:"channel" doc:"The channel's id; mail for e-mail"`
	Kind      string    `json:"kind" doc:"email, slack, webhook and so on"`
	Recipient string    `json:"recipient" doc:"Id of the member, subscriber or channel"`
	Address   string    `json:"address,omitempty"`
	State     string    `json:"state" doc:"queued, sending, sent, retry, dead or stopped"`
	Attempts  int       `json:"attempts"`
	CreatedAt time.Time `json:"created_at"`
	NextAt    time.Time `json:"next_at,omitzero" doc:"Of the next attempt"`
	SentAt    time.Time `json:"sent_at,omitzero"`
	Problem   string    `json:"problem,omitempty" doc:"Why the last attempt failed, or why it was not sent"`
}

// DeliveryFilter narrows the ledger of deliveries.
type DeliveryFilter struct {
	Incident int64
	State    string
	Limit    int // 50 when zero, 1000 at most
}

// Deliveries is a list of deliveries, the newest first, and how many there
// are in each state.
type Deliveries struct {
	Deliveries []Delivery     `json:"deliveries"`
	Counts     map[string]int `json:"counts" doc:"By state, whatever the filter on state"`
	HeldSince  string         `json:"held_since,omitempty" doc:"Since a restore nothing is sent until released"`
}

// Deliveries returns what was sent, is being sent and was given up.
func (c *Client) Deliveries(ctx context.Context, f DeliveryFilter) (d Deliveries, err error) {
	q := url.Values{}
	if f.Incident != 0 {
		q.Set("incident", strconv.FormatInt(f.Incident, 10))
	}
	if f.State != "" {
		q.Set("state", f.State)
	}
	if f.Limit != 0 {
		q.Set("limit", strconv.Itoa(f.Limit))
	}
	return d, c.get(ctx, "/deliveries", q, &d)
}

// Replay names the dead deliveries to start again.
type Replay struct {
	IDs []string `json:"ids,omitempty" maxItems:"1000" doc:"All dead ones when absent"`
}

// Release lets a restored server send.
type Release struct {
	Drop bool `json:"drop,omitempty" doc:"Stop what waited in the backup instead of sending it"`
}

// Count says how many rows a command touched.
type Count struct {
	N int64 `json:"n"`
}

// ReplayDeliveries starts dead deliveries again; all of them without ids.
func (c *Client) ReplayDeliveries(ctx context.Context, ids ...string) (int64, error) {
	var n Count
	err := c.post(ctx, "/deliveries/replay", Replay{IDs: ids}, &n)
	return n.N, err
}

// ReleaseDeliveries lets a restored server send, or drops what waited.
func (c *Client) ReleaseDeliveries(ctx context.Context, in Release) (int64, error) {
	var n Count
	err := c.post(ctx, "/deliveries/release", in, &n)
	return n.N, err
}
