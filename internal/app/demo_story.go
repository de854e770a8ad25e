package app

import (
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
)

// The demo's company sells tickets. Nobody in it exists. The seed is fixed and
// every time is relative to now, so it always looks alive and screenshots of
// it stay the same.

type demoPerson struct {
	key, name, email, zone string
	role                   access.Role
}

var demoPeople = []demoPerson{
	{"priya", "Priya Nair", "priya@halden.example", "Asia/Kolkata", access.Admin},
	{"tomas", "Tomás Ferreira", "tomas@halden.example", "Europe/Lisbon", access.Responder},
	{"ana", "Ana Kowalska", "ana@halden.example", "Europe/Warsaw", access.Lead},
	{"jun", "Jun Mori", "jun@halden.example", "Asia/Tokyo", access.Responder},
	{"sofia", "Sofia Lind", "sofia@halden.example", "Europe/Stockholm", access.Viewer},
}

var demoServices = []struct{ id, name, group, about string }{
	{"checkout", "Checkout", "Buying", "Basket, seats and the order itself"},
	{"payments", "Payments", "Buying", "Card, bank transfer and refunds"},
	{"delivery", "Ticket delivery", "Buying", "Tickets by mail and in the app"},
	{"search", "Search", "Finding", "Events, venues and dates"},
	{"sign-in", "Sign-in", "Account", "Passwords, passkeys and the account page"},
	{"partners", "Partner API", "For partners", "Orders and events for venues and resellers"},
	{"reports", "Reports", "For partners", "Daily sales for venues"},
}

// demoPlot is one mistake that could happen again: what readers were told, in
// order, and what worked again at the end.
type demoPlot struct {
	title    string
	kind     incident.Kind
	severity incident.Severity
	services []string
	origin   incident.Origin
	owner    string
	audience incident.Audience
	updates  []demoWords
	end      string
	note     string
}

type demoWords struct {
	now, plan string
	status    incident.Status
}

