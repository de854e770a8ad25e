// Package intake takes alerts in. In come the bytes that an alert sender
// posted, out come Signals: what is firing or over, in one shape whoever sent
// it; and, from the team's routing rules, what a Signal should become.
//
// Parsers are pure functions, one file per sender. They accept fields they do
// not know, because senders add some with every release. They refuse only
// what cannot be understood, and then say what to send instead: a refused
// alert is one that nobody hears of, so what is merely too long is cut and
// marked.
//
// Labels come from strangers. Every text leaves here as valid UTF-8, without
// control characters, within the limits below; it is text, never markup.
//
// The doors (Gateway) find the source by its key, route its Signals and hand
// them to the store, which decides whether an incident is opened. They answer
// after its commit. Nothing here writes SQL or posts words: an alert opens an
// incident or counts, and a person says the rest.
package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"amends.dev/internal/fault"
)

// Status says how an alert or a group of alerts stands.
type Status string

// The statuses.
const (
	Firing       Status = "firing"
	Acknowledged Status = "acknowledged"
	Resolved     Status = "resolved"
)

// Signal is one alert as one request told of it.
type Signal struct {
	GroupKey    string            // what belongs together; stable, 1 to 256 bytes
	GroupStatus Status            // of the whole group; Resolved only when nothing in it fires
	AlertKey    string            // the alert within its group; stable, 1 to 256 bytes
	Status      Status            // of this alert
	Title       string            // one line, never empty
	Summary     string            // may hold line breaks; may be empty
	Severity    string            // in the sender's words; may be empty
	Labels      map[string]string // what routing rules look at; always holds severity when there is one
	Annotations map[string]string // what else was said
	StartedAt   time.Time         // zero: not told
	URL         string            // http or https, to the sender's view; may be empty
	Truncated   bool              // the sender left alerts out, or a limit cut something
}

// Limits of a request and of the texts in it. What is larger than the first
// three is refused before anything is built from it; the others cut.
const (
	MaxBody   = 256 << 10
	maxDepth  = 32
	maxValues = 20_000 // keys and values of the whole body

	maxKey     = 256
	maxTitle   = 200
	maxSummary = 4096
	maxPairs   = 64 // labels, or annotations, of one alert
	maxName    = 128
	maxValue   = 1024
	maxURL     = 2048
)

// decode checks the size and shape of body and reads it into v.
func decode(body []byte, v any) error {
	if err := guard(body); err != nil {
		return err
	}
	err := json.Unmarshal(body, v)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("This is not JSON from byte %d on. Send one JSON object.", e.Offset), err)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		name := e.Field
		if name == "" {
			return fault.Wrap(fault.Invalid, "This is "+sent(e)+" in JSON. Send one JSON object.", err)
		}
		return &fault.Error{Kind: fault.Invalid, Err: err, Fields: []fault.Field{{Name: name, Say: "Send " + wanted(e) + " here, not " + sent(e)}}}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, "This cannot be read as JSON. Send one JSON object.", err)
	}
	return nil
}

// wanted says what JSON value the field takes.
func wanted(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind().String() {
	case "struct", "map":
		return "an object"
	case "slice":
		return "an array"
	case "int", "int64":
		return "a whole number"
	}
	return "a text"
}

// sent says what JSON value came instead.
func sent(e *json.UnmarshalTypeError) string {
	word, _, _ := strings.Cut(e.Value, " ")
	if named, ok := map[string]string{"string": "a text", "number": "a number", "bool": "true or false", "object": "an object", "array": "an array"}[word]; ok {
		return named
	}
	return e.Value
}

// guard refuses bodies that would cost more to read than any alert is worth.
// It looks at each byte at most once and builds nothing.
func guard(body []byte) error {
	if len(body) > MaxBody {
		return fault.Newf(fault.Invalid, "This request has more than %d KiB. Send fewer alerts at once, or shorter annotations.", MaxBody>>10)
	}
	depth, values, quoted := 0, 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fault.Newf(fault.Invalid, "This JSON is more than %d levels deep. Send a flatter one.", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		case c == ',' || c == ':':
			if values++; values > maxValues {
				return fault.Newf(fault.Invalid, "This JSON holds more than %d values. Send fewer alerts or labels at once.", maxValues)
			}
		}
	}
	return nil
}

// loose is a text that a sender may also write as a number, true or false.
type loose string

// UnmarshalJSON reads any JSON scalar; null is the empty text.
func (l *loose) UnmarshalJSON(data []byte) error {
	var s string
	switch {
	case data[0] == '{':
		return &json.UnmarshalTypeError{Value: "object", Type: reflect.TypeFor[string]()}
	case data[0] == '[':
		return &json.UnmarshalTypeError{Value: "array", Type: reflect.TypeFor[string]()}
	case string(data) == "null":
	case data[0] == '"':
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
	default:
		s = string(data)
	}
	*l = loose(s)
	return nil
}

// trimmer cleans texts and remembers whether it cut any.
type trimmer struct{ cut bool }

// line returns text as one line of at most limit characters.
func (t *trimmer) line(text string, limit int) string {
	return t.clean(strings.Join(strings.Fields(text), " "), limit, false)
}

// lines returns text of at most limit characters and keeps its line breaks.
func (t *trimmer) lines(text string, limit int) string { return t.clean(text, limit, true) }

// clean drops what is not text to read: control characters, and the marks
// that reorder what stands around them.
func (t *trimmer) clean(text string, limit int, breaks bool) string {
	if len(text) > limit*utf8.UTFMax {
		text, t.cut = text[:limit*utf8.UTFMax], true
	}
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && breaks, r == '\t' && breaks:
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text))
	if n := utf8.RuneCountInString(text); n > limit {
		t.cut = true
		text = strings.TrimSpace(string([]rune(text)[:limit-1])) + "…"
	}
	return text
}

// pairs returns the cleaned labels or annotations, at most maxPairs of them
// in the order of their names.
func (t *trimmer) pairs(in map[string]loose, value func(string, int) string) map[string]string {
	out := make(map[string]string, min(len(in), maxPairs))
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if len(out) == maxPairs {
			t.cut = true
			break
		}
		if short := t.line(name, maxName); short != "" {
			out[short] = value(string(in[name]), maxValue)
		}
	}
	return out
}

// key returns a stable key of at most maxKey bytes: the text itself when it
// can be one, else its hash.
func key(text string) string {
	if len(text) <= maxKey && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl) {
		return text
	}
	return digest(text)
}

// digest returns a key made from texts, each kept apart from the next.
func digest(texts ...string) string {
	h := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(h, "%d:%s,", len(text), text)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// address returns text when it is a web address to link to, else "".
func address(text string) string {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxURL || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.String()
}

// layouts are the ways senders write instants; the second is PagerDuty's own,
// with a zone that RFC 3339 does not allow.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00"}

// instant reads text in one of the layouts; without a zone it is UTC. The
// zero time of Go, which senders write for "none", comes back as zero.
func instant(text string) (time.Time, bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			if at.Year() < 1970 {
				return time.Time{}, true
			}
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// firstOf returns the first text that is not empty.
func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
