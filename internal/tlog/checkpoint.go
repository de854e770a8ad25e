package tlog

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says how long a log is and what its root is. Two checkpoints of
// one origin that no proof of consistency joins show that the log was changed.
type Checkpoint struct {
	Origin string // names the log for ever, like status.example.org/log
	Size   int64
	Root   Hash
}

// Text returns the signed part of the checkpoint.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// NewKey makes a key for a log. The private key signs checkpoints and is a
// secret; the public key is what readers check them with.
func NewKey(origin string) (private, public string, err error) {
	if err := checkOrigin(origin); err != nil {
		return "", "", err
	}
	private, public, err = note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return "", "", fmt.Errorf("make the log's key: %w", err)
	}
	return private, public, nil
}

func checkOrigin(origin string) error {
	bad := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }
	if origin == "" || len(origin) > 255 || !utf8.ValidString(origin) || strings.ContainsFunc(origin, bad) {
		return fmt.Errorf("origin %q: want 1 to 255 bytes without spaces and plus signs", origin)
	}
	return nil
}

// Sign returns the checkpoint as a signed note. The key must be named like
// the origin.
func (c Checkpoint) Sign(private string) ([]byte, error) {
	if err := checkOrigin(c.Origin); err != nil {
		return nil, err
	}
	if c.Size < 0 {
		return nil, fmt.Errorf("sign a checkpoint of size %d", c.Size)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, errors.New("sign checkpoint: the log's private key cannot be read") // the library's text may hold the key
	}
	if signer.Name() != c.Origin {
		return nil, fmt.Errorf("sign checkpoint: the key is named %q, the origin %q", signer.Name(), c.Origin)
	}
	msg, err := note.Sign(&note.Note{Text: c.Text()}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return msg, nil
}

// OpenCheckpoint reads a signed checkpoint and returns it when the public key
// signed it and the origin is the key's name. Signatures of others, such as
// witnesses, may stand beside ours.
func OpenCheckpoint(msg []byte, public string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: read public key: %w", err)
	}
	n, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != verifier.Name() {
		return Checkpoint{}, fmt.Errorf("open checkpoint: origin %q, want %q", c.Origin, verifier.Name())
	}
	return c, nil
}

// parseCheckpoint reads the signed part. Lines after the third are extensions
// that C2SP allows; they are not ours and not read.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" {
		return Checkpoint{}, errors.New("open checkpoint: want three lines")
	}
	for _, line := range lines[:len(lines)-1] {
		if line == "" {
			return Checkpoint{}, errors.New("open checkpoint: empty line")
		}
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("open checkpoint: size %q is not a number", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return Checkpoint{}, fmt.Errorf("open checkpoint: root %q is not a hash", lines[2])
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}
