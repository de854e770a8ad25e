package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// demoClock is the clock of a demo: it plays six months while the record is
// filled, and then tells the time like any other.
type demoClock struct{ us atomic.Int64 }

func (c *demoClock) now() time.Time {
	if us := c.us.Load(); us != 0 {
		return time.UnixMicro(us).UTC()
	}
	return time.Now()
}

func (c *demoClock) set(t time.Time) { c.us.Store(t.UnixMicro()) }
func (c *demoClock) live()           { c.us.Store(0) }

// demoCast plays the demo's past: it applies commands at their time and lets
// the promise watch act in between, as it would have.
type demoCast struct {
	ctx   context.Context
	db    *store.DB
	clock *demoClock
	rand  *rand.Rand
	ids   map[string]incident.Person // by the story's names
	err   error
}

// playDemo fills an empty record with the story, as of now.
func playDemo(ctx context.Context, db *store.DB, clock *demoClock, ids map[string]incident.Person, now time.Time) error {
	c := &demoCast{ctx: ctx, db: db, clock: clock, rand: rand.New(rand.NewPCG(17, 4)), ids: ids}
	now = now.Truncate(time.Minute)
	for i, at := 0, now.Add(-demoStart); at.Before(now.Add(-36 * time.Hour)); i++ {
		progress := 1 - float64(now.Sub(at))/float64(demoStart)
		c.past(demoPlots[i%len(demoPlots)], at, progress)
		at = at.Add(time.Duration(3+c.rand.IntN(6))*24*time.Hour + time.Duration(c.rand.IntN(600))*time.Minute)
	}
	c.past(demoPlots[5], now.Add(-26*time.Hour), 1)
	watched := c.declare(demoWatched, now.Add(-3*time.Hour))
	c.update(watched, demoWatched, 0, now.Add(-170*time.Minute), 45*time.Minute)
	c.update(watched, demoWatched, 1, now.Add(-130*time.Minute), 3*time.Hour)
	open := c.declare(demoOpen, now.Add(-40*time.Minute))
	c.note(open, demoOpen, now.Add(-36*time.Minute))
	c.update(open, demoOpen, 0, now.Add(-32*time.Minute), 20*time.Minute)
	c.update(open, demoOpen, 1, now.Add(-14*time.Minute), 17*time.Minute) // due in three minutes
	c.at(now)
	return c.err
}

// past plays a whole incident. The team gets better at keeping its word.
func (c *demoCast) past(p demoPlot, at time.Time, progress float64) {
	id := c.declare(p, at)
	policy := incident.DefaultPolicies().For(p.severity)
	at = at.Add(c.within(policy.First, progress))
	for i := range p.updates {
		every := policy.Every
		c.update(id, p, i, at, every)
		if i == 0 && p.note != "" {
			c.note(id, p, at.Add(4*time.Minute))
		}
		at = at.Add(c.within(every, progress))
	}
	c.do(at, id, incident.Resolve{By: c.ids[p.owner], Now: p.end, Works: p.services, Seen: -1})
	if c.rand.Float64() < 0.6+0.4*progress {
		days := time.Duration(2+c.rand.IntN(3)) * 24 * time.Hour
		if due := at.Add(days); due.Before(time.Now().Add(-20 * time.Hour)) {
			c.do(due, id, incident.DeliverReview{By: c.ids[p.owner], Where: "https://wiki.halden.example/reviews/" + fmt.Sprint(id)})
		}
	}
}

// within returns how long the team took for something due after d: usually a
// little less, sometimes too long, rarely far too long.
func (c *demoCast) within(d time.Duration, progress float64) time.Duration {
	luck := c.rand.Float64()
	early := time.Duration(1+c.rand.IntN(max(1, int(d/time.Minute)/3))) * time.Minute
	switch {
	case luck < 0.74+0.22*progress:
		return d - early
	case luck < 0.95+0.04*progress:
		return d + time.Duration(3+c.rand.IntN(9))*time.Minute
	default:
		return 3*d + 10*time.Minute
	}
}

func (c *demoCast) declare(p demoPlot, at time.Time) int64 {
	by := c.ids[p.owner]
	backup := c.ids["ana"]
	if by == backup {
		backup = c.ids["jun"]
	}
	return c.do(at, 0, incident.Declare{
		By: by, Title: p.title, Kind: p.kind, Severity: p.severity, Services: p.services, Audience: p.audience,
		Origin: p.origin, StartedAt: at.Add(-7 * time.Minute), DetectedAt: at.Add(-2 * time.Minute), Backup: backup,
	})
}

func (c *demoCast) update(id int64, p demoPlot, i int, at time.Time, next time.Duration) {
	w := p.updates[i]
	post := incident.PostUpdate{By: c.ids[p.owner], Now: w.now, Plan: w.plan, Status: w.status, NextAt: at.Add(next), Seen: -1}
	if i == 0 {
		post.Statement = incident.StatementFor(incident.Incident{Title: p.title}, demoTeam)
	}
	c.do(at, id, post)
}

func (c *demoCast) note(id int64, p demoPlot, at time.Time) {
	c.do(at, id, incident.AddNote{By: c.ids["jun"], Text: p.note})
}

// do applies a command at its time. After the first error it does nothing.
func (c *demoCast) do(at time.Time, id int64, cmd incident.Command) int64 {
	c.at(at)
	if c.err != nil {
		return id
	}
	out, err := c.db.Apply(c.ctx, store.Request{Incident: id, Command: cmd})
	if err != nil {
		c.err = fmt.Errorf("demo, incident %d, %T: %w", id, cmd, err)
	}
	return out.Incident
}

// at moves the clock, and lets the watch act on what falls due on the way.
func (c *demoCast) at(t time.Time) {
	for c.err == nil {
		next, err := c.db.NextAct(c.ctx)
		if err != nil {
			c.err = err
			return
		}
		if next.IsZero() || !next.Before(t) {
			break
		}
		c.clock.set(next)
		if _, _, err := c.db.ActOnPromises(c.ctx, 100); err != nil {
			c.err = err
		}
	}
	c.clock.set(t)
}

// demoTeam is the name of the demo's company.
const demoTeam = "Halden Tickets"

// fillDemo makes the people, services and past of the demo, and returns the
// member that everybody is signed in as.
func fillDemo(ctx context.Context, db *store.DB, clock *demoClock) (string, error) {
	now := time.Now()
	clock.set(now.Add(-demoStart - time.Hour))
	defer clock.live()
	ids := map[string]incident.Person{}
	for _, p := range demoPeople {
		m, err := db.AddMember(ctx, store.Member{Name: p.name, Email: p.email, Zone: p.zone, Role: p.role})
		if err != nil {
			return "", fmt.Errorf("demo, %s: %w", p.name, err)
		}
		ids[p.key] = incident.Person(m.ID)
	}
	if err := db.SetTeam(ctx, store.Team{Name: demoTeam, Zone: "Europe/Warsaw", Backup: ids["ana"], Audience: incident.Public}); err != nil {
		return "", fmt.Errorf("demo, team: %w", err)
	}
	for _, s := range demoServices {
		if _, err := db.AddService(ctx, store.Service{ID: s.id, Name: s.name, Group: s.group, Description: s.about}); err != nil {
			return "", fmt.Errorf("demo, %s: %w", s.name, err)
		}
	}
	return string(ids["priya"]), playDemo(ctx, db, clock, ids, now)
}
