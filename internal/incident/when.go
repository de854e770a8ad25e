package incident

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"amends.dev/internal/fault"
)

// endOfDay is the hour that a date without a clock time means: the end of a
// working day, so that "Fri 28 Nov" leaves the whole day for the work.
const endOfDay = 17

// maxWhen is the longest text, in bytes, that is read as a time.
const maxWhen = 64

// ParseWhen reads a coming time as people type it, in any letter case:
//
//	16:30 · 4:30pm · 4 pm                  the next such time, see below
//	in 45 min · 45m · 1h30m · 2 hours      from now; a day is a calendar day of loc
//	today 16:30 · tomorrow 09:00           in loc
//	friday 09:00                           the first such moment after now
//	28 Nov 09:00 · Fri 28 Nov 2026 09:00   without a year: today or later
//	2026-11-23 09:00 · 2026-11-23T09:00    in loc
//	… UTC · … Z · … +01:00                 any of the above in that zone
//	28 Nov · 2026-11-28                    a date alone means 17:00
//	next business day [10:00]              Monday to Friday; alone means 17:00
//
// A clock time without a day that has passed today means tomorrow only if
// that is less than twelve hours away (00:30 typed at 23:50). Otherwise it is
// more likely a slip, and the error says how to write both readings.
// A clock time that the day has twice, because clocks go back, is the first
// one still to come; one that the day does not have is an error. A moment
// named with its date is returned even when it has passed: the command
// decides what that means. Errors are of the kind fault.Invalid.
func ParseWhen(text string, now time.Time, loc *time.Location) (time.Time, error) {
	return when(text, now, loc, false)
}

// ParsePast reads a time that has been, such as when a fault started: the
// forms of ParseWhen, and "20 min ago". A clock time, a weekday and a date
// without a year mean the last such moment not after now.
func ParsePast(text string, now time.Time, loc *time.Location) (time.Time, error) {
	return when(text, now, loc, true)
}

func when(text string, now time.Time, loc *time.Location, past bool) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, fault.New(fault.Invalid, "Enter a time, for example 16:30, tomorrow 09:00 or in 45 min")
	}
	if len(text) > maxWhen {
		return time.Time{}, unreadable(text)
	}
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil {
		return t, nil
	}
	words := whenWords(text)
	if t, ok := fromNow(words, now.In(loc), past); ok {
		return t, nil
	}
	w := whenParts{loc: loc, past: past}
	for _, word := range words {
		if !w.take(word) {
			return time.Time{}, unreadable(text)
		}
	}
	return w.resolve(text, now)
}

func unreadable(text string) error {
	if r := []rune(text); len(r) > 40 {
		text = string(r[:40]) + "…"
	}
	return fault.Newf(fault.Invalid, "%q is not a time I can read. Write 16:30, tomorrow 09:00 or in 45 min", text)
}

// whenWords splits the text into lower-case words, each of which says one
// thing: the T of ISO 8601 parts date and clock, a zone leaves the clock it is
// written against, and am and pm join theirs.
func whenWords(text string) []string {
	text = strings.ToLower(strings.ReplaceAll(text, ",", " "))
	for _, phrase := range []string{"next business day", "next working day"} {
		text = strings.ReplaceAll(text, phrase, "businessday")
	}
	var words []string
	for _, word := range strings.Fields(text) {
		if day, clock, ok := strings.Cut(word, "t"); ok && len(day) == len("2026-11-23") && day[4] == '-' {
			words = append(words, day)
			word = clock
		}
		if word == "am" || word == "pm" {
			if len(words) > 0 {
				words[len(words)-1] += word
				continue
			}
		}
		if i := strings.IndexAny(word, "z+-"); i >= 4 && strings.Contains(word[:i], ":") {
			words = append(words, word[:i], word[i:])
			continue
		}
		words = append(words, word)
	}
	return words
}

