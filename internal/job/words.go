package job

import (
	"slices"

	"amends.dev/internal/incident"
	"amends.dev/internal/notify"
)

// The words that readers see for what the record calls by an id.

var statusWords = map[incident.Status]string{
	incident.Investigating: "Looking into it",
	incident.Identified:    "Cause found",
	incident.Monitoring:    "Fixed, watching",
	incident.Resolved:      "Over",
}

func statusWord(s incident.Status) notify.Word {
	return notify.Word{ID: string(s), Say: statusWords[s]}
}

var (
	working    = notify.Word{ID: "operational", Say: "Working"}
	slow       = notify.Word{ID: "degraded", Say: "Slow"}
	notWorking = notify.Word{ID: "outage", Say: "Not working"}
)

// stateWord says what readers feel of an incident.
func stateWord(status incident.Status, severity incident.Severity) notify.Word {
	switch {
	case status == incident.Resolved:
		return working
	case slices.Index(incident.Severities, severity) < 2:
		return notWorking
	}
	return slow
}
