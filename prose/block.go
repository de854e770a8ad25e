package prose

import "bytes"

// A blockReader goes through Markdown or plain text line by line, follows the
// containers a line stands in, and hands finished blocks to the word reader.
type blockReader struct {
	d        *Document
	markdown bool
	segments []Span // the text of the open paragraph, a line each, without container marks
	kind     BlockKind
	level    int
	quotes   int    // depth of > marks of the open paragraph
	lists    []int  // content columns of the open list items
	blank    bool   // the line before was blank
	fence    fence  // the open code fence, if fence.n > 0
	raw      string // what ends the open HTML block; "\n" is a blank line
	rawFrom  int
	table    bool // the lines that follow are rows
	timed    bool // the line before began with a time
}

type fence struct {
	char   byte
	n      int
	start  int
	quotes int
	column int
}

// A line is what a line of source holds after its container marks.
type line struct {
	start, end int // the whole line, without its line break
	at         int // first byte that is not a container mark or space
	indent     int // columns before at, counted from the innermost container that takes the line
	quotes     int
}

func (r *blockReader) read(first bool) {
	src, pos := r.d.Source, 0
	if first {
		if pos = frontMatter(src); pos > 0 {
			r.d.addBlock(FrontMatter, 0, 0, pos)
		}
	}
	for pos < len(src) {
		end, next := len(src), len(src)
		if i := bytes.IndexByte(src[pos:], '\n'); i >= 0 {
			end, next = pos+i, pos+i+1
		}
		if end > pos && src[end-1] == '\r' {
			end--
		}
		r.line(pos, end)
		pos = next
	}
	r.flush()
	if r.fence.n > 0 {
		r.d.addBlock(Code, 0, r.fence.start, len(src))
	}
	if r.raw != "" {
		r.d.addRaw(r.rawFrom, len(src))
	}
}

func (r *blockReader) line(start, end int) {
	ln := r.strip(start, end)
	switch {
	case r.fence.n > 0 && r.inFence(ln):
		return
	case r.raw != "" && r.inRaw(ln):
		return
	case ln.at == ln.end:
		r.flush()
		r.blank, r.table = true, false
		return
	}
	r.take(ln)
	r.blank = false
}

// strip finds what the line holds behind its quote marks.
func (r *blockReader) strip(start, end int) line {
	src, ln := r.d.Source, line{start: start, end: end, at: start}
	for r.markdown || start == ln.at {
		i, cols := spaces(src, ln.at, end)
		if i == end || src[i] != '>' || (cols > 3 && len(r.lists) == 0) {
			ln.at, ln.indent = i, cols
			break
		}
		if r.fence.n > 0 && ln.quotes >= r.fence.quotes {
			ln.at, ln.indent = i, cols
			break
		}
		ln.quotes++
		ln.at = i + 1
		if ln.at < end && src[ln.at] == ' ' {
			ln.at++
		}
	}
	if !r.markdown {
		ln.at, ln.indent = spaces(src, ln.at, end)
	}
	return ln
}

// take reads a line that stands in no fence and no raw HTML.
func (r *blockReader) take(ln line) {
	src := r.d.Source
	open := len(r.segments) > 0
	if ln.quotes > r.quotes || (ln.quotes < r.quotes && r.blank) {
		r.flush()
		open = false
	}
	if open && r.markdown && r.setext(ln) {
		return
	}
	if r.markdown && r.table {
		if bytes.IndexByte(src[ln.at:ln.end], '|') >= 0 {
			r.row(ln)
			return
		}
		r.table = false
	}
	column := ln.indent
	for len(r.lists) > 0 && column < r.lists[len(r.lists)-1] {
		if open && !r.startsBlock(ln) {
			break // a lazy continuation of the item's paragraph
		}
		r.flush()
		open = false
		r.lists = r.lists[:len(r.lists)-1]
	}
	base := 0
	if n := len(r.lists); n > 0 {
		base = r.lists[n-1]
	}
	if column-base >= 4 && !open && r.markdown {
		r.d.addBlock(Code, 0, ln.start, ln.end)
		return
	}
	if column-base < 4 && r.special(ln, column) {
		return
	}
	r.text(ln)
}

