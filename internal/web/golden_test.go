package web

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden pages anew; read the diff")

var (
	changing = regexp.MustCompile(`(/assets/[\w-]+(?:\.[\w-]+)*?)\.[\w-]{12}\.(css|js|svg)|name="once" value="[^"]+"|m_[a-z0-9]{12}`)
	mainPart = regexp.MustCompile(`(?s)<main.*</main>`)
)

// TestPagesReadAsTheyDid compares what stands between a page's frame with
// testdata. What changes with every run or every edit of a style is left out.
func TestPagesReadAsTheyDid(t *testing.T) {
	w := busy(t)
	priya := w.as(w.people["Priya Nair"])
	for name, tt := range map[string]struct {
		as   *reader
		path string
	}{
		"status":   {w.reader(), "/status"},
		"incident": {priya, "/incidents/4"},
		"now":      {priya, "/"},
		"declare":  {priya, "/declare"},
	} {
		got := mainPart.FindString(tt.as.get(tt.path).body)
		got = changing.ReplaceAllString(got, "…") + "\n"
		file := "testdata/" + name + ".golden.html"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			g, h := strings.Split(got, "\n"), strings.Split(string(want), "\n")
			for i := range g {
				if i >= len(h) || g[i] != h[i] {
					t.Errorf("%s, line %d:\n got %s\nwant %s\nRun go test ./internal/web -update and read the diff", file, i+1, g[i], append(h, "", "")[min(i, len(h))])
					break
				}
			}
		}
	}
}
