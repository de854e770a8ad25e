package lint

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Rewrite returns src with the safe rewrites of its findings applied, and how
// many there were. Where two overlap, the first one counts.
func Rewrite(src []byte, findings []Finding) ([]byte, int) {
	safe := slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool {
		return !f.Safe || f.Start < 0 || f.End > len(src) || f.Start > f.End
	})
	slices.SortStableFunc(safe, func(a, b Finding) int { return a.Start - b.Start })
	var out []byte
	at, n := 0, 0
	for _, f := range safe {
		if f.Start < at {
			continue
		}
		out = append(append(out, src[at:f.Start]...), likeCase(f.Rewrite, src[f.Start:f.End])...)
		at = f.End
		n++
	}
	return append(out, src[at:]...), n
}

// likeCase gives a rewrite the capital that the words before it had.
func likeCase(rewrite string, old []byte) string {
	r, _ := utf8.DecodeRune(old)
	if !unicode.IsUpper(r) {
		return rewrite
	}
	first, n := utf8.DecodeRuneInString(rewrite)
	return string(unicode.ToUpper(first)) + rewrite[n:]
}
