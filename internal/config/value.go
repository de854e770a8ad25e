package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The readers below each check one option and store it. They answer with "",
// or with the sentence that says what to write; those of secrets quote nothing.

func readBaseURL(c *Config, text string) string {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Sprintf("%q is not a web address. Write https://status.example.org", text)
	}
	if u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Sprintf("%q has more than scheme and host. Write %s://%s", text, u.Scheme, u.Host)
	}
	c.BaseURL = u.Scheme + "://" + strings.ToLower(u.Host)
	return ""
}

func readAddr(c *Config, text string) string {
	c.Addr = text
	return checkAddr(text)
}

func readMetricsAddr(c *Config, text string) string {
	c.MetricsAddr = text
	return checkAddr(text)
}

func checkAddr(text string) string {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return fmt.Sprintf("%q is not an address to listen on. Write host:port, such as 127.0.0.1:8080", text)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Sprintf("%q is not a port. Write a number from 0 to 65535 after the colon", port)
	}
	return ""
}

func readDatabase(c *Config, text string) string {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Opaque != "" {
		return "This is not a PostgreSQL address. Write postgres://user:password@host/name, or leave it out for SQLite in data"
	}
	c.Database = Hidden(text)
	return ""
}

// transports maps a scheme to how TLS is used and the usual port.
var transports = map[string]struct {
	tls  string
	port int
}{"smtp": {"starttls", 587}, "smtps": {"tls", 465}, "smtp+plain": {"none", 25}}

func readSMTP(c *Config, text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "This is not a mail server's address. Write smtp://user:password@host:587, with signs such as @ : / # in the password percent-encoded"
	}
	t, ok := transports[u.Scheme]
	if !ok || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return "This is not a mail server's address. Write smtp://, smtps:// or smtp+plain://, then user:password@host:port"
	}
	s := SMTP{Host: u.Hostname(), Port: t.port, TLS: t.tls, User: u.User.Username()}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return "The port is not a number from 1 to 65535. Write it after the host: smtp://host:587"
		}
	}
	password, _ := u.User.Password()
	s.Password = Hidden(password)
	if s.TLS == "none" && password != "" && !isLoopback(s.Host) {
		return "The password would cross the network readable to others. Write smtp:// or smtps://"
	}
	c.SMTP = s
	return ""
}

func readMailFrom(c *Config, text string) string {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return fmt.Sprintf("%q is not an address to send from. Write status@example.org or Example status <status@example.org>", text)
	}
	c.MailFrom = *a
	return ""
}

func readPrefixes(text string) (list []netip.Prefix, say string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(part)
		if err != nil {
			a, addrErr := netip.ParseAddr(part)
			if addrErr != nil || a.Zone() != "" {
				return nil, fmt.Sprintf("%q is not a network. Write 10.20.0.0/16 or fd00:1::/32, several separated by commas", part)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		if p != p.Masked() {
			return nil, fmt.Sprintf("%q has bits after its length. Write %s", part, p.Masked())
		}
		list = append(list, p)
	}
	return list, ""
}

var levels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}

func readLogLevel(c *Config, text string) string {
	level, ok := levels[text]
	if !ok {
		return fmt.Sprintf("%q is not a level. Write debug, info, warn or error", text)
	}
	c.LogLevel = level
	return ""
}

func readLogFormat(c *Config, text string) string {
	if text != "text" && text != "json" {
		return fmt.Sprintf("%q is not a format. Write text or json", text)
	}
	c.LogFormat = text
	return ""
}

func readTeamName(c *Config, text string) string {
	if say := checkLine(text, 100); say != "" {
		return say
	}
	c.TeamName = text
	return ""
}

func readNode(c *Config, text string) string {
	if say := checkLine(text, 100); say != "" {
		return say
	}
	c.Node = text
	return ""
}

func checkLine(text string, limit int) string {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Sprintf("%q is more than one line of text. Write a name", text)
	}
	if utf8.RuneCountInString(text) > limit {
		return fmt.Sprintf("This is longer than %d characters. Write a shorter name", limit)
	}
	return ""
}

func readTimeZone(c *Config, text string) string {
	zone, err := time.LoadLocation(text)
	if err != nil || text == "" || text == "Local" {
		return fmt.Sprintf("%q is not a zone. Write a name of the IANA list, such as Europe/Berlin or UTC", text)
	}
	c.TimeZone = zone
	return ""
}

func readCount(text string, low, high int, unit time.Duration, name string) (d time.Duration, say string) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Sprintf("%q is not a count of %s. Write a number from %d to %d", text, name, low, high)
	}
	return time.Duration(n) * unit, ""
}

func readDemo(c *Config, text string) string {
	var err error
	if c.Demo, err = strconv.ParseBool(text); err != nil {
		return fmt.Sprintf("%q is neither true nor false. Write true or false", text)
	}
	return ""
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// mask returns a secret's text with what must not be seen taken out. An
// address keeps its scheme, user, host and path; anything else is hidden.
func mask(text string) string {
	u, err := url.Parse(text)
	if text == "" || err != nil || u.Host == "" || strings.Contains(text, "#") || strings.Contains(u.Path+u.RawQuery, "@") {
		return Hidden(text).String() // unreadable, or a sign of the password ended the host early
	}
	user := ""
	if u.User != nil {
		user = url.User(u.User.Username()).String()
		if _, has := u.User.Password(); has {
			user += ":(hidden)"
		}
		user += "@"
	}
	query := ""
	if u.RawQuery != "" {
		query = "?(hidden)"
	}
	return u.Scheme + "://" + user + u.Host + u.EscapedPath() + query
}
