package lint

var harmWords = wordList(`affected impacted affecting impacting error errors failed failing fail failure failures unavailable unable down downtime
	outage outages lost loss degraded degradation slow slower slowdown latency timeout timeouts timed delay delayed delays interrupted interruption
	disruption disrupted dropped rejected broken broke impact impacts incident experienced experience experiencing saw see seeing received missing
	duplicate duplicated exposed leaked took takes offline inaccessible unreachable blocked late refund refunded wrong incorrect elevated 500s 5xx 503 503s 502 502s
	twice declined locked disconnected mixed waited customers-left complained dead empty above cancelled wrongly cost damage loses losing losses lasted duration peaked peak stuck queued stale charged overcharged crashed complaints churned`)

var plainHarm = wordList(`affected impacted failed failing lost unavailable unable down declined rejected twice double-charged overcharged offline
	unreachable errors latency`)

var notHarm = wordList(`cpu memory disk ram utilization utilisation complete completed rollout rolled deployed capacity recovered recovery restored usage
	heap threads cores storage shifted migrated traffic progress resolved done finished healthy quota limit pool reindexed processed reprocessed reprocess restarted removed stopped credited`)

// markImpact finds numbers that measure the harm.
func (p *pass) markImpact() {
	x := &p.text
	if x.any&tNum == 0 || x.anyList&harmWords == 0 && x.any&tFault == 0 {
		return
	}
	harm, calm := false, false
	for i := range x.toks {
		if x.toks[i].tags&(tPunct|tDet) != 0 {
			continue
		}
		harm = harm || x.has(i, harmWords) || x.toks[i].tags&tFault != 0
		calm = calm || x.has(i, notHarm)
	}
	if !harm {
		return
	}
	if p.here.has(Action) && x.anyList&plainHarm == 0 {
		return // a number of things put right
	}
	for i := range x.toks {
		if x.toks[i].tags&tNum == 0 {
			continue
		}
		if to := x.harmAt(i, calm); to > i {
			p.mark(Impact, i, to)
			return
		}
	}
}

// harmAt reports whether the number at i measures harm, and where it ends.
func (x *text) harmAt(i int, calm bool) int {
	if x.is(i-1, "$", "€", "£", "¥") || x.is(i+1, "usd", "eur", "gbp", "dollars", "euros", "pounds") {
		return i + 1
	}
	if x.is(i-1, "between") && !x.clockLike(i) {
		return 0
	}
	if x.is(i+1, "of", "or") && x.is(i, "one") && !x.is(i+2, "every") || x.statusCode(i) {
		return 0
	}
	if x.is(i+1, "%", "percent") || x.is(i+1, "per") && x.is(i+2, "cent") {
		for j := max(0, i-5); j < i+9 && j < len(x.toks); j++ {
			if x.has(j, notHarm) && !x.is(j, "traffic") {
				return 0
			}
		}
		return i + 2
	}
	j := i + 1
	for x.is(j, "thousand", "million", "billion", "k", "m", "of", "the", "our", "hundred", "more", "in", "out") || x.at(j)&tNum != 0 && j < i+4 {
		j++
	}
	for k := j; k < j+4 && k < len(x.toks); k++ {
		if x.at(k)&(tPunct|tBe|tPrep|tWill|tModal) != 0 {
			break
		}
		if x.has(k, impactNouns) && (x.harmNear(i, k) || !x.is(k, "regions", "components", "nodes", "servers", "services", "features", "events", "clusters", "databases", "instances", "region", "service", "people", "products", "teams", "operations")) && x.at(i-1)&(tMonth) == 0 && len(x.raw(i)) > 0 && !x.clockLike(i) {
			return k + 1
		}
	}
	if k := x.counted(j); k > 0 && !x.clockLike(i) && x.harmNear(i, k) {
		return k
	}
	if x.at(i+1)&tUnit != 0 || x.is(i+1, "-") && x.at(i+2)&tUnit != 0 {
		return x.harmLength(i)
	}
	if x.clockLike(i) && x.window(i) {
		return i + 1
	}
	return 0
}

