package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes databases

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/job"
	"amends.dev/internal/notify"
	"amends.dev/internal/store"
)

// The databases.
const (
	onSQLite   = "SQLite"
	onPostgres = "PostgreSQL"
)

var databases = []string{onSQLite, onPostgres}

// fresh returns the address of an empty database; for SQLite, of a file that
// is alone in its directory and does not exist yet.
func (b *bench) fresh(ctx context.Context, kind string) (string, error) {
	b.made++
	name := fmt.Sprintf("bench_%d_%d", os.Getpid(), b.made)
	if kind == onSQLite {
		return store.FileIn(filepath.Join(b.dir, name)), nil
	}
	db, err := sql.Open("pgx", b.postgres)
	if err != nil {
		return "", err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	return store.WithDatabase(b.postgres, name), nil
}

// record is an open record with a team, whose jobs are written by the engine
// and worked when it is started.
type record struct {
	*store.DB
	jobs  *job.Engine
	owner incident.Person
}

// openRecord opens a fresh record. Mail goes nowhere, by the road of the
// demo's: the ledger is written, nothing is sent.
func (b *bench) openRecord(ctx context.Context, kind string, now func() time.Time) (*record, error) {
	database, err := b.fresh(ctx, kind)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{Database: database, Now: now})
	if err != nil {
		return nil, err
	}
	r := &record{DB: db}
	if r.owner, err = furnish(ctx, db); err != nil {
		return nil, fmt.Errorf("furnish a record: %w", err)
	}
	if err := r.openJobs(ctx); err != nil {
		return nil, fmt.Errorf("prepare the jobs of a record: %w", err)
	}
	return r, nil
}

// openJobs makes the engine write the record's jobs from now on.
func (r *record) openJobs(ctx context.Context) error {
	if err := job.Migrate(ctx, r.DB); err != nil {
		return err
	}
	env := notify.Env{Outbox: func(context.Context, notify.Outgoing) error { return nil }}
	mail, err := notify.Open("outbox", nil, env)
	if err != nil {
		return err
	}
	r.jobs, err = job.New(job.Deps{
		DB: r.DB, Mail: mail, BaseURL: "http://localhost", TeamName: "Halden Tickets", Log: slog.New(slog.DiscardHandler),
		Open: func(string, map[string]string) (notify.Channel, error) { return mail, nil },
	})
	return err
}

// furnish gives a record a team and a service, and returns the first admin.
func furnish(ctx context.Context, db *store.DB) (incident.Person, error) {
	secret, err := db.NewSetupLink(ctx, time.Hour)
	if err != nil {
		return "", err
	}
	m, err := db.Setup(ctx, store.FirstRun{
		Secret: secret, Name: "Priya Nair", Email: "priya@halden.example", Password: "seats at the back row", Team: "Halden Tickets", Zone: "UTC",
	})
	if err != nil {
		return "", err
	}
	for name, role := range map[string]access.Role{"Ana": access.Lead, "Jun": access.Responder} {
		if _, err := db.AddMember(ctx, store.Member{Name: name, Email: name + "@halden.example", Role: role}); err != nil {
			return "", err
		}
	}
	_, err = db.AddService(ctx, store.Service{Name: "Payments", Audience: incident.Public})
	return incident.Person(m.ID), err
}

// declare opens n incidents, many a commit, and returns their numbers.
func (r *record) declare(ctx context.Context, n int) ([]int64, error) {
	ids := make([]int64, n)
	err := callers(min(n, 100), func(caller int) error {
		for i := caller; i < n; i += min(n, 100) {
			out, err := r.Apply(ctx, store.Request{Command: incident.Declare{
				By: r.owner, Title: fmt.Sprintf("Card payments fail at till %d", i), Services: []string{"payments"},
			}})
			if err != nil {
				return err
			}
			ids[i] = out.Incident
		}
		return nil
	})
	return ids, err
}

// update is the n-th update of an incident as a team would post it.
func update(by incident.Person, n int, now time.Time) incident.PostUpdate {
	return incident.PostUpdate{
		By: by, Seen: -1, NextAt: now.Add(25 * time.Minute), Status: incident.Identified,
		Now:       fmt.Sprintf("Card payments fail for about one in five orders since the release at noon. Attempt %d to restart the gateway did not help.", n),
		Plan:      "We put the release of this morning back and watch the share of failed payments for ten minutes.",
		Statement: "We released a change to card payments that we had not tested with saved cards. That is ours to put right.",
	}
}

// callers runs n callers at once and returns the first error.
func callers(n int, do func(caller int) error) error {
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
