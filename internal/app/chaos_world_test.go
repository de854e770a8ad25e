package app_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/job"
	"amends.dev/internal/notify"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

// world is a team whose servers are about to be killed: its record, and the
// ends where its words arrive.
type world struct {
	database string
	people   map[string]incident.Person // ann, bo, cai respond; lea leads
	readers  int                        // subscribers by mail
	post     *post
	mail     *mailEnd
	hook     string
}

// ladder is a policy with many rungs within two minutes, so that a short run
// sees every kind of them.
func ladder() incident.Policy {
	p := incident.DefaultPolicies()["SEV1"]
	p.First, p.Every, p.Watching, p.BrokenAfter = time.Minute, 10*time.Minute, 10*time.Minute, 2*time.Minute
	owner, backup, lead, team := incident.RoleOwner, incident.RoleBackup, incident.RoleLead, incident.RoleTeam
	step := func(seconds int, to ...incident.Role) incident.Step {
		return incident.Step{After: time.Duration(seconds) * time.Second, To: to}
	}
	p.Steps = []incident.Step{
		step(-40, owner), step(-20, owner), step(-8, owner), step(0, owner, backup),
		step(7, lead), step(15, owner), step(25, lead), step(45, team),
	}
	return p
}

// newWorld fills an empty database: people, readers, channels, the policy, and
// incidents whose first promises have been broken or missed for a while.
func newWorld(t testing.TB, database string, readers int) *world {
	t.Helper()
	w := &world{database: database, people: map[string]incident.Person{}, readers: readers, post: &post{}}
	w.mail = newMailEnd(t, "mail", w.post, nil)
	w.hook = newHookEnd(t, w.post)
	w.with(t, time.Now, func(ctx context.Context, db *store.DB) error {
		for _, name := range []string{"ann", "bo", "cai", "lea"} {
			role := access.Responder
			if name == "lea" {
				role = access.Lead
			}
			m, err := db.AddMember(ctx, store.Member{Name: name, Email: name + "@team.example", Role: role})
			if err != nil {
				return err
			}
			w.people[name] = incident.Person(m.ID)
		}
		var list []store.Subscriber
		for i := range readers {
			list = append(list, store.Subscriber{Kind: "email", Address: fmt.Sprintf("reader%03d@readers.example", i)})
		}
		_, err := db.AddSubscribers(ctx, list)
		return errors.Join(err, db.SetPolicy(ctx, "SEV1", ladder()), w.addChannel(ctx, db, "team"), w.addChannel(ctx, db, "public"))
	})
	// Nobody looked after these: their rungs have passed or will within the run.
	clock := storetest.NewClock(time.Now())
	clock.Advance(-170 * time.Second)
	w.with(t, clock.Now, func(ctx context.Context, db *store.DB) (err error) {
		for i := 0; i < 24 && err == nil; i++ {
			_, err = db.Apply(ctx, store.Request{Command: incident.Declare{
				By: w.people["cai"], Title: fmt.Sprintf("w-seed-%d- was left alone", i), Severity: "SEV1", Backup: w.people["bo"],
			}})
			clock.Advance(6 * time.Second)
		}
		return err
	})
	return w
}

func (w *world) addChannel(ctx context.Context, db *store.DB, audience string) error {
	_, err := db.AddChannel(ctx, store.Channel{
		Name: audience, Kind: "webhook", Audience: incident.Audience(audience),
		Options: map[string]string{"url": w.hook + "/" + audience, "secret": notify.NewSecret()},
	})
	return err
}

// with opens the record in this process, as one more node that neither watches
// nor sends, for as long as f runs.
func (w *world) with(t testing.TB, now func() time.Time, f func(context.Context, *store.DB) error) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Database: w.database, Now: now, Conns: 4})
	if err != nil {
		t.Fatal(err)
	}
	err = job.Migrate(ctx, db)
	if err == nil {
		_, err = job.New(job.Deps{DB: db})
	}
	if err == nil {
		err = f(ctx, db)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// env is what a node of this world is started with; mail leaves through end.
func (w *world) env(end *mailEnd) []string {
	return []string{
		"AMENDS_ADDR=127.0.0.1:0", "AMENDS_LOG_LEVEL=warn", "AMENDS_ALLOW_PRIVATE=127.0.0.0/8",
		"AMENDS_SMTP_URL=smtp+plain://" + end.addr, "AMENDS_MAIL_FROM=status@team.example",
		w.place(),
	}
}

func (w *world) place() string {
	if store.IsPostgres(w.database) {
		return "AMENDS_DATABASE=" + w.database
	}
	return "AMENDS_DATA=" + filepath.Dir(w.database)
}
