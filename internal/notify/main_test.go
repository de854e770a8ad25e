package notify

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// at is the moment at which the messages of these tests were made.
var at = time.Date(2026, 11, 22, 14, 58, 0, 0, time.UTC)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("LoadLocation(%q): %v", name, err)
	}
	return z
}

// sample returns a message of a kind with every fact set.
func sample(t testing.TB, kind Kind) Message {
	t.Helper()
	outage := Word{"outage", "Not working"}
	m := Message{
		Key: "upd-17-3-m45", Kind: kind, At: at, Site: "Northwind status",
		Incident: Incident{
			Number: 17, Title: "Card payments fail for some customers", Severity: "SEV2",
			Status: Word{"investigating", "Looking into it"}, State: outage,
			URL:      "https://status.example.com/incidents/17",
			Services: []Service{{"Payments", outage}, {"Search", Word{"degraded", "Slow"}}},
		},
		Update: Update{
			Number: 3, Now: "About 1 in 9 card payments fails. Bank transfer works.",
			Plan:   "We move the rest to the second provider and check at 15:15.",
			NextAt: at.Add(32 * time.Minute), Author: "Priya Nair", PostedAt: at,
		},
		Promise: Promise{DueAt: at.Add(32 * time.Minute), By: "Priya Nair"},
		By:      "Priya Nair",
		Note:    "My shift ends at 18:00.",
		To:      Recipient{Name: "Ana Lima", Address: "ana@example.com", Zone: zone(t, "Europe/Berlin")},
	}
	switch kind {
	case KindUpdate:
		m.Why = "you subscribed to Payments"
		m.StopURL = "https://status.example.com/stop/abc"
		m.OneClickURL = "https://status.example.com/stop/abc?one-click"
	case KindCorrection:
		m.Update.Corrects = 2
	case KindResolved:
		m.Incident.State, m.Incident.Status = Word{"operational", "Working"}, Word{"resolved", "Over"}
		m.Incident.Services = []Service{{"Payments", m.Incident.State}}
		m.Update.Now, m.Update.Plan = "All card payments work again.", "We find out why the provider's certificate ran out unseen."
		m.Update.NextAt = at.AddDate(0, 0, 5)
	case KindReminder:
		m.Promise.DueAt = at.Add(5 * time.Minute)
		m.ActURL = "https://amends.example.com/incidents/17#update"
	case KindOverdue, KindEscalation:
		m.Promise.DueAt, m.Promise.Late = at.Add(-10*time.Minute), 10*time.Minute
		m.ActURL = "https://amends.example.com/incidents/17#update"
	case KindInvite, KindConfirm, KindTest:
		m.Incident, m.Update, m.Promise = Incident{}, Update{}, Promise{}
		m.ActURL = "https://amends.example.com/start/one-time"
		if kind == KindInvite {
			m.Note = "You answer for payments on Tuesdays."
		}
	}
	return m
}
