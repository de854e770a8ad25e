package lint

import (
	"strings"
	"sync"

	"amends.dev/prose"
)

// tag is a set of things that a word can be. A word keeps every tag that it
// may have; rules look at its neighbours to choose.
type tag uint64

const (
	tBe      tag = 1 << iota // am, is, was, been, being, wasn't
	tClitic                  // ends in 's, 're, 'm: may hold a form of be
	tGet                     // get, gets, got, getting, gotten
	tHave                    // have, has, had, having
	tDo                      // do, does, did
	tModal                   // may, can, should, would
	tWill                    // will, 'll, shall, going to
	tNot                     // not, n't, never
	tAdverb                  // -ly and the list
	tDet                     // the, a, this, our
	tSubject                 // I, we, you, they, it, who
	tObject                  // me, us, them
	tI                       // I, me, my
	tWe                      // we, us, our
	tYou                     // you, your
	tThey                    // they, their, he, she
	tPrep                    // of, in, on, by
	tAnd                     // and, or, but
	tWh                      // what, when, which, that
	tPart                    // past participle
	tPast                    // simple past that is no participle: took, broke
	tAdj                     // -ed word that is an adjective: interested
	tIng                     // -ing form
	tNum                     // number or number word
	tUnit                    // minute, hours, day
	tPeople                  // users, customers, requests: what an impact counts
	tPerson                  // engineer, manager, operator
	tVendor                  // vendor, provider, upstream
	tDegree                  // very, too, so
	tPunct                   // any mark
	tComma                   // , ; : – —
	tCap                     // begins with a capital letter within a sentence
	tCode                    // code, names, addresses
	tQuoted                  // within quotation marks
	tAnchor                  // some pattern begins its search here
	tHuman                   // participle of an act whose doer matters
	tRepair                  // participle of repair and status
	tMonth
	tDay
	tVague   // some, several, many
	tDitrans // given, told, sent: a passive with an object
	tLower   // a word of letters that begins with a small one
	tEnd     // . ! ?
	tNounEd  // may also be a noun: set, cost, read
	tFuture  // tomorrow, tonight
	tFault   // failure, outage, error: what went wrong
	tOwnName // a configured name of one's own side
	tState   // may also be an adjective: closed, related
)

// A word's entry in the lexicon.
type entry struct {
	text  string
	tags  tag
	lists list
	form  verbForm // of an act; see actionForms
	who   string   // the question after the doer of an act: "Who changed?"
}

// list is a set of word lists that a word stands in.
type list uint64

// A wordList is a list of words that a rule asks about as one. The lists are
// numbered in the order of the files.
var wordLists []string

func wordList(words string) list {
	if len(wordLists) == 64 {
		panic("lint: more than 64 word lists")
	}
	wordLists = append(wordLists, words)
	return 1 << (len(wordLists) - 1)
}

// has reports whether token i stands in any of the lists.
func (x *text) has(i int, l list) bool { return i >= 0 && i < len(x.toks) && x.toks[i].lists&l != 0 }

// lexicon maps lower-case words to numbers by open addressing: one probe for
// most words, and nothing allocated.
type lexicon struct {
	entries []entry // entries[0] stands for every unknown word
	slots   []place
	mask    uint32
}

// place is a slot: the word's hash beside its number, so that most misses end
// without a look at the word.
type place struct {
	hash uint32
	n    uint16 // 0 for an empty slot
}

const lexiconSlots = 1 << 14

func newLexicon() *lexicon {
	return &lexicon{entries: make([]entry, 1, 4096), slots: make([]place, lexiconSlots), mask: lexiconSlots - 1}
}

// slot spreads a word's hash over the slots.
func slot(hash uint32) uint32 { return hash ^ hash>>15 }

// add returns the number of a word and gives it tags.
func (x *lexicon) add(word string, tags tag) uint16 {
	hash := prose.Hash(word)
	for i := slot(hash) & x.mask; ; i = (i + 1) & x.mask {
		n := x.slots[i].n
		if n == 0 {
			n = uint16(len(x.entries))
			x.entries = append(x.entries, entry{text: word, tags: tags})
			x.slots[i] = place{hash, n}
			return n
		}
		if x.entries[n].text == word {
			x.entries[n].tags |= tags
			return n
		}
	}
}

func (x *lexicon) addAll(words string, tags tag) {
	for w := range strings.FieldsSeq(words) {
		x.add(w, tags)
	}
}

// find returns the number of a word of that hash, or 0. The word may be in any
// case and with any apostrophe.
func (x *lexicon) find(hash uint32, word []byte) uint16 {
	for i := slot(hash) & x.mask; ; i = (i + 1) & x.mask {
		p := x.slots[i]
		if p.n == 0 || p.hash == hash && sameWord(x.entries[p.n].text, word) {
			return p.n
		}
	}
}

// sameWord reports whether word is the lexicon's text, but for case and kind
// of apostrophe.
func sameWord(text string, word []byte) bool {
	if len(text) != len(word) {
		// a curly apostrophe has two bytes more
		return len(text)+2 == len(word) && sameCurly(text, word)
	}
	for i := range len(text) {
		if c := word[i]; c != text[i] && (c < 'A' || c > 'Z' || c|0x20 != text[i]) {
			return false
		}
	}
	return true
}

func sameCurly(text string, word []byte) bool {
	k := strings.IndexByte(text, '\'')
	return k >= 0 && word[k] == 0xE2 && word[k+1] == 0x80 && word[k+2] == 0x99 && sameWord(text[:k], word[:k]) && sameWord(text[k+1:], word[k+3:])
}

// findText is find for a string.
func (x *lexicon) findText(word string) uint16 {
	for i := slot(prose.Hash(word)) & x.mask; ; i = (i + 1) & x.mask {
		n := x.slots[i].n
		if n == 0 || x.entries[n].text == word {
			return n
		}
	}
}

// english is the vocabulary with every rule's words in it, built once.
var english = sync.OnceValue(func() *language {
	l := &language{lexicon: newLexicon()}
	l.vocabulary()
	l.listWords()
	l.compile(patternTable())
	return l
})

// language is a lexicon and the patterns over it.
type language struct {
	*lexicon
	patterns []pattern
	byAnchor [][]uint16 // pattern numbers by the word that anchors them
}

// listWords gives every word its lists, and every act its form.
func (l *language) listWords() {
	for n, words := range wordLists {
		for w := range strings.FieldsSeq(words) {
			l.entries[l.add(w, 0)].lists |= 1 << n
		}
	}
	for form, words := range actionForms() {
		for _, w := range words {
			e := &l.entries[l.add(w, 0)]
			e.form = max(e.form, verbForm(form))
			e.lists |= acts
		}
	}
	l.addAll(asked, 0)
	for i := range l.entries {
		if e := &l.entries[i]; e.tags&(tHuman|tRepair) != 0 {
			e.who = "Who " + e.text + "?"
		}
	}
}

// acts is the list of all forms of all acts.
var acts = wordList("")
