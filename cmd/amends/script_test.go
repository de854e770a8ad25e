package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/pflag"

	"amends.dev/internal/access"
	"amends.dev/internal/app"
	"amends.dev/internal/config"
	"amends.dev/internal/store"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"amends": main})
}

// The scripts meet the program as people do: a process with flags, streams and
// an exit code, and a server that really runs.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			env.Setenv("TZ", "UTC")
			env.Values[hostKey{}] = &host{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": serverVerb, "stop": stopVerb, "clock": clockVerb, "network": networkVerb, "exits": exitsVerb, "private": privateVerb,
		},
	})
}

// host is the server of one script.
type host struct {
	app     *app.App
	front   *httptest.Server // what the script talks to; it can lose requests and answers
	network atomic.Value     // "up", "mute" (no answer), "lossy" (the answer is lost)
	ahead   atomic.Int64     // nanoseconds that the record's clock is ahead
}

type hostKey struct{}

func hostOf(ts *testscript.TestScript) *host { return ts.Value(hostKey{}).(*host) }

// serverVerb starts a server in the directory data and signs Priya (admin),
// Ana (lead) and Tomás (responder) in: $PRIYA, $ANA and $TOMAS are what proves
// it, and AMENDS_TOKEN is Priya's.
func serverVerb(ts *testscript.TestScript, _ bool, args []string) {
	h := hostOf(ts)
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.AddFlags(flags)
	args = append([]string{"--addr=127.0.0.1:0", "--team-name=Halden Tickets", "--data=" + ts.MkAbs("data")}, args...)
	ts.Check(flags.Parse(args))
	cfg, err := config.Load(config.Input{Flags: flags, System: ts.MkAbs("none.toml")})
	ts.Check(err)
	ctx := context.Background()
	h.app, err = app.StartAt(ctx, cfg, slog.New(slog.DiscardHandler), func() time.Time {
		return time.Now().Add(time.Duration(h.ahead.Load()))
	})
	ts.Check(err)
	ts.Defer(func() { h.stop(ts) })
	ts.Check(h.people(ctx, ts))
	h.network.Store("up")
	back, err := url.Parse(h.app.BaseURL())
	ts.Check(err)
	proxy := httputil.NewSingleHostReverseProxy(back)
	h.front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch h.network.Load() {
		case "mute":
			<-r.Context().Done()
		case "lossy":
			proxy.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithoutCancel(r.Context())))
			<-r.Context().Done()
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	ts.Setenv("AMENDS_SERVER", h.front.URL)
	ts.Setenv("AMENDS_TOKEN", ts.Getenv("PRIYA"))
}

// people makes the members, unless they are there, and signs them in.
func (h *host) people(ctx context.Context, ts *testscript.TestScript) error {
	db := h.app.DB()
	for _, p := range []struct {
		key, name string
		role      access.Role
	}{{"PRIYA", "Priya", access.Admin}, {"ANA", "Ana", access.Lead}, {"TOMAS", "Tomás", access.Responder}} {
		email := strings.ToLower(p.key) + "@example.org"
		m, err := db.MemberByEmail(ctx, email)
		if err != nil {
			if m, err = db.AddMember(ctx, store.Member{Name: p.name, Email: email, Role: p.role}); err != nil {
				return err
			}
		}
		secret, err := db.StartSession(ctx, m.ID, "a script")
		if err != nil {
			return err
		}
		ts.Setenv(p.key, secret.Reveal())
	}
	team, err := db.Team(ctx)
	if err != nil {
		return err
	}
	team.Name = "Halden Tickets"
	return db.SetTeam(ctx, team)
}

func (h *host) stop(ts *testscript.TestScript) {
	if h.app == nil {
		return
	}
	h.front.CloseClientConnections()
	h.front.Close()
	ts.Check(h.app.Stop())
	h.app = nil
}

// stopVerb stops the server; its record stays in the directory data.
func stopVerb(ts *testscript.TestScript, _ bool, _ []string) {
	hostOf(ts).stop(ts)
	ts.Setenv("AMENDS_SERVER", "")
	ts.Setenv("AMENDS_TOKEN", "")
}

// clockVerb moves the record's clock: clock 40m.
func clockVerb(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	hostOf(ts).ahead.Add(int64(d))
}

// networkVerb says what happens to requests from now on: up, mute, lossy.
func networkVerb(ts *testscript.TestScript, _ bool, args []string) { hostOf(ts).network.Store(args[0]) }

// exitsVerb runs a command and wants an exit code: exits 2 amends update.
func exitsVerb(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("%s ended with exit code %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// privateVerb wants a file that nobody but its owner can read.
func privateVerb(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := info.Mode().Perm(); got != 0o600 {
		ts.Fatalf("%s has mode %o, want 600", args[0], got)
	}
}
