package prose

import (
	"bytes"
	"unicode"
)

// inline reads a character that may be Markdown.
func (w *wordReader) inline(i, end int, more []Span) int {
	src := w.d.Source
	c := src[i]
	if c == '&' && w.entities {
		if r, n := entity(src[i:end]); n > 0 {
			return w.entity(r, i, n, end)
		}
	}
	if !w.markdown {
		if c == '~' {
			if n := w.path(i, end); n > i {
				return n
			}
		}
		w.emit(i, i+1, Punct)
		return i + 1
	}
	switch c {
	case '*', '_':
		n := i
		for n < end && src[n] == c {
			n++
		}
		loose := w.marks&Spaced != 0 && (n == end || classes[src[n]] == space)
		w.marks |= Strong
		if c == '_' && n < end && classes[src[n]] == letter && w.marks&Spaced == 0 && i > 0 && alnum(src[i-1]) {
			return w.word(n, end)
		}
		if loose {
			w.emit(i, n, Punct)
		}
		return n
	case '`':
		return w.code(i, end, more)
	case '[':
		if i+1 < end && src[i+1] == '^' {
			if k := bytes.IndexByte(src[i:min(end, i+80)], ']'); k > 0 {
				return i + k + 1
			}
		}
		w.link++
		w.marks |= Strong
		return i + 1
	case ']':
		return w.linkEnd(i, end)
	case '!':
		if i+1 < end && src[i+1] == '[' {
			if n := image(src[i+1 : end]); n > 0 {
				return i + 1 + n
			}
		}
	case '<':
		return w.tag(i, end, more)
	case '\\':
		if i+1 < end && classes[src[i+1]] != letter && classes[src[i+1]] != digit && src[i+1] < 0x80 && classes[src[i+1]] != space {
			if src[i+1] == '"' {
				w.quoteMark(0, true, true)
			}
			w.emit(i+1, i+2, Punct)
			return i + 2
		}
	case '~':
		if i+1 < end && src[i+1] == '~' {
			w.strike = !w.strike
			return i + 2
		}
		if n := w.path(i, end); n > i {
			return n
		}
	}
	w.emit(i, i+1, Punct)
	return i + 1
}

func (w *wordReader) entity(r rune, i, n, end int) int {
	switch {
	case unicode.IsSpace(r) || r == 0x200B:
		w.marks |= Spaced
		return i + n
	case unicode.IsLetter(r):
		w.marks |= Escaped
		k := w.word(i+n, end)
		last := &w.d.Words[len(w.d.Words)-1]
		last.Start, last.Hash = i, 0
		if last.Kind == Letters {
			last.Hash = Hash(string(w.d.AppendText(nil, *last)))
		}
		return k
	case r == '"':
		w.quoteMark(0, true, true)
	case r == '“':
		w.quoteMark('”', true, false)
	case r == '”':
		w.quoteMark('”', false, true)
	}
	w.marks |= Escaped
	w.emit(i, i+n, Punct)
	return i + n
}

// code reads a code span, which may end in a later line of the block.
func (w *wordReader) code(i, end int, more []Span) int {
	src, n := w.d.Source, i
	for n < end && src[n] == '`' {
		n++
	}
	ticks := n - i
	if ticks < len(w.noTicks) && w.noTicks[ticks] {
		w.emit(i, n, Punct)
		return n
	}
	if k := closing(src, n, end, ticks); k > 0 {
		w.emit(i, k, CodeSpan)
		return k
	}
	for _, ln := range more {
		if k := closing(src, ln.Start, ln.End, ticks); k > 0 {
			w.emit(i, end, CodeSpan)
			w.skip = k
			return end
		}
	}
	if ticks < len(w.noTicks) {
		w.noTicks[ticks] = true
	}
	w.emit(i, n, Punct)
	return n
}

// closing returns where a run of exactly n ticks in src[i:end] ends, or 0.
func closing(src []byte, i, end, n int) int {
	for i < end {
		k := bytes.IndexByte(src[i:end], '`')
		if k < 0 {
			return 0
		}
		i += k
		run := i
		for i < end && src[i] == '`' {
			i++
		}
		if i-run == n {
			return i
		}
	}
	return 0
}

// linkEnd reads "](address)" or "][name]" behind a link's text.
func (w *wordReader) linkEnd(i, end int) int {
	src := w.d.Source
	if w.link > 0 {
		w.link--
	}
	if i+1 < end && src[i+1] == '(' {
		if n := balanced(src[i+1:end], '(', ')'); n > 0 {
			return i + 1 + n
		}
	}
	if i+1 < end && src[i+1] == '[' {
		if n := balanced(src[i+1:end], '[', ']'); n > 0 {
			return i + 1 + n
		}
	}
	if i+1 < end && src[i+1] == ':' {
		w.emit(i+1, i+2, Punct)
		return i + 2
	}
	return i + 1
}

// image returns the length of "[text](address)" behind the !, or 0.
func image(s []byte) int {
	n := balanced(s, '[', ']')
	if n == 0 {
		return 0
	}
	if n < len(s) && (s[n] == '(' || s[n] == '[') {
		if m := balanced(s[n:], s[n], map[byte]byte{'(': ')', '[': ']'}[s[n]]); m > 0 {
			return n + m
		}
	}
	return 0
}

// balanced returns the length of a bracketed run, or 0 if it is not closed
// within 2,000 bytes: longer addresses are read as text, so that no input
// costs more than a bounded look ahead.
func balanced(s []byte, open, close byte) int {
	depth := 0
	for i, c := range s[:min(len(s), 2000)] {
		switch {
		case c == '\\':
			continue
		case i > 0 && s[i-1] == '\\':
			continue
		case c == open:
			depth++
		case c == close:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// tag skips an inline HTML tag or comment and reads <https://…> as an address.
func (w *wordReader) tag(i, end int, more []Span) int {
	src := w.d.Source
	rest := src[i:end]
	if bytes.HasPrefix(rest, []byte("<!--")) {
		if k := bytes.Index(rest, []byte("-->")); k >= 4 {
			w.d.Comments = append(w.d.Comments, Span{i + 4, i + k})
			return i + k + 3
		}
		for _, ln := range more {
			if k := bytes.Index(src[ln.Start:ln.End], []byte("-->")); k >= 0 {
				w.d.Comments = append(w.d.Comments, Span{i + 4, ln.Start + k})
				w.skip = ln.Start + k + 3
				return end
			}
		}
	}
	k := bytes.IndexByte(rest[:min(len(rest), 2000)], '>')
	if k > 1 {
		switch c := rest[1]; {
		case bytes.IndexByte(rest[:k], ' ') < 0 && (bytes.Contains(rest[:k], []byte(":")) || bytes.IndexByte(rest[:k], '@') > 0) && classes[c] == letter:
			w.emit(i, i+k+1, Address)
			return i + k + 1
		case classes[c] == letter || c == '/':
			if len(rest) > 3 && rest[1]|0x20 == 'b' && rest[2]|0x20 == 'r' {
				w.marks |= Spaced | Newline
			}
			return i + k + 1
		}
	}
	w.emit(i, i+1, Punct)
	return i + 1
}
