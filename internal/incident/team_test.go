package incident_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"pgregory.net/rapid"
)

// team is a handful of people at work on one incident, with a clock that
// jumps and a watch that wakes when it likes. It keeps what a store would
// keep, so that the laws can be checked against the record after every step.
type team struct {
	now     time.Time
	in      incident.Incident
	entries []incident.Entry
	stored  [][]byte                 // each entry as it was written when it was appended
	rows    map[int]incident.Promise // the promises' rows, as the changes wrote them
	step    step                     // the latest one
}

// step is one command and what came of it.
type step struct {
	cmd    incident.Command
	before incident.Incident
	given  []byte // the state's bytes before Decide
	kept   []byte // the same state's bytes after Decide
	change incident.Change
	err    error
	once   []byte // the change as bytes
	again  []byte // the change of the same command on the state as loaded from its stored form
}

var people = []incident.Person{"ana", "kim", "priya", "tomas"}

// do gives a command to the domain and writes what it answers.
func (m *team) do(cmd incident.Command) {
	s := step{cmd: cmd, before: m.in, given: mustBytes(m.in)}
	s.change, s.err = cmd.Decide(m.in, m.now)
	s.kept = mustBytes(m.in)
	s.once = answerBytes(s.change, s.err)
	s.again = answerBytes(cmd.Decide(reloaded(m.in), m.now))
	m.step = s
	if s.err != nil || s.change.Empty() {
		return
	}
	m.in = s.change.Incident
	for _, e := range s.change.Entries {
		m.entries = append(m.entries, e)
		m.stored = append(m.stored, entryBytes(e))
	}
	for _, p := range s.change.Promises {
		m.rows[p.N] = p
	}
}

// reloaded returns the state as a store that wrote it down would load it.
func reloaded(in incident.Incident) incident.Incident {
	var out incident.Incident
	if err := json.Unmarshal(mustBytes(in), &out); err != nil {
		panic(err)
	}
	out.Policies = in.Policies
	return out
}

func mustBytes(in incident.Incident) []byte {
	b, err := in.Bytes()
	if err != nil {
		panic(err)
	}
	return b
}

func entryBytes(e incident.Entry) []byte {
	fact, err := incident.EncodeFact(e.Fact)
	if err != nil {
		panic(err)
	}
	head := fmt.Sprintf("%d %d %s %s %s %s ", e.Incident, e.Seq, e.At.Format(time.RFC3339Nano), e.By, e.Audience, e.Fact.FactKind())
	return append([]byte(head), fact...)
}

// answerBytes writes down everything in an answer, so that two can be compared.
func answerBytes(ch incident.Change, err error) []byte {
	if err != nil {
		return []byte(err.Error())
	}
	var out []byte
	for _, e := range ch.Entries {
		out = append(append(out, entryBytes(e)...), '\n')
	}
	rest, jsonErr := json.Marshal([]any{ch.Promises, ch.Notices, ch.Incident})
	if jsonErr != nil {
		panic(jsonErr)
	}
	return append(out, rest...)
}

// newTeam declares an incident, after one command too early.
func newTeam(t *rapid.T) *team {
	m := &team{
		now:  time.Date(2026, 11, 22, 14, 20, 0, 0, time.UTC),
		in:   incident.Incident{ID: 17, Policies: policy(t)},
		rows: map[int]incident.Promise{},
	}
	m.do(m.command(t))
	if m.step.err == nil && !m.step.change.Empty() {
		t.Fatalf("Decide(%+v) worked on an incident that nobody declared", m.step.cmd)
	}
	m.do(incident.Declare{
		By:       rapid.SampledFrom(people).Draw(t, "declares"),
		Title:    "Card payments fail",
		Severity: rapid.SampledFrom(incident.Severities).Draw(t, "severity"),
		Audience: rapid.SampledFrom(incident.Audiences).Draw(t, "audience"),
		Services: services(t),
	})
	if m.step.err != nil {
		t.Fatalf("Decide(%+v) = %v", m.step.cmd, m.step.err)
	}
	return m
}

