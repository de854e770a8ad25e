package notify

import (
	"context"
	"errors"
	"sync"
	"time"
)

// The limits of one endpoint. They keep an endpoint that hangs from holding
// the workers that others need.
const (
	gateSlots  = 2                // messages on their way to one endpoint at once
	gateWait   = 2 * time.Second  // how long a message waits for a slot
	gateFaults = 5                // endings without an answer in a row that close the gate
	gatesMost  = 4096             // gates kept before the idle ones are forgotten
	gateClosed = 30 * time.Second // how long it stays closed; then one message tries it
)

// gates holds one gate for each endpoint in use or in trouble. The zero value
// is ready.
type gates struct {
	mu   sync.Mutex
	open map[string]*gate
}

type gate struct {
	slots  chan struct{}
	users  int       // who holds or waits for a slot
	faults int       // endings without an answer in a row
	until  time.Time // closed until then; zero: open
}

var (
	errClosed = errors.New("gate closed after repeated silence")
	errFull   = errors.New("no free slot for this endpoint")
)

// enter waits for a slot at the endpoint. The caller calls leave once, with
// whether an answer came. An error is a *Refusal.
func (g *gates) enter(ctx context.Context, endpoint string) (leave func(answered bool), err error) {
	t, patience, err := g.join(endpoint)
	if err != nil {
		return nil, err
	}
	if err := t.wait(ctx, patience); err != nil {
		g.part(endpoint, t)
		return nil, err
	}
	leave = func(answered bool) {
		<-t.slots
		g.settle(t, answered)
		g.part(endpoint, t)
	}
	if err := g.admit(t); err != nil {
		<-t.slots
		g.part(endpoint, t)
		return nil, err
	}
	return leave, nil
}

// wait takes a slot, within the given time.
func (t *gate) wait(ctx context.Context, patience time.Duration) error {
	select {
	case t.slots <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case t.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return unreached("Other messages to this place are still on their way. This one is tried again.", errFull)
	case <-ctx.Done():
		return unreached("The message was not sent because the server is stopping. It is tried again.", context.Cause(ctx))
	}
}

// join counts the caller in, unless the gate is closed, and says how long to
// wait for a slot: not at all where the last message met silence.
func (g *gates) join(endpoint string) (*gate, time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.open[endpoint]
	if t == nil {
		if g.open == nil {
			g.open = map[string]*gate{}
		}
		g.sweep()
		t = &gate{slots: make(chan struct{}, gateSlots)}
		g.open[endpoint] = t
	}
	if left := time.Until(t.until); left > 0 {
		return nil, 0, closed(left)
	}
	t.users++
	if t.faults > 0 {
		return t, 0, nil
	}
	return t, gateWait, nil
}

// sweep forgets idle gates when there are very many.
func (g *gates) sweep() {
	if len(g.open) < gatesMost {
		return
	}
	for endpoint, t := range g.open {
		if t.users == 0 {
			delete(g.open, endpoint)
		}
	}
}

// admit looks again after the wait: the gate may have closed meanwhile. The
// first one through after the pause keeps it closed for the others.
func (g *gates) admit(t *gate) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if left := time.Until(t.until); left > 0 {
		return closed(left)
	}
	if t.faults >= gateFaults {
		t.until = time.Now().Add(gateClosed)
	}
	return nil
}

func closed(left time.Duration) *Refusal {
	r := unreached("The other end has been silent several times in a row. The message is tried again when a test gets through.", errClosed)
	r.RetryAfter = left
	return r
}

func (g *gates) settle(t *gate, answered bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if answered {
		t.faults, t.until = 0, time.Time{}
		return
	}
	t.faults++
	if t.faults >= gateFaults {
		t.until = time.Now().Add(gateClosed)
	}
}

// part counts the caller out and forgets a gate that nobody uses and that has
// nothing to remember.
func (g *gates) part(endpoint string, t *gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.users--
	if t.users == 0 && t.faults == 0 {
		delete(g.open, endpoint)
	}
}
