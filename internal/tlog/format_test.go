package tlog_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"amends.dev/internal/tlog"
)

func TestALeafHasOneForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := tlog.Leaf{
			Kind:     rapid.StringMatching(`[a-z_]{1,32}`).Draw(t, "kind"),
			Incident: rapid.StringMatching(`[A-Za-z0-9-]{1,64}`).Draw(t, "incident"),
			Seq:      rapid.Int64Range(0, 1<<53-1).Draw(t, "seq"),
			At:       rapid.Int64Range(0, 1<<53-1).Draw(t, "at"),
		}
		l.Commitment = tlog.Commit(tlog.Salt{1}, []byte(rapid.String().Draw(t, "body")))
		data, err := l.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tlog.ParseLeaf(data); err != nil || got != l {
			t.Fatalf("ParseLeaf(%s) = %+v, %v; want %+v", data, got, err, l)
		}
		// The leaf is also a canonical body, so one set of rules reads both.
		if _, err := tlog.ParseBody(data); err != nil {
			t.Fatalf("the leaf %s is not canonical JSON: %v", data, err)
		}
	})
}

func TestALeafInAnotherFormIsRefused(t *testing.T) {
	good, err := tlog.Leaf{Kind: "update", Incident: "INC-17", Seq: 3, At: 1795400000000000}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	for name, bad := range map[string]string{
		"white space":     strings.Replace(text, ",", ", ", 1),
		"line break":      text + "\n",
		"another order":   `{"v":1,` + strings.TrimSuffix(text[1:], `,"v":1}`) + `}`,
		"key twice":       strings.Replace(text, `{"at"`, `{"at":1,"at"`, 1),
		"key of ours":     strings.Replace(text, `{"at"`, `{"aa":1,"at"`, 1),
		"escape":          strings.Replace(text, "update", `\u0075pdate`, 1),
		"capital digits":  strings.Replace(text, `"body":"0`, `"body":"A`, 1),
		"capital key":     strings.Replace(text, `"at"`, `"At"`, 1),
		"exponent":        strings.Replace(text, `"seq":3`, `"seq":3e0`, 1),
		"below zero":      strings.Replace(text, `"seq":3`, `"seq":-3`, 1),
		"another version": strings.Replace(text, `"v":1`, `"v":2`, 1),
		"empty kind":      strings.Replace(text, "update", "", 1),
		"quote in kind":   strings.Replace(text, "update", `up\"date`, 1),
		"nothing":         "",
		"null":            "null",
		"array":           "[]",
	} {
		if l, err := tlog.ParseLeaf([]byte(bad)); err == nil {
			t.Errorf("%s: ParseLeaf(%s) = %+v, want an error", name, bad, l)
		}
	}
	for _, l := range []tlog.Leaf{
		{Kind: "up date", Incident: "INC-1"}, {Kind: "update", Incident: "INC 1"}, {Kind: "update"}, {Incident: "INC-1"},
		{Kind: "update", Incident: `INC-1"`}, {Kind: "update", Incident: "INC-\u00e9"}, {Kind: "upDate", Incident: "INC-1"},
		{Kind: "update", Incident: "INC-1", Seq: -1}, {Kind: "update", Incident: "INC-1", At: 1 << 53},
		{Kind: strings.Repeat("a", 33), Incident: "INC-1"}, {Kind: "update", Incident: strings.Repeat("1", 65)},
	} {
		if data, err := l.Bytes(); err == nil {
			t.Errorf("Bytes of %+v = %s, want an error", l, data)
		}
	}
}

