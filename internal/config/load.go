package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"amends.dev/internal/fault"
)

// Input is what a configuration is made from. The zero value gives the
// defaults and what the system's file says.
type Input struct {
	Flags   *pflag.FlagSet // with the flags of AddFlags, parsed; nil: none
	Environ []string       // "KEY=value", as os.Environ gives it
	System  string         // the system's file; "" means /etc/amends/amends.toml
}

// AddFlags defines a flag for every option, one for the file of every secret,
// and --config.
func AddFlags(flags *pflag.FlagSet) {
	flags.String("config", "", "Read this configuration file")
	for _, o := range options {
		help := o.Help
		if d := cmp.Or(o.Default, o.WorksOut); d != "" && !o.Switch {
			help += " (default: " + d + ")"
		}
		if o.Switch {
			flags.Bool(o.Flag(), false, help)
			continue
		}
		flags.String(o.Flag(), "", help)
		if o.Secret {
			flags.String(o.Flag()+"-file", "", "Read "+o.Key+" from this file")
		}
	}
}

// layer is one place that options come from.
type layer struct {
	name func(key string) string // how the place calls the option
	vals *koanf.Koanf
}

// loader collects what is wrong while it goes.
type loader struct {
	fault.Checks
	env map[string]string
	cfg *Config
}

// Load reads, checks and returns the configuration. The error is one fault
// with a field for every option that needs another value.
func Load(in Input) (*Config, error) {
	l := &loader{cfg: &Config{values: map[string]Value{}}, env: map[string]string{}}
	for _, kv := range in.Environ {
		if key, value, ok := strings.Cut(kv, "="); ok {
			l.env[key] = value
		}
	}
	layers, err := l.layers(in)
	if err != nil {
		return nil, err
	}
	for _, o := range options {
		l.option(o, layers)
	}
	l.workOut()
	l.together()
	if err := l.Err(); err != nil {
		return nil, withSay(err)
	}
	return l.cfg, nil
}

func withSay(err error) error {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		e.Say = "The configuration cannot be used. Change this and start again:"
	}
	return err
}

// layers reads the places, the strongest first.
func (l *loader) layers(in Input) ([]layer, error) {
	flagged := koanf.New(".")
	if in.Flags != nil {
		named := func(f *pflag.Flag) (string, any) {
			key := strings.ReplaceAll(f.Name, "-", "_")
			if _, ok := find(key); !ok {
				return "", nil
			}
			return key, f.Value.String()
		}
		if err := flagged.Load(posflag.ProviderWithFlag(in.Flags, ".", nil, named), nil); err != nil {
			return nil, fmt.Errorf("read flags: %w", err)
		}
	}
	environ := koanf.New(".")
	opt := env.Opt{Prefix: envPrefix, TransformFunc: l.variable, EnvironFunc: func() []string { return in.Environ }}
	if err := environ.Load(env.Provider(".", opt), nil); err != nil {
		return nil, fmt.Errorf("read environment: %w", err)
	}
	filed, err := l.readFile(in)
	if err != nil {
		return nil, err
	}
	defaults := map[string]any{}
	for _, o := range options {
		if o.Default != "" {
			defaults[o.Key] = o.Default
		}
	}
	base := koanf.New(".")
	if err := base.Load(confmap.Provider(defaults, "."), nil); err != nil {
		return nil, fmt.Errorf("read defaults: %w", err)
	}
	return []layer{
		{func(key string) string { return "--" + strings.ReplaceAll(key, "_", "-") }, flagged},
		{func(key string) string { return envPrefix + strings.ToUpper(key) }, environ},
		{func(string) string { return l.cfg.file }, filed},
		{func(string) string { return fromDefault }, base},
	}, nil
}

// find returns the option that key names; ok also for KEY_file of a secret.
func find(key string) (Option, bool) {
	for _, o := range options {
		if o.Key == key || o.Secret && o.Key+fileSuffix == key {
			return o, true
		}
	}
	return Option{}, false
}

