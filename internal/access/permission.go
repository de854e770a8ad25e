package access

import (
	"fmt"

	"amends.dev/internal/fault"
)

// Permission is one kind of act. The zero value has no row and is denied.
type Permission uint8

// The permissions, in the order of the table.
const (
	_ Permission = iota
	ReadPublic
	ReadStakeholders
	ReadTeam
	SendAlert
	Declare
	TakeOwnership
	OfferOwnership
	AnswerOffer
	PostUpdate
	CorrectUpdate
	AddNote
	ChangeIncident
	AskHelp
	AnswerHelp
	Resolve
	Reopen
	OverrideOwnership
	MissPromise
	ManageServices
	ChangePolicy
	ManageStakeholders
	ReplayDeliveries
	ManageChannels
	ManageSources
	ChangeSettings
	ManageOwnTokens
	ManageTokens
	ManageMembers
	ImportHistory
	Redact
	Backup

	permissions // one past the last
)

// Row is what the table says about one permission.
type Row struct {
	Permission Permission
	Name       string // stable, in words: "post update"
	Doing      string // begins the refusal: "Posting an update"
	Role       Role   // the least role; NoRole lets in everybody, signed in or not
	Scopes     Scopes // any of these opens it for a token; 0: no token may
	System     bool   // the program and the operator at its console may
}

// table is the law. Each role includes the ones before it, so the least role
// says the whole line of a role × permission matrix; deniedToRoles marks what
// no member may do.
//
// Three lines carry a law of the product. The program may never post, resolve
// or own: nothing is said in somebody's name to keep a promise. Only the
// program may settle a promise as missed: outcomes are computed, not typed in.
// No token may make tokens, members, redactions or backups: a stolen key must
// not be able to outlive its own revocation or to carry everything away.
var table = [...]Row{
	{ReadPublic, "read public", "Reading this", NoRole, allScopes, true},
	{ReadStakeholders, "read stakeholders", "Reading this", Viewer, ScopeRead, true},
	{ReadTeam, "read team", "Reading this", Responder, ScopeRead, true},

	{SendAlert, "send alert", "Sending alerts", Responder, ScopeIngest, true},
	{Declare, "declare", "Declaring an incident", Responder, ScopeRespond, true},
	{TakeOwnership, "take ownership", "Taking ownership", Responder, ScopeRespond, false},
	{OfferOwnership, "offer ownership", "Offering ownership", Responder, ScopeRespond, false},
	{AnswerOffer, "answer offer", "Answering an offer", Responder, ScopeRespond, false},
	{PostUpdate, "post update", "Posting an update", Responder, ScopeRespond, false},
	{CorrectUpdate, "correct update", "Correcting an update", Responder, ScopeRespond, false},
	{AddNote, "add note", "Adding a note", Responder, ScopeRespond, true},
	{ChangeIncident, "change incident", "Changing an incident", Responder, ScopeRespond, false},
	{AskHelp, "ask for help", "Asking for help", Responder, ScopeRespond, false},
	{AnswerHelp, "answer help", "Answering a request for help", Responder, ScopeRespond, false},
	{Resolve, "resolve", "Ending an incident", Responder, ScopeRespond, false},
	{Reopen, "reopen", "Reopening an incident", Responder, ScopeRespond, false},
	{OverrideOwnership, "override ownership", "Posting before anyone has taken ownership", Lead, ScopeRespond, false},
	{MissPromise, "miss promise", "Settling a missed promise", deniedToRoles, 0, true},

	{ManageServices, "manage services", "Changing services", Lead, ScopeManage, false},
	{ChangePolicy, "change policy", "Changing policies", Lead, ScopeManage, false},
	{ManageStakeholders, "manage stakeholders", "Changing stakeholders", Lead, ScopeManage, false},
	{ReplayDeliveries, "replay deliveries", "Sending failed deliveries again", Lead, ScopeManage, true},
	{ManageChannels, "manage channels", "Changing channels", Admin, ScopeManage, false},
	{ManageSources, "manage sources", "Changing sources", Admin, ScopeManage, false},
	{ChangeSettings, "change settings", "Changing settings", Admin, ScopeManage, false},
	{ManageOwnTokens, "manage own tokens", "Making your own tokens", Viewer, 0, false},
	{ManageTokens, "manage tokens", "Revoking tokens of others", Admin, 0, true},
	{ManageMembers, "manage members", "Changing members", Admin, 0, true},
	{ImportHistory, "import history", "Importing history", Admin, 0, true},
	{Redact, "redact", "Removing published words", Admin, 0, false},
	{Backup, "backup", "Making or reading a backup", Admin, 0, true},
}

// deniedToRoles is above every role a member can have.
const deniedToRoles = Admin + 1

// Table returns the rows in order, for the manual and for tests that walk
// every route.
func Table() []Row { return append([]Row(nil), table[:]...) }

func (p Permission) row() (Row, bool) {
	if p == 0 || p >= permissions {
		return Row{}, false
	}
	return table[p-1], true
}

// String returns the permission's name; "" when it has no row.
func (p Permission) String() string {
	r, _ := p.row()
	return r.Name
}

// Can reports whether who may do p.
func Can(who Who, p Permission) bool {
	row, ok := p.row()
	if !ok {
		return false
	}
	switch who.Kind {
	case Anonymous:
		return row.Role == NoRole
	case Member:
		return who.Role <= Admin && who.Role >= row.Role
	case Token:
		return who.Role <= Admin && who.Role >= row.Role && who.Scopes.allows(row.Scopes)
	case System:
		return row.System
	}
	return false
}

// Check returns nil when who may do p, and otherwise what is missing: Unknown
// for somebody who is not signed in, Forbidden for everybody else. Whether a
// thing may be known of at all is asked with Sees first, and answered with
// Missing.
func Check(who Who, p Permission) error {
	if Can(who, p) {
		return nil
	}
	row, ok := p.row()
	if !ok {
		return fault.Wrap(fault.Forbidden, "Nobody may do this. Tell the person who runs this server.", fmt.Errorf("permission %d has no row", p))
	}
	switch {
	case who.Kind == Anonymous:
		return fault.Newf(fault.Unknown, "%s needs you to sign in. Sign in and try again.", row.Doing)
	case row.Role == deniedToRoles:
		return fault.Newf(fault.Forbidden, "%s is done by the server alone, from recorded times.", row.Doing)
	case who.Kind == System:
		return fault.Newf(fault.Forbidden, "%s is done by a person. Sign in to do it.", row.Doing)
	case who.Role < row.Role:
		return fault.Newf(fault.Forbidden, "%s needs the %s role. Ask an admin to give it to you.", row.Doing, row.Role)
	case who.Kind == Token && row.Scopes == 0:
		return fault.Newf(fault.Forbidden, "%s cannot be done with a token. Sign in to do it.", row.Doing)
	}
	return fault.Newf(fault.Forbidden, "%s needs a token with the %s scope. Make one under Settings, Tokens.", row.Doing, row.Scopes)
}
