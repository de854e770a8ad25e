package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// crowdRate is what the crowd asks for: a little more than the goal.
const (
	crowdRate  = 5500
	crowdConns = 32
)

// fanOuts measures one update on its way to very many readers, and the public
// page meanwhile.
func (b *bench) fanOuts(ctx context.Context) error {
	for _, kind := range databases {
		if err := b.fanOut(ctx, kind, times(b, 10_000, 1000)); err != nil {
			return fmt.Errorf("on %s: %w", kind, err)
		}
	}
	return nil
}

// told is a server with subscribers and an open incident.
type told struct {
	*server
	sink    *sink
	session string
	id      int64
	posted  int // updates
}

func (b *bench) fanOut(ctx context.Context, kind string, readers int) (err error) {
	t, err := b.subscribed(ctx, kind, readers)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.stop(), t.sink.listener.Close()) }()
	var all, first, allCrowd, firstCrowd, rate, p99 []float64
	var size int
	for range times(b, 3, 1) {
		took, begin, err := t.tell(ctx, readers)
		if err != nil {
			return err
		}
		all, first = append(all, took), append(first, begin)
	}
	for range times(b, 3, 1) {
		stop, ended := make(chan struct{}), make(chan error, 1)
		var got seen
		go func() {
			var err error
			got, err = crowd{host: t.host(), path: "/status", conns: crowdConns, rate: crowdRate}.watch(stop)
			ended <- err
		}()
		took, begin, err := t.tell(ctx, readers)
		close(stop)
		if err = errors.Join(err, <-ended); err != nil {
			return err
		}
		allCrowd, firstCrowd = append(allCrowd, took), append(firstCrowd, begin)
		rate, p99, size = append(rate, got.rate), append(p99, at(got.took, 0.99)), got.bytes
	}
	_, most, err := t.resident()
	if err != nil {
		return err
	}
	what := thousands(float64(readers)) + " mails"
	b.report.figure(what, kind, all, seconds, atMost(15, seconds))
	b.report.figure("First of "+what, kind, first, seconds, atMost(1, seconds))
	b.report.figure(what+", with a crowd", kind, allCrowd, seconds, atMost(15, seconds))
	b.report.figure("First of "+what+", with a crowd", kind, firstCrowd, seconds, atMost(1, seconds))
	b.report.figure("Public page meanwhile", kind, rate, perSecond, atLeast(5000, perSecond))
	b.report.figure("Public page meanwhile, p99", kind, p99, seconds, atMost(0.02, seconds))
	b.report.figure("Most memory resident", kind, []float64{most}, megabytes, atMost(256, megabytes))
	return b.alone(t, kind, size)
}

// alone measures the public page with nothing else going on.
func (b *bench) alone(t *told, kind string, size int) error {
	var rate, p99 []float64
	for range times(b, 3, 1) {
		stop := make(chan struct{})
		time.AfterFunc(times(b, 2*time.Second, 500*time.Millisecond), func() { close(stop) })
		got, err := crowd{host: t.host(), path: "/status", conns: crowdConns}.watch(stop)
		if err != nil {
			return err
		}
		rate, p99 = append(rate, got.rate), append(p99, at(got.took, 0.99))
	}
	b.report.figure("Public page alone, as fast as asked", kind, rate, perSecond, goal{})
	b.report.figure("Public page alone, p99", kind, p99, seconds, goal{})
	b.report.figure("Public page, gzip", kind, []float64{float64(size) / 1000}, "kB", atMost(15, "kB"))
	return nil
}

// subscribed prepares a record and starts a server on it.
func (b *bench) subscribed(ctx context.Context, kind string, readers int) (*told, error) {
	database, err := b.fresh(ctx, kind)
	if err != nil {
		return nil, err
	}
	t := &told{}
	if t.sink, err = newSink(); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{Database: database})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(t.prepare(ctx, db, readers), db.Close()); err != nil {
		return nil, fmt.Errorf("prepare %d subscribers: %w", readers, err)
	}
	t.server, err = b.serve(ctx, kind, database, "--smtp-url", t.sink.url(), "--mail-from", "Halden status <status@halden.example>")
	return t, err
}

func (t *told) prepare(ctx context.Context, db *store.DB, readers int) error {
	db.SetEnqueue(store.NoJobs)
	owner, err := furnish(ctx, db)
	if err != nil {
		return err
	}
	list := make([]store.Subscriber, readers)
	for i := range list {
		list[i].Address = fmt.Sprintf("reader-%d@example.org", i)
	}
	if _, err := db.AddSubscribers(ctx, list); err != nil {
		return err
	}
	out, err := db.Apply(ctx, store.Request{Command: incident.Declare{By: owner, Title: "Card payments fail", Services: []string{"payments"}}})
	if err != nil {
		return err
	}
	secret, err := db.StartSession(ctx, string(owner), "bench")
	t.id, t.session = out.Incident, secret.Reveal()
	return err
}

// tell posts an update and returns when every reader had it and when the first
// had, in seconds.
func (t *told) tell(ctx context.Context, readers int) (all, first float64, err error) {
	full := t.sink.expect(readers)
	t.posted++
	cmd := update("", t.posted, time.Now())
	form := url.Values{
		"now": {cmd.Now}, "plan": {cmd.Plan}, "statement": {cmd.Statement}, "status": {string(cmd.Status)}, "next": {"25m"},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url(fmt.Sprintf("/incidents/%d/updates", t.id)), strings.NewReader(form.Encode()))
	if err != nil {
		return 0, 0, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "amends", Value: t.session})
	began := time.Now()
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, 0, fmt.Errorf("post an update: %w", err)
	}
	if err := answer.Body.Close(); err != nil {
		return 0, 0, err
	}
	if answer.StatusCode != http.StatusSeeOther {
		return 0, 0, fmt.Errorf("post an update: the server answers %s", answer.Status)
	}
	select {
	case <-full:
	case <-time.After(2 * time.Minute):
		got, _, _ := t.sink.count()
		return 0, 0, fmt.Errorf("%d of %d mails came within two minutes", got, readers)
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
	_, from, to := t.sink.count()
	return to.Sub(began).Seconds(), from.Sub(began).Seconds(), nil
}
