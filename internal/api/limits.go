package api

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"amends.dev/internal/fault"
)

// limits bounds how often one caller may ask, and how often anybody may try a
// secret or a password. What it remembers is bounded too.
type limits struct {
	mu      sync.Mutex
	rate    rate.Limit
	burst   int
	callers map[string]*visitor
	tries   map[string]*visitor
	all     *rate.Limiter // tries of everybody together
}

type visitor struct {
	*rate.Limiter
	last time.Time
}

const (
	defaultRate  = 50
	defaultBurst = 200
	maxVisitors  = 10_000
	forgetAfter  = 10 * time.Minute
	tryEvery     = 6 * time.Second // a wrong secret or a password, after the first ten
	tryBurst     = 10
	triesOfAll   = 20 // a second
)

func newLimits(perSecond, burst int) *limits {
	if perSecond <= 0 {
		perSecond = defaultRate
	}
	if burst <= 0 {
		burst = max(defaultBurst, perSecond)
	}
	return &limits{
		rate: rate.Limit(perSecond), burst: burst, callers: map[string]*visitor{}, tries: map[string]*visitor{},
		all: rate.NewLimiter(triesOfAll, 2*triesOfAll),
	}
}

// ask counts a request of a caller.
func (l *limits) ask(caller string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if visit(l.callers, caller, l.rate, l.burst, now).AllowN(now, 1) {
		return nil
	}
	return often("You asked too often. Wait a second, then try again", "1")
}

// try counts an attempt at a secret or a password, by address and by account.
func (l *limits) try(now time.Time, names ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range names {
		if name == "" {
			continue
		}
		if len(name) > 300 {
			name = name[:300]
		}
		if !visit(l.tries, strings.ToLower(name), rate.Every(tryEvery), tryBurst, now).AllowN(now, 1) {
			return often("This was tried too often. Wait a minute, then try again", "60")
		}
	}
	if !l.all.AllowN(now, 1) {
		return often("This was tried too often. Wait a minute, then try again", "60")
	}
	return nil
}

func often(say, retry string) error {
	p := problemOf(429, fault.New(fault.Busy, say))
	p.Title, p.retry = "Too many requests", retry
	return p
}

// visit returns a name's limiter. When too many names are known, those that
// have been quiet go, and in a flood all of them.
func visit(known map[string]*visitor, name string, every rate.Limit, burst int, now time.Time) *visitor {
	v := known[name]
	if v == nil {
		if len(known) >= maxVisitors {
			for n, old := range known {
				if now.Sub(old.last) > forgetAfter {
					delete(known, n)
				}
			}
		}
		if len(known) >= maxVisitors {
			clear(known)
		}
		v = &visitor{Limiter: rate.NewLimiter(every, burst)}
		known[name] = v
	}
	v.last = now
	return v
}
