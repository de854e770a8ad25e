package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"sort"

	"amends.dev/internal/incident"
	"amends.dev/internal/tlog"
)

// Audit is what a reading of the whole record found: whether its parts, each
// of which says the same thing in another way, agree.
type Audit struct {
	Incidents   int64
	Entries     int64
	Promises    int64
	Leaves      int64     // of the log
	Root        tlog.Hash // of the log, from its leaves
	Differences []Difference
}

// Difference is one place where the record does not agree with itself.
type Difference struct {
	Incident int64  // 0: the log, or the record as a whole
	Say      string // what does not agree with what
}

// String names the incident and the difference.
func (d Difference) String() string {
	if d.Incident == 0 {
		return d.Say
	}
	return incident.Incident{ID: d.Incident}.Name() + ": " + d.Say
}

// auditor is a rowReader that compares. Of each incident it holds some sixty
// bytes, of each leaf of the log two hashes, and one timeline at a time.
type auditor struct {
	Audit
	progress func(incidents int64)

	name     string
	at       map[string]int // columns of the table under way
	imported map[int64]bool
	traces   []trace // by incident
	entries  []incident.Entry
	unread   bool // an entry of the timeline under way cannot be read
	tree     tlog.Tree
	counter  int64
	size     int64 // of the log, as its head says
	hashes   int64 // of the log, seen
}

// trace is what the timeline of an incident leads to, and what was found.
type trace struct {
	id                          int64
	row, promised, published    sum // as the timeline says
	gotPromised, gotPublished   sum // as the tables say
	hasRow, redacted, unchecked bool
}

// sum adds up digests in any order.
type sum [16]byte

func (s *sum) add(data []byte) {
	d := sha256.Sum256(data)
	for i := range s {
		s[i] ^= d[i]
	}
}

func newAuditor(progress func(int64)) *auditor {
	if progress == nil {
		progress = func(int64) {}
	}
	return &auditor{progress: progress, imported: map[int64]bool{}}
}

func (a *auditor) differ(id int64, format string, args ...any) {
	a.Differences = append(a.Differences, Difference{id, fmt.Sprintf(format, args...)})
}

func (a *auditor) table(name string, columns []string) error {
	a.endTable()
	a.name, a.at = name, map[string]int{}
	for i, c := range columns {
		a.at[c] = i
	}
	return nil
}

func (a *auditor) endTable() {
	switch a.name {
	case "entries":
		a.endTimeline()
	case "log_hashes":
		if want := tlog.StoredCount(a.tree.Size()); a.hashes != want {
			a.differ(0, "the log keeps %d hashes; its %d leaves make %d", a.hashes, a.tree.Size(), want)
		}
	}
}

func (a *auditor) row(values []any) error {
	r := auditRow{values, a.at}
	switch a.name {
	case "counters":
		if r.text("name") == "incident" {
			a.counter = r.int("value")
		}
	case "imports":
		a.imported[r.int("incident")] = true
	case "entries":
		a.entry(r)
	case "incidents":
		return a.incident(r)
	case "promises":
		return a.promise(r)
	case "published":
		a.item(r)
	case "log_hashes":
		a.hash(r)
	case "log_head":
		a.size = r.int("size")
	}
	return nil
}

// auditRow reads values by name; one that is not there, or is of another
// type, reads as zero and so differs.
type auditRow struct {
	values []any
	at     map[string]int
}

func (r auditRow) any(name string) any {
	if i, ok := r.at[name]; ok {
		return r.values[i]
	}
	return nil
}

func (r auditRow) int(name string) int64    { v, _ := r.any(name).(int64); return v }
func (r auditRow) text(name string) string  { v, _ := r.any(name).(string); return v }
func (r auditRow) bytes(name string) []byte { v, _ := r.any(name).([]byte); return v }
func (r auditRow) null(name string) bool    { return r.any(name) == nil }

// same puts the named values in their one form, to be compared.
func (r auditRow) same(names ...string) ([]byte, error) {
	picked := make([]any, len(names))
	for i, n := range names {
		picked[i] = r.any(n)
	}
	return appendRow(nil, picked)
}

// plain puts what would be written in the form in which it would be read.
func plain(row []any) ([]byte, error) {
	out := make([]any, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case int:
			out[i] = int64(v)
		case instant:
			kept, err := v.Value()
			if err != nil {
				return nil, err
			}
			out[i] = kept
		default:
			out[i] = v
		}
	}
	return appendRow(nil, out)
}

func (a *auditor) entry(r auditRow) {
	id := r.int("incident")
	if len(a.entries) > 0 && a.entries[0].Incident != id {
		a.endTimeline()
	}
	a.Entries++
	e := incident.Entry{Incident: id, Seq: r.int("seq"), By: incident.Person(r.text("person")), Audience: incident.Audience(r.text("audience"))}
	var at instant
	err := at.Scan(r.any("at"))
	e.At = at.Time
	if err == nil {
		e.Fact, err = incident.DecodeFact(r.text("kind"), []byte(r.text("fact")))
	}
	if err != nil {
		a.differ(id, "entry %d cannot be read: %v", e.Seq, err)
		a.unread = true
	}
	a.entries = append(a.entries, e)
}

// endTimeline works out what the timeline that was read leads to.
func (a *auditor) endTimeline() {
	if len(a.entries) == 0 {
		return
	}
	entries, unread := a.entries, a.unread
	a.entries, a.unread = a.entries[:0], false
	t := trace{id: entries[0].Incident, unchecked: true}
	defer func() { a.traces = append(a.traces, t) }()
	a.Incidents++
	a.progress(a.Incidents)
	if unread {
		return
	}
	if err := t.follow(entries, a.imported[t.id]); err != nil {
		a.differ(t.id, "its timeline cannot be followed: %v", err)
		return
	}
	t.unchecked = false
}

