package job

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"amends.dev/internal/incident"
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

// width says how many workers a lane has, and how many deliveries each of them
// claims at a time.
type width struct{ workers, chunk int }

// Chat rooms and webhooks get one message at a time, in order. The mail server
// gets as many as keep its connections busy, and what people of the team must
// act on does not queue behind what readers are told.
var (
	hookWidth    = width{1, 10}
	peopleWidth  = width{2, 10}
	readersWidth = width{8, 50}
)

const (
	lanesMost = 4096  // destinations at once; what has no lane is handed out again
	laneMost  = 20000 // deliveries that wait in one lane; likewise

	mailToPeople  = "mail to people"
	mailToReaders = "mail to readers"
)

// placeOf names the destination of a delivery.
func placeOf(d store.Delivery) string {
	switch {
	case d.Channel == store.MailChannel && d.Role == incident.RoleReader:
		return mailToReaders
	case d.Channel == store.MailChannel:
		return mailToPeople
	case d.Recipient == d.Channel:
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
	if w := l.width(); l.workers < w.workers && len(l.waiting) > l.workers*w.chunk {
		l.workers++
		s.done.Go(func() { s.work(l) })
	}
}

func (l *lane) width() width {
	switch l.place {
	case mailToReaders:
		return readersWidth
	case mailToPeople:
		return peopleWidth
	}
	return hookWidth
}

// next takes what a worker sends next; nothing ends the worker.
func (s *sender) next(l *lane) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(l.width().chunk, len(l.waiting))
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
