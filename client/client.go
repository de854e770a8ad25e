// Package client speaks to the JSON API of amends and holds its wire types,
// which the server uses too, so that both sides share one definition.
//
// In come Go values; out go HTTP requests under /api/v1, answers as Go values,
// and refusals as *Error, which carries the problem (RFC 9457) that the server
// sent. On the wire instants are RFC 3339 in UTC, incidents are numbers, every
// other id is a text that the server made.
//
// Every POST carries an Idempotency-Key. A request that got no answer is sent
// again with the same key, so that nothing is posted twice; WithKey keeps the
// key over a restart of the caller.
//
// The package needs the standard library only. It never prints, never reads
// the environment and never keeps a token anywhere.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Prefix is where the API stands below the server's address.
const Prefix = "/api/v1"

// DefaultTimeout bounds one call, its repeats included.
const DefaultTimeout = 10 * time.Second

// maxAnswer is the largest answer that is read, in bytes.
const maxAnswer = 64 << 20

// Client calls one server as one member. Make it with New; its fields may be
// changed before the first call. It is safe for concurrent use.
type Client struct {
	base, token string
	HTTP        *http.Client  // carries the requests; it has no time limit of its own
	Timeout     time.Duration // of one call; DefaultTimeout when zero
	Agent       string        // User-Agent; "amends-client" when empty
}

// New returns a client for the server at baseURL ("https://amends.example.org").
// The token may be empty: then only what is public can be read.
func New(baseURL, token string) *Client {
	return &Client{
		base:  strings.TrimRight(baseURL, "/"),
		token: token,
		HTTP: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // a token is never carried to another address
		}},
	}
}

type (
	keyed     struct{}
	versioned struct{}
	replayed  struct{}
)

// NewKey returns a fresh Idempotency-Key.
func NewKey() string { return rand.Text() }

// WithKey makes the next POST with ctx use the key. Use one key for one
// request: the same key gets the first answer again.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyed{}, key)
}

// IfVersion makes commands with ctx hold only while the incident is at the
// version that was read. A newer one is answered with a conflict.
func IfVersion(ctx context.Context, version int64) context.Context {
	return context.WithValue(ctx, versioned{}, version)
}

// NoteReplay makes calls with ctx set *replay when the answer was given before.
func NoteReplay(ctx context.Context, replay *bool) context.Context {
	return context.WithValue(ctx, replayed{}, replay)
}

// call is one request, ready to be sent again.
type call struct {
	method, path string
	query        url.Values
	body         []byte
	kind         string // Content-Type of the body
	key          string
}

func (c *Client) get(ctx context.Context, path string, query url.Values, out any) error {
	_, err := c.do(ctx, call{method: http.MethodGet, path: path, query: query}, out)
	return err
}

func (c *Client) send(ctx context.Context, method, path string, in, out any) error {
	ask := call{method: method, path: path}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
		ask.body, ask.kind = body, "application/json"
	}
	_, err := c.do(ctx, ask, out)
	return err
}

func (c *Client) post(ctx context.Context, path string, in, out any) error {
	return c.send(ctx, http.MethodPost, path, in, out)
}

// do sends a request, again while it stays without an answer and time is left.
func (c *Client) do(ctx context.Context, ask call, out any) (http.Header, error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if ask.method == http.MethodPost {
		if ask.key, _ = ctx.Value(keyed{}).(string); ask.key == "" {
			ask.key = NewKey()
		}
	}
	pause := 100 * time.Millisecond
	for {
		header, err := c.once(ctx, ask, out)
		wait, again := repeatable(err, pause)
		if !again || !pausedFor(ctx, wait) {
			return header, err
		}
		pause *= 2
	}
}

// repeatable reports whether a request may be sent again, and after what
// pause. Every POST has a key, and the other methods may be repeated anyway.
func repeatable(err error, pause time.Duration) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) {
		return 0, false
	}
	switch e.Problem.Status {
	case 0:
		return pause, e.Err != nil && !errors.Is(e.Err, context.DeadlineExceeded) && !errors.Is(e.Err, context.Canceled)
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return max(pause, e.RetryAfter), true
	}
	return 0, false
}

// pausedFor waits, and reports whether there is time left for another try.
func pausedFor(ctx context.Context, wait time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once sends the request once.
func (c *Client) once(ctx context.Context, ask call, out any) (http.Header, error) {
	address := c.base + Prefix + ask.path
	if len(ask.query) > 0 {
		address += "?" + ask.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, ask.method, address, bytes.NewReader(ask.body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	c.dress(ctx, req, ask)
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, &Error{Method: ask.method, URL: address, Err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, &Error{Method: ask.method, URL: address, Err: err}
	}
	if res.StatusCode/100 != 2 {
		return res.Header, refusal(ask.method, address, res, body)
	}
	if replay, ok := ctx.Value(replayed{}).(*bool); ok {
		*replay = res.Header.Get("Idempotency-Replayed") == "true"
	}
	if out == nil || len(body) == 0 {
		return res.Header, nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return res.Header, fmt.Errorf("read the answer of %s %s: %w", ask.method, address, err)
	}
	return res.Header, nil
}

// dress sets the headers of a request.
func (c *Client) dress(ctx context.Context, req *http.Request, ask call) {
	req.Header.Set("Accept", "application/json, application/problem+json")
	agent := c.Agent
	if agent == "" {
		agent = "amends-client"
	}
	req.Header.Set("User-Agent", agent)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if ask.kind != "" {
		req.Header.Set("Content-Type", ask.kind)
	}
	if ask.key != "" {
		req.Header.Set("Idempotency-Key", ask.key)
	}
	if version, ok := ctx.Value(versioned{}).(int64); ok && ask.method == http.MethodPost {
		req.Header.Set("If-Match", strconv.Quote(strconv.FormatInt(version, 10)))
	}
}
