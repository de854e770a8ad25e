package intake

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// desk knows the sources. It keeps what it read for deskKeep, so that a key
// that was revoked stops working within that time.
type desk struct {
	db   *store.DB
	log  *slog.Logger
	ask  singleflight.Group
	mu   sync.Mutex
	kept map[access.Digest]*post
}

const (
	deskKeep = 3 * time.Second
	maxKept  = 1000
)

// post is one source with its rules, ready to route.
type post struct {
	source store.Source
	router *Router
	owners []string // who is asked in turn when a rule names nobody who can own an incident
	able   map[string]bool
	backup incident.Person
	readAt time.Time
}

func newDesk(db *store.DB, log *slog.Logger) *desk {
	return &desk{db: db, log: log, kept: map[access.Digest]*post{}}
}

// find returns the source that a key belongs to. A key that is not at hand is
// looked up; guess is called when nobody has it.
func (d *desk) find(ctx context.Context, key access.Secret, guess func() error) (*post, error) {
	digest := key.Digest()
	d.mu.Lock()
	p := d.kept[digest]
	d.mu.Unlock()
	if p != nil {
		if age := d.db.Now().Sub(p.readAt); age >= 0 && age < deskKeep {
			return p, nil
		}
	}
	found, err, _ := d.ask.Do(digest.String(), func() (any, error) { return d.read(context.WithoutCancel(ctx), key) })
	if err != nil {
		d.mu.Lock()
		delete(d.kept, digest)
		d.mu.Unlock()
		if fault.Is(err, fault.Unknown) {
			if slow := guess(); slow != nil {
				return nil, slow
			}
		}
		return nil, err
	}
	p = found.(*post)
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.kept) >= maxKept {
		clear(d.kept)
	}
	d.kept[digest] = p
	return p, nil
}

// read looks a source up with everything that its rules may name.
func (d *desk) read(ctx context.Context, key access.Secret) (*post, error) {
	source, err := d.db.SourceByKey(ctx, key)
	if err != nil {
		return nil, err
	}
	p := &post{source: source, able: map[string]bool{}, readAt: d.db.Now()}
	members, err := d.db.Members(ctx)
	if err != nil {
		return nil, err
	}
	team, err := d.db.Team(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(members, func(a, b store.Member) int { return int(b.Role) - int(a.Role) })
	p.owners = append(p.owners, string(team.Backup))
	for _, m := range members {
		if m.Active() && m.Role >= access.Responder {
			p.able[m.ID] = true
			p.owners = append(p.owners, m.ID)
		}
	}
	if p.able[string(team.Backup)] {
		p.backup = team.Backup
	}
	known, err := KnownTo(ctx, d.db)
	if err != nil {
		return nil, err
	}
	p.router, err = d.router(source, known, p)
	return p, err
}

// router makes the source's rules ready. Rules that no longer hold, because a
// member or a service has gone, take nothing away from the team: everything
// opens an incident by the rules that a source begins with.
func (d *desk) router(source store.Source, known Known, p *post) (*Router, error) {
	var rules Rules
	err := json.Unmarshal(source.Rules, &rules)
	if err == nil {
		var r *Router
		if r, err = NewRouter(rules, known); err == nil {
			return r, nil
		}
	}
	owner, able := p.owner(rules.Fallback.Owner)
	if !able {
		return nil, fault.New(fault.Conflict, "Nobody on this server can own an incident. Add a member with the responder role.")
	}
	d.log.Warn("the rules of a source do not hold, so the first rules are used", "source", source.ID, "error", err)
	return NewRouter(Starter(owner), known)
}

// owner returns who owns what a rule opens: whom it names, or the first after
// that who can.
func (p *post) owner(named ...string) (string, bool) {
	for _, id := range slices.Concat(named, p.owners) {
		if p.able[id] {
			return id, true
		}
	}
	return "", false
}

// route returns what the store is to record: a signal that a rule ignores and
// one that says somebody has seen an alert are nothing to record.
func (p *post) route(signals []Signal, now time.Time) []store.AlertSignal {
	out := make([]store.AlertSignal, 0, len(signals))
	for _, s := range signals {
		if s.Status == Acknowledged {
			continue
		}
		d := p.router.Route(s)
		if d.Ignore {
			continue
		}
		out = append(out, store.AlertSignal{
			GroupKey: s.GroupKey, AlertKey: s.AlertKey, Firing: s.Status == Firing, GroupOver: s.GroupStatus == Resolved,
			Summary: strings.TrimSpace(s.Title + "\n" + s.Summary), Declare: p.declare(s, d, now),
		})
	}
	return out
}

// declare is what opens an incident for a signal.
func (p *post) declare(s Signal, d Decision, now time.Time) incident.Declare {
	owner, _ := p.owner(d.Owner, p.router.fallback.Owner)
	c := incident.Declare{
		By: incident.System, Title: s.Title, Kind: incident.Kind(d.Kind), Severity: incident.Severity(d.Severity),
		Services: d.Services, Audience: incident.Audience(d.Audience), Origin: "alert", Owner: incident.Person(owner),
	}
	if s.StartedAt.Before(now) { // a sender's clock may be ahead of ours
		c.StartedAt = s.StartedAt
	}
	if p.backup != c.Owner {
		c.Backup = p.backup
	}
	return c
}

// KnownTo lists what a rule may name on this server.
func KnownTo(ctx context.Context, db *store.DB) (Known, error) {
	known := Known{Severities: texts(incident.Severities), Kinds: texts(incident.Kinds), Audiences: texts(incident.Audiences)}
	services, err := db.Services(ctx, access.Program())
	if err != nil {
		return known, err
	}
	for _, s := range services {
		known.Services = append(known.Services, s.ID)
	}
	members, err := db.Members(ctx)
	for _, m := range members {
		if m.Active() && m.Role >= access.Responder {
			known.Members = append(known.Members, m.ID)
		}
	}
	return known, err
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// SourceKinds are the doors that a source can be for.
var SourceKinds = []string{"alertmanager", "pagerduty", "generic"}

// CheckRules returns the rules of a source as they are kept, or what is wrong
// with them. Without rules it returns the ones to begin with, which open
// incidents for the owner.
func CheckRules(ctx context.Context, db *store.DB, kind string, text json.RawMessage, owner string) (json.RawMessage, error) {
	if !slices.Contains(SourceKinds, kind) {
		return nil, fault.Bad("kind", "Choose "+among(SourceKinds))
	}
	rules := Starter(owner)
	if len(text) > 0 && string(text) != "null" {
		rules = Rules{}
		if err := json.Unmarshal(text, &rules); err != nil {
			return nil, &fault.Error{Kind: fault.Invalid, Err: err, Fields: []fault.Field{{Name: "rules", Say: "Send rules as an object with rules and fallback"}}}
		}
	}
	known, err := KnownTo(ctx, db)
	if err != nil {
		return nil, err
	}
	if _, err := NewRouter(rules, known); err != nil {
		return nil, err
	}
	return json.Marshal(rules)
}
