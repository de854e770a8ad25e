package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amends.dev/internal/incident"
)

// clock writes an instant in the reader's zone first and UTC in brackets:
// "15:30 (14:30 UTC)", with the day where it is not today.
func (t *terminal) clock(at time.Time) string {
	own, utc := at.In(t.zone), at.UTC()
	text := own.Format("15:04")
	if !sameDay(own, t.now.In(t.zone)) {
		text = t.day(at) + " " + text
	}
	if _, offset := own.Zone(); offset == 0 {
		return text + " UTC"
	}
	if sameDay(own, utc) {
		return text + utc.Format(" (15:04 UTC)")
	}
	return text + utc.Format(" (15:04 UTC 2 Jan)")
}

// day writes the day of an instant in the reader's zone, with the year where
// it is not this one.
func (t *terminal) day(at time.Time) string {
	at = at.In(t.zone)
	if at.Year() != t.now.In(t.zone).Year() {
		return at.Format("Mon 2 Jan 2006")
	}
	return at.Format("Mon 2 Jan")
}

func sameDay(a, b time.Time) bool { return a.Year() == b.Year() && a.YearDay() == b.YearDay() }

// due writes how far away a promised minute is: "in 12 min", "4 min late".
func (t *terminal) due(at time.Time) string {
	left := at.Truncate(time.Minute).Sub(t.now)
	switch {
	case left > 0:
		return "in " + span(left+time.Minute-1) // whole minutes, rounded up: the last one has begun
	case left > -time.Minute:
		return "due now"
	}
	return span(-left) + " late"
}

// span writes a length of time: "4 min", "3 h 1 min", "2 days".
func span(d time.Duration) string {
	m := int(d / time.Minute)
	switch {
	case m < 60:
		return fmt.Sprintf("%d min", m)
	case m < 2880 && m%60 == 0:
		return fmt.Sprintf("%d h", m/60)
	case m < 2880:
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	}
	return fmt.Sprintf("%d days", m/1440)
}

// stamp writes an instant for a program; the zero time is empty.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// zoneName returns the IANA name of the reader's zone, or "" when the machine
// does not say it.
func zoneName() string {
	name := strings.TrimPrefix(os.Getenv("TZ"), ":")
	if name == "" {
		if link, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
			_, name, _ = strings.Cut(link, "zoneinfo/")
		}
	}
	if _, err := time.LoadLocation(name); err != nil || name == "" {
		return ""
	}
	return name
}

// wireTime checks a coming time that was typed and returns what is sent for
// it, with the zone that it is meant in: the server's clock decides, so "30m"
// travels as it is. Without a zone that has a name it travels as an instant.
func (t *terminal) wireTime(flag, text string) (wire, zone string, err error) {
	return t.wire(flag, text, incident.ParseWhen)
}

// wirePast is wireTime for a time that has been.
func (t *terminal) wirePast(flag, text string) (wire, zone string, err error) {
	return t.wire(flag, text, incident.ParsePast)
}

func (t *terminal) wire(flag, text string, parse func(string, time.Time, *time.Location) (time.Time, error)) (wire, zone string, err error) {
	if strings.TrimSpace(text) == "" {
		return "", "", nil
	}
	at, err := parse(text, t.now, t.zone)
	if err != nil {
		return "", "", flagged(flag, err)
	}
	if zone = zoneName(); zone == "" {
		return at.UTC().Format(time.RFC3339), "", nil
	}
	return text, zone, nil
}
