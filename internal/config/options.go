package config

import (
	"strings"
	"time"
)

// Option is one row of the table.
type Option struct {
	Key      string // in the file: base_url
	Default  string // as written in the file; "" when it is worked out
	WorksOut string // says the default when it is worked out; ""
	Example  string // a value for the example file; "" shows the default
	Help     string // what it does, one line, for flags and the manual
	Secret   bool   // never shown; KEY_file may name a file that holds it
	Switch   bool   // true or false

	read func(c *Config, text string) (say string) // checks text and stores it, or says what to write
}

// Flag returns the option's flag without dashes in front: base-url.
func (o Option) Flag() string { return strings.ReplaceAll(o.Key, "_", "-") }

// Env returns the option's variable: AMENDS_BASE_URL.
func (o Option) Env() string { return envPrefix + strings.ToUpper(o.Key) }

const (
	envPrefix   = "AMENDS_"
	fileSuffix  = "_file"
	fromDefault = "default"
)

// Options returns the table.
func Options() []Option { return append([]Option(nil), options...) }

// options is the table. Defaults suit a team of five on one machine.
var options = []Option{
	{Key: "base_url", WorksOut: "http://localhost and the port of addr", Example: "https://status.example.org",
		Help: "The address people type, without a path. Links in mail and feeds begin with it",
		read: readBaseURL},
	{Key: "addr", Default: "127.0.0.1:8080",
		Help: "Where to listen: host:port. An empty host listens on every address",
		read: readAddr},
	{Key: "data", WorksOut: "$STATE_DIRECTORY, else $XDG_DATA_HOME/amends, else ~/.local/share/amends", Example: "/var/lib/amends",
		Help: "Directory of the database file and attachments",
		read: func(c *Config, text string) string { c.Data = text; return "" }},
	{Key: "database", WorksOut: "SQLite in data", Example: "postgres://amends@db.example.org/amends", Secret: true,
		Help: "A postgres:// address, for several nodes on one database",
		read: readDatabase},
	{Key: "smtp_url", WorksOut: "no mail is sent", Example: "smtp://amends:password@mail.example.org:587", Secret: true,
		Help: "Where to hand mail over: smtp:// begins plain and must turn to TLS, smtps:// is TLS from the first byte, smtp+plain:// is a relay without TLS",
		read: readSMTP},
	{Key: "mail_from", WorksOut: "needed with smtp_url", Example: "Example status <status@example.org>",
		Help: "The sender of mail: an address, with a name in front if you like",
		read: readMailFrom},
	{Key: "allow_private", WorksOut: "none", Example: "10.20.0.0/16",
		Help: "Private networks that webhooks and channels may reach, separated by commas. Everything private is refused otherwise",
		read: func(c *Config, text string) (say string) { c.AllowPrivate, say = readPrefixes(text); return say }},
	{Key: "trusted_proxies", WorksOut: "none", Example: "127.0.0.1/32",
		Help: "Proxies whose X-Forwarded headers count, as networks separated by commas",
		read: func(c *Config, text string) (say string) { c.TrustedProxies, say = readPrefixes(text); return say }},
	{Key: "log_level", Default: "info",
		Help: "How much to log: debug, info, warn or error",
		read: readLogLevel},
	{Key: "log_format", Default: "text",
		Help: "How to log: text or json",
		read: readLogFormat},
	{Key: "metrics_addr", WorksOut: "the listener of addr", Example: "127.0.0.1:9090",
		Help: "A listener of its own for /metrics: host:port",
		read: readMetricsAddr},
	{Key: "team_name", WorksOut: "asked at setup", Example: "Example Payments",
		Help: "The team's name, as readers see it",
		read: readTeamName},
	{Key: "time_zone", Default: "UTC", Example: "Europe/Berlin",
		Help: "The team's zone, as a name of the IANA list. A member's own zone goes before it",
		read: readTimeZone},
	{Key: "setup_minutes", Default: "30",
		Help: "How long a setup link works: 1 to 1440 minutes",
		read: func(c *Config, text string) (say string) {
			c.SetupLife, say = readCount(text, 1, 1440, time.Minute, "minutes")
			return say
		}},
	{Key: "node", WorksOut: "the host's name", Example: "eu-1",
		Help: "The name of this process among several on one database",
		read: readNode},
	{Key: "demo", Default: "false", Switch: true,
		Help: "Open a made-up company in a temporary directory. Nothing is sent",
		read: readDemo},
}

// others are variables of ours that are not options: they belong to the
// command line client and to the tests.
var others = []string{"AMENDS_CONFIG", "AMENDS_SERVER", "AMENDS_TOKEN"}
