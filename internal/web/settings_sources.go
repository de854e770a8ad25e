package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"amends.dev/internal/access"
	"amends.dev/internal/store"
)

// sourceKinds are the senders of alerts that can be read.
var sourceKinds = []choice{
	{Value: "alertmanager", Label: "Prometheus Alertmanager"},
	{Value: "pagerduty", Label: "Anything that speaks the PagerDuty Events API v2"},
	{Value: "generic", Label: "Your own JSON"},
}

func (s *Server) sourcesPage(c *call) error { return c.sources(nil) }

// sources is the list, with a key above it the one time that it is seen.
func (c *call) sources(shown *secretView) error {
	all, err := c.s.DB.Sources(c.r.Context())
	if err != nil {
		return err
	}
	v := c.topic("Sources", "Where alerts come from. Each source has a key that can send alerts and nothing else. An alert opens an incident; it never posts an update and never ends one.")
	v.Secret = shown
	v.Add = []navItem{{Label: "Add a source", URL: "/settings/sources/new"}}
	v.Empty = "No sources yet. Add one, and an alert opens an incident with an owner."
	for _, src := range all {
		at := "/settings/sources/" + src.ID
		item := listItem{Name: src.Name, Detail: fmt.Sprintf("%s, key ends in %s", labelOf(sourceKinds, src.Kind), src.Hint)}
		switch {
		case !src.RevokedAt.IsZero():
			item.Marks = []markWord{{"unknown", "Key revoked"}}
		case src.UsedAt.IsZero():
			item.Marks = []markWord{{"unknown", "Nothing received yet"}}
		default:
			item.Marks, item.When = []markWord{{"ok", "Receiving"}}, ptr(c.at(src.UsedAt))
			item.Detail += ", last used"
		}
		item.Links = []navItem{{Label: "Change", URL: at}}
		item.Acts = []listAct{{Label: "New key", Action: at + "/key", About: "for " + src.Name}}
		if src.RevokedAt.IsZero() {
			item.Acts = append(item.Acts, listAct{Label: "Revoke", Action: at + "/revoke", About: "the key of " + src.Name})
		}
		v.Items = append(v.Items, item)
	}
	return c.render("list.html", http.StatusOK, v)
}

func labelOf(list []choice, value string) string {
	if i := slices.IndexFunc(list, func(o choice) bool { return o.Value == value }); i >= 0 {
		return list[i].Label
	}
	return value
}

// keyOf shows a key with what to paste into the sender.
func (s *Server) keyOf(src store.Source, key access.Secret) *secretView {
	v := &secretView{Label: "The key of " + src.Name, Hint: "Copy it now. It is not shown again.", Value: key.Reveal()}
	switch src.Kind {
	case "alertmanager":
		v.Snippets = []said{{"alertmanager.yml", `receivers:
  - name: amends
    webhook_configs:
      - url: ` + s.url("/in/alertmanager") + `
        send_resolved: true
        http_config:
          authorization:
            credentials: ` + key.Reveal() + `
route:
  receiver: amends
  group_by: [alertname, service]`}}
	case "pagerduty":
		v.Snippets = []said{{"As the routing key, posted to", s.url("/in/pagerduty/v2/enqueue")},
			{"alertmanager.yml", `receivers:
  - name: amends
    pagerduty_configs:
      - routing_key: ` + key.Reveal() + `
        url: ` + s.url("/in/pagerduty/v2/enqueue")}}
	default:
		v.Snippets = []said{{"With curl", `curl -X POST ` + s.url("/in/generic") + ` \
  -H 'Authorization: Bearer ` + key.Reveal() + `' \
  -H 'Content-Type: application/json' \
  -d '{"title": "Card payments fail", "status": "firing", "group": "payments"}'`}}
	}
	return v
}

