package notify

import (
	"fmt"
	"strings"
	"time"
)

// A script is the wording of one kind of message. Every function gets a tidy
// message.
type script struct {
	event   string               // the type on signed webhooks
	urgent  bool                 // push channels ring for it
	subject func(Message) string // state, title, next time
	title   func(Message) string // the heading
	state   func(Message) string // the line below it
	parts   func(Message) []Part // the facts, in reading order
	action  func(Message) string // the words on the link
	why     func(Message) string // the reason for getting it when the message names none; may be nil
}

// scripts has one row for each kind.
var scripts = map[Kind]script{
	KindUpdate: {
		event: "update.posted",
		subject: func(m Message) string {
			return bracket(m.Incident.State.Say, m.Incident.Title) + next(m, ", next update ")
		},
		title: title, state: state, parts: updateParts, action: open,
	},
	KindCorrection: {
		event:   "update.corrected",
		subject: func(m Message) string { return bracket("Corrected", m.Incident.Title) + next(m, ", next update ") },
		title:   title, state: state, action: open,
		parts: func(m Message) []Part {
			corrects := "This corrects an earlier update. Both stay readable."
			if m.Update.Corrects > 0 {
				corrects = fmt.Sprintf("This corrects update %d. Both stay readable.", m.Update.Corrects)
			}
			return append([]Part{{Text: corrects}}, updateParts(m)...)
		},
	},
	KindResolved: {
		event: "incident.resolved",
		subject: func(m Message) string {
			if m.Update.NextAt.IsZero() {
				return bracket("Over", m.Incident.Title)
			}
			return bracket("Over", m.Incident.Title) + ", review by " + date(m.Update.NextAt, m.At, time.UTC)
		},
		title: title, state: state, parts: resolvedParts, action: open,
	},
	KindDeclared: {
		event: "incident.declared", urgent: true,
		subject: func(m Message) string {
			if m.Promise.DueAt.IsZero() {
				return bracket(m.Incident.State.Say, m.Incident.Title)
			}
			return bracket(m.Incident.State.Say, m.Incident.Title) + ", first update " + instantUTC(m.Promise.DueAt, m.At)
		},
		title: title, state: state, parts: declaredParts, action: open,
	},
	KindReminder: {
		event: "promise.due", urgent: true,
		subject: func(m Message) string {
			return bracket("Due "+instantUTC(m.Promise.DueAt, m.At), m.Incident.Title)
		},
		title: title, state: state, parts: reminderParts, action: write,
		why: func(m Message) string { return "you own " + ref(m) },
	},
	KindOverdue: {
		event: "promise.late", urgent: true,
		subject: func(m Message) string {
			return bracket("Late", m.Incident.Title) + ", update was due " + instantUTC(m.Promise.DueAt, m.At)
		},
		title: title, state: state, parts: overdueParts, action: write,
		why: func(m Message) string { return "you own " + ref(m) + " or stand in for its owner" },
	},
	KindEscalation: {
		event: "promise.escalated", urgent: true,
		subject: func(m Message) string {
			return bracket("Needs you", m.Incident.Title) + ", update " + late(m)
		},
		title: title, state: state, parts: escalationParts, action: write,
		why: func(m Message) string { return "you answer for " + ref(m) + " when its owner and backup cannot" },
	},
	KindHandover: {
		event: "handover.offered", urgent: true,
		subject: func(m Message) string { return bracket("Hand-over", m.Incident.Title) + by(m, ", from ") },
		title:   title, state: state, parts: handoverParts,
		action: func(m Message) string { return "Take or decline " + ref(m) },
		why:    func(m Message) string { return someone(m) + " offers you " + ref(m) },
	},
	KindHelp: {
		event: "help.asked", urgent: true,
		subject: func(m Message) string { return bracket("Help asked", m.Incident.Title) + by(m, ", by ") },
		title:   title, state: state, parts: helpParts,
		action: func(m Message) string { return "Answer the request" },
		why:    func(m Message) string { return someone(m) + " asks for you" },
	},
	KindInvite: {
		event:   "person.invited",
		subject: func(m Message) string { return someone(m) + " invites you to " + site(m) },
		title:   func(m Message) string { return "Join " + site(m) }, state: none, parts: inviteParts,
		action: func(Message) string { return "Accept the invitation" },
		why:    func(m Message) string { return someone(m) + " entered this address" },
	},
	KindConfirm: {
		event:   "subscription.asked",
		subject: func(m Message) string { return "Confirm updates from " + site(m) },
		title:   func(m Message) string { return "Updates from " + site(m) }, state: none, parts: confirmParts,
		action: func(Message) string { return "Choose what you get" },
		why:    func(m Message) string { return "somebody entered this address at " + site(m) },
	},
	KindTest: {
		event:   "test",
		subject: func(m Message) string { return bracket("Test", "This channel reaches you") },
		title:   func(Message) string { return "This channel reaches you" }, state: none, parts: testParts,
		action: func(Message) string { return "Open the settings" },
		why:    func(m Message) string { return someone(m) + " pressed Send a test message" },
	},
}

func title(m Message) string { return m.Incident.Title }
func open(m Message) string  { return "Open " + ref(m) }
func write(Message) string   { return "Write the update" }
func none(Message) string    { return "" }

func ref(m Message) string { return fmt.Sprintf("INC-%d", m.Incident.Number) }

func bracket(state, rest string) string {
	if state == "" {
		return rest
	}
	return "[" + state + "] " + rest
}

func by(m Message, lead string) string {
	if m.By == "" {
		return ""
	}
	return lead + m.By
}

func someone(m Message) string {
	if m.By == "" {
		return "a colleague"
	}
	return m.By
}

func site(m Message) string {
	if m.Site == "" {
		return "amends"
	}
	return m.Site
}

func next(m Message, lead string) string {
	if m.Update.NextAt.IsZero() {
		return ""
	}
	return lead + instantUTC(m.Update.NextAt, m.At)
}

// state is the line below the heading: what readers feel, where the work
// stands, and what is affected. Service names stand alone when they share the
// state that the line begins with.
func state(m Message) string {
	var names []string
	for _, s := range m.Incident.Services {
		if s.State.Say != "" && s.State != m.Incident.State {
			names = append(names, s.Name+" ("+s.State.Say+")")
			continue
		}
		names = append(names, s.Name)
	}
	var facts []string
	for _, f := range []string{m.Incident.State.Say, m.Incident.Status.Say, strings.Join(names, ", ")} {
		if f != "" {
			facts = append(facts, f)
		}
	}
	return strings.Join(facts, " · ")
}
