package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/notify"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

// sink is the other end: it keeps what came, and answers as told.
type sink struct {
	mu     sync.Mutex
	got    []notify.Message
	came   chan notify.Message // every message, after it was kept
	answer func(context.Context, notify.Message) (bool, error)
}

func newSink() *sink { return &sink{came: make(chan notify.Message, 20000)} }

func (s *sink) Send(ctx context.Context, m notify.Message) (retry bool, err error) {
	if s.answer != nil {
		if retry, err = s.answer(ctx, m); err != nil {
			return retry, err
		}
	}
	s.mu.Lock()
	s.got = append(s.got, m)
	s.mu.Unlock()
	s.came <- m
	return false, nil
}

// wait returns the next n messages.
func (s *sink) wait(t testing.TB, n int) []notify.Message {
	t.Helper()
	var out []notify.Message
	limit := time.After(30 * time.Second)
	for len(out) < n {
		select {
		case m := <-s.came:
			out = append(out, m)
		case <-limit:
			t.Fatalf("%d of %d messages came within 30 s: %+v", len(out), n, out)
		}
	}
	return out
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got)
}

// house is an engine on a record, with a team and somebody who listens.
type house struct {
	db     *store.DB
	engine *Engine
	mail   *sink
	rooms  *sink // every channel
	clock  *storetest.Clock
	priya  store.Member
	ana    store.Member // backup
	lee    store.Member // lead
}

var quietLog = slog.New(slog.DiscardHandler)

func newHouse(t testing.TB, database string) *house {
	t.Helper()
	h := &house{mail: newSink(), rooms: newSink(), clock: storetest.NewClock(storetest.Noon)}
	h.db = storetest.Open(t, database, h.clock.Now)
	ctx := context.Background()
	if err := Migrate(ctx, h.db); err != nil {
		t.Fatal(err)
	}
	h.engine = h.start(t, h.db)
	for _, m := range []struct {
		to   *store.Member
		name string
		role access.Role
	}{{&h.priya, "Priya Nair", access.Responder}, {&h.ana, "Ana Lima", access.Responder}, {&h.lee, "Lee Wong", access.Lead}} {
		var err error
		email := strings.ToLower(strings.Fields(m.name)[0]) + "@northwind.example"
		if *m.to, err = h.db.AddMember(ctx, store.Member{Name: m.name, Email: email, Role: m.role}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// start runs an engine on a record until the test ends.
func (h *house) start(t testing.TB, db *store.DB) *Engine {
	t.Helper()
	e, err := New(Deps{
		DB: db, Mail: h.mail, BaseURL: "https://amends.northwind.example", TeamName: "Northwind", Log: quietLog,
		Open: func(string, map[string]string) (notify.Channel, error) { return h.rooms, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return e
}

func (h *house) apply(t testing.TB, id int64, cmd incident.Command) store.Result {
	t.Helper()
	out, err := h.db.Apply(context.Background(), store.Request{Incident: id, Command: cmd})
	if err != nil {
		t.Fatalf("Apply(%d, %+v) = %v", id, cmd, err)
	}
	return out
}

func (h *house) declare(t testing.TB) int64 {
	t.Helper()
	return h.apply(t, 0, incident.Declare{
		By: incident.Person(h.priya.ID), Title: "Card payments fail", Services: []string{"payments"}, Backup: incident.Person(h.ana.ID),
	}).Incident
}

func (h *house) update(t testing.TB, id int64, now string) store.Result {
	t.Helper()
	return h.apply(t, id, incident.PostUpdate{
		By: incident.Person(h.priya.ID), Statement: "We own this.", Now: now, Plan: "Switch over.",
		NextAt: h.clock.Now().Add(20 * time.Minute), Seen: -1,
	})
}

func (h *house) subscribe(t testing.TB, n int) {
	t.Helper()
	list := make([]store.Subscriber, n)
	for i := range list {
		list[i] = store.Subscriber{Address: fmt.Sprintf("reader%d@example.com", i)}
	}
	if _, err := h.db.AddSubscribers(context.Background(), list); err != nil {
		t.Fatal(err)
	}
}

func (h *house) channel(t testing.TB, kind string, audience incident.Audience) store.Channel {
	t.Helper()
	c, err := h.db.AddChannel(context.Background(), store.Channel{Name: kind, Kind: kind, Audience: audience})
	if err != nil {
		t.Fatal(err)
	}
	h.engine.known.mu.Lock()
	h.engine.known.readAt = time.Time{} // as a second later
	h.engine.known.mu.Unlock()
	return c
}

// settled waits until every delivery is in one of the states.
func (h *house) settled(t testing.TB, want map[store.DeliveryState]int) {
	t.Helper()
	commits, done := h.db.Committed()
	defer done()
	limit := time.After(30 * time.Second)
	for {
		got, err := h.db.CountDeliveries(context.Background(), store.DeliveryFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) == fmt.Sprint(want) {
			return
		}
		select {
		case <-commits:
		case <-time.After(50 * time.Millisecond): // another node's commit
		case <-limit:
			t.Fatalf("the ledger has %v, want %v", got, want)
		}
	}
}

func TestAnUpdateReachesEverySubscriberOnceAndTheLedgerSaysSo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database)
		h.subscribe(t, 120)
		id := h.declare(t)
		h.update(t, id, "1 in 6 payments fails.")
		messages := h.mail.wait(t, 120)
		h.settled(t, map[store.DeliveryState]int{store.DeliverySent: 120})
		keys := map[string]bool{}
		for _, m := range messages {
			keys[m.Key] = true
		}
		if len(keys) != 120 {
			t.Errorf("%d keys for 120 messages", len(keys))
		}
		m := messages[0]
		if m.Kind != notify.KindUpdate || m.Update.Now != "1 in 6 payments fails." || m.Update.NextAt.IsZero() ||
			m.Incident.Number != int(id) || m.StopURL == "" || m.Why == "" || m.Update.Author != "" {
			t.Errorf("message = %+v", m)
		}
	})
}

func TestAFanOutThatRunsTwiceTellsNobodyTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database)
		h.subscribe(t, 5)
		id := h.declare(t)
		out := h.update(t, id, "1 in 6 payments fails.")
		h.mail.wait(t, 5)
		args := noticeArgs{NoticeJob: store.NoticeJob{Incident: id, Notice: incident.Notice{
			Kind: incident.NoticeUpdate, Seq: out.Seq, To: []incident.Role{incident.RoleTeam, incident.RoleReader},
		}}}
		for range 2 {
			if err := h.engine.fanOut(context.Background(), args); err != nil {
				t.Fatal(err)
			}
		}
		h.settled(t, map[store.DeliveryState]int{store.DeliverySent: 5})
		if got := h.mail.count(); got != 5 {
			t.Errorf("%d mails left, want 5", got)
		}
	})
}

