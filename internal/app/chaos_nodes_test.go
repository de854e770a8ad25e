package app_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

// What is promised of two nodes on one database when one of them dies or
// freezes: no promise is acted on later than lateMost, and what the one was
// sending is sent by the other within retriedMost.
const (
	lateMost    = 5 * time.Second
	retriedMost = 30 * time.Second

	// Slow enough that one node alone has no backlog: what is measured is how
	// soon the work moves on, not how much there is of it.
	pairPace = 500 * time.Millisecond
)

func TestOneOfTwoNodesDiesOrFreezes(t *testing.T) {
	t.Run("killed", func(t *testing.T) {
		t.Parallel()
		p := newPair(t)
		p.catchSending(t)
		at := time.Now()
		p.a.kill()
		p.workA.at(p.b.door)
		held := p.heldByA(t, at)
		p.gate.open()
		pause(t.Context(), 30*time.Second)
		p.finish(t, at, held, p.b)
	})
	t.Run("frozen", func(t *testing.T) {
		t.Parallel()
		p := newPair(t)
		moments := rand.New(rand.NewPCG(seed(t), 2))
		for range 2 { // anywhere, in the middle of a transaction too
			pause(t.Context(), time.Duration(moments.IntN(1500))*time.Millisecond)
			p.a.freeze(t)
			pause(t.Context(), 6*time.Second)
			p.a.thaw(t)
		}
		p.catchSending(t)
		at := time.Now()
		p.a.freeze(t)
		held := p.heldByA(t, at)
		pause(t.Context(), store.DeliveryLease+6*time.Second)
		// The other end now says yes to the frozen node, which hears it on waking.
		p.gate.open()
		pause(t.Context(), time.Second)
		before, thawed := p.ledger(t), time.Now()
		p.a.thaw(t)
		pause(t.Context(), 6*time.Second)
		p.finish(t, at, held, p.a, p.b)
		after := p.ledger(t)
		for id := range held {
			if before[id] != after[id] {
				t.Errorf("the node that woke changed a delivery it had lost:\nbefore %+v\nafter  %+v", before[id], after[id])
			}
		}
		for _, a := range p.post.all() {
			if _, lost := held[a.key]; lost && a.sink == "a" && a.at.After(thawed) {
				t.Errorf("the node that woke sent %s, which it had lost", a.key)
			}
		}
	})
}

// pair is two nodes on one database, each with its own mail server and its own
// clients.
type pair struct {
	*world
	a, b         *node
	workA, workB *work
	gate         *gate // of the mail server that a uses
	began        time.Time
	more         chan struct{}
}

// gate keeps a mail server from answering.
type gate struct {
	mu      sync.Mutex
	shut    chan struct{} // nil: it is open
	reached chan struct{} // closed when a mail waits
}

// wait is what the mail server asks before it takes a mail.
func (g *gate) wait() {
	g.mu.Lock()
	shut := g.shut
	if shut != nil {
		select {
		case <-g.reached:
		default:
			close(g.reached)
		}
	}
	g.mu.Unlock()
	if shut != nil {
		<-shut
	}
}

func (g *gate) close() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut, g.reached = make(chan struct{}), make(chan struct{})
	return g.reached
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.shut)
	g.shut = nil
}

func newPair(t *testing.T) *pair {
	database := storetest.Postgres(t)
	if _, err := nodeBinary(); err != nil {
		t.Fatal(err)
	}
	p := &pair{world: newWorld(t, database, 12), gate: &gate{}, more: make(chan struct{})}
	mailA := newMailEnd(t, "a", p.post, p.gate.wait)
	mailB := newMailEnd(t, "b", p.post, nil)
	p.a, p.b = startNode(t, p.env(mailA)), startNode(t, p.env(mailB))
	p.began = time.Now().Add(lateMost) // what was missed before the start is made up for by then
	p.workA, p.workB = p.clients(t, "a"), p.clients(t, "b")
	p.workA.at(p.a.door)
	p.workB.at(p.b.door)
	pause(t.Context(), 3*time.Second)
	return p
}

func (p *pair) clients(t *testing.T, name string) *work {
	file, err := os.Create(filepath.Join(t.TempDir(), "answers-"+name))
	if err != nil {
		t.Fatal(err)
	}
	w := newWork(p.people, pairPace, file)
	w.play(t.Context(), name, seed(t), p.more)
	return w
}

// catchSending returns when node a is in the middle of sending mail.
func (p *pair) catchSending(t *testing.T) {
	t.Helper()
	select {
	case <-p.gate.close():
	case <-time.After(30 * time.Second):
		t.Fatal("node a sent no mail in 30 s")
	}
}

// heldByA returns the deliveries that node a held when it stopped: those that
// are still on their way when the other node had time to end its own.
func (p *pair) heldByA(t *testing.T, since time.Time) map[string]store.Delivery {
	t.Helper()
	first := p.ledger(t)
	pause(t.Context(), 2*time.Second)
	held := map[string]store.Delivery{}
	for id, d := range p.ledger(t) {
		if d.State == store.DeliverySending && d.Epoch == first[id].Epoch && d.ActAt.Add(-store.DeliveryLease).Before(since.Add(100*time.Millisecond)) {
			held[id] = d
		}
	}
	if len(held) == 0 {
		t.Fatal("node a held no delivery; nothing was tested")
	}
	return held
}

func (p *pair) ledger(t *testing.T) map[string]store.Delivery {
	t.Helper()
	out := map[string]store.Delivery{}
	for _, d := range read(t, context.Background(), p.database).deliveries {
		out[d.ID] = d
	}
	return out
}

// finish ends the run and checks every law, and what is promised of two nodes.
func (p *pair) finish(t *testing.T, at time.Time, held map[string]store.Delivery, alive ...*node) {
	t.Helper()
	p.workA.end(t, p.more, alive...)
	p.workB.end(t, make(chan struct{}), alive...)
	settled := time.Now()
	drain(t, t.Context(), p.database, settled)
	until := time.Now()
	for _, n := range alive {
		n.stop(t)
	}
	r := read(t, context.Background(), p.database)
	c := newChecker(r, until, settled, lateMost)
	c.slow = map[string]string{}
	for id := range held {
		c.slow[id] = "a"
	}
	acks := append(p.workA.acks, p.workB.acks...)
	c.all(acks, p.post.all(), nil)
	c.report(t)
	late := r.lateness(p.began)
	if len(late) == 0 {
		t.Fatal("no promise fell due; nothing was tested")
	}
	worst := late[len(late)-1]
	if worst > lateMost {
		t.Errorf("a promise was acted on %v after its time; %v is the law", worst, lateMost)
	}
	slowest := time.Duration(0)
	for _, d := range r.deliveries {
		if _, was := held[d.ID]; !was {
			continue
		}
		slowest = max(slowest, d.SentAt.Sub(at))
		if d.State == store.DeliverySent && d.SentAt.Sub(at) > retriedMost {
			t.Errorf("delivery %s was sent %v after its node stopped; %v is the law", d.ID, d.SentAt.Sub(at), retriedMost)
		}
	}
	t.Logf("%d rungs, late p50 %v, p99 %v, max %v; %d deliveries were on their way, the last was sent %v later; %d writes, %d messages",
		len(late), late[len(late)/2], late[len(late)*99/100], worst, len(held), slowest, len(acks), len(p.post.all()))
}
