package config_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"amends.dev/internal/config"
	"amends.dev/internal/fault"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the manual")

// load reads a configuration from arguments, variables and the text of a
// file, on a machine where nothing else is set.
func load(t *testing.T, args, environ []string, file string) (*config.Config, error) {
	t.Helper()
	flags := pflag.NewFlagSet("amends", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	system := filepath.Join(t.TempDir(), "amends.toml")
	if file != "" {
		write(t, system, file)
	}
	environ = append([]string{"HOME=/home/ana", "XDG_CONFIG_HOME=" + t.TempDir()}, environ...)
	return config.Load(config.Input{Flags: flags, Environ: environ, System: system})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNothingHasToBeConfigured(t *testing.T) {
	c, err := load(t, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.BaseURL, c.Addr, c.Data, c.Database.Reveal(), c.SMTP, c.LogLevel, c.LogFormat, c.TimeZone, c.SetupLife, c.Node, c.Demo, c.File()}
	want := []any{"http://localhost:8080", "127.0.0.1:8080", "/home/ana/.local/share/amends", "", config.SMTP{}, slog.LevelInfo, "text", time.UTC, 30 * time.Minute, host, false, ""}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Load of nothing\ngot  %v\nwant %v", got, want)
	}
	for _, v := range c.Values() {
		if v.Source != "default" || c.Fixed(v.Key) {
			t.Errorf("%s comes from %q, fixed %v; want default and not fixed", v.Key, v.Source, c.Fixed(v.Key))
		}
	}
}

func TestFlagGoesBeforeVariableBeforeFileBeforeDefault(t *testing.T) {
	const file = "addr = '127.0.0.1:1'\nsetup_minutes = 1\nteam_name = 'File'\nlog_level = 'warn'\n"
	env := []string{"AMENDS_ADDR=127.0.0.1:2", "AMENDS_SETUP_MINUTES=2", "AMENDS_TEAM_NAME=", "AMENDS_LOG_FORMAT="}
	c, err := load(t, []string{"--addr", "127.0.0.1:3"}, env, file)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]config.Value{
		"addr":         {Text: "127.0.0.1:3", Source: "--addr"},
		"undo_seconds": {Text: "2", Source: "AMENDS_UNDO_SECONDS"},
		"team_name":    {Text: "File", Source: c.File()},
		"log_level":    {Text: "warn", Source: c.File()},
		"log_format":   {Text: "text", Source: "default"},
		"base_url":     {Text: "http://localhost:3", Source: "default"},
	} {
		want.Key = key
		for _, v := range c.Values() {
			if v.Key == key && v != want {
				t.Errorf("got %+v, want %+v", v, want)
			}
		}
	}
	if c.Addr != "127.0.0.1:3" || c.SetupLife != 2*time.Minute || c.TeamName != "File" || c.LogLevel != slog.LevelWarn {
		t.Errorf("got %s %s %s %s", c.Addr, c.SetupLife, c.TeamName, c.LogLevel)
	}
}

func TestEveryOptionIsReadFromEveryPlace(t *testing.T) {
	good := map[string][]string{ // two values each that differ from the default
		"base_url": {"https://a.example", "https://b.example:8443"}, "addr": {"127.0.0.1:1", "[::1]:2"}, "data": {"/a", "/b"},
		"database": {"postgres://a/b", "postgresql://c/d"}, "smtp_url": {"smtp://a", "smtps://b:465"}, "mail_from": {"a@example.org", "B <b@example.org>"},
		"allow_private": {"10.0.0.0/8", "fd00::/8,192.168.1.1"}, "trusted_proxies": {"10.0.0.0/8", "127.0.0.1"}, "log_level": {"debug", "error"},
		"log_format": {"json", "text"}, "metrics_addr": {":9090", "127.0.0.1:9091"}, "team_name": {"A", "B"}, "time_zone": {"Europe/Berlin", "Asia/Tokyo"},
		"setup_minutes": {"1", "1440"}, "node": {"a", "b"}, "demo": {"true", "true"},
	}
	always := []string{"--mail-from=x@example.org"}
	for _, o := range config.Options() {
		values := good[o.Key]
		if values == nil {
			t.Errorf("option %s has no good values in this test; add them", o.Key)
			continue
		}
		for _, v := range values {
			places := map[string]func() (*config.Config, error){
				"--" + o.Flag(): func() (*config.Config, error) {
					return load(t, append(always, "--"+o.Flag()+"="+v), nil, "")
				},
				o.Env(): func() (*config.Config, error) {
					return load(t, nil, []string{"AMENDS_MAIL_FROM=x@example.org", o.Env() + "=" + v}, "")
				},
				"file": func() (*config.Config, error) {
					return load(t, nil, []string{"AMENDS_MAIL_FROM=" + map[bool]string{false: "x@example.org"}[o.Key == "mail_from"]}, fmt.Sprintf("%s = %q\n", o.Key, v))
				},
			}
			for place, read := range places {
				c, err := read()
				if err != nil {
					t.Errorf("%s = %q by %s: %v", o.Key, v, place, err)
					continue
				}
				if want := map[bool]string{true: c.File(), false: place}[place == "file"]; c.Source(o.Key) != want && o.Key != "mail_from" {
					t.Errorf("%s = %q comes from %q, want %q", o.Key, v, c.Source(o.Key), want)
				}
			}
		}
	}
}

