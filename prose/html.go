package prose

import (
	"bytes"
	"html"
	"unicode/utf8"
)

func (d *Document) readHTML() {
	h := htmlReader{d: d, end: len(d.Source)}
	h.read()
}

// An htmlReader walks over tags and hands the text between block tags to a
// word reader.
type htmlReader struct {
	d        *Document
	pos, end int
	words    wordReader
	first    int // first word of the open block
	start    int // first byte of the open block, or -1
	kind     BlockKind
	level    int
	quotes   int
	lists    int
}

func (h *htmlReader) read() {
	h.start, h.first = -1, len(h.d.Words)
	h.begin(Paragraph, 0)
	src := h.d.Source
	for h.pos < h.end {
		i := bytes.IndexByte(src[h.pos:h.end], '<')
		if i < 0 {
			h.text(h.pos, h.end)
			break
		}
		h.text(h.pos, h.pos+i)
		h.pos += i
		h.tag()
	}
	h.close()
}

func (h *htmlReader) begin(kind BlockKind, level int) {
	h.close()
	if kind == Paragraph && h.quotes > 0 {
		kind, level = Quote, h.quotes
	} else if kind == Paragraph && h.lists > 0 {
		kind, level = ListItem, h.lists
	}
	h.kind, h.level = kind, level
}

func (h *htmlReader) close() {
	if h.start >= 0 && len(h.d.Words) > h.first {
		h.d.endBlock(h.kind, h.level, h.start, h.d.Words[len(h.d.Words)-1].End, h.first)
	}
	h.words = wordReader{d: h.d, entities: true, quote: -1, marks: Spaced}
	h.first, h.start = len(h.d.Words), -1
}

func (h *htmlReader) text(from, to int) {
	if from >= to {
		return
	}
	if h.start < 0 {
		h.start = from
	}
	h.words.read(from, to, nil)
}

// tag reads one tag, comment or declaration at pos.
func (h *htmlReader) tag() {
	src := h.d.Source
	rest := src[h.pos:h.end]
	if bytes.HasPrefix(rest, []byte("<!--")) {
		k := bytes.Index(rest[4:], []byte("-->"))
		if k < 0 {
			h.pos = h.end
			return
		}
		h.d.Comments = append(h.d.Comments, Span{h.pos + 4, h.pos + 4 + k})
		h.pos += 4 + k + 3
		return
	}
	if len(rest) < 2 || classes[rest[1]] != letter && rest[1] != '/' && rest[1] != '!' && rest[1] != '?' {
		h.text(h.pos, h.pos+1)
		h.pos++
		return
	}
	n := tagEnd(rest)
	name, closes := tagName(rest[:n])
	from := h.pos
	h.pos += n
	switch name {
	case "script", "style", "pre", "textarea", "svg", "template", "head":
		if !closes {
			h.skip(name, from)
		}
	case "code", "kbd", "samp", "tt", "var":
		if !closes {
			h.code(name, from)
		}
	case "s", "del", "strike":
		h.words.strike = !closes
	case "a":
		h.words.link = 1
		if closes {
			h.words.link = 0
		}
	case "br":
		h.words.marks |= Spaced | Newline
	case "h1", "h2", "h3", "h4", "h5", "h6":
		if closes {
			h.begin(Paragraph, 0)
		} else {
			h.begin(Heading, int(name[1]-'0'))
		}
	case "blockquote":
		h.quotes += step(closes, h.quotes)
		h.begin(Paragraph, 0)
	case "ul", "ol", "dl":
		h.lists += step(closes, h.lists)
		h.begin(Paragraph, 0)
	case "td", "th":
		if closes {
			h.begin(Paragraph, 0)
		} else {
			h.begin(TableCell, 0)
		}
	default:
		if blockTags[name] {
			h.begin(Paragraph, 0)
		}
	}
}

func step(closes bool, depth int) int {
	switch {
	case !closes:
		return 1
	case depth > 0:
		return -1
	}
	return 0
}

// skip leaves out an element whose content is no prose.
func (h *htmlReader) skip(name string, from int) {
	h.begin(h.kind, h.level)
	end := closeTag(h.d.Source[h.pos:h.end], name)
	h.pos += end
	kind := Markup
	if name == "pre" {
		kind = Code
	}
	h.d.addBlock(kind, 0, from, h.pos)
	h.begin(Paragraph, 0)
}

