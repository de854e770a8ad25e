package lint

import (
	"strconv"
	"strings"
	"time"
)

// iso reads 2026-11-22, with or without a time: 2026-11-22T15:00Z.
func (c *clockReader) iso(i int) (when, bool) {
	x := c.x
	if i >= len(x.toks) || x.toks[i].tags&tNum == 0 || digits(x.raw(i)) != 4 || !x.is(i+1, "-") && !x.is(i+1, "/") || i+4 >= len(x.toks) || !x.is(i+3, "-") && !x.is(i+3, "/") {
		return when{}, false
	}
	w1, w5 := x.doc.Words[x.toks[i].word], x.doc.Words[x.toks[i+4].word]
	raw := strings.ReplaceAll(string(x.doc.Source[w1.Start:w5.End]), "/", "-")
	for _, layout := range []string{"2006-01-02T15:04:05Z", "2006-01-02T15:04Z", "2006-01-02T15:04", "2006-01-02"} {
		zone := c.zone
		if strings.HasSuffix(layout, "Z") {
			zone = time.UTC
		}
		at, err := time.ParseInLocation(layout, strings.ToUpper(raw), zone)
		if err != nil {
			continue
		}
		if layout != "2006-01-02" {
			return when{from: i, to: i + 5, at: at, exact: true, zoned: zone == time.UTC}, true
		}
		k := i + 5
		for x.is(k, "at", ",", "by") {
			k++
		}
		if h, m, n, ok := c.clock(k); ok {
			z, width := c.zoneAt(k + n)
			return c.fix(i, k+n+width, at, h, m, z, width > 0, true), true
		}
		return when{from: i, to: i + 5, at: at.Add(24*time.Hour - time.Minute)}, true
	}
	return when{}, false
}

// day reads a day: today, tomorrow, Monday, next Tuesday, 29 September,
// Sep 29th 2026. The instant is within that day.
func (c *clockReader) day(i, from int) (when, bool) {
	x := c.x
	if !x.has(i, dayWords) && x.at(i)&(tDay|tMonth|tNum) == 0 {
		return when{}, false
	}
	now := c.now.In(c.zone)
	switch {
	case x.is(i, "today", "tonight"):
		w := when{from: from, to: i + 1, at: now}
		return w, true
	case x.is(i, "tomorrow"):
		return when{from: from, to: i + 1, at: now.AddDate(0, 0, 1)}, true
	case x.is(i, "this", "later", "earlier") && x.is(i+1, "morning", "afternoon", "evening"):
		return when{from: from, to: i + 1, at: now}, true
	case x.is(i, "later") && x.is(i+1, "today", "tonight"):
		return when{from: from, to: i + 2, at: now}, true
	}
	k := i
	next := x.is(k, "next", "this", "coming", "the", "on")
	if next {
		k++
	}
	if d, ok := weekday(x, k); ok {
		if x.is(k, "sun", "sat", "mon", "wed") && x.at(k)&tCap == 0 {
			return when{}, false
		}
		days := (int(d) - int(now.Weekday()) + 7) % 7
		if days == 0 {
			days = 7
			if x.is(k+1, "at") || x.at(k+1)&tNum != 0 {
				days = 0 // the day itself, named with its hour
			}
		}
		if x.is(i, "next") && days < 3 {
			days += 7
		}
		to := k + 1
		if x.is(to, ".") && x.at(to+1)&tNum != 0 {
			to++
		}
		// "Friday, September 29": the date decides
		j := to
		if x.is(j, ",", "the") {
			j++
		}
		if w, ok := c.date(j, from); ok {
			return w, true
		}
		return when{from: from, to: to, at: now.AddDate(0, 0, days)}, true
	}
	return c.date(i, from)
}

func weekday(x *text, i int) (time.Weekday, bool) {
	if x.at(i)&tDay == 0 {
		return 0, false
	}
	raw := strings.ToLower(string(x.raw(i)))
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := strings.ToLower(d.String()); strings.HasPrefix(name, strings.TrimSuffix(raw, "'s")) || len(raw) > 2 && strings.HasPrefix(raw, name[:3]) {
			return d, true
		}
	}
	return 0, false
}

// date reads 29 September, September 29th, 2026.
func (c *clockReader) date(i, from int) (when, bool) {
	x := c.x
	if x.is(i, "the") {
		i++
	}
	month, day, k := time.Month(0), 0, i
	if m, ok := monthAt(x, i); ok {
		k++
		if x.is(k, ".") {
			k++
		}
		if day = dayNumber(x, k); day == 0 {
			return when{}, false
		}
		month, k = m, k+1
	} else if day = dayNumber(x, i); day > 0 {
		k++
		if x.is(k, "of") {
			k++
		}
		m, ok := monthAt(x, k)
		if !ok {
			return when{}, false
		}
		month, k = m, k+1
	} else {
		return when{}, false
	}
	now := c.now.In(c.zone)
	year, named := now.Year(), false
	j := k
	if x.is(j, ",") {
		j++
	}
	if j < len(x.toks) && len(x.raw(j)) == 4 && digits(x.raw(j)) == 4 {
		if y, err := strconv.Atoi(string(x.raw(j))); err == nil && y > 1990 && y < 2200 {
			if _, z := c.zoneAt(j + 1); z == 0 {
				year, named, k = y, true, j+1
			}
		}
	}
	at := time.Date(year, month, day, 12, 0, 0, 0, c.zone)
	if at.Month() != month {
		return when{}, false
	}
	if !named && at.Before(now.AddDate(0, -6, 0)) {
		at = at.AddDate(1, 0, 0)
	}
	return when{from: from, to: k, at: at}, true
}

