package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed assets
var assetFiles embed.FS

// assetRoot is the path under which every asset is served.
const assetRoot = "/assets/"

// assetKinds is fixed here, because the machine's own table may differ.
var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// asset is one embedded file, ready to be sent.
type asset struct {
	url    string // with the content's hash in it, so it may be kept for ever
	kind   string // Content-Type
	plain  []byte
	zipped []byte // gzip; nil where it would not be smaller
	tag    string // strong ETag
}

// assets holds every embedded file by the name it has in the source tree.
var assets = sync.OnceValue(func() map[string]*asset {
	found := map[string]*asset{}
	err := fs.WalkDir(assetFiles, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Base(name) == "LICENSE" {
			return err
		}
		content, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "assets/")
		found[name], err = newAsset(name, content)
		return err
	})
	for name, content := range tabIcons() {
		if err == nil {
			found[name], err = newAsset(name, content)
		}
	}
	if err != nil {
		panic(fmt.Sprintf("embedded assets cannot be read: %v", err))
	}
	return found
})

func newAsset(name string, content []byte) (*asset, error) {
	if ext := path.Ext(name); !strings.Contains(name, ".min.") && (ext == ".css" || ext == ".js") {
		content = squeeze(content)
		if ext == ".css" {
			content = cssSpace.ReplaceAll(content, []byte("$1"))
		}
	}
	sum := sha256.Sum256(content)
	hash := base64.RawURLEncoding.EncodeToString(sum[:9])
	ext := path.Ext(name)
	base := strings.TrimSuffix(path.Base(name), ext)
	a := &asset{
		url:   assetRoot + base + "." + hash + ext,
		kind:  assetKinds[ext],
		plain: content,
		tag:   `"` + hash + `"`,
	}
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if zipped.Len() < len(content) {
		a.zipped = zipped.Bytes()
	}
	return a, nil
}

var comment = regexp.MustCompile(`(?s)/\*.*?\*/|(?m-s:^\s*//.*$)`)

// cssSpace is the room around what already parts two rules; no string of the
// style sheet holds one of these.
var cssSpace = regexp.MustCompile(`\s*([{};])\s*`)

// squeeze drops the comments and the indentation of our own styles and
// scripts, so that they can explain themselves and a phone need not load that.
func squeeze(source []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(comment.ReplaceAll(source, nil)) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

// assetURL returns the address of an asset by its name in the source tree:
// "amends.css". A name that does not exist is our own mistake and panics, so
// the first page that is rendered shows it.
func assetURL(name string) string {
	a, ok := assets()[name]
	if !ok {
		panic("no asset is named " + name)
	}
	return a.url
}

// assetHandler serves the embedded files. Their addresses change with their
// content, so a browser may keep what it has for a year without asking.
func assetHandler() http.Handler {
	byURL := map[string]*asset{}
	for _, a := range assets() {
		byURL[a.url] = a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := byURL[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("ETag", a.tag)
		h.Set("X-Content-Type-Options", "nosniff")
		body := a.plain
		if a.zipped != nil {
			h.Set("Vary", "Accept-Encoding")
			if acceptsGzip(r.Header.Get("Accept-Encoding")) {
				h.Set("Content-Encoding", "gzip")
				body = a.zipped
			}
		}
		if r.Header.Get("If-None-Match") == a.tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			// A reader that went away is not an error of ours.
			_, _ = w.Write(body)
		}
	})
}

// acceptsGzip reports whether an Accept-Encoding header allows gzip.
func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name != "gzip" && name != "*" {
			continue
		}
		quality, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if q, err := strconv.ParseFloat(quality, 64); ok && err == nil && q == 0 {
			return false
		}
		return true
	}
	return false
}
