package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// changed is the answer to a command.
type changed struct {
	ETag     string `header:"ETag" doc:"The incident's version after the command"`
	Location string `header:"Location"`
	Again    string `header:"Idempotency-Replayed" doc:"true when the key was used before"`
	Body     client.Change
}

// on is a command for one incident.
type on[B any] struct {
	Numbered
	Body B
}

// onN is a command for one Numbered thing of an incident.
type onN[B any] struct {
	Numbered
	N    int `path:"n" minimum:"1"`
	Body B
}

// apply runs a command and answers with what it appended.
func (s *server) apply(ctx context.Context, c *call, id int64, cmd incident.Command) (*changed, error) {
	r, err := s.DB.Apply(ctx, store.Request{Incident: id, Command: cmd, Expect: c.expect, Key: c.key, Digest: c.digest})
	if err != nil {
		return nil, s.newer(ctx, c, id, onWire(err))
	}
	return s.change(ctx, r)
}

// newer names the version that stands in the way of one that was expected.
func (s *server) newer(ctx context.Context, c *call, id int64, err error) error {
	if c.expect == 0 || id == 0 || !fault.Is(err, fault.Conflict) {
		return err
	}
	in, readErr := s.DB.Incident(ctx, c.who, id)
	if readErr != nil || in.Version == c.expect {
		return err
	}
	p := newProblem(err)
	p.Version = in.Version
	return p
}

// wireNames maps inputs that the domain and the wire call differently.
var wireNames = map[string]string{"next_at": "next"}

// onWire returns err with its fields named as on the wire.
func onWire(err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	named := *e
	named.Fields = slices.Clone(e.Fields)
	for i, f := range named.Fields {
		if name, ok := wireNames[f.Name]; ok {
			named.Fields[i].Name = name
		}
	}
	return &named
}

// reading turns the texts of a command into what the domain works with, and
// collects what cannot be read.
type reading struct {
	s     *server
	ctx   context.Context
	c     *call
	now   time.Time
	loc   *time.Location
	v     fault.Checks
	who   []store.Member // read when first asked for
	fails error          // not the caller's fault
}

// read begins a reading. Clock times are meant in zone, else in the caller's,
// else in the team's.
func (s *server) read(ctx context.Context, c *call, zone string) *reading {
	r := &reading{s: s, ctx: ctx, c: c, now: s.DB.Now(), loc: time.UTC}
	if zone != "" {
		loc, err := time.LoadLocation(zone)
		if err != nil || zone == "Local" {
			r.v.Add("zone", "Enter a time zone like Europe/Berlin or UTC")
			return r
		}
		r.loc = loc
		return r
	}
	for _, m := range r.members() {
		if m.ID == c.person() && m.Zone != "" {
			zone = m.Zone
		}
	}
	if zone == "" {
		team, err := s.DB.Team(ctx)
		r.fail(err)
		zone = team.Zone
	}
	if loc, err := time.LoadLocation(zone); err == nil {
		r.loc = loc
	}
	return r
}

func (r *reading) fail(err error) {
	if r.fails == nil {
		r.fails = err
	}
}

// refusal returns every input at fault: those that could not be read and,
// beside them, those that the domain would refuse.
func (r *reading) refusal(id int64, cmd incident.Command) error {
	if r.fails != nil {
		return r.fails
	}
	unread, ok := errors.AsType[*fault.Error](r.v.Err())
	if !ok {
		return nil
	}
	state := incident.Incident{}
	if id != 0 {
		var err error
		if state, err = r.s.DB.Incident(r.ctx, r.c.who, id); err != nil {
			return err
		}
	}
	_, err := cmd.Decide(state, r.now)
	refused, ok := errors.AsType[*fault.Error](onWire(err))
	if !ok {
		return unread
	}
	for _, f := range refused.Fields {
		if !slices.ContainsFunc(unread.Fields, func(u fault.Field) bool { return u.Name == f.Name }) {
			unread.Fields = append(unread.Fields, f)
		}
	}
	return unread
}

func (r *reading) members() []store.Member {
	if r.who == nil {
		var err error
		r.who, err = r.s.DB.Members(r.ctx)
		r.fail(err)
	}
	return r.who
}

// when reads a time that is to come; zero for an empty text.
func (r *reading) when(field, text string) time.Time {
	return r.instant(field, text, incident.ParseWhen)
}

// past reads a time that has been.
func (r *reading) past(field, text string) time.Time {
	return r.instant(field, text, incident.ParsePast)
}

func (r *reading) instant(field, text string, parse func(string, time.Time, *time.Location) (time.Time, error)) time.Time {
	if strings.TrimSpace(text) == "" {
		return time.Time{}
	}
	at, err := parse(text, r.now, r.loc)
	if err != nil {
		_, say, _ := fault.Public(err)
		r.v.Add(field, say)
	}
	return at
}

