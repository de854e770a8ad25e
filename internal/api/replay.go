package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"amends.dev/client"
	"amends.dev/internal/fault"
	"amends.dev/internal/store"
)

// keyed lets one request with a key through at a time.
type keyed struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when the holder is done
}

func (k *keyed) lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		k.mu.Lock()
		wait, taken := k.held[key]
		if !taken {
			if k.held == nil {
				k.held = map[string]chan struct{}{}
			}
			mine := make(chan struct{})
			k.held[key] = mine
			k.mu.Unlock()
			return func() {
				k.mu.Lock()
				defer k.mu.Unlock()
				delete(k.held, key)
				close(mine)
			}, nil
		}
		k.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, fault.Wrap(fault.Busy, "The same request is under way. Send it again to see how it ended", ctx.Err())
		}
	}
}

// kept is the first answer to a change of settings.
type kept struct {
	Status int    `json:"status"`
	Body   string `json:"body,omitempty"`
	Secret bool   `json:"secret,omitempty"` // it held one, so it is gone
}

// replay answers a key that was used before with the first answer.
func (s *server) replay(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c, ok := ctx.Context().Value(callKey{}).(*call)
		if !ok || c.key == "" || r.keeps == keepsNothing {
			next(ctx)
			return
		}
		req, w := humago.Unwrap(ctx)
		unlock, err := s.busy.lock(req.Context(), c.key)
		if err != nil {
			write(w, s.refuse(req.Context(), r.id, err))
			return
		}
		defer unlock()
		first, ok, err := s.DB.FirstAnswer(req.Context(), c.key, c.digest)
		switch {
		case err != nil:
			write(w, s.refuse(req.Context(), r.id, err))
		case ok:
			if err := s.again(ctx, r, first); err != nil {
				write(w, s.refuse(req.Context(), r.id, err))
			}
		case r.keeps == keepsResult: // Apply keeps it, in its own transaction
			next(ctx)
		default:
			s.record(ctx, r, c, next)
		}
	}
}

// again writes a first answer once more, byte by byte.
func (s *server) again(ctx huma.Context, r route, first json.RawMessage) error {
	var k kept
	if r.keeps == keepsResult {
		var result store.Result
		if err := json.Unmarshal(first, &result); err != nil {
			return err
		}
		change, err := s.change(ctx.Context(), result)
		if err != nil {
			return err
		}
		var body bytes.Buffer
		if err := huma.DefaultJSONFormat.Marshal(&body, change.Body); err != nil {
			return err
		}
		k = kept{Status: r.status, Body: body.String()}
		ctx.SetHeader("ETag", change.ETag)
		if r.status == http.StatusCreated {
			ctx.SetHeader("Location", incidentPath(result.Incident))
		}
	} else if err := json.Unmarshal(first, &k); err != nil {
		return err
	}
	if k.Secret {
		return fault.New(fault.Conflict, "This was done, and its answer held a secret that is shown once. Look at the list; if the secret is lost, make a new one")
	}
	ctx.SetHeader("Idempotency-Replayed", "true")
	if k.Body != "" {
		ctx.SetHeader("Content-Type", "application/json")
	}
	ctx.SetStatus(k.Status)
	// An error here means that the caller has left.
	_, _ = io.WriteString(ctx.BodyWriter(), k.Body)
	return nil
}

// record runs an operation, keeps its answer if it worked, and sends it.
func (s *server) record(ctx huma.Context, r route, c *call, next func(huma.Context)) {
	req, w := humago.Unwrap(ctx)
	var body bytes.Buffer
	copied := &copied{humaContext: ctx, body: &body}
	next(copied)
	if status := copied.status; status/100 == 2 {
		k := kept{Status: status, Body: body.String()}
		if r.keeps == keepsSecret {
			k = kept{Status: status, Secret: true}
		}
		text, err := json.Marshal(k)
		if err == nil {
			err = s.DB.KeepAnswer(context.WithoutCancel(req.Context()), c.key, c.digest, text)
		}
		if err != nil {
			// The change is made and its answer is true; only a repeat would
			// make it again.
			s.Log.Warn("the answer to a request was not kept", "operation", r.id, "error", err)
		}
	}
	if copied.status != 0 {
		w.WriteHeader(copied.status)
	}
	_, _ = w.Write(body.Bytes()) // an error means that the caller has left
}

// humaContext has another name than the method Context that it brings.
type humaContext huma.Context

// copied holds an answer back until it is kept.
type copied struct {
	humaContext
	status int
	body   *bytes.Buffer
}

// SetStatus implements huma.Context.
func (c *copied) SetStatus(status int) { c.status = status }

// Status implements huma.Context.
func (c *copied) Status() int { return c.status }

// BodyWriter implements huma.Context.
func (c *copied) BodyWriter() io.Writer { return c.body }

// Unwrap lets humago find the request.
func (c *copied) Unwrap() huma.Context { return c.humaContext }

// change returns the answer to a command: what it appended. Entries never
// change, so the same result gives the same bytes.
func (s *server) change(ctx context.Context, r store.Result) (*changed, error) {
	out := &changed{ETag: etag(r.Version), Again: again(r.Again), Body: client.Change{
		Incident: r.Incident, Name: incidentName(r.Incident), URL: s.pageURL(r.Incident), Version: r.Version, Entries: []client.Entry{},
	}}
	if r.First == 0 {
		return out, nil
	}
	entries, err := s.DB.Entries(ctx, everything{}, r.Incident, r.First, r.Seq)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, errors.New("the entries that a request wrote are gone")
	}
	for _, e := range entries {
		out.Body.Entries = append(out.Body.Entries, entryOf(e, nil, true))
	}
	return out, nil
}

// everything reads all audiences: whoever may command sees what the team sees.
type everything struct{}

// Sees implements store.Reader.
func (everything) Sees(string) bool { return true }

func again(yes bool) string {
	if yes {
		return "true"
	}
	return ""
}

func incidentPath(number int64) string {
	return strings.Join([]string{client.Prefix, "incidents", decimal(number)}, "/")
}