func (c *call) sourceNamed() (store.Source, error) {
	if id := c.r.PathValue("sid"); id != "new" {
		return c.s.DB.Source(c.r.Context(), id)
	}
	rules := struct {
		Rules    []struct{} `json:"rules"`
		Fallback any        `json:"fallback"`
	}{[]struct{}{}, struct {
		Severity string `json:"severity"`
		Kind     string `json:"kind"`
		Audience string `json:"audience"`
		Owner    string `json:"owner"`
	}{"SEV2", "outage", "team", c.who.MemberID}}
	text, err := json.MarshalIndent(rules, "", "  ")
	return store.Source{Kind: "alertmanager", Rules: text}, err
}

func (s *Server) sourcePage(c *call) error {
	src, err := c.sourceNamed()
	if err != nil {
		return err
	}
	asks, button := "Change "+src.Name, "Save"
	if src.ID == "" {
		asks, button = "Add a source", "Add source"
	}
	v := c.setting("Sources", "/settings/sources", asks, button)
	f := v.Form
	v.Lines = []input{f.Field("name", "Name", "As the timeline shows it.", src.Name)}
	kinds := slices.Clone(sourceKinds)
	for i := range kinds {
		kinds[i].Chosen = kinds[i].Value == src.Kind
	}
	if src.ID == "" {
		v.Selects = []selectField{f.Pick("kind", "What sends the alerts", kinds)}
	}
	v.Texts = []input{f.Field("rules", "Rules", "What an alert becomes, as JSON: the first rule that matches decides, and the fallback gives what a rule leaves open. The owner is a member's id.", string(src.Rules))}
	v.Code, err = c.rulesExample()
	if err != nil {
		return err
	}
	return c.render("form.html", http.StatusOK, v)
}

// rulesExample writes rules that this team could have, with its own ids.
func (c *call) rulesExample() (string, error) {
	n, err := c.names()
	if err != nil {
		return "", err
	}
	sv, err := c.services()
	if err != nil {
		return "", err
	}
	service := "checkout"
	if len(sv.all) > 0 {
		service = sv.all[0].ID
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{
  "rules": [
    {"name": "test alerts", "if": [{"label": "env", "op": "=~", "value": "dev|staging"}], "ignore": true},
    {"name": "checkout down", "if": [{"label": "service", "op": "=", "value": "%s"}], "severity": "SEV1", "audience": "public", "services": ["%s"]}
  ],
  "fallback": {"severity": "SEV2", "kind": "outage", "audience": "team", "owner": "%s"}
}
`, service, service, c.who.MemberID)
	for _, m := range n.able {
		fmt.Fprintf(&b, "\n%s is %s", m.ID, m.Name)
	}
	return b.String(), nil
}

func (s *Server) saveSource(c *call) error {
	src, err := c.sourceNamed()
	if err != nil {
		return err
	}
	src.Name, src.Rules = c.value("name"), json.RawMessage(c.value("rules"))
	if src.ID == "" {
		src.Kind = c.value("kind")
	}
	if s.CheckRules != nil {
		err = rulesField(s.CheckRules(src.Rules))
	}
	if err == nil && labelOf(sourceKinds, src.Kind) == src.Kind {
		err = errNoPage
	}
	var key access.Secret
	if err == nil && src.ID == "" {
		src, key, err = s.DB.AddSource(c.r.Context(), src)
	} else if err == nil {
		err = s.DB.ChangeSource(c.r.Context(), src)
	}
	if err != nil {
		return c.again("form", s.sourcePage, err)
	}
	if key.Reveal() != "" {
		return c.sources(s.keyOf(src, key))
	}
	return c.saved(src.Name+" is saved.", "/settings/sources")
}

// actOnSource makes a new key or revokes the one that works.
func (s *Server) actOnSource(c *call) error {
	ctx := c.r.Context()
	src, err := s.DB.Source(ctx, c.r.PathValue("sid"))
	if err != nil {
		return err
	}
	switch c.r.PathValue("act") {
	case "key":
		key, err := s.DB.NewSourceKey(ctx, src.ID)
		if err != nil {
			return err
		}
		return c.sources(s.keyOf(src, key))
	case "revoke":
		if err := s.DB.RevokeSource(ctx, src.ID); err != nil {
			return err
		}
		return c.saved("The key of "+src.Name+" is revoked. Its alerts are refused from now on.", "/settings/sources")
	}
	return errNoPage
}
