package prose

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// class sorts the bytes that the word reader meets first.
type class uint8

const (
	other class = iota
	letter
	digit
	space
	markup // may be Markdown: * _ ` [ ] ! < & \ ~
	high   // begins a rune beyond ASCII
)

var classes = func() (t [256]class) {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			t[c] = letter
		case c >= '0' && c <= '9':
			t[c] = digit
		case c == ' ', c == '\t', c == '\n', c == '\r', c == '\f', c == '\v':
			t[c] = space
		case c >= 0x80:
			t[c] = high
		}
	}
	for _, c := range []byte("*_`[]!<&\\~") {
		t[c] = markup
	}
	return t
}()

// A wordReader cuts the text of one block into words.
type wordReader struct {
	d        *Document
	markdown bool
	entities bool
	marks    Marks // of the next word
	quote    int   // first word behind an open quotation mark, or -1
	quoteEnd rune  // what closes it; 0 for a straight mark
	strike   bool
	link     int      // depth of open [
	noTicks  [16]bool // runs of n ticks have no partner ahead in this block
	skip     int      // a code span or comment runs up to here, in a later line
}

// addText reads a block of text from its lines.
func (d *Document) addText(kind BlockKind, level int, lines []Span, markdown bool) {
	w := wordReader{d: d, markdown: markdown, entities: markdown, quote: -1}
	first := len(d.Words)
	for i, ln := range lines {
		w.marks |= Spaced
		if i > 0 {
			w.marks |= Newline
		}
		w.read(ln.Start, ln.End, lines[i+1:])
	}
	w.closeBlock()
	d.endBlock(kind, level, lines[0].Start, lines[len(lines)-1].End, first)
}

func (d *Document) endBlock(kind BlockKind, level, start, end, firstWord int) {
	if len(d.Words) == firstWord {
		return
	}
	s := len(d.Sentences)
	d.cutSentences(firstWord, len(d.Blocks))
	d.Blocks = append(d.Blocks, Block{Kind: kind, Level: level, Start: start, End: end, First: s, Last: len(d.Sentences)})
}

func (w *wordReader) emit(start, end int, kind WordKind) { w.emitHash(start, end, kind, 0) }

func (w *wordReader) emitHash(start, end int, kind WordKind, hash uint32) {
	m := w.marks
	if w.strike {
		m |= Struck
	}
	if w.link > 0 {
		m |= Linked
	}
	w.marks = 0
	w.d.Words = append(w.d.Words, Word{Start: start, End: end, Hash: hash, Kind: kind, Marks: m})
}

// read cuts src[i:end] into words. more are the block's lines behind it, where
// a code span may end.
func (w *wordReader) read(i, end int, more []Span) {
	src := w.d.Source
	i = max(i, min(w.skip, end))
	for i < end {
		c := src[i]
		switch classes[c] {
		case letter:
			i = w.word(i, end)
		case digit:
			i = w.number(i, end)
		case space:
			w.marks |= Spaced
			if c == '\n' {
				w.marks |= Newline
			}
			i++
		case high:
			i = w.rune(i, end)
		case markup:
			i = w.inline(i, end, more)
		default:
			if c == '"' {
				w.quoteMark(0, true, true)
			} else if c == '/' || c == '.' || c == '~' {
				if n := w.path(i, end); n > i {
					i = n
					continue
				}
			}
			w.emit(i, i+1, Punct)
			i++
		}
	}
}

