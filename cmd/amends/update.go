package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func newUpdate() *cobra.Command {
	c := &cobra.Command{
		Use: "update [INC]", GroupID: groupTell, Short: "Publish what is true now, what comes next, and when the next word comes",
		Long: `Publish an update: what is true now, what you will do before the next update,
and when that comes. It settles the promise that stands and makes the next one.

INC may be left out when exactly one incident is open and you own it. A text is
given as it is, as @FILE, or as - for stdin. What is missing is asked for at a
terminal; elsewhere the command ends with exit code 2 and names the flag.

When the server does not answer, the update is kept as a draft on this computer
and the command to try again is printed. Trying again never posts it twice.`,
		Example: `  amends update 17 --now "About 1 in 9 card payments fails." --plan "Move traffic to the second provider." --next 30m
  amends update --now @now.txt --plan - --next 16:30 < plan.txt
  amends update --nothing-new --now "Still waiting for the provider; the queue holds." --next 30m
  amends update --draft 3`,
		Args: cobra.MaximumNArgs(1),
		RunE: online(runUpdate),
	}
	f := c.Flags()
	f.String("now", "", "What is true now; `TEXT`, @FILE or -")
	f.String("plan", "", "What you will do before the next update; `TEXT`, @FILE or -")
	f.String("next", "", "When the next update comes: 30m, 16:30, \"tomorrow 09:00\"")
	f.String("no-time", "", "Instead of --next: why no time can be named; readers see it")
	f.String("state", "", "What has changed: investigating, identified or monitoring")
	f.Bool("nothing-new", false, "Nothing has changed: --now needs one real sentence, the plan stands")
	addStatementFlags(c)
	f.Int("draft", 0, "Post the draft of this number; other flags replace its parts")
	f.Bool("anyway", false, "With --draft: post although a newer update is out that the draft did not know")
	f.BoolP("edit", "e", false, "Write in your editor, with the last update quoted")
	f.BoolP("dry-run", "n", false, "Show what would be posted, and post nothing")
	addChangeFlags(c)
	completeWith(c, "state", "investigating", "identified", "monitoring")
	completeWith(c, "next", "15m", "30m", "1h")
	return c
}

// addStatementFlags defines the flags for the sentence that accepts
// responsibility. The first word that is published needs it.
func addStatementFlags(c *cobra.Command) {
	c.Flags().String("statement", "", "Take responsibility in these words; needed once, with the first update")
	c.Flags().Bool("own", false, "Take responsibility in the usual words")
	c.Flags().String("override", "", "Post without such a sentence, for this reason; leads only")
	c.MarkFlagsMutuallyExclusive("statement", "own", "override")
}

// writing is an update on its way.
type writing struct {
	*desk
	in      client.Incident
	post    client.Post
	key     string
	draft   int  // the draft it comes from; 0: none
	changed bool // since the draft was kept
}

func runUpdate(d *desk, args []string) error {
	w := &writing{desk: d, key: client.NewKey()}
	if err := w.begin(args); err != nil {
		return err
	}
	if err := w.fill(); err != nil {
		return err
	}
	if dry, _ := d.cmd.Flags().GetBool("dry-run"); dry {
		w.preview(d.out)
		d.done("Not posted. Leave --dry-run out to post it.")
		return nil
	}
	return w.publish()
}

// begin finds the incident and the draft.
func (w *writing) begin(args []string) (err error) {
	if n, _ := w.cmd.Flags().GetInt("draft"); w.cmd.Flags().Changed("draft") {
		kept, err := readDraft(n)
		if err != nil {
			return err
		}
		if kept.Server != w.server {
			return fault.Newf(fault.Invalid, "Draft %d is for %s. Add --server %s", n, kept.Server, kept.Server)
		}
		w.draft, w.key, w.post = n, kept.Key, kept.Post
		args = []string{fmt.Sprint(kept.Incident)}
	}
	if w.in, args, err = w.incident(args); err != nil {
		return err
	}
	if len(args) > 0 {
		return usageError{fault.Newf(fault.Invalid, "%q is not an incident. Write its number, like 17 or INC-17", args[0])}
	}
	if w.draft == 0 {
		w.post.Seen = new(w.in.Published)
	}
	if anyway, _ := w.cmd.Flags().GetBool("anyway"); anyway && *w.post.Seen != w.in.Published {
		w.post.Seen, w.changed = new(w.in.Published), true
	}
	return nil
}

// fill takes the parts from flags, and asks for what is missing where
// somebody can answer.
func (w *writing) fill() error {
	if err := w.flags(); err != nil {
		return err
	}
	if err := w.edited(); err != nil {
		return err
	}
	if w.draft == 0 {
		for _, step := range []func() error{w.askStatement, w.askNow, w.askPlan, w.askNext} {
			if err := step(); err != nil {
				return err
			}
		}
	}
	if w.changed && w.draft > 0 {
		w.key = client.NewKey() // other words are another request
	}
	return nil
}

