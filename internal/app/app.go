// Package app builds, starts and stops a whole instance of amends: the
// record, the job engine, the promise watch and the doors. Tests run amends
// through it.
//
// In comes a checked configuration; out goes a running App that says where it
// listens. What it starts, it names and stops, in reverse order. It holds no
// rule of the domain and no SQL.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/config"
	"amends.dev/internal/fault"
	"amends.dev/internal/job"
	"amends.dev/internal/notify"
	"amends.dev/internal/store"
	"amends.dev/internal/watch"
)

// Version is the program's, set when a release is built.
var Version = "0.1.0-dev"

// App is a running instance.
type App struct {
	cfg   *config.Config
	log   *slog.Logger
	db    *store.DB
	parts []part

	jobs     *job.Engine
	watch    *watch.Watch
	channels notify.Env
	outbox   *outbox // what the demo did not send; nil outside it

	now      func() time.Time // the record's clock; nil: time.Now
	baseURL  string
	setup    string // the setup link of an empty server
	failures chan error
}

// part is something that has been started and must be stopped.
type part struct {
	name string
	stop func(context.Context) error
}

// stopWithin is how long requests and jobs under way may take to end.
const stopWithin = 10 * time.Second

// Start builds and starts an instance. Stop must be called on the App it
// returns.
func Start(ctx context.Context, cfg *config.Config, log *slog.Logger) (*App, error) {
	return StartAt(ctx, cfg, log, nil)
}

// StartAt is Start with a clock for the record, for tests that move it.
func StartAt(ctx context.Context, cfg *config.Config, log *slog.Logger, now func() time.Time) (*App, error) {
	a := &App{cfg: cfg, log: log, now: now, baseURL: cfg.BaseURL, failures: make(chan error, 4)}
	if err := a.start(ctx); err != nil {
		return nil, errors.Join(err, a.Stop())
	}
	return a, nil
}

// start is one straight line: wiring reads best in one piece.
func (a *App) start(ctx context.Context) error {
	listener, err := a.listen(ctx)
	if err != nil {
		return err
	}
	clock, err := a.openRecord(ctx)
	if err != nil {
		return err
	}
	if err := job.Migrate(ctx, a.db); err != nil {
		return err
	}
	member := ""
	if a.cfg.Demo {
		a.db.SetEnqueue(store.NoJobs) // nobody is told of the demo's past
		member, err = fillDemo(ctx, a.db, clock)
	} else {
		err = a.prepareSetup(ctx)
	}
	if err != nil {
		return err
	}
	a.prepareChannels()
	if err := a.startJobs(ctx); err != nil {
		return err
	}
	a.startWatch()
	handler, err := a.doors(member)
	if err != nil {
		return err
	}
	a.serve(listener, handler)
	return nil
}

// listen takes the address first: a server that cannot listen touches nothing.
func (a *App) listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.cfg.Addr)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("Nothing can listen on %s. Stop what uses it, or choose another address with --addr", a.cfg.Addr), err)
	}
	a.part("listener", func(context.Context) error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	if a.baseURL == "" {
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("read the port of %s: %w", l.Addr(), err)
		}
		a.baseURL = "http://localhost:" + port
	}
	return l, nil
}

// openRecord opens the database: the team's, or one of the demo's that is gone
// afterwards.
func (a *App) openRecord(ctx context.Context) (*demoClock, error) {
	o := store.Options{Database: Database(a.cfg), Now: a.now}
	var clock *demoClock
	if a.cfg.Demo {
		dir, err := os.MkdirTemp("", "amends-demo-")
		if err != nil {
			return nil, fmt.Errorf("make a directory for the demo: %w", err)
		}
		a.part("demo directory", func(context.Context) error { return os.RemoveAll(dir) })
		clock = &demoClock{}
		o.Database, o.Now = store.FileIn(dir), clock.now
	}
	var err error
	if a.db, err = store.Open(ctx, o); err != nil {
		return nil, err
	}
	a.part("record", func(context.Context) error { return a.db.Close() })
	return clock, nil
}

// prepareSetup makes the one-time link of a server without members.
func (a *App) prepareSetup(ctx context.Context) error {
	empty, err := a.db.NeedsSetup(ctx)
	if err != nil || !empty {
		return err
	}
	secret, err := a.db.NewSetupLink(ctx, a.cfg.SetupLife)
	if err != nil {
		return err
	}
	a.setup = a.baseURL + "/setup/" + secret.Reveal()
	return nil
}

// serve answers on the listener until Stop.
func (a *App) serve(l net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.failures <- fmt.Errorf("serve: %w", err)
		}
	}()
	a.part("requests", server.Shutdown)
}

func (a *App) part(name string, stop func(context.Context) error) {
	a.parts = append(a.parts, part{name, stop})
}

// Stop stops everything that was started, the last first.
func (a *App) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var errs []error
	for _, p := range slices.Backward(a.parts) {
		if err := p.stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", p.name, err))
		}
	}
	a.parts = nil
	return errors.Join(errs...)
}

// BaseURL is where people reach the instance, without a slash at the end.
func (a *App) BaseURL() string { return a.baseURL }

// SetupLink is the one-time link that an empty server starts with; "" when the
// server has members.
func (a *App) SetupLink() string { return a.setup }

// DB is the record, for tests.
func (a *App) DB() *store.DB { return a.db }

// Failed gets an error when a part of the instance ends by itself.
func (a *App) Failed() <-chan error { return a.failures }

// Where says where the record is kept, for the first lines that a start prints.
func Where(cfg *config.Config) string {
	switch {
	case cfg.Demo:
		return "demo data, nothing is sent anywhere"
	case cfg.Database.Reveal() != "":
		return "PostgreSQL"
	}
	return strings.TrimSuffix(filepath.Clean(cfg.Data), "/")
}
