package main

import "amends.dev/client"

// The words that people read for what the wire calls by an id.

func statusWord(status string) string {
	switch status {
	case "identified":
		return "Cause found"
	case "monitoring":
		return "Fixed, watching"
	case "resolved":
		return "Over"
	}
	return "Looking into it"
}

func stateWord(state string) string {
	switch state {
	case "outage":
		return "Not working"
	case "degraded":
		return "Slow"
	case "operational":
		return "Working"
	}
	return "Not known"
}

// statusMark is the mark before an incident.
func statusMark(in client.Incident) string {
	switch {
	case in.Status == "resolved":
		return markOK
	case in.Status == "monitoring" || in.Severity == "SEV3" || in.Severity == "SEV4":
		return markWarn
	}
	return markBad
}

func stateMark(state string) string {
	switch state {
	case "outage":
		return markBad
	case "degraded":
		return markWarn
	}
	return markOK
}

// outcomeMark is the mark before a promise.
func outcomeMark(outcome string) string {
	switch outcome {
	case "kept":
		return markOK
	case "late", "moved":
		return markWarn
	case "broken":
		return markBad
	}
	return markNone
}

// audienceWord says who reads what is published.
func audienceWord(audience string) string {
	switch audience {
	case "public":
		return "everybody, on the status page"
	case "stakeholders":
		return "stakeholders who sign in"
	}
	return "the team only"
}
