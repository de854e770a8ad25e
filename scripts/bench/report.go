package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"
)

// report collects what was measured.
type report struct {
	machine  [][2]string
	sections []*section
}

// section is one part's table.
type section struct {
	part
	head  []string
	rows  [][]string
	note  string
	load  string // of the machine, before
	ended string // and after
}

func (r *report) begin(p part) {
	r.sections = append(r.sections, &section{part: p, load: load()})
}

func (r *report) last() *section { return r.sections[len(r.sections)-1] }

// goal is what a figure is held against. The zero value is none.
type goal struct {
	says string
	met  func(float64) bool
}

func atLeast(least float64, u unit) goal {
	return goal{"≥ " + u.text(least), func(v float64) bool { return v >= least }}
}

func atMost(most float64, u unit) goal {
	return goal{"≤ " + u.text(most), func(v float64) bool { return v <= most }}
}

// unit says how a value is written. Seconds and megabytes choose their digits.
type unit string

const (
	perSecond unit = "/s"
	seconds   unit = "s"
	megabytes unit = "MB"
	percent   unit = "%"
)

func (u unit) text(v float64) string {
	switch {
	case u == perSecond:
		return thousands(v) + "/s"
	case u == seconds && v < 0.9995:
		return significant(v*1000) + " ms"
	case u == percent:
		return fmt.Sprintf("%.0f %%", v)
	}
	return significant(v) + " " + string(u)
}

// significant writes about three digits.
func significant(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.3g", v)
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

func thousands(v float64) string {
	text := fmt.Sprintf("%.0f", v)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// figure adds a row: what was measured, once or several times, and whether the
// median meets the goal.
func (r *report) figure(what, where string, runs []float64, u unit, g goal) {
	s := r.last()
	s.head = []string{"What", "Database", "Median", "Least to most", "Goal", "Met"}
	mid, spread, met := median(runs), "one run", ""
	if len(runs) > 1 {
		spread = u.text(slices.Min(runs)) + " to " + u.text(slices.Max(runs))
	}
	if g.met != nil {
		met = "**no**"
		if g.met(mid) {
			met = "yes"
		}
	}
	s.rows = append(s.rows, []string{what, where, u.text(mid), spread, g.says, met})
	fmt.Fprintf(os.Stderr, "   %-44s %-10s %12s  (%s)  %s %s\n", what, where, u.text(mid), spread, g.says, met)
}

func median(v []float64) float64 { return at(v, 0.5) }

// at returns a quantile: the nearest value that a share q of them does not
// exceed.
func at(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = slices.Sorted(slices.Values(v))
	return v[min(len(v)-1, max(0, int(math.Ceil(q*float64(len(v))))-1))]
}

// markdown returns the document.
func (r *report) markdown(took time.Duration) string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\nWritten by `make bench`; run it to see your own machine. No test holds these figures: they hang on the disk and on who else uses the machine.\n\n")
	table(&b, []string{"Machine", ""}, pairs(r.machine))
	fmt.Fprintf(&b, "\nThe run took %s. The load beside a part is the machine's one-minute average before it and after it.\n", took.Round(time.Second))
	for _, s := range r.sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s Load: %s, then %s.\n\n", s.title, s.says, s.load, s.ended)
		table(&b, s.head, s.rows)
		if s.note != "" {
			b.WriteString("\n" + s.note + "\n")
		}
	}
	return b.String()
}

func pairs(list [][2]string) [][]string {
	var out [][]string
	for _, p := range list {
		out = append(out, p[:])
	}
	return out
}

func table(b *strings.Builder, head []string, rows [][]string) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
}
