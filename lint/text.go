package lint

import (
	"strings"

	"amends.dev/prose"
)

// token is a word as the rules see it.
type token struct {
	tags  tag
	lists list
	word  int32 // index in the document's words
	id    uint16
}

// A text is a document with the tokens of one sentence at a time.
type text struct {
	doc     *prose.Document
	lang    *language
	toks    []token
	any     tag // tags of all tokens together
	anyList list
	sent    int // the sentence's index
	block   prose.Block
	buf     [64]byte
}

// load makes tokens of a sentence.
func (x *text) load(sent int) {
	s := x.doc.Sentences[sent]
	x.sent, x.block = sent, x.doc.Blocks[s.Block]
	x.toks, x.any, x.anyList = x.toks[:0], 0, 0
	start := true
	for i := s.First; i < s.Last; i++ {
		w := x.doc.Words[i]
		if w.Marks&prose.Struck != 0 {
			continue
		}
		t := x.token(w, start)
		t.word = int32(i)
		t.lists = x.lang.entries[t.id].lists
		x.anyList |= t.lists
		if t.tags&tPunct == 0 {
			start = false
		}
		x.any |= t.tags
		x.toks = append(x.toks, t)
	}
}

func (x *text) token(w prose.Word, start bool) token {
	var t token
	switch w.Kind {
	case prose.CodeSpan, prose.Address:
		t.tags = tCode
	case prose.Name:
		t.id = x.find(w)
		t.tags = tCode | x.lang.entries[t.id].tags
	case prose.Number:
		t.id = x.find(w)
		t.tags = tNum | x.lang.entries[t.id].tags
	case prose.Punct:
		t.id = x.find(w)
		t.tags = tPunct | x.lang.entries[t.id].tags
	default:
		t = x.letters(w, start)
	}
	if w.Marks&prose.Quoted != 0 {
		t.tags |= tQuoted
	}
	return t
}

// letters looks a word up and guesses at the tags of one that is unknown.
func (x *text) letters(w prose.Word, start bool) token {
	raw := x.doc.Source[w.Start:w.End]
	if w.Marks&prose.Escaped != 0 {
		raw = x.doc.AppendText(x.buf[:0], w)
	}
	id := x.lang.find(w.Hash, raw)
	t := token{id: id, tags: x.lang.entries[id].tags}
	capital := raw[0] >= 'A' && raw[0] <= 'Z'
	if !capital {
		t.tags |= tLower
	} else if !start {
		t.tags |= tCap
	}
	if id != 0 && t.tags&^(tLower|tCap|tAnchor) != 0 || len(raw) < 4 {
		return t
	}
	n := len(raw)
	switch last := raw[n-1] | 0x20; {
	case last == 'd' && raw[n-2]|0x20 == 'e':
		if n >= 5 && (!capital || start) {
			t.tags |= tPart
			if raw[0]|0x20 == 'u' && raw[1] == 'n' && !reversing(raw) {
				t.tags |= tAdj
			}
		}
	case last == 'y' && raw[n-2]|0x20 == 'l':
		t.tags |= tAdverb
	case last == 'g' && raw[n-2]|0x20 == 'n' && raw[n-3]|0x20 == 'i' && n > 4:
		t.tags |= tIng
	case last == 's' && (raw[n-2] == '\'' || raw[n-2] == 0x99):
		base := raw[:n-2]
		if raw[n-2] == 0x99 && n > 4 {
			base = raw[:n-4]
		}
		if id := x.lang.find(prose.Hash(string(base)), base); id != 0 {
			t.tags |= x.lang.entries[id].tags & (tDay | tMonth | tPerson | tVendor | tPeople)
		}
	case last == 't' && raw[n-2] == '\'' && raw[n-3]|0x20 == 'n':
		t.tags |= tNot
	}
	return t
}

// reversing reports verbs that begin like adjectives in un-: unlock, undertake.
func reversing(word []byte) bool {
	for _, p := range [...]string{"under", "unlock", "unload", "uninstall", "unveil", "unleash", "uncover", "unpack", "unit", "unroll", "unblock", "unsubscrib"} {
		if len(word) > len(p) && strings.EqualFold(string(word[:len(p)]), p) {
			return true
		}
	}
	return false
}

// find returns the lexicon's number of a mark, a number or a name.
func (x *text) find(w prose.Word) uint16 {
	raw := x.doc.Source[w.Start:w.End]
	if len(raw) > 16 {
		return 0
	}
	return x.lang.find(prose.Hash(string(raw)), raw)
}

// at returns the tags of token i; none outside the sentence.
func (x *text) at(i int) tag {
	if i < 0 || i >= len(x.toks) {
		return 0
	}
	return x.toks[i].tags
}

// is reports whether token i is one of the words.
func (x *text) is(i int, words ...string) bool {
	if i < 0 || i >= len(x.toks) {
		return false
	}
	if x.toks[i].id == 0 {
		return false // every word that is asked for is in the lexicon
	}
	got := x.lang.entries[x.toks[i].id].text
	for _, w := range words {
		if got == w {
			return true
		}
	}
	return false
}

// text returns the words of tokens from up to, not including, to.
func (x *text) span(from, to int) (start, end int) {
	return x.doc.Words[x.toks[from].word].Start, x.doc.Words[x.toks[to-1].word].End
}

// raw returns the bytes of token i.
func (x *text) raw(i int) []byte {
	w := x.doc.Words[x.toks[i].word]
	return x.doc.Source[w.Start:w.End]
}

// among reports whether a word stands in any of the lists.
func (x *text) among(word string, l list) bool {
	return x.lang.entries[x.lang.findText(word)].lists&l != 0
}
