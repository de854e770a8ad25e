package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"amends.dev/internal/fault"
)

// reading is what a read command found, in the three forms it can be had.
type reading struct {
	// data is the object that --json prints, with "v":1 in front. Within a
	// version fields are added and none is renamed or removed.
	data any
	// rows are the records that --plain prints, one a line, tabs between.
	rows [][]string
	// text writes it for people.
	text func(p *page)
}

// jsonVersion is the version of every --json output.
const jsonVersion = 1

// addReadFlags defines the flags of a read command.
func addReadFlags(c *cobra.Command) {
	c.Flags().Bool("json", false, "Print JSON")
	c.Flags().Bool("plain", false, "Print one record a line, tabs between, for programs")
	c.Flags().StringP("output", "o", "", "Write to this `FILE` instead")
	c.MarkFlagsMutuallyExclusive("json", "plain")
}

// show prints a reading in the form that the flags ask for.
func (t *terminal) show(c *cobra.Command, r reading) error {
	var b bytes.Buffer
	asJSON, _ := c.Flags().GetBool("json")
	asPlain, _ := c.Flags().GetBool("plain")
	file, _ := c.Flags().GetString("output")
	if file != "" {
		t.colour = false
	}
	switch {
	case asJSON:
		if err := writeJSON(&b, r.data); err != nil {
			return err
		}
	case asPlain:
		for _, row := range r.rows {
			for i, cell := range row {
				row[i] = line(cell)
			}
			b.WriteString(strings.Join(row, "\t") + "\n")
		}
	default:
		r.text(&page{terminal: t, w: &b})
	}
	if file != "" && file != "-" {
		return writeFile(file, b.Bytes())
	}
	_, err := t.out.Write(b.Bytes())
	return err
}

// writeJSON prints an object with the version in front.
func writeJSON(w io.Writer, data any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(data); err != nil {
		return fmt.Errorf("encode JSON: %w", err)
	}
	object := bytes.TrimSpace(b.Bytes())
	if len(object) < 2 || object[0] != '{' {
		return fmt.Errorf("encode JSON: %T is no object", data)
	}
	head := fmt.Sprintf(`{"v":%d`, jsonVersion)
	if object[1] != '}' {
		head += ","
	}
	var out bytes.Buffer
	if err := json.Indent(&out, append([]byte(head), object[1:]...), "", "  "); err != nil {
		return fmt.Errorf("indent JSON: %w", err)
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}

// writeFile replaces a file in one step, so that a reader never sees half.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".amends-*")
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be written. Choose another file", path), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// page is output for people.
type page struct {
	*terminal
	w io.Writer
}

func (p *page) line(format string, args ...any) {
	fmt.Fprintln(p.w, clean(fmt.Sprintf(format, args...)))
}

func (p *page) head(format string, args ...any) {
	fmt.Fprintln(p.w, p.bold(clean(fmt.Sprintf(format, args...))))
}

// marked writes a line with a mark before it.
func (p *page) marked(mark, format string, args ...any) {
	pad := strings.Repeat(" ", 4-len(mark))
	fmt.Fprintln(p.w, p.paint(mark)+pad+line(fmt.Sprintf(format, args...)))
}

// indent writes a text of any number of lines below a mark.
func (p *page) indent(text string) {
	for part := range strings.Lines(clean(text)) {
		fmt.Fprintln(p.w, strings.TrimRight("    "+part, " \n"))
	}
}

// table writes columns under each other. The first row is the heading; the
// cells of the mark column are painted.
func (p *page) table(rows [][]string) {
	widths := []int{}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = line(cell)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			shown := cell
			if i == 0 {
				shown = p.paint(cell)
			}
			b.WriteString(shown)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		text := strings.TrimRight(b.String(), " ")
		if n == 0 {
			text = p.bold(text)
		}
		fmt.Fprintln(p.w, text)
	}
}
