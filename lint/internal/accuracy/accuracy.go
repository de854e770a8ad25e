// Command accuracy measures the linter against labelled text and prints one
// line a figure: true and false hits, misses, precision, recall, F1, and a 95 %
// interval by bootstrap with a fixed seed.
//
// In come treebanks in CoNLL-U (-ud, passives, by sentence: a sentence counts
// when a token has the relation aux:pass) and files of labelled sentences
// (-labels, tab separated: labels, then the sentence). Out come the figures
// and, with -show, the sentences that went wrong. It changes nothing.
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
)

func main() {
	ud := flag.String("ud", "", "treebanks in CoNLL-U, parted by commas: measure the passive detector")
	labels := flag.String("labels", "", "files of labelled sentences, parted by commas")
	show := flag.Int("show", 0, "print up to so many false hits and misses each")
	only := flag.String("only", "", "only this label")
	words := flag.Bool("words", false, "with -ud: counts by participle instead")
	flag.Parse()
	if *words {
		if err := wordCounts(os.Stdout, strings.Split(*ud, ",")); err != nil {
			fmt.Fprintln(os.Stderr, "accuracy:", err)
			os.Exit(2)
		}
		return
	}
	if err := run(os.Stdout, *ud, *labels, *only, *show); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(2)
	}
}

func run(w io.Writer, ud, labels, only string, show int) error {
	if ud == "" && labels == "" {
		return fmt.Errorf("name a treebank with -ud or labelled sentences with -labels")
	}
	if ud != "" {
		if err := measurePassives(w, strings.Split(ud, ","), show); err != nil {
			return err
		}
	}
	if labels != "" {
		return measureLabels(w, strings.Split(labels, ","), only, show)
	}
	return nil
}

// verdict is one sentence: what it is and what the linter said.
type verdict struct {
	gold, hit bool
	text      string
}

type score struct{ tp, fp, fn int }

func (s score) precision() float64 { return ratio(s.tp, s.tp+s.fp) }
func (s score) recall() float64    { return ratio(s.tp, s.tp+s.fn) }
func (s score) f1() float64        { return ratio(2*s.tp, 2*s.tp+s.fp+s.fn) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func (s *score) add(v verdict) {
	switch {
	case v.gold && v.hit:
		s.tp++
	case v.hit:
		s.fp++
	case v.gold:
		s.fn++
	}
}

// report prints one figure with its interval.
func report(w io.Writer, name string, all []verdict, show int) {
	var s score
	for _, v := range all {
		s.add(v)
	}
	rnd := rand.New(rand.NewPCG(7, 7))
	var p, r, f []float64
	for range 1000 {
		var b score
		for range all {
			b.add(all[rnd.IntN(len(all))])
		}
		p, r, f = append(p, b.precision()), append(r, b.recall()), append(f, b.f1())
	}
	interval := func(x []float64) string {
		if len(x) == 0 {
			return ""
		}
		slices.Sort(x)
		return fmt.Sprintf("%.3f–%.3f", x[len(x)/40], x[len(x)-1-len(x)/40])
	}
	fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %d | %.3f (%s) | %.3f (%s) | %.3f (%s) |\n", name, len(all), s.tp+s.fn, s.tp, s.fp, s.fn,
		s.precision(), interval(p), s.recall(), interval(r), s.f1(), interval(f))
	for _, kind := range []struct {
		name string
		is   func(verdict) bool
	}{{"false", func(v verdict) bool { return v.hit && !v.gold }}, {"missed", func(v verdict) bool { return v.gold && !v.hit }}} {
		n := 0
		for _, v := range all {
			if kind.is(v) && n < show {
				fmt.Fprintf(w, "  %s: %s\n", kind.name, v.text)
				n++
			}
		}
	}
}