func TestEveryFaultIsReportedAtOnceByItsOption(t *testing.T) {
	const file = `
base_ulr = "https://status.example.org"
base_url = "https://status.example.org/path"
database = "mysql://secret-a"
smtp_url = "smtp://ana:secret-b@"
allow_private = ["10.0.0.1/8"]
time_zone = 1.5
colour = "blue"
[server]
port = 80
`
	args := []string{"--addr=80", "--log-level=loud", "--mail-from=nobody"}
	env := []string{"AMENDS_LOG_FORMAT=xml", "AMENDS_TRUSTED_PROXYS=10.0.0.0/8", "AMENDS_METRICS_ADDR=localhost", "AMENDS_NODE=a\nb",
		"AMENDS_SETUP_MINUTES=0", "AMENDS_DEMO=perhaps", "AMENDS_SERVICE_HOST=10.1.2.3", "AMENDS_PORT_8080_TCP=tcp://x", "AMENDS_TOKEN=t"}
	_, err := load(t, args, env, file)
	kind, say, fields := fault.Public(err)
	if kind != fault.Invalid || say == "" {
		t.Errorf("Load = %s %q, want an invalid fault with a sentence", kind, say)
	}
	want := map[string]string{
		"base_ulr": "Did you mean base_url?", "base_url": "more than scheme and host", "database": "PostgreSQL", "smtp_url": "mail server",
		"allow_private": "Write 10.0.0.0/8", "time_zone": "not a value", "colour": "no such option",
		"server.port": "no such option", "addr": "host:port", "log_level": "debug, info", "mail_from": "status@example.org",
		"log_format": "text or json (from AMENDS_LOG_FORMAT)", "AMENDS_TRUSTED_PROXYS": "Did you mean AMENDS_TRUSTED_PROXIES?", "metrics_addr": "host:port",
		"node": "one line", "setup_minutes": "from 1 to 1440", "demo": "true or false",
	}
	got := map[string]string{}
	for _, f := range fields {
		got[f.Name] = f.Say
		if strings.HasSuffix(f.Say, ".") {
			t.Errorf("%s: %q ends with a full stop", f.Name, f.Say)
		}
	}
	for key, part := range want {
		if !strings.Contains(got[key], part) {
			t.Errorf("%s: says %q, want %q in it", key, got[key], part)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("further faults: %v", got)
	}
	if strings.Contains(err.Error(), "secret-") {
		t.Errorf("a secret stands in the error: %v", err)
	}
}

func TestASecretIsReadFromAFileAndShownNowhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "smtp")
	write(t, path, "smtp://ana:s3cr3t-smtp@mail.example.org\n")
	c, err := load(t, []string{"--database", "postgres://amends:s3cr3t-db@db.example.org/amends?password=s3cr3t-q&sslmode=require"},
		[]string{"AMENDS_SMTP_URL_FILE=" + path, "AMENDS_MAIL_FROM=status@example.org"}, "smtp_url = 'smtp://weaker'\n")
	if err != nil {
		t.Fatal(err)
	}
	want := config.SMTP{Host: "mail.example.org", Port: 587, TLS: "starttls", User: "ana", Password: "s3cr3t-smtp"}
	if c.SMTP != want || c.SMTP.Password.Reveal() != "s3cr3t-smtp" {
		t.Errorf("SMTP = %+v, want %+v", c.SMTP, want)
	}
	if got := c.Source("smtp_url"); got != "AMENDS_SMTP_URL_FILE" {
		t.Errorf("smtp_url comes from %q, want the variable of the file", got)
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("config", "config", c, "values", c.Values(), "password", c.SMTP.Password)
	slog.New(slog.NewTextHandler(&log, nil)).Info("config", "config", c, "values", c.Values(), "password", c.SMTP.Password)
	out := string(encoded) + log.String() + fmt.Sprintf("%v %+v %#v %s %v %x", c, *c, *c, c.Values(), c.SMTP, c.Database)
	if strings.Contains(out, "s3cr3t") || strings.Contains(out, fmt.Sprintf("%x", "s3cr3t")) {
		t.Errorf("a secret shows in %s", out)
	}
	if !strings.Contains(out, "postgres://amends:(hidden)@db.example.org/amends?(hidden)") {
		t.Errorf("the masked address does not show in %s", out)
	}
}

