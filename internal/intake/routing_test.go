package intake_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"amends.dev/internal/fault"
	"amends.dev/internal/intake"
)

var existing = intake.Known{
	Severities: []string{"SEV1", "SEV2", "SEV3", "SEV4"},
	Kinds:      []string{"outage", "data"},
	Audiences:  []string{"team", "stakeholders", "public"},
	Services:   []string{"payments", "search"},
	Members:    []string{"ana", "priya"},
}

var fallback = intake.Outcome{Severity: "SEV3", Kind: "outage", Audience: "team", Owner: "ana"}

func labelled(pairs ...string) intake.Signal {
	labels := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		labels[pairs[i]] = pairs[i+1]
	}
	return intake.Signal{Labels: labels}
}

func TestTheFirstRuleThatMatchesDecides(t *testing.T) {
	router, err := intake.NewRouter(intake.Rules{
		List: []intake.Rule{
			{Name: "noise", If: []intake.Matcher{{"severity", "=", "info"}, {"env", "!=", "prod"}}, Ignore: true},
			{Name: "pay", If: []intake.Matcher{{"service", "=~", "pay.*|card"}}, ServiceLabel: "service",
				Outcome: intake.Outcome{Severity: "SEV1", Audience: "public", Owner: "priya"}},
			{Name: "named", If: []intake.Matcher{{"team", "!~", "infra|"}}, Outcome: intake.Outcome{Services: []string{"search"}, Kind: "data"}},
		},
		Fallback: fallback,
	}, existing)
	if err != nil {
		t.Fatal(err)
	}
	pay := intake.Outcome{Severity: "SEV1", Kind: "outage", Audience: "public", Owner: "priya"}
	with := func(o intake.Outcome, services ...string) intake.Outcome { o.Services = services; return o }
	for name, c := range map[string]struct {
		signal intake.Signal
		want   intake.Decision
	}{
		"all matchers hold":             {labelled("severity", "info"), intake.Decision{Rule: "noise", Ignore: true}},
		"one matcher does not hold":     {labelled("severity", "info", "env", "prod"), intake.Decision{Outcome: fallback}},
		"no labels":                     {intake.Signal{}, intake.Decision{Outcome: fallback}},
		"a pattern with a service":      {labelled("service", "payments"), intake.Decision{Rule: "pay", Outcome: with(pay, "payments")}},
		"a label that is no service":    {labelled("service", "card"), intake.Decision{Rule: "pay", Outcome: pay}},
		"a pattern matches the whole":   {labelled("service", "xcard"), intake.Decision{Outcome: fallback}},
		"across lines":                  {labelled("service", "pay\nments"), intake.Decision{Rule: "pay", Outcome: pay}},
		"not a pattern":                 {labelled("team", "web"), intake.Decision{Rule: "named", Outcome: intake.Outcome{Severity: "SEV3", Kind: "data", Audience: "team", Owner: "ana", Services: []string{"search"}}}},
		"not a pattern, and it matches": {labelled("team", "infra"), intake.Decision{Outcome: fallback}},
	} {
		if got := router.Route(c.signal); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: Route(%v) = %+v, want %+v", name, c.signal.Labels, got, c.want)
		}
	}
}

func TestEveryFaultOfTheRulesIsReportedAtOnce(t *testing.T) {
	_, err := intake.NewRouter(intake.Rules{
		List: []intake.Rule{
			{Name: "a", If: []intake.Matcher{{"", "==", "x"}, {"l", "=~", "("}, {"l", "=~", strings.Repeat("a", 513)}, {"l", "=~", "a)|(b"}}},
			{Name: "a", Outcome: intake.Outcome{Severity: "SEV5", Kind: "fire", Audience: "all", Owner: "nobody", Services: []string{"search", "gone"}}},
			{Name: " ", Ignore: true, Outcome: intake.Outcome{Severity: "SEV1"}},
		},
		Fallback: intake.Outcome{Severity: "SEV9"},
	}, existing)
	_, _, fields := fault.Public(err)
	var got []string
	for _, f := range fields {
		got = append(got, f.Name)
		if f.Say == "" || strings.HasSuffix(f.Say, ".") {
			t.Errorf("%s says %q, want a sentence without a full stop", f.Name, f.Say)
		}
	}
	want := []string{"rules[0].if[0].label", "rules[0].if[0].op", "rules[0].if[1].value", "rules[0].if[2].value", "rules[0].if[3].value",
		"rules[1].name", "rules[1].severity", "rules[1].kind", "rules[1].audience", "rules[1].owner", "rules[1].services[1]",
		"rules[2].name", "rules[2]", "rules[2].ignore",
		"fallback.kind", "fallback.audience", "fallback.owner", "fallback.severity"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("faults at\n%q, want\n%q", got, want)
	}
}

