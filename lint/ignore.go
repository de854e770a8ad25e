package lint

import (
	"slices"
	"strings"

	"amends.dev/prose"
)

// An ignore is a comment that switches a rule off for the block behind it:
//
//	<!-- amends-ignore hindsight: quoting a customer -->
//
// or, with amends-ignore-file, for the whole text. The reason is required: a
// comment without one ignores nothing and is itself found.
type ignore struct {
	rule       string // "all" or a rule's ID
	start, end int
}

func appendIgnores(list []ignore, d *prose.Document, offset int) []ignore {
	for _, c := range d.Comments {
		rest, ok := strings.CutPrefix(strings.TrimSpace(string(d.Source[c.Start:c.End])), "amends-ignore")
		if !ok {
			continue
		}
		rest, whole := strings.CutPrefix(rest, "-file")
		ids, reason, _ := strings.Cut(rest, ":")
		if strings.TrimSpace(reason) == "" {
			continue
		}
		start, end := 0, 1<<62
		if !whole {
			start, end = offset+blockStart(d, c.Start), offset+blockEnd(d, c.End)
		}
		for _, id := range strings.FieldsFunc(ids, func(r rune) bool { return r == ' ' || r == ',' }) {
			list = append(list, ignore{id, start, end})
		}
	}
	return list
}

// blockEnd returns where the block that holds at, or the next one, ends.
func blockEnd(d *prose.Document, at int) int {
	for _, b := range d.Blocks {
		if b.End > at+3 && b.First < b.Last {
			return b.End
		}
	}
	return len(d.Source)
}

func blockStart(d *prose.Document, at int) int {
	for _, b := range d.Blocks {
		if b.Start < at && at < b.End && b.First < b.Last {
			return b.Start
		}
	}
	return at
}

// dropIgnored takes out what the writer asked to ignore and what the
// configuration allows.
func (p *pass) dropIgnored() {
	if len(p.ignores) == 0 && len(p.l.terms) == 0 {
		return
	}
	p.findings = slices.DeleteFunc(p.findings, func(f Finding) bool {
		if p.l.terms[strings.ToLower(f.Quote)] {
			return true
		}
		for _, g := range p.ignores {
			if (g.rule == f.Rule || g.rule == "all" || strings.HasPrefix(f.Rule, g.rule+"-")) && f.Start >= g.start && f.Start <= g.end {
				return true
			}
		}
		return false
	})
}
