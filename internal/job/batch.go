package job

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/notify"
	"amends.dev/internal/store"
)

// The pace of a batch.
const (
	sendWithin  = 15 * time.Second // for one message, well within the lease
	renewBefore = 17 * time.Second // renew a lease that ends sooner than this before a send
	recordAfter = 100 * time.Millisecond
	recordMany  = 25 // outcomes that are not kept in memory any longer
	recordFor   = 15 * time.Second
)

// batch is deliveries to one destination that this node holds.
type batch struct {
	*sender
	held     []store.Delivery
	until    time.Time // the lease of those not yet recorded
	facts    map[[2]int64]store.NoticeFacts
	readers  map[string]store.DeliveryReader
	people   people
	team     store.Team
	outcomes []store.Outcome
	flushed  time.Time
}

// run sends what the batch holds, one after the other.
func (b *batch) run(ctx context.Context) {
	if err := b.load(ctx); err != nil {
		b.engine.Log.Warn("deliveries were not sent and are handed out again", "deliveries", len(b.held), "error", err)
		b.giveBack()
	}
	b.flushed = time.Now()
	for len(b.held) > 0 {
		if b.ctx.Err() != nil {
			b.giveBack()
			break
		}
		if !b.renew(ctx) || len(b.held) == 0 {
			break
		}
		d := b.held[0]
		b.held = b.held[1:]
		b.outcomes = append(b.outcomes, b.one(d))
		if len(b.outcomes) >= recordMany || time.Since(b.flushed) > recordAfter {
			b.record(ctx)
		}
	}
	b.record(ctx)
}

// giveBack puts what was not sent back into the ledger.
func (b *batch) giveBack() {
	for _, d := range b.held {
		b.outcomes = append(b.outcomes, store.Outcome{ID: d.ID, Epoch: d.Epoch, State: store.DeliveryQueued, Problem: d.Problem})
	}
	b.held = nil
}

// renew makes sure that what is held stays held while the next message is on
// its way. A worker that froze finds out here what it has lost. It returns
// false when the ledger cannot be asked: then nothing more is sent.
func (b *batch) renew(ctx context.Context) bool {
	if b.until.Sub(b.engine.DB.Now()) > renewBefore {
		return true
	}
	b.record(ctx) // so that only what is unsent is renewed
	until, mine, err := b.engine.DB.RenewDeliveries(ctx, b.held)
	if err != nil {
		b.engine.Log.Warn("leases were not renewed; the deliveries are handed out again", "deliveries", len(b.held), "error", err)
		return false
	}
	b.until = until
	b.held = slices.DeleteFunc(b.held, func(d store.Delivery) bool { return !mine[d.ID] })
	return true
}

// record writes the outcomes so far. It tries until the leases are over: what
// was sent and is not recorded is sent again, with the same key.
func (b *batch) record(ctx context.Context) {
	if len(b.outcomes) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, recordFor)
	defer cancel()
	for {
		_, err := b.engine.DB.RecordDeliveries(ctx, b.outcomes)
		if err == nil {
			break
		}
		select {
		case <-time.After(200*time.Millisecond + rand.N(300*time.Millisecond)):
		case <-ctx.Done():
			b.engine.Log.Error("what was sent could not be recorded and may be sent again with the same key", "deliveries", len(b.outcomes), "error", err)
			b.outcomes = nil
			return
		}
	}
	for _, o := range b.outcomes {
		b.engine.figures.outcomes.WithLabelValues(string(o.State)).Inc()
	}
	b.outcomes, b.flushed = nil, time.Now()
}

// load reads what the messages are made of.
func (b *batch) load(ctx context.Context) (err error) {
	e := b.engine
	if b.people, err = e.people(ctx); err != nil {
		return err
	}
	if b.team, err = e.DB.Team(ctx); err != nil {
		return err
	}
	if b.team.Name == "" {
		b.team.Name = e.TeamName
	}
	b.facts = map[[2]int64]store.NoticeFacts{}
	var readers []string
	for _, d := range b.held {
		key := [2]int64{d.Incident, d.Seq}
		if _, ok := b.facts[key]; !ok {
			f, err := e.DB.NoticeFacts(ctx, d.Incident, d.Seq)
			if err != nil && !fault.Is(err, fault.Missing) {
				return err
			}
			b.facts[key] = f // without an entry when it is missing
		}
		readers = append(readers, d.Recipient)
	}
	b.readers, err = e.DB.DeliveryReaders(ctx, readers)
	return err
}

