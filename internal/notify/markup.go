package notify

import (
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// markup is how a platform writes text. escape makes user text literal there;
// the others get escaped text.
type markup struct {
	escape func(string) string
	bold   func(string) string
}

// fit calls write with the letter's texts cut shorter and shorter until the
// result is at most limit by measure. What the cut leaves alone: the title
// line, the labels, the link, and any text as short as a time.
func fit(l Letter, limit int, measure func(string) int, write func(Letter) string) string {
	cut := l
	for runes := textRunes; ; runes = runes * 3 / 4 {
		cut.Parts = make([]Part, len(l.Parts))
		for i, p := range l.Parts {
			cut.Parts[i] = Part{p.Label, clip(p.Text, max(runes, shortText))}
		}
		text := write(cut)
		if measure(text) <= limit {
			return text
		}
		if runes <= shortText {
			return clipMeasured(text, limit, measure)
		}
	}
}

// shortText is the length in runes up to which a text is never cut: a time
// with its zone fits.
const shortText = 60

// clipMeasured is the last resort: the longest beginning of text that fits.
func clipMeasured(text string, limit int, measure func(string) int) string {
	runes := []rune(text)
	low, high := 0, len(runes)
	for low < high {
		middle := (low + high + 1) / 2
		if measure(string(runes[:middle])) <= limit {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return string(runes[:low])
}

func runeCount(s string) int  { return utf8.RuneCountInString(s) }
func byteCount(s string) int  { return len(s) }
func utf16Count(s string) int { return len(utf16.Encode([]rune(s))) }

// body writes state and parts with one blank line between parts.
func (k markup) body(l Letter) string {
	var blocks []string
	if l.State != "" {
		blocks = append(blocks, k.escape(l.State))
	}
	for _, p := range l.Parts {
		text := k.escape(p.Text)
		if p.Label != "" {
			text = k.bold(k.escape(p.Label)+":") + " " + text
		}
		blocks = append(blocks, text)
	}
	return strings.Join(blocks, "\n\n")
}

// plain is the markup of places that show text as it is.
var plain = markup{escape: same, bold: same}

func same(s string) string { return s }

// quiet keeps an @ in user text from calling anybody: a zero-width space
// follows it, unless it stands inside a word, as it does in a mail address.
func quiet(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		if s[i] == '@' && (i == 0 || !alphanumeric(s[i-1])) {
			b.WriteString("\u200b")
		}
	}
	return b.String()
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// escapeMarkdown puts a backslash before whatever Markdown could read as a
// sign, and quiets mentions. Plain web addresses stay whole, so that they can
// be followed.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for s != "" {
		at := webAddress.FindStringIndex(s)
		if at == nil {
			at = []int{len(s), len(s)}
		}
		b.WriteString(quiet(markdownSigns.Replace(s[:at[0]])))
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
	}
	return lineSign.ReplaceAllString(b.String(), `$1\$2`)
}

var (
	webAddress    = regexp.MustCompile(`\bhttps?://[A-Za-z0-9][A-Za-z0-9._/?&=%#:+-]*`)
	markdownSigns = strings.NewReplacer(`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`,
		`<`, `\<`, `>`, `\>`, `|`, `\|`, `~`, `\~`, `#`, `\#`)
	lineSign = regexp.MustCompile(`(?m)^(\s*\d*)([-+=.)])`) // lists and underlines at the start of a line
)
