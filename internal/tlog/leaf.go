package tlog

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Version is the version of leaves that this package writes and reads.
const Version = 1

// Leaf is what the log says of one published item. The package comment is its
// specification.
type Leaf struct {
	Kind       string // what was published: update, correction, redaction …
	Incident   string // the incident's public name: INC-17
	Seq        int64  // the entry's number within the incident
	At         int64  // microseconds since 1970 in UTC
	Commitment Hash   // Commit(salt, body)
}

// Salt keeps a body from being guessed from its commitment.
type Salt [32]byte

// NewSalt returns a random salt.
func NewSalt() (s Salt) {
	rand.Read(s[:]) // never returns an error
	return s
}

// Commit returns SHA-256(salt || body). The salt has a fixed length, so no
// other pair of salt and body reads the same.
func Commit(salt Salt, body []byte) Hash {
	return sha256.Sum256(append(salt[:len(salt):len(salt)], body...))
}

// Opens reports whether the leaf commits to this body with this salt.
func (l Leaf) Opens(salt Salt, body []byte) bool {
	want := Commit(salt, body)
	return subtle.ConstantTimeCompare(want[:], l.Commitment[:]) == 1
}

// Bytes returns the leaf in its one form.
func (l Leaf) Bytes() ([]byte, error) {
	if !made(l.Incident, 64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") {
		return nil, fmt.Errorf("leaf: incident %q is not 1 to 64 letters, digits or dashes", l.Incident)
	}
	if !made(l.Kind, 32, "abcdefghijklmnopqrstuvwxyz_") {
		return nil, fmt.Errorf("leaf: kind %q is not 1 to 32 small letters or underscores", l.Kind)
	}
	if l.Seq < 0 || l.Seq > maxInt || l.At < 0 || l.At > maxInt {
		return nil, fmt.Errorf("leaf: seq %d or instant %d out of range", l.Seq, l.At)
	}
	// The fields hold nothing to escape, and the keys stand sorted.
	return fmt.Appendf(nil, `{"at":%d,"body":"%x","incident":"%s","kind":"%s","seq":%d,"v":%d}`,
		l.At, l.Commitment[:], l.Incident, l.Kind, l.Seq, Version), nil
}

// made reports whether text is 1 to limit characters of the alphabet.
func made(text string, limit int, alphabet string) bool {
	return text != "" && len(text) <= limit && strings.Trim(text, alphabet) == "" &&
		!strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune(alphabet, r) })
}

// ParseLeaf reads a leaf. Bytes in any other than the one form are refused,
// so that two readers never see two leaves in the same bytes.
func ParseLeaf(data []byte) (Leaf, error) {
	var w struct {
		At       int64  `json:"at"`
		Body     string `json:"body"`
		Incident string `json:"incident"`
		Kind     string `json:"kind"`
		Seq      int64  `json:"seq"`
		V        int    `json:"v"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return Leaf{}, fmt.Errorf("read leaf: %w", err)
	}
	if w.V != Version {
		return Leaf{}, fmt.Errorf("read leaf: version %d, want %d: use a newer amends to read it", w.V, Version)
	}
	sum, err := hex.DecodeString(w.Body)
	if err != nil || len(sum) != len(Hash{}) {
		return Leaf{}, fmt.Errorf("read leaf: body %q is not a SHA-256", w.Body)
	}
	l := Leaf{Kind: w.Kind, Incident: w.Incident, Seq: w.Seq, At: w.At, Commitment: Hash(sum)}
	again, err := l.Bytes()
	if err != nil {
		return Leaf{}, fmt.Errorf("read leaf: %w", err)
	}
	if !bytes.Equal(again, data) {
		return Leaf{}, fmt.Errorf("read leaf: not in canonical form, which is %s", again)
	}
	return l, nil
}
