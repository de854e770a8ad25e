package store

import (
	"context"
	"encoding/json"
	"fmt"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// Request is a command for an incident.
type Request struct {
	// Incident is its number; 0 declares a new one.
	Incident int64
	// Command decides.
	Command incident.Command
	// Expect is the version that the caller has read; 0 when it does not say.
	// Another version is a conflict that names the newer one.
	Expect int64
	// Key makes the request safe to repeat: the same key gets the first
	// result again. Scope it to who asks. Empty when the caller does not care.
	Key string
	// Digest stands for what was asked: a key that comes back with another
	// digest is refused.
	Digest string
}

// Result is what a request led to. The same key gives the same result.
type Result struct {
	Incident int64 `json:"incident"`
	Version  int64 `json:"version"`         // after the change
	First    int64 `json:"first,omitempty"` // the first entry written; 0 when there was nothing to do
	Seq      int64 `json:"seq,omitempty"`   // the last entry written; 0 when there was nothing to do
	Again    bool  `json:"-"`               // the request had been done before
}

// Apply decides a command on the incident as it stands and writes the change:
// rows, timeline, log leaf and jobs, all or none. It returns after the commit.
func (db *DB) Apply(ctx context.Context, r Request) (Result, error) {
	var out Result
	err := db.commit(ctx, []int64{r.Incident}, func(t *tx) (err error) {
		out, err = t.apply(r)
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return out, nil
}

func (t *tx) apply(r Request) (Result, error) {
	if r.Key != "" {
		if out, done, err := t.firstAnswer(r.Key, r.Digest); done || err != nil {
			return out, err
		}
	}
	in, err := t.incident(r.Incident)
	if err != nil {
		return Result{}, err
	}
	if r.Expect != 0 && in.Version != r.Expect && in.Version != 0 {
		return Result{}, fault.Newf(fault.Conflict, "%s is at version %d now; you have read version %d. Read it again, then decide", in.Name(), in.Version, r.Expect)
	}
	change, err := r.Command.Decide(in, t.now)
	if err != nil {
		return Result{}, err
	}
	out := Result{Incident: change.Incident.ID, Version: change.Incident.Version}
	if n := len(change.Entries); n > 0 {
		out.First, out.Seq = change.Entries[0].Seq, change.Entries[n-1].Seq
	}
	if err := t.save(change); err != nil {
		return Result{}, err
	}
	if r.Key != "" {
		t.answers[r.Key] = answer{r.Digest, out}
	}
	return out, nil
}

// save stages a change. It is written by flush, or not at all.
func (t *tx) save(c incident.Change) error {
	if c.Empty() {
		return nil
	}
	in := c.Incident
	t.changed[in.ID] = true
	if in.ID > t.number && c.Entries[0].Seq == 1 {
		t.number, t.numbered = in.ID, true
	}
	t.incidents[in.ID] = &in
	t.entries = append(t.entries, c.Entries...)
	t.promises = append(t.promises, c.Promises...)
	t.publish(c.Entries)
	for _, n := range c.Notices {
		args, err := json.Marshal(NoticeJob{Incident: in.ID, Notice: n})
		if err != nil {
			return fmt.Errorf("encode notice: %w", err)
		}
		t.jobs = append(t.jobs, Job{Kind: JobNotice, Args: args})
	}
	return nil
}

// JobNotice is the kind of job that finds out who must be told, and how.
const JobNotice = "notice"

// NoticeJob is what a notice job carries.
type NoticeJob struct {
	Incident int64           `json:"incident"`
	Notice   incident.Notice `json:"notice"`
}
