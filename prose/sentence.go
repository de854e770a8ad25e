package prose

import (
	"unicode"
	"unicode/utf8"
)

// cutSentences groups the words from first on into sentences of one block.
func (d *Document) cutSentences(first, block int) {
	words := d.Words
	start := first
	for i := first; i < len(words); i++ {
		w := words[i]
		if w.Kind != Punct || !d.endsSentence(i, first) {
			continue
		}
		last := i + 1
		for last < len(words) && words[last].Kind == Punct && words[last].Marks&Spaced == 0 && d.closer(words[last]) {
			last++
		}
		if last == len(words) || !d.beginsSentence(i, last) {
			i = last - 1 // a run of marks is looked at once
			continue
		}
		d.addSentence(start, last, block)
		start, i = last, last-1
	}
	if start < len(words) {
		d.addSentence(start, len(words), block)
	}
}

func (d *Document) addSentence(first, last, block int) {
	d.Sentences = append(d.Sentences, Sentence{
		Start: d.Words[first].Start, End: d.Words[last-1].End, First: first, Last: last, Block: block,
	})
}

// endsSentence reports whether the mark at i may end a sentence.
func (d *Document) endsSentence(i, first int) bool {
	w := d.Words[i]
	switch d.Source[w.Start] {
	case '!', '?':
		return true
	case '.':
		if i == first {
			return false
		}
		prev := d.Words[i-1]
		if prev.Kind != Letters || w.Start != prev.End {
			return true
		}
		return !abbreviation(d.Source[prev.Start:prev.End])
	case 0xE2, 0xE3, 0xEF:
		r, _ := utf8.DecodeRune(d.Source[w.Start:w.End])
		return r == '…' || r == '。' || r == '！' || r == '？'
	}
	return false
}

// closer reports a mark that stays with the sentence before it.
func (d *Document) closer(w Word) bool {
	switch d.Source[w.Start] {
	case '"', '\'', ')', ']', '.', '!', '?':
		return true
	case 0xE2, 0xC2:
		r, _ := utf8.DecodeRune(d.Source[w.Start:w.End])
		return r == '”' || r == '’' || r == '»' || r == '…'
	}
	return false
}

// beginsSentence reports whether a sentence that the mark at end closed can be
// followed by one that starts with the word at next.
func (d *Document) beginsSentence(end, next int) bool {
	w := d.Words[next]
	if w.Marks&(Spaced|Strong) == 0 {
		return d.Source[d.Words[end].Start] >= 0xE3 // full-width marks need no space
	}
	c := d.Source[w.Start]
	switch w.Kind {
	case Letters:
		if c >= 'A' && c <= 'Z' {
			return true
		}
		if c >= 0x80 {
			r, _ := utf8.DecodeRune(d.Source[w.Start:w.End])
			return !unicode.IsLower(r)
		}
		// A small letter: a careless writer, unless the marks were dots of omission.
		dots := end > 0 && d.Source[d.Words[end].Start] == '.' && d.Words[end-1].Kind == Punct
		return d.Source[d.Words[end].Start] == '.' && !dots && d.Words[end-1].Kind == Letters && d.Words[end-1].End-d.Words[end-1].Start > 3
	case Punct:
		return c != ',' && c != ';' && c != '.' && c != ')' && c != '?' && c != '!' && c != '%'
	}
	return true
}

// abbreviationDots reports that s, a word with a stop in it, is of the kind
// "e.g", "U.S": single letters parted by stops.
func abbreviationDots(s []byte) bool {
	for i, c := range s {
		if i%2 == 0 && classes[c] != letter || i%2 == 1 && c != '.' {
			return false
		}
	}
	return true
}

// abbreviation reports a word whose stop does not end a sentence.
func abbreviation(s []byte) bool {
	if len(s) == 1 {
		return s[0] != 'I' && classes[s[0]] == letter && s[0] < 'a'
	}
	if len(s) >= 3 && len(s) <= 7 && s[1] == '.' && abbreviationDots(s) {
		last := string(s)
		return last != "a.m" && last != "p.m"
	}
	if len(s) > 8 {
		return false
	}
	var low [8]byte
	for i, c := range s {
		low[i] = c | 0x20
	}
	_, ok := abbreviations[string(low[:len(s)])]
	return ok
}

var abbreviations = func() map[string]struct{} {
	m := map[string]struct{}{}
	for _, a := range []string{
		"mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "approx", "ca", "cf", "est", "dept", "inc", "ltd", "corp",
		"co", "vol", "fig", "figs", "eq", "sec", "ch", "pp", "al", "jr", "sr", "gen", "col", "sgt", "capt", "lt", "gov",
		"sen", "rep", "rev", "hon", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
		"mon", "tue", "tues", "wed", "thu", "thurs", "fri", "min", "mins", "hrs", "hr", "max", "avg", "resp", "incl", "excl",
		"misc", "ref", "tel", "ext", "ave", "blvd", "mt", "ft", "oz", "lbs", "viz",
	} {
		m[a] = struct{}{}
	}
	return m
}()
