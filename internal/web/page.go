package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

//go:embed templates
var templateFiles embed.FS

// parsePages parses every page with the shared parts. A page that does not
// parse keeps the program from starting.
func parsePages() (map[string]*template.Template, error) {
	shared, err := template.New("shared").Funcs(templateFuncs).ParseFS(templateFiles, "templates/shared/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the shared templates: %w", err)
	}
	pages := map[string]*template.Template{}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		page, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if page, err = page.ParseFS(templateFiles, name); err != nil {
			return nil, fmt.Errorf("parse the template of a page: %w", err)
		}
		pages[path.Base(name)] = page.Lookup(path.Base(name))
	}
	return pages, nil
}

var templateFuncs = template.FuncMap{
	"asset": assetURL, "icon": icon, "tag": tag, "tabIcon": tabIcon, "words": markdown,
	"time": timeTag, "due": dueTag,
}

// maxForm is how much one form may carry, in bytes.
const maxForm = 256 << 10

// call is one request on its way through a handler.
type call struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	route  route
	who    access.Who
	member *self // nil for an anonymous reader
	now    time.Time

	// Set while a form is shown again.
	refused *refusal
}

// self is what a page knows of the person it is for.
type self struct {
	ID   incident.Person
	Name string
	Zone string // IANA name; empty: the browser's
}

// route serves one row of the table: who, may they, then the handler.
func (s *Server) route(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{s: s, w: w, r: r, route: rt, now: s.DB.Now()}
		if err := c.serve(); err != nil {
			c.fail(err)
		}
	})
}

func (c *call) serve() error {
	// The form first: whoever was signed out meanwhile gets back what they wrote.
	if c.r.Method == http.MethodPost {
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxForm)
		if err := c.r.ParseForm(); err != nil {
			return fault.Wrap(fault.Invalid, "This form could not be read, or it holds more than 256 KB. Go back and shorten it", err)
		}
	}
	if !c.route.public {
		privatePage(c.w)
		if err := c.identify(); err != nil {
			return err
		}
		if err := c.may(c.route.Need); err != nil {
			return err
		}
	}
	return c.route.do(c.s, c)
}

// may checks a permission. What has no row in the table is denied.
func (c *call) may(p access.Permission) error {
	if p == anybody {
		return nil
	}
	return access.Check(c.who, p)
}

func (c *call) can(p access.Permission) bool { return access.Can(c.who, p) }

// person is who acts, for the record.
func (c *call) person() incident.Person { return incident.Person(c.who.MemberID) }

// value returns a field as it was sent.
func (c *call) value(name string) string { return c.r.PostFormValue(name) }

// number returns a number from the address; anything else is not found.
func (c *call) number(name string) (int64, error) {
	n, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil || n < 1 {
		return 0, errNoPage
	}
	return n, nil
}

var errNoPage = fault.New(fault.Missing, "There is no page at this address. Check it, or begin at Now.")

func (s *Server) notFound(*call) error { return errNoPage }

func (s *Server) forged(*call) error {
	return fault.New(fault.Forbidden, "This was sent from another site, so nothing was done. Open the page here and send it again.")
}

// onceKey makes a form safe to send twice: the same token gets the first
// result again.
func (c *call) onceKey() (key, digest string) {
	once := c.value("once")
	if once == "" {
		return "", ""
	}
	kept := url.Values{}
	for name, values := range c.r.PostForm {
		if name != "once" && name != "seen" {
			kept[name] = values
		}
	}
	sum := sha256.Sum256([]byte(c.r.URL.Path + "\n" + kept.Encode()))
	return "web:" + c.who.MemberID + ":" + once, fmt.Sprintf("%x", sum)
}

func newOnce() string { return rand.Text() }

// to sends the browser to a page after a post.
func (c *call) to(address string) error {
	http.Redirect(c.w, c.r, address, http.StatusSeeOther)
	return nil
}

// render fills a page's template and sends it.
func (c *call) render(name string, status int, view any) error {
	page, ok := c.s.pages[name]
	if !ok {
		return fmt.Errorf("no template is named %s", name)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, view); err != nil {
		return fmt.Errorf("fill the page %s: %w", name, err)
	}
	if c.refused != nil {
		status = c.refused.status
	}
	c.send(status, "text/html; charset=utf-8", out.Bytes())
	return nil
}

