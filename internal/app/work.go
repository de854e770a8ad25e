package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"amends.dev/internal/job"
	"amends.dev/internal/notify"
	"amends.dev/internal/store"
	"amends.dev/internal/watch"
)

// startJobs starts what follows commits: fan-out and deliveries.
func (a *App) startJobs(ctx context.Context) error {
	mail, err := a.openMail()
	if err != nil {
		return err
	}
	a.jobs, err = job.New(job.Deps{
		DB: a.db, Mail: mail, Open: a.openChannel, BaseURL: a.baseURL, TeamName: a.cfg.TeamName, Log: a.log,
	})
	if err != nil {
		return err
	}
	if err := a.jobs.Start(ctx); err != nil {
		return err
	}
	a.part("jobs", a.jobs.Stop)
	return nil
}

// startWatch starts the promise watch.
func (a *App) startWatch() {
	a.watch = watch.New(watch.Options{
		DB: a.db, Deliver: job.DeliverJob, Log: a.log,
		Hourly: []func(context.Context) error{a.db.ForgetSessions},
	})
	run, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); a.watch.Run(run) }()
	a.part("promise watch", func(ctx context.Context) error {
		stop()
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// prepareChannels decides how words leave: through one guarded client, or, in
// the demo, not at all.
func (a *App) prepareChannels() {
	a.channels = notify.Env{Client: notify.NewClient(notify.Guard{Private: a.cfg.AllowPrivate})}
	if !a.cfg.Demo {
		return
	}
	a.outbox = &outbox{}
	a.channels.Outbox = func(_ context.Context, o notify.Outgoing) error {
		to := o.Message.To.Address
		if to == "" {
			to = o.Message.To.Name
		}
		a.outbox.keep(unsent{at: time.Now(), to: to, subject: o.Letter.Subject, body: o.Text})
		return nil
	}
}

// openChannel opens a channel of the team's, or the demo's outbox in its place.
func (a *App) openChannel(kind string, options map[string]string) (notify.Channel, error) {
	if a.cfg.Demo {
		return notify.Open("outbox", nil, a.channels)
	}
	return notify.Open(kind, options, a.channels)
}

// openMail opens the channel that mail leaves by; nil when no mail server is
// configured.
func (a *App) openMail() (notify.Channel, error) {
	if a.cfg.Demo {
		return notify.Open("outbox", nil, a.channels)
	}
	smtp := a.cfg.SMTP
	if smtp.Host == "" {
		return nil, nil
	}
	// The operator's own options name this server, so it may stand anywhere.
	mail, err := notify.Open("email", map[string]string{
		"host": smtp.Host, "port": strconv.Itoa(smtp.Port), "tls": smtp.TLS, "user": smtp.User,
		"password": smtp.Password.Reveal(), "from": a.cfg.MailFrom.String(),
	}, notify.Env{Client: notify.NewClient(notify.Anywhere())})
	if err != nil {
		return nil, fmt.Errorf("open mail to %s: %w", net.JoinHostPort(smtp.Host, strconv.Itoa(smtp.Port)), err)
	}
	a.part("mail", func(context.Context) error { return closeChannel(mail) })
	return mail, nil
}

// testChannel sends one message that says it is a test.
func (a *App) testChannel(ctx context.Context, c store.Channel) error {
	channel, err := a.openChannel(c.Kind, c.Options)
	if err != nil {
		return err
	}
	team, err := a.db.Team(ctx)
	if err != nil {
		return err
	}
	_, err = channel.Send(ctx, notify.Message{
		Key: "test-" + strconv.FormatInt(time.Now().UnixNano(), 36), Kind: notify.KindTest, At: time.Now(),
		Site: team.Name, ActURL: a.baseURL + "/settings/channels", To: notify.Recipient{Name: c.Name},
	})
	return errors.Join(err, closeChannel(channel))
}

// closeChannel ends the connections that a channel holds, if it holds any.
func closeChannel(c notify.Channel) error {
	if closer, ok := c.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}
