package tlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"amends.dev/internal/fault"
)

// TileHeight is the height of every tile: 256 hashes when full.
const TileHeight = 8

// maxLevel is above every level that a log of ours can have tiles on.
const maxLevel = 7

// Entries is the level of a Tile that stands for a bundle of leaves.
const Entries = -1

// Tile names a piece of the log: W hashes (or leaves, on level Entries) of
// level L, from number N × 256 on. H is always TileHeight.
type Tile = tlog.Tile

// TilePath returns the path of a tile below the log's address:
// tile/0/x001/067 or tile/entries/000.p/12.
func TilePath(t Tile) string {
	path := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", TileHeight))
	if rest, ok := strings.CutPrefix(path, "data/"); ok {
		path = "entries/" + rest
	}
	return "tile/" + path
}

// ParseTilePath reads what TilePath writes and nothing else.
func ParseTilePath(path string) (Tile, error) {
	missing := fault.New(fault.Missing, "There is no such tile. Paths look like tile/0/x001/067 or tile/entries/000.p/12.")
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || len(path) > 100 || strings.HasPrefix(rest, "data/") {
		return Tile{}, missing
	}
	if bundle, ok := strings.CutPrefix(rest, "entries/"); ok {
		rest = "data/" + bundle
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", TileHeight, rest))
	if err != nil || t.L > maxLevel || TilePath(t) != path {
		return Tile{}, missing
	}
	return t, nil
}

// Within reports whether a log of size leaves has all of the tile.
func Within(t Tile, size int64) bool {
	if t.H != TileHeight || t.L > maxLevel || t.N < 0 || t.N > 1<<40 || t.W < 1 || t.W > 1<<TileHeight {
		return false
	}
	return t.N<<TileHeight+int64(t.W) <= size>>(TileHeight*max(t.L, 0))
}

// ReadTile returns a tile of hashes from a log of size leaves.
func ReadTile(t Tile, size int64, r HashReader) ([]byte, error) {
	if t.L == Entries || !Within(t, size) {
		return nil, fault.Newf(fault.Missing, "The log has %d entries and no such tile yet. Read the checkpoint for its size.", size)
	}
	data, err := tlog.ReadTileData(t, r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", TilePath(t), err)
	}
	return data, nil
}

// Bundle returns leaves as an entry bundle: each after its length in two
// bytes, the high one first.
func Bundle(leaves [][]byte) ([]byte, error) {
	var out []byte
	for i, leaf := range leaves {
		if len(leaf) > 1<<16-1 {
			return nil, fmt.Errorf("bundle: leaf %d has %d bytes", i, len(leaf))
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(leaf)))
		out = append(out, leaf...)
	}
	return out, nil
}

// SplitBundle returns the leaves of an entry bundle.
func SplitBundle(data []byte) ([][]byte, error) {
	var leaves [][]byte
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, errors.New("bundle: cut short")
		}
		n := int(binary.BigEndian.Uint16(data))
		if data = data[2:]; len(data) < n {
			return nil, errors.New("bundle: cut short")
		}
		leaves, data = append(leaves, data[:n:n]), data[n:]
	}
	return leaves, nil
}