// fromNow reads a distance: "in 45 min", "1h30m", "an hour", "20 min ago".
func fromNow(words []string, now time.Time, past bool) (time.Time, bool) {
	sign := 1
	if len(words) > 1 && words[0] == "in" && !past {
		words = words[1:]
	} else if n := len(words) - 1; n > 0 && words[n] == "ago" && past {
		words, sign = words[:n], -1
	} else if past {
		return time.Time{}, false
	}
	text := strings.Join(words, "")
	switch text {
	case "anhour":
		text = "1h"
	case "halfanhour":
		text = "30m"
	}
	var days, seconds int
	for text != "" {
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		unit := len(text[digits:]) - len(strings.TrimLeft(text[digits:], "abcdefghijklmnopqrstuvwxyz"))
		n, err := strconv.Atoi(text[:digits])
		if err != nil || digits > 4 {
			return time.Time{}, false
		}
		switch text[digits : digits+unit] {
		case "m", "min", "mins", "minute", "minutes":
			seconds += n * 60
		case "h", "hr", "hrs", "hour", "hours":
			seconds += n * 3600
		case "d", "day", "days":
			days += n
		case "w", "week", "weeks":
			days += 7 * n
		default:
			return time.Time{}, false
		}
		text = text[digits+unit:]
	}
	if len(words) == 0 {
		return time.Time{}, false
	}
	if days > 0 {
		now = now.AddDate(0, 0, sign*days)
	}
	return now.Add(time.Duration(sign*seconds) * time.Second), true
}

// whenParts is what the words of a moment have said so far; each part once.
type whenParts struct {
	loc  *time.Location
	past bool

	hasClock, hasZone, hasOffset, hasWeekday, hasISO bool

	hour, minute, second int
	offset               int          // days from today, for hasOffset
	weekday              time.Weekday // for hasWeekday
	businessDay          bool
	year, month, day     int // 0 when not said
}

// take fits one word in and reports whether it could.
func (w *whenParts) take(word string) bool {
	switch word {
	case "at", "on", "by":
		return true
	case "today":
		return w.takeOffset(0)
	case "tomorrow":
		return w.takeOffset(1)
	case "yesterday":
		return w.takeOffset(-1)
	case "businessday":
		first := !w.businessDay
		w.businessDay = true
		return first
	}
	return w.takeZone(word) || w.takeClock(word) || w.takeDate(word)
}

func (w *whenParts) takeOffset(days int) bool {
	if w.hasOffset {
		return false
	}
	w.hasOffset, w.offset = true, days
	return true
}

func (w *whenParts) takeZone(word string) bool {
	if w.hasZone {
		return false
	}
	switch word {
	case "z", "utc", "gmt":
		w.hasZone, w.loc = true, time.UTC
		return true
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, word); err == nil {
			_, seconds := t.Zone()
			w.hasZone, w.loc = true, time.FixedZone(word, seconds)
			return true
		}
	}
	return false
}

func (w *whenParts) takeClock(word string) bool {
	if w.hasClock {
		return false
	}
	for _, layout := range []string{"15:04", "15:04:05", "3:04pm", "3pm"} {
		if t, err := time.Parse(layout, word); err == nil {
			w.hasClock = true
			w.hour, w.minute, w.second = t.Clock()
			return true
		}
	}
	return false
}

func (w *whenParts) takeDate(word string) bool {
	if t, err := time.Parse(time.DateOnly, word); err == nil && w.day == 0 && w.month == 0 && w.year == 0 {
		w.hasISO = true
		w.year, w.month, w.day = t.Year(), int(t.Month()), t.Day()
		return w.year > 0
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		name := strings.ToLower(day.String())
		if !w.hasWeekday && (word == name || word == name[:3]) {
			w.hasWeekday, w.weekday = true, day
			return true
		}
	}
	for _, layout := range []string{"Jan", "January"} {
		if t, err := time.Parse(layout, word); err == nil && w.month == 0 {
			w.month = int(t.Month())
			return true
		}
	}
	n, err := strconv.Atoi(word)
	switch {
	case err != nil || n < 1:
		return false
	case len(word) == 4 && w.year == 0:
		w.year = n
		return true
	case len(word) <= 2 && n <= 31 && w.day == 0:
		w.day = n
		return true
	}
	return false
}

// resolve turns the parts into an instant.
func (w *whenParts) resolve(text string, now time.Time) (time.Time, error) {
	now = now.In(w.loc)
	dated := w.day > 0 && w.month > 0
	named := 0
	for _, said := range []bool{dated, w.hasOffset, w.businessDay, w.hasWeekday && !dated} {
		if said {
			named++
		}
	}
	partial := !dated && (w.day > 0 || w.month > 0 || w.year > 0)
	if partial || named > 1 || (named == 0 && !w.hasClock) {
		return time.Time{}, unreadable(text)
	}
	if !w.hasClock {
		if w.hasOffset || (w.hasWeekday && !dated) {
			return time.Time{}, fault.Newf(fault.Invalid, "%q has no clock time. Write %s 09:00, 16:30 or 45m", text, strings.ToLower(text))
		}
		w.hour = endOfDay
	}
	switch {
	case dated:
		return w.onDate(now)
	case w.hasOffset:
		return w.at(now.AddDate(0, 0, w.offset), now)
	case w.businessDay:
		return w.at(businessDayAfter(now), now)
	case w.hasWeekday:
		return w.onWeekday(now)
	}
	return w.onClock(now)
}

