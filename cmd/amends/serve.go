package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"amends.dev/internal/app"
	"amends.dev/internal/config"
)

func newServe() *cobra.Command {
	c := &cobra.Command{
		Use: "serve", GroupID: groupHost,
		Short: "Run the server",
		Long: `Run the server: pages, API, alerts in, notices out, and the promise watch.

Without options it listens on 127.0.0.1:8080 and keeps its record in a SQLite
file. Several servers may share one PostgreSQL database. With --demo it opens a
made-up company in a temporary directory and sends nothing.`,
		Example: "  amends serve --demo\n  amends serve --addr :8080 --base-url https://status.example.org",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := load(c)
			if err != nil {
				return err
			}
			return serve(c.Context(), cfg, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	config.AddFlags(c.Flags())
	return c
}

func serve(ctx context.Context, cfg *config.Config, out, errs io.Writer) error {
	a, err := app.Start(ctx, cfg, newLog(cfg, errs))
	if err != nil {
		return err
	}
	greet(out, cfg, a)
	select {
	case <-ctx.Done():
		return a.Stop()
	case err := <-a.Failed():
		return errors.Join(err, a.Stop())
	}
}

func newLog(cfg *config.Config, w io.Writer) *slog.Logger {
	level := cfg.LogLevel
	if cfg.Demo && cfg.Source("log_level") == "default" {
		level = slog.LevelWarn // a demo's terminal is for people
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// greet prints what somebody who has just started a server needs.
func greet(w io.Writer, cfg *config.Config, a *app.App) {
	fmt.Fprintf(w, "amends %s, %s\n", app.Version, app.Where(cfg))
	switch {
	case cfg.Demo:
		fmt.Fprintf(w, "  open      %s/          signed in as Priya\n", a.BaseURL())
		fmt.Fprintf(w, "  public    %s/status\n", a.BaseURL())
		fmt.Fprintf(w, "  outbox    %s/demo/outbox\n", a.BaseURL())
		fmt.Fprintln(w, "  a promise is due in 3 min, so you can watch it")
		fmt.Fprintln(w, "Ctrl-C stops and forgets everything.")
	case a.SetupLink() != "":
		fmt.Fprintf(w, "No accounts yet. Open this once, within %d minutes:\n", int(cfg.SetupLife.Minutes()))
		fmt.Fprintf(w, "  %s\n", a.SetupLink())
		fmt.Fprintln(w, "Or without a browser:  amends user add --admin --name NAME --password-file - EMAIL")
	default:
		fmt.Fprintf(w, "  open      %s/\n  public    %s/status\n", a.BaseURL(), a.BaseURL())
	}
}
