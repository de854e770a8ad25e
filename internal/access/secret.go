package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"log/slog"
	"strings"

	"amends.dev/internal/fault"
)

// Purpose is what a secret opens. It stands inside the secret, so that one
// made for one door cannot be tried at another.
type Purpose string

// The purposes.
const (
	ForAPI     Purpose = "api"     // an API token of a member
	ForSource  Purpose = "src"     // the key of an alert source
	ForSession Purpose = "session" // a signed-in browser
	ForSetup   Purpose = "setup"   // the one-time link of an empty server
	ForInvite  Purpose = "invite"  // a one-time link to join
	ForReset   Purpose = "reset"   // a one-time link to a new password
	ForStop    Purpose = "stop"    // the link that ends a subscription
)

// A secret reads amends_PURPOSE_BODY: 30 random characters (178 bits) of
// 0-9A-Za-z, and 6 more that are the CRC-32 of all that stands before them.
// The checksum lets a scanner of leaked secrets tell ours from look-alikes
// with SecretPattern and no question to us, and lets us refuse a typing error
// without asking the database.
const (
	secretPrefix = "amends_"
	randomChars  = 30
	sumChars     = 6
	alphabet     = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

	// SecretPattern finds our secrets in any text (RE2 syntax).
	SecretPattern = `amends_(api|src|session|setup|invite|reset|stop)_[0-9A-Za-z]{36}`
)

// Secret is shown once to whoever made it and never stored. Printing, logging
// or encoding one shows its purpose only; Reveal gives the text.
type Secret struct {
	purpose Purpose
	text    string
}

// NewSecret makes a secret.
func NewSecret(purpose Purpose) Secret {
	head := secretPrefix + string(purpose) + "_" + randomText(randomChars)
	return Secret{purpose, head + checksum(head)}
}

// randomText draws n characters of the alphabet, each equally likely.
func randomText(n int) string {
	out := make([]byte, 0, n)
	var buf [64]byte
	for len(out) < n {
		rand.Read(buf[:])
		for _, b := range buf {
			if b < 248 && len(out) < n { // 248 = 4 × 62: no character is favoured
				out = append(out, alphabet[b%62])
			}
		}
	}
	return string(out)
}

func checksum(head string) string {
	sum := crc32.ChecksumIEEE([]byte(head))
	out := []byte("000000")
	for i := sumChars - 1; i >= 0; i-- {
		out[i] = alphabet[sum%62]
		sum /= 62
	}
	return string(out)
}

// ParseSecret checks the form and the checksum of what a caller showed. The
// refusal is the same whatever is wrong; whether the secret is on record is
// the store's to find out, by its digest.
func ParseSecret(purpose Purpose, text string) (Secret, error) {
	head, ok := strings.CutPrefix(text, secretPrefix+string(purpose)+"_")
	if !ok || len(head) != randomChars+sumChars {
		return Secret{}, badSecret(purpose)
	}
	cut := len(text) - sumChars
	if subtle.ConstantTimeCompare([]byte(checksum(text[:cut])), []byte(text[cut:])) != 1 {
		return Secret{}, badSecret(purpose)
	}
	return Secret{purpose, text}, nil
}

func badSecret(purpose Purpose) error {
	say := "This link does not work. Ask for a new one."
	switch purpose {
	case ForAPI:
		say = "This token does not work. Make a new one under Settings, Tokens."
	case ForSource:
		say = "This key does not work. Copy the source's key from Settings, Sources."
	case ForSession:
		say = "You are not signed in. Sign in and try again."
	case ForSetup:
		say = "This setup link does not work. Print a new one on the server: amends setup-link"
	}
	return fault.New(fault.Unknown, say)
}

// Refused is the error for a secret of good form that is not, or no longer,
// on record: the same words as for one of bad form.
func Refused(purpose Purpose) error { return badSecret(purpose) }

// Reveal returns the text. It goes into the one answer that shows it, the
// cookie or the link, and nowhere else.
func (s Secret) Reveal() string { return s.text }

// Purpose returns what the secret opens.
func (s Secret) Purpose() Purpose { return s.purpose }

// Digest returns what is stored and looked up instead of the secret.
func (s Secret) Digest() Digest { return sha256.Sum256([]byte(s.text)) }

// Hint returns the last four characters, to tell tokens apart in a list.
func (s Secret) Hint() string {
	if len(s.text) < 4 {
		return ""
	}
	return s.text[len(s.text)-4:]
}

// String hides the text.
func (s Secret) String() string { return secretPrefix + string(s.purpose) + "_(hidden)" }

// GoString hides the text from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the text from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the text from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Format hides the text from every verb, %x and %q included.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// Digest is the SHA-256 of a secret. Secrets hold 178 random bits, so a plain
// hash is enough: there is nothing to guess.
type Digest [sha256.Size]byte

// String returns the digest in hexadecimal, as it is stored.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// ParseDigest reads what String wrote.
func ParseDigest(text string) (Digest, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != sha256.Size {
		return Digest{}, fmt.Errorf("digest %q is not 64 hexadecimal digits", text)
	}
	return Digest(raw), nil
}

// Equal compares in constant time.
func (d Digest) Equal(other Digest) bool { return subtle.ConstantTimeCompare(d[:], other[:]) == 1 }