// run plays a random afternoon and checks one law after every step.
func (m *team) run(t *rapid.T, law func(*team) error) {
	check := func(t *rapid.T) {
		if err := law(m); err != nil {
			t.Fatalf("%v\nafter %T%+v\nat %s: %v", err, m.step.cmd, m.step.cmd, m.now.Format(time.RFC3339Nano), m.step.err)
		}
	}
	act := func(t *rapid.T) {
		m.tick(t)
		m.do(m.command(t))
	}
	watch := func(t *rapid.T) {
		m.tick(t)
		m.do(incident.WatchPromise{N: rapid.IntRange(-1, m.in.Promises+1).Draw(t, "n")})
	}
	due := func(t *rapid.T) { // the watch at its post
		m.tick(t)
		for _, p := range m.in.Promised() {
			m.do(incident.WatchPromise{N: p.N})
			check(t)
		}
	}
	t.Repeat(map[string]func(*rapid.T){
		"":       check,
		"act":    act,
		"act 2":  act,
		"act 3":  act,
		"watch":  watch,
		"due":    due,
		"policy": func(t *rapid.T) { m.in.Policies = policy(t) },
	})
}

// tick moves the clock: a little, a lot, slightly back, or to the very moment
// at which something falls due, give or take a microsecond.
func (m *team) tick(t *rapid.T) {
	draw := func(unit time.Duration, from, to int) {
		m.now = m.now.Add(unit * time.Duration(rapid.IntRange(from, to).Draw(t, "by")))
	}
	switch rapid.SampledFrom([]string{
		"stand", "seconds", "seconds", "seconds", "minutes", "minutes", "minutes", "minutes", "hours", "days", "back", "back", "due", "due",
	}).Draw(t, "clock") {
	case "seconds":
		draw(time.Second, 0, 90)
		draw(time.Nanosecond, 0, 1999)
	case "minutes":
		draw(time.Minute, 1, 20)
	case "hours":
		draw(time.Hour, 1, 30)
	case "days":
		draw(24*time.Hour, 1, 12)
	case "back":
		draw(-time.Microsecond, 1, 3)
		draw(-time.Second, 0, 90)
	case "due":
		m.toMoment(t)
	}
}

func (m *team) toMoment(t *rapid.T) {
	var moments []time.Time
	for _, p := range m.in.Promised() {
		minute := p.DueAt.Truncate(time.Minute).Add(time.Minute)
		moments = append(moments, p.DueAt, minute, p.DueAt.Add(p.BrokenAfter))
		for _, s := range p.Steps {
			moments = append(moments, p.DueAt.Add(s.After))
		}
	}
	if len(moments) == 0 {
		return
	}
	moment := rapid.SampledFrom(moments).Draw(t, "moment").Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "off")) * time.Microsecond)
	if moment.After(m.now.Add(-2 * time.Minute)) {
		m.now = moment
	}
}

// policies are what the team's rules may be at a moment: the defaults, and
// tighter and longer ladders that the checks allow.
var policies = []incident.Policies{incident.DefaultPolicies(), ladders(), nil}

func policy(t *rapid.T) incident.Policies {
	return policies[rapid.IntRange(0, len(policies)-1).Draw(t, "policy")]
}

func ladders() incident.Policies {
	all := incident.DefaultPolicies()
	for s, p := range all {
		p.First, p.BrokenAfter = 7*time.Minute, 9*time.Minute
		p.Steps = []incident.Step{
			{After: -6 * time.Minute, To: []incident.Role{incident.RoleOwner}},
			{After: -90 * time.Second, To: []incident.Role{incident.RoleOwner, incident.RoleBackup}},
			{After: 0, To: []incident.Role{incident.RoleOwner}},
			{After: 30 * time.Second, To: []incident.Role{incident.RoleBackup}},
			{After: 4 * time.Minute, To: []incident.Role{incident.RoleTeam}},
			{After: 8 * time.Minute, To: []incident.Role{incident.RoleLead}},
		}
		p.Review.Days, p.Review.BrokenAfter = 1, 2*time.Hour
		p.Review.Steps = p.Steps[1:4]
		if err := p.Check(); err != nil {
			panic(err)
		}
		all[s] = p
	}
	return all
}

