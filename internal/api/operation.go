package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/fault"
)

// Limits of a request's body, in bytes, and of the time it takes to arrive.
const (
	maxBody   = 256 << 10
	maxImport = 32 << 20
	bodyTime  = 20 * time.Second
	maxKey    = 200 // characters of an Idempotency-Key
)

// keeps says how the answer to a POST is kept for its key.
type keeps uint8

const (
	keepsNothing keeps = iota // not a POST
	keepsResult               // a command: the store keeps its result
	keepsAnswer               // a setting: the whole answer is kept after the change
	keepsSecret               // the answer holds a secret: only that it was given is kept
)

// route is one row of the table: an operation, its address, what it needs.
type route struct {
	id, method, path string
	// need is what the caller must be allowed to do. The zero value has no row
	// in the table of permissions and lets nobody in.
	need     access.Permission
	says     string // one line for the document
	status   int    // of success
	keeps    keeps
	register func(*server, huma.API, huma.Operation)
}

// in makes a handler into what a row registers.
func in[I, O any](do func(*server, context.Context, *call, *I) (*O, error)) func(*server, huma.API, huma.Operation) {
	return func(s *server, doc huma.API, op huma.Operation) {
		huma.Register(doc, op, func(ctx context.Context, input *I) (*O, error) {
			c, ok := ctx.Value(callKey{}).(*call)
			if !ok {
				return nil, s.refuse(ctx, op.OperationID, errors.New("an operation was reached past its guard"))
			}
			out, err := do(s, ctx, c, input)
			if err != nil {
				return nil, s.refuse(ctx, op.OperationID, err)
			}
			return out, nil
		})
	}
}

type callKey struct{}

// refuse logs what is our fault and returns the problem to show.
func (s *server) refuse(ctx context.Context, operation string, err error) *Problem {
	p := newProblem(err)
	if p.Status == http.StatusInternalServerError && ctx.Err() == nil {
		s.Log.Error("a request did not work", "operation", operation, "error", p.cause)
	}
	return p
}

// operation describes the row for the document and puts the guards before it.
func (r route) operation(s *server) huma.Operation {
	op := huma.Operation{
		OperationID: r.id, Method: r.method, Path: client.Prefix + r.path, Summary: r.says,
		DefaultStatus: r.status, MaxBodyBytes: maxBody + 1,
		Description: "Needs: " + r.need.String() + ".",
		Errors:      []int{400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503},
		Middlewares: huma.Middlewares{s.guard(r), s.replay(r)},
	}
	if tag, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/"); tag != "" {
		op.Tags = []string{tag}
	}
	if r.path == "/import/statuspage" {
		op.MaxBodyBytes, op.SkipValidateBody = maxImport+1, true
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Type: "object", Description: "What /api/v2/incidents.json of a Statuspage returns"}},
		}}
	}
	op.Security = []map[string][]string{{"bearer": {}}}
	if r.need == access.ReadPublic {
		op.Security = append(op.Security, map[string][]string{})
	}
	if r.method == http.MethodPost {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Description: "Makes the request safe to repeat: the same key gets the first answer again",
			Schema: &huma.Schema{Type: "string", MaxLength: new(maxKey)},
		})
	}
	if r.keeps == keepsResult {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "If-Match", In: "header", Description: "The ETag of the incident that was read; a newer one is a conflict",
			Schema: &huma.Schema{Type: "string", MaxLength: new(100)},
		})
	}
	return op
}

// guard lets through who may call the row and notes who it was.
func (s *server) guard(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		req, w := humago.Unwrap(ctx)
		c, err := s.admit(req, r)
		if err == nil && req.Body != nil && (r.method == http.MethodPost || r.method == http.MethodPut) {
			err = readAll(ctx, req, r, c)
		}
		if err != nil {
			write(w, s.refuse(req.Context(), r.id, err))
			return
		}
		next(huma.WithValue(ctx, callKey{}, c))
	}
}

// admit finds out who calls and whether they may.
func (s *server) admit(req *http.Request, r route) (*call, error) {
	c := &call{at: s.Address(req)}
	if !keepable(req.URL) {
		return nil, problemOf(http.StatusBadRequest, fault.New(fault.Invalid, "This address holds characters that cannot be printed. Leave them out"))
	}
	var err error
	if c.who, err = Authenticate(req.Context(), s.DB, req.Header); err != nil {
		if fault.Is(err, fault.Unknown) {
			if slow := s.limits.try(time.Now(), "secret from "+c.at); slow != nil {
				return nil, slow
			}
		}
		return nil, err
	}
	if err := s.limits.ask(c.caller(), time.Now()); err != nil {
		return nil, err
	}
	return c, access.Check(c.who, r.need)
}

// keepable reports whether an address holds texts that a database can be
// asked for.
func keepable(u *url.URL) bool {
	texts := []string{u.Path}
	for name, values := range u.Query() {
		texts = append(append(texts, name), values...)
	}
	return !slices.ContainsFunc(texts, func(text string) bool { return !utf8.ValidString(text) || strings.ContainsRune(text, 0) })
}

// readAll reads the body once, within its limits, and notes what the request
// asks for: its key, its digest, and the version that it expects.
func readAll(ctx huma.Context, req *http.Request, r route, c *call) error {
	limit := int64(maxBody)
	if r.path == "/import/statuspage" {
		limit = maxImport
	}
	// Not every connection can do this (tests answer without one); the
	// server's own limits hold anyway.
	_ = ctx.SetReadDeadline(time.Now().Add(bodyTime))
	body, err := io.ReadAll(io.LimitReader(req.Body, limit+1))
	switch {
	case err != nil:
		return problemOf(http.StatusRequestTimeout, fault.Wrap(fault.Invalid, "The request did not arrive whole. Send it again", err))
	case int64(len(body)) > limit:
		return problemOf(http.StatusRequestEntityTooLarge, fault.Newf(fault.Invalid, "This request has more than %d KiB. Send a smaller one", limit>>10))
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	if r.method != http.MethodPost {
		return nil
	}
	key := req.Header.Get("Idempotency-Key")
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r < '!' || r > '~' }) {
		return fault.Bad("Idempotency-Key", "Send up to 200 printable characters without blanks")
	}
	if key != "" {
		c.key = c.caller() + " " + key
	}
	match := req.Header.Get("If-Match")
	if r.keeps == keepsResult && match != "" && match != "*" {
		if c.expect, err = strconv.ParseInt(strings.Trim(match, `"`), 10, 64); err != nil || c.expect < 1 {
			return fault.Bad("If-Match", "Send the ETag of the incident as it was read, such as \"5\"")
		}
	}
	h := sha256.New()
	for _, part := range []string{r.method, req.URL.RequestURI(), match, string(body)} {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	c.digest = hex.EncodeToString(h.Sum(nil))
	return nil
}
