package incident_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"pgregory.net/rapid"
)

// laws are the promises that the domain itself makes. Each is checked after
// every step of random afternoons: several people, any command, a clock that
// jumps, and a watch that sleeps and wakes.
var laws = []struct {
	sentence string
	hold     func(*team) error
}{
	{"an open incident has exactly one owner, and ownership moves only by an offer that the receiver accepts", oneOwner},
	{"no update goes out before its owner accepted responsibility, unless a recorded reason says why", statementFirst},
	{"an update has its three parts, settles the outstanding promise and makes the next one in one change", threeParts},
	{"after its first update an open incident has a promise, a broken one still unanswered, or a reason why there is none", neverSilent},
	{"an outcome is what the recorded times say", outcomesComputed},
	{"a promise moves only by a word published before it falls due, and the move stays visible", movesInTime},
	{"a missed promise climbs each rung once, never before its time, and a rung passed over is on record", climbsOnce},
	{"once the watch has looked, no promise that fell due is passed over in silence, and nothing is left to do before the next look", watchSettles},
	{"published words never change, a person wrote them, and a correction points at an update that exists", wordsStand},
	{"a refused command changes nothing and says why, and no command changes what it was given", refusalsChangeNothing},
	{"the same input gives the same bytes, also from the state as it was stored", sameBytes},
	{"the timeline replays to the same state, byte for byte, also from its stored form", replays},
}

func TestTheLawsHoldOnRandomAfternoons(t *testing.T) {
	for _, law := range laws {
		t.Run(law.sentence, rapid.MakeCheck(func(t *rapid.T) {
			newTeam(t).run(t, func(m *team) error {
				if err := law.hold(m); err != nil {
					return fmt.Errorf("broken law: %s.\n%w", law.sentence, err)
				}
				return nil
			})
		}))
	}
}

func oneOwner(m *team) error {
	l := readTimeline(m.entries)
	if err := l.wrong[lawOwner]; err != nil {
		return err
	}
	in := m.in
	if in.Owner == "" || in.Owner == incident.System || in.Owner != l.owner {
		return fmt.Errorf("owner = %q, want %q as the timeline says", in.Owner, l.owner)
	}
	if in.Backup == in.Owner || in.Backup == incident.System {
		return fmt.Errorf("backup = %q beside owner %q, want a second person", in.Backup, in.Owner)
	}
	if got := m.step.before.Owner; m.step.before.Open() && got != in.Owner {
		answer, ok := m.step.cmd.(incident.AnswerHandover)
		offer := m.step.before.Offer
		if !ok || !answer.Accept || offer == nil || offer.To != answer.By || answer.By != in.Owner || offer.From != got {
			return fmt.Errorf("owner went from %q to %q by %T%+v with offer %+v", got, in.Owner, m.step.cmd, m.step.cmd, offer)
		}
	}
	if in.Next != nil && in.Next.Outcome == "" && in.Next.By != in.Owner {
		return fmt.Errorf("promise %d is answered for by %q, want the owner, %q", in.Next.N, in.Next.By, in.Owner)
	}
	return nil
}

func statementFirst(m *team) error {
	l := readTimeline(m.entries)
	if err := l.wrong[lawStatement]; err != nil {
		return err
	}
	if m.in.Overrides != l.overrides || (m.in.Ownership != nil) != l.accepted {
		return fmt.Errorf("overrides = %d, ownership = %+v, want %d and %t as the timeline says", m.in.Overrides, m.in.Ownership, l.overrides, l.accepted)
	}
	return nil
}

func threeParts(m *team) error {
	l := readTimeline(m.entries)
	if err := l.wrong[lawParts]; err != nil {
		return err
	}
	for _, e := range m.step.change.Entries {
		f, ok := e.Fact.(incident.Updated)
		if !ok {
			continue
		}
		wrote := func(n int) bool {
			return slices.ContainsFunc(m.step.change.Promises, func(p incident.Promise) bool { return p.N == n })
		}
		if f.Settled != nil && !wrote(f.Settled.N) || f.Next != nil && !wrote(f.Next.N) || f.Review != nil && !wrote(f.Review.N) {
			return fmt.Errorf("update %d settles %+v and promises %+v, %+v; its change writes rows %+v", f.N, f.Settled, f.Next, f.Review, m.step.change.Promises)
		}
	}
	return nil
}

