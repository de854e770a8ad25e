package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"amends.dev/internal/incident"
)

// play starts every client of a run: three people who own incidents, two who
// speak about the same one at the same time, and two sources of alerts. Their
// names begin with where they write.
func (w *work) play(ctx context.Context, where string, seed uint64, more <-chan struct{}) {
	for i, name := range []string{"ann", "bo", "cai"} {
		o := &owner{me: w.people[name], other: w.people[[]string{"bo", "cai", "ann"}[i]]}
		w.begin(ctx, where+name, seed+uint64(i), more, o.play)
	}
	shared := &shared{by: w.people["ann"]}
	w.begin(ctx, where+"one", seed+10, more, shared.play)
	w.begin(ctx, where+"two", seed+11, more, shared.play)
	for i := range 2 {
		w.begin(ctx, fmt.Sprintf("%ssrc%d", where, i), seed+20+uint64(i), more, (*client).playAlerts)
	}
}

// owner declares incidents, speaks, hands over and ends them.
type owner struct {
	me, other incident.Person
	open      []*owned
}

type owned struct {
	id    int64
	owner incident.Person
	other incident.Person
	said  bool
}

const opensMost = 6

func (o *owner) play(c *client) {
	if len(o.open) < opensMost && (len(o.open) == 0 || c.rand.IntN(12) == 0) {
		token := c.token()
		done := c.do("declare", 0, token, incident.Declare{By: o.me, Title: token + " fails", Severity: "SEV1", Backup: o.other})
		if done.Result.Incident != 0 {
			o.open = append(o.open, &owned{id: done.Result.Incident, owner: o.me, other: o.other})
		}
		return
	}
	i := c.rand.IntN(len(o.open))
	in := o.open[i]
	token := c.token()
	switch n := c.rand.IntN(20); {
	case n < 7:
		c.do("post-update", in.id, token, in.update(token, next(c.rand)))
	case n < 14:
		c.do("add-note", in.id, token, incident.AddNote{By: o.other, Text: token + " was ruled out"})
	case n < 18:
		c.do("offer-handover", in.id, token, incident.OfferHandover{By: in.owner, To: in.other, Note: token})
		c.do("answer-handover", in.id, "", incident.AnswerHandover{By: in.other, Accept: true})
		in.owner, in.other, in.said = in.other, in.owner, false
	default:
		end := incident.Resolve{By: in.owner, Now: token + " works", Seen: -1}
		if !in.said {
			end.Statement = "We own this."
		}
		c.do("resolve", in.id, token, end)
		o.open = append(o.open[:i], o.open[i+1:]...)
	}
}

func (in *owned) update(token string, at time.Time) incident.PostUpdate {
	post := incident.PostUpdate{By: in.owner, Now: token + " fails", Plan: "Look on.", NextAt: at, Seen: -1}
	if !in.said {
		post.Statement, in.said = "We own this.", true
	}
	return post
}

// next returns a promised time between a moment and a minute ahead. Half of
// them stand at the end of their minute, so that the rungs after the promise
// are spread over the run instead of meeting at the full minute.
func next(r *rand.Rand) time.Time {
	at := time.Now().Add(time.Duration(1+r.IntN(60)) * time.Second)
	if r.IntN(2) == 0 {
		return at.Truncate(time.Minute).Add(time.Minute + 58*time.Second)
	}
	return at
}

// shared is an incident that two people write about without asking each
// other: of two updates that answer the same one, one is refused.
type shared struct {
	by incident.Person
	mu sync.Mutex
	id int64
}

func (s *shared) incident(c *client) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.id == 0 {
		token := c.token()
		s.id = c.do("declare", 0, token, incident.Declare{By: s.by, Title: token + " is shared", Severity: "SEV1"}).Result.Incident
	}
	return s.id
}

func (s *shared) play(c *client) {
	id := s.incident(c)
	if id == 0 {
		return // the run ends
	}
	token := c.token()
	post := incident.PostUpdate{By: s.by, Now: token + " fails", Plan: "Look on.", NextAt: next(c.rand), Seen: c.seen}
	if c.seen == 0 {
		post.Statement = "We own this."
	}
	o := c.do("post-update", id, token, post)
	switch {
	case o.Refused == "":
		c.seen++
	case strings.Contains(o.Refused, "was posted while you were writing"):
		c.seen++ // they read it, and write again
		return
	}
	for range 6 { // people read what the other one wrote
		c.think()
	}
}

// groups is how many groups of alerts fire over and over.
const groups = 12

func (c *client) playAlerts() {
	group := c.rand.IntN(groups)
	c.alert(fmt.Sprintf("g%d", group), c.name, c.rand.IntN(3) > 0, incident.Declare{
		By: incident.System, Title: fmt.Sprintf("w-group-%d- fires", group), Severity: "SEV2",
		Owner: c.people["ann"], Backup: c.people["bo"],
	})
	c.think()
}