// command draws a wish: mostly a sensible one, by anybody, at any time.
func (m *team) command(t *rapid.T) incident.Command {
	by := person(t, "by")
	if rapid.IntRange(0, 2).Draw(t, "the owner acts") > 0 && m.in.Owner != "" {
		by = m.in.Owner
	}
	draws := []func(*rapid.T, incident.Person) incident.Command{
		m.handOver, m.answer, m.review, m.details, m.help, m.help, m.help, m.reopen, m.resolve,
		m.postUpdate, m.postUpdate, m.postUpdate, m.postUpdate,
	}
	if !m.in.Open() {
		draws = append(draws[:8], m.reopen, m.reopen, m.review)
	}
	if m.in.Offer != nil {
		draws = append(draws, m.answer, m.answer)
	}
	return draws[rapid.IntRange(0, len(draws)-1).Draw(t, "command")](t, by)
}

func (m *team) postUpdate(t *rapid.T, by incident.Person) incident.Command {
	c := incident.PostUpdate{
		By: by, Now: words(t, "now"), Plan: words(t, "plan"), Seen: m.seen(t),
		Statement: maybe(t, "statement"), Override: maybe(t, "override"),
		Status:     rapid.SampledFrom([]incident.Status{"", "", "", "identified", "identified", "monitoring", "monitoring", "resolved"}).Draw(t, "status"),
		NothingNew: rapid.IntRange(0, 3).Draw(t, "nothing new") == 0,
	}
	c.NextAt, c.NoTime = m.next(t)
	return c
}

func (m *team) resolve(t *rapid.T, by incident.Person) incident.Command {
	c := incident.Resolve{
		By: by, Now: words(t, "now"), Works: m.in.Services, Seen: m.seen(t),
		Statement: maybe(t, "statement"), Override: maybe(t, "override"),
	}
	if rapid.Bool().Draw(t, "review by") {
		c.ReviewBy = m.soon(t)
		c.ReviewOwner = person(t, "review owner")
	}
	return c
}

func (m *team) reopen(t *rapid.T, by incident.Person) incident.Command {
	c := incident.Reopen{
		By: by, Now: words(t, "now"), Plan: words(t, "plan"), Services: services(t),
		Statement: maybe(t, "statement"), Override: maybe(t, "override"),
	}
	c.NextAt, c.NoTime = m.next(t)
	return c
}

func (m *team) handOver(t *rapid.T, by incident.Person) incident.Command {
	switch rapid.IntRange(0, 3).Draw(t, "hand-over") {
	case 0:
		return incident.TakeOwnership{By: by, Statement: maybe(t, "statement")}
	case 1:
		return incident.WithdrawHandover{By: by}
	default:
		return incident.OfferHandover{By: by, To: person(t, "to"), Note: maybe(t, "note")}
	}
}

func (m *team) answer(t *rapid.T, by incident.Person) incident.Command {
	if m.in.Offer != nil && rapid.Bool().Draw(t, "the receiver answers") {
		by = m.in.Offer.To
	}
	return incident.AnswerHandover{By: by, Accept: rapid.Bool().Draw(t, "accept"), Reason: maybe(t, "reason")}
}

func (m *team) review(t *rapid.T, by incident.Person) incident.Command {
	switch rapid.IntRange(0, 2).Draw(t, "review") {
	case 0:
		return incident.DeliverReview{By: by, Where: words(t, "where")}
	case 1:
		return incident.MoveReview{By: by, To: m.soon(t), Why: words(t, "why")}
	default:
		return incident.CorrectUpdate{
			By: by, N: rapid.IntRange(0, m.in.Published+1).Draw(t, "n"),
			Now: words(t, "now"), Plan: maybe(t, "plan"), Why: words(t, "why"),
		}
	}
}

