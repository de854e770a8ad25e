package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// promisesView is the ledger: what was promised, and what became of it. It is
// for learning: names stand in the order of the alphabet and nobody is ranked.
type promisesView struct {
	Frame
	Months  []choice
	Owners  []choice
	Month   string
	Finding string
	Margin  string
	Bars    []bar
	BarSays string
	ByInc   []ledgerRow
	ByOwner []ledgerRow
	Missed  []missedRow
	CSV     string
	JSON    string
	Empty   bool
}

// bar is one month of the table of bars.
type bar struct {
	Label string
	Share int // in percent
	Says  string
}

// ledgerRow is a group of promises.
type ledgerRow struct {
	Name, Title, URL string
	Marks            []markWord
	Says             string
	Owners           string
}

// markWord is one promise as a shape with its word.
type markWord struct{ Shape, Word string }

// missedRow is a promise that was not kept, with what is known of it.
type missedRow struct {
	Name, Title, URL, By, Outcome, Shape, Kind, Says string
	Due                                              moment
	Settled                                          *moment
}

const ledgerMonths = 6 // bars

// ledgerQuery is the part of the ledger that an address asks for.
type ledgerQuery struct {
	from, to time.Time
	owner    string
	month    string
}

func (c *call) ledgerQuery() ledgerQuery {
	q := c.r.URL.Query()
	out := ledgerQuery{owner: q.Get("owner"), month: q.Get("month")}
	zone := c.zone()
	at, err := time.ParseInLocation("2006-01", out.month, zone)
	if err != nil {
		now := c.now.In(zone)
		at = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, zone)
		out.month = at.Format("2006-01")
	}
	out.from, out.to = at, at.AddDate(0, 1, 0)
	return out
}

func (s *Server) promisesPage(c *call) error {
	q := c.ledgerQuery()
	n, err := c.names()
	if err != nil {
		return err
	}
	month, err := c.s.DB.Ledger(c.r.Context(), c.who, store.PromiseFilter{Person: q.owner, DueSince: q.from, DueBefore: q.to})
	if err != nil {
		return err
	}
	v := promisesView{Frame: c.frame("Promises"), Owners: n.others(incident.Person(q.owner)), Month: q.from.Format("January 2006")}
	for m := range 12 {
		at := c.now.In(c.zone()).AddDate(0, 0, 1-c.now.In(c.zone()).Day()).AddDate(0, -m, 0)
		v.Months = append(v.Months, choice{Value: at.Format("2006-01"), Label: at.Format("January 2006"), Chosen: at.Format("2006-01") == q.month})
	}
	address := "?" + url.Values{"month": {q.month}, "owner": {q.owner}}.Encode()
	v.CSV, v.JSON = "/promises.csv"+address, "/promises.json"+address
	if err := v.months(c, q); err != nil {
		return err
	}
	v.Empty = len(month) == 0
	v.Finding, v.Margin = ledgerSentence(tallyOf(month)), marginOf(month)
	v.group(c, month, n)
	return c.render("promises.html", http.StatusOK, v)
}

// months fills the bars, the oldest first.
func (v *promisesView) months(c *call, q ledgerQuery) error {
	var first, last *bar
	for at := q.from.AddDate(0, 1-ledgerMonths, 0); at.Before(q.to); at = at.AddDate(0, 1, 0) {
		t, err := c.s.DB.Tally(c.r.Context(), c.who, store.PromiseFilter{Person: q.owner, DueSince: at, DueBefore: at.AddDate(0, 1, 0)})
		if err != nil {
			return err
		}
		total := settled(t)
		b := bar{Label: at.Format("Jan 2006"), Says: "none"}
		if total > 0 {
			b.Share = 100 * t.Kept / total
			b.Says = fmt.Sprintf("%d %% of %d", b.Share, total)
		}
		v.Bars = append(v.Bars, b)
		if total > 0 {
			if first == nil {
				first = &bar{Label: b.Label, Share: b.Share}
			}
			last = &bar{Label: b.Label, Share: b.Share}
		}
	}
	v.BarSays = "Promises kept, month by month"
	if first != nil && first.Label != last.Label {
		verb := "rose from"
		if last.Share < first.Share {
			verb = "fell from"
		}
		if last.Share != first.Share {
			v.BarSays = fmt.Sprintf("Promises kept %s %d %% in %s to %d %% in %s", verb, first.Share, first.Label, last.Share, last.Label)
		}
	}
	return nil
}

