// Package prose turns text that people wrote into blocks, sentences and words.
//
// In comes any sequence of bytes: CommonMark with the GitHub extensions, HTML
// or plain text. Out comes a Document whose blocks, sentences and words all
// carry exact byte spans into the bytes that came in, so that whoever reports
// on a word can point at it. Code, addresses, front matter, log lines, tables
// and quotations are recognised and marked; they are never mistaken for what
// the author says.
//
// The package knows no rule about good writing, keeps no state between calls,
// reads every byte a bounded number of times and survives any input: what is
// not UTF-8 counts as one symbol a byte. Scanner reads a file of any size in
// bounded memory.
package prose

// Format says how markup is read.
type Format uint8

// The formats. The zero value is Markdown.
const (
	Markdown Format = iota // CommonMark with tables, strikethrough, task lists and bare addresses
	Plain                  // paragraphs parted by blank lines, and lists
	HTML                   // elements and entities; scripts, styles and code are left out
)

// BlockKind says what a block is.
type BlockKind uint8

// The kinds of block. Only the kinds up to TableCell hold sentences.
const (
	Paragraph   BlockKind = iota
	Heading               // a title line; Level is 1 to 6
	ListItem              // one item's text; Level is its depth from 1
	Quote                 // somebody else's words, set apart
	TableCell             // one cell of a table
	Code                  // fenced or indented code
	FrontMatter           // YAML or TOML before the text
	Log                   // machine output: log lines, stack traces, shell sessions
	Markup                // HTML kept raw inside Markdown, link definitions
)

var blockNames = [...]string{"paragraph", "heading", "item", "quote", "cell", "code", "front-matter", "log", "markup"}

// String returns the kind's name in lower case.
func (k BlockKind) String() string { return blockNames[k] }

// WordKind says what a word is.
type WordKind uint8

// The kinds of word.
const (
	Letters  WordKind = iota // a word, with its apostrophes and hyphens
	Number                   // digits, with what belongs to them: 1,200 · 15:04 · 30min
	Name                     // an identifier, host or path: max_conns, api.example.com
	CodeSpan                 // inline code, as one word
	Address                  // a URL or mail address, as one word
	Punct                    // one mark of punctuation or one symbol
)

// Marks are properties of a word beside its kind.
type Marks uint8

// The marks of a word.
const (
	Quoted  Marks = 1 << iota // stands inside quotation marks
	Struck                    // stands inside ~~strikethrough~~
	Linked                    // stands inside the text of a link
	Strong                    // stands directly behind an emphasis mark
	Spaced                    // white space or the block's start stands before it
	Escaped                   // its bytes differ from its text: an entity, or markup within the word
	Newline                   // a line break stands before it
)

// Word is one word, number or mark.
type Word struct {
	Start, End int    // bytes in Document.Source
	Hash       uint32 // of a word of letters, whatever its case and apostrophes; see Hash. 0 for other kinds
	Kind       WordKind
	Marks      Marks
}

// Sentence is a run of words in one block.
type Sentence struct {
	Start, End  int // bytes in Document.Source, without the space around it
	First, Last int // its words are Document.Words[First:Last]
	Block       int // index in Document.Blocks
}

// Block is a stretch of text that no sentence crosses.
type Block struct {
	Kind        BlockKind
	Level       int // see the kinds; 0 where a kind has none
	Start, End  int // bytes in Document.Source
	First, Last int // its sentences are Document.Sentences[First:Last]
}

// Span is a stretch of bytes in Document.Source.
type Span struct{ Start, End int }

// Document is a text taken apart. Everything in it is in the order of the
// text. Its slices belong to the Document and are reused by Read.
type Document struct {
	Source    []byte
	Format    Format
	Base      int64 // where Source starts in the whole file; 0 unless a Scanner made it
	BaseLine  int   // how many lines stand before Source; 0 unless a Scanner made it
	Blocks    []Block
	Sentences []Sentence
	Words     []Word
	Comments  []Span // the insides of <!-- HTML comments -->

	reader blockReader
}

// Parse takes src apart. It keeps src and does not change it.
func Parse(src []byte, format Format) *Document {
	d := new(Document)
	d.Read(src, format)
	return d
}

// Read is Parse into d: it reuses d's memory and forgets what d held.
func (d *Document) Read(src []byte, format Format) {
	d.Base, d.BaseLine = 0, 0
	d.read(src, format, true)
}

func (d *Document) read(src []byte, format Format, first bool) {
	d.Source, d.Format = src, format
	d.Blocks, d.Sentences = d.Blocks[:0], d.Sentences[:0]
	d.Words, d.Comments = d.Words[:0], d.Comments[:0]
	if format == HTML {
		d.readHTML()
		return
	}
	r := &d.reader
	*r = blockReader{d: d, segments: r.segments[:0], lists: r.lists[:0], markdown: format == Markdown}
	r.read(first)
}

// Text returns the text of a word: its bytes, with entities decoded and markup
// within the word taken out.
func (d *Document) Text(w Word) string {
	if w.Marks&Escaped == 0 {
		return string(d.Source[w.Start:w.End])
	}
	return string(d.AppendText(nil, w))
}

// AppendText appends the text of a word to dst.
func (d *Document) AppendText(dst []byte, w Word) []byte {
	raw := d.Source[w.Start:w.End]
	if w.Marks&Escaped == 0 {
		return append(dst, raw...)
	}
	for i := 0; i < len(raw); {
		if raw[i] == '&' {
			if r, n := entity(raw[i:]); n > 0 {
				dst = append(dst, string(r)...)
				i += n
				continue
			}
		}
		if raw[i] != '*' && raw[i] != '\\' {
			dst = append(dst, raw[i])
		}
		i++
	}
	return dst
}
