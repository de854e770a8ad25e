package notify_test

import (
	"fmt"
	"time"

	"amends.dev/internal/notify"
)

func ExampleMessage_Letter() {
	posted := time.Date(2026, 11, 22, 14, 58, 0, 0, time.UTC)
	m := notify.Message{
		Key: "update-17-3-mail-45", Kind: notify.KindUpdate, At: posted,
		Incident: notify.Incident{
			Number: 17, Title: "Card payments fail for some customers",
			State:  notify.Word{ID: "outage", Say: "Not working"},
			Status: notify.Word{ID: "investigating", Say: "Looking into it"},
			URL:    "https://status.example.com/incidents/17",
		},
		Update: notify.Update{
			Number: 3, PostedAt: posted, NextAt: posted.Add(32 * time.Minute),
			Now:  "About 1 in 9 card payments fails. Bank transfer works.",
			Plan: "We move the rest to the second provider and check at 15:15.",
		},
	}
	l := m.Letter()
	fmt.Println(l.Subject)
	fmt.Println()
	fmt.Print(l.Text())
	// Output:
	// [Not working] Card payments fail for some customers, next update 15:30 UTC
	//
	// Card payments fail for some customers
	// Not working · Looking into it
	//
	// Now: About 1 in 9 card payments fails. Bank transfer works.
	//
	// Until the next update: We move the rest to the second provider and check at 15:15.
	//
	// Next update: 15:30 UTC
	//
	// Open INC-17:
	// https://status.example.com/incidents/17
}
