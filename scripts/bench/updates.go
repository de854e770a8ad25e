package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"amends.dev/internal/store"
)

// updates measures posting updates beside bare commits.
func (b *bench) updates(ctx context.Context) error {
	for _, kind := range databases {
		bare, err := b.openBare(ctx, kind)
		if err != nil {
			return err
		}
		ours, err := b.openRecord(ctx, kind, nil)
		if err != nil {
			return err
		}
		// Many incidents, so that none grows a timeline that nobody would have.
		ids, err := ours.declare(ctx, times(b, 4000, 500))
		if err != nil {
			return err
		}
		post := func(caller, n int) error {
			cmd := update(ours.owner, n, time.Now())
			_, err := ours.Apply(ctx, store.Request{Incident: ids[(caller+n*64)%len(ids)], Command: cmd})
			return err
		}
		for _, n := range []int{1, 8, 64} {
			if err := b.beside(kind, n, bare.commit, post); err != nil {
				return err
			}
		}
		if err := ours.Close(); err != nil {
			return err
		}
		if err := bare.Close(); err != nil {
			return err
		}
	}
	return nil
}

// beside measures bare and ours in turns.
func (b *bench) beside(kind string, n int, bare, ours func(caller, n int) error) error {
	within := times(b, 2*time.Second, 500*time.Millisecond)
	var bareRate, rate, p99, share []float64
	for range times(b, 3, 1) {
		base, err := pressed(n, within, bare)
		if err != nil {
			return fmt.Errorf("bare commits: %w", err)
		}
		got, err := pressed(n, within, ours)
		if err != nil {
			return fmt.Errorf("updates: %w", err)
		}
		bareRate, rate = append(bareRate, base.rate), append(rate, got.rate)
		p99, share = append(p99, at(got.took, 0.99)), append(share, 100*got.rate/base.rate)
	}
	who, aim := fmt.Sprintf("%d callers", n), atLeast(50, percent)
	if n == 1 {
		who, aim = "1 caller", goal{} // nobody to share a commit with
	}
	b.report.figure("Bare commits, "+who, kind, bareRate, perSecond, goal{})
	b.report.figure("Updates, "+who, kind, rate, perSecond, goal{})
	b.report.figure("Updates, "+who+", p99", kind, p99, seconds, goal{})
	b.report.figure("Updates per bare commit, "+who, kind, share, percent, aim)
	return nil
}

// pressure is what callers got done.
type pressure struct {
	rate float64   // a second
	took []float64 // each, in seconds
}

// pressed lets n callers call one after the other for as long as within.
func pressed(n int, within time.Duration, do func(caller, n int) error) (pressure, error) {
	var mu sync.Mutex
	var out pressure
	began := time.Now()
	err := callers(n, func(caller int) error {
		var took []float64
		for i := 0; time.Since(began) < within; i++ {
			from := time.Now()
			if err := do(caller, i); err != nil {
				return err
			}
			took = append(took, time.Since(from).Seconds())
		}
		mu.Lock()
		defer mu.Unlock()
		out.took = append(out.took, took...)
		return nil
	})
	out.rate = float64(len(out.took)) / time.Since(began).Seconds()
	return out, err
}

// bare is a database with nothing but a table, opened as the store opens its
// own.
type bare struct{ *sql.DB }

func (b *bench) openBare(ctx context.Context, kind string) (*bare, error) {
	database, err := b.fresh(ctx, kind)
	if err != nil {
		return nil, err
	}
	driver, conns, key := "pgx", 16, "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
	if kind == onSQLite {
		if err := os.MkdirAll(filepath.Dir(database), 0o700); err != nil {
			return nil, err
		}
		driver, conns, key = "sqlite", 1, "INTEGER PRIMARY KEY"
		database = "file:" + database + "?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	}
	db, err := sql.Open(driver, database)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	_, err = db.ExecContext(ctx, "CREATE TABLE bare (id "+key+", words TEXT NOT NULL)")
	return &bare{db}, err
}

var words = strings.Repeat("words of the size of an update. ", 10)[:300]

// commit writes two rows.
func (b *bare) commit(int, int) error {
	tx, err := b.Begin()
	if err != nil {
		return err
	}
	for range 2 {
		if _, err := tx.Exec(`INSERT INTO bare (words) VALUES ($1)`, words); err != nil {
			return err
		}
	}
	return tx.Commit()
}
