package api_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/store/storetest"
)

// schema is as much of a JSON schema as inputs use.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Properties map[string]schema
	Items      *schema
	Required   []string
	Enum       []any
}

type operation struct {
	OperationID string
	Parameters  []struct {
		Name, In string
		Schema   schema
	}
	RequestBody *struct {
		Content map[string]struct{ Schema schema }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema schema }
	}
}

// naughty are values that have broken programs before.
var naughty = []any{
	"", " ", "\x00", "a\x00b", "\u202eevil", "'; DROP TABLE incidents; --", `<script>alert(1)</script>`, "%00%ff", "../../etc/passwd", "😀", "\ufeff", "ﷺ",
	strings.Repeat("a", 30_000), strings.Repeat("é", 3001), "amends_api_" + strings.Repeat("0", 36), "SEV1", "public", "me", "1", "30m", "9999-12-31T23:59:59Z", "0000-00-00", "now",
	-1, 0, 1, 1 << 53, 1e308, -1e308, 1.5, true, nil, []any{}, map[string]any{}, []any{nil, 1, "x"}, map[string]any{"a": map[string]any{"b": []any{1}}},
	json.RawMessage(`"\ud800"`), json.RawMessage(`9223372036854775808`), json.RawMessage(`1e999999`), json.RawMessage(strings.Repeat("[", 200) + strings.Repeat("]", 200)),
}

// A generator asks operations of the document in ways that hold, nearly hold,
// and do not.
type generator struct {
	*rand.Rand
	schemas map[string]schema
	ids     []string // of things that exist
}

func (g *generator) pick(values []any) any { return values[g.IntN(len(values))] }

// value returns something for a schema; the wilder, the less it keeps to it.
func (g *generator) value(s schema, name string, wild float64) any {
	if s.Ref != "" {
		s = g.schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	if g.Float64() < wild {
		return g.pick(naughty)
	}
	kind := fmt.Sprint(s.Type)
	switch {
	case len(s.Enum) > 0:
		return g.pick(s.Enum)
	case strings.Contains(kind, "object"):
		out := map[string]any{}
		for property, of := range s.Properties {
			if g.Float64() < 0.8 || slices.Contains(s.Required, property) && g.Float64() >= wild {
				out[property] = g.value(of, property, wild)
			}
		}
		if g.Float64() < wild {
			out["surprise"] = 1
		}
		return out
	case strings.Contains(kind, "array"):
		out := []any{}
		for range g.IntN(3) {
			out = append(out, g.value(*s.Items, name, wild))
		}
		return out
	case strings.Contains(kind, "integer"), strings.Contains(kind, "number"):
		return g.IntN(4)
	case strings.Contains(kind, "boolean"):
		return g.IntN(2) == 0
	}
	return g.text(name)
}

// text returns a text that an input of that name might well take.
func (g *generator) text(name string) string {
	fitting := map[string][]string{
		"severity": {"SEV1", "SEV3"}, "audience": {"team", "public"}, "next": {"10m", "16:30"}, "status": {"identified"}, "role": {"viewer", "admin"},
		"zone": {"UTC", "Europe/Berlin"}, "email": {"a@example.org", "lead@example.org"}, "to": {"lead@example.org", "owner"}, "review_by": {"tomorrow 10:00"},
		"first": {"10m"}, "every": {"30m"}, "watching": {"1h"}, "broken_after": {"2h"}, "after": {"0s", "-5m"}, "scopes": {"read"}, "kind": {"webhook", "outage", "generic"},
		"since": {"2026-01-01T00:00:00Z"}, "until": {"2027-01-01T00:00:00Z"}, "expires_at": {"2027-01-01T00:00:00Z"},
	}
	if words := fitting[name]; words != nil && g.IntN(4) > 0 {
		return words[g.IntN(len(words))]
	}
	if g.IntN(3) == 0 {
		return g.ids[g.IntN(len(g.ids))]
	}
	return "Some words that make a sentence."
}

// Whatever is sent to whichever operation of the document, the answer has a
// status that the document names, a refusal is a problem, and nothing is our
// fault.
func TestEveryOperationKeepsToTheDocumentWhateverIsSent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, database string) {
		h := open(t, database)
		var doc struct {
			Paths      map[string]map[string]operation
			Components struct{ Schemas map[string]schema }
		}
		if err := json.Unmarshal([]byte(h.ask("GET", "/openapi.json", "", "").body), &doc); err != nil {
			t.Fatal(err)
		}
		ctx, owner, admin := t.Context(), h.client(access.Responder), client.New(h.url, h.session(access.Admin))
		for range 3 {
			must(owner.Declare(ctx, client.Declare{Title: "Mail is delayed"}))(t)
		}
		service := must(admin.AddService(ctx, client.ServiceChange{Name: "Mail"}))(t)
		channel := must(admin.AddChannel(ctx, client.ChannelChange{Name: "Room", Kind: "webhook", Options: map[string]string{"secret": "s"}}))(t)
		source := must(admin.AddSource(ctx, client.SourceChange{Name: "Prometheus", Kind: "generic"}))(t)
		g := &generator{rand.New(rand.NewPCG(1, 2)), doc.Components.Schemas, []string{"1", "2", "3", service.ID, channel.ID, source.Source.ID, h.ids[access.Lead], "SEV2"}}
		statuses := map[int]int{}
		for _, path := range slices.Sorted(mapKeys(doc.Paths)) {
			for method, op := range doc.Paths[path] {
				if op.OperationID == "sign-out" {
					continue // it would end the session that asks
				}
				for round := range 40 {
					got, asked := g.ask(h, strings.ToUpper(method), path, op, float64(round%4)*0.15)
					statuses[got.status]++
					if _, documented := op.Responses[fmt.Sprint(got.status)]; !documented || got.status >= 500 {
						t.Errorf("%.600s\nanswered %d %.300s", asked, got.status, got.body)
					}
					if got.status >= 400 {
						got.problem(t)
					}
				}
			}
		}
		if statuses[200] < 100 || statuses[422] < 100 {
			t.Errorf("the answers were %v; too few of a kind to mean anything", statuses)
		}
		t.Logf("answers by status: %v", statuses)
	})
}

