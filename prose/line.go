package prose

import "bytes"

// The functions in this file look at one line, without its container marks,
// and say what it opens.

// spaces returns where the white space from i ends, and its width in columns
// with tab stops every four.
func spaces(src []byte, i, end int) (next, columns int) {
	for i < end {
		switch src[i] {
		case ' ':
			columns++
		case '\t':
			columns += 4 - columns%4
		default:
			return i, columns
		}
		i++
	}
	return i, columns
}

// atxHeading returns the level of a "# Title" line and where the title stands.
func atxHeading(s []byte) (level, from, to int) {
	n := 0
	for n < len(s) && s[n] == '#' {
		n++
	}
	if n == 0 || n > 6 || n < len(s) && s[n] != ' ' && s[n] != '\t' {
		return 0, 0, 0
	}
	from, _ = spaces(s, n, len(s))
	to = len(bytes.TrimRight(s, " \t"))
	hashes := to
	for hashes > from && s[hashes-1] == '#' {
		hashes--
	}
	if hashes <= from || s[hashes-1] == ' ' {
		to = max(hashes, from)
	}
	return n, from, max(from, to)
}

// fenceMark returns the character and length of a code fence that opens here.
func fenceMark(s []byte) (char byte, n int) {
	if len(s) < 3 || s[0] != '`' && s[0] != '~' {
		return 0, 0
	}
	for n < len(s) && s[n] == s[0] {
		n++
	}
	if n < 3 || s[0] == '`' && bytes.IndexByte(s[n:], '`') >= 0 {
		return 0, 0
	}
	return s[0], n
}

func thematicBreak(s []byte) bool {
	if len(s) < 3 || s[0] != '-' && s[0] != '*' && s[0] != '_' {
		return false
	}
	n := 0
	for _, c := range s {
		switch c {
		case s[0]:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	return n >= 3
}

// listMark returns the width of the list mark that opens the line, and the
// number of a numbered item; bullets count as 1.
func listMark(s []byte) (width, number int) {
	if len(s) == 0 {
		return 0, 0
	}
	n := 0
	switch c := s[0]; {
	case c == '-' || c == '*' || c == '+':
		n, number = 1, 1
	case len(s) > 2 && c == 0xE2 && s[1] == 0x80 && s[2] == 0xA2: // •
		n, number = 3, 1
	case c >= '0' && c <= '9':
		for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
			number = number*10 + int(s[n]-'0')
			n++
		}
		if n == len(s) || s[n] != '.' && s[n] != ')' {
			return 0, 0
		}
		n++
	default:
		return 0, 0
	}
	if n < len(s) && s[n] != ' ' && s[n] != '\t' {
		return 0, 0
	}
	return n, number
}

// linkDefinition reports a "[name]: address" line.
func linkDefinition(s []byte) bool {
	if len(s) < 4 || s[0] != '[' {
		return false
	}
	i := bytes.IndexByte(s, ']')
	if i < 2 || i+1 >= len(s) || s[i+1] != ':' || s[1] == '^' {
		return false
	}
	at, _ := spaces(s, i+2, len(s))
	rest := s[at:]
	if len(rest) == 0 {
		return false
	}
	return rest[0] == '<' || rest[0] == '/' || rest[0] == '#' || rest[0] == '.' || bytes.Contains(rest, []byte(":/")) || bytes.IndexByte(rest, ' ') < 0
}

// delimiterRow reports the line under a table's head: | --- | :-: |
func delimiterRow(s []byte) bool {
	dashes, bars := 0, 0
	for _, c := range s {
		switch c {
		case '-':
			dashes++
		case '|':
			bars++
		case ':', ' ', '\t':
		default:
			return false
		}
	}
	return dashes > 0 && bars > 0
}

// frontMatter returns where YAML (---) or TOML (+++) front matter ends, or 0.
func frontMatter(src []byte) int {
	if len(src) < 8 {
		return 0
	}
	mark := src[:3]
	if !bytes.Equal(mark, []byte("---")) && !bytes.Equal(mark, []byte("+++")) {
		return 0
	}
	pos, lines := 3, 0
	if src[pos] == '\r' {
		pos++
	}
	if src[pos] != '\n' {
		return 0
	}
	for lines < 400 {
		pos++
		i := bytes.IndexByte(src[pos:], '\n')
		ln := src[pos:]
		if i >= 0 {
			ln = src[pos : pos+i]
		}
		ln = bytes.TrimRight(ln, " \t\r")
		if bytes.Equal(ln, mark) && lines > 0 {
			if i < 0 {
				return len(src)
			}
			return pos + i + 1
		}
		if i < 0 || lines == 0 && (len(ln) == 0 || ln[0] != '#' && bytes.IndexByte(ln, ':') < 0 && bytes.IndexByte(ln, '=') < 0 && ln[0] != '[') {
			return 0
		}
		pos += i
		lines++
	}
	return 0
}

// startsWithTime reports a line of a timeline: 14:05 …, [14:05 UTC] …,
// 2026-11-22 14:05 …
func startsWithTime(s []byte) bool {
	i := 0
	for i < len(s) && i < 4 && (s[i] == '*' || s[i] == '[' || s[i] == '(' || s[i] == '~') {
		i++
	}
	s = s[i:]
	n := digits(s)
	if n == 4 && len(s) > 10 && (s[4] == '-' || s[4] == '/') {
		return digits(s[5:]) == 2 && digits(s[8:]) == 2
	}
	return n >= 1 && n <= 2 && len(s) > n+2 && s[n] == ':' && digits(s[n+1:]) == 2
}

func digits(s []byte) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

var logLevels = [][]byte{
	[]byte("ERROR"), []byte("WARN"), []byte("INFO"), []byte("DEBUG"), []byte("TRACE"),
	[]byte("FATAL"), []byte("level="), []byte("msg="), []byte(`"level"`), []byte("[error]"), []byte("[notice]"),
}

// logLine reports machine output: a full timestamp with a level, a line of a
// stack trace, a shell prompt.
func logLine(s []byte) bool {
	if len(s) < 6 {
		return false
	}
	switch s[0] {
	case '$':
		return s[1] == ' ' && s[2] >= 'a' && s[2] <= 'z'
	case '{':
		return s[1] == '"' && bytes.Contains(s, []byte(`":`))
	case 'g':
		return bytes.HasPrefix(s, []byte("goroutine ")) && bytes.HasSuffix(s, []byte("]:"))
	case 'T':
		if bytes.HasPrefix(s, []byte("Traceback (most recent call last)")) {
			return true
		}
	case 'a':
		if bytes.HasPrefix(s, []byte("at ")) && s[len(s)-1] == ')' && bytes.IndexByte(s, ':') > 0 && bytes.IndexByte(s[3:], ' ') < 0 {
			return true
		}
	}
	head := s[:min(len(s), 120)]
	if i := bytes.IndexByte(head, 'T'); s[0] >= '0' && s[0] <= '9' || s[0] == '[' || i == 0 || s[0] >= 'A' && s[0] <= 'Z' {
		if !hasClock(head[:min(len(head), 40)]) {
			return false
		}
		for _, l := range logLevels {
			if bytes.Contains(head, l) {
				return true
			}
		}
	}
	return false
}

// hasClock reports hours, minutes and seconds: 14:05:09.
func hasClock(s []byte) bool {
	for i := 0; i+8 <= len(s); i++ {
		if s[i+2] == ':' && s[i+5] == ':' && digits(s[i:]) == 2 && digits(s[i+3:]) == 2 && digits(s[i+6:]) >= 2 {
			return true
		}
	}
	return false
}