func TestAPasswordThatBreaksItsAddressIsStillHidden(t *testing.T) {
	for _, sign := range []string{"#", "/", "?", "@", ":", " ", "%", "\\"} {
		_, err := load(t, nil, []string{"AMENDS_MAIL_FROM=a@example.org"}, "smtp_url = 'smtp://ana:1234"+sign+"5678@mail.example.org'\n")
		if err != nil && (strings.Contains(err.Error(), "1234") || strings.Contains(err.Error(), "5678")) {
			t.Errorf("with %q in the password the error shows it: %v", sign, err)
		}
		c, err := load(t, []string{"--smtp-url=smtp://mail.example.org", "--mail-from=a@example.org"}, []string{"AMENDS_DATABASE=postgres://ana:1234" + sign + "5678@db.example.org/x"}, "")
		if err != nil {
			continue
		}
		for _, v := range c.Values() {
			if strings.Contains(v.Text, "1234") || strings.Contains(v.Text, "5678") {
				t.Errorf("with %q in the password the listing shows %s", sign, v.Text)
			}
		}
	}
}

func TestASecretGivenTwiceInOnePlaceOrFromAMissingFileIsAFault(t *testing.T) {
	for _, c := range []struct{ file, say string }{
		{"database = 'postgres://a/b'\ndatabase_file = '/x'\n", "both given"},
		{"database_file = '/does/not/exist'\n", "cannot be read"},
		{"addr_file = '/x'\n", "no such option"},
	} {
		_, err := load(t, nil, nil, c.file)
		if err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("Load(%q) = %v, want %q", c.file, err, c.say)
		}
	}
}

func TestTheFileIsFoundWhereItIsNamedThenAtHomeThenInEtc(t *testing.T) {
	dir := t.TempDir()
	home, system, named := filepath.Join(dir, "home", ".config", "amends", "amends.toml"), filepath.Join(dir, "etc.toml"), filepath.Join(dir, "named.toml")
	if err := os.MkdirAll(filepath.Dir(home), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{named, home, system} {
		write(t, path, fmt.Sprintf("team_name = %q\n", filepath.Base(path)))
	}
	read := func(environ ...string) string {
		t.Helper()
		c, err := config.Load(config.Input{Environ: append(environ, "HOME="+filepath.Join(dir, "home")), System: system})
		if err != nil {
			t.Fatal(err)
		}
		return c.File()
	}
	if got := read("AMENDS_CONFIG=" + named); got != named {
		t.Errorf("read %s, want the named one", got)
	}
	if got := read(); got != home {
		t.Errorf("read %s, want the one at home", got)
	}
	if err := os.Remove(home); err != nil {
		t.Fatal(err)
	}
	if got := read(); got != system {
		t.Errorf("read %s, want the system's", got)
	}
	_, err := config.Load(config.Input{Environ: []string{"HOME=/x", "AMENDS_CONFIG=" + filepath.Join(dir, "absent.toml")}})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("a named file that does not exist: %v, want a fault", err)
	}
	write(t, named, "addr = '127.0.0.1:1'\nteam_name = Ana\n")
	_, err = config.Load(config.Input{Environ: []string{"HOME=/x", "AMENDS_CONFIG=" + named}})
	if _, say, _ := fault.Public(err); !strings.Contains(say, "line 2, column 13") {
		t.Errorf("a file with a slip says %q, want line and column", say)
	}
}

