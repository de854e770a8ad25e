package tlog_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"amends.dev/internal/tlog"
)

// grow returns a log of the leaves.
func grow(leaves [][]byte) *tlog.Tree {
	var t tlog.Tree
	for _, leaf := range leaves {
		t.Append(leaf)
	}
	return &t
}

func checkpoint(t *tlog.Tree) tlog.Checkpoint {
	return tlog.Checkpoint{Origin: "status.example.org/log", Size: t.Size(), Root: t.Root()}
}

// drawLeaves draws a log of distinct leaves.
func drawLeaves(t *rapid.T, low, high int) [][]byte {
	n := rapid.IntRange(low, high).Draw(t, "size")
	leaves := make([][]byte, n)
	for i := range leaves {
		leaves[i] = fmt.Appendf(nil, "leaf %d %d", i, rapid.Uint16().Draw(t, "content"))
	}
	return leaves
}

// naive is RFC 6962's definition, word for word.
func naive(leaves [][]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	left, right := naive(leaves[:k]), naive(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func TestRootsAreThoseOfRFC6962(t *testing.T) {
	var leaves [][]byte
	for i := range 70 {
		tree := grow(leaves)
		if got, want := tree.Root(), tlog.Hash(naive(leaves)); got != want {
			t.Errorf("root of %d leaves = %x, want %x", i, got[:], want[:])
		}
		if got, err := tree.ReadHashes([]int64{tlog.StoredCount(tree.Size())}); err == nil {
			t.Errorf("a log of %d leaves has more hashes than StoredCount says: %v", i, got)
		}
		leaves = append(leaves, fmt.Appendf(nil, "leaf %d", i))
	}
}

func TestTheTreeAgreesWithCertificateTransparency(t *testing.T) {
	// Inputs and roots of the reference tests of Certificate Transparency.
	inputs := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := map[int64]string{
		1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var tree tlog.Tree
	for _, in := range inputs {
		leaf, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		tree.Append(leaf)
		root := tree.Root()
		if want := roots[tree.Size()]; want != "" && hex.EncodeToString(root[:]) != want {
			t.Errorf("root of %d leaves = %x, want %s", tree.Size(), root[:], want)
		}
	}
}

func TestAnyChangeOfTheRecordChangesTheRoot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := drawLeaves(t, 2, 80)
		changed := slices.Clone(leaves)
		i := rapid.IntRange(0, len(leaves)-1).Draw(t, "at")
		j := rapid.IntRange(0, len(leaves)-1).Filter(func(j int) bool { return j != i }).Draw(t, "other")
		what := rapid.SampledFrom([]string{"edit", "remove", "swap", "insert", "repeat", "move"}).Draw(t, "what")
		switch what {
		case "edit":
			changed[i] = slices.Clone(changed[i])
			changed[i][rapid.IntRange(0, len(changed[i])-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case "remove":
			changed = slices.Delete(changed, i, i+1)
		case "swap":
			changed[i], changed[j] = changed[j], changed[i]
		case "insert":
			changed = slices.Insert(changed, i, []byte("backdated"))
		case "repeat":
			changed = slices.Insert(changed, i, changed[i])
		case "move":
			leaf := changed[i]
			changed = slices.Insert(slices.Delete(changed, i, i+1), j, leaf)
		}
		if grow(changed).Root() == grow(leaves).Root() {
			t.Fatalf("%s at %d (%d) of %d leaves keeps the root", what, i, j, len(leaves))
		}
	})
}

func TestInclusionIsProvenForTheTrueLeafAtItsPlaceOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := drawLeaves(t, 1, 80)
		tree := grow(leaves)
		c := checkpoint(tree)
		i := rapid.IntRange(0, len(leaves)-1).Draw(t, "at")
		proof, err := tlog.ProveInclusion(c.Size, int64(i), tree)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.VerifyInclusion(c, int64(i), leaves[i], proof); err != nil {
			t.Fatalf("leaf %d of %d: %v", i, len(leaves), err)
		}
		forged := append(slices.Clone(leaves[i]), '!')
		if err := tlog.VerifyInclusion(c, int64(i), forged, proof); !errors.Is(err, tlog.ErrNotProven) {
			t.Fatalf("a forged leaf at %d of %d: %v, want ErrNotProven", i, len(leaves), err)
		}
		other := rapid.Int64Range(-1, c.Size+1).Filter(func(j int64) bool { return j != int64(i) }).Draw(t, "other")
		if err := tlog.VerifyInclusion(c, other, leaves[i], proof); !errors.Is(err, tlog.ErrNotProven) {
			t.Fatalf("leaf %d claimed to be %d of %d: %v, want ErrNotProven", i, other, len(leaves), err)
		}
		if len(proof) > 0 {
			k := rapid.IntRange(0, len(proof)-1).Draw(t, "hash")
			bent := slices.Clone(proof)
			bent[k][0] ^= 1
			if err := tlog.VerifyInclusion(c, int64(i), leaves[i], bent); !errors.Is(err, tlog.ErrNotProven) {
				t.Fatalf("a bent proof of leaf %d of %d: %v, want ErrNotProven", i, len(leaves), err)
			}
		}
	})
}