// endless is how many attempts without any outcome, good or bad, a delivery
// gets: each of them ended with the process.
const endless = 10

// one sends one delivery and returns what came of it.
func (b *batch) one(d store.Delivery) (o store.Outcome) {
	o = store.Outcome{ID: d.ID, Epoch: d.Epoch, State: store.DeliveryStopped}
	defer func() {
		if v := recover(); v != nil {
			b.engine.Log.Error("a delivery panicked", "delivery", d.ID, "panic", v, "trace", string(debug.Stack()))
			o = b.retry(d, 0, "Writing this message fails inside amends. Look for the delivery's id in the log, then replay it.")
			if d.Attempts >= poisonous {
				o.State, o.ActAt = store.DeliveryDead, time.Time{}
			}
		}
	}()
	if d.Attempts > endless && d.Problem == "" {
		o.State, o.Problem = store.DeliveryDead, "The server ended each time while it sent this message. Look for the delivery's id in the log, then replay it."
		return o
	}
	m, stop := b.letter(d)
	if stop != "" {
		o.Problem = stop
		return o
	}
	channel, stop, err := b.open.channel(d, b.people)
	switch {
	case stop != "":
		o.Problem = stop
		return o
	case err != nil:
		_, o.Problem, _ = fault.Public(err)
		o.State = store.DeliveryDead
		return o
	}
	ctx, cancel := context.WithTimeout(b.ctx, sendWithin)
	defer cancel()
	again, err := channel.Send(ctx, m)
	return b.judge(d, again, err)
}

func (b *batch) letter(d store.Delivery) (notify.Message, string) {
	f := b.facts[[2]int64{d.Incident, d.Seq}]
	if f.Entry.Fact == nil {
		return notify.Message{}, "What this message was about is not in the record."
	}
	reader, known := b.readers[d.Recipient]
	l := letter{
		delivery: d, facts: f, people: b.people, reader: reader, known: known,
		site: b.team.Name, zone: b.team.Zone, base: b.engine.BaseURL,
	}
	return l.message()
}

// judge turns the answer of a channel into an outcome.
func (b *batch) judge(d store.Delivery, again bool, err error) store.Outcome {
	o := store.Outcome{ID: d.ID, Epoch: d.Epoch, State: store.DeliverySent}
	now := b.engine.DB.Now()
	if err == nil {
		o.SentAt = now
		b.engine.figures.delay.Observe(now.Sub(d.CreatedAt).Seconds())
		return o
	}
	if b.ctx.Err() != nil { // we are stopping; the other end did nothing wrong
		o.State, o.Problem = store.DeliveryQueued, d.Problem
		return o
	}
	_, problem, _ := fault.Public(err)
	var asked time.Duration
	if refusal, ok := errors.AsType[*notify.Refusal](err); ok {
		asked = refusal.RetryAfter
		if refusal.Gone {
			b.switchOff(d)
		}
	}
	if !again {
		b.engine.Log.Warn("a delivery was given up", "delivery", d.ID, "channel", d.Channel, "error", err)
		o.State, o.Problem = store.DeliveryDead, problem
		return o
	}
	return b.retry(d, asked, problem)
}

// retry returns the outcome of an attempt that another one may mend, for as
// long as attempts go on.
func (b *batch) retry(d store.Delivery, asked time.Duration, problem string) store.Outcome {
	o := store.Outcome{ID: d.ID, Epoch: d.Epoch, State: store.DeliveryRetry, Problem: problem}
	now := b.engine.DB.Now()
	pause, more := notify.Retry(now.Sub(d.CreatedAt), asked, rand.Float64())
	if !more {
		b.engine.Log.Warn("a delivery was given up after 72 hours", "delivery", d.ID, "channel", d.Channel)
		o.State = store.DeliveryDead
		return o
	}
	o.ActAt = now.Add(pause)
	return o
}

// switchOff pauses a channel whose other end wants nothing more.
func (b *batch) switchOff(d store.Delivery) {
	if d.Recipient != d.Channel {
		return
	}
	if err := b.engine.DB.PauseChannel(context.WithoutCancel(b.ctx), d.Channel, true); err != nil {
		b.engine.Log.Warn("a channel that wants nothing more was not paused", "channel", d.Channel, "error", err)
	}
}
