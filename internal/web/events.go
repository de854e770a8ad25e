package web

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

const (
	maxStreams  = 1000             // open at the same time
	streamBeat  = 15 * time.Second // a comment, so that proxies keep the line open
	streamCheck = 4 * time.Second  // is the reader still allowed to read?
	streamPoll  = time.Second      // what other nodes wrote
	streamWrite = 20 * time.Second
)

// stream is a live page: it tells what was added to an incident since the
// page was made.
type stream struct {
	c    *call
	id   int64
	last int64
	out  *http.ResponseController
}

// events keeps a connection open and sends what happens to an incident.
func (s *Server) events(c *call) error {
	id, err := strconv.ParseInt(c.r.URL.Query().Get("incident"), 10, 64)
	if err != nil {
		return errNoPage
	}
	in, err := c.incident(id)
	if err != nil {
		return err
	}
	st := &stream{c: c, id: id, last: in.Version, out: http.NewResponseController(c.w)}
	for _, seen := range []string{c.r.Header.Get("Last-Event-ID"), c.r.URL.Query().Get("after")} {
		if n, err := strconv.ParseInt(seen, 10, 64); err == nil && n >= 0 && n <= in.Version {
			st.last = n
			break
		}
	}
	if !s.limits.enter() {
		return fault.New(fault.Busy, "Too many live pages are open. This one stands still; reload it to see what is new.")
	}
	defer s.limits.leave()
	h := c.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	c.w.WriteHeader(http.StatusOK)
	if err := st.write(": live\n\n"); err != nil {
		return nil //nolint:nilerr // the reader left
	}
	st.follow()
	return nil
}

// follow runs until the reader leaves, is no longer allowed to read, or the
// server stops. After the first byte there is no error page any more: the
// browser connects again and is answered then.
func (st *stream) follow() {
	c := st.c
	news, end := c.s.DB.Committed()
	defer end()
	beat, check, poll := time.NewTicker(streamBeat), time.NewTicker(streamCheck), time.NewTicker(streamPoll)
	defer beat.Stop()
	defer check.Stop()
	defer poll.Stop()
	if !c.s.DB.Shared() {
		poll.Stop()
	}
	for {
		if st.tell() != nil {
			return
		}
		select {
		case <-c.r.Context().Done():
			return
		case <-c.s.done:
			return
		case <-news:
		case <-poll.C:
		case <-check.C:
			if c.identify() != nil || c.may(c.route.Need) != nil {
				return
			}
		case <-beat.C:
			if st.write(": still here\n\n") != nil {
				return
			}
		}
	}
}

// tell sends what the reader has not seen yet.
func (st *stream) tell() error {
	c := st.c
	c.now = c.s.DB.Now()
	in, err := c.incident(st.id)
	if err != nil || in.Version <= st.last {
		return err
	}
	entries, err := c.s.DB.Timeline(c.r.Context(), c.who, st.id)
	if err != nil {
		return err
	}
	for len(entries) > 0 && entries[0].Seq <= st.last {
		entries = entries[1:]
	}
	text, err := st.parts(in, entries)
	if err != nil {
		return err
	}
	st.last = in.Version
	return st.write(fmt.Sprintf("id: %d\ndata: %s\n\n", in.Version, strings.ReplaceAll(text, "\n", "\ndata: ")))
}

// parts renders what changed as pieces with the places they belong.
func (st *stream) parts(in incident.Incident, entries []incident.Entry) (string, error) {
	c := st.c
	n, err := c.names()
	if err != nil {
		return "", err
	}
	sv, err := c.services()
	if err != nil {
		return "", err
	}
	t := teller{c: c, names: n, services: sv}
	if !c.team() {
		t.names = nil
	}
	page := c.s.pages["incident.html"]
	var out bytes.Buffer
	out.WriteString(`<hx-partial hx-target="#timeline" hx-swap="afterbegin">`)
	lines := t.lines(entries)
	for _, l := range lines {
		if err := page.ExecuteTemplate(&out, "entry", l); err != nil {
			return "", err
		}
	}
	out.WriteString(`</hx-partial><hx-partial hx-target="#promise-box" hx-swap="innerHTML">`)
	if box := c.promiseOf(in, n); box != nil {
		if err := page.ExecuteTemplate(&out, "promise", box); err != nil {
			return "", err
		}
	}
	out.WriteString(`</hx-partial><hx-partial hx-target="#latest" hx-swap="innerHTML">`)
	if u := c.latestOf(in, n); u != nil {
		if err := page.ExecuteTemplate(&out, "latest", u); err != nil {
			return "", err
		}
	}
	fmt.Fprintf(&out, `</hx-partial><hx-partial hx-target="#state-tag" hx-swap="innerHTML">%s</hx-partial>`,
		tag(statusShape(in.Status, in.Severity), statusWord(in.Status)))
	if len(lines) > 0 && entries[len(entries)-1].By != c.person() {
		fmt.Fprintf(&out, `<hx-partial hx-target="#say" hx-swap="innerHTML">New: %s</hx-partial>`, html.EscapeString(lines[0].Title))
	}
	return out.String(), nil
}

func (st *stream) write(text string) error {
	// A writer that knows no deadline is a test's; the server's does.
	_ = st.out.SetWriteDeadline(time.Now().Add(streamWrite))
	if _, err := st.c.w.Write([]byte(text)); err != nil {
		return err
	}
	return st.out.Flush()
}