func (t *trace) follow(entries []incident.Entry, imported bool) error {
	in, err := incident.Replay(entries)
	if err != nil {
		return err
	}
	row, err := incidentRow(in, in.DeclaredAt)
	if err != nil {
		return err
	}
	flat, err := plain(slices.Delete(row, 10, 11)) // when the row was last written follows from nothing
	if err != nil {
		return err
	}
	t.row.add(flat)
	for _, p := range promisesOf(entries) {
		row, err := promiseRow(p)
		if err != nil {
			return err
		}
		if flat, err = plain(row); err != nil {
			return err
		}
		t.promised.add(flat)
	}
	for _, e := range entries {
		body, ok := publicBody(e)
		if !ok || imported {
			continue
		}
		text, err := body.Bytes()
		if err != nil {
			return err
		}
		t.published.add(itemBytes(e.Fact.FactKind(), e.Seq, e.At.UnixMicro(), string(e.Audience), text))
	}
	return nil
}

func itemBytes(kind string, seq, at int64, audience string, body []byte) []byte {
	return append(fmt.Appendf(nil, "%s %d %d %s ", kind, seq, at, audience), body...)
}

// trace finds the trace of an incident; one without a timeline is a difference.
func (a *auditor) trace(id int64, table string) *trace {
	i := sort.Search(len(a.traces), func(i int) bool { return a.traces[i].id >= id })
	if i == len(a.traces) || a.traces[i].id != id {
		a.differ(id, "the table of %s has a row, but there is no timeline", table)
		return nil
	}
	return &a.traces[i]
}

func (a *auditor) incident(r auditRow) error {
	t := a.trace(r.int("id"), "incidents")
	if t == nil {
		return nil
	}
	flat, err := r.same("id", "version", "title", "kind", "severity", "status", "audience", "owner", "published", "declared_at", "resolved_at", "state")
	if err != nil {
		return err
	}
	t.hasRow = true
	// A state that another version folded is never read: there is nothing to
	// compare with, and the timeline itself has been folded already.
	if in, err := readState(r.text("state")); err == nil && in.Fold != incident.Fold {
		return nil
	}
	var got sum
	if got.add(flat); got != t.row && !t.unchecked {
		a.differ(t.id, "its state is not what its timeline leads to")
	}
	return nil
}

func (a *auditor) promise(r auditRow) error {
	a.Promises++
	t := a.trace(r.int("incident"), "promises")
	if t == nil {
		return nil
	}
	flat, err := r.same("incident", "n", "kind", "person", "by_policy", "made_at", "due_at", "act_at", "outcome", "settled_at", "promise")
	if err != nil {
		return err
	}
	t.gotPromised.add(flat)
	return nil
}

// item checks a published item against its leaf and adds the leaf to the log.
func (a *auditor) item(r auditRow) {
	id, seq, raw := r.int("incident"), r.int("seq"), r.bytes("bytes")
	if at := r.int("leaf"); at != a.tree.Size() {
		a.differ(id, "leaf %d stands where leaf %d should", at, a.tree.Size())
	}
	a.tree.Append(raw)
	leaf, err := tlog.ParseLeaf(raw)
	name := incident.Incident{ID: id}.Name()
	if err != nil || leaf.Incident != name || leaf.Seq != seq || leaf.At != r.int("at") {
		a.differ(id, "the leaf of entry %d is not a leaf of this entry", seq)
		return
	}
	t := a.trace(id, "published items")
	if t == nil {
		return
	}
	if r.null("body") && r.null("salt") {
		t.redacted = true // the words are gone; the leaf still proves that there were some
		return
	}
	var salt tlog.Salt
	if len(r.bytes("salt")) != len(salt) || copy(salt[:], r.bytes("salt")) == 0 || !leaf.Opens(salt, r.bytes("body")) {
		a.differ(id, "the words of entry %d are not those that its leaf stands for", seq)
	}
	t.gotPublished.add(itemBytes(leaf.Kind, seq, r.int("at"), r.text("audience"), r.bytes("body")))
}

func (a *auditor) hash(r auditRow) {
	a.hashes++
	want, err := a.tree.ReadHashes([]int64{r.int("idx")})
	if err != nil || !bytes.Equal(want[0][:], r.bytes("hash")) {
		a.differ(0, "hash %d of the log is not the one that its leaves make", r.int("idx"))
	}
}

// finish compares what was added up and returns the audit.
func (a *auditor) finish() Audit {
	a.endTable()
	last := int64(0)
	for _, t := range a.traces {
		last = t.id
		if !t.hasRow {
			a.differ(t.id, "it has a timeline, but no row of its own")
		}
		if t.unchecked {
			continue
		}
		if t.promised != t.gotPromised {
			a.differ(t.id, "its promises in the ledger are not those of its timeline")
		}
		if t.published != t.gotPublished && !t.redacted {
			a.differ(t.id, "its published items are not those of its timeline")
		}
	}
	if a.counter != last {
		a.differ(0, "the counter of incidents stands at %d; the last one is %d", a.counter, last)
	}
	if a.Leaves = a.tree.Size(); a.Leaves != a.size {
		a.differ(0, "the head of the log counts %d leaves; there are %d", a.size, a.Leaves)
	}
	if a.Leaves > 0 {
		a.Root = a.tree.Root()
	}
	return a.Audit
}
