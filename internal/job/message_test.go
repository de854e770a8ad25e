package job

import (
	"strings"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/notify"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

// letterFor returns what a person of the team is told of a fact.
func letterFor(f incident.Fact, role incident.Role) letter {
	at := storetest.Noon
	return letter{
		delivery: store.Delivery{ID: "d-1", Recipient: "m_ana", Channel: store.MailChannel, Role: role, Address: "ana@x.example", Promise: 1},
		facts: store.NoticeFacts{
			Incident: incident.Incident{
				ID: 7, Title: "Card payments fail", Severity: "SEV2", Status: incident.Investigating, Owner: "m_priya",
				Next: &incident.Promise{N: 1, By: "m_priya", DueAt: at}, Latest: &incident.Update{N: 1, Now: "1 in 6 fails.", NextAt: at},
			},
			Entry:    incident.Entry{Incident: 7, Seq: 3, At: at.Add(3 * time.Minute), By: "m_priya", Fact: f},
			Services: map[string]string{"payments": "Payments"},
		},
		people: people{members: []store.Member{{ID: "m_priya", Name: "Priya Nair"}, {ID: "m_ana", Name: "Ana Lima", Zone: "Europe/Berlin"}}},
		site:   "Northwind", base: "https://a.example",
	}
}

func TestEachFactIsToldInItsOwnWords(t *testing.T) {
	at := storetest.Noon
	for _, c := range []struct {
		fact incident.Fact
		role incident.Role
		kind notify.Kind
		want string // in the letter
	}{
		{incident.Declared{Owner: "m_priya", First: &incident.Promise{DueAt: at}}, "owner", notify.KindDeclared, "Priya Nair"},
		{incident.Updated{N: 2, Now: "Half works.", Plan: "The rest.", Status: incident.Identified, Severity: "SEV2", Title: "T", Services: []string{"payments"}, Next: &incident.Promise{DueAt: at}}, "team", notify.KindUpdate, "Half works."},
		{incident.Updated{N: 3, Now: "All works.", Status: incident.Resolved, Severity: "SEV2", Title: "T", Works: []string{"payments"}, Review: &incident.Promise{DueAt: at.AddDate(0, 0, 5)}}, "team", notify.KindResolved, "Review published by"},
		{incident.Corrected{N: 1, Now: "1 in 9 fails.", Why: "wrong"}, "team", notify.KindCorrection, "1 in 9 fails."},
		{incident.ReviewMoved{Why: "two people are ill"}, "team", notify.KindUpdate, "two people are ill"},
		{incident.ReviewDelivered{Where: "https://x.example/r"}, "team", notify.KindUpdate, "https://x.example/r"},
		{incident.PromiseReminded{N: 1, DueAt: at.Add(8 * time.Minute)}, "owner", notify.KindReminder, "in 5 min"},
		{incident.PromiseMissed{N: 1, DueAt: at}, "owner", notify.KindOverdue, "3 min late"},
		{incident.PromiseMissed{N: 1, DueAt: at}, "lead", notify.KindEscalation, "3 min late"},
		{incident.PromiseBroken{N: 1, DueAt: at}, "lead", notify.KindEscalation, "Priya Nair"},
		{incident.HandoverOffered{To: "m_ana", Note: "My shift ends."}, "", notify.KindHandover, "My shift ends."},
		{incident.HandoverAccepted{}, "", notify.KindUpdate, "Priya Nair took INC-7 over."},
		{incident.HandoverDeclined{Reason: "I am on a train."}, "", notify.KindUpdate, "I am on a train."},
		{incident.HandoverWithdrawn{}, "", notify.KindUpdate, "took the offer of INC-7 back"},
		{incident.HelpAsked{What: "Is the replica safe?", Expertise: "PostgreSQL"}, "", notify.KindHelp, "Is the replica safe? (PostgreSQL)"},
		{incident.HelpAnswered{Accepted: true}, "", notify.KindUpdate, "Priya Nair helps with INC-7."},
		{incident.HelpAnswered{Reason: "Ask Kim."}, "", notify.KindUpdate, "Ask Kim."},
	} {
		m, stop := letterFor(c.fact, c.role).message()
		if stop != "" || m.Kind != c.kind {
			t.Errorf("%s to %q: kind %q (stopped: %q), want %q", c.fact.FactKind(), c.role, m.Kind, stop, c.kind)
			continue
		}
		if text := m.Letter().Text(); !strings.Contains(text, c.want) || !strings.Contains(text, "You get this because") || !strings.Contains(text, "https://a.example/incidents/7") {
			t.Errorf("%s to %q says\n%s\nwant %q, a reason and a link", c.fact.FactKind(), c.role, text, c.want)
		}
		if m.To.Zone.String() != "Europe/Berlin" {
			t.Errorf("%s: zone %v, want the reader's", c.fact.FactKind(), m.To.Zone)
		}
	}
}

func TestAReaderOutsideIsNamedNobodyAndGetsAStopLink(t *testing.T) {
	l := letterFor(incident.Updated{N: 2, Now: "Half works.", Plan: "The rest.", Status: incident.Identified, Severity: "SEV2", Title: "T"}, incident.RoleReader)
	l.delivery.Recipient, l.known = "r_1", true
	l.reader = store.DeliveryReader{Stop: "st_x", Zone: "Asia/Tokyo"}
	m, stop := l.message()
	if stop != "" {
		t.Fatalf("stopped: %s", stop)
	}
	if m.Update.Author != "" || m.StopURL != "https://a.example/unsubscribe/st_x" || m.OneClickURL != m.StopURL ||
		m.Incident.URL != "https://a.example/status/7" || m.To.Zone.String() != "Asia/Tokyo" {
		t.Errorf("message = %+v", m)
	}
	if text := m.Letter().Text(); strings.Contains(text, "Priya") {
		t.Errorf("a reader outside is told who wrote:\n%s", text)
	}
}

func TestWhatHasBecomeMootIsNotSent(t *testing.T) {
	reminder := letterFor(incident.PromiseReminded{N: 1, DueAt: storetest.Noon}, incident.RoleOwner)
	reminder.delivery.Notice = incident.NoticeReminder
	if _, stop := reminder.message(); stop != "" {
		t.Errorf("a reminder of an open promise was stopped: %s", stop)
	}
	reminder.facts.Incident.Next = nil
	reader := letterFor(incident.Updated{N: 1}, incident.RoleReader)
	reader.delivery.Recipient = "r_1"
	stopped := reader
	stopped.known, stopped.reader = true, store.DeliveryReader{StoppedAt: storetest.Noon}
	for name, l := range map[string]letter{"settled promise": reminder, "removed reader": reader, "reader who stopped": stopped} {
		if _, stop := l.message(); stop == "" {
			t.Errorf("%s: the message was sent", name)
		}
	}
}
