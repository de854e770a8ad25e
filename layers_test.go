// Package amends_test holds the laws of the house: which package may import
// which, where a clock, a database and a network may be touched, and that what
// the documents say can be found. In comes the source tree; out goes a list of
// the places that break a law. It must never need a network or a database.
package amends_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "amends.dev"

// floors is the house, top to bottom. A package imports only from floors
// below its own. To add a room or to move one, change this table and say why.
// A room's inner packages (lint/lsp) live on its floor.
var floors = [][]string{
	{"cmd/amends"},
	{"internal/app"},
	{"internal/web", "internal/api", "internal/intake", "internal/watch", "internal/job", "internal/lsp"},
	{"internal/store", "internal/notify", "internal/coach", "internal/impact"},
	{"internal/incident", "internal/access", "internal/tlog", "internal/config", "lint", "rubric"},
	{"prose", "client", "internal/fault"},
}

// public packages promise to need nothing but the standard library, and what
// stands here.
var public = map[string][]string{
	"prose":  {"github.com/clipperhouse/uax29"},
	"lint":   {"github.com/clipperhouse/uax29"},
	"rubric": nil,
	"client": nil,
}

// laws bind imports outside the house: a package named by one of the words may
// be imported only in the rooms listed.
var laws = []struct {
	says    string
	imports []string // a path, or a prefix that ends with "/"
	rooms   []string
}{
	{"only the store knows SQL", []string{"database/sql", "database/sql/driver", "github.com/jackc/pgx/", "modernc.org/sqlite", "github.com/pressly/goose/"},
		[]string{"internal/store", "internal/job"}}, // job hands River the store's connections
	{"only notify speaks SMTP", []string{"net/smtp", "github.com/wneessen/go-mail"}, []string{"internal/notify"}},
	{"HTML is made by html/template", []string{"text/template"}, nil},
	{"the domain does no I/O", []string{"os", "net", "net/http", "context", "io/fs", "database/sql", "log", "log/slog"},
		[]string{"!internal/incident"}},
	{"nothing is unsafe", []string{"unsafe"}, nil},
}

// callers may make an outgoing HTTP request: notify to recipients, impact to a
// source of measures, client and cmd to an amends server, app to its own
// address when the doctor asks.
var callers = []string{"internal/notify", "internal/impact", "client", "cmd/amends", "internal/app", "scripts/bench"}

// source is one Go file that is not a test.
type source struct {
	room string // its package's directory: "internal/web"
	name string
	file *ast.File
	fset *token.FileSet
}

// sources parses every file of the module that is not a test.
func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			base := entry.Name()
			if name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "tools" || base == "tmp" || base == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		found = append(found, source{filepath.ToSlash(filepath.Dir(name)), filepath.ToSlash(name), file, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// imports returns the import paths of a file.
func (s source) imports(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, spec := range s.file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, imported)
	}
	return paths
}

// floorOf returns the floor of a room, counted from the top, and -1 for none.
// An inner package stands on the floor of the room that holds it.
func floorOf(room string) int {
	for ; room != "." && room != "/"; room = path.Dir(room) {
		for i, rooms := range floors {
			if slices.Contains(rooms, room) {
				return i
			}
		}
	}
	return -1
}

// within reports whether room is one of rooms or inside one.
func within(room string, rooms []string) bool {
	return slices.ContainsFunc(rooms, func(r string) bool { return room == r || strings.HasPrefix(room, r+"/") })
}

func TestEveryPackageImportsOnlyFromBelow(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.room, "scripts/") {
			continue // a developer's program, outside the house; nothing of ours imports it
		}
		own := floorOf(s.room)
		if own < 0 {
			t.Errorf("%s: %s stands on no floor; add it to the table in layers_test.go and to ARCHITECTURE.md", s.name, s.room)
			continue
		}
		for _, imported := range s.imports(t) {
			other, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			below := floorOf(other)
			inner := within(other, []string{s.room}) || within(s.room, []string{other})
			if !inner && below <= own {
				t.Errorf("%s: %s (floor %d) imports %s (floor %d), which is not below it", s.name, s.room, own, other, below)
			}
		}
	}
}

func TestPublicPackagesNeedOnlyTheStandardLibrary(t *testing.T) {
	for _, s := range sources(t) {
		room, _, _ := strings.Cut(s.room, "/")
		allowed, ok := public[room]
		if !ok {
			continue
		}
		for _, imported := range s.imports(t) {
			first, _, _ := strings.Cut(imported, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(imported, module+"/") {
				continue
			}
			if !slices.ContainsFunc(allowed, func(p string) bool { return strings.HasPrefix(imported, p) }) {
				t.Errorf("%s: a public package imports %s", s.name, imported)
			}
		}
	}
}

func TestTheLawsOfImportsHold(t *testing.T) {
	for _, s := range sources(t) {
		if strings.HasPrefix(s.room, "scripts/") {
			continue
		}
		for _, imported := range s.imports(t) {
			for _, law := range laws {
				if lawBroken(law.imports, law.rooms, s.room, imported) {
					t.Errorf("%s imports %s, but %s", s.name, imported, law.says)
				}
			}
		}
	}
}

// lawBroken reports whether room may not import the path. Rooms with a mark
// of exclamation are the only ones bound.
func lawBroken(imports, rooms []string, room, imported string) bool {
	bound := slices.ContainsFunc(imports, func(p string) bool {
		return imported == p || (strings.HasSuffix(p, "/") && strings.HasPrefix(imported, p))
	})
	if !bound {
		return false
	}
	if len(rooms) > 0 && strings.HasPrefix(rooms[0], "!") {
		return within(room, []string{rooms[0][1:]})
	}
	return !within(room, rooms)
}

// A call is found by its written form, which is enough where packages keep
// their own names.
func TestTheDomainHasNoClockAndOnlySomeRoomsCallOut(t *testing.T) {
	outgoing := []string{"http.Get", "http.Head", "http.Post", "http.PostForm", "http.DefaultClient", "http.DefaultTransport", "http.Client", "http.Transport", "http.NewRequest", "http.NewRequestWithContext"}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			call := pkg.Name + "." + sel.Sel.Name
			clock := slices.Contains([]string{"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After"}, call)
			if clock && within(s.room, []string{"internal/incident", "internal/access", "internal/tlog", "prose", "lint", "rubric"}) {
				t.Errorf("%s: %s reads a clock; time comes in as an argument", s.fset.Position(n.Pos()), call)
			}
			if slices.Contains(outgoing, call) && !within(s.room, callers) {
				t.Errorf("%s: %s speaks outward, which is for %s", s.fset.Position(n.Pos()), call, strings.Join(callers, ", "))
			}
			return true
		})
	}
}

func TestNoTestSleeps(t *testing.T) {
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, "_test.go") || name == "layers_test.go" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		// In a synctest bubble a sleep costs nothing and is exact.
		if strings.Contains(string(text), "time.Sleep(") && !strings.Contains(string(text), "testing/synctest") {
			t.Errorf("%s sleeps; wait for what should happen instead", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
