package prose

import (
	"bytes"
	"fmt"
	"io"
)

// ChunkSize is how much text a Scanner hands out at a time, about.
const ChunkSize = 128 << 10

// maxChunk is where a Scanner cuts a text that offers no good place to cut.
const maxChunk = 1 << 20

// Scanner reads a text of any size in parts that are cut between blocks. It
// holds at most about one mebibyte of the text at a time.
type Scanner struct {
	r      io.Reader
	format Format
	doc    Document
	buf    []byte
	from   int // start of what is not handed out yet
	eof    bool
	err    error
	base   int64
	lines  int
	first  bool
}

// NewScanner returns a Scanner that reads r.
func NewScanner(r io.Reader, format Format) *Scanner {
	return &Scanner{r: r, format: format, first: true}
}

// Scan reads the next part and reports whether there was one. After it returns
// false, Err says why.
func (s *Scanner) Scan() bool {
	if s.err != nil {
		return false
	}
	if s.from > 0 {
		n := copy(s.buf, s.buf[s.from:])
		s.buf, s.from = s.buf[:n], 0
	}
	cut := 0
	for cut == 0 {
		if s.fill(); s.err != nil {
			return false
		}
		if len(s.buf) == 0 {
			return false
		}
		cut = s.cut()
	}
	s.doc.read(s.buf[:cut], s.format, s.first)
	s.doc.Base, s.doc.BaseLine = s.base, s.lines
	s.first = false
	s.base += int64(cut)
	s.lines += bytes.Count(s.buf[:cut], []byte{'\n'})
	s.from = cut
	return true
}

// Document returns the part that Scan read. It is valid until the next Scan.
func (s *Scanner) Document() *Document { return &s.doc }

// Err returns what stopped the Scanner, or nil at the end of the text.
func (s *Scanner) Err() error { return s.err }

// fill reads until a chunk is full or the text ends.
func (s *Scanner) fill() {
	want := ChunkSize
	if len(s.buf) >= want {
		want = min(2*len(s.buf), maxChunk)
	}
	if cap(s.buf) < want {
		s.buf = append(make([]byte, 0, want), s.buf...)
	}
	for len(s.buf) < want && !s.eof {
		n, err := s.r.Read(s.buf[len(s.buf):want])
		s.buf = s.buf[:len(s.buf)+n]
		if err == io.EOF {
			s.eof = true
		} else if err != nil {
			s.err = fmt.Errorf("read text: %w", err)
			return
		}
	}
}

// cut returns where the part in hand ends, or 0 to read on: behind a blank
// line outside code fences and before a line that is not indented.
func (s *Scanner) cut() int {
	if s.eof {
		return len(s.buf)
	}
	best, blank, fence, fenceLen := 0, false, byte(0), 0
	for pos := 0; pos < len(s.buf); {
		i := bytes.IndexByte(s.buf[pos:], '\n')
		if i < 0 {
			break
		}
		ln := s.buf[pos : pos+i]
		trim := bytes.TrimLeft(ln, " \t")
		if c, n := fenceMark(trim); s.format == Markdown && n > 0 {
			if fence == 0 {
				fence, fenceLen = c, n
			} else if fence == c && n >= fenceLen {
				fence = 0
			}
		}
		switch {
		case len(bytes.TrimRight(trim, "\r")) == 0:
			blank = true
		case blank && fence == 0 && len(trim) == len(ln):
			best, blank = pos, false
		default:
			blank = false
		}
		pos += i + 1
	}
	if best > 0 || len(s.buf) < maxChunk {
		return best
	}
	for _, mark := range []string{"\n\n", "\n", ". ", " "} {
		if i := bytes.LastIndex(s.buf, []byte(mark)); i > 0 {
			return i + len(mark)
		}
	}
	return len(s.buf)
}
