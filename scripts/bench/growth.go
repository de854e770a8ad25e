package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"amends.dev/internal/app"
	"amends.dev/internal/config"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// growth measures how times grow with the record.
func (b *bench) growth(ctx context.Context) error {
	s := b.report.last()
	var sizes []int
	for n := 100; n <= times(b, b.largest, 10_000); n *= 10 {
		sizes = append(sizes, n)
	}
	s.head = []string{"What", "Database"}
	for _, n := range sizes {
		s.head = append(s.head, thousands(float64(n)))
	}
	for _, kind := range databases {
		g, err := b.newGrown(ctx, kind)
		if err != nil {
			return err
		}
		rows := make([][]string, len(grownParts))
		for i, p := range grownParts {
			rows[i] = []string{p.what, kind}
		}
		for _, n := range sizes {
			took, err := g.grow(ctx, n)
			if err != nil {
				return fmt.Errorf("grow to %d incidents: %w", n, err)
			}
			if n >= 100_000 {
				s.note += fmt.Sprintf("The import up to %s incidents on %s took %s. ", thousands(float64(n)), kind, took.Round(time.Second))
			}
			cells, err := g.measure(ctx, times(b, 15, 5))
			if err != nil {
				return fmt.Errorf("with %d incidents: %w", n, err)
			}
			for i, cell := range cells {
				rows[i] = append(rows[i], cell)
			}
		}
		s.rows = append(s.rows, rows...)
	}
	if b.largest < 1_000_000 {
		s.note += "A million incidents take minutes more to bring in: `make bench BENCH='-only growth -largest 1000000'`."
	}
	return nil
}

// grown is a record that grows.
type grown struct {
	kind, database string
	owner          incident.Person
	session        string
	have           int   // imported
	posted         int   // updates
	last           int64 // the incident declared last
}

func (b *bench) newGrown(ctx context.Context, kind string) (*grown, error) {
	database, err := b.fresh(ctx, kind)
	if err != nil {
		return nil, err
	}
	g := &grown{kind: kind, database: database}
	return g, g.open(ctx, func(db *store.DB) error {
		if g.owner, err = furnish(ctx, db); err != nil {
			return err
		}
		for range 20 {
			if _, err := db.Apply(ctx, store.Request{Command: g.declare()}); err != nil {
				return err
			}
		}
		secret, err := db.StartSession(ctx, string(g.owner), "bench")
		g.session = secret.Reveal()
		return err
	})
}

func (g *grown) declare() incident.Declare {
	return incident.Declare{By: g.owner, Title: "Card payments fail", Services: []string{"payments"}}
}

// open opens the record alone, with jobs that go nowhere.
func (g *grown) open(ctx context.Context, do func(*store.DB) error) error {
	db, err := store.Open(ctx, store.Options{Database: g.database})
	if err != nil {
		return err
	}
	db.SetEnqueue(store.NoJobs)
	if err := do(db); err != nil {
		_ = db.Close() // the first error says what happened
		return err
	}
	return db.Close()
}

// grow imports incidents until there are n, evenly over ten years.
func (g *grown) grow(ctx context.Context, n int) (time.Duration, error) {
	const years = 10 * 365 * 24 * time.Hour
	began := time.Now()
	err := g.open(ctx, func(db *store.DB) error {
		// What is added lies between what is there: the same ten years.
		step := years / time.Duration(n-g.have)
		at := began.Add(-years - 24*time.Hour)
		for g.have < n {
			var past []store.Past
			for range min(store.ImportBatch, n-g.have) {
				at = at.Add(step)
				entries, err := g.past(at)
				if err != nil {
					return err
				}
				past = append(past, store.Past{External: fmt.Sprint(g.have), Entries: entries})
				g.have++
			}
			if _, err := db.Import(ctx, "bench", past); err != nil {
				return err
			}
		}
		return nil
	})
	return time.Since(began), err
}

// past plays an incident that began at an instant: the domain decides, as it
// would have then.
func (g *grown) past(at time.Time) ([]incident.Entry, error) {
	in := incident.Incident{ID: 1, Policies: incident.DefaultPolicies()}
	var entries []incident.Entry
	do := func(after time.Duration, c incident.Command) error {
		change, err := c.Decide(in, at.Add(after))
		if err != nil {
			return err
		}
		in, entries = change.Incident, append(entries, change.Entries...)
		in.Policies = incident.DefaultPolicies()
		return nil
	}
	err := do(0, g.declare())
	for n := 1; err == nil && n <= 3; n++ {
		after := time.Duration(10*n) * time.Minute
		err = do(after, update(g.owner, n, at.Add(after)))
	}
	if err == nil {
		err = do(45*time.Minute, incident.Resolve{By: g.owner, Seen: -1, Works: []string{"payments"}, Now: "Card payments work again since the release of this morning was put back."})
	}
	if err == nil {
		err = do(48*time.Hour, incident.DeliverReview{By: g.owner, Where: "https://wiki.halden.example/reviews/1"})
	}
	return entries, err
}

