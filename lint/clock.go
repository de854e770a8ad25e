package lint

import (
	"strconv"
	"strings"
	"time"
)

// when is a time as words say it: a length from now, or a day and a clock.
type when struct {
	from, to int // tokens
	at       time.Time
	exact    bool // said to the minute, not "end of day" or "in an hour"
	zoned    bool // the words name a zone
	length   bool // said as a length of time
	every    bool // "every 30 minutes"
}

// A clockReader reads times in the sentence at hand, relative to a moment.
type clockReader struct {
	x    *text
	now  time.Time
	zone *time.Location
}

// beforePoint are the words that lead up to a clock or a day.
var beforePoint = wordList(`by at before until around on no later than approximately approx . about ~ @ for roughly or from eta : - – — not
	come expected is`)

// The words that a day, or the end of a stretch of time, can begin with.
var (
	dayWords = wordList(`today tonight tomorrow this later earlier next coming the on`)
	endWords = wordList(`the close our eod cob eob eow end top`)
)

// read reads a time that begins at token i, with the preposition before it.
func (c *clockReader) read(i int) (when, bool) {
	x := c.x
	switch {
	case x.is(i, "in", "within", "inside", "for"):
		if w, ok := c.length(i+1, x.is(i, "for")); ok && !x.is(i, "for") {
			w.from = i
			return w, true
		}
		if x.is(i, "in", "within") && x.is(i+1, "the") && x.is(i+2, "morning", "afternoon", "evening") {
			return c.part(i+2, c.now, i)
		}
		if x.is(i, "in") {
			return c.day(i+1, i)
		}
	case x.is(i, "take", "taking") && !x.is(i+1, "place"):
		if w, ok := c.length(i+1, false); ok {
			w.from = i
			return w, true
		}
	case x.is(i, "every") || x.is(i, "at") && x.is(i+1, "intervals"):
		if w, ok := c.length(i+1, false); ok {
			w.from, w.every = i, true
			return w, true
		}
		if n, ok := c.unit(i + 1); ok && n <= 24*time.Hour {
			return when{from: i, to: i + 2, at: c.now.Add(n), length: true, every: true}, true
		}
	case x.is(i, "hourly") || x.is(i, "half-hourly"):
		d := time.Hour
		if x.is(i, "half-hourly") {
			d = 30 * time.Minute
		}
		return when{from: i, to: i + 1, at: c.now.Add(d), length: true, every: true}, true
	case x.is(i, "daily"):
		return when{from: i, to: i + 1, at: c.now.Add(24 * time.Hour), length: true, every: true}, true
	case x.has(i, beforePoint):
		j := i
		for j < len(x.toks) && j-i < 5 && x.has(j, beforePoint) {
			j++
		}
		if w, ok := c.point(j); ok {
			w.from = i
			return w, true
		}
		if x.is(j-1, ":", "is", "eta", "-", "–", "—", "expected") {
			if w, ok := c.length(j, false); ok {
				w.from = i
				return w, true
			}
		}
	}
	return c.point(i)
}

// point reads a clock, a day, or both in either order.
func (c *clockReader) point(i int) (when, bool) {
	x := c.x
	if w, ok := c.iso(i); ok {
		return w, true
	}
	if w, ok := c.endOf(i); ok {
		return w, true
	}
	if h, m, n, ok := c.clock(i); ok {
		zone, z := c.zoneAt(i + n)
		to := i + n + z
		day := c.now
		dated := false
		k := to
		if x.is(k, "(") {
			k = to
		}
		for x.is(k, "on", ",", "of") {
			k++
		}
		if d, ok := c.day(k, i); ok {
			day, to, dated = d.at, d.to, true
			if z == 0 {
				zone, z = c.zoneAt(to)
				to += z
			}
		} else if x.is(k, "the") && x.is(k+1, "same") {
			dated = true
		}
		return c.fix(i, to, day, h, m, zone, z > 0, dated), true
	}
	if d, ok := c.day(i, i); ok {
		k := d.to
		for x.is(k, "at", ",", "by", "before", "around", "@", "-", "–", "approximately", "about", "no", "later", "than", "from") && k-d.to < 5 {
			k++
		}
		if h, m, n, ok := c.clock(k); ok {
			zone, z := c.zoneAt(k + n)
			return c.fix(d.from, k+n+z, d.at, h, m, zone, z > 0, true), true
		}
		if e, ok := c.endOf(k); ok && x.is(k, "end", "eod", "cob", "close") {
			e.from, e.at = d.from, time.Date(d.at.Year(), d.at.Month(), d.at.Day(), e.at.Hour(), e.at.Minute(), 0, 0, e.at.Location())
			return e, true
		}
		if p, ok := c.part(k, d.at, d.from); ok {
			return p, true
		}
		zone, z := c.zoneAt(d.to)
		d.at = time.Date(d.at.Year(), d.at.Month(), d.at.Day(), 23, 59, 0, 0, zone)
		d.to, d.zoned = d.to+z, z > 0
		return d, true
	}
	return when{}, false
}

