package lint

import "time"

// markPromise marks the promises with a time, and keeps them for the rules.
func (p *pass) markPromise() {
	p.promises = p.promises[:0]
	x := &p.text
	if !x.cued() {
		return
	}
	c := clockReader{x: x, now: reference, zone: time.UTC}
	for i := 0; i < len(x.toks); i++ {
		if !x.timeWord(i) {
			continue
		}
		w, ok := c.read(i)
		if !ok {
			continue
		}
		i = w.to - 1
		if x.vagueTime(w) || x.stamp(w) {
			continue
		}
		m, sure := x.promise(w)
		if sure > 0 && (w.at.After(reference) || sure > 0.8) {
			p.mark(Promise, w.from, w.to)
			p.promises = append(p.promises, promised{w, m.Kind, sure})
		}
	}
}

// promised is a promise of the sentence at hand.
type promised struct {
	when
	kind CommitmentKind
	sure float64
}

// cued reports a word that promises have and a word that times have: without
// both, no time is read.
func (x *text) cued() bool {
	return (x.any&tWill != 0 || x.anyList&(planWords|updateWords|cueWords) != 0) && (x.any&tNum != 0 || x.anyList&timeWords != 0)
}

var cueWords = wordList(`follows comes hope hoping should going another next promise`)

// timeWord reports a word that a time can begin with.
func (x *text) timeWord(i int) bool { return x.toks[i].tags&tNum != 0 || x.has(i, timeWords) }

var timeWords = wordList(`in within inside every at hourly half-hourly daily by before until around on no approximately approx about ~ @ for
	from eta : - – — not come this expected is tomorrow today later tonight end the close our eod cob eob eow top midnight noon midday next
	coming monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun january february march april may
	june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec take taking half`)