func TestABodyHasOneFormWhateverOrderItIsBuiltIn(t *testing.T) {
	value := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Int64Range(-(1<<53-1), 1<<53-1), func(n int64) any { return n }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just[any](nil),
		rapid.Map(rapid.SliceOf(rapid.String()), func(list []string) any {
			out := make([]any, len(list))
			for i := range list {
				out[i] = list[i]
			}
			return out
		}),
		rapid.Map(rapid.MapOf(rapid.String(), rapid.Int64Range(0, 9)), func(m map[string]int64) any {
			out := tlog.Body{}
			for k, v := range m {
				out[k] = v
			}
			return out
		}),
	)
	rapid.Check(t, func(t *rapid.T) {
		body := tlog.Body(rapid.MapOf(rapid.String(), value).Draw(t, "body"))
		data, err := body.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got, err := tlog.ParseBody(data)
		if err != nil || !reflect.DeepEqual(got, body) {
			t.Fatalf("ParseBody(%s) = %#v, %v; want %#v", data, got, err, body)
		}
		// Any other JSON library reads the same values.
		var other map[string]any
		if err := json.Unmarshal(data, &other); err != nil || len(other) != len(body) {
			t.Fatalf("encoding/json reads %d fields of %d, %v", len(other), len(body), err)
		}
	})
}