func TestAFanOutGoesOnPageByPage(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	h.subscribe(t, 2*readersPage+1)
	h.update(t, h.declare(t), "1 in 6 payments fails.")
	h.mail.wait(t, 2*readersPage+1)
	h.settled(t, map[store.DeliveryState]int{store.DeliverySent: 2*readersPage + 1})
}

func TestAPromiseMissedIsToldToOwnerBackupAndTheTeamsRoom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database)
		h.channel(t, "slack", incident.Team)
		h.channel(t, "webhook", incident.Public)
		h.declare(t)
		if m := h.rooms.wait(t, 1)[0]; m.Kind != notify.KindDeclared || m.Promise.DueAt.IsZero() {
			t.Errorf("the room got %+v, want the declaration", m)
		}
		h.clock.Advance(16 * time.Minute)
		if acted, _, err := h.db.ActOnPromises(context.Background(), 10); err != nil || len(acted) != 1 {
			t.Fatalf("ActOnPromises = %v, %v", acted, err)
		}
		var to []string
		for _, m := range h.mail.wait(t, 2) {
			to = append(to, m.To.Address)
			if m.Kind != notify.KindOverdue || m.Promise.Late != time.Minute || !strings.HasSuffix(m.ActURL, "#update") {
				t.Errorf("mail = %+v, want overdue by a minute, with the composer", m)
			}
		}
		slices.Sort(to)
		if want := []string{h.ana.Email, h.priya.Email}; !slices.Equal(to, want) {
			t.Errorf("told %v, want %v", to, want)
		}
		if m := h.rooms.wait(t, 1)[0]; m.Kind != notify.KindOverdue {
			t.Errorf("the room got %v, want overdue", m.Kind)
		}
		h.settled(t, map[store.DeliveryState]int{store.DeliverySent: 4})
	})
}

