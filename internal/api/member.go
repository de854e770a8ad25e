package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

var kinds = map[access.Kind]string{access.Anonymous: "anonymous", access.Member: "member", access.Token: "token", access.System: "system"}

func (s *server) whoami(_ context.Context, c *call, _ *struct{}) (*body[client.Who], error) {
	out := client.Who{Kind: kinds[c.who.Kind], ID: c.who.MemberID, Name: c.who.Name, Role: c.who.Role.String(), Scopes: []string{}, Can: []string{}}
	if c.who.Kind == access.Token {
		out.Scopes = strings.Fields(c.who.Scopes.String())
	}
	for _, row := range access.Table() {
		if access.Can(c.who, row.Permission) {
			out.Can = append(out.Can, row.Name)
		}
	}
	return answer(out, nil)
}

func (s *server) signIn(ctx context.Context, c *call, in *body[client.SignIn]) (*body[client.Session], error) {
	b := in.Body
	if err := s.limits.try(time.Now(), "sign-in from "+c.at, "sign-in as "+strings.TrimSpace(b.Email)); err != nil {
		return nil, err
	}
	if !keepable(&url.URL{Path: b.Email}) {
		return nil, fault.Bad("email", "Enter an e-mail address like ana@example.org")
	}
	m, err := s.DB.CheckPassword(ctx, b.Email, b.Password)
	if err != nil {
		return nil, err
	}
	secret, err := s.DB.StartSession(ctx, m.ID, b.Device)
	if err != nil {
		return nil, err
	}
	return answer(client.Session{Secret: secret.Reveal(), Member: memberOf(m)}, nil)
}

type signOutIn struct {
	Authorization string `header:"Authorization" maxLength:"300" hidden:"true"`
}

func (s *server) signOut(ctx context.Context, c *call, in *signOutIn) (*struct{}, error) {
	if c.who.Kind != access.Member {
		return nil, fault.New(fault.Conflict, "This is no session. Revoke a token under Settings, Tokens")
	}
	_, text, _ := strings.Cut(in.Authorization, " ")
	secret, err := access.ParseSecret(access.ForSession, strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	return nil, s.DB.EndSession(ctx, secret)
}

func memberOf(m store.Member) client.Member {
	return client.Member{ID: m.ID, Name: m.Name, Email: m.Email, Role: m.Role.String(), Zone: m.Zone, CreatedAt: m.CreatedAt, DisabledAt: m.DisabledAt}
}

func (s *server) listMembers(ctx context.Context, _ *call, _ *struct{}) (*body[client.Members], error) {
	members, err := s.DB.Members(ctx)
	out := client.Members{Members: make([]client.Member, 0, len(members))}
	for _, m := range members {
		out.Members = append(out.Members, memberOf(m))
	}
	return answer(out, err)
}

// Named is the id of something that is not an incident.
type Named struct {
	ID string `path:"id" maxLength:"100"`
}

type change[B any] struct {
	Named
	Body B
}

func (s *server) addMember(ctx context.Context, _ *call, in *body[client.NewMember]) (*body[client.Invitation], error) {
	role, roleErr := access.ParseRole(in.Body.Role)
	m, err := s.DB.AddMember(ctx, store.Member{Name: in.Body.Name, Email: in.Body.Email, Role: role, Zone: in.Body.Zone})
	if err != nil {
		return nil, err
	}
	if roleErr != nil {
		return nil, roleErr
	}
	secret, err := s.DB.NewInvite(ctx, m.ID)
	return answer(client.Invitation{Member: memberOf(m), Link: s.BaseURL + "/join/" + secret.Reveal()}, err)
}

func (s *server) changeMember(ctx context.Context, _ *call, in *change[client.MemberChange]) (*body[client.Member], error) {
	role, err := access.ParseRole(in.Body.Role)
	if err != nil {
		return nil, err
	}
	m, err := s.DB.ChangeMember(ctx, store.Member{ID: in.ID, Name: in.Body.Name, Role: role, Zone: in.Body.Zone})
	return answer(memberOf(m), err)
}

func (s *server) member(ctx context.Context, id string, err error) (*body[client.Member], error) {
	if err != nil {
		return nil, err
	}
	m, err := s.DB.Member(ctx, id)
	return answer(memberOf(m), err)
}

func (s *server) disableMember(ctx context.Context, c *call, in *change[client.Leave]) (*body[client.Member], error) {
	r := s.read(ctx, c, "UTC")
	successor := r.person("successor", in.Body.Successor)
	if r.fails != nil {
		return nil, r.fails
	}
	if err := r.v.Err(); err != nil {
		return nil, err
	}
	return s.member(ctx, in.ID, s.DB.DisableMember(ctx, in.ID, incident.Person(c.person()), successor))
}

func (s *server) enableMember(ctx context.Context, _ *call, in *Named) (*body[client.Member], error) {
	return s.member(ctx, in.ID, s.DB.EnableMember(ctx, in.ID))
}

func (s *server) resetMember(ctx context.Context, _ *call, in *Named) (*body[client.Invitation], error) {
	m, err := s.DB.Member(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	secret, err := s.DB.NewReset(ctx, in.ID)
	return answer(client.Invitation{Member: memberOf(m), Link: s.BaseURL + "/join/" + secret.Reveal()}, err)
}

func tokenOf(k store.Token) client.Token {
	return client.Token{
		ID: k.ID, Member: k.Member, Name: k.Name, Hint: k.Hint, Scopes: strings.Fields(k.Scopes.String()),
		CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, UsedAt: k.UsedAt, RevokedAt: k.RevokedAt,
	}
}

func (s *server) tokens(ctx context.Context, member string) (*body[client.Tokens], error) {
	list, err := s.DB.Tokens(ctx, member)
	out := client.Tokens{Tokens: make([]client.Token, 0, len(list))}
	for _, k := range list {
		out.Tokens = append(out.Tokens, tokenOf(k))
	}
	return answer(out, err)
}

func (s *server) listOwnTokens(ctx context.Context, c *call, _ *struct{}) (*body[client.Tokens], error) {
	return s.tokens(ctx, c.person())
}

func (s *server) listAllTokens(ctx context.Context, _ *call, _ *struct{}) (*body[client.Tokens], error) {
	return s.tokens(ctx, "")
}

func (s *server) newToken(ctx context.Context, c *call, in *body[client.NewToken]) (*body[client.MadeToken], error) {
	scopes, err := access.ParseScopes(strings.Join(in.Body.Scopes, " "))
	if err != nil {
		return nil, err
	}
	k, secret, err := s.DB.NewToken(ctx, store.Token{Member: c.person(), Name: in.Body.Name, Scopes: scopes, ExpiresAt: in.Body.ExpiresAt})
	return answer(client.MadeToken{Token: tokenOf(k), Secret: secret.Reveal()}, err)
}

// done is an answer without a body.
type done struct{ Status int }

func finished(err error) (*done, error) {
	if err != nil {
		return nil, err
	}
	return &done{http.StatusNoContent}, nil
}

func (s *server) revokeOwnToken(ctx context.Context, c *call, in *Named) (*done, error) {
	return finished(s.DB.RevokeToken(ctx, in.ID, c.person()))
}

func (s *server) revokeAnyToken(ctx context.Context, _ *call, in *Named) (*done, error) {
	return finished(s.DB.RevokeToken(ctx, in.ID, ""))
}
