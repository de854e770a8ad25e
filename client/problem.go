package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Problem is a refusal as RFC 9457 writes it (application/problem+json).
type Problem struct {
	Type    string  `json:"type,omitempty" doc:"Stays the same for the same kind of problem: urn:amends:problem:invalid"`
	Title   string  `json:"title" doc:"The kind of problem in words"`
	Status  int     `json:"status" doc:"The HTTP status"`
	Detail  string  `json:"detail" doc:"What went wrong here and what to do next"`
	Kind    string  `json:"kind" doc:"invalid, missing, conflict, forbidden, unknown, busy or internal"`
	Fields  []Field `json:"fields,omitempty" doc:"Every input that needs another value"`
	Version int64   `json:"version,omitempty" doc:"For a conflict over If-Match: the version of the incident now"`
}

// Field is one input that needs another value.
type Field struct {
	Name string `json:"name" doc:"The input: next, services, query.limit"`
	Say  string `json:"say" doc:"What to enter instead"`
}

// Error is a request that did not work: refused by the server, or without an
// answer.
type Error struct {
	Method, URL string
	Problem     Problem       // what the server said; Status is 0 when there was no answer
	RetryAfter  time.Duration // when the server says so; zero otherwise
	Err         error         // why there was no answer; nil when there was one
}

// Error returns what the server said, or that it said nothing.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("no answer from %s: %v", e.URL, e.Err)
	}
	text := e.Problem.Detail
	if text == "" {
		text = fmt.Sprintf("%s %s was answered with status %d", e.Method, e.URL, e.Problem.Status)
	}
	for _, f := range e.Problem.Fields {
		text += "; " + f.Name + ": " + f.Say
	}
	return text
}

// Unwrap returns why there was no answer.
func (e *Error) Unwrap() error { return e.Err }

// refusal reads what the server sent with a status that is no success.
func refusal(method, address string, res *http.Response, body []byte) *Error {
	e := &Error{Method: method, URL: address}
	// What is not a problem in JSON came from something in between: the
	// status is all that is known then.
	if json.Unmarshal(body, &e.Problem) != nil {
		e.Problem = Problem{}
	}
	e.Problem.Status = res.StatusCode
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	return e
}