func neverSilent(m *team) error {
	in := m.in
	if !in.Open() || in.Published == 0 {
		return nil
	}
	waiting := in.Next != nil && (in.Next.Outcome == "" || in.Next.Outcome == incident.Broken) && in.Next.SettledAt.IsZero()
	if waiting == (in.NoTime != "") {
		return fmt.Errorf("next = %+v and no time because %q, want one of the two", in.Next, in.NoTime)
	}
	if in.Latest.Plan == "" {
		return fmt.Errorf("the latest update has no plan: %+v", in.Latest)
	}
	return nil
}

func outcomesComputed(m *team) error {
	l := readTimeline(m.entries)
	if err := l.wrong[lawOutcome]; err != nil {
		return err
	}
	if got, want := m.in.Tally, l.tally(); got != want {
		return fmt.Errorf("tally = %+v, want %+v as the timeline says", got, want)
	}
	if len(m.rows) != len(l.promises) || m.in.Promises != len(l.promises) {
		return fmt.Errorf("%d rows and a count of %d, want %d promises", len(m.rows), m.in.Promises, len(l.promises))
	}
	for n, p := range l.promises {
		if got := m.rows[n]; got.Outcome != p.outcome || !got.SettledAt.Equal(p.settled) || got.MovedTo != p.movedTo || !got.DueAt.Equal(p.made.DueAt) {
			return fmt.Errorf("row of promise %d = %+v, want %s at %s, moved to %d", n, got, p.outcome, p.settled, p.movedTo)
		}
	}
	for _, p := range m.in.Promised() {
		if got := m.rows[p.N]; fmt.Sprint(got) != fmt.Sprint(*p) {
			return fmt.Errorf("row of promise %d = %+v, want what the state says: %+v", p.N, got, *p)
		}
	}
	return nil
}

func movesInTime(m *team) error {
	l := readTimeline(m.entries)
	if err := l.wrong[lawMove]; err != nil {
		return err
	}
	for n, row := range m.rows {
		if row.Outcome != incident.Moved {
			continue
		}
		next := l.promises[row.MovedTo]
		if next == nil || !next.made.MadeAt.Equal(row.SettledAt) || !row.MissedAt.IsZero() || !row.SettledAt.Before(minuteEnd(row.DueAt)) {
			return fmt.Errorf("promise %d = %+v was moved to %+v", n, row, next)
		}
	}
	return nil
}

func climbsOnce(m *team) error {
	l := readTimeline(m.entries)
	if err := l.wrong[lawLadder]; err != nil {
		return err
	}
	for _, p := range m.in.Promised() {
		if got, want := p.Step, l.promises[p.N].rung; got != want {
			return fmt.Errorf("promise %d stands at rung %d, want %d as the timeline says", p.N, got, want)
		}
	}
	if _, ok := m.step.cmd.(incident.WatchPromise); !ok || m.step.err != nil || m.step.change.Empty() {
		return nil
	}
	ch := m.step.change
	if len(ch.Entries) != 1 || len(ch.Notices) != 1 || len(ch.Promises) != 1 || ch.Entries[0].By != incident.System ||
		ch.Notices[0].Seq != ch.Entries[0].Seq || ch.Notices[0].Promise != ch.Promises[0].N || len(ch.Notices[0].To) == 0 {
		return fmt.Errorf("one look of the watch gave %+v, want one entry, one row and one notice about it", ch)
	}
	return nil
}

func watchSettles(m *team) error {
	in := m.in
	for _, n := range slices.Sorted(maps.Keys(m.rows)) {
		p := m.rows[n]
		if p.Outcome != "" {
			continue
		}
		if !slices.ContainsFunc(in.Promised(), func(q *incident.Promise) bool { return q.N == n }) {
			return fmt.Errorf("promise %d waits, and the watch cannot see it", n)
		}
		ch, err := incident.WatchPromise{N: p.N}.Decide(in, m.now)
		if err != nil {
			return err
		}
		due := !p.ActAt().After(incident.Instant(m.now))
		if due == ch.Empty() {
			return fmt.Errorf("promise %d acts at %s; a look now did %+v", p.N, p.ActAt(), ch.Entries)
		}
		if !ch.Empty() {
			in = ch.Incident
		}
	}
	for _, p := range in.Promised() {
		if !m.now.Before(minuteEnd(p.DueAt)) && p.MissedAt.IsZero() {
			return fmt.Errorf("promise %d was due at %s, and nobody was told: %+v", p.N, p.DueAt, *p)
		}
		if !p.ActAt().After(incident.Instant(m.now)) {
			return fmt.Errorf("promise %d still wants a look at %s", p.N, p.ActAt())
		}
		if ch, _ := (incident.WatchPromise{N: p.N}).Decide(in, m.now); !ch.Empty() {
			return fmt.Errorf("a second look at promise %d did %+v", p.N, ch.Entries)
		}
	}
	return nil
}

