package notify

// kinds is the table of channels, in the order in which settings offer them.
var kinds = []ChannelKind{
	{
		Name: "webhook", Label: "Signed webhook", Help: "Any program of yours that takes a POST. Signed after Standard Webhooks.", open: openWebhook,
		Options: []Option{
			{Key: "url", Label: "Address", Help: "Gets a POST for each message.", Required: true, check: isTarget},
			{Key: "secret", Label: "Signing secret", Help: "Starts with whsec_. While you change it, enter the new one and the old one with a space between.", Secret: true, Required: true, check: isSecret},
		},
	},
	{
		Name: "outbox", Label: "Outbox", Help: "Keeps messages on this server and sends none. For trying amends out.", open: openOutbox,
	},
}