// code reads an inline element of code as one word.
func (h *htmlReader) code(name string, from int) {
	end := closeTag(h.d.Source[h.pos:h.end], name)
	h.pos += end
	if h.start < 0 {
		h.start = from
	}
	h.words.emit(from, h.pos, CodeSpan)
}

// closeTag returns where </name> ends in s, or len(s).
func closeTag(s []byte, name string) int {
	for i := 0; ; {
		k := bytes.Index(s[i:], []byte("</"))
		if k < 0 {
			return len(s)
		}
		i += k
		if len(s) >= i+2+len(name) && equalFold(s[i+2:i+2+len(name)], name) {
			return i + tagEnd(s[i:])
		}
		i += 2
	}
}

func equalFold(s []byte, name string) bool {
	for i := range s {
		if s[i]|0x20 != name[i] {
			return false
		}
	}
	return true
}

// tagEnd returns the length of the tag that s begins with.
func tagEnd(s []byte) int {
	var quote byte
	for i, c := range s {
		switch {
		case quote != 0:
			if c == quote || i > 4000 {
				quote = 0
			}
		case (c == '"' || c == '\'') && i > 0 && s[i-1] == '=':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(s)
}

func tagName(s []byte) (name string, closes bool) {
	i := 1
	if i < len(s) && s[i] == '/' {
		closes = true
		i++
	}
	var low [12]byte
	n := 0
	for i+n < len(s) && n < len(low) && alnum(s[i+n]) {
		low[n] = s[i+n]
		if classes[low[n]] == letter {
			low[n] |= 0x20
		}
		n++
	}
	return string(low[:n]), closes
}

var blockTags = map[string]bool{
	"address": true, "article": true, "aside": true, "body": true, "center": true, "dd": true, "details": true,
	"dialog": true, "div": true, "dt": true, "fieldset": true, "figcaption": true, "figure": true, "footer": true,
	"form": true, "header": true, "hr": true, "html": true, "iframe": true, "legend": true, "li": true, "link": true,
	"main": true, "menu": true, "meta": true, "nav": true, "noscript": true, "ol": true, "optgroup": true, "option": true,
	"p": true, "section": true, "summary": true, "table": true, "tbody": true, "tfoot": true, "thead": true, "title": true,
	"tr": true, "ul": true, "button": true, "label": true,
}

// rawHTML returns what ends the HTML block that opens with s in Markdown, or
// "" if none opens. "\n" stands for a blank line.
func rawHTML(s []byte, inParagraph bool) string {
	if len(s) < 2 || s[0] != '<' {
		return ""
	}
	switch {
	case bytes.HasPrefix(s, []byte("<!--")):
		return "-->"
	case s[1] == '?':
		return "?>"
	case bytes.HasPrefix(s, []byte("<![CDATA[")):
		return "]]>"
	case s[1] == '!' && len(s) > 2 && classes[s[2]] == letter:
		return ">"
	}
	if classes[s[1]] != letter && s[1] != '/' {
		return ""
	}
	name, closes := tagName(s)
	behind := 1 + len(name)
	if closes {
		behind++
	}
	after := at(s, behind)
	if after != ' ' && after != '\t' && after != '>' && after != '/' {
		return ""
	}
	switch name {
	case "script", "style", "pre", "textarea":
		if !closes {
			return "</" + name + ">"
		}
	}
	if blockTags[name] || name == "td" || name == "th" || name == "blockquote" || name == "dl" || len(name) == 2 && name[0] == 'h' {
		return "\n"
	}
	// Any other tag that stands alone on its line.
	if n := tagEnd(s); !inParagraph && n > 2 && s[n-1] == '>' && len(bytes.TrimSpace(s[n:])) == 0 && bytes.IndexByte(s[:n], ':') < 0 {
		return "\n"
	}
	return ""
}

func at(s []byte, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return ' '
}

// entity decodes the character reference that s begins with and returns its
// rune and length, or 0, 0.
func entity(s []byte) (rune, int) {
	end := bytes.IndexByte(s[:min(len(s), 12)], ';')
	if end < 2 {
		return 0, 0
	}
	switch string(s[:end+1]) {
	case "&amp;":
		return '&', 5
	case "&nbsp;":
		return 0xA0, 6
	case "&lt;":
		return '<', 4
	case "&gt;":
		return '>', 4
	case "&quot;":
		return '"', 6
	case "&#39;", "&apos;":
		return '\'', end + 1
	}
	got := html.UnescapeString(string(s[:end+1]))
	if r, n := utf8.DecodeRuneInString(got); n == len(got) && r != utf8.RuneError {
		return r, end + 1
	}
	return 0, 0
}