func wordsStand(m *team) error {
	l := readTimeline(m.entries)
	if err := l.wrong[lawWords]; err != nil {
		return err
	}
	for i, e := range m.entries {
		if got := entryBytes(e); !bytes.Equal(got, m.stored[i]) {
			return fmt.Errorf("entry %d was\n%s\nand is now\n%s", e.Seq, m.stored[i], got)
		}
		if e.Seq != int64(i+1) || e.Incident != m.in.ID {
			return fmt.Errorf("entry %d of incident %d stands in place %d", e.Seq, e.Incident, i+1)
		}
	}
	if m.in.Published != l.latest.N {
		return fmt.Errorf("published = %d, want %d", m.in.Published, l.latest.N)
	}
	if u := m.in.Latest; u != nil && !u.Corrected && (u.Now != l.latest.Now || u.Plan != l.latest.Plan || u.Seq != l.latestSeq) {
		return fmt.Errorf("latest = %+v, want the words of %+v", *u, l.latest)
	}
	return nil
}

func refusalsChangeNothing(m *team) error {
	s := m.step
	if !bytes.Equal(s.given, s.kept) {
		return fmt.Errorf("Decide changed its input from\n%s\nto\n%s", s.given, s.kept)
	}
	if s.err == nil {
		return nil
	}
	if !says(s.err) {
		return fmt.Errorf("the refusal %v has no words for a person", s.err)
	}
	if !s.change.Empty() || len(s.change.Promises) > 0 || len(s.change.Notices) > 0 {
		return fmt.Errorf("refused with %v, and yet %+v", s.err, s.change)
	}
	return nil
}

func sameBytes(m *team) error {
	if !bytes.Equal(m.step.once, m.step.again) {
		return fmt.Errorf("the first time\n%s\nthe second time\n%s", m.step.once, m.step.again)
	}
	return nil
}

func replays(m *team) error {
	loaded := make([]incident.Entry, len(m.entries))
	for i, e := range m.entries {
		data, err := incident.EncodeFact(e.Fact)
		if err != nil {
			return err
		}
		if e.Fact, err = incident.DecodeFact(e.Fact.FactKind(), data); err != nil {
			return err
		}
		e.At = time.UnixMicro(e.At.UnixMicro()).UTC() // as the store keeps instants
		loaded[i] = e
	}
	want := mustBytes(m.in)
	for _, timeline := range [][]incident.Entry{m.entries, loaded} {
		again, err := incident.Replay(timeline)
		if err != nil {
			return err
		}
		if got := mustBytes(again); !bytes.Equal(got, want) {
			return fmt.Errorf("replay gives\n%s\nwant\n%s", got, want)
		}
	}
	return nil
}

// The laws say nothing about what never happens: the afternoons must reach
// every kind of fact, every outcome, and refusals as well as grants.
func TestRandomAfternoonsReachEveryFactAndOutcome(t *testing.T) {
	reached := map[string]bool{}
	note := func(m *team) error {
		reached["refusal"] = reached["refusal"] || m.step.err != nil
		for _, e := range m.step.change.Entries {
			reached[e.Fact.FactKind()] = true
		}
		for _, p := range m.step.change.Promises {
			reached[string(p.Kind)+" "+string(p.Outcome)] = true
		}
		return nil
	}
	want := append(incident.FactKinds(), "refusal", "update ", "update kept", "update late", "update broken",
		"review ", "review kept", "review late", "review broken", "review moved")
	missing := func(what string) bool { return !reached[what] }
	for round := 0; round < 20 && slices.ContainsFunc(want, missing); round++ {
		rapid.Check(t, func(t *rapid.T) { newTeam(t).run(t, note) })
	}
	for _, what := range want {
		if missing(what) {
			t.Errorf("no afternoon reached %q, want all of %q", what, want)
		}
	}
}
