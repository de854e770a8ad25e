package prose

import (
	"bytes"
	"unicode/utf8"
)

// Position is a place in a text as people and programs count it.
type Position struct {
	Line   int // from 1
	Column int // from 1, in code points
	Byte   int // from 1, in bytes of the line
	UTF16  int // from 0, in UTF-16 code units of the line, as the language server protocol counts
}

// Positions turns byte offsets into positions. It reads ahead as far as the
// greatest offset asked for, so that a run of ascending questions costs one
// pass over the text. The zero value is the positions of an empty text.
type Positions struct {
	src     []byte
	lines   []int // where each line starts, as far as read
	read    int
	line    int // line index of the last answer
	from    int // where the last answer's walk stood
	runes   int
	units   int
	baseOff int
}

// NewPositions returns the positions of src, whose first line counts as line
// firstLine+1.
func NewPositions(src []byte, firstLine int) *Positions {
	return &Positions{src: src, lines: []int{0}, baseOff: firstLine, line: -1}
}

// Reset makes p answer for another text and keeps its memory.
func (p *Positions) Reset(src []byte, firstLine int) {
	*p = Positions{src: src, lines: append(p.lines[:0], 0), baseOff: firstLine, line: -1}
}

// LineSpan returns where the line that holds a byte offset starts and ends,
// without its line break.
func (p *Positions) LineSpan(offset int) (start, end int) {
	at := p.At(offset)
	start = offset - (at.Byte - 1)
	end = len(p.src)
	if i := bytes.IndexByte(p.src[start:], '\n'); i >= 0 {
		end = start + i
	}
	if end > start && p.src[end-1] == '\r' {
		end--
	}
	return start, end
}

// At returns the position of a byte offset; one beyond the end counts as the end.
func (p *Positions) At(offset int) Position {
	if len(p.lines) == 0 {
		p.lines = append(p.lines, 0)
	}
	offset = min(max(offset, 0), len(p.src))
	for p.read < offset {
		i := bytes.IndexByte(p.src[p.read:offset], '\n')
		if i < 0 {
			p.read = offset
			break
		}
		p.read += i + 1
		p.lines = append(p.lines, p.read)
	}
	lo, hi := 0, len(p.lines)-1
	if hi > 0 && p.lines[hi] <= offset {
		lo = hi
	}
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if p.lines[mid] <= offset {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	start := p.lines[lo]
	if p.line != lo || p.from > offset {
		p.line, p.from, p.runes, p.units = lo, start, 0, 0
	}
	for p.from < offset {
		r, n := utf8.DecodeRune(p.src[p.from:])
		if p.from+n > offset {
			break
		}
		p.from += n
		p.runes++
		p.units++
		if r > 0xFFFF {
			p.units++
		}
	}
	return Position{Line: p.baseOff + lo + 1, Column: p.runes + 1, Byte: offset - start + 1, UTF16: p.units}
}

// Offset returns the byte offset of a line, from 0, and a column in UTF-16
// code units, from 0. A place beyond the line's end counts as its end.
func (p *Positions) Offset(line, utf16 int) int {
	p.At(len(p.src))
	if line < 0 {
		return 0
	}
	if line >= len(p.lines) {
		return len(p.src)
	}
	i := p.lines[line]
	for utf16 > 0 && i < len(p.src) && p.src[i] != '\n' {
		r, n := utf8.DecodeRune(p.src[i:])
		utf16--
		if r > 0xFFFF {
			utf16--
		}
		i += n
	}
	return i
}