// fix makes an instant of a day and a clock. Without a named day it is the
// next time the clock shows that hour.
func (c *clockReader) fix(from, to int, day time.Time, h, m int, zone *time.Location, zoned, dated bool) when {
	if !dated {
		day = c.now.In(zone)
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), h, m, 0, 0, zone)
	if !dated && at.Before(c.now.Add(-time.Minute)) {
		if late := at.AddDate(0, 0, 1); c.now.Sub(at) > 2*time.Hour {
			at = late
		}
	}
	return when{from: from, to: to, at: at, exact: true, zoned: zoned}
}

// length reads "30 minutes", "about an hour and a half", "the next 2-4 hours",
// "half an hour". Of a range it takes the later end.
func (c *clockReader) length(i int, _ bool) (when, bool) {
	x := c.x
	k := i
	hour := false
	for x.is(k, "the", "next", "about", "approximately", "around", "roughly", "another", "a", "further", "an", "under", "at", "most", "less", "than", "up", "to", "~", "approx", ".", "coming", "following", "estimated", "max", "maximum", "of", "good", "least", "no", "more", "first", "est") && k-i < 6 {
		hour = hour || x.is(k, "the", "a", "an", "another", "under", "next")
		k++
	}
	n, width, ok := c.amount(k)
	if !ok {
		if d, unit := c.unit(k); unit && hour && x.at(k)&tUnit != 0 && !plural(x, k) {
			w := when{from: i, to: k + 1, at: c.now.Add(d), length: true}
			if x.is(k-1, "next", "the") && d >= 24*time.Hour {
				return when{}, false // "the next week" names no length of its own
			}
			if x.is(k+1, "and") && x.is(k+2, "a") && x.is(k+3, "half") {
				w.at, w.to = c.now.Add(d*3/2), k+4
			}
			return w, true
		}
		return when{}, false
	}
	k += width
	// a range: 2-4 hours, 15 to 30 minutes
	if x.is(k, "-", "–", "to", "or", "—") {
		if hi, w2, ok := c.amount(k + 1); ok {
			n, k = hi, k+1+w2
		} else if x.is(k, "to") && x.is(k+1, "another", "about") {
			k++
		}
	}
	if x.is(k, "-", "to") {
		k++
	}
	business := false
	for x.is(k, "business", "working", "full", "more", "additional") {
		business = business || x.is(k, "business", "working")
		k++
	}
	d, ok := c.unit(k)
	if !ok {
		return when{}, false
	}
	to := k + 1
	if x.is(k, "a") || x.is(k, "an") {
		to++
	}
	at := c.now.Add(time.Duration(n * float64(d)))
	if business && d == 24*time.Hour {
		at = businessDays(c.now, int(n))
	}
	// "1 hour and 30 minutes", "2 hours 15 minutes"
	j := to
	if x.is(j, "and", ",") {
		j++
	}
	if more, w2, ok := c.amount(j); ok && d > time.Minute {
		if d2, ok := c.unit(j + w2); ok && d2 < d {
			at, to = at.Add(time.Duration(more*float64(d2))), j+w2+1
		}
	} else if x.is(j, "a") && x.is(j+1, "half") && j > to {
		at, to = at.Add(d/2), j+2
	}
	return when{from: i, to: to, at: at, length: true}, true
}

func plural(x *text, i int) bool {
	raw := x.raw(i)
	return len(raw) > 0 && raw[len(raw)-1] == 's'
}

func businessDays(from time.Time, n int) time.Time {
	for n = min(n, 1000); n > 0; {
		from = from.AddDate(0, 0, 1)
		if d := from.Weekday(); d != time.Saturday && d != time.Sunday {
			n--
		}
	}
	return from
}

var numberWords = map[string]float64{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
	"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
	"forty-five": 45, "sixty": 60, "ninety": 90, "couple": 2, "half": 0.5, "quarter": 0.25, "twenty-four": 24, "forty-eight": 48, "seventy-two": 72}

// amount reads a number: digits, a word, "half an", "a couple of".
func (c *clockReader) amount(i int) (n float64, width int, ok bool) {
	x := c.x
	if i >= len(x.toks) || x.toks[i].tags&tPunct != 0 {
		return 0, 0, false
	}
	raw := x.raw(i)
	if d := digits(raw); d > 0 {
		s := strings.ReplaceAll(string(raw), ",", "")
		if f, err := strconv.ParseFloat(s, 64); err == nil && f < 100_000 {
			return f, 1, true
		}
		// "30min", "2h": the unit hangs on the number, and is read by unit
		if f, err := strconv.ParseFloat(s[:d], 64); err == nil && f < 100_000 && unitSuffix(s[d:]) > 0 {
			return f, 0, true
		}
		return 0, 0, false
	}
	if x.toks[i].id == 0 {
		return 0, 0, false
	}
	f, known := numberWords[x.word(i)]
	if !known {
		return 0, 0, false
	}
	width = 1
	if x.is(i+1, "of", "an", "a") && f != 1 {
		width++
	}
	return f, width, true
}