func (w *writing) flags() error {
	f := w.cmd.Flags()
	for name, to := range map[string]*string{"now": &w.post.Now, "plan": &w.post.Plan, "no-time": &w.post.NoTime, "state": &w.post.Status, "override": &w.post.Override, "statement": &w.post.Statement} {
		if !f.Changed(name) {
			continue
		}
		text, err := w.argument("--"+name, flagText(w.cmd, name))
		if err != nil {
			return err
		}
		*to, w.changed = text, true
	}
	if f.Changed("nothing-new") {
		w.post.NothingNew, _ = f.GetBool("nothing-new")
		w.changed = true
	}
	if f.Changed("next") {
		var err error
		if w.post.Next, w.post.Zone, err = w.wireTime("--next", flagText(w.cmd, "next")); err != nil {
			return err
		}
		w.changed = true
	}
	return nil
}

// edited opens the editor on what there is, when the caller wants it.
func (w *writing) edited() error {
	if edit, _ := w.cmd.Flags().GetBool("edit"); !edit {
		return nil
	}
	text, err := w.edit(w.ctx, "Above: what is true now. Below the line of dashes: what you will do before the next update.",
		w.post.Now+"\n\n----\n\n"+w.post.Plan, lastWords(w.in))
	if err != nil {
		return err
	}
	now, plan, found := strings.Cut("\n"+text, "\n----")
	if !found {
		return fault.New(fault.Invalid, "The line of dashes is gone, so the plan cannot be told from the rest. Keep it between the two")
	}
	w.post.Now, w.post.Plan, w.changed = strings.TrimSpace(now), strings.TrimSpace(strings.TrimLeft(plan, "-")), true
	return nil
}

// lastWords is what was said last, to quote above an empty editor.
func lastWords(in client.Incident) string {
	if in.Latest == nil {
		return ""
	}
	return fmt.Sprintf("The last update said:\n%s\nPlan: %s", in.Latest.Now, in.Latest.Plan)
}

// askStatement gets the sentence that accepts responsibility, when the first
// update still needs one.
func (w *writing) askStatement() (err error) {
	w.post.Statement, err = w.statement(w.in, w.post.Statement, w.post.Override)
	return err
}

// statement returns the sentence that accepts responsibility for an incident:
// the one given, the usual one, or the one that is typed. It is empty when
// none is needed.
func (d *desk) statement(in client.Incident, given, override string) (string, error) {
	own, _ := d.cmd.Flags().GetBool("own")
	if given != "" || override != "" || in.Ownership != nil && !own {
		return given, nil
	}
	team, err := d.api.Team(d.ctx)
	if err != nil {
		return "", fmt.Errorf("read the team's name: %w", err)
	}
	usual := incident.StatementFor(incident.Incident{Title: in.Title}, team.Name)
	switch {
	case own:
		return usual, nil
	case d.asks:
		fmt.Fprintf(d.errs, "The first update says who takes responsibility:\n  %s\n", line(usual))
		return d.ask(d.ctx, "Enter accepts this, or write a better sentence:", usual)
	}
	return "", hinted{needed("--statement", "who takes responsibility for what, in one sentence. Readers see it above the first update"),
		fmt.Sprintf("--own takes it in these words: %s", usual)}
}

func (w *writing) askNow() (err error) {
	if w.post.Now != "" || !w.asks {
		return w.missing("--now", "what is true now", w.post.Now)
	}
	w.post.Now, err = w.askText(w.ctx, "What is true now?", lastWords(w.in))
	return err
}

func (w *writing) askPlan() (err error) {
	if w.post.Plan != "" || w.post.NothingNew && w.in.Latest != nil {
		return nil
	}
	if !w.asks {
		return w.missing("--plan", "what you will do before the next update", w.post.Plan)
	}
	w.post.Plan, err = w.askText(w.ctx, "What will you do before the next update?", lastWords(w.in))
	return err
}

// missing refuses an empty part where nobody can be asked.
func (w *writing) missing(flag, what, have string) error {
	if have != "" {
		return nil
	}
	return needed(flag, what)
}

func (w *writing) askNext() (err error) {
	if w.post.Next != "" || w.post.NoTime != "" {
		return nil
	}
	if !w.asks {
		return needed("--next", "when the next update comes, like 30m or 16:30; or --no-time with the reason why you cannot name one")
	}
	for {
		text, err := w.ask(w.ctx, "Next update in?", w.usualNext())
		if err != nil {
			return err
		}
		if w.post.Next, w.post.Zone, err = w.wireTime("--next", text); err == nil && w.post.Next != "" {
			return nil
		}
		if err != nil {
			fmt.Fprintf(w.errs, "  %s\n", sentence(err))
		}
	}
}

// usualNext is the longest time that the policy allows, as people type it.
func (w *writing) usualNext() string {
	policies, err := w.api.Policies(w.ctx)
	if err != nil {
		return "" // a question without a proposal
	}
	for _, p := range policies {
		if p.Severity != w.in.Severity {
			continue
		}
		if every := time.Duration(p.Every); every > 0 {
			return strings.TrimSuffix(every.String(), "0s")
		}
	}
	return ""
}

