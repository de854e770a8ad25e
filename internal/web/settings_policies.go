package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func (s *Server) policiesPage(c *call) error {
	policies, err := s.DB.Policies(c.r.Context())
	if err != nil {
		return err
	}
	v := c.topic("Policies", "How often a team speaks, and who hears when it does not. A promise keeps the policy it was made with.")
	for _, severity := range incident.Severities {
		p := policies.For(severity)
		v.Items = append(v.Items, listItem{
			Name: string(severity),
			Detail: fmt.Sprintf("First update within %s, then every %s (%s once fixed). A promise is broken %s after it was due. Review within %s.",
				lengthWord(p.First), lengthWord(p.Every), lengthWord(p.Watching), lengthWord(p.BrokenAfter), reviewWord(p.Review)),
			Links: []navItem{{Label: "Change", URL: "/settings/policies/" + string(severity)}},
		})
	}
	return c.render("list.html", http.StatusOK, v)
}

func reviewWord(w incident.Window) string {
	if w.Working {
		return count(w.Days, "working day", "working days")
	}
	return count(w.Days, "day", "days")
}

func (c *call) policy() (incident.Severity, incident.Policy, error) {
	severity := incident.Severity(c.r.PathValue("severity"))
	if !slices.Contains(incident.Severities, severity) {
		return "", incident.Policy{}, errNoPage
	}
	policies, err := c.s.DB.Policies(c.r.Context())
	return severity, policies.For(severity), err
}

func (s *Server) policyPage(c *call) error {
	severity, p, err := c.policy()
	if err != nil {
		return err
	}
	v := c.setting("Policies", "/settings/policies", "Policy for "+string(severity), "Save")
	f := v.Form
	whole := func(d, unit time.Duration) string { return fmt.Sprint(int(d / unit)) }
	v.Lines = []input{
		f.Field("first", "First update within", "Minutes after the declaration.", whole(p.First, time.Minute)).Narrow(),
		f.Field("every", "Then an update every", "Minutes; the longest time that may be promised.", whole(p.Every, time.Minute)).Narrow(),
		f.Field("watching", "Once fixed and watched, every", "Minutes.", whole(p.Watching, time.Minute)).Narrow(),
		f.Field("broken_after", "A promise counts as broken after", "Minutes past its time.", whole(p.BrokenAfter, time.Minute)).Narrow(),
		f.Field("review.days", "Review within", "Days after the end.", fmt.Sprint(p.Review.Days)).Narrow(),
	}
	v.Texts = []input{f.Field("steps", "Who is told, and when", "One step a line: minutes from the promised time, then who. Choose from owner, backup, lead, team.", stepLines(p.Steps))}
	v.Boxes = []choiceField{{ID: "form-working", Name: "working", Legend: "Days of the review", Choices: []choice{{Value: "yes", Label: "Count Monday to Friday only", Chosen: f.Has("working", "yes", p.Review.Working)}}}}
	return c.render("form.html", http.StatusOK, v)
}

// stepLines writes the ladder one step a line: "-5 owner".
func stepLines(steps []incident.Step) string {
	var out []string
	for _, step := range steps {
		var who []string
		for _, role := range step.To {
			who = append(who, string(role))
		}
		out = append(out, fmt.Sprintf("%d %s", int(step.After/time.Minute), strings.Join(who, ", ")))
	}
	return strings.Join(out, "\n")
}

// readSteps reads what stepLines writes.
func readSteps(text string) ([]incident.Step, error) {
	var out []incident.Step
	for l := range strings.Lines(text) {
		words := strings.FieldsFunc(l, func(r rune) bool { return r == ' ' || r == ',' || r == '\r' || r == '\n' || r == '\t' })
		if len(words) == 0 {
			continue
		}
		minutes, err := strconv.Atoi(words[0])
		if err != nil || minutes < -10080 || minutes > 10080 {
			return nil, fault.Bad("steps", fmt.Sprintf("Begin each line with minutes, for example “5 lead”. %q is not a number", words[0]))
		}
		step := incident.Step{After: time.Duration(minutes) * time.Minute}
		for _, word := range words[1:] {
			step.To = append(step.To, incident.Role(strings.ToLower(word)))
		}
		out = append(out, step)
	}
	return out, nil
}

func (s *Server) savePolicy(c *call) error {
	severity, p, err := c.policy()
	if err != nil {
		return err
	}
	var v fault.Checks
	minutes := func(name string, into *time.Duration) {
		n, err := strconv.Atoi(strings.TrimSpace(c.value(name)))
		if err != nil || n < 0 || n > 100_000 {
			v.Add(name, "Enter whole minutes")
			return
		}
		*into = time.Duration(n) * time.Minute
	}
	minutes("first", &p.First)
	minutes("every", &p.Every)
	minutes("watching", &p.Watching)
	minutes("broken_after", &p.BrokenAfter)
	if p.Review.Days, err = strconv.Atoi(strings.TrimSpace(c.value("review.days"))); err != nil {
		v.Add("review.days", "Enter whole days")
	}
	p.Review.Working = c.value("working") == "yes"
	err = v.Err()
	if err == nil {
		p.Steps, err = readSteps(c.value("steps"))
	}
	if err == nil {
		err = stepFields(s.DB.SetPolicy(c.r.Context(), severity, p))
	}
	if err != nil {
		return c.again("form", s.policyPage, err)
	}
	return c.saved("The policy for "+string(severity)+" is saved. It counts for the next promise.", "/settings/policies")
}

// stepFields gathers what is wrong with single steps at the one field that
// holds them all.
func stepFields(err error) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	_, _, fields := fault.Public(err)
	out := make([]fault.Field, len(fields))
	for i, f := range fields {
		if n, ok := strings.CutPrefix(f.Name, "steps."); ok {
			f = fault.Field{Name: "steps", Say: "Line " + n + ": " + f.Say}
		}
		out[i] = f
	}
	return &fault.Error{Kind: fault.Invalid, Fields: out}
}
