package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// terminal is the three standard streams and what the other side of them can
// take. Output goes to out; questions, progress and remarks go to errs.
type terminal struct {
	in     *bufio.Reader
	out    io.Writer
	errs   io.Writer
	colour bool // of out
	asks   bool // somebody sits there, so questions may be asked
	drawn  bool // errs is a screen, so a line may be drawn over
	quiet  bool // confirmations are left out
	now    time.Time
	zone   *time.Location
}

// addTerminalFlags defines the flags that every command has.
func addTerminalFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.Bool("no-color", false, "Leave colours out. NO_COLOR and TERM=dumb do the same, FORCE_COLOR the opposite")
	flags.Bool("no-input", false, "Ask nothing; report what is missing instead")
	flags.BoolP("quiet", "q", false, "Leave confirmations out")
}

// newTerminal looks at the streams of a command.
func newTerminal(c *cobra.Command) *terminal {
	noColour, _ := c.Flags().GetBool("no-color")
	noInput, _ := c.Flags().GetBool("no-input")
	quiet, _ := c.Flags().GetBool("quiet")
	t := &terminal{
		in: bufio.NewReader(c.InOrStdin()), out: c.OutOrStdout(), errs: c.ErrOrStderr(),
		quiet: quiet, now: time.Now(), zone: time.Local,
	}
	dumb := os.Getenv("TERM") == "dumb"
	t.drawn = isScreen(t.errs) && !dumb
	t.asks = !noInput && isScreen(c.InOrStdin())
	switch {
	case noColour || os.Getenv("NO_COLOR") != "" || dumb:
	case os.Getenv("FORCE_COLOR") != "":
		t.colour = true
	default:
		t.colour = isScreen(t.out)
	}
	return t
}

// isScreen reports whether a stream is a terminal.
func isScreen(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// done confirms what has been changed, and names the next command if there is
// one. It is output: the answer to what was asked.
func (t *terminal) done(format string, args ...any) {
	if !t.quiet {
		fmt.Fprintln(t.out, clean(fmt.Sprintf(format, args...)))
	}
}

// remark tells something beside the output.
func (t *terminal) remark(format string, args ...any) {
	if !t.quiet {
		fmt.Fprintln(t.errs, clean(fmt.Sprintf(format, args...)))
	}
}

// clean takes out of a text what would steer the terminal instead of being
// read: titles and notes are written by others. Line ends stay.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}

// line is clean for a text that must stay on one line.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// The marks that stand before a line. They carry their meaning without colour.
const (
	markOK   = "ok"
	markWarn = "!"
	markBad  = "x"
	markNone = ""
)

var markColours = map[string]string{markOK: "32", markWarn: "33", markBad: "31"}

// paint returns the mark in its colour, where there are colours.
func (t *terminal) paint(mark string) string {
	if code := markColours[mark]; t.colour && code != "" {
		return "\x1b[" + code + "m" + mark + "\x1b[0m"
	}
	return mark
}

// bold returns a text in bold where there are colours.
func (t *terminal) bold(s string) string {
	if t.colour && s != "" {
		return "\x1b[1m" + s + "\x1b[0m"
	}
	return s
}
