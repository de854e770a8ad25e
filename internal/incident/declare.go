package incident

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"amends.dev/internal/fault"
)

// Limits on what one field takes, in characters.
const (
	MaxTitle = 200
	MaxText  = 3000 // a chat form's limit, so that every door takes the same text
)

// Declare opens an incident. Only a title is needed; the rest has defaults.
type Declare struct {
	By         Person
	Title      string
	Kind       Kind      // outage when empty
	Severity   Severity  // SEV2 when empty
	Services   []string  // ids
	Audience   Audience  // public when empty: readers see it from the first update on
	Origin     Origin    // self when empty, alert when System declares
	StartedAt  time.Time // when it began for the people affected; unknown when zero
	DetectedAt time.Time // when somebody or something noticed; now when zero
	Owner      Person    // who declares, when empty
	Backup     Person    // the second accountable person; the team's when empty
}

// Decide implements Command.
func (c Declare) Decide(in Incident, now time.Time) (Change, error) {
	if in.Version != 0 {
		return Change{}, fault.Newf(fault.Conflict, "%s is declared already. Open it and post an update", in.Name())
	}
	c.fill(Instant(now))
	if err := c.check(Instant(now)); err != nil {
		return Change{}, err
	}
	ch := begin(in, c.By, now)
	ch.out.Incident.Severity = c.Severity
	first := ch.promise(PromiseUpdate, c.Owner, ch.now.Add(in.Policies.For(c.Severity).First), true)
	seq := ch.add(Team, Declared{
		Title: c.Title, Kind: c.Kind, Severity: c.Severity, Audience: c.Audience, Services: c.Services,
		Origin: c.Origin, StartedAt: c.StartedAt, DetectedAt: c.DetectedAt, Owner: c.Owner, Backup: c.Backup,
		First: &first,
	})
	ch.row(first)
	ch.tell(Notice{Kind: NoticeDeclared, Seq: seq, To: []Role{RoleOwner, RoleTeam}})
	return ch.out, nil
}

func (c *Declare) fill(now time.Time) {
	c.Title = strings.Join(strings.Fields(clean(c.Title)), " ")
	c.Kind = or(c.Kind, Kinds[0])
	c.Severity = or(c.Severity, DefaultSeverity)
	c.Audience = or(c.Audience, Public)
	if c.By == System {
		c.Origin = or(c.Origin, "alert")
	}
	c.Origin = or(c.Origin, Origins[0])
	c.Owner = or(c.Owner, c.By)
	c.Services = unique(c.Services)
	c.StartedAt, c.DetectedAt = Instant(c.StartedAt), Instant(c.DetectedAt)
	if c.DetectedAt.IsZero() {
		c.DetectedAt = now
	}
}

func (c *Declare) check(now time.Time) error {
	var v fault.Checks
	v.Need(c.Title != "", "title", "Enter what is going wrong, in the words of the people affected")
	if n := utf8.RuneCountInString(c.Title); n > MaxTitle {
		v.Addf("title", "Shorten the title to %d characters or fewer. It has %d", MaxTitle, n)
	}
	v.Need(slices.Contains(Kinds, c.Kind), "kind", "Choose a kind: "+list(Kinds))
	v.Need(slices.Contains(Severities, c.Severity), "severity", "Choose a severity: "+list(Severities))
	v.Need(slices.Contains(Audiences, c.Audience), "audience", "Choose who may read it: "+list(Audiences))
	v.Need(slices.Contains(Origins, c.Origin), "origin", "Choose how it came to light: "+list(Origins))
	v.Need(c.Owner != "" && c.Owner != System, "owner", "Name the person who owns it")
	v.Need(c.Backup != c.Owner || c.Backup == "", "backup", "Name a backup who is not the owner")
	v.Need(c.Backup != System, "backup", "Name the person who steps in")
	v.Need(!c.DetectedAt.After(now), "detected_at", "Enter a time that has passed. It cannot have been noticed in the future")
	v.Need(!c.StartedAt.After(now), "started_at", "Enter a time that has passed. It cannot have started in the future")
	if !c.StartedAt.After(now) && c.DetectedAt.Before(c.StartedAt) {
		v.Add("detected_at", "Enter a time after the start. It was noticed before it began")
	}
	return v.Err()
}

func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// unique returns ids sorted, without repeats and empty ones.
func unique(ids []string) []string {
	var out []string
	for _, id := range ids {
		if id = clean(id); id != "" {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) == 0 {
		return nil
	}
	return out
}

// list joins values for an error: "a, b or c".
func list[T ~string](values []T) string {
	var b strings.Builder
	for i, v := range values {
		switch {
		case i == 0:
		case i == len(values)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(v))
	}
	return b.String()
}

// text trims a field and checks it: needed (unless need is empty) and not too long.
func text(v *fault.Checks, name, value, need string) string {
	value = clean(value)
	if value == "" && need != "" {
		v.Add(name, need)
	}
	if n := utf8.RuneCountInString(value); n > MaxText {
		v.Addf(name, "Shorten this to %d characters or fewer. It has %d", MaxText, n)
	}
	return value
}

// clean returns what a person typed as the record keeps it: lines end in "\n",
// blanks around it are gone, and so is what is not text. Bytes that are no
// UTF-8 would not come back from the record as they went in.
func clean(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
