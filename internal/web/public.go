package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// publicPages serves the public pages from memory. A page is read from the
// record when something was written, and rendered again when its countdown
// has moved. While the record cannot be read, the last reading is served, and
// the page says how old it is.
type publicPages struct {
	s       *Server
	changes atomic.Uint64 // counts what was written
	mu      sync.RWMutex
	kept    map[string]*publicPage
}

// publicPage is one page as it was read and as it is sent.
type publicPage struct {
	making  sync.Mutex // held by the request that reads or renders it
	read    time.Time  // when the record was read
	changes uint64     // as of that reading
	view    publicView
	rereads *rate.Limiter

	sent atomic.Pointer[publicBytes]
}

// publicBytes is what goes over the wire.
type publicBytes struct {
	made          time.Time
	changes       uint64
	lost          bool // the record could not be read
	kind          string
	plain, zipped []byte
	tag           string
}

// publicView is a page that can be rendered as of any instant.
type publicView interface {
	// render returns the page as of now; lost is when the record was last
	// read, zero while it can be read.
	render(s *Server, now, lost time.Time) (kind string, body []byte, err error)
}

const (
	publicPagesKept = 512
	publicMoves     = 5 * time.Second  // a countdown may be this old
	publicRereads   = 10               // a second, in a storm of writes
	publicTrusts    = 15 * time.Second // without a sign of change, the record is read again
	publicCheck     = time.Second      // other nodes' writes are looked for
	publicTimeout   = 3 * time.Second
)

func newPublicPages(s *Server) *publicPages {
	return &publicPages{s: s, kept: map[string]*publicPage{}}
}

// forget makes the next reader of every page see the record as it is now.
func (p *publicPages) forget() { p.changes.Add(1) }

// watch notices what was written, here and at other nodes, until ctx ends.
func (p *publicPages) watch(ctx context.Context) {
	news, end := p.s.DB.Committed()
	defer end()
	check := time.NewTicker(publicCheck)
	defer check.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
			p.changes.Add(1)
		case <-check.C:
			if !p.s.DB.Shared() {
				continue
			}
			in, cancel := context.WithTimeout(ctx, publicTimeout)
			at, err := p.s.DB.LastChange(in)
			cancel()
			if err == nil && !at.Equal(last) {
				last = at
				p.changes.Add(1)
			}
		}
	}
}

// page returns the place of a page in memory. A page that was not found is
// not kept, so that guessed addresses fill nothing.
func (p *publicPages) page(key string) *publicPage {
	p.mu.RLock()
	page := p.kept[key]
	p.mu.RUnlock()
	if page == nil {
		page = &publicPage{rereads: rate.NewLimiter(publicRereads, publicRereads)}
	}
	return page
}

func (p *publicPages) keep(key string, page *publicPage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.kept[key]; ok {
		return
	}
	if len(p.kept) >= publicPagesKept {
		clear(p.kept)
	}
	p.kept[key] = page
}

// get returns the bytes of a page, made by read when they are not in memory.
func (p *publicPages) get(ctx context.Context, key string, read func(context.Context) (publicView, error)) (*publicBytes, error) {
	page := p.page(key)
	now := p.s.DB.Now()
	sent := page.sent.Load()
	if sent != nil && page.isFresh(sent, now, p.changes.Load()) {
		return sent, nil
	}
	if sent != nil && !page.making.TryLock() {
		return sent, nil // somebody is at it; nobody waits
	} else if sent == nil {
		page.making.Lock()
	}
	defer page.making.Unlock()
	if again := page.sent.Load(); again != sent && again != nil {
		return again, nil
	}
	return p.make(ctx, key, page, now, read)
}

// isFresh reports whether bytes may be sent again as they are. After a change
// they may while the record would not be read again yet: what is rendered would
// be the same, and in a storm of writes every request would render it.
func (page *publicPage) isFresh(sent *publicBytes, now time.Time, changes uint64) bool {
	made := now.Sub(sent.made)
	return made >= 0 && made < publicMoves && (sent.changes == changes || page.rereads.Tokens() < 1)
}

func (p *publicPages) make(ctx context.Context, key string, page *publicPage, now time.Time, read func(context.Context) (publicView, error)) (*publicBytes, error) {
	changes := p.changes.Load()
	var lost time.Time
	age := now.Sub(page.read)
	if page.view == nil || age >= publicTrusts || age < 0 || changes != page.changes && page.rereads.Allow() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publicTimeout)
		view, err := read(ctx)
		cancel()
		switch {
		case err == nil:
			page.view, page.read, page.changes = view, now, changes
		case page.view == nil || isOurs(err):
			return nil, err
		default:
			p.s.Log.Warn("the record cannot be read; the public page is served from memory", "page", key, "age", age, "error", err)
			lost = page.read
		}
	}
	kind, body, err := page.view.render(p.s, now, lost)
	if err != nil {
		return nil, err
	}
	out := &publicBytes{made: now, changes: page.changes, lost: !lost.IsZero(), kind: kind, plain: body}
	if !lost.IsZero() {
		out.made, out.changes = now.Add(publicCheck-publicMoves), changes // look again in a second
	}
	sum := sha256.Sum256(body)
	out.tag = `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	out.zipped = packed(body)
	page.sent.Store(out)
	p.keep(key, page)
	return out, nil
}

// packers are used again: a new one takes a megabyte.
var packers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one of gzip's own
	}
	return z
}}

// packed returns a body as gzip.
func packed(body []byte) []byte {
	var out bytes.Buffer
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(&out)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

// send answers with the bytes of a page.
func (b *publicBytes) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", b.kind)
	h.Set("Cache-Control", "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400")
	h.Set("ETag", b.tag)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == b.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := b.plain
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = b.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader that went away is not an error of ours
	}
}
