package web

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func TestMarkdownKeepsWhatAWriterNeeds(t *testing.T) {
	for source, want := range map[string]string{
		"Card payments **fail**.":          "<p>Card payments <strong>fail</strong>.</p>\n",
		"one\ntwo":                         "<p>one<br>\ntwo</p>\n",
		"host <db-3> is full":              "<p>host &lt;db-3&gt; is full</p>\n",
		"<b>\nbold":                        "<p>&lt;b&gt;\nbold</p>\n",
		"<!-- x\n-->":                      "<p>&lt;!-- x\n--&gt;</p>\n",
		"# Cause":                          "<h3>Cause</h3>\n",
		"###### Deep":                      "<h6>Deep</h6>\n",
		"~~half~~ all":                     "<p><del>half</del> all</p>\n",
		"3. three\n4. four":                "<ol start=\"3\">\n<li>three</li>\n<li>four</li>\n</ol>\n",
		"see https://a.example/x":          `<p>see <a href="https://a.example/x" rel="nofollow noreferrer">https://a.example/x</a></p>` + "\n",
		"[17](/incidents/17)":              `<p><a href="/incidents/17" rel="nofollow noreferrer">17</a></p>` + "\n",
		"![graph](https://a.example/g)":    `<p><a href="https://a.example/g" rel="nofollow noreferrer">graph</a></p>` + "\n",
		"[![g](https://a.example/g)](/17)": `<p><a href="/17" rel="nofollow noreferrer">g</a></p>` + "\n",
		"```sql\nselect 1 < 2\n```":        "<pre><code>select 1 &lt; 2\n</code></pre>\n",
		"| a | b |\n|---|--:|\n| 1 | 2 |": "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n" +
			"<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n",
	} {
		if got := string(markdown(source)); got != want {
			t.Errorf("markdown(%q) =\n%s\nwant\n%s", source, got, want)
		}
	}
}

