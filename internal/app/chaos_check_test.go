package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
	"amends.dev/internal/tlog"
)

// checker holds a record against what clients were told and what arrived. One
// checker serves every scenario; what it finds are breaches of these laws:
//
//	written    what a client was told is done stands in the record, once; what it was refused does not
//	replayed   every timeline is dense and folds to the stored state, byte for byte
//	owned      ownership goes from offer to accept, and only to whom it was offered
//	rung       each rung of each promise is acted on once, not before its time, and none is passed over
//	logged     every published item is one leaf that opens to its words, and the log only grew
//	planned    every notice has its row for everybody whom it is for
//	delivered  every row ends, and what ended as sent has arrived
//	keyed      nothing arrives without its row, or twice with another key, or more often than it was tried
//	ordered    a reader never gets an older update after a newer one
type checker struct {
	*record
	until    time.Time         // up to when the promises were watched
	downtime time.Duration     // the longest time without a node, and a moment to catch up
	settled  time.Time         // deliveries written before it must have ended
	began    time.Time         // notices of entries before it are not asked for; zero: all are
	slow     map[string]string // mails that a mail server was made to hold, and which
	breaches map[string][]string
}

func newChecker(r *record, until, settled time.Time, downtime time.Duration) *checker {
	return &checker{record: r, until: until, settled: settled, downtime: downtime, breaches: map[string][]string{}}
}

func (c *checker) breach(law, format string, args ...any) {
	c.breaches[law] = append(c.breaches[law], fmt.Sprintf(format, args...))
}

// report fails the test for every law that was broken, with a few examples.
func (c *checker) report(t testing.TB) {
	t.Helper()
	for law, list := range c.breaches {
		t.Errorf("%s: %d breaches, such as\n  %s", law, len(list), strings.Join(list[:min(6, len(list))], "\n  "))
	}
}

// written holds the record against what the clients were told.
func (c *checker) written(acks []op) {
	found := map[string]int{}
	for _, entries := range c.entries {
		for _, e := range entries {
			for mark := range strings.FieldsSeq(tokens(words(e))) {
				found[mark]++
			}
		}
	}
	updated := map[[2]int64]bool{}
	for _, o := range acks {
		if o.Kind == "alerts" {
			continue // see alerted
		}
		if n := found[o.Token]; o.Token != "" && n != 1 && o.Refused == "" {
			c.breach("written", "%s %s was acknowledged and stands %d times in the record", o.Kind, o.Token, n)
		} else if o.Refused != "" && n > 0 {
			c.breach("written", "%s %s was refused (%s) and stands in the record", o.Kind, o.Token, o.Refused)
		}
		if o.Refused != "" {
			continue
		}
		e, ok := c.at(o.Result.Incident, o.Result.Seq)
		if !ok || !strings.Contains(words(e), o.Token) {
			c.breach("written", "%s %s was acknowledged as entry %d of incident %d, which says %q", o.Kind, o.Token, o.Result.Seq, o.Result.Incident, words(e))
		}
		where := [2]int64{o.Result.Incident, o.Result.Seq}
		if updated[where] {
			c.breach("written", "entry %d of incident %d was given to two requests", where[1], where[0])
		}
		updated[where] = true
		if first := c.answers[o.Key]; first != o.Result {
			c.breach("written", "%s was answered %+v, and would be answered %+v", o.Key, o.Result, first)
		}
		if post, ok := o.Command.(incident.PostUpdate); ok && post.Seen >= 0 {
			if u, ok := e.Fact.(incident.Updated); ok && u.N != post.Seen+1 {
				c.breach("written", "%s answered update %d and became update %d", o.Key, post.Seen, u.N)
			}
		}
	}
}

// alerted holds the groups of alerts against what the sources were told.
func (c *checker) alerted(acks []op) {
	said, heard := map[string]int64{}, map[string]int64{}
	for _, o := range acks {
		if o.Kind != "alerts" {
			continue
		}
		if firing, _ := o.Command.(bool); firing {
			said[o.Group]++
			heard[o.Group] += int64(o.Asked)
		}
		if len(o.Told) != 1 || o.Refused != "" {
			c.breach("written", "an alert of group %s was answered %+v %s", o.Group, o.Told, o.Refused)
			continue
		}
		if id := o.Told[0].Incident; id != 0 && c.groups[o.Group].incident != id {
			c.breach("written", "group %s was told incident %d and has %d", o.Group, id, c.groups[o.Group].incident)
		}
	}
	for name, g := range c.groups {
		if g.seen < said[name] || g.seen > heard[name] {
			c.breach("written", "group %s was acknowledged %d times, asked %d times, and counts %d", name, said[name], heard[name], g.seen)
		}
	}
	opened := map[string]int{}
	for _, entries := range c.entries {
		if title := entries[0].Fact.(incident.Declared).Title; strings.HasPrefix(title, "w-group-") {
			opened[title]++
		}
	}
	for title, n := range opened {
		if n != 1 {
			c.breach("written", "%d incidents are open for one group: %s", n, title)
		}
	}
}

func (c *checker) at(id, seq int64) (incident.Entry, bool) {
	entries := c.entries[id]
	if seq < 1 || seq > int64(len(entries)) {
		return incident.Entry{}, false
	}
	return entries[seq-1], true
}

// words returns what somebody wrote in an entry.
func words(e incident.Entry) string {
	switch f := e.Fact.(type) {
	case incident.Declared:
		return f.Title
	case incident.Updated:
		return f.Now
	case incident.Noted:
		return f.Text
	case incident.HandoverOffered:
		return f.Note
	}
	return ""
}

