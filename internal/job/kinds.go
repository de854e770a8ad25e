package job

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"

	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

// kind is one row of the table of jobs.
type kind struct {
	name string
	add  func(*river.Workers)
}

// kinds is the table: every kind of job and what works it.
func (e *Engine) kinds() []kind {
	return []kind{
		{store.JobNotice, func(w *river.Workers) { river.AddWorker(w, &worker[noticeArgs]{engine: e, do: e.fanOut}) }},
		{Deliver, func(w *river.Workers) { river.AddWorker(w, &worker[deliverArgs]{engine: e, do: e.deliver}) }},
	}
}

// noticeArgs asks to find out who must be told, and to write a delivery for
// each of them. It is what the store writes, and how far the readers got.
type noticeArgs struct {
	store.NoticeJob
	After string `json:"after,omitempty"` // the last subscriber written; empty: begin
}

// Kind implements river.JobArgs.
func (noticeArgs) Kind() string { return store.JobNotice }

// Deliver is the kind of job that sends a chunk of deliveries.
const Deliver = "deliver"

// deliverArgs names deliveries to be sent, at most store.MaxClaim.
type deliverArgs struct {
	IDs []string `json:"ids"`
}

// Kind implements river.JobArgs.
func (deliverArgs) Kind() string { return Deliver }

// DeliverJob returns the job that sends a chunk of deliveries: what the promise
// watch writes when their time has come.
func DeliverJob(ids []string) (store.Job, error) { return encode(deliverArgs{ids}) }

func encode(args river.JobArgs) (store.Job, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return store.Job{}, fmt.Errorf("encode a job: %w", err)
	}
	return store.Job{Kind: args.Kind(), Args: text}, nil
}

// worker works one kind of job.
//
// An error that says the job itself is wrong (Missing, Invalid), and a panic,
// count: the third sets the job aside. Every other error is trouble around the
// job, most likely with the database: the job is tried again every few seconds,
// for triesFor, and loses nothing by it.
type worker[A river.JobArgs] struct {
	river.WorkerDefaults[A]
	engine *Engine
	do     func(context.Context, A) error
}

// triesFor is how long a job meets trouble before it counts against the job.
const triesFor = 72 * time.Hour

// Work implements river.Worker.
func (w *worker[A]) Work(ctx context.Context, job *river.Job[A]) error {
	err := w.do(ctx, job.Args)
	switch {
	case err == nil:
		return nil
	case fault.Is(err, fault.Missing), fault.Is(err, fault.Invalid), time.Since(job.CreatedAt) > triesFor:
		return err
	case ctx.Err() == nil:
		w.engine.Log.Warn("a job met trouble and is tried again", "kind", job.Kind, "job", job.ID, "error", err)
	}
	return river.JobSnooze(time.Second + rand.N(3*time.Second))
}

func (e *Engine) deliver(ctx context.Context, args deliverArgs) error {
	return e.sender.take(ctx, args.IDs)
}