var demoPlots = []demoPlot{
	{
		title: "Search results are up to an hour old", kind: "outage", severity: "SEV3", services: []string{"search"}, origin: "alert", owner: "tomas",
		updates: []demoWords{
			{"New events and changed dates appear in search up to 60 minutes late. Buying works.", "Find out which step of the index holds the queue.", incident.Investigating},
			{"The index takes each venue's feed twice since the release at 09:10. We turned the second reader off; the queue shrinks by 4,000 events a minute.", "Check that the queue is empty and compare 50 events by hand.", incident.Identified},
		},
		end: "Search shows changes within a minute again. We compared 50 events by hand and all were current.", note: "Queue was 212k at the worst. Graph saved in the team's drive.",
	},
	{
		title: "Tickets arrive late by mail", kind: "outage", severity: "SEV2", services: []string{"delivery"}, origin: "customer", owner: "jun",
		updates: []demoWords{
			{"Since 16:40 UTC tickets reach inboxes 20 to 90 minutes after the order. The app shows them at once.", "Ask our mail provider why it defers us, and move tonight's events to the second provider.", incident.Investigating},
			{"Our provider slowed us down because a newsletter shared the same address. Tickets for events tonight go through the second provider since 17:35 UTC.", "Move the rest, and count how many tickets still wait.", incident.Identified},
			{"All mail goes through the second provider. 1,140 tickets still wait; 300 leave every minute.", "Watch the queue until it is empty.", incident.Monitoring},
		},
		end: "Every ticket that waited has been delivered. New ones arrive within a minute.", note: "Second provider's limit is 500 a minute. Worth raising before December.",
	},
	{
		title: "Sign-in with a passkey fails on some phones", kind: "launch", severity: "SEV3", services: []string{"sign-in"}, origin: "colleague", owner: "ana",
		updates: []demoWords{
			{"Since our release on Tuesday about 1 in 20 people with an Android phone cannot sign in with a passkey. Passwords work.", "Reproduce it on the three phones that reports name.", incident.Investigating},
			{"We asked the phone for a check that these models do not offer. We are taking that line out.", "Release the change and try it on all three phones.", incident.Identified},
		},
		end: "Passkeys work on every phone that we could try, six models. We asked for a check that some phones do not offer.", note: "We tested on two models only before the launch. That list needs to grow.",
	},
	{
		title: "Some refunds were paid twice", kind: "data", severity: "SEV2", services: []string{"payments"}, origin: "self", owner: "priya",
		updates: []demoWords{
			{"214 refunds from Monday were paid twice. Nobody lost money. We stopped the refund run.", "List every order concerned and write to the people before they see it on their statement.", incident.Investigating},
			{"The list is complete: 214 orders, 9,380 euros. The run had no guard against starting twice.", "Write to all 214 people, and add the guard before the next run.", incident.Identified},
		},
		end: "All 214 people have a mail from us. They may keep the money; it was our mistake. The run cannot start twice any more.", note: "Ana decided that people keep the money. Finance agreed by phone.",
	},
	{
		title: "Partner API answers slowly", kind: "outage", severity: "SEV3", services: []string{"partners"}, origin: "alert", owner: "tomas",
		updates: []demoWords{
			{"Calls take 3 to 8 seconds instead of 0.2. None are lost.", "Look at what the database waits for.", incident.Investigating},
			{"One venue's export reads the whole order table each minute. We asked them to pause it, and they have.", "Add the missing index and let the export run again.", incident.Identified},
		},
		end: "Calls take 0.2 seconds again, with the export running.", note: "Index build took 14 minutes, no lock.",
	},
	{
		title: "Seat plan showed seats that were sold", kind: "outage", severity: "SEV1", services: []string{"checkout"}, origin: "customer", owner: "priya",
		updates: []demoWords{
			{"Since 10:02 UTC the seat plan offers seats that are sold. About 60 orders took such a seat. We stopped sales for the three events concerned.", "Find every order concerned, and keep sales stopped until the plan is right.", incident.Investigating},
			{"73 orders hold a seat that somebody else holds too. The plan read from a copy that was 40 minutes old.", "Call the first 20 people, and point the plan at the right copy.", incident.Identified},
			{"The plan reads the right copy since 10:58 UTC. Sales are open again. We have reached 51 of 73 people.", "Reach the other 22, and check the plan against the orders every 10 minutes.", incident.Monitoring},
		},
		end: "All 73 people have a seat they agreed to, or their money and a voucher. The plan has matched the orders for two hours.", note: "Jun rang venues; they had spare seats for 60 of them.",
	},
	{
		title: "We promised the spring report for Friday and it is not ready", kind: "commitment", severity: "SEV4", services: []string{"reports"}, origin: "manager", owner: "ana", audience: incident.Stakeholders,
		updates: []demoWords{
			{"The spring report for venues will not be ready on Friday as we promised. The numbers for March are right; April's are not.", "Send March today, and say by Monday when April follows.", incident.Identified},
		},
		end: "March and April are with every venue. We said Friday and delivered on Tuesday.", note: "",
	},
	{
		title: "An internal price list was visible to resellers", kind: "data", severity: "SEV2", services: []string{"partners"}, origin: "colleague", owner: "ana", audience: incident.Team,
		updates: []demoWords{
			{"A link to our internal price list worked for signed-in resellers for two days. 4 opened it. The link is dead since 11:20 UTC.", "Call the four, and look for other links of that kind.", incident.Identified},
		},
		end: "We spoke to all four resellers. Two other links of that kind existed and were never opened; both are dead.", note: "Legal informed at 11:45.",
	},
}

// demoOpen is what is going on while somebody looks at the demo.
var demoOpen = demoPlot{
	title: "Card payments fail for some customers", kind: "outage", severity: "SEV2", services: []string{"payments", "checkout"}, origin: "alert", owner: "priya",
	updates: []demoWords{
		{"About 1 in 6 card payments fails. Bank transfer works. If your payment failed, you were not charged.", "Find out which of our two payment providers refuses, and send payments to the other one.", incident.Investigating},
		{"About 1 in 9 card payments fails. Our first provider refuses cards from one bank. Half of all payments go through the second one now.", "Move the other half to the second provider, and count failures for ten minutes.", incident.Identified},
	},
	note: "Provider's status page is green. Ticket with them: open, no answer yet.",
}

// demoWatched is open too, and calm.
var demoWatched = demoPlot{
	title: "Daily sales reports are missing two venues", kind: "outage", severity: "SEV3", services: []string{"reports"}, origin: "customer", owner: "tomas",
	updates: []demoWords{
		{"Today's sales report lacks the numbers of two venues in Gdańsk and Porto. Their sales work; only the report is short.", "Run the report again for both and compare it with the orders.", incident.Investigating},
		{"Both reports are complete and sent again. We renamed a column and the report skipped rows with the old name.", "Watch tomorrow's first run.", incident.Monitoring},
	},
}

// demoMonths is how far the ledger goes back.
const demoMonths = 6

// demoStart is how long before now the demo's first incident lies.
const demoStart = demoMonths * 30 * 24 * time.Hour
