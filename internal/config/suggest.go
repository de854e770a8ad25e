package config

// nearest returns the key within limit edits of text, or "".
func nearest(text string, limit int) string {
	best, at := "", limit+1
	for _, o := range options {
		keys := []string{o.Key}
		if o.Secret {
			keys = append(keys, o.Key+fileSuffix)
		}
		for _, key := range keys {
			if d := distance(text, key); d < at {
				best, at = key, d
			}
		}
	}
	return best
}

// distance counts the letters to add, drop, change or swap with a neighbour
// to get from a to b. Texts far longer than any key are not compared.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