func TestConsistencyIsProvenForTrueBeginningsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := drawLeaves(t, 1, 80)
		old := rapid.IntRange(0, len(leaves)).Draw(t, "old")
		before, now := checkpoint(grow(leaves[:old])), checkpoint(grow(leaves))
		var proof []tlog.Hash
		if old > 0 {
			var err error
			if proof, err = tlog.ProveConsistency(before.Size, now.Size, grow(leaves)); err != nil {
				t.Fatal(err)
			}
		}
		if err := tlog.VerifyConsistency(before, now, proof); err != nil {
			t.Fatalf("%d leaves after %d: %v", len(leaves), old, err)
		}
		if old == 0 {
			return
		}
		// The operator rewrites one old leaf and serves the best proof there is.
		fork := slices.Clone(leaves)
		fork[rapid.IntRange(0, old-1).Draw(t, "rewritten")] = []byte("rewritten")
		forked := grow(fork)
		proof, err := tlog.ProveConsistency(before.Size, now.Size, forked)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.VerifyConsistency(before, checkpoint(forked), proof); !errors.Is(err, tlog.ErrNotProven) {
			t.Fatalf("a rewritten log of %d leaves after %d: %v, want ErrNotProven", len(leaves), old, err)
		}
	})
}

func TestARedactionKeepsEveryProof(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "size")
		var leaves, bodies [][]byte
		var salts []tlog.Salt
		for i := range n {
			body, err := tlog.Body{"now": rapid.String().Draw(t, "now")}.Bytes()
			if err != nil {
				t.Skip("not text")
			}
			salt := tlog.NewSalt()
			leaf, err := tlog.Leaf{Kind: "update", Incident: "INC-1", Seq: int64(i), At: int64(i), Commitment: tlog.Commit(salt, body)}.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			leaves, bodies, salts = append(leaves, leaf), append(bodies, body), append(salts, salt)
		}
		tree := grow(leaves)
		c := checkpoint(tree)
		gone := rapid.IntRange(0, n-1).Draw(t, "redacted")
		words := bodies[gone]
		bodies[gone], salts[gone] = nil, tlog.Salt{} // all that a redaction takes away
		for i := range leaves {
			leaf, err := tlog.ParseLeaf(leaves[i])
			if err != nil {
				t.Fatal(err)
			}
			proof, err := tlog.ProveInclusion(c.Size, int64(i), tree)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.VerifyInclusion(c, int64(i), leaves[i], proof); err != nil {
				t.Fatalf("leaf %d after the redaction of %d: %v", i, gone, err)
			}
			if i != gone && !leaf.Opens(salts[i], bodies[i]) {
				t.Fatalf("body %d does not open its leaf", i)
			}
			if i == gone && leaf.Opens(tlog.NewSalt(), words) {
				t.Fatal("the words open the leaf without their salt")
			}
		}
	})
}