func TestOptionsThatOnlyHoldTogether(t *testing.T) {
	for _, c := range []struct {
		args  []string
		field string // "" when fine
	}{
		{[]string{"--smtp-url=smtp://mail.example.org"}, "mail_from"},
		{[]string{"--smtp-url=smtp://mail.example.org", "--mail-from=a@example.org", "--addr=:8080"}, "base_url"},
		{[]string{"--smtp-url=smtp://mail.example.org", "--mail-from=a@example.org", "--addr=:8080", "--base-url=https://status.example.org"}, ""},
		{[]string{"--addr=:8080"}, ""},
		{[]string{"--smtp-url=smtp+plain://ana:pw@mail.example.org", "--mail-from=a@example.org"}, "smtp_url"},
		{[]string{"--smtp-url=smtp+plain://ana:pw@127.0.0.1:1025", "--mail-from=a@example.org"}, ""},
		{[]string{"--demo"}, ""},
		{[]string{"--demo", "--addr=0.0.0.0:8080"}, "addr"},
		{[]string{"--demo", "--data=/x"}, "data"},
		{[]string{"--demo", "--database=postgres://a/b"}, "database"},
	} {
		_, err := load(t, c.args, nil, "")
		_, _, fields := fault.Public(err)
		if c.field == "" && err != nil || c.field != "" && (len(fields) != 1 || fields[0].Name != c.field) {
			t.Errorf("Load(%v) = %v, want a fault at %q", c.args, err, c.field)
		}
	}
}

func TestADemoLeavesTheRealServersDataAlone(t *testing.T) {
	c, err := load(t, []string{"--demo"}, nil, "database = 'postgres://real/one'\nsmtp_url = 'smtp://real'\nmail_from = 'a@example.org'\ndata = '/real'\n")
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != "" || c.Data != "" || c.SMTP != (config.SMTP{}) {
		t.Errorf("a demo got %q %q %+v, want none of the real ones", c.Database.Reveal(), c.Data, c.SMTP)
	}
}

func TestNetworksAreReadAsWritten(t *testing.T) {
	c, err := load(t, nil, nil, "allow_private = ['10.20.0.0/16', 'fd00::1']\ntrusted_proxies = '127.0.0.1, 10.0.0.0/8'\n")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(c.AllowPrivate, c.TrustedProxies)
	want := fmt.Sprint([]netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd00::1/128")},
		[]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")})
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTheManualSaysWhatTheTableSays(t *testing.T) {
	const path = "../../docs/configuration.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for name, want := range map[string]string{"options": config.Markdown(), "example": "```toml\n" + config.Example() + "```\n"} {
		open, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
		before, rest, ok1 := strings.Cut(text, open)
		got, after, ok2 := strings.Cut(rest, end)
		if !ok1 || !ok2 {
			t.Fatalf("%s has no place between %q and %q", path, open, end)
		}
		if got != want && !*update {
			t.Errorf("the %s in %s are not those of the table; run go test ./internal/config -update\ngot\n%s\nwant\n%s", name, path, got, want)
		}
		text = before + open + want + end + after
	}
	if *update {
		write(t, path, text)
	}
}

func TestTheExampleFileHoldsWhenItIsSwitchedOn(t *testing.T) {
	var lines []string
	for line := range strings.Lines(config.Example()) {
		if on := strings.TrimPrefix(line, "# "); strings.Contains(on, " = ") && !strings.Contains(on, "_file = ") && on != line {
			lines = append(lines, on)
		}
	}
	if want := len(config.Options()) - 1; len(lines) != want {
		t.Errorf("the example sets %d options, want %d (all but demo)", len(lines), want)
	}
	if _, err := load(t, nil, nil, strings.Join(lines, "")); err != nil {
		t.Errorf("the example does not load: %v", err)
	}
}

func FuzzLoadIsTotalAndKeepsSecrets(f *testing.F) {
	f.Add("addr = '127.0.0.1:8080'\n", "postgres://a:s3cr3t@b/c")
	f.Add("[a]\nb = [1, {c = 2}]\n", "smtp://a:s3cr3t#@b")
	f.Add("base_url = \"https://[::1\"\n", "s3cr3t")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, file, secret string) {
		path := filepath.Join(dir, "fuzz.toml")
		write(t, path, file)
		c, err := config.Load(config.Input{Environ: []string{"HOME=/x", "AMENDS_CONFIG=" + path, "AMENDS_DATABASE=" + secret}})
		if (c == nil) == (err == nil) {
			t.Fatalf("Load = %v, %v; want one of the two", c, err)
		}
		if strings.Contains(secret, "s3cr3t") && !strings.Contains(file, "s3cr3t") && strings.Contains(secret, ":s3cr3t@") {
			if out := fmt.Sprintf("%v %+v", err, c); strings.Contains(out, "s3cr3t") && !strings.Contains(strings.Replace(secret, ":s3cr3t@", "", 1), "s3cr3t") {
				t.Fatalf("the secret %q shows in %s", secret, out)
			}
		}
	})
}
