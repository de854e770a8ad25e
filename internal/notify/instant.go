package notify

import (
	"fmt"
	"time"
)

const (
	clock   = "15:04"
	day     = "2 Jan"
	weekday = "Mon 2 Jan"
)

// instant writes t for a reader in zone, with UTC in brackets. Days are named
// only where they differ: the reader's from the day of ref, UTC's from the
// reader's.
//
//	20:00 (14:30 UTC)
//	Mon 23 Nov, 03:30 (22:00 UTC 22 Nov)
func instant(t, ref time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	local, utc := t.In(zone), t.UTC()
	text := local.Format(clock)
	if !sameDay(local, ref.In(zone)) {
		text = local.Format(weekday) + year(local, ref) + ", " + text
	}
	if _, offset := local.Zone(); offset == 0 {
		return text + " UTC"
	}
	text += " (" + utc.Format(clock) + " UTC"
	if !sameDay(local, utc) {
		text += " " + utc.Format(day)
	}
	return text + ")"
}

// instantUTC writes t in UTC alone, for subjects, where there is room for one.
func instantUTC(t, ref time.Time) string { return instant(t, ref, time.UTC) }

// date writes the reader's day of t: "Fri 27 Nov".
func date(t, ref time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	local := t.In(zone)
	return local.Format(weekday) + year(local, ref)
}

func year(t, ref time.Time) string {
	if t.Year() == ref.In(t.Location()).Year() {
		return ""
	}
	return t.Format(" 2006")
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// span writes a duration in the two largest units that matter: "4 min",
// "2 h 10 min", "3 days".
func span(d time.Duration) string {
	minutes := int(d / time.Minute)
	switch {
	case minutes < 1:
		return "less than 1 min"
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case minutes < 48*60 && minutes%60 == 0:
		return fmt.Sprintf("%d h", minutes/60)
	case minutes < 48*60:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	}
	return fmt.Sprintf("%d days", minutes/(24*60))
}