// statusCode reports an HTTP status, which counts nothing: "503 errors".
func (x *text) statusCode(i int) bool {
	raw := x.raw(i)
	return len(raw) == 3 && (raw[0] == '4' || raw[0] == '5') && (raw[1] == '0' || raw[1] == 'x' || raw[1] == 'X' || raw[1] == '2') && (x.at(i+1)&tFault != 0 || x.is(i+1, "error", "errors", "status", "response", "responses", "s", "http", "from", "or", "and", "when", "for", "gateway") || raw[1]|0x20 == 'x' || x.is(i-1, "http", "status", "code"))
}

// counted returns where the plural noun that a number counts ends, or 0.
func (x *text) counted(j int) int {
	for k := j; k < j+3 && k < len(x.toks); k++ {
		if x.at(k)&(tPunct|tBe|tPrep|tWill|tModal|tUnit|tMonth|tSubject|tNum|tCode|tFault) != 0 && !x.is(k, "delays") || x.has(k, notHarm) {
			return 0
		}
		if raw := x.raw(k); len(raw) > 3 && raw[len(raw)-1] == 's' && raw[len(raw)-2] != 's' && !x.is(k, "nodes", "workers", "steps", "engineers", "replicas", "servers", "days", "changes", "times", "lines", "threads", "cores", "disks", "points", "attempts", "versions", "releases", "commits", "branches", "minutes", "tests") {
			return k + 1
		}
	}
	return 0
}

// harmNear reports a word of harm close behind or before a counted thing.
func (x *text) harmNear(from, to int) bool {
	for j := max(0, from-6); j < to+6 && j < len(x.toks); j++ {
		if x.has(j, harmWords) || x.is(j, "without", "unable", "not") {
			return true
		}
	}
	return false
}

func (x *text) clockLike(i int) bool {
	for _, c := range x.raw(i) {
		if c == ':' {
			return true
		}
	}
	return false
}

// harmLength reports a length of time as the harm's: "for 40 minutes", "40
// minutes of downtime", "lasted about 2 hours".
func (x *text) harmLength(i int) int {
	end := i + 2
	if x.is(i+1, "-") {
		end++
	}
	for j := i - 1; j >= 0 && j > i-6; j-- {
		switch {
		case x.is(j, "within", "in", "every", "after", "next", "last", "ago", "minimum", "another", "before", "until", "per", "until"):
			return 0
		case x.is(j, "for", "lasted", "lasting", "took", "duration", "totalling", "totaling", "down", "over", "of", "nearly", "cost", "by", "waited", "reached", "was", "were"):
			return end
		}
	}
	for j := end; j < end+5 && j < len(x.toks); j++ {
		if x.is(j, "downtime", "outage", "unavailability", "disruption", "delay", "delays", "interruption", "incident", "late", "loss", "degradation", "longer", "behind") {
			return end
		}
		if x.is(j, "ago", "later", "before", "after", "earlier") {
			return 0
		}
	}
	return 0
}

// window reports a start and an end: "from 14:02 to 14:31", "14:02–14:31".
func (x *text) window(i int) bool {
	between := false
	for j := i - 1; j >= 0 && j > i-4; j-- {
		between = between || x.is(j, "from", "between")
	}
	for j := i + 1; j < i+10 && j < len(x.toks); j++ {
		if x.at(j)&tNum != 0 && x.clockLike(j) {
			for k := i + 1; k < j; k++ {
				if x.is(k, "to", "and", "until", "through", "till", "-", "–", "—") && (between || x.is(k, "-", "–", "—", "to", "until", "through")) {
					return true
				}
			}
		}
		if x.at(j)&tEnd != 0 {
			return false
		}
	}
	return false
}
