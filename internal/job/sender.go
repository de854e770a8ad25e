package job

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"amends.dev/internal/store"
)

// sender is what sends. Every destination has a lane of its own: a list of
// deliveries that wait, and a few workers that claim, send and record. So a
// destination that hangs holds nobody up but itself, and nothing is claimed
// before somebody is free to send it.
type sender struct {
	engine *Engine
	open   *openChannels
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu    sync.Mutex
	lanes map[string]*lane
}

// lane is one destination at work.
type lane struct {
	place   string
	waiting []string
	known   map[string]bool // in waiting
	workers int
}

// The widths. Chat rooms and webhooks get one message at a time, in order; the
// mail server as many as its connections keep busy.
const (
	mailWorkers = 8
	mailChunk   = 50
	hookWorkers = 1
	hookChunk   = 10
	lanesMost   = 4096  // destinations at once; what has no lane is handed out again
	laneMost    = 20000 // deliveries that wait in one lane; likewise
)

// placeOf names the destination of a delivery.
func placeOf(d store.Delivery) string {
	if d.Recipient == d.Channel || d.Channel == store.MailChannel {
		return d.Channel
	}
	return d.Kind + " " + d.Address
}

func newSender(e *Engine) *sender {
	return &sender{engine: e, open: newOpenChannels(e.Deps), lanes: map[string]*lane{}}
}

func (s *sender) start(ctx context.Context) { s.ctx, s.cancel = context.WithCancel(ctx) }

// stop ends the sending: messages on their way have until ctx ends.
func (s *sender) stop(ctx context.Context) error {
	if s.cancel == nil {
		return nil
	}
	s.mu.Lock()
	for _, l := range s.lanes {
		l.waiting, l.known = nil, map[string]bool{}
	}
	s.mu.Unlock()
	s.cancel()
	ended := make(chan struct{})
	go func() { s.done.Wait(); close(ended) }()
	select {
	case <-ended:
		return s.open.close()
	case <-ctx.Done():
		return fmt.Errorf("wait for messages on their way: %w", ctx.Err())
	}
}

// take puts deliveries into the lanes of their destinations and returns: the
// ledger knows what is to be sent, and hands out again what never was.
func (s *sender) take(ctx context.Context, ids []string) error {
	rows, err := s.engine.DB.DeliveriesByID(ctx, ids)
	if err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(a, b store.Delivery) int { return int(a.Seq - b.Seq) })
	for _, d := range rows {
		if d.State == store.DeliveryQueued {
			s.offer(placeOf(d), d.ID)
		}
	}
	return nil
}

func (s *sender) offer(place, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	l := s.lanes[place]
	if l == nil {
		if len(s.lanes) >= lanesMost {
			return
		}
		l = &lane{place: place, known: map[string]bool{}}
		s.lanes[place] = l
		s.engine.figures.places.Set(float64(len(s.lanes)))
	}
	if l.known[id] || len(l.waiting) >= laneMost {
		return
	}
	l.waiting = append(l.waiting, id)
	l.known[id] = true
	if width, chunk := l.width(); l.workers < width && len(l.waiting) > l.workers*chunk {
		l.workers++
		s.done.Go(func() { s.work(l) })
	}
}

func (l *lane) width() (workers, chunk int) {
	if l.place == store.MailChannel {
		return mailWorkers, mailChunk
	}
	return hookWorkers, hookChunk
}

// next takes what a worker sends next; nothing ends the worker.
func (s *sender) next(l *lane) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, chunk := l.width()
	n := min(chunk, len(l.waiting))
	ids := slices.Clone(l.waiting[:n])
	l.waiting = l.waiting[n:]
	for _, id := range ids {
		delete(l.known, id)
	}
	if n > 0 {
		return ids
	}
	if l.workers--; l.workers == 0 {
		delete(s.lanes, l.place)
		s.engine.figures.places.Set(float64(len(s.lanes)))
	}
	return nil
}

func (s *sender) work(l *lane) {
	for ids := s.next(l); len(ids) > 0; ids = s.next(l) {
		s.send(ids)
	}
}

// send claims a chunk, sends it and records what came of it.
func (s *sender) send(ids []string) {
	ctx := context.WithoutCancel(s.ctx)
	e := s.engine
	held, err := e.DB.ClaimDeliveries(ctx, ids)
	if err != nil {
		e.Log.Warn("deliveries were not claimed; they are handed out again", "deliveries", len(ids), "error", err)
		return
	}
	if len(held) == 0 {
		return
	}
	b := &batch{sender: s, held: held, until: held[0].ActAt}
	b.run(ctx)
}