// ask makes one request of an operation and returns it beside its answer.
func (g *generator) ask(h *house, method, path string, op operation, wild float64) (reply, string) {
	query, headers := url.Values{}, []string{}
	for _, p := range op.Parameters {
		value := fmt.Sprint(g.value(p.Schema, p.Name, wild))
		if p.In == "path" {
			value = g.ids[g.IntN(len(g.ids))]
			if p.Name == "n" {
				value = "1"
			}
			if g.Float64() < wild {
				value = fmt.Sprint(g.pick(naughty))
			}
			if value == "" || len(value) > 2000 {
				value = "x"
			}
		}
		switch {
		case p.In == "path":
			path = strings.Replace(path, "{"+p.Name+"}", url.PathEscape(value), 1)
		case g.IntN(2) == 0:
		case p.In == "query" && len(value) < 2000:
			query.Set(p.Name, value)
		case p.In == "header" && len(value) < 2000 && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }):
			headers = append(headers, p.Name, value)
		}
	}
	body := ""
	if op.RequestBody != nil {
		for _, content := range op.RequestBody.Content {
			text, err := json.Marshal(g.value(content.Schema, "", wild))
			if err != nil { // numbers that JSON has no word for
				text = []byte(`1e999999`)
			}
			body = string(text)
		}
		if g.Float64() < wild/3 {
			body = []string{"", "{", "\xff\xfe", "null", `{"a":1}{"b":2}`, strings.Repeat(" ", 300<<10)}[g.IntN(6)]
		}
	}
	address := strings.TrimPrefix(path, client.Prefix)
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	secret := h.session(access.Admin)
	if g.IntN(4) == 0 {
		secret = h.as(access.Responder, access.ScopeRespond)
	}
	return h.ask(method, address, secret, body, headers...), fmt.Sprintf("%s %s %v\n%s", method, address, headers, body)
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
