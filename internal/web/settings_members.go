package web

import (
	"fmt"
	"net/http"
	"strings"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func roleAbout(r access.Role) string {
	switch r {
	case access.Viewer:
		return "Viewer: reads what stakeholders read"
	case access.Responder:
		return "Responder: declares, owns, writes updates"
	case access.Lead:
		return "Lead: also services, policies, and hears of missed promises"
	case access.Admin:
		return "Admin: also members, channels, sources and backup"
	}
	return ""
}

func roleChoices(chosen access.Role) []choice {
	var out []choice
	for _, r := range access.Roles() {
		out = append(out, choice{Value: r.String(), Label: roleAbout(r), Chosen: r == chosen})
	}
	return out
}

func (s *Server) membersPage(c *call) error { return c.members(nil) }

// members is the list, with a link above it the one time that it is seen.
func (c *call) members(shown *secretView) error {
	all, err := c.s.DB.Members(c.r.Context())
	if err != nil {
		return err
	}
	v := c.topic("Members", "Who can sign in. Somebody who leaves is disabled, never deleted: the record names them.")
	v.Secret = shown
	v.Add = []navItem{{Label: "Invite somebody", URL: "/settings/members/new"}}
	for _, m := range all {
		at := "/settings/members/" + m.ID
		role, _, _ := strings.Cut(roleAbout(m.Role), ":")
		item := listItem{Name: m.Name, Detail: m.Email + ", " + strings.ToLower(role), Links: []navItem{{Label: "Change", URL: at}}}
		if m.Active() {
			item.Acts = []listAct{{Label: "New sign-in link", Action: at + "/link", About: "for " + m.Name}}
			item.Links = append(item.Links, navItem{Label: "Disable", URL: at + "/disable"})
		} else {
			item.Marks = []markWord{{"unknown", "Disabled"}}
			item.Acts = []listAct{{Label: "Enable", Action: at + "/enable", About: m.Name}}
		}
		v.Items = append(v.Items, item)
	}
	return c.render("list.html", http.StatusOK, v)
}

func (c *call) memberNamed() (store.Member, error) {
	if id := c.r.PathValue("mid"); id != "new" {
		return c.s.DB.Member(c.r.Context(), id)
	}
	return store.Member{Role: access.Responder}, nil
}

func (s *Server) memberPage(c *call) error {
	m, err := c.memberNamed()
	if err != nil {
		return err
	}
	asks, button := "Change "+m.Name, "Save"
	if m.ID == "" {
		asks, button = "Invite somebody", "Make the invitation"
	}
	v := c.setting("Members", "/settings/members", asks, button)
	f := v.Form
	v.Lines = []input{f.Field("name", "Name", "", m.Name)}
	if m.ID == "" {
		v.Hint = "You get a link to send to them. It works once, for three days."
		v.Lines = append(v.Lines, f.Field("email", "E-mail address", "They sign in with it, and hear of promises there.", "").As("email", "off"))
	}
	v.Radios = []choiceField{f.Choose("role", "Role", roleChoices(m.Role))}
	return c.render("form.html", http.StatusOK, v)
}

func (s *Server) saveMember(c *call) error {
	m, err := c.memberNamed()
	if err != nil {
		return err
	}
	m.Name = c.value("name")
	if m.Role, err = access.ParseRole(c.value("role")); err != nil {
		return c.again("form", s.memberPage, err)
	}
	if m.ID != "" {
		if m, err = s.DB.ChangeMember(c.r.Context(), m); err != nil {
			return c.again("form", s.memberPage, err)
		}
		return c.saved(m.Name+" is saved.", "/settings/members")
	}
	m.Email = c.value("email")
	if m, err = s.DB.AddMember(c.r.Context(), m); err != nil {
		return c.again("form", s.memberPage, err)
	}
	return c.linkFor(m, true)
}

// linkFor shows the one-time link with which somebody chooses a password.
func (c *call) linkFor(m store.Member, invite bool) error {
	make, life := c.s.DB.NewReset, "one hour"
	if invite {
		make, life = c.s.DB.NewInvite, "three days"
	}
	secret, err := make(c.r.Context(), m.ID)
	if err != nil {
		return err
	}
	return c.members(&secretView{
		Label: "A link for " + m.Name,
		Hint:  "Send it to " + m.Email + ". It works once, for " + life + ", and is not shown again.",
		Value: c.s.url("/join/%s", secret.Reveal()),
	})
}

// disablePage asks who takes over what somebody owns.
func (s *Server) disablePage(c *call) error {
	m, err := s.DB.Member(c.r.Context(), c.r.PathValue("mid"))
	if err != nil {
		return err
	}
	owned, err := s.DB.Incidents(c.r.Context(), c.who, store.IncidentFilter{Open: true, Owner: m.ID})
	if err != nil {
		return err
	}
	n, err := c.names()
	if err != nil {
		return err
	}
	v := c.setting("Members", "/settings/members", "Disable "+m.Name, "Disable "+m.Name)
	v.Hint = "Every session and token ends at once. What " + m.Name + " wrote stays, with the name."
	if len(owned) > 0 {
		v.Hint += fmt.Sprintf(" %s owns %s.", m.Name, count(len(owned), "open incident", "open incidents"))
		v.Selects = []selectField{v.Form.PickOr("successor", "Offer them to", "Choose a person", n.others("", incident.Person(m.ID)))}
	}
	return c.render("form.html", http.StatusOK, v)
}

// actOnMember disables, enables, or makes a link.
func (s *Server) actOnMember(c *call) error {
	ctx := c.r.Context()
	m, err := s.DB.Member(ctx, c.r.PathValue("mid"))
	if err != nil {
		return err
	}
	switch c.r.PathValue("act") {
	case "link":
		return c.linkFor(m, false)
	case "enable":
		if err := s.DB.EnableMember(ctx, m.ID); err != nil {
			return err
		}
		return c.saved(m.Name+" can sign in again.", "/settings/members")
	case "disable":
		err := s.DB.DisableMember(ctx, m.ID, c.person(), incident.Person(c.value("successor")))
		if err != nil {
			return c.again("form", s.disablePage, err)
		}
		return c.saved(m.Name+" is disabled.", "/settings/members")
	}
	return errNoPage
}

func (s *Server) tokensPage(c *call) error { return c.tokens(nil) }

// tokens is the list, with a secret above it the one time that it is seen.
// Whoever manages tokens sees everybody's.
func (c *call) tokens(shown *secretView) error {
	member := c.who.MemberID
	if c.can(access.ManageTokens) {
		member = ""
	}
	all, err := c.s.DB.Tokens(c.r.Context(), member)
	if err != nil {
		return err
	}
	n, err := c.names()
	if err != nil {
		return err
	}
	v := c.topic("Tokens", "Keys for programs that act in your name. A token can never do more than you may do now.")
	v.Secret = shown
	v.Add = []navItem{{Label: "Make a token", URL: "/settings/tokens/new"}}
	v.Empty = "No tokens yet. The command line and other programs sign in with one."
	for _, k := range all {
		item := listItem{Name: k.Name, Detail: fmt.Sprintf("%s, %s, ends in %s", n.you(incident.Person(k.Member)), k.Scopes, k.Hint)}
		switch {
		case !k.RevokedAt.IsZero():
			item.Marks = []markWord{{"unknown", "Revoked"}}
		case access.TokenExpired(k.ExpiresAt, c.now) != nil:
			item.Marks = []markWord{{"unknown", "Expired"}}
		default:
			item.Acts = []listAct{{Label: "Revoke", Action: "/settings/tokens/" + k.ID + "/revoke", About: k.Name}}
			item.Marks = []markWord{{"unknown", "Never used"}}
			if !k.UsedAt.IsZero() {
				item.Marks, item.When = []markWord{{"ok", "Works"}}, ptr(c.at(k.UsedAt))
				item.Detail += ", last used"
			}
		}
		v.Items = append(v.Items, item)
	}
	return c.render("list.html", http.StatusOK, v)
}

// scopeChoices are what a token can be made for.
var scopeChoices = []choice{
	{Value: "read", Label: "Read"}, {Value: "respond", Label: "Respond: declare, update, note"},
	{Value: "manage", Label: "Manage services, policies and channels"}, {Value: "ingest", Label: "Send alerts"},
}

func (s *Server) tokenPage(c *call) error {
	v := c.setting("Tokens", "/settings/tokens", "Make a token", "Make token")
	f := v.Form
	v.Lines = []input{
		f.Field("name", "What is it for?", "So that you know it when you see it again: “laptop”, “deploy script”.", ""),
		f.Field("expires_at", "Until", "For example 2027-01-31. Leave it empty for one that does not expire.", "").Narrow(),
	}
	scopes := append([]choice(nil), scopeChoices...)
	for i := range scopes {
		scopes[i].Chosen = scopes[i].Value == "read" || scopes[i].Value == "respond"
	}
	v.Boxes = []choiceField{f.Choose("scopes", "What may it do?", scopes)}
	return c.render("form.html", http.StatusOK, v)
}

func (s *Server) makeToken(c *call) error {
	scopes, err := access.ParseScopes(strings.Join(c.r.PostForm["scopes"], " "))
	k := store.Token{Member: c.who.MemberID, Name: c.value("name"), Scopes: scopes}
	if text := strings.TrimSpace(c.value("expires_at")); err == nil && text != "" {
		k.ExpiresAt, err = incident.ParseWhen(text, c.now, c.zone())
		err = named(err, "expires_at")
	}
	var secret access.Secret
	if err == nil {
		k, secret, err = s.DB.NewToken(c.r.Context(), k)
	}
	if err != nil {
		return c.again("form", s.tokenPage, err)
	}
	return c.tokens(&secretView{
		Label: "The token " + k.Name, Hint: "Copy it now. It is not shown again.", Value: secret.Reveal(),
		Snippets: []said{{"To sign the command line in", "amends login " + s.url("")}},
	})
}

func (s *Server) revokeToken(c *call) error {
	member := c.who.MemberID
	if c.can(access.ManageTokens) {
		member = ""
	}
	if err := s.DB.RevokeToken(c.r.Context(), c.r.PathValue("tid"), member); err != nil {
		return err
	}
	return c.saved("The token is revoked.", "/settings/tokens")
}

// rulesField leads errors about rules to the field that holds them.
func rulesField(err error) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	_, say, fields := fault.Public(err)
	if len(fields) == 0 {
		return fault.Bad("rules", say)
	}
	out := make([]fault.Field, len(fields))
	for i, f := range fields {
		out[i] = fault.Field{Name: "rules", Say: f.Name + ": " + f.Say}
	}
	return &fault.Error{Kind: fault.Invalid, Fields: out}
}