func TestRulesAreReadBackFromTheirJSON(t *testing.T) {
	rules := intake.Starter("ana")
	data, err := json.Marshal(rules)
	if err != nil {
		t.Fatal(err)
	}
	var again intake.Rules
	if err := json.Unmarshal(data, &again); err != nil || !reflect.DeepEqual(again, rules) {
		t.Errorf("read back %+v, %v; want %+v", again, err, rules)
	}
}

func TestTheStartersRulesSpeakToTheTeamAlone(t *testing.T) {
	router, err := intake.NewRouter(intake.Starter("ana"), existing)
	if err != nil {
		t.Fatal(err)
	}
	for severity, want := range map[string]string{"critical": "SEV2", "page": "SEV2", "warning": "SEV3", "error": "SEV3", "": "SEV3", "info": ""} {
		d := router.Route(labelled("severity", severity, "service", "payments"))
		if d.Severity != want || d.Ignore != (want == "") {
			t.Errorf("severity %q becomes %+v, want %s", severity, d, want)
		}
		if !d.Ignore && (d.Audience != "team" || d.Owner != "ana" || !reflect.DeepEqual(d.Services, []string{"payments"})) {
			t.Errorf("severity %q becomes %+v, want it for the team, owned by ana, about payments", severity, d)
		}
	}
}

func TestEverySignalGetsAWholeAnswer(t *testing.T) {
	text := rapid.SampledFrom([]string{"", "a", "b", "payments", "a\nb"})
	rapid.Check(t, func(t *rapid.T) {
		var rules intake.Rules
		for i := range rapid.IntRange(0, 5).Draw(t, "rules") {
			rule := intake.Rule{Name: string(rune('A' + i)), ServiceLabel: rapid.SampledFrom([]string{"", "x"}).Draw(t, "service label")}
			for range rapid.IntRange(1, 3).Draw(t, "matchers") {
				rule.If = append(rule.If, intake.Matcher{Label: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "label"),
					Op: rapid.SampledFrom([]string{"=", "!=", "=~", "!~"}).Draw(t, "op"), Value: text.Draw(t, "value")})
			}
			if rule.Ignore = rapid.Bool().Draw(t, "ignore"); rule.Ignore {
				rule.ServiceLabel = ""
			}
			rules.List = append(rules.List, rule)
		}
		rules.Fallback = fallback
		router, err := intake.NewRouter(rules, existing)
		if err != nil {
			t.Fatal(err)
		}
		s := labelled("x", text.Draw(t, "x"), "y", text.Draw(t, "y"))
		d := router.Route(s)
		if d.Ignore != (d.Owner == "") || d.Ignore != (d.Severity == "") || d.Ignore && d.Rule == "" {
			t.Fatalf("Route(%v) = %+v, want ignored by a rule, or owner and severity", s.Labels, d)
		}
		if again := router.Route(s); !reflect.DeepEqual(again, d) {
			t.Fatalf("routed again: %+v, before %+v", again, d)
		}
	})
}

func FuzzRoutingPatternsAreTotal(f *testing.F) {
	f.Add("a|b", "a")
	f.Add("(?i)x$|^y", "y\n")
	f.Add("a)|(b", "ax")
	f.Fuzz(func(t *testing.T, pattern, value string) {
		rules := intake.Rules{List: []intake.Rule{{Name: "r", If: []intake.Matcher{{"l", "=~", pattern}}, Ignore: true}}, Fallback: fallback}
		router, err := intake.NewRouter(rules, existing)
		if err != nil {
			return
		}
		not := rules
		not.List = []intake.Rule{{Name: "r", If: []intake.Matcher{{"l", "!~", pattern}}, Ignore: true}}
		other, err := intake.NewRouter(not, existing)
		if err != nil {
			t.Fatalf("%q is a pattern with =~ and none with !~: %v", pattern, err)
		}
		if s := labelled("l", value); router.Route(s).Ignore == other.Route(s).Ignore {
			t.Errorf("pattern %q both matches and does not match %q", pattern, value)
		}
	})
}
