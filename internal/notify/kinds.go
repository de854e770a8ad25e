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
		Name: "slack", Label: "Slack", Help: "In Slack: Apps, Incoming Webhooks, Add New Webhook to Workspace.", open: openSlack,
		Options: []Option{{Key: "url", Label: "Webhook address", Secret: true, Required: true, check: isTarget}},
	},
	{
		Name: "mattermost", Label: "Mattermost", Help: "In Mattermost: Integrations, Incoming Webhooks.", open: openMattermost,
		Options: []Option{{Key: "url", Label: "Webhook address", Secret: true, Required: true, check: isTarget}},
	},
	{
		Name: "teams", Label: "Teams", Help: "In Teams: the channel's Workflows, Post to a channel when a webhook request is received.", open: openTeams,
		Options: []Option{{Key: "url", Label: "Workflow address", Secret: true, Required: true, check: isTarget}},
	},
	{
		Name: "discord", Label: "Discord", Help: "In Discord: the channel's settings, Integrations, Webhooks.", open: openDiscord,
		Options: []Option{{Key: "url", Label: "Webhook address", Secret: true, Required: true, check: isTarget}},
	},
	{
		Name: "ntfy", Label: "ntfy", Help: "Push to phones that follow the topic. Anybody who knows a public topic can read it.", open: openNtfy,
		Options: []Option{
			{Key: "url", Label: "Server", Default: "https://ntfy.sh", check: isTarget},
			{Key: "topic", Label: "Topic", Required: true, check: isTopic},
			{Key: "token", Label: "Access token", Help: "For topics that are not open to everybody.", Secret: true},
		},
	},
	{
		Name: "telegram", Label: "Telegram", Help: "Make a bot with BotFather and add it to the chat.", open: openTelegram,
		Options: []Option{
			{Key: "token", Label: "Bot token", Secret: true, Required: true, check: isBotToken},
			{Key: "chat", Label: "Chat", Help: "Its number, or @ and the channel's name.", Required: true, check: isChat},
			{Key: "url", Label: "Bot server", Default: "https://api.telegram.org", check: isTarget},
		},
	},
	{
		Name: "outbox", Label: "Outbox", Help: "Keeps messages on this server and sends none. For trying amends out.", open: openOutbox,
	},
}
