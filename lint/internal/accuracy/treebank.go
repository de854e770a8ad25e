package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"amends.dev/lint"
)

// sentence is one of a treebank.
type sentence struct {
	text      string
	passive   bool // has a token in the relation aux:pass
	agentless bool // and one of those has no obl:agent
	agent     bool // and one of those has one
	pair      string
	heads     []string // participles of its passives
}

func measurePassives(w io.Writer, paths []string, show int) error {
	var all, byAgent []verdict
	for _, path := range paths {
		sents, err := readTreebank(path)
		if err != nil {
			return err
		}
		var part []verdict
		for _, s := range sents {
			found := lint.Passives(s.text)
			text := s.text
			agent := false
			for _, p := range found {
				text += "  <<" + s.text[p.Start:p.End] + ">>"
				agent = agent || p.ByAgent
			}
			part = append(part, verdict{s.passive, len(found) > 0, text + s.pair})
			if s.passive && len(found) > 0 {
				byAgent = append(byAgent, verdict{s.agent, agent, text + s.pair})
			}
		}
		report(w, "passive, "+filepath.Base(path), part, 0)
		all = append(all, part...)
	}
	report(w, "passive, pooled", all, show)
	report(w, "by-agent among passives found", byAgent, show)
	return nil
}

// wordCounts prints, for every participle, how often it was found rightly,
// found wrongly and missed: for making lists from training splits.
func wordCounts(w io.Writer, paths []string) error {
	type count struct{ tp, fp, fn int }
	counts := map[string]*count{}
	of := func(v string) *count {
		if counts[v] == nil {
			counts[v] = &count{}
		}
		return counts[v]
	}
	for _, path := range paths {
		sents, err := readTreebank(path)
		if err != nil {
			return err
		}
		for _, s := range sents {
			left := slices.Clone(s.heads)
			for _, p := range lint.Passives(s.text) {
				v := strings.ToLower(p.Verb)
				if i := slices.Index(left, v); i >= 0 {
					left = slices.Delete(left, i, i+1)
					of(v).tp++
				} else {
					of(v).fp++
				}
			}
			for _, v := range left {
				of(v).fn++
			}
		}
	}
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		c := counts[v]
		fmt.Fprintf(w, "%d\t%d\t%d\t%s\n", c.tp, c.fp, c.fn, v)
	}
	return nil
}

func readTreebank(path string) ([]sentence, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open treebank: %w", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("read treebank %s: %w", path, err)
		}
	}
	var out []sentence
	var s sentence
	var heads, agents []string
	forms := map[string]string{}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	end := func() {
		for _, h := range heads {
			s.passive = true
			has := false
			for _, a := range agents {
				has = has || a == h
			}
			s.agent = s.agent || has
			s.agentless = s.agentless || !has
			s.pair += " [" + forms[h] + "]"
			s.heads = append(s.heads, strings.ToLower(forms[h]))
		}
		if strings.ContainsAny(s.text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") || !strings.Contains(s.text, "_") {
			if s.text != "" {
				out = append(out, s)
			}
		}
		s, heads, agents = sentence{}, nil, nil
		clear(forms)
	}
	for lines.Scan() {
		line := lines.Text()
		if text, ok := strings.CutPrefix(line, "# text = "); ok {
			s.text = strings.Join(strings.Fields(text), " ")
			continue
		}
		if line == "" {
			end()
			continue
		}
		col := strings.Split(line, "\t")
		if len(col) < 8 || strings.ContainsAny(col[0], "-.#") {
			continue
		}
		forms[col[0]] = col[1]
		switch col[7] {
		case "aux:pass":
			heads = append(heads, col[6])
		case "obl:agent":
			agents = append(agents, col[6])
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read treebank %s: %w", path, err)
	}
	end()
	return out, nil
}