// grownPart is one row: something that is done several times. A row without
// one is measured apart.
type grownPart struct {
	what     string
	do, then deed // then is not measured
}

type deed func(context.Context, *grown, *app.App) error

var grownParts = []grownPart{
	{"Declare", declareOne, endOne},
	{"Update", updateOne, nil},
	{"Watch, one look", func(ctx context.Context, _ *grown, a *app.App) error {
		_, err := a.DB().NextAct(ctx)
		if err == nil {
			_, _, err = a.DB().ActOnPromises(ctx, 250)
		}
		return err
	}, nil},
	{"Now", page("/"), nil},
	{"Incidents", page("/incidents"), nil},
	{"Incidents, one service, over", page("/incidents?state=over&service=payments"), nil},
	{"Promises of this month", page("/promises"), nil},
	// A change makes the public pages old; they are read anew 100 ms later.
	{"Public page, read anew", page("/status"), outdate},
	{"Public history, read anew", page("/status/history"), outdate},
	{"Ready", nil, nil},
}

// measure starts a server on the record and returns a cell for every part.
func (g *grown) measure(ctx context.Context, often int) ([]string, error) {
	args := []string{"HOME=/nonexistent", "AMENDS_ADDR=127.0.0.1:0", "AMENDS_DATABASE=" + g.database}
	if g.kind == onSQLite {
		args[2] = "AMENDS_DATA=" + strings.TrimSuffix(g.database, "/amends.db")
	}
	cfg, err := config.Load(config.Input{Environ: args})
	if err != nil {
		return nil, err
	}
	began := time.Now()
	a, err := app.Start(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	ready := time.Since(began)
	var cells []string
	for _, p := range grownParts {
		cell := seconds.text(ready.Seconds())
		if p.do != nil {
			if cell, err = g.often(ctx, a, p, often); err != nil {
				_ = a.Stop() // the first error says what happened
				return nil, fmt.Errorf("%s: %w", p.what, err)
			}
		}
		cells = append(cells, cell)
	}
	return cells, a.Stop()
}

// often does a part several times, less often when it is slow, and returns the
// median.
func (g *grown) often(ctx context.Context, a *app.App, p grownPart, often int) (string, error) {
	var took []float64
	for began := time.Now(); len(took) < often && (len(took) < 3 || time.Since(began) < 3*time.Second); {
		from := time.Now()
		if err := p.do(ctx, g, a); err != nil {
			return "", err
		}
		took = append(took, time.Since(from).Seconds())
		if p.then == nil {
			continue
		}
		if err := p.then(ctx, g, a); err != nil {
			return "", err
		}
	}
	return seconds.text(median(took)), nil
}

func declareOne(ctx context.Context, g *grown, a *app.App) error {
	out, err := a.DB().Apply(ctx, store.Request{Command: g.declare()})
	g.last = out.Incident
	return err
}

// endOne keeps the number of open incidents.
func endOne(ctx context.Context, g *grown, a *app.App) error {
	_, err := a.DB().Apply(ctx, store.Request{Incident: g.last, Command: incident.Resolve{
		By: g.owner, Seen: -1, Works: []string{"payments"}, Now: "It was a false alarm.", Statement: "We sounded an alarm that was none. That is ours.",
	}})
	return err
}

func updateOne(ctx context.Context, g *grown, a *app.App) error {
	g.posted++
	_, err := a.DB().Apply(ctx, store.Request{Incident: int64(1 + g.posted%20), Command: update(g.owner, g.posted, time.Now())})
	return err
}

func outdate(ctx context.Context, g *grown, a *app.App) error {
	if err := updateOne(ctx, g, a); err != nil {
		return err
	}
	select {
	case <-time.After(120 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// page asks for a page as the first admin, who is signed in.
func page(path string) deed {
	return func(ctx context.Context, g *grown, a *app.App) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.BaseURL()+path, nil)
		if err != nil {
			return err
		}
		r.AddCookie(&http.Cookie{Name: "amends", Value: g.session})
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", path, answer.Status)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
}