// special reads a line that opens a block of its own and reports whether it did.
func (r *blockReader) special(ln line, column int) bool {
	src := r.d.Source
	rest := src[ln.at:ln.end]
	if r.markdown {
		if n, from, to := atxHeading(rest); n > 0 {
			r.flush()
			r.open(Heading, n, ln)
			r.segments = append(r.segments, Span{ln.at + from, ln.at + to})
			r.flush()
			return true
		}
		if c, n := fenceMark(rest); n > 0 {
			r.flush()
			r.fence = fence{char: c, n: n, start: ln.start, quotes: ln.quotes, column: column}
			return true
		}
		if thematicBreak(rest) {
			r.flush()
			return true
		}
		if stop := rawHTML(rest, len(r.segments) > 0); stop != "" {
			r.flush()
			r.raw, r.rawFrom = stop, ln.at
			r.inRaw(ln)
			return true
		}
		if len(r.segments) == 0 && linkDefinition(rest) {
			r.d.addBlock(Markup, 0, ln.at, ln.end)
			return true
		}
		if len(r.segments) > 0 && delimiterRow(rest) && r.startTable() {
			return true
		}
	}
	if n, number := listMark(rest); n > 0 && (len(r.segments) == 0 || len(rest) > n && (number <= 1 || len(r.lists) > 0 || !r.markdown)) {
		r.item(ln, column, n)
		return true
	}
	if logLine(rest) {
		r.flush()
		r.d.addBlock(Log, 0, ln.start, ln.end)
		return true
	}
	return false
}

// item opens a list item and reads what stands behind its mark.
func (r *blockReader) item(ln line, column, n int) {
	r.flush()
	src := r.d.Source
	at, cols := spaces(src, ln.at+n, ln.end)
	if cols > 4 || at == ln.end {
		at, cols = min(ln.at+n+1, ln.end), 1
	}
	r.lists = append(r.lists, column+n+cols)
	if rest := src[at:ln.end]; len(rest) >= 3 && rest[0] == '[' && rest[2] == ']' && (rest[1] == ' ' || rest[1]|0x20 == 'x') {
		at, _ = spaces(src, at+3, ln.end)
	}
	if at == ln.end {
		return
	}
	inner := line{start: at, end: ln.end, at: at, indent: column + n + cols, quotes: ln.quotes}
	if inner.at < inner.end && src[inner.at] == '>' && r.markdown {
		inner = r.strip(at, ln.end)
		inner.quotes += ln.quotes
		inner.indent = column + n + cols
	}
	if len(r.lists) < 64 && r.special(inner, inner.indent) {
		return
	}
	r.text(inner)
}

// text adds a line to the open paragraph, or opens one.
func (r *blockReader) text(ln line) {
	src := r.d.Source
	timed := startsWithTime(src[ln.at:ln.end])
	if timed && len(r.segments) > 0 {
		last := r.segments[len(r.segments)-1]
		if c := src[last.End-1]; r.timed || c == '.' || c == ':' || c == '!' || c == '?' || c == ')' {
			r.flush()
		}
	}
	r.timed = timed
	if len(r.segments) == 0 {
		switch {
		case ln.quotes > 0:
			r.open(Quote, ln.quotes, ln)
		case len(r.lists) > 0:
			r.open(ListItem, len(r.lists), ln)
		default:
			r.open(Paragraph, 0, ln)
		}
	}
	end := ln.end
	for end > ln.at && (src[end-1] == ' ' || src[end-1] == '\t') {
		end--
	}
	if end > ln.at {
		r.segments = append(r.segments, Span{ln.at, end})
	}
}

func (r *blockReader) open(kind BlockKind, level int, ln line) {
	r.kind, r.level, r.quotes = kind, level, ln.quotes
}

// flush ends the open paragraph and reads its words.
func (r *blockReader) flush() {
	if len(r.segments) > 0 {
		r.d.addText(r.kind, r.level, r.segments, r.markdown)
		r.segments = r.segments[:0]
	}
	r.quotes, r.timed = 0, false
}

// setext turns the open paragraph into a heading if the line underlines it.
func (r *blockReader) setext(ln line) bool {
	rest := bytes.TrimRight(r.d.Source[ln.at:ln.end], " \t")
	if ln.quotes != r.quotes || ln.indent > 3 && len(r.lists) == 0 || len(rest) == 0 || (rest[0] != '=' && rest[0] != '-') {
		return false
	}
	for _, c := range rest {
		if c != rest[0] {
			return false
		}
	}
	if len(r.lists) > 0 && ln.indent < r.lists[len(r.lists)-1] {
		return false
	}
	r.kind, r.level = Heading, 1
	if rest[0] == '-' {
		r.level = 2
	}
	r.flush()
	return true
}

