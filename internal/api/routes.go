package api

import (
	"amends.dev/internal/access"
)

// anybody opens an operation to callers without a token: they get what is
// public, and the store decides what that is.
const anybody = access.ReadPublic

const (
	get    = "GET"
	post   = "POST"
	put    = "PUT"
	remove = "DELETE"
)

// routes is every operation of the API, what it needs and who answers. What
// has no row here is not there; a row without need lets nobody in. The paths
// stand below /api/v1.
var routes = []route{
	// Who is there.
	{"whoami", get, "/whoami", anybody, "Say who the caller is and what they may do", 200, keepsNothing, in((*server).whoami)},
	{"sign-in", post, "/session", anybody, "Sign in with an address and a password", 201, keepsSecret, in((*server).signIn)},
	{"sign-out", remove, "/session", access.ReadStakeholders, "End the session that is used", 204, keepsNothing, in((*server).signOut)},

	// Views.
	{"status", get, "/status", anybody, "Show what is open and how the services do", 200, keepsNothing, in((*server).showStatus)},
	{"list-incidents", get, "/incidents", anybody, "List incidents, the newest first", 200, keepsNothing, in((*server).listIncidents)},
	{"show-incident", get, "/incidents/{id}", anybody, "Show one incident", 200, keepsNothing, in((*server).showIncident)},
	{"timeline", get, "/incidents/{id}/timeline", anybody, "Show what happened, the oldest first", 200, keepsNothing, in((*server).showTimeline)},
	{"list-promises", get, "/promises", access.ReadStakeholders, "Show the ledger of promises", 200, keepsNothing, in((*server).listPromises)},
	{"cadence", get, "/cadence", access.ReadStakeholders, "Measure how often incidents were spoken about", 200, keepsNothing, in((*server).showCadence)},

	// Commands.
	{"declare-incident", post, "/incidents", access.Declare, "Declare an incident", 201, keepsResult, in((*server).declare)},
	{"post-update", post, "/incidents/{id}/updates", access.PostUpdate, "Post an update, or that nothing is new", 200, keepsResult, in((*server).postUpdate)},
	{"correct-update", post, "/incidents/{id}/updates/{n}/correction", access.CorrectUpdate, "Say what an update should have said", 200, keepsResult, in((*server).correctUpdate)},
	{"add-note", post, "/incidents/{id}/notes", access.AddNote, "Write a note for the team", 200, keepsResult, in((*server).addNote)},
	{"take-ownership", post, "/incidents/{id}/ownership", access.TakeOwnership, "Accept responsibility in words", 200, keepsResult, in((*server).takeOwnership)},
	{"offer-handover", post, "/incidents/{id}/handover", access.OfferOwnership, "Offer the incident to somebody", 200, keepsResult, in((*server).offerHandover)},
	{"answer-handover", post, "/incidents/{id}/handover/answer", access.AnswerOffer, "Accept or decline the offer", 200, keepsResult, in((*server).answerHandover)},
	{"withdraw-handover", post, "/incidents/{id}/handover/withdraw", access.OfferOwnership, "Take the offer back", 200, keepsResult, in((*server).withdrawHandover)},
	{"ask-help", post, "/incidents/{id}/help", access.AskHelp, "Ask for help", 200, keepsResult, in((*server).askHelp)},
	{"answer-help", post, "/incidents/{id}/help/{n}/answer", access.AnswerHelp, "Accept or decline a request for help", 200, keepsResult, in((*server).answerHelp)},
	{"record-help", post, "/incidents/{id}/help/{n}/record", access.AnswerHelp, "Say what help changed", 200, keepsResult, in((*server).recordHelp)},
	{"change-severity", post, "/incidents/{id}/severity", access.ChangeIncident, "Move to another severity", 200, keepsResult, in((*server).changeSeverity)},
	{"change-services", post, "/incidents/{id}/services", access.ChangeIncident, "Replace the affected services", 200, keepsResult, in((*server).changeServices)},
	{"change-audience", post, "/incidents/{id}/audience", access.ChangeIncident, "Change who reads what is published from now on", 200, keepsResult, in((*server).changeAudience)},
	{"name-backup", post, "/incidents/{id}/backup", access.ChangeIncident, "Name the second accountable person", 200, keepsResult, in((*server).nameBackup)},
	{"resolve", post, "/incidents/{id}/resolve", access.Resolve, "Publish the last word", 200, keepsResult, in((*server).resolve)},
	{"reopen", post, "/incidents/{id}/reopen", access.Reopen, "Say that it is not over after all", 200, keepsResult, in((*server).reopen)},
	{"move-review", post, "/incidents/{id}/review/move", access.PostUpdate, "Publish a new date for the review", 200, keepsResult, in((*server).moveReview)},
	{"deliver-review", post, "/incidents/{id}/review/deliver", access.PostUpdate, "Say where the review can be read", 200, keepsResult, in((*server).deliverReview)},

	// Deliveries. The list names addresses, so it needs what a replay needs.
	{"list-deliveries", get, "/deliveries", access.ReplayDeliveries, "List what was sent, waits and was given up", 200, keepsNothing, in((*server).listDeliveries)},
	{"replay-deliveries", post, "/deliveries/replay", access.ReplayDeliveries, "Start dead deliveries again", 200, keepsAnswer, in((*server).replayDeliveries)},
	{"release-deliveries", post, "/deliveries/release", access.ReplayDeliveries, "Let a restored server send", 200, keepsAnswer, in((*server).releaseDeliveries)},

	// Members and tokens. Changing them takes a person: no token may.
	{"list-members", get, "/members", access.ReadTeam, "List the members", 200, keepsNothing, in((*server).listMembers)},
	{"add-member", post, "/members", access.ManageMembers, "Invite a member", 201, keepsSecret, in((*server).addMember)},
	{"change-member", put, "/members/{id}", access.ManageMembers, "Change name, role and zone of a member", 200, keepsNothing, in((*server).changeMember)},
	{"disable-member", post, "/members/{id}/disable", access.ManageMembers, "Keep a member from signing in", 200, keepsAnswer, in((*server).disableMember)},
	{"enable-member", post, "/members/{id}/enable", access.ManageMembers, "Let a member sign in again", 200, keepsAnswer, in((*server).enableMember)},
	{"reset-member", post, "/members/{id}/reset-link", access.ManageMembers, "Make a link to a new password", 201, keepsSecret, in((*server).resetMember)},
	{"list-tokens", get, "/tokens", access.ManageOwnTokens, "List the caller's tokens", 200, keepsNothing, in((*server).listOwnTokens)},
	{"new-token", post, "/tokens", access.ManageOwnTokens, "Make a token", 201, keepsSecret, in((*server).newToken)},
	{"revoke-token", remove, "/tokens/{id}", access.ManageOwnTokens, "End a token of the caller", 204, keepsNothing, in((*server).revokeOwnToken)},
	{"list-all-tokens", get, "/tokens/all", access.ManageTokens, "List everybody's tokens", 200, keepsNothing, in((*server).listAllTokens)},
	{"revoke-any-token", remove, "/tokens/all/{id}", access.ManageTokens, "End a token of anybody", 204, keepsNothing, in((*server).revokeAnyToken)},

	// Settings.
	{"show-team", get, "/team", access.ReadTeam, "Show the team's settings", 200, keepsNothing, in((*server).showTeam)},
	{"set-team", put, "/team", access.ChangeSettings, "Replace the team's settings", 200, keepsNothing, in((*server).setTeam)},
	{"list-policies", get, "/policies", access.ReadStakeholders, "Show the policies in force", 200, keepsNothing, in((*server).listPolicies)},
	{"set-policy", put, "/policies/{id}", access.ChangePolicy, "Replace the policy of a severity", 200, keepsNothing, in((*server).setPolicy)},
	{"list-services", get, "/services", anybody, "List the services and how they do", 200, keepsNothing, in((*server).listServices)},
	{"add-service", post, "/services", access.ManageServices, "Add a service", 201, keepsAnswer, in((*server).addService)},
	{"change-service", put, "/services/{id}", access.ManageServices, "Replace what is said about a service", 200, keepsNothing, in((*server).changeService)},
	{"archive-service", post, "/services/{id}/archive", access.ManageServices, "Take a service out of use, or back", 200, keepsAnswer, in((*server).archiveService)},
	{"order-services", post, "/services/order", access.ManageServices, "Put services in an order", 200, keepsAnswer, in((*server).orderServices)},
	{"list-channels", get, "/channels", access.ManageChannels, "List the channels", 200, keepsNothing, in((*server).listChannels)},
	{"add-channel", post, "/channels", access.ManageChannels, "Add a channel", 201, keepsAnswer, in((*server).addChannel)},
	{"change-channel", put, "/channels/{id}", access.ManageChannels, "Replace what is said about a channel", 200, keepsNothing, in((*server).changeChannel)},
	{"pause-channel", post, "/channels/{id}/pause", access.ManageChannels, "Take a channel out of use, or back", 200, keepsAnswer, in((*server).pauseChannel)},
	{"test-channel", post, "/channels/{id}/test", access.ManageChannels, "Send a test message", 200, keepsAnswer, in((*server).testChannel)},
	{"remove-channel", remove, "/channels/{id}", access.ManageChannels, "Remove a channel", 204, keepsNothing, in((*server).removeChannel)},
	{"list-sources", get, "/sources", access.ManageSources, "List the sources of alerts", 200, keepsNothing, in((*server).listSources)},
	{"add-source", post, "/sources", access.ManageSources, "Add a source", 201, keepsSecret, in((*server).addSource)},
	{"change-source", put, "/sources/{id}", access.ManageSources, "Replace what is said about a source", 200, keepsNothing, in((*server).changeSource)},
	{"new-source-key", post, "/sources/{id}/key", access.ManageSources, "Replace the key of a source", 201, keepsSecret, in((*server).newSourceKey)},
	{"revoke-source", post, "/sources/{id}/revoke", access.ManageSources, "End the key of a source", 200, keepsAnswer, in((*server).revokeSource)},
	{"list-subscribers", get, "/subscribers", access.ManageStakeholders, "List the readers who asked to be told", 200, keepsNothing, in((*server).listSubscribers)},
	{"add-subscribers", post, "/subscribers", access.ManageStakeholders, "Add readers who have confirmed", 200, keepsAnswer, in((*server).addSubscribers)},
	{"remove-subscriber", remove, "/subscribers/{id}", access.ManageStakeholders, "Forget a reader", 204, keepsNothing, in((*server).removeSubscriber)},

	{"import-statuspage", post, "/import/statuspage", access.ImportHistory, "Bring a Statuspage history", 200, keepsAnswer, in((*server).importStatuspage)},
}