// word reads a run of letters with the apostrophes, hyphens and inner stops
// that belong to it.
func (w *wordReader) word(start, end int) int {
	src, i, kind, hash := w.d.Source, start, Letters, uint32(hashStart)
	for i < end {
		switch c := src[i]; {
		case folded[c] != 0:
			hash = (hash ^ uint32(folded[c])) * hashPrime
			i++
			continue
		case c == '\'' || c == '-':
			if i+1 < end && alnum(src[i+1]) || c == '-' && i+1 < end && src[i+1] >= 0xC3 {
				hash = (hash ^ uint32(c)) * hashPrime
				i++
				continue
			}
		case c == ':' && i+2 < end && src[i+1] == '/' && src[i+2] == '/', c == '.' && i-start == 3 && src[start]|0x20 == 'w', c == ':' && i-start == 6 && src[start]|0x20 == 'm':
			if n := w.address(start, end); n > i {
				w.emit(start, n, Address)
				return n
			}
			if n := w.joint(c, i, end); n > 0 {
				kind = Name
				i += n
				continue
			}
		case c == '_' || c == '.' || c == '@' || c == ':' || c == '/':
			if n := w.joint(c, i, end); n > 0 {
				if c != '.' || !abbreviationDots(src[start:min(i+2, end)]) {
					kind = Name
				}
				hash = (hash ^ uint32(c)) * hashPrime
				i += n
				continue
			}
		case c >= 0x80:
			r, n := utf8.DecodeRune(src[i:end])
			if r == '’' && i+n < end && alnum(src[i+n]) || unicode.IsLetter(r) || unicode.IsMark(r) || r == 0x00AD || r == '‑' {
				if r == '’' {
					hash = (hash ^ '\'') * hashPrime
				} else {
					for _, b := range src[i : i+n] {
						hash = (hash ^ uint32(b)) * hashPrime
					}
				}
				i += n
				continue
			}
		case c == '&' && w.entities:
			if r, n := entity(src[i:end]); n > 0 && (unicode.IsLetter(r) || (r == '\'' || r == '’') && i+n < end && alnum(src[i+n])) {
				w.marks |= Escaped
				i += n
				continue
			}
		case c == '\\' && w.markdown && i+2 < end && (src[i+1] == '_' || src[i+1] == '-') && alnum(src[i+2]):
			w.marks |= Escaped
			i += 2
			continue
		case c == '*' && w.markdown && i+1 < end && classes[src[i+1]] == letter && i > start:
			w.marks |= Escaped
			i++
			continue
		case c == '(' && kind == Name && i+1 < end && src[i+1] == ')':
			i += 2
			continue
		}
		break
	}
	if kind != Letters {
		hash = 0
	} else if w.marks&Escaped != 0 {
		hash = Hash(string(w.d.AppendText(nil, Word{Start: start, End: i, Marks: Escaped})))
	}
	w.emitHash(start, i, kind, hash)
	return i
}

const (
	hashStart = 2166136261
	hashPrime = 16777619
)

// Hash returns the FNV-1a hash of a word in small ASCII letters with straight
// apostrophes: the one that Word carries.
func Hash(word string) uint32 {
	h := uint32(hashStart)
	for i := 0; i < len(word); i++ {
		c := word[i]
		if f := folded[c]; f != 0 {
			c = f
		} else if c == 0xE2 && i+2 < len(word) && word[i+1] == 0x80 && word[i+2] == 0x99 {
			c = '\''
			i += 2
		}
		h = (h ^ uint32(c)) * hashPrime
	}
	return h
}

// folded holds letters and digits, the letters small; 0 for every other byte.
var folded = func() (t [256]byte) {
	for c := range 256 {
		switch classes[c] {
		case letter:
			t[c] = byte(c) | 0x20
		case digit:
			t[c] = byte(c)
		}
	}
	return t
}()

// joint returns how many bytes at i join two parts of one name, or 0.
func (w *wordReader) joint(c byte, i, end int) int {
	src := w.d.Source
	if i+1 >= end || !alnum(src[i+1]) && !(src[i+1] == '_' && c == '_') {
		if c == ':' && i+2 < end && src[i+1] == ':' && alnum(src[i+2]) {
			return 2
		}
		return 0
	}
	switch c {
	case '_', '@':
		return 1
	case '.':
		// "end.Next" without a space is two sentences; "main.go" is a name.
		if src[i+1] >= 'A' && src[i+1] <= 'Z' && i > 1 && src[i-1] >= 'a' && src[i-1] <= 'z' && src[i-2] >= 'a' && src[i-2] <= 'z' {
			return 0
		}
		return 1
	case '/':
		// "and/or" is two words; "src/lib/x" and "a.b/c" are paths.
		rest := src[i+1 : min(end, i+60)]
		for k, b := range rest {
			if b == '/' || b == '_' || b == '.' && k+1 < len(rest) && alnum(rest[k+1]) {
				return 1
			}
			if !alnum(b) && b != '-' {
				break
			}
		}
	}
	return 0
}