func (m *team) details(t *rapid.T, by incident.Person) incident.Command {
	switch rapid.IntRange(0, 6).Draw(t, "detail") {
	case 0:
		return incident.ChangeSeverity{By: by, To: rapid.SampledFrom(incident.Severities).Draw(t, "severity"), Why: maybe(t, "why")}
	case 1:
		return incident.ChangeServices{By: by, Services: services(t)}
	case 2:
		return incident.ChangeAudience{By: by, To: rapid.SampledFrom(incident.Audiences).Draw(t, "audience")}
	case 3:
		return incident.NameBackup{By: by, Backup: person(t, "backup")}
	case 4:
		return incident.RecordAlert{Source: "am", Group: "g", Summary: words(t, "summary"), Firing: true}
	case 5:
		return incident.Declare{By: by} // a second time, or without a title
	default:
		return incident.AddNote{By: by, Text: words(t, "text")}
	}
}

func (m *team) help(t *rapid.T, by incident.Person) incident.Command {
	n := len(m.in.Help) + rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, -1, 1}).Draw(t, "n")
	draw := rapid.IntRange(0, 5).Draw(t, "help")
	if len(m.in.Help) == 0 && draw < 5 {
		draw = 0
	}
	switch draw {
	case 0:
		return incident.AskHelp{By: by, What: words(t, "what"), Expertise: maybe(t, "expertise"), From: person(t, "from")}
	case 1, 2, 3:
		return incident.AnswerHelp{By: by, N: n, Accept: rapid.IntRange(0, 3).Draw(t, "decline") > 0, Reason: maybe(t, "reason")}
	default:
		return incident.RecordHelp{By: by, N: n, Changed: words(t, "changed")}
	}
}

// next draws the third part of an update: mostly a time, or why there is none.
func (m *team) next(t *rapid.T) (time.Time, string) {
	switch rapid.IntRange(0, 15).Draw(t, "next") {
	case 0:
		return time.Time{}, "the provider names no time"
	case 1:
		return m.soon(t), " "
	case 2:
		return time.Time{}, ""
	default:
		return m.soon(t), ""
	}
}

// soon draws a time within half an hour, now and then one that has passed or
// is far away.
func (m *team) soon(t *rapid.T) time.Time {
	after := rapid.SampledFrom([]time.Duration{
		5 * time.Minute, 10 * time.Minute, 10 * time.Minute, 29 * time.Minute, 30 * time.Minute, time.Minute, 20 * time.Second,
		time.Microsecond, 0, -time.Minute, 26 * time.Hour,
	}).Draw(t, "after")
	return m.now.Add(after)
}

func (m *team) seen(t *rapid.T) int {
	return rapid.SampledFrom([]int{m.in.Published, m.in.Published, m.in.Published, -1, -1, 0}).Draw(t, "seen")
}

func person(t *rapid.T, part string) incident.Person {
	return rapid.SampledFrom(slices.Concat(people, people, people, []incident.Person{incident.System})).Draw(t, part)
}

func services(t *rapid.T) []string {
	return rapid.SampledFrom([][]string{nil, {"payments"}, {"web", "payments", "mail", "api"}, {}}).Draw(t, "services")
}

// words draws a text that is mostly there.
func words(t *rapid.T, field string) string {
	return rapid.SampledFrom([]string{
		"1 in 6 payments fails.", "We are moving the rest over.", "All payments\r\ngo through again.", "We ruled out the bank.",
		"We switch over by hand.", "The queue is at 1,200 and falls.", "A byte \xff that is not text.", "A zero \x00 byte.", "",
	}).Draw(t, field)
}

// maybe draws a text that is mostly missing.
func maybe(t *rapid.T, field string) string {
	return rapid.SampledFrom([]string{"", "", "We own this.", "We answer for it.", " \n"}).Draw(t, field)
}

// says reports whether an error can be shown: it is ours, and has words.
func says(err error) bool {
	e, ok := errors.AsType[*fault.Error](err)
	return ok && (e.Say != "" || len(e.Fields) > 0)
}
