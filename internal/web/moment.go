package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// moment is an instant as a page shows it, with the instant at which the page
// was made beside it: today's times are shown without their day.
type moment struct {
	At, Now time.Time
	Dated   bool // always with the day
}

// Zero reports whether there is no instant.
func (m moment) Zero() bool { return m.At.IsZero() }

// text is what readers without scripts see: always with the zone.
func (m moment) text() string {
	at, now := m.At.UTC(), m.Now.UTC()
	switch {
	case at.Year() != now.Year():
		return at.Format("2 Jan 2006, 15:04 UTC")
	case m.Dated || at.YearDay() != now.YearDay():
		return at.Format("2 Jan, 15:04 UTC")
	}
	return at.Format("15:04 UTC")
}

// timeTag returns the instant as an element that app.js turns into the
// reader's own time.
func timeTag(m moment) template.HTML {
	if m.Zero() {
		return ""
	}
	local := ""
	if m.Dated || m.At.UTC().YearDay() != m.Now.UTC().YearDay() || m.At.UTC().Year() != m.Now.UTC().Year() {
		local = `="date"`
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" data-local%s>%s</time>`, m.At.UTC().Format(time.RFC3339), local, m.text())) //nolint:gosec // only digits and our own words
}

// dueTag returns a countdown. Without scripts it names the time, or says how
// late it was when the page was made.
func dueTag(m moment) template.HTML {
	due := m.At.UTC().Truncate(time.Minute)
	text := "by " + m.text()
	if late := m.Now.Sub(due); late >= time.Minute {
		text = span(late) + " late"
	}
	return template.HTML(fmt.Sprintf(`<span data-due="%s">%s</span>`, due.Format(time.RFC3339), text)) //nolint:gosec // only digits and our own words
}

// late reports whether the promised minute is over.
func (m moment) late() bool { return m.Now.Sub(m.At.Truncate(time.Minute)) >= time.Minute }

// span says a length of time the way app.js does: "4 min", "3 h 1 min", "2 days".
func span(d time.Duration) string {
	m := int(d / time.Minute)
	switch {
	case m < 60:
		return fmt.Sprintf("%d min", m)
	case m < 2880 && m%60 == 0:
		return fmt.Sprintf("%d h", m/60)
	case m < 2880:
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	default:
		return fmt.Sprintf("%d days", m/1440)
	}
}

// at makes a moment of this request.
func (c *call) at(t time.Time) moment { return moment{At: t, Now: c.now} }

// count says a number of things: "1 incident", "3 incidents".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// sentence joins parts: "a, b and c".
func sentence(parts []string) string {
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0]
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
