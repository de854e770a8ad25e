package tlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxInt   = 1<<53 - 1 // what every JSON reader keeps exactly
	maxDepth = 8
)

// Body is a published item by its fields: strings, bools, nil, int, int64,
// []string, []any and map[string]any or Body. Anything else has no canonical
// form here and is refused.
type Body map[string]any

// Bytes returns the body in its canonical form.
func (b Body) Bytes() ([]byte, error) {
	out, err := appendValue(nil, b, 0)
	if err != nil {
		return nil, fmt.Errorf("encode body: %w", err)
	}
	return out, nil
}

// ParseBody reads a body, and refuses bytes that are not in canonical form.
// Whole numbers come back as int64, arrays as []any, objects as Body.
func ParseBody(data []byte) (Body, error) {
	if !shallow(data) {
		return nil, fmt.Errorf("read body: more than %d deep", maxDepth)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var raw map[string]any
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read body: more after the object")
	}
	v, err := normal(raw)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	body, ok := v.(Body)
	if !ok || raw == nil {
		return nil, errors.New("read body: not an object")
	}
	again, err := body.Bytes()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, errors.New("read body: not in canonical form")
	}
	return body, nil
}

// shallow reports whether no bracket of data stands deeper than is allowed,
// before anything is built from it.
func shallow(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '{' || c == '['):
			depth++
		case !quoted && (c == '}' || c == ']'):
			depth--
		}
		if depth > maxDepth {
			return false
		}
	}
	return true
}

func normal(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case json.Number:
		return strconv.ParseInt(v.String(), 10, 64)
	case []any:
		for i := range v {
			if v[i], err = normal(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range v {
			if v[key], err = normal(v[key]); err != nil {
				return nil, err
			}
		}
		return Body(v), nil
	}
	return v, nil
}

func appendValue(out []byte, v any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d deep", maxDepth)
	}
	switch v := v.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case int:
		return appendInt(out, int64(v))
	case int64:
		return appendInt(out, v)
	case string:
		return appendString(out, v)
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return appendList(out, list, depth)
	case []any:
		return appendList(out, v, depth)
	case map[string]any:
		return appendObject(out, v, depth)
	case Body:
		return appendObject(out, v, depth)
	}
	return nil, fmt.Errorf("a %T has no canonical form", v)
}

func appendInt(out []byte, n int64) ([]byte, error) {
	if n > maxInt || n < -maxInt {
		return nil, fmt.Errorf("number %d is beyond 2^53-1", n)
	}
	return strconv.AppendInt(out, n, 10), nil
}

func appendList(out []byte, list []any, depth int) (_ []byte, err error) {
	out = append(out, '[')
	for i, v := range list {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendValue(out, v, depth+1); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendObject(out []byte, object map[string]any, depth int) (_ []byte, err error) {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
	})
	out = append(out, '{')
	for i, key := range keys {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendString(out, key); err != nil {
			return nil, err
		}
		out = append(out, ':')
		if out, err = appendValue(out, object[key], depth+1); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return append(out, '}'), nil
}

// short holds the control characters that have an escape of two characters.
var short = map[byte]byte{'"': '"', '\\': '\\', '\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r'}

func appendString(out []byte, text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("text %q is not valid UTF-8", text)
	}
	out = append(out, '"')
	for i := range len(text) {
		c := text[i]
		if e, ok := short[c]; ok {
			out = append(out, '\\', e)
		} else if c < ' ' {
			out = fmt.Appendf(out, `\u%04x`, c)
		} else {
			out = append(out, c)
		}
	}
	return append(out, '"'), nil
}