// variable names the option of an environment variable. An empty variable is
// as good as none. A variable that looks like a misspelt option is a fault;
// other unknown ones pass, since a host may set them for its own reasons (a
// Kubernetes service called amends brings a dozen).
func (l *loader) variable(name, value string) (string, any) {
	key := strings.ToLower(strings.TrimPrefix(name, envPrefix))
	if _, ok := find(key); ok && value != "" {
		return key, value
	} else if ok || slices.Contains(others, name) {
		return "", nil
	}
	if near := nearest(key, 2); near != "" {
		l.Addf(name, "There is no such option. Did you mean %s%s", envPrefix, strings.ToUpper(near)+"?")
	}
	return "", nil
}

// readFile reads the file that was named, or the first that exists.
func (l *loader) readFile(in Input) (*koanf.Koanf, error) {
	k := koanf.New(".")
	path, named := l.path(in)
	if path == "" {
		return k, nil
	}
	err := k.Load(file.Provider(path), toml.Parser())
	if !named && errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	var at interface{ Position() (row, column int) }
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no file %s. Write it, or leave --config out.", path), err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s may not be read. Change its owner or mode.", path), err)
	case errors.As(err, &at):
		row, column := at.Position()
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s is not TOML from line %d, column %d on. Texts stand in quotes: addr = \"127.0.0.1:8080\".", path, row, column), err)
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be read as TOML. Check it, or leave it out.", path), err)
	}
	l.cfg.file = path
	for _, key := range k.Keys() {
		if _, ok := find(key); ok {
			continue
		}
		if near := nearest(key, max(2, len(key)/3)); near != "" {
			l.Addf(key, "There is no such option. Did you mean %s? (in %s)", near, path)
		} else {
			l.Addf(key, "There is no such option. Take it out of %s; amends serve --help lists them all", path)
		}
	}
	return k, nil
}

// path returns the file to read and whether somebody named it.
func (l *loader) path(in Input) (path string, named bool) {
	if in.Flags != nil {
		if f := in.Flags.Lookup("config"); f != nil && f.Value.String() != "" {
			return f.Value.String(), true
		}
	}
	if p := l.env["AMENDS_CONFIG"]; p != "" {
		return p, true
	}
	system := cmp.Or(in.System, "/etc/amends/amends.toml")
	dir := l.env["XDG_CONFIG_HOME"]
	if home := l.env["HOME"]; dir == "" && home != "" {
		dir = filepath.Join(home, ".config")
	}
	if dir != "" {
		own := filepath.Join(dir, "amends", "amends.toml")
		if _, err := os.Stat(own); !errors.Is(err, fs.ErrNotExist) {
			return own, false
		}
	}
	return system, false
}

// option finds the option's value in the strongest layer, checks and keeps it.
func (l *loader) option(o Option, layers []layer) {
	for _, from := range layers {
		text, source, ok := l.text(o, from)
		if !ok {
			continue
		}
		shown := text
		if o.Secret {
			shown = mask(text)
		}
		l.cfg.values[o.Key] = Value{o.Key, shown, source}
		if text == "" && o.Default == "" {
			return // the same as not giving it
		}
		if say := o.read(l.cfg, text); say != "" {
			l.Addf(o.Key, "%s (from %s)", say, source)
		}
		return
	}
	l.cfg.values[o.Key] = Value{o.Key, "", fromDefault}
}

