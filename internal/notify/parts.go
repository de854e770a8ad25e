package notify

import "time"

// The facts of each kind, in the order in which a reader needs them. The
// letter leaves out a part whose text is empty.

func updateParts(m Message) []Part {
	return []Part{
		{"Now", m.Update.Now},
		{"Until the next update", m.Update.Plan},
		{"Next update", nextUpdate(m)},
	}
}

func nextUpdate(m Message) string {
	switch {
	case !m.Update.NextAt.IsZero():
		return m.when(m.Update.NextAt)
	case m.Update.NoTime != "":
		return "no time, because " + m.Update.NoTime
	}
	return ""
}

func resolvedParts(m Message) []Part {
	over := m.Update.PostedAt
	if over.IsZero() {
		over = m.At
	}
	parts := []Part{{"Over since", m.when(over)}, {"Now", m.Update.Now}, {"What comes next", m.Update.Plan}}
	if !m.Update.NextAt.IsZero() {
		parts = append(parts, Part{"Review published by", date(m.Update.NextAt, m.At, m.To.Zone)})
	}
	return parts
}

func declaredParts(m Message) []Part {
	parts := []Part{{"Now", m.Update.Now}, {"Owner", m.Promise.By}}
	if !m.Promise.DueAt.IsZero() {
		parts = append(parts, Part{"First update", m.when(m.Promise.DueAt)})
	}
	return append(parts, Part{"Severity", m.Incident.Severity})
}

func reminderParts(m Message) []Part {
	text := "Your update is due at " + m.when(m.Promise.DueAt)
	if left := m.Promise.DueAt.Sub(m.At); left >= time.Minute {
		text += ", in " + span(left)
	}
	return []Part{{Text: text + "."}, {Text: evenOneLine}}
}

func overdueParts(m Message) []Part {
	return []Part{{Text: "The update promised" + by(m.promiser(), " by ") + " for " + m.when(m.Promise.DueAt) + " is " + late(m) + "."}, {Text: evenOneLine}}
}

func escalationParts(m Message) []Part {
	return []Part{
		{Text: "The update promised" + by(m.promiser(), " by ") + " for " + m.when(m.Promise.DueAt) + " is " + late(m) + ". The owner was told, and nobody has written."},
		{Text: "Reach them, or write the update yourself. The people who wait need a line now."},
	}
}

const evenOneLine = "Even one line helps: say what is true now and when you will write again."

func handoverParts(m Message) []Part {
	parts := []Part{
		{Text: someone(m) + " asks you to take " + ref(m) + ". Until you do, it stays with " + someone(m) + "."},
		{"Why", m.Note},
		{"Now", m.Update.Now},
	}
	if !m.Promise.DueAt.IsZero() {
		parts = append(parts, Part{"Next update due", m.when(m.Promise.DueAt)})
	}
	return parts
}

func helpParts(m Message) []Part {
	return []Part{
		{Text: someone(m) + " asks for your help with " + ref(m) + "."},
		{"Asked", m.Note},
		{"Now", m.Update.Now},
	}
}

func inviteParts(m Message) []Part {
	return []Part{
		{Text: someone(m) + " invites you to " + site(m) + "."},
		{"From " + someone(m), m.Note},
		{Text: "The link works once. If you expected no invitation, do nothing."},
	}
}

func confirmParts(m Message) []Part {
	return []Part{
		{Text: "Somebody, most likely you, asked " + site(m) + " to send updates to this address."},
		{Text: "Open the link and press Yes, send me updates. If it was not you, do nothing: no further message comes."},
	}
}

func testParts(m Message) []Part {
	return []Part{{Text: "Nothing happened. " + someone(m) + " tries out how " + site(m) + " reaches you."}}
}

// when writes t for the recipient.
func (m Message) when(t time.Time) string { return instant(t, m.At, m.To.Zone) }

// promiser returns m with the one who promised as the one who acts.
func (m Message) promiser() Message {
	m.By = m.Promise.By
	return m
}

func late(m Message) string { return span(m.Promise.Late) + " late" }