func TestArgumentsOutsideTheLogAreRefused(t *testing.T) {
	tree := grow([][]byte{[]byte("a"), []byte("b"), []byte("c")})
	short := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, errors.New("disk gone") })
	for name, call := range map[string]func() error{
		"append below zero":   func() error { _, _, err := tlog.Append(-1, nil, tree); return err },
		"root below zero":     func() error { _, err := tlog.Root(-1, tree); return err },
		"root beyond":         func() error { _, err := tlog.Root(4, tree); return err },
		"inclusion beyond":    func() error { _, err := tlog.ProveInclusion(3, 3, tree); return err },
		"inclusion below":     func() error { _, err := tlog.ProveInclusion(3, -1, tree); return err },
		"consistency from 0":  func() error { _, err := tlog.ProveConsistency(0, 3, tree); return err },
		"consistency beyond":  func() error { _, err := tlog.ProveConsistency(4, 3, tree); return err },
		"reader fails append": func() error { _, _, err := tlog.Append(3, nil, short); return err },
		"reader fails root":   func() error { _, err := tlog.Root(3, short); return err },
	} {
		if call() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTilesAndBundlesLetAnyReaderRebuildTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := drawLeaves(t, 1, 700)
		tree := grow(leaves)
		// The reader knows paths and bytes only.
		served := map[string][]byte{}
		for n := int64(0); n*256 < tree.Size(); n++ {
			full := tlog.Tile{H: tlog.TileHeight, L: 0, N: n, W: int(min(256, tree.Size()-n*256))}
			data, err := tlog.ReadTile(full, tree.Size(), tree)
			if err != nil {
				t.Fatal(err)
			}
			served[tlog.TilePath(full)] = data
			full.L = tlog.Entries
			bundle, err := tlog.Bundle(leaves[n*256 : n*256+int64(full.W)])
			if err != nil {
				t.Fatal(err)
			}
			served[tlog.TilePath(full)] = bundle
		}
		var hashes []byte
		var rebuilt tlog.Tree
		for n := int64(0); n*256 < tree.Size(); n++ {
			path := fmt.Sprintf("%03d", n)
			if w := tree.Size() - n*256; w < 256 {
				path += fmt.Sprintf(".p/%d", w)
			}
			got, err := tlog.SplitBundle(served["tile/entries/"+path])
			if err != nil || got == nil {
				t.Fatalf("tile/entries/%s: %d leaves, %v", path, len(got), err)
			}
			for _, leaf := range got {
				rebuilt.Append(leaf)
				h := tlog.LeafHash(leaf)
				hashes = append(hashes, h[:]...)
			}
			if want := served["tile/0/"+path]; !bytes.Equal(hashes[n*256*32:], want) {
				t.Fatalf("tile/0/%s is not the hashes of its bundle", path)
			}
		}
		if rebuilt.Root() != tree.Root() {
			t.Fatalf("the log rebuilt from %d leaves has another root", tree.Size())
		}
	})
}

func TestATileOfTheSecondLevelHoldsTheRootsOfTheFirst(t *testing.T) {
	var tree tlog.Tree
	for i := range 600 {
		tree.Append(fmt.Appendf(nil, "leaf %d", i))
	}
	data, err := tlog.ReadTile(tlog.Tile{H: 8, L: 1, N: 0, W: 2}, tree.Size(), tree)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		var part tlog.Tree
		for j := range 256 {
			part.Append(fmt.Appendf(nil, "leaf %d", i*256+j))
		}
		if root := part.Root(); !bytes.Equal(data[i*32:(i+1)*32], root[:]) {
			t.Errorf("hash %d of the tile = %x, want %x", i, data[i*32:(i+1)*32], root[:])
		}
	}
}

// What one publication costs here, without the database.
func BenchmarkAppend(b *testing.B) {
	var tree tlog.Tree
	leaf, err := tlog.Leaf{Kind: "update", Incident: "INC-17", Seq: 3, At: 1795400000000000}.Bytes()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		tree.Append(leaf)
	}
}