func monthAt(x *text, i int) (time.Month, bool) {
	if x.at(i)&tMonth == 0 {
		return 0, false
	}
	raw := string(x.raw(i))
	if raw[0] < 'A' || raw[0] > 'Z' {
		return 0, false
	}
	low := strings.ToLower(raw)
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(low, strings.ToLower(m.String())[:3]) {
			return m, true
		}
	}
	return 0, false
}

// dayNumber reads 29, 29th.
func dayNumber(x *text, i int) int {
	if i >= len(x.toks) || i < 0 || x.toks[i].tags&tNum == 0 {
		return 0
	}
	raw := strings.ToLower(string(x.raw(i)))
	for _, s := range []string{"st", "nd", "rd", "th"} {
		raw = strings.TrimSuffix(raw, s)
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 || n > 31 {
		return 0
	}
	return n
}

// endOf reads "end of day", "EOD", "close of business", "the end of the week".
func (c *clockReader) endOf(i int) (when, bool) {
	x := c.x
	if !x.has(i, endWords) {
		return when{}, false
	}
	k := i
	for x.is(k, "the", "close", "our") && !x.is(k, "close") {
		k++
	}
	zoneFor := func(to int) (*time.Location, int) { return c.zoneAt(to) }
	switch {
	case x.is(k, "eod", "cob", "eob"):
		zone, z := zoneFor(k + 1)
		return c.endOfDay(i, k+1+z, zone, z > 0, 0), true
	case x.is(k, "eow"):
		return c.endOfWeek(i, k+1), true
	case x.is(k, "end", "close") && x.is(k+1, "of"):
		k += 2
	case x.is(k, "top") && x.is(k+1, "of") && x.is(k+2, "the") && x.is(k+3, "hour"):
		return when{from: i, to: k + 4, at: c.now.Truncate(time.Hour).Add(time.Hour), exact: true}, true
	case x.is(k, "midnight", "noon"):
		return when{}, false
	default:
		return when{}, false
	}
	days := 0
	for x.is(k, "the", "this", "our", "next", "business", "working", "current") && !(x.is(k, "business") && !x.is(k+1, "day", "hours")) {
		k++
	}
	switch {
	case x.is(k, "tomorrow"):
		days = 1
		fallthrough
	case x.is(k, "day", "today", "business", "play", "hours"):
		to := k + 1
		if x.is(to, "tomorrow") {
			days, to = 1, to+1
		} else if x.is(to, "today") {
			to++
		}
		j := to
		if x.is(j, "on", ",") {
			j++
		}
		zone, z := zoneFor(to)
		w := c.endOfDay(i, to+z, zone, z > 0, days)
		if d, ok := c.day(j+0, i); ok && z == 0 {
			w.at = time.Date(d.at.Year(), d.at.Month(), d.at.Day(), 18, 0, 0, 0, c.zone)
			w.to = d.to
		}
		return w, true
	case x.is(k, "week"):
		return c.endOfWeek(i, k+1), true
	case x.is(k, "month"):
		now := c.now.In(c.zone)
		return when{from: i, to: k + 1, at: time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, c.zone).Add(-time.Minute)}, true
	case x.is(k, "quarter", "q1", "q2", "q3", "q4"):
		now := c.now.In(c.zone)
		q := int(now.Month()-1) / 3
		if !x.is(k, "quarter") {
			q = int(x.raw(k)[1]-'1') % 4
		}
		return when{from: i, to: k + 1, at: time.Date(now.Year(), time.Month(q*3+4), 1, 0, 0, 0, 0, c.zone).Add(-time.Minute)}, true
	case x.is(k, "year"):
		return when{from: i, to: k + 1, at: time.Date(c.now.In(c.zone).Year()+1, 1, 1, 0, 0, 0, 0, c.zone).Add(-time.Minute)}, true
	}
	if m, ok := monthAt(x, k); ok {
		year := c.now.In(c.zone).Year()
		if m < c.now.In(c.zone).Month() {
			year++
		}
		return when{from: i, to: k + 1, at: time.Date(year, m+1, 1, 0, 0, 0, 0, c.zone).Add(-time.Minute)}, true
	}
	return when{}, false
}

// endOfDay is 18:00, when offices close; past that, midnight.
func (c *clockReader) endOfDay(from, to int, zone *time.Location, zoned bool, days int) when {
	now := c.now.In(zone)
	at := time.Date(now.Year(), now.Month(), now.Day()+days, 18, 0, 0, 0, zone)
	if at.Before(c.now) {
		at = time.Date(now.Year(), now.Month(), now.Day()+days, 23, 59, 0, 0, zone)
	}
	return when{from: from, to: to, at: at, zoned: zoned}
}

func (c *clockReader) endOfWeek(from, to int) when {
	now := c.now.In(c.zone)
	days := (int(time.Friday) - int(now.Weekday()) + 7) % 7
	return when{from: from, to: to, at: time.Date(now.Year(), now.Month(), now.Day()+days, 18, 0, 0, 0, c.zone)}
}

// part reads a part of a day: morning is over at noon, the afternoon at six.
func (c *clockReader) part(i int, day time.Time, from int) (when, bool) {
	hours := map[string]int{"morning": 12, "afternoon": 18, "evening": 22, "night": 24, "lunchtime": 13}
	if i >= len(c.x.toks) {
		return when{}, false
	}
	h, ok := hours[strings.ToLower(string(c.x.raw(i)))]
	if !ok {
		return when{}, false
	}
	d := day.In(c.zone)
	zone, z := c.zoneAt(i + 1)
	return when{from: from, to: i + 1 + z, at: time.Date(d.Year(), d.Month(), d.Day(), h, 0, 0, 0, zone), zoned: z > 0}, true
}
