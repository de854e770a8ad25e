package prose_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"amends.dev/prose"
)

// show writes a document as one line a sentence: the block's kind, then the words.
func show(d *prose.Document) string {
	var b strings.Builder
	for _, bl := range d.Blocks {
		if bl.First == bl.Last {
			fmt.Fprintf(&b, "%s\n", bl.Kind)
		}
		for _, s := range d.Sentences[bl.First:bl.Last] {
			fmt.Fprintf(&b, "%s:", bl.Kind)
			for _, w := range d.Words[s.First:s.Last] {
				b.WriteByte(' ')
				b.WriteString(d.Text(w))
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestDocumentsAreTakenApart(t *testing.T) {
	tests := []struct {
		name   string
		format prose.Format
		in     string
		want   string
	}{
		{"two sentences", prose.Plain, "We broke it. We fixed it!", "paragraph: We broke it .\nparagraph: We fixed it !\n"},
		{"abbreviations go on", prose.Plain, "Approx. 5 % failed, e.g. Dr. Lee's. Then it ended at 5 p.m. We went home.",
			"paragraph: Approx . 5 % failed , e.g . Dr . Lee's .\nparagraph: Then it ended at 5 p.m .\nparagraph: We went home .\n"},
		{"numbers and hosts stay whole", prose.Plain, "api.example.com gave 1,200 errors at 15:04 on db_main.",
			"paragraph: api.example.com gave 1,200 errors at 15:04 on db_main .\n"},
		{"headings, items, quotes", prose.Markdown, "# What happened #\n\n- we *deployed* it\n  and more\n- [x] done\n\n> They said no.\n\nTitle\n=====\n",
			"heading: What happened\nitem: we deployed it and more\nitem: done\nquote: They said no .\nheading: Title\n"},
		{"code is one word", prose.Markdown, "Run `rm -rf` and ``a ` b`` now.\n\n```\nnot. Prose.\n```\nAfter.",
			"paragraph: Run `rm -rf` and ``a ` b`` now .\ncode\nparagraph: After .\n"},
		{"code spans cross lines", prose.Markdown, "Run `a\nb` now.", "paragraph: Run `a now .\n"},
		{"indented code", prose.Markdown, "Text.\n\n    code here\n    more\n\nText.", "paragraph: Text .\ncode\nparagraph: Text .\n"},
		{"links keep their text", prose.Markdown, "See [the *full* report](https://x.example/a_(b) \"t\") and [this][1], ![alt text](a.png) or https://y.example/z.\n\n[1]: https://z.example\n",
			"paragraph: See the full report and this , or https://y.example/z .\nmarkup\n"},
		{"tables are cells", prose.Markdown, "| Time | What |\n|---|---|\n| 15:04 | We `a|b` stopped. |\n\nAfter.",
			"cell: Time\ncell: What\ncell: 15:04\ncell: We `a|b` stopped .\nparagraph: After .\n"},
		{"front matter", prose.Markdown, "---\ntitle: x\n---\nText.", "front-matter\nparagraph: Text .\n"},
		{"a rule is not front matter", prose.Markdown, "---\n\nText.\n\n---\n", "paragraph: Text .\n"},
		{"log lines", prose.Markdown, "We saw:\n\n2026-01-02T15:04:05Z ERROR db: gone\n2026-01-02T15:04:06Z WARN db: gone\n\nThen.", "paragraph: We saw :\nlog\nparagraph: Then .\n"},
		{"timelines break at times", prose.Plain, "15:04 We deployed\n15:09 Alerts fired\n", "paragraph: 15:04 We deployed\nparagraph: 15:09 Alerts fired\n"},
		{"html in markdown", prose.Markdown, "<details>\n<summary>More</summary>\n\nText <b>bold</b> &amp; <!-- hidden --> end.\n\n</details>",
			"paragraph: More\nparagraph: Text bold & end .\nmarkup\n"},
		{"html", prose.HTML, "<h1>Down</h1><p>It wasn&rsquo;t <b>you</b>.<script>var a = 1;</script><ul><li>One<li>Two <code>x</code></ul><table><tr><td>a<td>b</table>",
			"heading: Down\nparagraph: It wasn’t you .\nmarkup\nitem: One\nitem: Two <code>x</code>\ncell: a\ncell: b\n"},
		{"nested quotes and lists", prose.Markdown, "> - a\n>   b\n>\n> c\n\n1. x\n   - y\n\n     z\n", "quote: a b\nquote: c\nitem: x\nitem: y\nitem: z\n"},
		{"plain keeps stars", prose.Plain, "a * b", "paragraph: a * b\n"},
		{"escapes", prose.Markdown, `snake\_case and \*not\* bold`, "paragraph: snake_case and * not * bold\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := show(prose.Parse([]byte(tt.in), tt.format)); got != tt.want {
				t.Errorf("Parse(%q)\n got:\n%s want:\n%s", tt.in, got, tt.want)
			}
		})
	}
}

func TestQuotedStruckAndLinkedWordsAreMarked(t *testing.T) {
	d := prose.Parse([]byte(`He said "it broke" and ~~left~~ [here](x).`), prose.Markdown)
	want := map[string]prose.Marks{"it": prose.Quoted, "broke": prose.Quoted, "left": prose.Struck, "here": prose.Linked, "He": 0, "and": 0}
	for _, w := range d.Words {
		if m, ok := want[d.Text(w)]; ok {
			if got := w.Marks & (prose.Quoted | prose.Struck | prose.Linked); got != m {
				t.Errorf("marks of %q = %b, want %b", d.Text(w), got, m)
			}
		}
	}
}

func TestAnUnclosedQuotationMarkMarksNothing(t *testing.T) {
	d := prose.Parse([]byte("A 5\" disk broke.\n\nIt was ours."), prose.Plain)
	for _, w := range d.Words {
		if w.Marks&prose.Quoted != 0 {
			t.Errorf("%q is marked as quoted", d.Text(w))
		}
	}
}

func TestPositionsCountBytesCodePointsAndUTF16(t *testing.T) {
	src := []byte("a\nnaïve 🙂 x\nz")
	p := prose.NewPositions(src, 10)
	at := bytes.IndexByte(src, 'x')
	if at < 0 {
		t.Fatal("no x")
	}
	want := prose.Position{Line: 12, Column: 9, Byte: 13, UTF16: 9}
	if got := p.At(at); got != want {
		t.Errorf("At(%d) = %+v, want %+v", at, got, want)
	}
	if got := p.Offset(1, 9); got != at {
		t.Errorf("Offset(1, 9) = %d, want %d", got, at)
	}
	if got := p.At(0); got.Line != 11 || got.Column != 1 {
		t.Errorf("At(0) after a later place = %+v, want line 11, column 1", got)
	}
}

func TestAScannerReadsWhatParseReads(t *testing.T) {
	var src bytes.Buffer
	for i := range 3000 {
		fmt.Fprintf(&src, "## Part %d\n\nWe broke it, *again*, in `mod%d`. It took %d minutes.\n\n- one\n\n  two\n\n```\ncode\n\nmore\n```\n\n", i, i, i%60)
	}
	want := show(prose.Parse(src.Bytes(), prose.Markdown))
	var got strings.Builder
	parts, lines := 0, 0
	s := prose.NewScanner(bytes.NewReader(src.Bytes()), prose.Markdown)
	for s.Scan() {
		d := s.Document()
		if d.BaseLine != lines {
			t.Fatalf("part %d begins behind line %d, want %d", parts, d.BaseLine, lines)
		}
		lines += bytes.Count(d.Source, []byte{'\n'})
		got.WriteString(show(d))
		parts++
	}
	if s.Err() != nil || parts < 2 {
		t.Fatalf("Scan ended with %v after %d parts", s.Err(), parts)
	}
	if got.String() != want {
		t.Error("the parts together differ from the whole")
	}
}

// check holds every document to the package's promises about spans.
func check(t *testing.T, d *prose.Document) {
	t.Helper()
	at := 0
	for i, w := range d.Words {
		if w.Start < at || w.End <= w.Start || w.End > len(d.Source) {
			t.Fatalf("word %d spans %d to %d behind %d in %d bytes of %q", i, w.Start, w.End, at, len(d.Source), d.Source)
		}
		at = w.End
	}
	next := 0
	for i, b := range d.Blocks {
		if b.First != next || b.Last < b.First || b.Start > b.End || b.End > len(d.Source) {
			t.Fatalf("block %d is %+v, want its sentences from %d, in %q", i, b, next, d.Source)
		}
		next = b.Last
	}
	word := 0
	for i, s := range d.Sentences {
		if s.First != word || s.Last <= s.First || s.Start != d.Words[s.First].Start || s.End != d.Words[s.Last-1].End {
			t.Fatalf("sentence %d is %+v, want its words from %d, in %q", i, s, word, d.Source)
		}
		word = s.Last
	}
	if next != len(d.Sentences) || word != len(d.Words) {
		t.Fatalf("%d of %d sentences in blocks, %d of %d words in sentences, in %q", next, len(d.Sentences), word, len(d.Words), d.Source)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "a", "# h\n\n> q\n> - l\n>   m\n\n```go\nx\n```\n", "<p>a<b>c</p><!-- x", "| a | b |\n|--|--|\n| c | d |",
		"\"a “b” c\" `d\ne` &amp;&#39;&rsquo; \\_ ***x*** [y](z(", "---\na: b\n---\n", "\xff\xfe\x00a\xc3\x28", "1. a\n\n   - b\n\n         c\n",
		"<script>\n\n</scr", "a<!-- b\nc --> d", "![[[[[[]]]]](((", "wasn&#39;t &", "- > - > x\n", "2026-01-02T15:04:05Z ERROR x",
	} {
		for format := range byte(3) {
			f.Add([]byte(s), format)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, format byte) {
		d := prose.Parse(src, prose.Format(format%3))
		check(t, d)
		for _, w := range d.Words {
			d.Text(w)
		}
	})
}

func TestHostileInputsCostNoMoreThanTheirSize(t *testing.T) {
	const n = 40_000
	for _, unit := range []string{"[", "](", "`", "`` ` ", "<", "<!--", "> ", "- ", "*a ", "_", "![[", "&", "<a ", "|", "\\", "(", "\"", "<p>", "<pre>", "</", "a.b/", "~~", "1. "} {
		src := []byte(strings.Repeat(unit, n/len(unit)))
		lines := []byte(strings.Repeat(unit+"\n", n/len(unit)))
		for format := range prose.Format(3) {
			check(t, prose.Parse(src, format))
			check(t, prose.Parse(lines, format))
		}
	}
}

func BenchmarkParse(b *testing.B) {
	src := []byte(strings.Repeat("We deployed a change that we had not tested, and *checkout* failed for 12 % of [customers](https://example.com/a). It wasn't found for 40 minutes.\n\n- one item of `code`\n\n", 1000))
	b.SetBytes(int64(len(src)))
	d := new(prose.Document)
	for b.Loop() {
		d.Read(src, prose.Markdown)
	}
}
