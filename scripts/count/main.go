// Count reads what `go test -json` prints and says it short.
//
// In comes the stream of events on standard input. Out go the output of every
// test that failed, one line per package, and one last line that counts the
// tests passed, failed and skipped. It exits with 1 when a test or a package
// failed, when nothing ran, or when -exit says that go test itself failed. It
// must never call a run good of which it saw no end.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64 // seconds
}

func main() {
	exit := flag.Int("exit", 0, "the exit code of go test, when it is known")
	flag.Parse()
	ok, err := count(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "count:", err)
	}
	if !ok || err != nil || *exit != 0 {
		os.Exit(1)
	}
}

// tally is what has been seen so far.
type tally struct {
	passed, failed, skipped int
	broken                  int               // packages that failed outside of a test
	output                  map[string]string // by package and test, until it has passed
	failedIn                map[string]int    // by package
	open                    map[string]bool   // packages without an end
}

// count copies what a person needs from in to out and reports whether all is well.
func count(in io.Reader, out io.Writer) (bool, error) {
	t := tally{output: map[string]string{}, failedIn: map[string]int{}, open: map[string]bool{}}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if text := strings.TrimSpace(line); text != "" {
			var e event
			if json.Unmarshal([]byte(text), &e) == nil && e.Action != "" {
				t.see(e, out)
			} else { // a build error may come as plain text
				fmt.Fprintln(out, text)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, fmt.Errorf("read test events: %w", err)
		}
	}
	for name := range t.open {
		fmt.Fprintf(out, "%s ended without a result\n", name)
		t.broken++
	}
	fmt.Fprintf(out, "%d tests: %d passed, %d failed, %d skipped", t.passed+t.failed+t.skipped, t.passed, t.failed, t.skipped)
	if t.broken > 0 {
		fmt.Fprintf(out, "; %d packages broken", t.broken)
	}
	fmt.Fprintln(out)
	return t.failed == 0 && t.broken == 0 && t.passed > 0, nil
}

// see takes one event in.
func (t *tally) see(e event, out io.Writer) {
	key := e.Package + "\x00" + e.Test
	switch e.Action {
	case "start":
		t.open[e.Package] = true
	case "output":
		t.output[key] += e.Output
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "pass", "skip", "fail":
		if e.Test == "" {
			t.end(e, out)
		} else {
			t.test(e, out)
		}
		delete(t.output, key)
	}
}

// test counts one test's end.
func (t *tally) test(e event, out io.Writer) {
	said := t.output[e.Package+"\x00"+e.Test]
	switch e.Action {
	case "pass":
		t.passed++
	case "skip":
		t.skipped++
		fmt.Fprint(out, said)
	case "fail":
		t.failed++
		t.failedIn[e.Package]++
		fmt.Fprint(out, said)
	}
}

// end prints one line for a package, and all that it said when it failed
// without a failed test, as it does when it panics or does not build.
func (t *tally) end(e event, out io.Writer) {
	delete(t.open, e.Package)
	if e.Action == "fail" && t.failedIn[e.Package] == 0 {
		t.broken++
		fmt.Fprint(out, t.output[e.Package+"\x00"])
	}
	fmt.Fprintf(out, "%-5s %6.1fs %s\n", e.Action, e.Elapsed, e.Package)
}
