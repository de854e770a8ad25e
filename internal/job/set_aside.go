package job

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// poisonous is how often a job may fail by its own fault.
const poisonous = 3

// setAside decides what becomes of jobs that fail by their own fault: the
// third time, they are set aside and listed, and everything else flows on.
type setAside struct{ log *slog.Logger }

// HandleError implements river.ErrorHandler.
func (s setAside) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	return s.judge(job, "a job failed", slog.Any("error", err))
}

// HandlePanic implements river.ErrorHandler.
func (s setAside) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	return s.judge(job, "a job panicked", slog.Any("panic", value), slog.String("trace", trace))
}

func (s setAside) judge(job *rivertype.JobRow, what string, attrs ...any) *river.ErrorHandlerResult {
	failed := 1
	for _, e := range job.Errors {
		if e.Error != interrupted {
			failed++
		}
	}
	aside := failed >= poisonous
	s.log.Error(what, append(attrs, "kind", job.Kind, "job", job.ID, "times", failed, "set_aside", aside)...)
	return &river.ErrorHandlerResult{SetCancelled: aside}
}

// retryPolicy tries a job that failed by its own fault again soon.
type retryPolicy struct{}

// NextRetry implements river.ClientRetryPolicy.
func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(time.Duration(1+len(job.Errors)) * time.Second)
}

// Aside is a job that was set aside.
type Aside struct {
	ID      int64
	Kind    string
	Args    json.RawMessage
	Problem string    // of the last attempt
	At      time.Time // of the last attempt
}

// SetAside returns the jobs that were set aside, the newest first, 100 at most.
func (e *Engine) SetAside(ctx context.Context) ([]Aside, error) {
	found, err := e.river.list(ctx, river.NewJobListParams().
		States(rivertype.JobStateCancelled, rivertype.JobStateDiscarded).
		OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(100))
	if err != nil {
		return nil, fmt.Errorf("list jobs that were set aside: %w", err)
	}
	var list []Aside
	for _, j := range found.Jobs {
		a := Aside{ID: j.ID, Kind: j.Kind, Args: j.EncodedArgs}
		if n := len(j.Errors); n > 0 {
			a.Problem, a.At = j.Errors[n-1].Error, j.Errors[n-1].At
		}
		list = append(list, a)
	}
	return list, nil
}

// TryAgain starts a job again that was set aside.
func (e *Engine) TryAgain(ctx context.Context, id int64) error {
	if _, err := e.river.again(ctx, id); err != nil {
		return fmt.Errorf("start job %d again: %w", id, err)
	}
	return nil
}

// quiet hands River's warnings and errors on. What it tells about its daily
// business is for debugging only.
type quiet struct{ slog.Handler }

// Enabled implements slog.Handler.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}
