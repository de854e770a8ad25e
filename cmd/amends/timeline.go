package main

import (
	"fmt"
	"strings"

	"amends.dev/client"
)

// entryWords says what each kind of entry records, after the name of who did
// it: "Ana offered it to Tomás".
var entryWords = map[string]func(client.Entry) string{
	"declared": func(e client.Entry) string {
		if e.Declared == nil {
			return "declared it"
		}
		return fmt.Sprintf("declared it: %s, %s, %s owns it", e.Declared.Severity, e.Declared.Kind, personName(&e.Declared.Owner))
	},
	"owned":              func(e client.Entry) string { return "took responsibility: " + e.Text },
	"handover_offered":   func(e client.Entry) string { return "offered it to " + personName(e.Person) + because(e.Text) },
	"handover_accepted":  func(e client.Entry) string { return "accepted it from " + personName(e.Person) },
	"handover_declined":  func(e client.Entry) string { return "declined the offer" + because(e.Why) },
	"handover_withdrawn": func(client.Entry) string { return "withdrew the offer" },
	"severity_changed": func(e client.Entry) string {
		return fmt.Sprintf("changed the severity from %s to %s%s", e.From, e.To, because(e.Why))
	},
	"services_changed": func(e client.Entry) string { return "changed what is affected to " + orNone(e.Services) },
	"audience_changed": func(e client.Entry) string { return "changed who reads it to " + audienceWord(e.To) },
	"backup_named":     func(e client.Entry) string { return "named " + personName(e.Person) + " as second" },
	"update":           updateWords,
	"correction": func(e client.Entry) string {
		return fmt.Sprintf("corrected update %d to: %s%s", e.N, e.Now, because(e.Why))
	},
	"note":             func(e client.Entry) string { return "noted: " + e.Text },
	"help_asked":       func(e client.Entry) string { return fmt.Sprintf("asked for help (%d): %s", e.N, e.Text) },
	"help_answered":    helpAnswerWords,
	"help_recorded":    func(e client.Entry) string { return fmt.Sprintf("recorded what help %d changed: %s", e.N, e.Text) },
	"promise_reminded": func(e client.Entry) string { return "reminded " + toldWords(e) + " of the promise" },
	"promise_missed":   func(e client.Entry) string { return "told " + toldWords(e) + " that the promise is late" },
	"promise_broken":   func(e client.Entry) string { return "told " + toldWords(e) + " that the promise is broken" },
	"review_moved": func(e client.Entry) string {
		return "moved the review" + because(e.Why)
	},
	"review_delivered": func(e client.Entry) string { return "delivered the review: " + e.Text },
	"alert": func(e client.Entry) string {
		if e.Firing != nil && !*e.Firing {
			return "heard that the alert is over: " + e.Text
		}
		return "heard an alert: " + e.Text
	},
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

func toldWords(e client.Entry) string {
	if len(e.Told) == 0 {
		return "nobody"
	}
	return strings.Join(e.Told, ", ")
}

func helpAnswerWords(e client.Entry) string {
	if e.Accepted != nil && *e.Accepted {
		return fmt.Sprintf("accepted request %d", e.N)
	}
	return fmt.Sprintf("declined request %d%s", e.N, because(e.Why))
}

func updateWords(e client.Entry) string {
	if e.Update == nil {
		return "posted an update"
	}
	text := fmt.Sprintf("update %d (%s): %s", e.Update.N, strings.ToLower(statusWord(e.Update.Status)), e.Update.Now)
	if e.Settled != nil {
		text += fmt.Sprintf(" [%s promise %d]", e.Settled.Outcome, e.Settled.N)
	}
	return text
}
