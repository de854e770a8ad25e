package store

import (
	"crypto/rand"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"amends.dev/internal/fault"
)

// newID returns a fresh id: a letter that says of what, and 60 random bits.
func newID(prefix string) string { return prefix + "_" + strings.ToLower(rand.Text()[:12]) }

const maxName = 100 // characters

// cleanName trims a name and checks it.
func cleanName(v *fault.Checks, field, name, need string) string {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" && need != "" {
		v.Add(field, need)
	}
	if n := utf8.RuneCountInString(name); n > maxName {
		v.Addf(field, "Shorten this to %d characters or fewer. It has %d", maxName, n)
	}
	if !isText(name) {
		v.Add(field, "Leave out characters that cannot be printed")
	}
	return name
}

// isText reports whether both databases keep the text as it is.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

// checkZone checks the name of a time zone; empty is the team's.
func checkZone(v *fault.Checks, field, zone string) {
	if zone == "" {
		return
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		v.Addf(field, "%q is not a time zone. Enter one like Europe/Berlin or UTC", zone)
	}
}
