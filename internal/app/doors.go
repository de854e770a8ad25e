package app

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"amends.dev/client"
	"amends.dev/internal/api"
	"amends.dev/internal/fault"
	"amends.dev/internal/intake"
	"amends.dev/internal/notify"
	"amends.dev/internal/web"
)

// doors returns everything that answers requests. member is who the demo signs
// everybody in as; "" outside it.
func (a *App) doors(member string) (http.Handler, error) {
	pages, err := web.New(web.Deps{
		DB: a.db, Log: a.log, BaseURL: a.baseURL, TeamName: a.cfg.TeamName, Zone: a.cfg.TimeZone,
		Secure:       strings.HasPrefix(a.baseURL, "https://"),
		DemoMember:   member,
		Outbox:       a.unsent(),
		Address:      a.address,
		ChannelKinds: channelKinds(),
		CheckChannel: a.checkChannel,
		TestChannel:  a.testChannel,
		CheckRules: func(rules []byte) error { // the kind has no part in it
			_, err := a.rulesOf(context.Background(), intake.SourceKinds[0], rules, "")
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	a.part("pages", func(context.Context) error { pages.Close(); return nil })
	calls := api.New(api.Deps{
		DB: a.db, Log: a.log, BaseURL: a.baseURL, Version: Version, Address: a.address,
		ChannelSecrets: channelSecrets, CheckChannel: a.checkChannel, TestChannel: a.testChannel,
		CheckRules: a.rulesOf, ImportStatuspage: a.importStatuspage,
	})
	alerts := intake.New(intake.Deps{DB: a.db, Log: a.log, Address: a.address})
	health, err := api.NewHealth(api.HealthDeps{
		DB: a.db, Log: a.log, Version: Version,
		Ready:      func() error { return a.watch.Healthy(time.Now()) },
		Collectors: []prometheus.Collector{a.watch, a.jobs, alerts},
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages.Handler())
	mux.Handle(client.Prefix+"/", calls)
	mux.Handle("/in/", alerts)
	mux.Handle("/v2/enqueue", alerts) // where PagerDuty's own senders knock
	if err := a.mountHealth(health, mux); err != nil {
		return nil, err
	}
	return health.Instrument(mux), nil
}

// mountHealth answers a supervisor's questions: on the doors, or on a listener
// of their own.
func (a *App) mountHealth(health *api.Health, mux *http.ServeMux) error {
	if a.cfg.MetricsAddr == "" {
		health.Mount(mux)
		return nil
	}
	l, err := net.Listen("tcp", a.cfg.MetricsAddr)
	if err != nil {
		return fault.Wrap(fault.Invalid, "Nothing can listen on "+a.cfg.MetricsAddr+". Stop what uses it, or choose another address with --metrics-addr", err)
	}
	own := http.NewServeMux()
	health.Mount(own)
	a.serve(l, own)
	return nil
}

func (a *App) checkChannel(kind string, options map[string]string) error {
	channel, err := notify.Open(kind, options, a.channels)
	if err != nil {
		return err
	}
	return closeChannel(channel)
}

// channelSecrets names the options of a kind of channel that are never shown
// again.
func channelSecrets(kind string) []string {
	var out []string
	for _, k := range notify.Kinds() {
		for _, o := range k.Options {
			if k.Name == kind && o.Secret {
				out = append(out, o.Key)
			}
		}
	}
	return out
}

// importStatuspage brings a history that came through the API.
func (a *App) importStatuspage(ctx context.Context, history []byte, dry bool) (client.Imported, error) {
	return ImportStatuspage(ctx, a.db, history, dry)
}

// unsent shows the demo's outbox to the pages.
func (a *App) unsent() func() []web.Sent {
	if a.outbox == nil {
		return nil
	}
	return func() []web.Sent {
		var out []web.Sent
		for _, u := range a.outbox.list() {
			out = append(out, web.Sent{At: u.at, Channel: u.channel, To: u.to, Subject: u.subject, Body: u.body})
		}
		return out
	}
}

func channelKinds() []web.ChannelKind {
	var out []web.ChannelKind
	for _, k := range notify.Kinds() {
		kind := web.ChannelKind{Kind: k.Name, Label: k.Label}
		for _, o := range k.Options {
			kind.Options = append(kind.Options, web.ChannelOption{Name: o.Key, Label: o.Label, Help: o.Help, Secret: o.Secret, Required: o.Required})
		}
		out = append(out, kind)
	}
	return out
}

// address returns who is asking: the peer, or the address that a trusted proxy
// names. A proxy that is not trusted can claim nothing.
func (a *App) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !a.trusts(peer) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return host
		}
		if !a.trusts(addr) {
			return addr.Unmap().String()
		}
	}
	return host
}

func (a *App) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(a.cfg.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// rulesOf returns a source's rules as they are kept, or what is wrong with
// them.
func (a *App) rulesOf(ctx context.Context, kind string, text json.RawMessage, owner string) (json.RawMessage, error) {
	return intake.CheckRules(ctx, a.db, kind, text, owner)
}