func businessDayAfter(t time.Time) time.Time {
	for {
		t = t.AddDate(0, 0, 1)
		if day := t.Weekday(); day != time.Saturday && day != time.Sunday {
			return t
		}
	}
}

// onDate resolves a day of the month, whose weekday must fit when it is said.
func (w *whenParts) onDate(now time.Time) (time.Time, error) {
	year, step := w.year, 1
	if year == 0 {
		year = now.Year()
		if w.past {
			step = -1
		}
		passed := time.Month(w.month) < now.Month() || (time.Month(w.month) == now.Month() && w.day < now.Day())
		coming := time.Month(w.month) > now.Month() || (time.Month(w.month) == now.Month() && w.day > now.Day())
		if (passed && !w.past) || (coming && w.past) {
			year += step
		}
	}
	noon := time.Date(year, time.Month(w.month), w.day, 12, 0, 0, 0, w.loc)
	if noon.Day() != w.day {
		return time.Time{}, fault.Newf(fault.Invalid, "%s %d has no day %d. Write the date as 2026-11-28 or 28 Nov", time.Month(w.month), year, w.day)
	}
	if w.hasWeekday && noon.Weekday() != w.weekday {
		return time.Time{}, fault.Newf(fault.Invalid, "%s is a %s. Write the date or the weekday alone", noon.Format("2 Jan 2006"), noon.Weekday())
	}
	return w.at(noon, now)
}

// onWeekday resolves a weekday to its first moment on the right side of now.
func (w *whenParts) onWeekday(now time.Time) (time.Time, error) {
	step := 1
	if w.past {
		step = -1
	}
	for i := 0; ; i += step {
		day := now.AddDate(0, 0, i)
		if day.Weekday() != w.weekday {
			continue
		}
		t, err := w.at(day, now)
		if err != nil || i*step >= 7 || (!w.past && t.After(now)) || (w.past && !t.After(now)) {
			return t, err
		}
	}
}

// onClock resolves a clock time without a day.
func (w *whenParts) onClock(now time.Time) (time.Time, error) {
	t, err := w.at(now, now)
	switch {
	case err != nil:
		return t, err
	case w.past && t.After(now):
		return w.at(now.AddDate(0, 0, -1), now)
	case w.past || t.After(now):
		return t, nil
	}
	next, err := w.at(now.AddDate(0, 0, 1), now)
	if err == nil && next.Sub(now) < 12*time.Hour {
		return next, nil
	}
	clock := t.Format("15:04")
	return time.Time{}, fault.Newf(fault.Invalid, "%s has passed. Choose a time after %s, or write tomorrow %s", clock, now.Format("15:04"), clock)
}

// at returns the instant on day's date at the clock time that was said. Where
// the zone has that time twice it takes the first one after now; where the
// zone skips it, it asks for another.
func (w *whenParts) at(day, now time.Time) (time.Time, error) {
	year, month, date := day.Date()
	wall := time.Date(year, month, date, w.hour, w.minute, w.second, 0, time.UTC)
	var found []time.Time
	for _, near := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		_, offset := wall.Add(near).In(w.loc).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second).In(w.loc)
		if t.Hour() == w.hour && t.Minute() == w.minute && t.Day() == date {
			found = append(found, t)
		}
	}
	if len(found) == 0 {
		return time.Time{}, fault.Newf(fault.Invalid, "%s does not exist on %s, because clocks go forward. Write a time before or after the change, or the time in UTC", fmt.Sprintf("%02d:%02d", w.hour, w.minute), day.Format("2 Jan"))
	}
	// The reading before the change of clocks is the earlier instant.
	if len(found) == 2 && found[1].Before(found[0]) {
		found[0], found[1] = found[1], found[0]
	}
	if len(found) == 2 && !w.past && !found[0].After(now) {
		return found[1], nil
	}
	return found[0], nil
}
