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
	end  int // token behind what was read
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

// zones are the abbreviations that people write; where one has several
// meanings, the one of most engineers.
var zones = map[string]string{
	"utc": "UTC", "gmt": "UTC", "z": "UTC", "zulu": "UTC",
	"pt": "America/Los_Angeles", "pst": "-8", "pdt": "-7", "pacific": "America/Los_Angeles", "us/pacific": "America/Los_Angeles",
	"mt": "America/Denver", "mst": "-7", "mdt": "-6", "mountain": "America/Denver",
	"ct": "America/Chicago", "cst": "-6", "cdt": "-5", "central": "America/Chicago",
	"et": "America/New_York", "est": "-5", "edt": "-4", "eastern": "America/New_York", "us/eastern": "America/New_York",
	"cet": "+1", "cest": "+2", "eet": "+2", "eest": "+3", "bst": "+1", "wet": "UTC", "west": "+1", "ist": "+5.5",
	"jst": "+9", "kst": "+9", "sgt": "+8", "hkt": "+8", "aest": "+10", "aedt": "+11", "acst": "+9.5", "awst": "+8",
	"nzst": "+12", "nzdt": "+13", "msk": "+3", "brt": "-3", "art": "-3", "sast": "+2", "gst": "+4",
}

// zoneAt reads a zone at token i and returns how many tokens it took; without
// one, the reader's own zone.
func (c *clockReader) zoneAt(i int) (*time.Location, int) {
	x := c.x
	if i > 0 && i <= len(x.toks) && x.toks[i-1].tags&tNum != 0 {
		// 22:00PDT
		if raw := strings.ToLower(string(x.raw(i - 1))); len(raw) > 4 {
			if spec := zones[strings.TrimLeft(raw, "0123456789:")]; spec != "" && spec != "UTC" {
				return location(spec), 0
			}
		}
	}
	open := 0
	if x.is(i, "(") {
		open, i = 1, i+1
	}
	if i >= len(x.toks) {
		return c.zone, 0
	}
	raw := string(x.raw(i))
	if raw == "US" && x.is(i+1, "/") && i+2 < len(x.toks) {
		loc, n := c.zoneAt(i + 2)
		return loc, n + 2*min(n, 1)
	}
	low := strings.ToLower(raw)
	lower := raw == low
	if lower && i > 0 && strings.HasSuffix(strings.ToLower(string(x.raw(i-1))), "z") && x.toks[i-1].tags&tNum != 0 {
		return time.UTC, 0
	}
	spec, ok := zones[low]
	if !ok || lower && len(low) < 3 || lower && (low == "west" || low == "art" || low == "est" || low == "central" || low == "mountain") {
		if i > 0 && x.toks[i-1].tags&tNum != 0 && strings.HasSuffix(strings.ToLower(string(x.raw(i-1))), "z") {
			return time.UTC, 0
		}
		return c.zone, 0
	}
	width := 1 + open
	if x.is(i+1, "time") {
		width++
		i++
	} else if x.is(i+1, "daylight", "standard") && x.is(i+2, "time") {
		width += 2
		i += 2
	}
	if open > 0 && x.is(i+1, ")") {
		width++
	}
	return location(spec), width
}

func location(spec string) *time.Location {
	if spec == "UTC" {
		return time.UTC
	}
	if spec[0] == '+' || spec[0] == '-' {
		h, err := strconv.ParseFloat(spec, 64)
		if err == nil {
			return time.FixedZone("UTC"+spec, int(h*3600))
		}
	}
	if loc, err := time.LoadLocation(spec); err == nil {
		return loc
	}
	// Without a zone database the standard offset is right for half the year.
	offset := map[string]int{"America/Los_Angeles": -8, "America/Denver": -7, "America/Chicago": -6, "America/New_York": -5}[spec]
	return time.FixedZone(spec, offset*3600)
}

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
