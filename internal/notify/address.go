package notify

import (
	"strings"

	"golang.org/x/net/idna"

	"amends.dev/internal/fault"
)

// ParseAddress returns the mail address in s in the form in which it goes onto
// the wire, or what to enter instead. It takes the plain form local@domain
// alone: no name, no quotes, no comment, no route, no address in brackets. A
// domain in other letters is turned into its ASCII form.
func ParseAddress(s string) (string, error) {
	local, domain, found := strings.Cut(s, "@")
	if !found || strings.Contains(domain, "@") {
		return "", fault.New(fault.Invalid, "Enter one mail address such as ana@example.com")
	}
	if !dotAtom(local) {
		return "", fault.New(fault.Invalid, "Enter a mail address whose part before the @ has only letters without accents, digits, dots and signs such as + and -")
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !validDomain(ascii) || len(local)+1+len(ascii) > 254 {
		return "", fault.New(fault.Invalid, "Enter a mail address whose part after the @ is a domain such as example.com")
	}
	return local + "@" + ascii, nil
}

// dotAtom reports whether s is a local part without quotes (RFC 5322, 3.2.3).
func dotAtom(s string) bool {
	if len(s) > 64 {
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			c := atom[i]
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
			if !letter && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) < 0 {
				return false
			}
		}
	}
	return true
}

// validDomain reports whether s is a host name of letters, digits and hyphens.
func validDomain(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			c := label[i]
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	return true
}
