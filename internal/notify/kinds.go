package notify

// kinds is the table of channels, in the order in which settings offer them.
var kinds = []ChannelKind{
	{
		Name: "email", Label: "E-mail", Help: "The mail server that sends for your domain.", open: openEmail,
		Options: []Option{
			{Key: "host", Label: "Mail server", Help: "Host name, such as mail.example.com.", Required: true, check: isHost},
			{Key: "port", Label: "Port", Help: "587 for STARTTLS, 465 for TLS.", Default: "587", check: isPort},
			{Key: "tls", Label: "Encryption", Help: "starttls, tls, or none for a server in your own network.", Default: "starttls", check: isTLSMode},
			{Key: "user", Label: "User", Help: "Leave empty when the server asks for no sign-in."},
			{Key: "password", Label: "Password", Secret: true},
			{Key: "from", Label: "Sender", Help: "Such as Northwind status <status@example.com>.", Required: true, check: isSender},
			{Key: "connections", Label: "Connections", Help: "How many the server lets in at once.", Default: "4", check: isCount},
		},
	},
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
