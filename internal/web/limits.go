package web

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"amends.dev/internal/fault"
)

// limits slows down whoever knocks too often: per address, per account, and
// all together, because addresses are cheap.
type limits struct {
	mu   sync.Mutex
	all  *rate.Limiter
	each map[string]*knocker
	live int // streams that are open
}

type knocker struct {
	*rate.Limiter
	last time.Time
}

const (
	signInEvery   = 6 * time.Second // per address, after the first ten
	signInBurst   = 10
	signInAll     = 20 // a second, from everywhere
	maxKnockers   = 10_000
	knockerForget = 30 * time.Minute
)

func newLimits() *limits {
	return &limits{all: rate.NewLimiter(signInAll, 2*signInAll), each: map[string]*knocker{}}
}

var errTooOften = fault.New(fault.Busy, "This was tried too often. Wait a minute, then try again.")

// signIn lets an attempt through or refuses it. The account counts beside the
// address, so that many addresses cannot guess at one password.
func (l *limits) signIn(address, account string, now time.Time) error {
	account = strings.ToLower(strings.TrimSpace(account))
	if len(account) > 254 {
		account = account[:254]
	}
	if !l.allow("from "+address, now) || account != "" && !l.allow("as "+account, now) {
		return errTooOften
	}
	return nil
}

// form lets a post to a public form through or refuses it.
func (l *limits) form(address string, now time.Time) error {
	if !l.allow("form "+address, now) {
		return errTooOften
	}
	return nil
}

func (l *limits) allow(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.each[key]
	if k == nil {
		l.makeRoom(now)
		k = &knocker{Limiter: rate.NewLimiter(rate.Every(signInEvery), signInBurst)}
		l.each[key] = k
	}
	k.last = now
	return k.AllowN(now, 1) && l.all.AllowN(now, 1)
}

// makeRoom forgets who has not knocked for long, and in a flood everybody:
// the limit on all together holds meanwhile.
func (l *limits) makeRoom(now time.Time) {
	if len(l.each) < maxKnockers {
		return
	}
	for key, k := range l.each {
		if now.Sub(k.last) > knockerForget {
			delete(l.each, key)
		}
	}
	if len(l.each) >= maxKnockers {
		clear(l.each)
	}
}

// enter counts a live page in, if there is room.
func (l *limits) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.live >= maxStreams {
		return false
	}
	l.live++
	return true
}

func (l *limits) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live--
}
