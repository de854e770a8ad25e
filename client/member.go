package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Who says who is calling.
type Who struct {
	Kind   string   `json:"kind" doc:"anonymous, member or token"`
	ID     string   `json:"id,omitempty" doc:"The member, or the token's owner"`
	Name   string   `json:"name,omitempty"`
	Role   string   `json:"role,omitempty" doc:"viewer, responder, lead or admin"`
	Scopes []string `json:"scopes" doc:"Of a token: read, respond, manage, ingest"`
	Can    []string `json:"can" doc:"Every act that is open to the caller"`
}

// Whoami returns who the token says is calling.
func (c *Client) Whoami(ctx context.Context) (w Who, err error) {
	return w, c.get(ctx, "/whoami", nil, &w)
}

// SignIn is an address and a password.
type SignIn struct {
	Email    string `json:"email" maxLength:"300"`
	Password string `json:"password" maxLength:"1024"`
	Device   string `json:"device,omitempty" maxLength:"300" doc:"Names this computer in the member's list of sessions"`
}

// Session is what signing in gave: a secret that acts as the member, to be
// used like a token. It is shown once.
type Session struct {
	Secret string `json:"secret"`
	Member Member `json:"member"`
}

// SignIn signs a member in. What only a person may do (members, tokens, an
// import) needs this; everything else works with a token.
func (c *Client) SignIn(ctx context.Context, in SignIn) (s Session, err error) {
	return s, c.post(ctx, "/session", in, &s)
}

// SignOut ends the session that the client uses.
func (c *Client) SignOut(ctx context.Context) error {
	return c.send(ctx, http.MethodDelete, "/session", nil, nil)
}

// Member is a person who can sign in.
type Member struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Email      string    `json:"email"`
	Role       string    `json:"role" doc:"viewer, responder, lead or admin"`
	Zone       string    `json:"zone,omitempty" doc:"IANA name; the team's when absent"`
	CreatedAt  time.Time `json:"created_at"`
	DisabledAt time.Time `json:"disabled_at,omitzero" doc:"Absent while the member may sign in"`
}

// Members is the list of members.
type Members struct {
	Members []Member `json:"members"`
}

// NewMember is somebody to invite.
type NewMember struct {
	Name  string `json:"name" maxLength:"400"`
	Email string `json:"email" maxLength:"300"`
	Role  string `json:"role" maxLength:"100"`
	Zone  string `json:"zone,omitempty" maxLength:"100"`
}

// MemberChange replaces what is said about a member.
type MemberChange struct {
	Name string `json:"name" maxLength:"400"`
	Role string `json:"role" maxLength:"100"`
	Zone string `json:"zone,omitempty" maxLength:"100"`
}

// Invitation is a member and the one-time link with which they choose a
// password. The link is shown once.
type Invitation struct {
	Member Member `json:"member"`
	Link   string `json:"link"`
}

// Leave disables a member.
type Leave struct {
	Successor string `json:"successor,omitempty" maxLength:"300" doc:"Is offered the open incidents of the member; needed when there are any"`
}

// Members returns every member.
func (c *Client) Members(ctx context.Context) ([]Member, error) {
	var m Members
	err := c.get(ctx, "/members", nil, &m)
	return m.Members, err
}

// AddMember adds a member and returns the link for them.
func (c *Client) AddMember(ctx context.Context, in NewMember) (i Invitation, err error) {
	return i, c.post(ctx, "/members", in, &i)
}

// ChangeMember replaces what is said about a member.
func (c *Client) ChangeMember(ctx context.Context, id string, in MemberChange) (m Member, err error) {
	return m, c.send(ctx, http.MethodPut, "/members/"+url.PathEscape(id), in, &m)
}

// DisableMember keeps a member from signing in.
func (c *Client) DisableMember(ctx context.Context, id string, in Leave) (m Member, err error) {
	return m, c.post(ctx, "/members/"+url.PathEscape(id)+"/disable", in, &m)
}

// EnableMember lets a member sign in again.
func (c *Client) EnableMember(ctx context.Context, id string) (m Member, err error) {
	return m, c.post(ctx, "/members/"+url.PathEscape(id)+"/enable", nil, &m)
}

// ResetMember makes a one-time link to a new password.
func (c *Client) ResetMember(ctx context.Context, id string) (i Invitation, err error) {
	return i, c.post(ctx, "/members/"+url.PathEscape(id)+"/reset-link", nil, &i)
}

// Token is an API token.
type Token struct {
	ID        string    `json:"id"`
	Member    string    `json:"member" doc:"Id of its owner"`
	Name      string    `json:"name" doc:"What it is for"`
	Hint      string    `json:"hint" doc:"The last four characters of its secret"`
	Scopes    []string  `json:"scopes"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"Absent: it does not expire"`
	UsedAt    time.Time `json:"used_at,omitzero" doc:"To the minute; absent: never"`
	RevokedAt time.Time `json:"revoked_at,omitzero" doc:"Absent while it works"`
}

// Tokens is a list of tokens.
type Tokens struct {
	Tokens []Token `json:"tokens"`
}

// NewToken is a token to make.
type NewToken struct {
	Name      string    `json:"name" maxLength:"400" doc:"What it is for"`
	Scopes    []string  `json:"scopes" maxItems:"10" doc:"read, respond, manage, ingest"`
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"Absent: it does not expire"`
}

// MadeToken is a token with its secret, which is shown once.
type MadeToken struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret"`
}

// Tokens returns the caller's tokens, or with all everybody's.
func (c *Client) Tokens(ctx context.Context, all bool) ([]Token, error) {
	var t Tokens
	path := "/tokens"
	if all {
		path = "/tokens/all"
	}
	err := c.get(ctx, path, nil, &t)
	return t.Tokens, err
}

// NewToken makes a token for the caller.
func (c *Client) NewToken(ctx context.Context, in NewToken) (t MadeToken, err error) {
	return t, c.post(ctx, "/tokens", in, &t)
}

// RevokeToken ends a token of the caller, or with all of anybody.
func (c *Client) RevokeToken(ctx context.Context, id string, all bool) error {
	path := "/tokens/"
	if all {
		path = "/tokens/all/"
	}
	return c.send(ctx, http.MethodDelete, path+url.PathEscape(id), nil, nil)
}
