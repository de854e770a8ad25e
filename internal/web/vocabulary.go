package web

import (
	"strings"

	"amends.dev/internal/incident"
)

// The words that readers see for what the record calls by an id.

func statusWord(s incident.Status) string {
	switch s {
	case incident.Identified:
		return "Cause found"
	case incident.Monitoring:
		return "Fixed, watching"
	case incident.Resolved:
		return "Over"
	}
	return "Looking into it"
}

// statusShape is the shape and colour that stand beside the word.
func statusShape(s incident.Status, severity incident.Severity) string {
	switch {
	case s == incident.Resolved:
		return "ok"
	case s == incident.Monitoring || severity == "SEV3" || severity == "SEV4":
		return "degraded"
	}
	return "outage"
}

func severityWord(s incident.Severity) string {
	switch s {
	case "SEV1":
		return "SEV1, nearly everybody is affected"
	case "SEV2":
		return "SEV2, many are affected"
	case "SEV3":
		return "SEV3, some are affected, or there is a way round"
	case "SEV4":
		return "SEV4, hardly anybody notices"
	}
	return string(s)
}

func kindWord(k incident.Kind) string {
	switch k {
	case "outage":
		return "Outage: something stopped working"
	case "launch":
		return "Launch: something new went out wrong"
	case "data":
		return "Data: lost, wrong, or shown to the wrong person"
	case "decision":
		return "Decision: we chose badly"
	case "commitment":
		return "Commitment: we did not keep our word"
	case "conduct":
		return "Conduct: how we treated somebody"
	}
	return string(k)
}

// kindShort is the kind without its explanation.
func kindShort(k incident.Kind) string {
	word, _, _ := strings.Cut(kindWord(k), ":")
	return word
}

func audienceWord(a incident.Audience) string {
	switch a {
	case incident.Public:
		return "Everybody, on the status page"
	case incident.Stakeholders:
		return "Stakeholders who sign in"
	}
	return "Only the team"
}

func originWord(o incident.Origin) string {
	switch o {
	case "alert":
		return "An alert"
	case "colleague":
		return "A colleague said so"
	case "customer":
		return "A customer said so"
	case "manager":
		return "A manager said so"
	}
	return "We noticed ourselves"
}

// outcomeShape is the shape beside an outcome's word.
func outcomeShape(o incident.Outcome) string {
	switch o {
	case incident.Kept:
		return "ok"
	case incident.Late:
		return "degraded"
	case incident.Broken:
		return "outage"
	case incident.Moved:
		return "planned"
	}
	return "unknown"
}

// roleWord names a part that somebody plays.
func roleWord(r incident.Role) string {
	switch r {
	case incident.RoleLead:
		return "the leads"
	case incident.RoleTeam:
		return "the team's channels"
	case incident.RoleReader:
		return "readers"
	}
	return "the " + string(r)
}

// tally says outcomes in words: "29 kept, 1 late, 1 broken".
func tally(t incident.Tally) string {
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{t.Kept, "kept"}, {t.Late, "late"}, {t.Broken, "broken"}, {t.Moved, "moved"}} {
		if part.n > 0 {
			parts = append(parts, count(part.n, part.word, part.word))
		}
	}
	return strings.Join(parts, ", ")
}
