package web

import (
	"bytes"
	"errors"
	"html"
	"html/template"
	"strings"
	"time"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	render "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// What one text may cost. A text beyond a cap is shown as it was typed.
const (
	maxMarkdown     = 20 << 10  // bytes in; some texts take time that grows with the square
	maxLinks        = 500       // the parser looks back over the rest of the text for each
	maxQuoteDepth   = 32        // "> > > …"; the parser opens every level anew on every line
	maxRendered     = 256 << 10 // bytes out; links by reference repeat their address
	maxTableColumns = 12        // wider tables do not fit a phone
	maxTableCells   = 2000      // short rows are filled up with empty cells
	maxRenderTime   = 500 * time.Millisecond
)

// markdown returns what a person wrote as HTML that may stand in a page:
// CommonMark with tables, strike-through and bare links, no raw HTML, no
// images (they become links), headings below those of the page. The words
// are never lost: what is too long or too costly comes out as plain text.
func markdown(source string) template.HTML {
	if len(source) > maxMarkdown || strings.Count(source, "](") > maxLinks || quoteDepth(source) > maxQuoteDepth {
		return plainText(source)
	}
	out := cappedBuffer{left: maxRendered, deadline: time.Now().Add(maxRenderTime)}
	if err := markdownRenderer.Convert([]byte(source), &out); err != nil {
		return plainText(source)
	}
	return template.HTML(markdownPolicy.SanitizeBytes(out.Bytes())) //nolint:gosec // sanitized on this line
}

// quoteDepth returns the most marks of quotation that a line begins with.
func quoteDepth(source string) int {
	deepest := 0
	for line := range strings.Lines(source) {
		marks := line[:len(line)-len(strings.TrimLeft(line, "> \t"))]
		deepest = max(deepest, strings.Count(marks, ">"))
	}
	return deepest
}

// plainText returns the text as typed, escaped, with its line breaks.
func plainText(source string) template.HTML {
	return template.HTML(`<p class="typed">` + html.EscapeString(source) + `</p>`) //nolint:gosec // escaped on this line
}

var markdownRenderer = goldmark.New(
	goldmark.WithExtensions(extension.Strikethrough, extension.Linkify, cappedTables{}),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(pageFit{}, 500))),
	// A line break typed into a form is meant.
	goldmark.WithRendererOptions(render.WithHardWraps(),
		renderer.WithNodeRenderers(util.Prioritized(typedTags{}, 100))),
)

// markdownPolicy passes what markdownRenderer makes and nothing else. It is
// the second wall: a hole in the renderer must not reach a reader.
var markdownPolicy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre",
		"blockquote", "ul", "li", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
}()

var errTooMuch = errors.New("the rendered text is longer or slower than a page allows")

// cappedBuffer takes so many bytes, until a moment, and then no more.
type cappedBuffer struct {
	bytes.Buffer
	left     int
	deadline time.Time
}

// Write keeps p, or refuses it once the cap or the moment has passed.
func (b *cappedBuffer) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 || time.Now().After(b.deadline) {
		return 0, errTooMuch
	}
	return b.Buffer.Write(p)
}

// cappedTables is the table extension without its power to grow: a header of
// thousands of columns makes every short row below it thousands of cells.
type cappedTables struct{}

// Extend adds tables to m.
func (cappedTables) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithParagraphTransformers(util.Prioritized(cappedTables{}, 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(
		extension.NewTableHTMLRenderer(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)), 500)))
}

// Transform makes a table of a paragraph, if it is one and small enough.
func (cappedTables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := node.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		columns := bytes.Count(line.Value(reader.Source()), []byte("|")) + 1
		if columns > maxTableColumns+2 || columns*lines.Len() > maxTableCells {
			return
		}
	}
	extension.NewTableParagraphTransformer().Transform(node, reader, pc)
}

// pageFit moves headings below the page's own and turns images into links: an
// image would be a request to a stranger, which the page's policy refuses.
type pageFit struct{}

// Transform changes the tree before it is rendered.
func (pageFit) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var images []*ast.Image
	// The walker returns no error, so neither does the walk.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(6, n.Level+2)
		case *ast.Image:
			images = append(images, n)
		}
		return ast.WalkContinue, nil
	})
	for _, image := range images {
		parent := image.Parent()
		link := ast.NewLink()
		link.Destination = image.Destination
		parent.InsertBefore(parent, image, link)
		for child := image.FirstChild(); child != nil; child = image.FirstChild() {
			if insideLink(parent) { // a link must not hold a link
				parent.InsertBefore(parent, link, child)
			} else {
				link.AppendChild(link, child)
			}
		}
		parent.RemoveChild(parent, image)
		if !link.HasChildren() {
			parent.RemoveChild(parent, link)
		}
	}
}

func insideLink(n ast.Node) bool {
	for ; n != nil; n = n.Parent() {
		if n.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}

// typedTags shows tags as the characters that were typed: "<db-3>" is more
// often a name than HTML.
type typedTags struct{}

// RegisterFuncs puts the two kinds of raw HTML under this renderer.
func (t typedTags) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, t.inline)
	r.Register(ast.KindHTMLBlock, t.block)
}

func (typedTags) inline(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.Write(util.EscapeHTML(n.(*ast.RawHTML).Segments.Value(source))) // Flush reports what failed
	}
	return ast.WalkSkipChildren, nil
}

func (typedTags) block(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	block := n.(*ast.HTMLBlock)
	if entering {
		_, _ = w.WriteString("<p>")
		_, _ = w.Write(util.EscapeHTML(block.Lines().Value(source)))
		if block.HasClosure() {
			_, _ = w.Write(util.EscapeHTML(block.ClosureLine.Value(source)))
		}
		_, _ = w.WriteString("</p>\n") // Flush reports what failed
	}
	return ast.WalkSkipChildren, nil
}
