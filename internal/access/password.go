package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"amends.dev/internal/fault"
)

// Limits of a password. Characters are counted, not bytes; the upper limit
// is there so that a request cannot make the server hash a book.
const (
	MinPassword = 12
	MaxPassword = 256
)

// argon holds the cost of a hash. The values are OWASP's for argon2id.
type argon struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

var cost = argon{memory: 19 * 1024, passes: 2, threads: 1}

const (
	saltBytes = 16
	keyBytes  = 32
)

// hashing bounds how many hashes are made at the same time, and so the
// memory that sign-in can take: 4 × 19 MiB.
var hashing = make(chan struct{}, 4)

// CheckPassword says why a new password cannot be used, or nil. Names are
// texts that the password must not be made of: the address, the team's name.
func CheckPassword(password string, names ...string) error {
	password = norm.NFC.String(password)
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return fault.Bad("password", "This password holds bytes that are not text. Choose another")
	case n < MinPassword:
		return fault.Bad("password", fmt.Sprintf("Use at least %d characters. Three or four unrelated words are easy to remember", MinPassword))
	case n > MaxPassword:
		return fault.Bad("password", fmt.Sprintf("Use at most %d characters", MaxPassword))
	case distinct(password) < 5:
		return fault.Bad("password", "This password repeats too few characters. Three or four unrelated words are easy to remember")
	}
	for _, name := range names {
		if name != "" && strings.EqualFold(password, name) {
			return fault.Bad("password", "Choose a password that is not your address or a name")
		}
	}
	return nil
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// HashPassword returns the PHC string to store for a password that
// CheckPassword accepts.
func HashPassword(password string) (string, error) {
	if err := CheckPassword(password); err != nil {
		return "", err
	}
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never returns an error
	return phc(cost, salt, derive(cost, salt, password, keyBytes)), nil
}

// dummy is what an unknown member's password is compared with.
var dummy = sync.OnceValue(func() string {
	salt, key := make([]byte, saltBytes), make([]byte, keyBytes)
	rand.Read(salt)
	rand.Read(key)
	return phc(cost, salt, key)
})

// PasswordMatches reports whether the password is the one that stored was
// made from. An empty or unreadable stored hash costs the same time as a real
// one and matches nothing, so that an answer does not tell who has an account.
func PasswordMatches(stored, password string) bool {
	c, salt, want, err := parsePHC(stored)
	known := err == nil
	if !known {
		c, salt, want, _ = parsePHC(dummy())
	}
	if len(password) > MaxPassword*utf8.UTFMax {
		password, known = "", false
	}
	got := derive(c, salt, password, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known
}

// NeedsRehash reports whether stored was made with other costs than today's.
// The caller hashes the password again when it has just matched.
func NeedsRehash(stored string) bool {
	c, salt, key, err := parsePHC(stored)
	return err != nil || c != cost || len(salt) != saltBytes || len(key) != keyBytes
}

func derive(c argon, salt []byte, password string, length uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.passes, c.memory, c.threads, length)
}

var b64 = base64.RawStdEncoding.Strict()

func phc(c argon, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		c.memory, c.passes, c.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// parsePHC reads a stored hash. Costs far above ours are refused: a changed
// row must not be able to take the server's memory.
func parsePHC(text string) (c argon, salt, key []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errors.New("not an argon2id hash")
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); n != 3 || err != nil {
		return c, nil, nil, errors.New("argon2id costs not readable")
	}
	if c.memory < 8 || c.memory > 256*1024 || c.passes < 1 || c.passes > 16 || c.threads < 1 || c.threads > 16 {
		return c, nil, nil, errors.New("argon2id costs out of range")
	}
	if salt, err = b64.DecodeString(parts[4]); err != nil || len(salt) < 8 || len(salt) > 64 {
		return c, nil, nil, errors.New("argon2id salt not readable")
	}
	if key, err = b64.DecodeString(parts[5]); err != nil || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, errors.New("argon2id key not readable")
	}
	return c, salt, key, nil
}