func digits(s []byte) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func unitSuffix(s string) time.Duration {
	switch strings.ToLower(s) {
	case "s", "sec", "secs":
		return time.Second
	case "m", "min", "mins", "minutes":
		return time.Minute
	case "h", "hr", "hrs", "hour", "hours":
		return time.Hour
	case "d", "days":
		return 24 * time.Hour
	}
	return 0
}

// unit reads a unit of time at token i.
func (c *clockReader) unit(i int) (time.Duration, bool) {
	x := c.x
	if i >= len(x.toks) {
		return 0, false
	}
	if x.toks[i].tags&(tUnit|tNum) == 0 && !x.is(i, "h") {
		return 0, false
	}
	raw := strings.ToLower(string(x.raw(i)))
	if d := digits([]byte(raw)); d > 0 && d < len(raw) {
		u := unitSuffix(raw[d:])
		return u, u > 0
	}
	switch strings.TrimSuffix(raw, "s") {
	case "second", "sec":
		return time.Second, true
	case "minute", "min":
		return time.Minute, true
	case "hour", "hr", "h":
		return time.Hour, true
	case "day":
		return 24 * time.Hour, true
	case "week":
		return 7 * 24 * time.Hour, true
	case "month":
		return 30 * 24 * time.Hour, true
	}
	return 0, false
}

// clock reads a time of day and returns how many tokens it took.
func (c *clockReader) clock(i int) (h, m, width int, ok bool) {
	x := c.x
	if i >= len(x.toks) || x.toks[i].tags&tNum == 0 && !x.is(i, "noon", "midday", "midnight") {
		return 0, 0, 0, false
	}
	raw := strings.ToLower(string(x.raw(i)))
	switch raw {
	case "noon", "midday":
		return 12, 0, 1, true
	case "midnight":
		return 24, 0, 1, true
	}
	d := digits([]byte(raw))
	if d == 0 || d > 4 {
		return 0, 0, 0, false
	}
	h, _ = strconv.Atoi(raw[:d])
	rest, colon := raw[d:], false
	if d >= 3 { // 1500 UTC, 0930Z
		_, z := c.zoneAt(i + 1)
		hrs := x.is(i+1, "hrs", "hours")
		if d != 4 || z == 0 && rest != "z" && !hrs || x.at(i+1)&tUnit != 0 && !hrs {
			return 0, 0, 0, false
		}
		h, m = h/100, h%100
		if h > 24 || m > 59 {
			return 0, 0, 0, false
		}
		width = 1
		if hrs {
			width++
		}
		return h, m, width, true
	}
	if len(rest) > 2 && (rest[0] == ':' || rest[0] == '.' || rest[0] == 'h') && digits([]byte(rest[1:])) >= 2 {
		m, _ = strconv.Atoi(rest[1:3])
		colon = rest[0] == ':' || rest[0] == 'h'
		if rest[0] == '.' && len(rest) == 3 && x.at(i+1)&tCap == 0 && !x.is(i+1, "am", "pm", "a.m", "p.m") {
			return 0, 0, 0, false
		}
		rest = rest[3:]
		if len(rest) > 2 && rest[0] == ':' && digits([]byte(rest[1:])) == 2 {
			rest = rest[3:]
		}
	}
	width = 1
	switch {
	case rest == "am" || rest == "pm" || rest == "a" && false:
	case rest == "" && x.is(i+1, "am", "pm", "a.m", "p.m"):
		rest = strings.ReplaceAll(strings.ToLower(string(x.raw(i+1))), ".", "")
		width = 2
		if x.is(i+2, ".") {
			width = 3
		}
	case rest == "z" && colon, len(rest) > 1 && colon && zones[rest] != "":
	case rest == "" && colon:
	case rest == "" && x.is(i+1, "o'clock"):
		width = 2
	case rest == "":
		if _, z := c.zoneAt(i + 1); z == 0 || x.is(i+1, "est") && false {
			return 0, 0, 0, false
		}
	default:
		return 0, 0, 0, false
	}
	switch {
	case rest == "pm" && h < 12:
		h += 12
	case rest == "am" && h == 12:
		h = 0
	}
	if h > 24 || m > 59 {
		return 0, 0, 0, false
	}
	return h, m, width, true
}