func TestBodiesAreWrittenAsRFC8785Says(t *testing.T) {
	for _, c := range []struct {
		body tlog.Body
		want string
	}{
		{tlog.Body{}, `{}`},
		{nil, `{}`},
		{tlog.Body{"html": "<b>&amp;</b>\u2028"}, "{\"html\":\"<b>&amp;</b>\u2028\"}"},
		{tlog.Body{"c": "\x00\b\t\n\v\f\r\x1f\"\\/\x7f"}, `{"c":"\u0000\b\t\n\u000b\f\r\u001f\"\\/` + "\x7f" + `"}`},
		// The sorting example of the RFC: UTF-16 order, not that of runes.
		{tlog.Body{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
			"{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\U0001f600\":5,\"\ufb33\":3}"},
		{tlog.Body{"services": []string{"b", "a"}, "next_at": int64(1795400000000000), "none": nil, "over": false},
			`{"next_at":1795400000000000,"none":null,"over":false,"services":["b","a"]}`},
	} {
		got, err := c.body.Bytes()
		if err != nil || string(got) != c.want {
			t.Errorf("Bytes of %#v = %s, %v; want %s", c.body, got, err, c.want)
		}
	}
}

func TestWhatHasNoCanonicalFormIsRefused(t *testing.T) {
	deep := any("x")
	for range 9 {
		deep = []any{deep}
	}
	for _, body := range []tlog.Body{
		{"a": 1.5}, {"a": int64(1 << 53)}, {"a": "\xff"}, {"\xff": 1}, {"a": struct{}{}}, {"a": deep}, {"a": []any{uint(1)}},
	} {
		if data, err := body.Bytes(); err == nil {
			t.Errorf("Bytes of %#v = %s, want an error", body, data)
		}
	}
	for _, text := range []string{
		``, `null`, `[]`, `1`, `{"a":1.0}`, `{"a":1e3}`, `{"a":-0}`, `{"b":1,"a":2}`, `{"a":1,"a":1}`, `{"a":1} `, `{"a":1}{}`,
		`{"a":"\u003c"}`, `{"a":"\/"}`, `{"a":"\u000A"}`, `{"a":9007199254740992}`, "{\"a\":\"\xff\"}", `{"a":"\ud800"}`,
		`{"a":` + strings.Repeat("[", 1_000_000),
	} {
		if body, err := tlog.ParseBody([]byte(text)); err == nil {
			t.Errorf("ParseBody(%.40s) = %v, want an error", text, body)
		}
	}
}

func TestACheckpointIsOpenedOnlyAsSigned(t *testing.T) {
	const origin = "status.example.org/log"
	private, public, err := tlog.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	c := tlog.Checkpoint{Origin: origin, Size: 3, Root: tlog.LeafHash([]byte("a"))}
	msg, err := c.Sign(private)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tlog.OpenCheckpoint(msg, public); err != nil || got != c {
		t.Errorf("OpenCheckpoint = %+v, %v; want %+v", got, err, c)
	}
	for i := range msg {
		bent := bytes.Clone(msg)
		bent[i] ^= 1
		if got, err := tlog.OpenCheckpoint(bent, public); err == nil {
			t.Errorf("byte %d changed: opened as %+v", i, got)
		}
	}
	_, stranger, err := tlog.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tlog.OpenCheckpoint(msg, stranger); err == nil {
		t.Error("opened with the key of another log of the same name")
	}
	if _, err := (tlog.Checkpoint{Origin: "other.example.org/log", Size: 3}).Sign(private); err == nil {
		t.Error("signed for an origin that is not the key's")
	}
	if _, err := c.Sign(private + "x"); err == nil || strings.Contains(err.Error(), private) {
		t.Errorf("signed with a broken key, or showed it: %v", err)
	}
	for _, bad := range []string{"", "a b", "a+b", "a\nb", "\xff", strings.Repeat("a", 256)} {
		if _, _, err := tlog.NewKey(bad); err == nil {
			t.Errorf("NewKey(%q) made a key", bad)
		}
	}
}

func TestACheckpointMayCarryWitnessesAndExtensionsButNoSlips(t *testing.T) {
	const origin = "status.example.org/log"
	private, public, err := tlog.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	witness, _, err := tlog.NewKey("witness.example.net")
	if err != nil {
		t.Fatal(err)
	}
	root := tlog.LeafHash([]byte("a")).String()
	for _, tt := range []struct {
		name, text string
		opens      bool
	}{
		{"as ours", origin + "\n3\n" + root + "\n", true},
		{"with an extension", origin + "\n3\n" + root + "\nextra 1\n", true},
		{"empty line", origin + "\n3\n\n" + root + "\n", false},
		{"two lines", origin + "\n3\n", false},
		{"leading zero", origin + "\n03\n" + root + "\n", false},
		{"plus sign", origin + "\n+3\n" + root + "\n", false},
		{"below zero", origin + "\n-3\n" + root + "\n", false},
		{"short root", origin + "\n3\n" + root[:40] + "\n", false},
		{"another origin", "other\n3\n" + root + "\n", false},
	} {
		var signers []note.Signer
		for _, key := range []string{witness, private} {
			s, err := note.NewSigner(key)
			if err != nil {
				t.Fatal(err)
			}
			signers = append(signers, s)
		}
		msg, err := note.Sign(&note.Note{Text: tt.text}, signers...)
		if err != nil {
			t.Fatal(err)
		}
		c, err := tlog.OpenCheckpoint(msg, public)
		if (err == nil) != tt.opens {
			t.Errorf("%s: opened as %+v, %v; want opened %v", tt.name, c, err, tt.opens)
		}
	}
}

func TestTilePathsAreThoseOfTlogTiles(t *testing.T) {
	for path, want := range map[string]tlog.Tile{
		"tile/0/000":                {H: 8, L: 0, N: 0, W: 256},
		"tile/0/x001/x234/067":      {H: 8, L: 0, N: 1234067, W: 256},
		"tile/2/005.p/7":            {H: 8, L: 2, N: 5, W: 7},
		"tile/entries/000":          {H: 8, L: tlog.Entries, N: 0, W: 256},
		"tile/entries/x001/000.p/1": {H: 8, L: tlog.Entries, N: 1000, W: 1},
	} {
		got, err := tlog.ParseTilePath(path)
		if err != nil || got != want || tlog.TilePath(want) != path {
			t.Errorf("ParseTilePath(%s) = %+v, %v; want %+v, whose path is %s", path, got, err, want, tlog.TilePath(want))
		}
	}
	for _, path := range []string{"", "tile/", "tile/0", "tile/data/000", "tile/-1/000", "tile/00/000", "tile/0/0", "tile/0/1000", "tile/0/x000/001",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/07", "tile/8/0/000", "tile/0/../0/000", "tile/64/000", "tile/0/" + strings.Repeat("x999/", 30) + "999"} {
		if got, err := tlog.ParseTilePath(path); err == nil {
			t.Errorf("ParseTilePath(%q) = %+v, want an error", path, got)
		}
	}
}

func TestOnlyTilesThatTheLogHasAreRead(t *testing.T) {
	var tree tlog.Tree
	for range 300 {
		tree.Append([]byte("leaf"))
	}
	for _, c := range []struct {
		tile tlog.Tile
		has  bool
	}{
		{tlog.Tile{H: 8, L: 0, N: 0, W: 256}, true}, {tlog.Tile{H: 8, L: 0, N: 1, W: 44}, true}, {tlog.Tile{H: 8, L: 0, N: 1, W: 45}, false},
		{tlog.Tile{H: 8, L: 1, N: 0, W: 1}, true}, {tlog.Tile{H: 8, L: 1, N: 0, W: 2}, false}, {tlog.Tile{H: 8, L: 2, N: 0, W: 1}, false},
		{tlog.Tile{H: 4, L: 0, N: 0, W: 16}, false}, {tlog.Tile{H: 8, L: 0, N: 1 << 62, W: 1}, false}, {tlog.Tile{H: 8, L: 63, N: 0, W: 1}, false},
		{tlog.Tile{H: 8, L: 0, N: 0, W: 0}, false}, {tlog.Tile{H: 8, L: 0, N: -1, W: 1}, false},
	} {
		data, err := tlog.ReadTile(c.tile, tree.Size(), tree)
		if (err == nil) != c.has || c.has && len(data) != c.tile.W*32 {
			t.Errorf("ReadTile(%+v) of 300 leaves: %d bytes, %v; want it there %v", c.tile, len(data), err, c.has)
		}
	}
}

func TestABundleIsSplitAsItWasMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leaves := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 0, 20).Draw(t, "leaves")
		data, err := tlog.Bundle(leaves)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tlog.SplitBundle(data)
		if err != nil || len(got) != len(leaves) {
			t.Fatalf("SplitBundle = %d leaves, %v; want %d", len(got), err, len(leaves))
		}
		for i := range got {
			if !bytes.Equal(got[i], leaves[i]) {
				t.Fatalf("leaf %d = %x, want %x", i, got[i], leaves[i])
			}
		}
		if len(data) > 0 && len(leaves[len(leaves)-1]) > 0 {
			if _, err := tlog.SplitBundle(data[:len(data)-1]); err == nil {
				t.Fatal("a bundle cut short was split")
			}
		}
	})
	if _, err := tlog.Bundle([][]byte{make([]byte, 1<<16)}); err == nil {
		t.Error("a leaf longer than its length can say was bundled")
	}
}

