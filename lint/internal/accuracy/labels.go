package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"amends.dev/lint"
)

// labelled says how each label is recognised.
var labelled = []struct {
	name string
	hit  func(lint.Report) bool
}{
	{"agentless-passive", rule("agent-hidden")},
	{"blame-shift", rule("blame")},
	{"hedge", rule("hedge-self", "hedge-uncertain")},
	{"vague", rule("vague")},
	{"concrete-action", mark(lint.Action)},
	{"quantified-impact", mark(lint.Impact)},
	{"ownership", mark(lint.Ownership)},
	{"commitment-with-time", mark(lint.Promise)},
}

func rule(ids ...string) func(lint.Report) bool {
	return func(r lint.Report) bool {
		for _, f := range r.Findings {
			for _, id := range ids {
				if f.Rule == id {
					return true
				}
			}
		}
		return false
	}
}

func mark(k lint.MarkKind) func(lint.Report) bool {
	return func(r lint.Report) bool {
		for _, m := range r.Marks {
			if m.Kind == k {
				return true
			}
		}
		return false
	}
}

// measureLabels reads rows of "labels TAB sentence"; a file with four columns
// has them last and first of those: source, path, sentence, labels.
func measureLabels(w io.Writer, paths []string, only string, show int) error {
	l, err := lint.New(lint.Config{})
	if err != nil {
		return err
	}
	verdicts := make([][]verdict, len(labelled))
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("open labels: %w", err)
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			labels, sentence, ok := strings.Cut(lines.Text(), "\t")
			if col := strings.Split(lines.Text(), "\t"); len(col) == 4 {
				labels, sentence = col[3], col[2]
			}
			if !ok || labels == "labels" {
				continue
			}
			r := l.Check([]byte(sentence), lint.Review)
			for i, lab := range labelled {
				gold := strings.Contains(","+labels+",", ","+lab.name+",")
				verdicts[i] = append(verdicts[i], verdict{gold, lab.hit(r), sentence + "  (" + labels + ")"})
			}
		}
		err = lines.Err()
		f.Close()
		if err != nil {
			return fmt.Errorf("read labels: %w", err)
		}
	}
	for i, lab := range labelled {
		if only == "" || only == lab.name {
			report(w, lab.name, verdicts[i], show)
		}
	}
	return nil
}
