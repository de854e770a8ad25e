package notify

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"code.dny.dev/ssrf"
)

// The limits of one request.
const (
	dialWithin   = 5 * time.Second
	answerWithin = 15 * time.Second // from the first byte out to the last byte in
	answerBytes  = 64 << 10         // what is read of an answer; the rest is dropped
)

// Client is the one HTTP client for everything that is sent. It goes through
// the guard, uses no proxy, follows no redirect, keeps no cookie, unpacks
// nothing, and gives up after 15 seconds. One Client serves all channels.
type Client struct {
	guard    Guard
	resolver *net.Resolver  // nil: the system's
	roots    *x509.CertPool // nil: the system's
	http     *http.Client
	gates    gates
}

// NewClient returns a client behind the guard.
func NewClient(guard Guard) *Client { return newClient(guard, nil) }

func newClient(guard Guard, resolver *net.Resolver) *Client {
	return &Client{
		guard:    guard,
		resolver: resolver,
		http: &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
			Transport: &http.Transport{
				Proxy:                  nil, // a proxy would be checked in place of the target
				DialContext:            guard.dialer(resolver).DialContext,
				TLSHandshakeTimeout:    dialWithin,
				MaxIdleConnsPerHost:    2,
				MaxIdleConns:           100,
				IdleConnTimeout:        30 * time.Second,
				MaxResponseHeaderBytes: answerBytes,
				DisableCompression:     true,
			},
		},
	}
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// answer is what an endpoint said. Nobody but the channel's own code sees it.
type answer struct {
	status     int
	body       []byte        // at most 64 KiB
	retryAfter time.Duration // 0: none named
}

func (a answer) ok() bool { return a.status >= 200 && a.status < 300 }

// post sends body to an endpoint. An error is a *Refusal and means that no
// complete answer came; any status is an answer.
func (c *Client) post(ctx context.Context, to string, header http.Header, body []byte) (answer, bool, error) {
	u, err := target(to)
	if err != nil {
		return answer{}, false, unsendable("The address of this channel cannot be used. "+err.Error()+".", nil)
	}
	leave, err := c.gates.enter(ctx, to)
	if err != nil {
		return answer{}, true, err
	}
	a, err := c.do(ctx, u, header, body)
	leave(err == nil || refusedByGuard(err) || ctx.Err() == context.Canceled)
	if err == nil {
		return a, false, nil
	}
	err = withoutURL(err)
	if refusedByGuard(err) {
		return answer{}, false, unsendable("The address of this channel is not on the public internet, or its port is not open for messages. If it is your own server, add its network to allow_private.", err)
	}
	return answer{}, true, unreached(unreachedSay(err), err)
}

func (c *Client) do(ctx context.Context, u *url.URL, header http.Header, body []byte) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "amends")
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, retryAfter: retryAfter(res.Header.Get("Retry-After"), res.Header.Get("Date"))}
	a.body, err = io.ReadAll(io.LimitReader(res.Body, answerBytes))
	if a.ok() && err != nil {
		// The other end has taken the message; how its answer ends is its affair.
		return a, nil
	}
	return a, err
}

// withoutURL drops the address from an error: the path of a hook is a secret.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

func refusedByGuard(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedPort) ||
		errors.Is(err, ssrf.ErrProhibitedNetwork) || errors.Is(err, ssrf.ErrInvalidHostPort)
}

func unreachedSay(err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return "The host name of this channel is not known. Check its address; the message is tried again."
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return "The other end did not answer in time. The message is tried again."
	}
	return "The other end could not be reached. The message is tried again."
}

// refusal turns an answer outside 2xx into an error.
func (a answer) refusal(say string) *Refusal {
	var r *Refusal
	if a.busy() {
		r = unreached(say, nil)
	} else {
		r = unsendable(say, nil)
	}
	r.Status, r.RetryAfter, r.Gone = a.status, a.retryAfter, a.status == http.StatusGone
	return r
}

// busy reports an answer that a later attempt can change.
func (a answer) busy() bool {
	switch a.status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return a.status >= 500
}

// retryAfter reads the header: seconds, or an instant, which is taken against
// the answer's own Date so that neither clock needs to be right.
func retryAfter(value, date string) time.Duration {
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		return bounded(seconds)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(date)
	if err != nil {
		return 0
	}
	return bounded(at.Sub(now).Seconds())
}

// bounded turns seconds into a pause between 0 and 24 h.
func bounded(seconds float64) time.Duration {
	if !(seconds > 0) {
		return 0
	}
	return time.Duration(min(seconds, askedMost.Seconds()) * float64(time.Second))
}
