package lint

// markOwnership finds the writer's side as the doer of an apology, an error, a
// decision or a named act.
func (p *pass) markOwnership() {
	x := &p.text
	if x.any&(tI|tWe) == 0 {
		return
	}
	if p.here.has(Regret) || p.here.has(Responsibility) {
		p.markFirstOwn()
		return
	}
	if p.here.has(Action) {
		for _, m := range p.marks[max(0, len(p.marks)-6):] {
			if m.Kind == Action && p.ownActs() && !x.recovering() {
				p.markFirstOwn()
				return
			}
		}
	}
	for i := range x.toks {
		if x.toks[i].tags&(tI|tWe) == 0 || x.toks[i].tags&tSubject == 0 {
			continue
		}
		for j := i + 1; j < i+5 && j < len(x.toks); j++ {
			if x.is(j, "decided", "chose", "missed", "overlooked", "assumed", "failed", "forgot", "underestimated", "misjudged", "didn't", "hadn't", "lacked", "introduced", "caused", "broke", "deployed", "changed", "misconfigured", "pushed", "released", "shipped", "merged", "deleted", "should", "neglected", "ignored", "mistakenly", "accidentally", "inadvertently", "approved", "committed", "promised", "noticed", "took", "own", "owned", "relied", "depended", "charged", "lost", "sent", "double-charged", "exposed", "leaked", "wrongly-sent", "wrongly", "incorrectly") {
				if x.is(j, "deployed", "changed", "pushed", "released", "shipped", "merged", "committed", "sent", "took") && x.dullObject(j+1) {
					continue
				}
				if x.is(j, "should") && !x.is(j+1, "have") || x.is(j, "took") && x.is(j+1, "a", "place") {
					continue
				}
				p.mark(Ownership, i, j+1)
				return
			}
			if x.is(j, "never") && x.at(j+1)&(tPart|tPast) != 0 || x.is(j, "have") && x.is(j-1, "might", "may") {
				p.mark(Ownership, i, j+2)
				return
			}
			if x.is(j, "did") && x.is(j+1, "not") || x.is(j, "had") && (x.at(j+1)&tNot != 0 || x.is(j+1, "no")) {
				p.mark(Ownership, i, j+2)
				return
			}
			if x.at(j)&(tPunct|tModal|tWill|tBe) != 0 {
				break
			}
		}
	}
}

// dullObject reports that what begins at token i names nothing: "a fix",
// "several changes".
func (x *text) dullObject(i int) bool {
	for i < len(x.toks) && (x.at(i)&(tDet|tAdverb|tVague|tNum) != 0 || x.is(i, "potential", "possible", "temporary", "permanent", "further", "additional")) {
		i++
	}
	return x.has(i, dullObjects)
}

// recovering reports a recovery under way, which is no deed yet: "we are
// processing the backlog".
func (x *text) recovering() bool {
	return (x.hasPhrase(0, len(x.toks), "processing", "draining", "replaying", "restoring", "recovering", "reprocessing", "rebuilding")) &&
		x.hasPhrase(0, len(x.toks), "are", "am", "we're", "continue", "i'm", "still", "have")
}

// ownActs reports that an own subject governs an act in the sentence.
func (p *pass) ownActs() bool {
	x := &p.text
	for i := range x.toks {
		if f := x.actionForm(i); f != 0 && x.toks[i].tags&tPunct == 0 && x.doerBefore(i, f) {
			for j := i - 1; j >= 0; j-- {
				if x.toks[j].tags&(tI|tWe) != 0 {
					return true
				}
			}
		}
	}
	return false
}

func (p *pass) markFirstOwn() {
	for i := range p.toks {
		if p.toks[i].tags&(tI|tWe) != 0 {
			p.mark(Ownership, i, i+1)
			return
		}
	}
}
