package web

import "amends.dev/internal/access"

// route is one address: what it needs, and who answers.
type route struct {
	Method, Pattern string
	// Need is what the caller must be allowed to do. The zero value has no
	// row in the table of permissions and lets nobody in.
	Need access.Permission
	do   func(*Server, *call) error
	// public: served from memory to everybody, and blind to who asks.
	public bool
	// data: answered with an error as plain text, not as a page.
	data bool
}

// anybody opens a page to people who are not signed in: the doors themselves,
// and what is public.
const anybody = access.ReadPublic

// routes is every address of this room. A handler that needs to know more
// than the table says (the small forms differ in what they need) asks again.
var routes = []route{
	// Public.
	{Method: "GET", Pattern: "/status", Need: anybody, do: (*Server).statusPage, public: true},
	{Method: "GET", Pattern: "/status/history", Need: anybody, do: (*Server).statusPage, public: true},
	{Method: "GET", Pattern: "/status/{id}", Need: anybody, do: (*Server).statusPage, public: true},
	{Method: "GET", Pattern: "/status.json", Need: anybody, do: (*Server).statusPage, public: true},
	{Method: "GET", Pattern: "/unsubscribe/{secret}", Need: anybody, do: (*Server).unsubscribePage},
	{Method: "POST", Pattern: "/unsubscribe/{secret}", Need: anybody, do: (*Server).unsubscribe},
	{Method: "GET", Pattern: "/help", Need: anybody, do: (*Server).helpPage},

	// Doors.
	{Method: "GET", Pattern: "/setup/{secret}", Need: anybody, do: (*Server).setupPage},
	{Method: "POST", Pattern: "/setup/{secret}", Need: anybody, do: (*Server).setUp},
	{Method: "GET", Pattern: "/join/{secret}", Need: anybody, do: (*Server).joinPage},
	{Method: "POST", Pattern: "/join/{secret}", Need: anybody, do: (*Server).join},
	{Method: "GET", Pattern: "/sign-in", Need: anybody, do: (*Server).signInPage},
	{Method: "POST", Pattern: "/sign-in", Need: anybody, do: (*Server).signIn},
	{Method: "POST", Pattern: "/sign-out", Need: anybody, do: (*Server).signOut},

	// Now and the incidents.
	{Method: "GET", Pattern: "/{$}", Need: access.ReadStakeholders, do: (*Server).nowPage},
	{Method: "GET", Pattern: "/declare", Need: access.Declare, do: (*Server).declarePage},
	{Method: "POST", Pattern: "/declare", Need: access.Declare, do: (*Server).declare},
	{Method: "GET", Pattern: "/incidents", Need: access.ReadStakeholders, do: (*Server).incidentsPage},
	{Method: "GET", Pattern: "/incidents/{id}", Need: access.ReadStakeholders, do: (*Server).incidentPage},
	{Method: "POST", Pattern: "/incidents/{id}/updates", Need: access.PostUpdate, do: (*Server).postUpdate},
	{Method: "GET", Pattern: "/incidents/{id}/updates/{n}/correct", Need: access.CorrectUpdate, do: (*Server).correctPage},
	{Method: "POST", Pattern: "/incidents/{id}/updates/{n}/correct", Need: access.CorrectUpdate, do: (*Server).correct},
	{Method: "POST", Pattern: "/incidents/{id}/reopen", Need: access.Reopen, do: (*Server).reopen},
	{Method: "POST", Pattern: "/incidents/{id}/notes", Need: access.AddNote, do: (*Server).addNote},
	{Method: "POST", Pattern: "/incidents/{id}/offer", Need: access.AnswerOffer, do: (*Server).answerHandover},
	{Method: "POST", Pattern: "/incidents/{id}/help/{n}", Need: access.AnswerHelp, do: (*Server).answerHelp},
	{Method: "GET", Pattern: "/incidents/{id}/{what}", Need: access.ReadTeam, do: (*Server).changePage},
	{Method: "POST", Pattern: "/incidents/{id}/{what}", Need: access.AddNote, do: (*Server).changeIncident},
	{Method: "GET", Pattern: "/events", Need: access.ReadStakeholders, do: (*Server).events, data: true},
	{Method: "GET", Pattern: "/when", Need: access.ReadStakeholders, do: (*Server).whenEcho, data: true},
	{Method: "GET", Pattern: "/promises", Need: access.ReadStakeholders, do: (*Server).promisesPage},
	{Method: "GET", Pattern: "/promises.csv", Need: access.ReadStakeholders, do: (*Server).promisesCSV, data: true},
	{Method: "GET", Pattern: "/promises.json", Need: access.ReadStakeholders, do: (*Server).promisesJSON, data: true},
	{Method: "GET", Pattern: "/demo/outbox", Need: access.ReadTeam, do: (*Server).outboxPage},

	// Settings.
	{Method: "GET", Pattern: "/settings", Need: access.ManageOwnTokens, do: (*Server).settingsPage},
	{Method: "GET", Pattern: "/settings/you", Need: access.ManageOwnTokens, do: (*Server).youPage},
	{Method: "POST", Pattern: "/settings/you", Need: access.ManageOwnTokens, do: (*Server).saveYou},
	{Method: "GET", Pattern: "/settings/team", Need: access.ChangeSettings, do: (*Server).teamPage},
	{Method: "POST", Pattern: "/settings/team", Need: access.ChangeSettings, do: (*Server).saveTeam},
	{Method: "GET", Pattern: "/settings/services", Need: access.ManageServices, do: (*Server).servicesPage},
	{Method: "GET", Pattern: "/settings/services/{sid}", Need: access.ManageServices, do: (*Server).servicePage},
	{Method: "POST", Pattern: "/settings/services/{sid}", Need: access.ManageServices, do: (*Server).saveService},
	{Method: "POST", Pattern: "/settings/services/{sid}/{act}", Need: access.ManageServices, do: (*Server).actOnService},
	{Method: "GET", Pattern: "/settings/policies", Need: access.ChangePolicy, do: (*Server).policiesPage},
	{Method: "GET", Pattern: "/settings/policies/{severity}", Need: access.ChangePolicy, do: (*Server).policyPage},
	{Method: "POST", Pattern: "/settings/policies/{severity}", Need: access.ChangePolicy, do: (*Server).savePolicy},
	{Method: "GET", Pattern: "/settings/channels", Need: access.ManageChannels, do: (*Server).channelsPage},
	{Method: "GET", Pattern: "/settings/channels/{cid}", Need: access.ManageChannels, do: (*Server).channelPage},
	{Method: "POST", Pattern: "/settings/channels/{cid}", Need: access.ManageChannels, do: (*Server).saveChannel},
	{Method: "POST", Pattern: "/settings/channels/{cid}/{act}", Need: access.ManageChannels, do: (*Server).actOnChannel},
	{Method: "GET", Pattern: "/settings/sources", Need: access.ManageSources, do: (*Server).sourcesPage},
	{Method: "GET", Pattern: "/settings/sources/{sid}", Need: access.ManageSources, do: (*Server).sourcePage},
	{Method: "POST", Pattern: "/settings/sources/{sid}", Need: access.ManageSources, do: (*Server).saveSource},
	{Method: "POST", Pattern: "/settings/sources/{sid}/{act}", Need: access.ManageSources, do: (*Server).actOnSource},
	{Method: "GET", Pattern: "/settings/members", Need: access.ManageMembers, do: (*Server).membersPage},
	{Method: "GET", Pattern: "/settings/members/{mid}", Need: access.ManageMembers, do: (*Server).memberPage},
	{Method: "POST", Pattern: "/settings/members/{mid}", Need: access.ManageMembers, do: (*Server).saveMember},
	{Method: "GET", Pattern: "/settings/members/{mid}/disable", Need: access.ManageMembers, do: (*Server).disablePage},
	{Method: "POST", Pattern: "/settings/members/{mid}/{act}", Need: access.ManageMembers, do: (*Server).actOnMember},
	{Method: "GET", Pattern: "/settings/tokens", Need: access.ManageOwnTokens, do: (*Server).tokensPage},
	{Method: "GET", Pattern: "/settings/tokens/new", Need: access.ManageOwnTokens, do: (*Server).tokenPage},
	{Method: "POST", Pattern: "/settings/tokens/new", Need: access.ManageOwnTokens, do: (*Server).makeToken},
	{Method: "POST", Pattern: "/settings/tokens/{tid}/revoke", Need: access.ManageOwnTokens, do: (*Server).revokeToken},
	{Method: "GET", Pattern: "/settings/deliveries", Need: access.ReplayDeliveries, do: (*Server).deliveriesPage},
	{Method: "POST", Pattern: "/settings/deliveries/{act}", Need: access.ReplayDeliveries, do: (*Server).actOnDeliveries},
	{Method: "GET", Pattern: "/settings/backup", Need: access.Backup, do: (*Server).backupPage},
	{Method: "GET", Pattern: "/settings/backup/amends.backup", Need: access.Backup, do: (*Server).downloadBackup, data: true},
	{Method: "GET", Pattern: "/{id}", Need: access.ReadStakeholders, do: (*Server).shortAddress},
}

// Routes lists method and pattern of every address, for tests and the manual.
func Routes() []struct{ Method, Pattern, Permission string } {
	out := make([]struct{ Method, Pattern, Permission string }, len(routes))
	for i, rt := range routes {
		out[i].Method, out[i].Pattern, out[i].Permission = rt.Method, rt.Pattern, rt.Need.String()
	}
	return out
}