// person finds who is named by an id, an address or "me": somebody who can
// act on incidents.
func (r *reading) person(field, text string) incident.Person {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	text = r.c.me(text)
	for _, m := range r.members() {
		if (m.ID == text || strings.EqualFold(m.Email, text)) && r.able(m.ID) {
			return incident.Person(m.ID)
		}
	}
	r.v.Add(field, "Name a member who can act on incidents, by id or e-mail address")
	return ""
}

// able reports whether a member can sign in and act on incidents.
func (r *reading) able(id string) bool {
	return slices.ContainsFunc(r.members(), func(m store.Member) bool { return m.ID == id && m.Active() && m.Role >= access.Responder })
}

// services checks that ids name services in use, or ones in already.
func (r *reading) services(field string, ids, already []string) []string {
	if len(ids) == 0 {
		return ids
	}
	all, err := r.s.DB.Services(r.ctx, r.c.who)
	r.fail(err)
	for _, id := range ids {
		known := slices.ContainsFunc(all, func(v store.Service) bool { return v.ID == id && v.ArchivedAt.IsZero() })
		if !known && !slices.Contains(already, id) {
			r.v.Addf(field, "There is no service %q. See the list of services", shorten(id))
		}
	}
	return ids
}

func shorten(text string) string {
	text = strings.ToValidUTF8(text, "")
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

func seen(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

func (c *call) by() incident.Person { return incident.Person(c.person()) }

// mayOverride checks that words without an ownership statement are let out by
// somebody who may do that.
func (c *call) mayOverride(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return nil
	}
	return access.Check(c.who, access.OverrideOwnership)
}

func (s *server) declare(ctx context.Context, c *call, in *body[client.Declare]) (*changed, error) {
	r, b := s.read(ctx, c, in.Body.Zone), in.Body
	team, err := s.DB.Team(ctx)
	r.fail(err)
	cmd := incident.Declare{
		By: c.by(), Title: b.Title, Kind: incident.Kind(b.Kind), Severity: incident.Severity(b.Severity),
		Services: r.services("services", b.Services, nil), Audience: incident.Audience(b.Audience), Origin: incident.Origin(b.Origin),
		StartedAt: r.past("started_at", b.StartedAt), DetectedAt: r.past("detected_at", b.DetectedAt),
		Owner: r.person("owner", b.Owner), Backup: r.person("backup", b.Backup),
	}
	if cmd.Audience == "" {
		cmd.Audience = team.Audience
	}
	owner := cmd.Owner
	if owner == "" {
		owner = cmd.By
	}
	if cmd.Backup == "" && team.Backup != owner && r.able(string(team.Backup)) {
		cmd.Backup = team.Backup
	}
	if err := r.refusal(0, cmd); err != nil {
		return nil, err
	}
	out, err := s.apply(ctx, c, 0, cmd)
	if err == nil {
		out.Location = incidentPath(out.Body.Incident)
	}
	return out, err
}

func (s *server) postUpdate(ctx context.Context, c *call, in *on[client.Post]) (*changed, error) {
	r, b := s.read(ctx, c, in.Body.Zone), in.Body
	cmd := incident.PostUpdate{
		By: c.by(), Now: b.Now, Plan: b.Plan, NextAt: r.when("next", b.Next), NoTime: b.NoTime, Status: incident.Status(b.Status),
		NothingNew: b.NothingNew, Statement: b.Statement, Override: b.Override, Seen: seen(b.Seen),
	}
	if err := errors.Join(c.mayOverride(b.Override), r.refusal(in.ID, cmd)); err != nil {
		return nil, err
	}
	return s.apply(ctx, c, in.ID, cmd)
}

func (s *server) correctUpdate(ctx context.Context, c *call, in *onN[client.Correct]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.CorrectUpdate{By: c.by(), N: in.N, Now: in.Body.Now, Plan: in.Body.Plan, Why: in.Body.Why})
}

func (s *server) addNote(ctx context.Context, c *call, in *on[client.Note]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.AddNote{By: c.by(), Text: in.Body.Text})
}

func (s *server) takeOwnership(ctx context.Context, c *call, in *on[client.Own]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.TakeOwnership{By: c.by(), Statement: in.Body.Statement})
}

func (s *server) offerHandover(ctx context.Context, c *call, in *on[client.Handover]) (*changed, error) {
	r := s.read(ctx, c, "UTC")
	cmd := incident.OfferHandover{By: c.by(), To: r.person("to", in.Body.To), Note: in.Body.Note}
	if err := r.refusal(in.ID, cmd); err != nil {
		return nil, err
	}
	return s.apply(ctx, c, in.ID, cmd)
}

func (s *server) answerHandover(ctx context.Context, c *call, in *on[client.Answer]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.AnswerHandover{By: c.by(), Accept: in.Body.Accept, Reason: in.Body.Reason})
}