// Each is an attack that has worked somewhere.
var attacks = []string{
	`<script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`,
	`<svg/onload=alert(1)>`,
	`<a href="javascript:alert(1)">x</a>`,
	`[x](javascript:alert(1))`,
	`[x](JaVaScRiPt:alert(1))`,
	"[x](java\nscript:alert(1))",
	`[x](&#106;avascript:alert(1))`,
	`[x](javascript&colon;alert(1))`,
	`[x](\x01javascript:alert(1))`,
	`[x](data:text/html;base64,PHNjcmlwdD4=)`,
	`[x](vbscript:msgbox(1))`,
	`[x](file:///etc/passwd)`,
	`![x](javascript:alert(1))`,
	`![x](data:image/svg+xml;base64,PHN2Zz4=)`,
	`![" onerror="alert(1)](x)`,
	`[x](https://a.example "onmouseover=alert(1)")`,
	`[x](https://a.example/"onmouseover="alert(1))`,
	`<javascript:alert(1)>`,
	`<https://a.example/"onclick=alert(1)>`,
	`[x]: javascript:alert(1)` + "\n\n[x]",
	"```\" onclick=\"alert(1)\nx\n```",
	"| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
	`<style>body{display:none}</style>`,
	`<iframe src="https://a.example"></iframe>`,
	`<form action="https://a.example"><input name=p></form>`,
	`<base href="https://a.example/">`,
	`<meta http-equiv=refresh content="0;url=https://a.example">`,
	`<!--><script>alert(1)</script>-->`,
	`<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	"<details open ontoggle=alert(1)>",
	"\u0000<script>alert(1)</script>",
}

// allowed is every element and attribute that may come out.
var allowed = map[string]string{
	"p": "class", "br": "", "hr": "", "h3": "", "h4": "", "h5": "", "h6": "", "strong": "", "em": "", "del": "",
	"code": "", "pre": "", "blockquote": "", "ul": "", "ol": "start", "li": "", "table": "", "thead": "", "tbody": "",
	"tr": "", "th": "", "td": "", "a": "href rel",
}

func checkSafe(t *testing.T, source string) {
	t.Helper()
	out := string(markdown(source))
	for z := html.NewTokenizer(strings.NewReader(out)); z.Next() != html.ErrorToken; {
		token := z.Token()
		switch token.Type {
		case html.CommentToken, html.DoctypeToken:
			t.Fatalf("markdown(%q) holds %q", source, token.Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			attributes, ok := allowed[token.Data]
			if !ok {
				t.Fatalf("markdown(%q) holds <%s>:\n%s", source, token.Data, out)
			}
			for _, a := range token.Attr {
				if !strings.Contains(attributes, a.Key) {
					t.Fatalf("markdown(%q) holds %s=%q:\n%s", source, a.Key, a.Val, out)
				}
				scheme, _, has := strings.Cut(a.Val, ":")
				if a.Key == "href" && has && !strings.ContainsAny(scheme, "/?#") &&
					!strings.Contains(" http https mailto ", " "+strings.ToLower(scheme)+" ") {
					t.Fatalf("markdown(%q) links to %q", source, a.Val)
				}
			}
		}
	}
}

func TestMarkdownLetsNoAttackThrough(t *testing.T) {
	for _, attack := range attacks {
		checkSafe(t, attack)
	}
}

// hugeTable is under 20 KB: one header of thousands of columns, thousands of
// short rows. Filled up as the table rules ask, it would be tens of megabytes.
func hugeTable() string {
	const columns, rows = 2400, 2400
	return strings.Repeat("|a", columns) + "|\n" + strings.Repeat("|-", columns) + "|\n" + strings.Repeat("|b|\n", rows)
}

func TestATableCannotExplode(t *testing.T) {
	source := hugeTable()
	if len(source) > 20<<10 {
		t.Fatalf("the table is %d bytes, so it shows nothing", len(source))
	}
	got := markdown(source)
	if len(got) > maxRendered || strings.Contains(string(got), "<table>") {
		t.Errorf("%d bytes became %d, want no table and at most %d", len(source), len(got), maxRendered)
	}
	if !strings.Contains(string(got), "|b|") {
		t.Error("the writer's words are gone")
	}
}

func TestALinkByReferenceCannotExplode(t *testing.T) {
	source := "[a]: https://a.example/" + strings.Repeat("x", 8<<10) + "\n\n" + strings.Repeat("[a] ", 2<<10)
	if got := markdown(source); !strings.HasPrefix(string(got), `<p class="typed">`) || len(got) > 2*len(source) {
		t.Errorf("%d bytes became %d, want the text as typed", len(source), len(got))
	}
}

func TestATextBeyondTheCapIsShownAsTyped(t *testing.T) {
	source := strings.Repeat("<b>", maxMarkdown)
	if got := string(markdown(source)); got != `<p class="typed">`+strings.Repeat("&lt;b&gt;", maxMarkdown)+"</p>" {
		t.Errorf("got %d bytes that begin %q", len(got), got[:60])
	}
}

func TestAWriterThatIsTooSlowIsStopped(t *testing.T) {
	late := cappedBuffer{left: 100, deadline: time.Now().Add(-time.Second)}
	if _, err := late.Write([]byte("x")); err == nil {
		t.Error("a write after the deadline was taken")
	}
	full := cappedBuffer{left: 3, deadline: time.Now().Add(time.Hour)}
	if _, err := full.Write([]byte("four")); err == nil || full.Len() != 0 {
		t.Errorf("a write beyond the cap left %d bytes, %v", full.Len(), err)
	}
}

// pathological texts make a careless parser take quadratic time or worse.
func pathological(size int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
		"nested strong":         fill("*a **a "),
		"emphasis closers":      fill("a_ "),
		"emphasis openers":      fill("_a "),
		"mismatched":            fill("*a_ "),
		"stars":                 fill("*"),
		"brackets":              fill("["),
		"links open":            fill("[a]("),
		"nested brackets":       strings.Repeat("[", size/2) + "a" + strings.Repeat("]", size/2),
		"image in link":         fill("![["),
		"quotes":                fill("> "),
		"quotes tight":          fill(">"),
		"lists":                 fill("- "),
		"nested lists":          nested(size),
		"backticks":             backticks(size),
		"tildes":                fill("~~a "),
		"entities":              fill("&"),
		"autolinks":             fill("<a:"),
		"comments":              fill("<!--"),
		"bare links":            fill("www."),
		"mail":                  fill("a@"),
		"tables":                fill("|\n|-\n"),
		"references":            fill("[a]: b\n"),
		"unclosed references":   fill("[a]:\n"),
		"backslashes":           fill("\\"),
		"spaces":                fill(" "),
		"html blocks":           fill("<?"),
		"declarations":          fill("<!A "),
		"link destination open": fill("[](<"),
	}
}

func nested(size int) string {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		b.WriteString(strings.Repeat("  ", i) + "* a\n")
	}
	return b.String()[:size]
}

func backticks(size int) string {
	var b bytes.Buffer
	for i := 1; b.Len() < size; i++ {
		b.WriteString("e" + strings.Repeat("`", i))
	}
	return b.String()[:size]
}

// A text of the largest size is allowed, so none may cost much more than
// plain prose of that size; the bench below prints what each one costs.
func TestPathologicalTextsComeOutWhole(t *testing.T) {
	for name, source := range pathological(maxMarkdown) {
		if got := markdown(source); len(got) == 0 && strings.TrimSpace(source) != "" && !strings.Contains(name, "references") {
			t.Errorf("%s: nothing came out of %d bytes", name, len(source))
		}
	}
}

func BenchmarkMarkdown(b *testing.B) {
	texts := pathological(maxMarkdown)
	texts["prose"] = strings.Repeat("About 1 in 6 card payments **fails**. Bank transfer works.\n\n", maxMarkdown/61)
	texts["huge table"] = hugeTable()
	for name, source := range texts {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				markdown(source)
			}
		})
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack)
	}
	f.Add("| a |\n|---|\n| b |")
	f.Fuzz(func(t *testing.T, source string) { checkSafe(t, source) })
}
