package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"amends.dev/internal/fault"
)

// Questions are lines: one question, one answer, nothing drawn over. That is
// what screen readers want, and what works over any connection.

// errStopped is the end of input at a question.
var errStopped = fault.New(fault.Conflict, "The input ended. Nothing was changed")

// readLine reads a line without its end. It returns when ctx ends, whatever
// the terminal does.
func (t *terminal) readLine(ctx context.Context) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := t.in.ReadString('\n')
		got <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-got:
		if a.err != nil && (a.text == "" || !errors.Is(a.err, io.EOF)) {
			if errors.Is(a.err, io.EOF) {
				return "", errStopped
			}
			return "", fmt.Errorf("read the answer: %w", a.err)
		}
		return strings.TrimRight(a.text, "\r\n"), nil
	}
}

// ask asks for one line; an empty answer means the default.
func (t *terminal) ask(ctx context.Context, question, fallback string) (string, error) {
	if fallback != "" {
		question += " [" + clean(fallback) + "]"
	}
	fmt.Fprint(t.errs, question+" ")
	text, err := t.readLine(ctx)
	if text = strings.TrimSpace(text); text == "" && err == nil {
		return fallback, nil
	}
	return text, err
}

// askText asks for a text of any number of lines.
func (t *terminal) askText(ctx context.Context, question, quoted string) (string, error) {
	fmt.Fprintf(t.errs, "%-44s (. alone ends, e opens your editor)\n", question)
	var lines []string
	for {
		fmt.Fprint(t.errs, "> ")
		text, err := t.readLine(ctx)
		switch {
		case errors.Is(err, errStopped) && len(lines) > 0, err == nil && text == ".":
			return strings.TrimSpace(strings.Join(lines, "\n")), nil
		case err != nil:
			return "", err
		case text == "e" && len(lines) == 0:
			return t.edit(ctx, question, "", quoted)
		}
		lines = append(lines, text)
	}
}

// edit opens the editor on a text and returns what was left in it. The
// question and what was said last stand above it as comments.
func (t *terminal) edit(ctx context.Context, question, text, quoted string) (string, error) {
	editor := strings.Fields(os.Getenv("VISUAL"))
	if len(editor) == 0 {
		editor = strings.Fields(os.Getenv("EDITOR"))
	}
	if len(editor) == 0 {
		editor = []string{"vi"}
	}
	dir, err := os.MkdirTemp("", "amends-") // 0700: words that are not published yet
	if err != nil {
		return "", fmt.Errorf("make a place for the text: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "text.md")
	var b strings.Builder
	b.WriteString(text + "\n")
	fmt.Fprintf(&b, "%s%s\n", comment, question)
	for l := range strings.Lines(quoted) {
		b.WriteString(strings.TrimRight(comment+l, "\n") + "\n")
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return "", fmt.Errorf("write the text for the editor: %w", err)
	}
	cmd := exec.CommandContext(ctx, editor[0], append(editor[1:], file)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fault.Wrap(fault.Invalid, fmt.Sprintf("The editor %s ended with: %v. Set EDITOR to another, or give the text with flags", editor[0], err), err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the text from the editor: %w", err)
	}
	var kept []string
	for l := range strings.Lines(string(data)) {
		if !strings.HasPrefix(l, strings.TrimSpace(comment)) {
			kept = append(kept, l)
		}
	}
	return strings.TrimSpace(strings.Join(kept, "")), nil
}

// comment begins a line that is not part of the text. Markdown headings begin
// with #, so it is something else.
const comment = "%% "

// argument resolves what a flag's text stands for: @file is the content of the
// file and - is stdin, which can be read once.
func (t *terminal) argument(flag, text string) (string, error) {
	return t.argumentOf(flag, text, maxArgument)
}

// longArgument is argument for a list, which may be longer.
func (t *terminal) longArgument(flag, text string) (string, error) {
	return t.argumentOf(flag, text, 64*maxArgument)
}

func (t *terminal) argumentOf(flag, text string, limit int64) (string, error) {
	var data []byte
	var err error
	switch {
	case text == "-":
		data, err = io.ReadAll(io.LimitReader(t.in, limit+1))
	case strings.HasPrefix(text, "@"):
		data, err = readAtMost(text[1:], limit+1)
	default:
		return strings.TrimSpace(text), nil
	}
	if err != nil {
		return "", flagged(flag, fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be read. Name another file, or write the text itself", text), err))
	}
	if int64(len(data)) > limit {
		return "", flagged(flag, fault.Newf(fault.Invalid, "The text is longer than %d KB. Shorten it", limit>>10))
	}
	return strings.TrimSpace(string(data)), nil
}

// maxArgument bounds a text that is read from a file, in bytes.
const maxArgument = 256 << 10

func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
