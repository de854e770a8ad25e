package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

// answers says, for each kind of fault, its status and its name in words.
var answers = map[fault.Kind]struct {
	status int
	title  string
}{
	fault.Invalid:   {http.StatusUnprocessableEntity, "Some entries need another value"},
	fault.Missing:   {http.StatusNotFound, "Not found"},
	fault.Conflict:  {http.StatusConflict, "Something newer stands in the way"},
	fault.Forbidden: {http.StatusForbidden, "Not allowed"},
	fault.Unknown:   {http.StatusUnauthorized, "Sign in first"},
	fault.Busy:      {http.StatusServiceUnavailable, "Busy"},
	fault.Internal:  {http.StatusInternalServerError, "Our fault"},
}

// Problem is a refusal on its way out.
type Problem struct {
	client.Problem
	retry string // Retry-After, in seconds; may be empty
	cause error  // for our log
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry != "" {
		h.Set("Retry-After", p.retry)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="amends"`)
	}
	return h
}

// ContentType implements huma.ContentTypeFilter.
func (*Problem) ContentType(string) string { return "application/problem+json" }

// newProblem is the only place where an error becomes a problem.
func newProblem(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	kind, say, fields := fault.Public(err)
	if say == "" {
		_, say, _ = fault.Public(nil) // the words that give nothing away
	}
	a := answers[kind]
	p := &Problem{cause: err, Problem: client.Problem{
		Type: "urn:amends:problem:" + string(kind), Title: a.title, Status: a.status, Detail: say, Kind: string(kind),
	}}
	for _, f := range fields {
		p.Fields = append(p.Fields, client.Field{Name: f.Name, Say: f.Say})
	}
	if kind == fault.Busy {
		p.retry = "5"
	}
	return p
}

// problemOf is newProblem with a status that HTTP has a better word for.
func problemOf(status int, err error) *Problem {
	p := newProblem(err)
	p.Status = status
	return p
}

// write answers with a problem outside of an operation.
func write(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	// An error here means that the caller has left.
	_ = json.NewEncoder(w).Encode(p)
}

// slips are the refusals that the framework makes by itself: what they say.
var slips = map[int]string{
	http.StatusBadRequest:           "This is not JSON that can be read. Send one JSON object",
	http.StatusUnsupportedMediaType: "Send JSON, with Content-Type: application/json",
	http.StatusNotAcceptable:        "Answers are JSON. Accept application/json",
}

// fromHuma turns what the framework refuses into our problem: the same kinds,
// every field at fault, and nothing of what was sent.
func fromHuma(status int, message string, errs ...error) huma.StatusError {
	if status == 0 { // the framework asks for an example, to write its schema down
		return &Problem{}
	}
	if status >= http.StatusInternalServerError {
		return newProblem(errors.Join(append(errs, errors.New(message))...))
	}
	say, ok := slips[status]
	if ok {
		return problemOf(status, fault.Wrap(fault.Invalid, say, errors.Join(errs...)))
	}
	var c fault.Checks
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			c.Add(slip(d.ErrorDetail()))
		}
	}
	if err := c.Err(); err != nil {
		return problemOf(status, err)
	}
	return problemOf(status, fault.New(fault.Invalid, "This request cannot be read. See "+client.Prefix+"/openapi.json for what it takes"))
}

// slip returns the name of the input at fault and what to send instead.
func slip(d *huma.ErrorDetail) (name, say string) {
	name = d.Location
	for _, place := range []string{"body.", "body", "path.", "query.", "header."} {
		if rest, ok := strings.CutPrefix(name, place); ok {
			name = rest
			break
		}
	}
	message := d.Message
	if property, ok := strings.CutPrefix(message, "expected required property "); ok {
		property = strings.TrimSuffix(property, " to be present")
		return strings.TrimPrefix(name+"."+property, "."), "Enter this. It is needed"
	}
	switch {
	case message == "unexpected property" || message == "unknown query parameter":
		return name, "There is no such input. Leave it out"
	case strings.HasPrefix(message, "required "):
		return name, "Enter this. It is needed"
	case strings.HasPrefix(message, "expected length <= "):
		return name, "Shorten this to " + strings.TrimPrefix(message, "expected length <= ") + " characters or fewer"
	case message == "expected string":
		return name, "Send a text"
	case message == "expected boolean" || message == "invalid boolean":
		return name, "Send true or false"
	case message == "expected integer" || message == "invalid integer":
		return name, "Send a whole number"
	case strings.HasPrefix(message, "expected string to be RFC 3339"), strings.HasPrefix(message, "invalid date"):
		return name, "Send an instant such as 2026-11-22T16:30:00Z"
	case strings.HasPrefix(message, "expected "):
		return name, "Send " + article(strings.TrimPrefix(message, "expected "))
	}
	return name, "Send another value. See the OpenAPI document for what it takes"
}

func article(what string) string {
	switch {
	case strings.HasPrefix(what, "array"), strings.HasPrefix(what, "integer"), strings.HasPrefix(what, "object"):
		return "an " + what
	}
	return "a " + what
}