// startsBlock reports whether the line would end a paragraph above it.
func (r *blockReader) startsBlock(ln line) bool {
	rest := r.d.Source[ln.at:ln.end]
	if n, _ := listMark(rest); n > 0 {
		return true
	}
	if !r.markdown {
		return false
	}
	h, _, _ := atxHeading(rest)
	_, f := fenceMark(rest)
	return h > 0 || f > 0 || thematicBreak(rest) || rawHTML(rest, true) != ""
}

// inFence reports whether the line belongs to the open fence.
func (r *blockReader) inFence(ln line) bool {
	f, src := r.fence, r.d.Source
	if ln.quotes < f.quotes || len(r.lists) > 0 && ln.at < ln.end && ln.indent < r.lists[len(r.lists)-1] && f.column >= r.lists[len(r.lists)-1] && ln.indent+1 < f.column {
		r.d.addBlock(Code, 0, f.start, ln.start)
		r.fence = fence{}
		return false
	}
	rest := bytes.TrimRight(src[ln.at:ln.end], " \t")
	if len(rest) >= f.n && rest[0] == f.char && ln.indent-f.column < 4 {
		for _, c := range rest {
			if c != f.char {
				return true
			}
		}
		r.d.addBlock(Code, 0, f.start, ln.end)
		r.fence = fence{}
	}
	return true
}

// inRaw takes a line of an HTML block and ends the block where its kind ends.
func (r *blockReader) inRaw(ln line) bool {
	src := r.d.Source
	if r.raw == "\n" {
		if ln.at < ln.end {
			return true
		}
		r.d.addRaw(r.rawFrom, ln.start)
		r.raw = ""
		return false
	}
	if i := bytes.Index(src[ln.at:ln.end], []byte(r.raw)); i >= 0 {
		r.d.addRaw(r.rawFrom, ln.end)
		r.raw = ""
	}
	return true
}

// startTable turns the last line of the open paragraph into a table's head.
func (r *blockReader) startTable() bool {
	head := r.segments[len(r.segments)-1]
	if bytes.IndexByte(r.d.Source[head.Start:head.End], '|') < 0 {
		return false
	}
	quotes := r.quotes
	r.segments = r.segments[:len(r.segments)-1]
	r.flush()
	r.table = true
	r.row(line{start: head.Start, at: head.Start, end: head.End, quotes: quotes})
	return true
}

// row reads the cells of a table's row.
func (r *blockReader) row(ln line) {
	src, from, code := r.d.Source, ln.at, false
	cell := func(to int) {
		a, _ := spaces(src, from, to)
		for to > a && (src[to-1] == ' ' || src[to-1] == '\t') {
			to--
		}
		if a < to {
			one := [1]Span{{a, to}}
			r.d.addText(TableCell, 0, one[:], true)
		}
	}
	for i := ln.at; i < ln.end; i++ {
		switch src[i] {
		case '\\':
			i++
		case '`':
			code = !code
		case '|':
			if !code {
				cell(i)
				from = i + 1
			}
		}
	}
	cell(ln.end)
}

// addBlock records a block without words. A block that touches one of its own
// kind, as lines of indented code or of a log do, becomes one with it.
func (d *Document) addBlock(kind BlockKind, level, start, end int) {
	if n := len(d.Blocks); n > 0 && (kind == Code || kind == Log) && d.Blocks[n-1].Kind == kind && start-d.Blocks[n-1].End <= 2 {
		d.Blocks[n-1].End = end
		return
	}
	s := len(d.Sentences)
	d.Blocks = append(d.Blocks, Block{Kind: kind, Level: level, Start: start, End: end, First: s, Last: s})
}

// addRaw records a raw HTML block: the comments in it, and its text.
func (d *Document) addRaw(start, end int) {
	raw := d.Source[start:end]
	if bytes.HasPrefix(raw, []byte("<!--")) {
		if i := bytes.Index(raw, []byte("-->")); i >= 0 {
			d.Comments = append(d.Comments, Span{start + 4, max(start+4, start+i)})
		}
		d.addBlock(Markup, 0, start, end)
		return
	}
	h := htmlReader{d: d, pos: start, end: end}
	before := len(d.Blocks)
	h.read()
	if len(d.Blocks) == before {
		d.addBlock(Markup, 0, start, end)
	}
}
