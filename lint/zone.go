package lint

import (
	"strconv"
	"strings"
	"time"
)

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