// text returns the option's text in one layer. A secret may come from a file.
func (l *loader) text(o Option, from layer) (text, source string, ok bool) {
	direct, viaFile := from.vals.Exists(o.Key), o.Secret && from.vals.Exists(o.Key+fileSuffix)
	switch {
	case direct && viaFile:
		l.Addf(o.Key, "%s and %s are both given. Leave one out", from.name(o.Key), from.name(o.Key+fileSuffix))
		return "", from.name(o.Key), true
	case direct:
		text, say := plain(from.vals.Get(o.Key))
		if say != "" {
			l.Addf(o.Key, "%s (in %s)", say, from.name(o.Key))
			return o.Default, from.name(o.Key), true
		}
		return text, from.name(o.Key), true
	case viaFile:
		path, say := plain(from.vals.Get(o.Key + fileSuffix))
		source = from.name(o.Key + fileSuffix)
		if raw, err := os.ReadFile(path); say == "" && err == nil {
			return strings.TrimRight(string(raw), "\r\n"), source, true
		}
		l.Addf(o.Key+fileSuffix, "The file %q cannot be read. Check its path and mode (from %s)", path, source)
		return "", source, true
	}
	return "", "", false
}

// plain writes a value of the file as text.
func plain(v any) (text, say string) {
	switch v := v.(type) {
	case string:
		return v, ""
	case bool:
		return strconv.FormatBool(v), ""
	case int64:
		return strconv.FormatInt(v, 10), ""
	case []any:
		parts := make([]string, 0, len(v))
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return "", "A list here holds texts only. Write each entry in quotes"
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, ","), ""
	}
	return "", "This is not a value that an option takes. Write a text in quotes, a whole number, true or false"
}

// workOut fills in the defaults that depend on the machine.
func (l *loader) workOut() {
	c := l.cfg
	if c.Data == "" && !c.Demo {
		switch {
		case l.env["STATE_DIRECTORY"] != "":
			c.Data, _, _ = strings.Cut(l.env["STATE_DIRECTORY"], ":")
		case l.env["XDG_DATA_HOME"] != "":
			c.Data = filepath.Join(l.env["XDG_DATA_HOME"], "amends")
		case l.env["HOME"] != "":
			c.Data = filepath.Join(l.env["HOME"], ".local", "share", "amends")
		default:
			l.Add("data", "Name a directory: neither STATE_DIRECTORY, XDG_DATA_HOME nor HOME is set")
		}
		l.worked("data", c.Data)
	}
	if c.Node == "" {
		name, err := os.Hostname()
		if err != nil {
			l.Add("node", "Name this node: the host does not tell its name")
		}
		c.Node = name
		l.worked("node", name)
	}
	if _, port, err := net.SplitHostPort(c.Addr); err == nil && port != "0" && c.BaseURL == "" {
		c.BaseURL = "http://localhost:" + port
		l.worked("base_url", c.BaseURL)
	}
}

// worked records a worked-out value, unless the option was given and refused.
func (l *loader) worked(key, text string) {
	if v := l.cfg.values[key]; v.Text == "" {
		l.cfg.values[key] = Value{key, text, fromDefault}
	}
}

// together checks what only holds between options.
func (l *loader) together() {
	c := l.cfg
	l.Need(c.SMTP == SMTP{} || c.MailFrom.Address != "", "mail_from", "Mail needs a sender. Set mail_from, such as status@example.org")
	host, _, err := net.SplitHostPort(c.Addr)
	beyond := err == nil && !isLoopback(host)
	l.Need(c.SMTP == SMTP{} || !beyond || c.Fixed("base_url"), "base_url",
		"Links in mail need the address people type. Set base_url, such as https://status.example.org")
	if !c.Demo {
		return
	}
	l.Need(!beyond, "addr", "The demo listens on this machine only. Leave addr out, or write 127.0.0.1:8080")
	for _, key := range []string{"data", "database", "smtp_url"} {
		l.Need(!strings.HasPrefix(c.Source(key), "--"), key, "The demo keeps its own data and sends nothing. Leave this out, or leave demo out")
	}
	// What the file or the environment set for the real server is left alone.
	c.Data, c.Database, c.SMTP = "", "", SMTP{}
	for _, key := range []string{"data", "database", "smtp_url"} {
		c.values[key] = Value{key, "", "--demo"}
	}
}