// path reads "/etc/hosts", "./run" and "~/.bashrc" as one name.
func (w *wordReader) path(i, end int) int {
	src := w.d.Source
	if w.marks&Spaced == 0 || i+2 >= end {
		return 0
	}
	slash := i
	for slash < end && (src[slash] == '.' || src[slash] == '~') && slash-i < 3 {
		slash++
	}
	if src[min(slash, end-1)] != '/' || slash+1 >= end || !alnum(src[slash+1]) && src[slash+1] != '.' {
		return 0
	}
	n := slash + 1
	for n < end && (alnum(src[n]) || bytes.IndexByte([]byte("/._-"), src[n]) >= 0) {
		n++
	}
	for n > slash+1 && src[n-1] == '.' {
		n--
	}
	w.emit(i, n, Name)
	return n
}

func (w *wordReader) number(start, end int) int {
	src, i := w.d.Source, start
	for i < end {
		c := src[i]
		if classes[c] == digit || classes[c] == letter {
			i++
			continue
		}
		if (c == '.' || c == ',' || c == ':') && i+1 < end && classes[src[i+1]] == digit && classes[src[i-1]] == digit {
			i++
			continue
		}
		break
	}
	if i+1 < end && src[i] == '_' && alnum(src[i+1]) {
		for i < end && (alnum(src[i]) || src[i] == '_') {
			i++
		}
		w.emit(start, i, Name)
		return i
	}
	w.emit(start, i, Number)
	return i
}

// rune reads what begins beyond ASCII: a word of another script, a dash, a
// curly quotation mark, a symbol.
func (w *wordReader) rune(i, end int) int {
	r, n := utf8.DecodeRune(w.d.Source[i:end])
	switch {
	case r == '“' || r == '«' || r == '„':
		w.quoteMark(map[rune]rune{'“': '”', '«': '»', '„': '“'}[r], true, false)
	case r == '”' || r == '»':
		w.quoteMark(r, false, true)
	case unicode.IsLetter(r):
		return w.word(i, end)
	case unicode.IsSpace(r) || r == 0x200B || r == 0xFEFF || r == 0x200C || r == 0x200D:
		w.marks |= Spaced
		return i + n
	}
	w.emit(i, i+n, Punct)
	return i + n
}

// quoteMark follows quotation marks and marks what stands between a pair.
func (w *wordReader) quoteMark(end rune, opens, closes bool) {
	switch {
	case w.quote >= 0 && closes && end == w.quoteEnd:
		for k := w.quote; k < len(w.d.Words); k++ {
			w.d.Words[k].Marks |= Quoted
		}
		w.quote = -1
	case w.quote < 0 && opens:
		w.quote, w.quoteEnd = len(w.d.Words)+1, end
	}
}

func (w *wordReader) closeBlock() { w.quote = -1 }

// address returns where a bare URL or mail address that starts at i ends, or 0.
func (w *wordReader) address(i, end int) int {
	src := w.d.Source
	s := src[i:end]
	if len(s) < 5 {
		return 0
	}
	if !bytes.HasPrefix(s, []byte("http://")) && !bytes.HasPrefix(s, []byte("https://")) &&
		!bytes.HasPrefix(s, []byte("www.")) && !bytes.HasPrefix(s, []byte("ftp://")) && !bytes.HasPrefix(s, []byte("mailto:")) {
		return 0
	}
	n, depth := 0, 0
	for n < len(s) {
		c := s[n]
		if c <= ' ' || c == '<' || c == '>' || c == '"' || c == '`' || c == '|' || c == ']' || c == '*' && w.markdown {
			break
		}
		if c == '(' {
			depth++
		}
		if c == ')' {
			if depth--; depth < 0 {
				break
			}
		}
		n++
	}
	for n > 0 && bytes.IndexByte([]byte(".,;:!?'"), s[n-1]) >= 0 {
		n--
	}
	return i + n
}

func alnum(c byte) bool { return classes[c] == letter || classes[c] == digit }
