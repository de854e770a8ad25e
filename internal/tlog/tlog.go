// Package tlog is the transparency log as arithmetic: in come leaves and the
// hashes stored so far, out go the hashes to store, roots, proofs, tiles and
// signed checkpoints. It stores nothing, opens nothing and asks no clock; what
// it must know it reads through a HashReader.
//
// # What is logged
//
// Every published item is one leaf, in the order of publication. The words are
// not in the leaf. They are in a body beside the log, and the leaf commits to
// them, so that a redaction that the law demands can drop the body and its
// salt while every proof keeps holding.
//
// # Body
//
// A body is a JSON object in the canonical form of RFC 8785, restricted to
// strings, true, false, null, whole numbers between -(2^53-1) and 2^53-1,
// arrays and objects, at most eight deep. Canonical means: keys sorted by
// UTF-16 code units, no white space, no escapes but \" \\ \b \t \n \f \r and
// \u00xx for the other control characters, and so no HTML escaping. The text
// is valid UTF-8. Whoever wrote the item is named in the body, if at all,
// never in the leaf: a name must be possible to remove.
//
// # Leaf
//
// A leaf is a JSON object in the same canonical form with exactly these keys:
//
//	at        instant of publication, microseconds since 1970 in UTC
//	body      SHA-256(salt || body), 64 lower-case hexadecimal digits
//	incident  the incident's public name: 1 to 64 of A-Z a-z 0-9 -
//	kind      what was published: 1 to 32 of a-z _
//	seq       the entry's number within its incident, from 0
//	v         1
//
// The salt is 32 random bytes, made once per item. Without it nobody can
// guess short words from their hash.
//
// # Tree
//
// Leaf and node hashes are those of RFC 6962: SHA-256(0x00 || leaf) and
// SHA-256(0x01 || left || right). Hashes are stored in the dense order of
// golang.org/x/mod/sumdb/tlog.
//
// # Checkpoint
//
// A checkpoint is a signed note as C2SP tlog-checkpoint describes: our origin
// line, the number of leaves, the root in base64, a blank line, Ed25519
// signatures by keys named like the origin. Tiles and their paths are those of
// C2SP tlog-tiles, height 8, with entry bundles.
package tlog

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is the hash of a leaf, a node or a root.
type Hash = tlog.Hash

// HashReader returns stored hashes by their index in the dense order.
type HashReader = tlog.HashReader

// HashReaderFunc makes a function a HashReader.
type HashReaderFunc = tlog.HashReaderFunc

// Append returns the hashes that leaf adds to a log of size leaves, and the
// index of the first in the dense order; the others follow it. The caller
// stores them in the transaction that publishes the item.
func Append(size int64, leaf []byte, r HashReader) (first int64, hashes []Hash, err error) {
	if size < 0 {
		return 0, nil, fmt.Errorf("append to a log of size %d", size)
	}
	hashes, err = tlog.StoredHashes(size, leaf, r)
	if err != nil {
		return 0, nil, fmt.Errorf("hash leaf %d: %w", size, err)
	}
	return tlog.StoredHashIndex(0, size), hashes, nil
}

// LeafHash returns the hash of a leaf's bytes.
func LeafHash(leaf []byte) Hash { return tlog.RecordHash(leaf) }

// StoredCount returns how many hashes a log of size leaves has stored.
func StoredCount(size int64) int64 { return tlog.StoredHashCount(size) }

// Root returns the root of the first size leaves.
func Root(size int64, r HashReader) (Hash, error) {
	if size < 0 {
		return Hash{}, fmt.Errorf("root of a log of size %d", size)
	}
	h, err := tlog.TreeHash(size, r)
	if err != nil {
		return Hash{}, fmt.Errorf("root of %d leaves: %w", size, err)
	}
	return h, nil
}

// ProveInclusion returns the proof that leaf index, counted from 0, is in the
// log of size leaves.
func ProveInclusion(size, index int64, r HashReader) ([]Hash, error) {
	p, err := tlog.ProveRecord(size, index, r)
	if err != nil {
		return nil, fmt.Errorf("prove leaf %d of %d: %w", index, size, err)
	}
	return p, nil
}

// ProveConsistency returns the proof that the log of size leaves begins with
// the log of old leaves, 1 ≤ old ≤ size.
func ProveConsistency(old, size int64, r HashReader) ([]Hash, error) {
	p, err := tlog.ProveTree(size, old, r)
	if err != nil {
		return nil, fmt.Errorf("prove that %d leaves begin with %d: %w", size, old, err)
	}
	return p, nil
}

// ErrNotProven means that a proof, a leaf or a root is not what it is said to
// be: the log was changed, or the claim is forged.
var ErrNotProven = errors.New("the proof does not lead to this root")

// VerifyInclusion returns nil when proof shows that leaf is the one at index
// in the log that c describes.
func VerifyInclusion(c Checkpoint, index int64, leaf []byte, proof []Hash) error {
	if err := tlog.CheckRecord(proof, c.Size, c.Root, index, tlog.RecordHash(leaf)); err != nil {
		return fmt.Errorf("leaf %d of %d: %w", index, c.Size, ErrNotProven)
	}
	return nil
}

// VerifyConsistency returns nil when proof shows that the log that now
// describes begins with the one that before describes. Every log begins with
// the empty one.
func VerifyConsistency(before, now Checkpoint, proof []Hash) error {
	if before.Size == 0 && before.Root == (Tree{}).Root() && len(proof) == 0 {
		return nil
	}
	if err := tlog.CheckTree(proof, now.Size, now.Root, before.Size, before.Root); err != nil {
		return fmt.Errorf("%d leaves after %d: %w", now.Size, before.Size, ErrNotProven)
	}
	return nil
}

// Tree is a log in memory, for checking one from its leaves and for tests.
// The zero value is the empty log.
type Tree struct {
	size   int64
	hashes []Hash
}

// Append adds a leaf.
func (t *Tree) Append(leaf []byte) {
	_, hashes, err := Append(t.size, leaf, t)
	if err != nil {
		panic(err) // only our own hashes are read, and they are all there
	}
	t.hashes = append(t.hashes, hashes...)
	t.size++
}

// Size returns the number of leaves.
func (t Tree) Size() int64 { return t.size }

// Root returns the root of all leaves.
func (t Tree) Root() Hash {
	h, err := Root(t.size, t)
	if err != nil {
		panic(err) // as in Append
	}
	return h
}

// ReadHashes returns stored hashes.
func (t Tree) ReadHashes(indexes []int64) ([]Hash, error) {
	out := make([]Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("hash %d of %d", index, len(t.hashes))
		}
		out[i] = t.hashes[index]
	}
	return out, nil
}
