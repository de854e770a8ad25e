package lint

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryWordThatACheckAsksForIsInTheLexicon reads the package's own source
// for calls of is and hasPhrase: a word that the lexicon lacks would never be
// found, and nothing else would say so.
func TestEveryWordThatACheckAsksForIsInTheLexicon(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	l := english()
	var missing []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(gotoken.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "is" && sel.Sel.Name != "hasPhrase" {
				return true
			}
			for _, arg := range call.Args {
				lit, ok := arg.(*ast.BasicLit)
				if !ok || lit.Kind != gotoken.STRING {
					continue
				}
				word, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				if l.findText(word) == 0 && !slices.Contains(missing, word) {
					missing = append(missing, word)
				}
			}
			return true
		})
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		t.Errorf("add to asked in vocabulary.go: %s", strings.Join(missing, " "))
	}
}