func TestWhatFailsIsTriedAgainAndWhatIsRefusedIsDead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database)
		h.subscribe(t, 2)
		var first sync.Map
		h.mail.answer = func(_ context.Context, m notify.Message) (bool, error) {
			if m.To.Address == "reader0@example.com" {
				return false, errors.New("550 no such person")
			}
			if _, again := first.LoadOrStore(m.Key, true); !again {
				return true, &notify.Refusal{Err: errors.New("451 later")}
			}
			return false, nil
		}
		h.update(t, h.declare(t), "1 in 6 payments fails.")
		h.settled(t, map[store.DeliveryState]int{store.DeliveryDead: 1, store.DeliveryRetry: 1})
		h.clock.Advance(2 * time.Minute)
		if n, _, err := h.db.TakeDueDeliveries(context.Background(), 10, DeliverJob); err != nil || n != 1 {
			t.Fatalf("TakeDueDeliveries = %d, %v; want 1", n, err)
		}
		h.settled(t, map[store.DeliveryState]int{store.DeliveryDead: 1, store.DeliverySent: 1})
		dead, err := h.db.DeadLetters(context.Background(), 10)
		if err != nil || len(dead) != 1 || dead[0].Problem == "" {
			t.Errorf("DeadLetters = %+v, %v; want one with a reason", dead, err)
		}
	})
}

func TestAttemptsEndAfter72HoursAndReplayBeginsAnew(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	h.subscribe(t, 1)
	fail := true
	h.mail.answer = func(context.Context, notify.Message) (bool, error) {
		if fail {
			return true, errors.New("away")
		}
		return false, nil
	}
	h.update(t, h.declare(t), "1 in 6 payments fails.")
	h.settled(t, map[store.DeliveryState]int{store.DeliveryRetry: 1})
	h.clock.Advance(72 * time.Hour)
	ctx := context.Background()
	if _, _, err := h.db.TakeDueDeliveries(ctx, 10, DeliverJob); err != nil {
		t.Fatal(err)
	}
	h.settled(t, map[store.DeliveryState]int{store.DeliveryDead: 1})
	fail = false
	if n, err := h.db.ReplayDeliveries(ctx); err != nil || n != 1 {
		t.Fatalf("ReplayDeliveries = %d, %v", n, err)
	}
	if _, _, err := h.db.TakeDueDeliveries(ctx, 10, DeliverJob); err != nil {
		t.Fatal(err)
	}
	h.settled(t, map[store.DeliveryState]int{store.DeliverySent: 1})
}

func TestWithoutAMailServerMailIsStoppedWithTheReason(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	h.engine.Mail = nil
	h.subscribe(t, 1)
	h.update(t, h.declare(t), "1 in 6 payments fails.")
	h.settled(t, map[store.DeliveryState]int{store.DeliveryStopped: 1})
	list, err := h.db.Deliveries(context.Background(), store.DeliveryFilter{})
	if err != nil || list[0].Problem != noMail {
		t.Errorf("deliveries = %+v, %v; want the reason", list, err)
	}
}