func (s *server) withdrawHandover(ctx context.Context, c *call, in *Numbered) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.WithdrawHandover{By: c.by()})
}

func (s *server) askHelp(ctx context.Context, c *call, in *on[client.Ask]) (*changed, error) {
	r := s.read(ctx, c, "UTC")
	cmd := incident.AskHelp{By: c.by(), What: in.Body.What, Expertise: in.Body.Expertise, From: r.person("from", in.Body.From)}
	if err := r.refusal(in.ID, cmd); err != nil {
		return nil, err
	}
	return s.apply(ctx, c, in.ID, cmd)
}

func (s *server) answerHelp(ctx context.Context, c *call, in *onN[client.Answer]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.AnswerHelp{By: c.by(), N: in.N, Accept: in.Body.Accept, Reason: in.Body.Reason})
}

func (s *server) recordHelp(ctx context.Context, c *call, in *onN[client.Helped]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.RecordHelp{By: c.by(), N: in.N, Changed: in.Body.Changed})
}

func (s *server) changeSeverity(ctx context.Context, c *call, in *on[client.SeverityChange]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.ChangeSeverity{By: c.by(), To: incident.Severity(in.Body.Severity), Why: in.Body.Why})
}

func (s *server) changeServices(ctx context.Context, c *call, in *on[client.ServicesChange]) (*changed, error) {
	r := s.read(ctx, c, "UTC")
	state, err := s.DB.Incident(ctx, c.who, in.ID)
	if err != nil {
		return nil, err
	}
	cmd := incident.ChangeServices{By: c.by(), Services: r.services("services", in.Body.Services, state.Services)}
	if err := r.refusal(in.ID, cmd); err != nil {
		return nil, err
	}
	return s.apply(ctx, c, in.ID, cmd)
}

func (s *server) changeAudience(ctx context.Context, c *call, in *on[client.AudienceChange]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.ChangeAudience{By: c.by(), To: incident.Audience(in.Body.Audience)})
}

func (s *server) nameBackup(ctx context.Context, c *call, in *on[client.BackupChange]) (*changed, error) {
	r := s.read(ctx, c, "UTC")
	cmd := incident.NameBackup{By: c.by(), Backup: r.person("backup", in.Body.Backup)}
	if err := r.refusal(in.ID, cmd); err != nil {
		return nil, err
	}
	return s.apply(ctx, c, in.ID, cmd)
}

func (s *server) resolve(ctx context.Context, c *call, in *on[client.Resolve]) (*changed, error) {
	r, b := s.read(ctx, c, in.Body.Zone), in.Body
	if b.Works == nil { // all that was affected works again
		state, err := s.DB.Incident(ctx, c.who, in.ID)
		if err != nil {
			return nil, err
		}
		b.Works = state.Services
	}
	cmd := incident.Resolve{
		By: c.by(), Now: b.Now, Works: b.Works, ReviewBy: r.when("review_by", b.ReviewBy), ReviewOwner: r.person("review_owner", b.ReviewOwner),
		Statement: b.Statement, Override: b.Override, Seen: seen(b.Seen),
	}
	if err := errors.Join(c.mayOverride(b.Override), r.refusal(in.ID, cmd)); err != nil {
		return nil, err
	}
	return s.apply(ctx, c, in.ID, cmd)
}

func (s *server) reopen(ctx context.Context, c *call, in *on[client.Reopen]) (*changed, error) {
	r, b := s.read(ctx, c, in.Body.Zone), in.Body
	state, err := s.DB.Incident(ctx, c.who, in.ID)
	if err != nil {
		return nil, err
	}
	cmd := incident.Reopen{
		By: c.by(), Now: b.Now, Plan: b.Plan, NextAt: r.when("next", b.Next), NoTime: b.NoTime,
		Services: r.services("services", b.Services, state.Services), Statement: b.Statement, Override: b.Override,
	}
	if err := errors.Join(c.mayOverride(b.Override), r.refusal(in.ID, cmd)); err != nil {
		return nil, err
	}
	return s.apply(ctx, c, in.ID, cmd)
}

func (s *server) moveReview(ctx context.Context, c *call, in *on[client.ReviewMove]) (*changed, error) {
	r := s.read(ctx, c, in.Body.Zone)
	cmd := incident.MoveReview{By: c.by(), To: r.when("review_by", in.Body.ReviewBy), Why: in.Body.Why}
	if err := r.refusal(in.ID, cmd); err != nil {
		return nil, err
	}
	return s.apply(ctx, c, in.ID, cmd)
}

func (s *server) deliverReview(ctx context.Context, c *call, in *on[client.ReviewDelivery]) (*changed, error) {
	return s.apply(ctx, c, in.ID, incident.DeliverReview{By: c.by(), Where: in.Body.Where})
}