func FuzzParseLeafAcceptsOneFormOnly(f *testing.F) {
	f.Add([]byte(`{"at":1795400000000000,"body":"0000000000000000000000000000000000000000000000000000000000000000","incident":"INC-17","kind":"update","seq":3,"v":1}`))
	f.Add([]byte(`{"v":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := tlog.ParseLeaf(data)
		if err != nil {
			return
		}
		if again, err := l.Bytes(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("ParseLeaf(%q) is written as %q, %v", data, again, err)
		}
	})
}

func FuzzParseBodyAcceptsOneFormOnly(f *testing.F) {
	f.Add([]byte(`{"next_at":1795400000000000,"now":"1 in 9 payments fails","services":["payments"]}`))
	f.Add([]byte(`{"a":{"b":[true,null,-1]}}`))
	f.Add([]byte(`{"a":"\ud83d\ude00"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := tlog.ParseBody(data)
		if err != nil {
			return
		}
		if again, err := b.Bytes(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("ParseBody(%q) is written as %q, %v", data, again, err)
		}
	})
}

func FuzzParseTilePathAcceptsOneFormOnly(f *testing.F) {
	f.Add("tile/0/x001/x234/067.p/7")
	f.Add("tile/entries/000")
	f.Fuzz(func(t *testing.T, path string) {
		tile, err := tlog.ParseTilePath(path)
		if err == nil && tlog.TilePath(tile) != path {
			t.Errorf("ParseTilePath(%q) = %+v, written as %q", path, tile, tlog.TilePath(tile))
		}
	})
}

func FuzzOpenCheckpointOpensNothingUnsigned(f *testing.F) {
	private, public, err := tlog.NewKey("status.example.org/log")
	if err != nil {
		f.Fatal(err)
	}
	c := tlog.Checkpoint{Origin: "status.example.org/log", Size: 3}
	msg, err := c.Sign(private)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(msg)
	f.Add([]byte("status.example.org/log\n3\n\n\n\u2014 x y\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := tlog.OpenCheckpoint(data, public); err == nil && got != c {
			t.Errorf("opened %q as %+v", data, got)
		}
		if _, err := tlog.SplitBundle(data); err == nil && len(data) == 1 {
			t.Errorf("split %q", data)
		}
	})
}