func TestAReaderWhoStopsGetsNothingThatHasNotLeft(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	h.subscribe(t, 1)
	ctx := context.Background()
	if err := h.db.Set(ctx, store.SettingHold, "now"); err != nil {
		t.Fatal(err)
	}
	h.update(t, h.declare(t), "1 in 6 payments fails.")
	h.settled(t, map[store.DeliveryState]int{store.DeliveryQueued: 1})
	list, err := h.db.Subscribers(ctx, "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("Subscribers = %v, %v", list, err)
	}
	if err := h.db.RemoveSubscriber(ctx, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.ReleaseDeliveries(ctx, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.db.TakeDueDeliveries(ctx, 10, DeliverJob); err != nil {
		t.Fatal(err)
	}
	h.settled(t, map[store.DeliveryState]int{store.DeliveryStopped: 1})
	if got := h.mail.count(); got != 0 {
		t.Errorf("%d mails left, want none", got)
	}
}

func TestHalfOfAllPlacesHangAndTheOthersAreToldAtOnce(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	free := make(chan struct{})
	t.Cleanup(func() { close(free) })
	hanging := newSink()
	hanging.answer = func(ctx context.Context, _ notify.Message) (bool, error) {
		select {
		case <-free:
		case <-ctx.Done():
		}
		return true, errors.New("no answer")
	}
	h.engine.sender.open.Open = func(kind string, _ map[string]string) (notify.Channel, error) {
		if kind == "hang" {
			return hanging, nil
		}
		return h.rooms, nil
	}
	for i := range 40 {
		h.channel(t, []string{"hang", "slack"}[i%2], incident.Public)
	}
	id := h.declare(t)
	for i := range 5 {
		h.update(t, id, fmt.Sprintf("Update %d.", i))
		seen := map[int]bool{}
		for _, m := range h.rooms.wait(t, 20) {
			seen[m.Update.Number] = true
		}
		if len(seen) != 1 || !seen[i+1] {
			t.Errorf("round %d brought updates %v", i, seen)
		}
	}
}

func TestAJobThatPanicsOrCannotBeReadIsSetAsideAndTheRestFlows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database)
		ctx := context.Background()
		if _, err := h.db.AddDeliveries(ctx, nil, []store.Job{
			{Kind: store.JobNotice, Args: []byte(`{"incident":"seven"}`)},
			{Kind: store.JobNotice, Args: []byte(`{"incident":77,"notice":{"kind":"update","seq":1}}`)},
		}); err != nil {
			t.Fatal(err)
		}
		h.channel(t, "slack", incident.Team)
		h.declare(t)
		h.rooms.wait(t, 1)
		limit := time.After(30 * time.Second)
		for {
			aside, err := h.engine.SetAside(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if len(aside) == 2 {
				if aside[0].Problem == "" || aside[0].Kind != store.JobNotice {
					t.Errorf("set aside = %+v, want its kind and problem", aside[0])
				}
				return
			}
			select {
			case <-time.After(100 * time.Millisecond):
			case <-limit:
				t.Fatalf("set aside: %+v, want two", aside)
			}
		}
	})
}

func TestInterruptedJobsAreTakenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database)
		h.channel(t, "slack", incident.Team)
		ctx := context.Background()
		id := h.declare(t)
		h.rooms.wait(t, 1)
		out := h.update(t, id, "1 in 6 payments fails.")
		h.rooms.wait(t, 1)
		args, err := encode(noticeArgs{NoticeJob: store.NoticeJob{Incident: id, Notice: incident.Notice{
			Kind: incident.NoticeCorrection, Seq: out.Seq, To: []incident.Role{incident.RoleTeam},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		// What a node leaves behind that died while it ran this job.
		long := time.Now().Add(-time.Minute)
		if _, err := h.engine.river.exec.JobInsertFull(ctx, &riverdriver.JobInsertFullParams{
			Attempt: 1, AttemptedAt: &long, AttemptedBy: []string{"dead"}, EncodedArgs: args.Args, Kind: args.Kind,
			MaxAttempts: crashes, Priority: 1, Queue: river.QueueDefault, ScheduledAt: &long, State: rivertype.JobStateRunning,
		}); err != nil {
			t.Fatal(err)
		}
		if err := h.engine.river.rescue(ctx, deadAfter); err != nil {
			t.Fatal(err)
		}
		h.rooms.wait(t, 1)
	})
}

func TestAFrozenNodeLosesWhatItHeldAndSendsNoMore(t *testing.T) {
	h := newHouse(t, storetest.Postgres(t))
	const readers = 40 // one chunk
	h.subscribe(t, readers)
	frozen, wake, once := make(chan struct{}), make(chan struct{}), sync.Once{}
	h.mail.answer = func(context.Context, notify.Message) (bool, error) {
		once.Do(func() { close(frozen); <-wake })
		return false, nil
	}
	h.update(t, h.declare(t), "1 in 6 payments fails.")
	<-frozen
	h.clock.Advance(store.DeliveryLease + time.Second)

	second := &house{db: storetest.Open(t, h.db.Postgres().Config().ConnString(), h.clock.Now), mail: newSink(), rooms: newSink()}
	second.engine = second.start(t, second.db)
	// In this test the second node alone is awake: it takes what is due by
	// hand, where the frozen process would not run at all.
	second.db.SetEnqueue(store.NoJobs)
	var due []string
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if _, _, err := second.db.TakeDueDeliveries(ctx, 1000, func(ids []string) (store.Job, error) {
		due = append(due, ids...)
		return DeliverJob(ids)
	}); err != nil || len(due) != readers {
		t.Fatalf("%d deliveries are due, %v; want all %d", len(due), err, readers)
	}
	if err := second.engine.sender.take(ctx, due); err != nil {
		t.Fatal(err)
	}
	second.mail.wait(t, readers)
	h.settled(t, map[store.DeliveryState]int{store.DeliverySent: readers})
	close(wake)
	first := h.mail.wait(t, 1)[0]
	if err := h.engine.Stop(ctx); err != nil { // waits for the worker that woke
		t.Fatal(err)
	}
	if got := h.mail.count(); got != 1 {
		t.Errorf("the frozen node sent %d mails after it woke, want only the one on its way", got)
	}
	if !slices.ContainsFunc(second.mail.got, func(m notify.Message) bool { return m.Key == first.Key }) {
		t.Error("the second copy of a mail had another key")
	}
	h.settled(t, map[store.DeliveryState]int{store.DeliverySent: readers})
}

func TestWhatPeopleMustActOnDoesNotQueueBehindReaders(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	h.subscribe(t, 600)
	busy, free := make(chan struct{}, 600), make(chan struct{})
	var once sync.Once
	release := func() { once.Do(func() { close(free) }) }
	t.Cleanup(release)
	h.mail.answer = func(_ context.Context, m notify.Message) (bool, error) {
		if m.Kind == notify.KindUpdate {
			busy <- struct{}{}
			<-free
		}
		return false, nil
	}
	id := h.declare(t)
	h.update(t, id, "1 in 6 payments fails.")
	for range readersWidth.workers { // every worker for readers is at it
		<-busy
	}
	h.apply(t, id, incident.OfferHandover{By: incident.Person(h.priya.ID), To: incident.Person(h.ana.ID)})
	if m := h.mail.wait(t, 1)[0]; m.Kind != notify.KindHandover {
		t.Errorf("the first mail out was %s, want the hand-over", m.Kind)
	}
	release()
	h.mail.wait(t, 600)
}

func TestTwoNodesTellEverybodyOnce(t *testing.T) {
	h := newHouse(t, storetest.Postgres(t))
	second := &house{db: storetest.Open(t, h.db.Postgres().Config().ConnString(), h.clock.Now), mail: h.mail, rooms: h.rooms}
	second.engine = second.start(t, second.db)
	h.subscribe(t, 1500)
	h.update(t, h.declare(t), "1 in 6 payments fails.")
	h.settled(t, map[store.DeliveryState]int{store.DeliverySent: 1500})
	if got := h.mail.count(); got != 1500 {
		t.Errorf("%d mails left, want 1500", got)
	}
}

func TestAnEngineThatStopsGivesBackWhatItHasNotSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database)
		h.subscribe(t, 20)
		begun, once := make(chan struct{}), sync.Once{}
		h.mail.answer = func(ctx context.Context, _ notify.Message) (bool, error) {
			once.Do(func() { close(begun) })
			<-ctx.Done() // until the engine stops
			return true, ctx.Err()
		}
		h.update(t, h.declare(t), "1 in 6 payments fails.")
		<-begun
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := h.engine.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		h.settled(t, map[store.DeliveryState]int{store.DeliveryQueued: 20})
		if n, _, err := h.db.TakeDueDeliveries(ctx, 100, DeliverJob); err != nil || n == 0 {
			t.Errorf("TakeDueDeliveries = %d, %v; what was given back is not due at once", n, err)
		}
	})
}

func TestAPlaceThatWantsNothingMoreIsPaused(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t))
	c := h.channel(t, "webhook", incident.Team)
	h.rooms.answer = func(context.Context, notify.Message) (bool, error) {
		return false, &notify.Refusal{Gone: true, Err: errors.New("410")}
	}
	h.declare(t)
	h.settled(t, map[store.DeliveryState]int{store.DeliveryDead: 1})
	got, err := h.db.Channel(context.Background(), c.ID)
	if err != nil || got.PausedAt.IsZero() {
		t.Errorf("channel = %+v, %v; want it paused", got, err)
	}
}
