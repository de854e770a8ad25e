package intake

import (
	"runtime"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"amends.dev/internal/fault"
)

// Limits of the doors when nobody says otherwise.
const (
	defaultPerSource = 1000
	defaultAll       = 3000
	defaultInFlight  = 256
	retryAfter       = 2 // seconds, told with every 429
	maxGuessers      = 10_000
)

// gate lets requests in while there is room. What it remembers is bounded: a
// limiter for each source, of which there are few, and one for each address
// that guessed at keys.
type gate struct {
	mu       sync.Mutex
	perRate  rate.Limit
	perHeld  int // requests of one source at work
	sources  map[string]*sourceGate
	guessers map[string]*rate.Limiter

	all     *rate.Limiter
	held    chan struct{} // requests at work whose source is known
	unknown chan struct{} // requests at work that have yet to say whose they are
	parsing chan struct{}
	guesses *rate.Limiter
}

type sourceGate struct {
	*rate.Limiter
	held int
}

func newGate(d Deps) *gate {
	or := func(v, fallback int) int {
		if v <= 0 {
			return fallback
		}
		return v
	}
	per, all, inFlight := or(d.PerSource, defaultPerSource), or(d.All, defaultAll), or(d.InFlight, defaultInFlight)
	return &gate{
		perRate: rate.Limit(per), perHeld: max(1, inFlight/2), sources: map[string]*sourceGate{}, guessers: map[string]*rate.Limiter{},
		all: rate.NewLimiter(rate.Limit(all), 2*all), held: make(chan struct{}, inFlight), unknown: make(chan struct{}, inFlight),
		parsing: make(chan struct{}, 4*runtime.GOMAXPROCS(0)), guesses: rate.NewLimiter(20, 100),
	}
}

func full() error {
	return fault.New(fault.Busy, "More alerts come than this server takes. Send this again in a few seconds. Nothing was stored")
}

// enter counts a request of a source in, or refuses it.
func (g *gate) enter(source string, now time.Time) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.sources[source]
	if s == nil {
		s = &sourceGate{Limiter: rate.NewLimiter(g.perRate, 2*int(g.perRate))}
		g.sources[source] = s
	}
	if s.held >= g.perHeld || !s.AllowN(now, 1) || !g.all.AllowN(now, 1) {
		return nil, full()
	}
	select {
	case g.held <- struct{}{}:
	default:
		return nil, full()
	}
	s.held++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		s.held--
		<-g.held
	}, nil
}

// enterUnknown counts a request in whose source is not known yet.
func (g *gate) enterUnknown() (leave func(), err error) {
	select {
	case g.unknown <- struct{}{}:
		return func() { <-g.unknown }, nil
	default:
		return nil, full()
	}
}

// guess counts a look for a key that is not on record.
func (g *gate) guess(address string, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.guessers[address]
	if l == nil {
		if len(g.guessers) >= maxGuessers {
			clear(g.guessers) // the limit on all together holds meanwhile
		}
		l = rate.NewLimiter(1, 20)
		g.guessers[address] = l
	}
	if !l.AllowN(now, 1) || !g.guesses.AllowN(now, 1) {
		return fault.New(fault.Busy, "This key was not found, and too many were tried. Wait a minute, then try again")
	}
	return nil
}
