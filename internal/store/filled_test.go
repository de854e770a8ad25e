package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// fill puts something into every table: two people's afternoon. It returns
// every secret that was given out, which nobody may find on the disk.
func fill(t testing.TB, db *store.DB, c *clock) (secrets []string) {
	t.Helper()
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	setup, err := db.NewSetupLink(ctx, time.Hour)
	must(err)
	ana, err := db.Setup(ctx, firstRun(setup))
	must(err)
	ben := member(t, db, "ben", access.Responder)
	invite, err := db.NewInvite(ctx, ben.ID)
	must(err)
	session, err := db.StartSession(ctx, ana.ID, "Firefox")
	must(err)
	_, token, err := db.NewToken(ctx, store.Token{Member: ana.ID, Name: "bot", Scopes: access.ScopeRead})
	must(err)
	source, key, err := db.AddSource(ctx, store.Source{Name: "Prometheus", Kind: "alertmanager"})
	must(err)
	_, err = db.AddService(ctx, store.Service{Name: "Payments"})
	must(err)
	_, err = db.AddChannel(ctx, store.Channel{Name: "Room", Kind: "slack", Audience: incident.Team, Options: map[string]string{"url": "https://hooks.example/1"}})
	must(err, db.SetPolicy(ctx, "SEV1", incident.DefaultPolicies()["SEV2"]))
	subscribe(t, db, store.Subscriber{Address: "reader@a.de", Services: []string{"payments"}}, store.Subscriber{Address: "boss@a.de", Audience: incident.Stakeholders})
	afternoon(t, db, c, incident.Person(ana.ID), incident.Person(ben.ID))
	_, err = db.Ingest(ctx, source.ID, []store.AlertSignal{signal("disk", "a", true), signal("disk", "b", true)})
	must(err)
	_, err = db.Import(ctx, "statuspage", []store.Past{past("abc", incident.Person(ana.ID))})
	must(err)
	d := store.Delivery{Incident: 1, Seq: 3, Notice: incident.NoticeUpdate, Channel: store.MailChannel, Kind: "email", Recipient: ben.ID, Address: ben.Email, State: store.DeliveryQueued}
	d.ID = store.DeliveryID(d)
	_, err = db.AddDeliveries(ctx, []store.Delivery{d}, nil)
	must(err)
	return []string{setup.Reveal(), invite.Reveal(), session.Reveal(), token.Reveal(), key.Reveal(), goodPassword}
}

// afternoon leads one incident through everything that can happen to one, and
// leaves another one open.
func afternoon(t testing.TB, db *store.DB, c *clock, ana, ben incident.Person) {
	t.Helper()
	watch := func(d time.Duration) {
		t.Helper()
		c.advance(d)
		if _, _, err := db.ActOnPromises(ctx, 100); err != nil {
			t.Fatal(err)
		}
	}
	in := func(d time.Duration) time.Time { return c.now().Add(d) }
	id := apply(t, db, 0, incident.Declare{By: ana, Title: "Card payments fail", Services: []string{"payments"}, Backup: ben}).Incident
	do := func(cmd incident.Command) { t.Helper(); apply(t, db, id, cmd) }
	do(incident.PostUpdate{By: ana, Statement: "We own this.", Now: "1 in 6 fails.", Plan: "Switch over.", NextAt: in(20 * time.Minute), Seen: -1})
	do(incident.AddNote{By: ben, Text: "Ünïcode – “quoted” <b>\n\tand lines"})
	watch(16 * time.Minute) // the reminder
	do(incident.OfferHandover{By: ana, To: ben})
	do(incident.AnswerHandover{By: ben, Accept: true})
	watch(6 * time.Minute) // missed
	watch(6 * time.Minute) // the lead
	do(incident.CorrectUpdate{By: ben, N: 1, Now: "1 in 5 fails.", Why: "We had counted one region twice."})
	watch(2 * time.Hour) // broken
	do(incident.ChangeSeverity{By: ben, To: "SEV3"})
	do(incident.PostUpdate{By: ben, Now: "1 in 9 fails.", Plan: "Move the rest.", NoTime: "We wait for the bank.", Status: incident.Identified, Seen: 1})
	do(incident.AskHelp{By: ben, What: "A second pair of eyes", Expertise: "TLS"})
	do(incident.AnswerHelp{By: ana, N: 1, Accept: true})
	do(incident.Resolve{By: ben, Now: "Payments work.", Works: []string{"payments"}, Seen: 2})
	do(incident.Reopen{By: ben, Now: "They fail again.", Plan: "Look again.", NextAt: in(30 * time.Minute), Services: []string{"payments"}})
	do(incident.Resolve{By: ben, Now: "Payments work again.", Works: []string{"payments"}, Seen: -1})
	do(incident.MoveReview{By: ben, To: in(30 * 24 * time.Hour), Why: "The bank's report comes late."})
	watch(31 * 24 * time.Hour)
	do(incident.DeliverReview{By: ben, Where: "https://example.org/review"})
	for i := range 3 {
		r := store.Request{Command: incident.Declare{By: ana, Title: fmt.Sprint("Open problem ", i), Audience: incident.Audiences[i]}, Key: fmt.Sprint("ana/", i), Digest: "d"}
		if _, err := db.Apply(ctx, r); err != nil {
			t.Fatal(err)
		}
		apply(t, db, int64(i+2), incident.PostUpdate{By: ana, Statement: "We own this.", Now: "Slow.", Plan: "Look.", NextAt: in(20 * time.Minute), Seen: -1})
	}
}

// past is an incident of another place and time, which kept one promise and
// was late with another.
func past(external string, who incident.Person) store.Past {
	at := func(minute int) time.Time { return time.Date(2019, 3, 1, 9, minute, 0, 0, time.UTC) }
	promise := func(n, made, due int) *incident.Promise {
		return &incident.Promise{N: n, Kind: incident.PromiseUpdate, By: who, MadeAt: at(made), DueAt: at(due), BrokenAfter: time.Hour}
	}
	entry := func(minute int, f incident.Fact) incident.Entry {
		return incident.Entry{At: at(minute), By: who, Audience: incident.Public, Fact: f}
	}
	return store.Past{External: external, Entries: []incident.Entry{
		entry(0, incident.Declared{Title: "Pages were slow", Kind: "outage", Severity: "SEV2", Audience: incident.Public, Origin: "self", DetectedAt: at(0), Owner: who}),
		entry(1, incident.Updated{N: 1, Status: incident.Investigating, Now: "We look into it.", Severity: "SEV2", Title: "Pages were slow", Next: promise(1, 1, 20)}),
		entry(20, incident.Updated{N: 2, Status: incident.Identified, Now: "We know why.", Severity: "SEV2", Title: "Pages were slow", Settled: &incident.Settled{N: 1, DueAt: at(20), Outcome: incident.Kept}, Next: promise(2, 20, 30)}),
		entry(40, incident.Updated{N: 3, Status: incident.Resolved, Now: "It is over.", Severity: "SEV2", Title: "Pages were slow", Settled: &incident.Settled{N: 2, DueAt: at(30), Outcome: incident.Late}}),
	}}
}