// group fills the tables by incident and by owner, and the misses.
func (v *promisesView) group(c *call, lines []store.LedgerLine, n *names) {
	byInc := map[int64][]store.LedgerLine{}
	byOwner := map[incident.Person][]store.LedgerLine{}
	for _, l := range lines {
		byInc[l.Incident] = append(byInc[l.Incident], l)
		byOwner[l.By] = append(byOwner[l.By], l)
		if l.Outcome == incident.Late || l.Outcome == incident.Broken || l.Outcome == incident.Moved {
			v.Missed = append(v.Missed, c.missed(l, n))
		}
	}
	ids := make([]int64, 0, len(byInc))
	for id := range byInc {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	for _, id := range ids {
		group := byInc[id]
		r := ledgerRow{Name: fmt.Sprintf("INC-%d", id), Title: group[0].Title, URL: fmt.Sprintf("/incidents/%d", id), Says: or(tally(tallyOf(group)), "still open")}
		var owners []string
		for _, l := range group {
			r.Marks = append(r.Marks, markWord{outcomeShape(l.Outcome), or(string(l.Outcome), "open")})
			if name := n.of(l.By); !slices.Contains(owners, name) {
				owners = append(owners, name)
			}
		}
		slices.Sort(owners)
		r.Owners = strings.Join(owners, ", ")
		v.ByInc = append(v.ByInc, r)
	}
	for person, group := range byOwner {
		v.ByOwner = append(v.ByOwner, ledgerRow{Name: n.of(person), Says: or(tally(tallyOf(group)), "still open")})
	}
	slices.SortFunc(v.ByOwner, func(a, b ledgerRow) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
}

func (c *call) missed(l store.LedgerLine, n *names) missedRow {
	r := missedRow{Name: fmt.Sprintf("INC-%d", l.Incident), Title: l.Title, URL: fmt.Sprintf("/incidents/%d", l.Incident),
		By: n.of(l.By), Outcome: string(l.Outcome), Shape: outcomeShape(l.Outcome), Due: c.at(l.DueAt), Kind: "update"}
	r.Due.Dated = true
	if l.Kind == incident.PromiseReview {
		r.Kind = "review"
	}
	if l.ByPolicy {
		r.Kind = "first update"
	}
	switch {
	case l.Outcome == incident.Moved:
		r.Says = "moved before it fell due"
	case l.SettledAt.IsZero():
		r.Says = "no word came"
	default:
		r.Settled, r.Says = ptr(c.at(l.SettledAt)), span(l.LateBy(c.now))+" late"
		r.Settled.Dated = true
	}
	return r
}

func tallyOf(lines []store.LedgerLine) (t incident.Tally) {
	for _, l := range lines {
		switch l.Outcome {
		case incident.Kept:
			t.Kept++
		case incident.Late:
			t.Late++
		case incident.Broken:
			t.Broken++
		case incident.Moved:
			t.Moved++
		}
	}
	return t
}

// settled is how many promises have an outcome that counts: a moved one is
// counted where it moved to.
func settled(t incident.Tally) int { return t.Kept + t.Late + t.Broken }

func ledgerSentence(t incident.Tally) string {
	if settled(t)+t.Moved == 0 {
		return "No promise has fallen due yet"
	}
	return count(settled(t)+t.Moved, "promise", "promises") + ": " + tally(t)
}

// marginOf says how early or late words typically came.
func marginOf(lines []store.LedgerLine) string {
	var margins []time.Duration
	for _, l := range lines {
		if !l.SettledAt.IsZero() && l.Kind == incident.PromiseUpdate && l.Outcome != incident.Moved {
			margins = append(margins, l.SettledAt.Sub(l.DueAt))
		}
	}
	if len(margins) == 0 {
		return ""
	}
	slices.Sort(margins)
	switch m := margins[len(margins)/2]; {
	case m <= -time.Minute:
		return "Typical margin: " + span(-m) + " early"
	case m >= time.Minute:
		return "Typical margin: " + span(m) + " late"
	}
	return "Typical margin: on the minute"
}

// ledgerLine is a promise in an export.
type ledgerLine struct {
	Incident  string     `json:"incident"`
	N         int        `json:"n"`
	Title     string     `json:"title"`
	Kind      string     `json:"kind"`
	Owner     string     `json:"owner"`
	ByPolicy  bool       `json:"by_policy"`
	MadeAt    time.Time  `json:"made_at"`
	DueAt     time.Time  `json:"due_at"`
	SettledAt *time.Time `json:"settled_at"`
	Outcome   string     `json:"outcome"`
}

func (c *call) ledgerExport() ([]ledgerLine, error) {
	q := c.ledgerQuery()
	lines, err := c.s.DB.Ledger(c.r.Context(), c.who, store.PromiseFilter{Person: q.owner, DueSince: q.from, DueBefore: q.to})
	if err != nil {
		return nil, err
	}
	n, err := c.names()
	if err != nil {
		return nil, err
	}
	out := make([]ledgerLine, 0, len(lines))
	for _, l := range lines {
		e := ledgerLine{Incident: fmt.Sprintf("INC-%d", l.Incident), N: l.N, Title: l.Title, Kind: string(l.Kind), Owner: n.of(l.By),
			ByPolicy: l.ByPolicy, MadeAt: l.MadeAt, DueAt: l.DueAt, Outcome: or(string(l.Outcome), "open")}
		if !l.SettledAt.IsZero() {
			e.SettledAt = &l.SettledAt
		}
		out = append(out, e)
	}
	return out, nil
}

func (s *Server) promisesJSON(c *call) error {
	lines, err := c.ledgerExport()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(struct {
		V        int          `json:"v"`
		Promises []ledgerLine `json:"promises"`
	}{1, lines}, "", "  ")
	if err != nil {
		return err
	}
	c.send(http.StatusOK, "application/json", append(text, '\n'))
	return nil
}

func (s *Server) promisesCSV(c *call) error {
	lines, err := c.ledgerExport()
	if err != nil {
		return err
	}
	var out strings.Builder
	w := csv.NewWriter(&out)
	rows := [][]string{{"incident", "n", "title", "kind", "owner", "by_policy", "made_at", "due_at", "settled_at", "outcome"}}
	for _, l := range lines {
		at := ""
		if l.SettledAt != nil {
			at = l.SettledAt.UTC().Format(time.RFC3339)
		}
		rows = append(rows, []string{l.Incident, fmt.Sprint(l.N), cell(l.Title), l.Kind, cell(l.Owner), fmt.Sprint(l.ByPolicy),
			l.MadeAt.UTC().Format(time.RFC3339), l.DueAt.UTC().Format(time.RFC3339), at, l.Outcome})
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	c.w.Header().Set("Content-Disposition", `attachment; filename="promises.csv"`)
	c.send(http.StatusOK, "text/csv; charset=utf-8", []byte(out.String()))
	return nil
}

// cell keeps a spreadsheet from running what somebody typed.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