// replayed folds every timeline.
func (c *checker) replayed() {
	if len(c.states) != len(c.entries) {
		c.breach("replayed", "%d incidents have %d timelines", len(c.states), len(c.entries))
	}
	for id := range int64(len(c.states)) {
		state, ok := c.states[id+1]
		if !ok {
			c.breach("replayed", "there is no incident %d among %d", id+1, len(c.states))
			continue
		}
		in, err := incident.Replay(c.entries[id+1])
		if err != nil {
			c.breach("replayed", "%v", err)
			continue
		}
		if folded, err := in.Bytes(); err != nil || string(folded) != state {
			c.breach("replayed", "incident %d is stored as\n%s\nand replays to\n%s", id+1, state, folded)
		}
		if len(in.Promised()) > 1 && in.Open() {
			c.breach("replayed", "incident %d has %d promises waiting", id+1, len(in.Promised()))
		}
		for _, p := range in.Promised() {
			row := c.promises[promiseID{p.Incident, p.N}]
			if row.Step != p.Step || row.By != p.By || !row.DueAt.Equal(p.DueAt) || row.Outcome != "" {
				c.breach("replayed", "promise %d of incident %d is %+v in its row and %+v in the state", p.N, p.Incident, row, *p)
			}
		}
	}
}

// owned follows who owns each incident.
func (c *checker) owned() {
	for id, entries := range c.entries {
		var owner, offered incident.Person
		for _, e := range entries {
			switch f := e.Fact.(type) {
			case incident.Declared:
				owner = f.Owner
			case incident.HandoverOffered:
				if e.By != owner || offered != "" {
					c.breach("owned", "incident %d: entry %d offers what %s owns", id, e.Seq, owner)
				}
				offered = f.To
			case incident.HandoverAccepted:
				if e.By != offered || f.From != owner {
					c.breach("owned", "incident %d: entry %d accepts an offer to %q", id, e.Seq, offered)
				}
				owner, offered = e.By, ""
			}
		}
	}
}

// logged holds the published items against the log, and the log against what
// it was at earlier instants.
func (c *checker) logged(earlier map[int64]tlog.Hash) {
	items := map[[2]int64]bool{}
	var tree tlog.Tree
	for i, p := range c.published {
		e, known := c.at(p.incident, p.seq)
		leaf, err := tlog.ParseLeaf(p.bytes)
		if p.leaf != int64(i) || err != nil || !known || leaf.Seq != p.seq || leaf.At != e.At.UnixMicro() || leaf.Kind != e.Fact.FactKind() {
			c.breach("logged", "leaf %d does not fit entry %d of incident %d: %+v, %v", i, p.seq, p.incident, leaf, err)
			continue
		}
		if !leaf.Opens(tlog.Salt(p.salt), p.body) {
			c.breach("logged", "leaf %d does not open to its words", i)
		}
		if !strings.Contains(string(p.body), words(e)) {
			c.breach("logged", "leaf %d says %s, not %q", i, p.body, words(e))
		}
		items[[2]int64{p.incident, p.seq}] = true
		tree.Append(p.bytes)
	}
	for id, entries := range c.entries {
		for _, e := range entries {
			public := false
			switch e.Fact.(type) {
			case incident.Updated, incident.Owned, incident.Corrected:
				public = e.Audience != incident.Team
			}
			if public != items[[2]int64{id, e.Seq}] {
				c.breach("logged", "entry %d of incident %d is published: %v, and is in the log: %v", e.Seq, id, public, !public)
			}
		}
	}
	if c.head != tree.Size() {
		c.breach("logged", "the head says %d leaves, and there are %d", c.head, tree.Size())
		return
	}
	if root, err := c.root(c.head); err != nil || root != tree.Root() {
		c.breach("logged", "the stored hashes give another root than the leaves: %v", err)
	}
	for size, then := range earlier {
		if now, err := c.root(size); err != nil || now != then {
			c.breach("logged", "the first %d leaves had another root before: %v", size, err)
		}
	}
}

// planned sees to it that everybody has a row for what they must be told.
func (c *checker) planned() {
	rows := map[[2]int64][]store.Delivery{}
	for _, d := range c.deliveries {
		rows[[2]int64{d.Incident, d.Seq}] = append(rows[[2]int64{d.Incident, d.Seq}], d)
	}
	for id, entries := range c.entries {
		for _, e := range entries {
			if e.At.After(c.settled) || e.At.Before(c.began) {
				continue
			}
			got := rows[[2]int64{id, e.Seq}]
			switch f := e.Fact.(type) {
			case incident.Updated:
				if want := len(c.readers) + len(c.channels); len(got) != want {
					c.breach("planned", "update %d of incident %d is for %d, and has %d rows", f.N, id, want, len(got))
				}
			case incident.PromiseMissed:
				if want := len(f.To); len(got) < min(want, 1) {
					c.breach("planned", "entry %d of incident %d says that promise %d was missed, and has %d rows", e.Seq, id, f.N, len(got))
				}
			case incident.PromiseBroken, incident.PromiseReminded, incident.HandoverOffered, incident.HandoverAccepted, incident.Declared:
				if len(got) == 0 {
					c.breach("planned", "entry %d of incident %d (%s) has no row", e.Seq, id, e.Fact.FactKind())
				}
			}
		}
	}
}