// send writes an answer, packed where the browser can unpack it.
func (c *call) send(status int, kind string, body []byte) {
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Add("Vary", "Accept-Encoding")
	if len(body) > 1000 && acceptsGzip(c.r.Header.Get("Accept-Encoding")) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(body) // a buffer takes everything
		_ = z.Close()
		h.Set("Content-Encoding", "gzip")
		body = packed.Bytes()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(body) // a reader that went away is not an error of ours
	}
}

// refusal is a form that has to be shown again.
type refusal struct {
	form   string
	status int
	say    string
	fields []fault.Field
	values url.Values
}

// again shows the page of a form with everything that was typed and what to
// change, when the error is the writer's to mend. Other errors pass.
func (c *call) again(form string, page func(*call) error, err error) error {
	kind, say, fields := fault.Public(err)
	if kind != fault.Invalid && kind != fault.Conflict {
		return err
	}
	c.refused = &refusal{form: form, status: statuses[kind], say: say, fields: fields, values: c.r.PostForm}
	return page(c)
}

// statuses maps the kinds of error to HTTP.
var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Missing: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.Forbidden: http.StatusForbidden, fault.Unknown: http.StatusUnauthorized, fault.Busy: http.StatusServiceUnavailable,
	fault.Internal: http.StatusInternalServerError,
}

// headings names each kind of error on its page.
var headings = map[fault.Kind]string{
	fault.Invalid: "This needs another value", fault.Missing: "Not found", fault.Conflict: "Somebody was faster",
	fault.Forbidden: "Not allowed", fault.Unknown: "Sign in first", fault.Busy: "Too much at once",
	fault.Internal: "This did not work",
}

// errorView is the page of an error.
type errorView struct {
	Frame
	Heading string
	Say     string
	Fields  []fault.Field
	Kept    []keptText // what was typed, so that it can be copied
}

// keptText is one field of a form that could not be taken.
type keptText struct{ Name, Text string }

// fail is the only place where an error becomes a page.
func (c *call) fail(err error) {
	kind, say, fields := fault.Public(err)
	if kind == fault.Unknown && c.r.Method != http.MethodPost && !c.route.data {
		http.Redirect(c.w, c.r, "/sign-in?next="+url.QueryEscape(c.r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	if kind == fault.Internal {
		reference := rand.Text()[:8]
		c.s.Log.Error("a page could not be served", "reference", reference, "method", c.r.Method, "path", c.r.URL.Path, "error", err)
		say = "This did not work and it is our fault, not yours. Nothing was changed. Try again; if it happens twice, tell the person who runs this server. Reference " + reference
	}
	if kind == fault.Busy {
		c.w.Header().Set("Retry-After", "30")
	}
	if kind == fault.Forbidden && c.member != nil {
		say += c.admins()
	}
	if c.route.data {
		c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		c.w.WriteHeader(statuses[kind])
		_, _ = fmt.Fprintln(c.w, say) // a reader that went away is not an error of ours
		return
	}
	view := errorView{Frame: c.frame(headings[kind]), Heading: headings[kind], Say: say, Fields: fields, Kept: c.kept()}
	if kind == fault.Unknown {
		view.Heading, view.Say = "You were signed out", "Sign in again. Nothing was posted."
	}
	if c.r.Method == http.MethodPost && kind != fault.Missing {
		view.Title = "Error: " + view.Title
	}
	c.refused = nil
	if err := c.render("error.html", statuses[kind], view); err != nil {
		c.s.Log.Error("the page of an error could not be served", "error", err)
		http.Error(c.w, say, statuses[kind])
	}
}

// kept returns the longer texts of a form, so that nobody loses what they wrote.
func (c *call) kept() []keptText {
	var out []keptText
	for name, values := range c.r.PostForm {
		switch name {
		case "once", "seen", "zone", "password", "next", "email":
			continue
		}
		for _, v := range values {
			if strings.ContainsRune(strings.TrimSpace(v), ' ') {
				out = append(out, keptText{strings.ReplaceAll(name, "_", " "), v})
			}
		}
	}
	slices.SortFunc(out, func(a, b keptText) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// admins names who can give a role, for a refusal.
func (c *call) admins() string {
	members, err := c.s.DB.Members(c.r.Context())
	if err != nil {
		return ""
	}
	var names []string
	for _, m := range members {
		if m.Role == access.Admin && m.DisabledAt.IsZero() {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " Admins: " + strings.Join(names, ", ") + "."
}