// preview shows what readers will see.
func (w *writing) preview(to interface{ Write([]byte) (int, error) }) {
	p := &page{terminal: w.terminal, w: to}
	p.head("%s %s", w.in.Name, line(w.in.Title))
	for _, part := range []struct{ name, text string }{
		{"Statement", w.post.Statement}, {"Now", w.post.Now}, {"Plan", w.post.Plan}, {"Next", w.nextWords()}, {"State", w.stateWords()}, {"Read by", audienceWord(w.in.Audience)},
	} {
		if part.text != "" {
			p.line("  %-10s %s", part.name, strings.ReplaceAll(clean(part.text), "\n", "\n             "))
		}
	}
}

func (w *writing) stateWords() string {
	if w.post.Status == "" {
		return statusWord(w.in.Status) + ", as before"
	}
	return statusWord(w.post.Status)
}

// nextWords echoes how the next time was understood.
func (w *writing) nextWords() string {
	if w.post.Next == "" {
		return w.post.NoTime
	}
	at, err := incident.ParseWhen(w.post.Next, w.now, w.zone)
	if err != nil {
		return w.post.Next
	}
	return fmt.Sprintf("%s, %s", w.clock(at), w.due(at))
}

// confirm shows the update and asks before it goes out.
func (w *writing) confirm() error {
	for {
		w.preview(w.errs)
		answer, err := w.ask(w.ctx, "Post it? [Y/n/edit]", "")
		if err != nil {
			return err
		}
		switch strings.ToLower(answer) {
		case "", "y", "yes":
			return nil
		case "n", "no":
			return w.keep(fault.New(fault.Conflict, "Not posted, as you said"))
		case "e", "edit":
			if w.post.Now, err = w.edit(w.ctx, "What is true now?", w.post.Now, lastWords(w.in)); err != nil {
				return err
			}
			if w.post.Plan, err = w.edit(w.ctx, "What will you do before the next update?", w.post.Plan, lastWords(w.in)); err != nil {
				return err
			}
		}
	}
}

func (w *writing) publish() error {
	typed := w.asks && w.draft == 0 && !w.cmd.Flags().Changed("now")
	if typed {
		if err := w.confirm(); err != nil {
			return err
		}
	}
	done, err := w.api.Post(client.WithKey(w.ctx, w.key), w.in.Number, w.post)
	if err != nil {
		refused, ok := errors.AsType[*client.Error](err)
		if w.draft == 0 && !typed && ok && refused.Problem.Kind == string(fault.Invalid) {
			return err // the words stand on the command line
		}
		return w.keep(err)
	}
	if w.draft > 0 {
		if err := dropDraft(w.draft); err != nil {
			w.remark("! draft %d is posted but was not removed: %v", w.draft, err)
		}
	}
	return w.said(done)
}

// keep keeps the update as a draft and says how to try again.
func (w *writing) keep(err error) error {
	n, kept := keepDraft(w.draft, draft{Server: w.server, Incident: w.in.Number, Key: w.key, Post: w.post, At: w.now})
	if kept != nil {
		return errors.Join(err, kept)
	}
	say := "NOT posted"
	if unanswered(err) {
		say = "NOT known to be posted" // the request may have arrived
	}
	again := fmt.Sprintf("amends update --draft %d", n)
	if refused, ok := errors.AsType[*client.Error](err); ok && refused.Problem.Status == 409 {
		again = fmt.Sprintf("amends show %d, then %s --anyway, or drop it: rm %s", w.in.Number, again, draftFile(n))
	}
	return hinted{fault.Wrap(fault.Kind(faultKind(err)), fmt.Sprintf("%s. %s. Kept as draft %d", refusalOf(w.cmd, err).say, say, n), err), "try again: " + again}
}

// faultKind is the kind of an error, so that the exit code stays.
func faultKind(err error) fault.Kind {
	if e, ok := errors.AsType[*client.Error](err); ok {
		return fault.Kind(e.Problem.Kind)
	}
	kind, _, _ := fault.Public(err)
	return kind
}

// said confirms an update.
func (w *writing) said(done client.Change) error {
	var words []string
	for _, e := range done.Entries {
		if e.Promise != nil {
			words = append(words, fmt.Sprintf("Next update promised for %s.", w.clock(e.Promise.DueAt)))
		} else if e.Update != nil && e.Update.NoTime != "" {
			words = append(words, "No next time is named, and readers see why.")
		}
		if e.Settled != nil {
			words = append(words, outcomeWords(e.Settled, e.At))
		}
	}
	return w.report(done, "Posted. %s\nTo put something right:  amends correct %d --now TEXT --why TEXT", strings.Join(words, " "), done.Incident)
}

// outcomeWords says how the last promise ended.
func outcomeWords(s *client.Settled, at time.Time) string {
	margin := s.DueAt.Truncate(time.Minute).Sub(at.Truncate(time.Minute))
	switch {
	case s.Outcome == "kept" && margin >= time.Minute:
		return fmt.Sprintf("Kept the last one by %s.", span(margin))
	case s.Outcome == "kept":
		return "Kept the last one on the minute."
	case s.Outcome == "moved":
		return "The last one moved, before it fell due."
	}
	return fmt.Sprintf("The last one is %s by %s.", s.Outcome, span(-margin))
}
