package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

// login is what amends login keeps: one server, and the secret that acts as
// its member there.
type login struct {
	Server string `json:"server"`
	Email  string `json:"email,omitempty"` // empty for a token
	Token  string `json:"token"`
}

func newLogin() *cobra.Command {
	c := &cobra.Command{
		Use: "login [URL]", GroupID: groupHere, Short: "Sign in to a server and remember it",
		Long: `Sign in to a server and remember it for the other commands.

With --email it asks for your password and keeps a session, which ends when it
has not been used for 14 days. Without, it asks for an API token: make one in
the browser under Settings, Tokens. A token can do no more than its scopes say;
members, tokens and imports need the session.

What proves you are you is kept in a file that only you can read (0600) below
$XDG_CONFIG_HOME/amends. It is never sent to another server.`,
		Example: "  amends login https://amends.example.org --email ana@example.org\n  amends login https://amends.example.org --token-file - < token.txt",
		Args:    cobra.MaximumNArgs(1),
		RunE:    runLogin,
	}
	c.Flags().String("email", "", "Sign in with this `ADDRESS` and a password")
	c.Flags().String("password-file", "", "Read the password from this `FILE`; - reads it from stdin")
	return c
}

func runLogin(c *cobra.Command, args []string) error {
	t := newTerminal(c)
	kept, err := readLogin()
	if err != nil {
		return err
	}
	server := kept.Server
	for _, given := range []string{os.Getenv("AMENDS_SERVER"), flagText(c, "server"), strings.Join(args, "")} {
		if given != "" {
			server = given
		}
	}
	if server == "" {
		return needed("URL", "the address of the server, like amends login https://amends.example.org")
	}
	if server, err = serverURL(server); err != nil {
		return err
	}
	if exposed(server) {
		t.remark("! %s is not encrypted: whoever is on the way can read what proves you are you", server)
	}
	l := login{Server: server, Email: flagText(c, "email")}
	if l.Email != "" {
		l.Token, err = signIn(c, t, l)
	} else {
		l.Token, err = askToken(c, t)
	}
	if err != nil {
		return err
	}
	d := newDesk(c, l)
	who, err := d.api.Whoami(d.ctx)
	if err != nil {
		return err
	}
	if who.Kind == "anonymous" {
		return fault.Newf(fault.Unknown, "%s does not know this token. Copy it again, or make a new one under Settings, Tokens", server)
	}
	if err := writeLogin(l); err != nil {
		return err
	}
	t.done("Signed in to %s as %s (%s). See what is open: amends status", server, who.Name, who.Role)
	return nil
}

// signIn trades an address and a password for a session.
func signIn(c *cobra.Command, t *terminal, l login) (string, error) {
	var password string
	var err error
	switch file := flagText(c, "password-file"); {
	case file != "":
		password, err = readSecret(c, file, "--password-file")
	case t.asks:
		password, err = t.askSecret(c, "Password")
	default:
		err = needed("--password-file", "a file with the password, or - for stdin")
	}
	if err != nil {
		return "", err
	}
	host, _ := os.Hostname()
	d := newDesk(c, l)
	s, err := d.api.SignIn(d.ctx, client.SignIn{Email: l.Email, Password: password, Device: strings.TrimSpace("amends on " + host)})
	return s.Secret, err
}

func askToken(c *cobra.Command, t *terminal) (string, error) {
	switch file := flagText(c, "token-file"); {
	case file != "":
		return readSecret(c, file, "--token-file")
	case os.Getenv("AMENDS_TOKEN") != "":
		return strings.TrimSpace(os.Getenv("AMENDS_TOKEN")), nil
	case t.asks:
		return t.askSecret(c, "Token")
	}
	return "", needed("--token-file", "a file with the token, or - for stdin; or sign in with --email")
}

func newLogout() *cobra.Command {
	return &cobra.Command{
		Use: "logout", GroupID: groupHere, Short: "Forget the server and end the session", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			t := newTerminal(c)
			l, err := readLogin()
			if err != nil {
				return err
			}
			if l.Server == "" {
				t.done("You are signed in nowhere.")
				return nil
			}
			if l.Email != "" {
				d := newDesk(c, l)
				if err := d.api.SignOut(d.ctx); err != nil {
					t.remark("! the session at %s was not ended: %s. It ends by itself; to end it now, sign out in the browser", l.Server, sentence(err))
				}
			}
			if err := os.Remove(loginFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("forget the server: %w", err)
			}
			t.done("Signed out of %s.", l.Server)
			return nil
		},
	}
}

func newWhoami() *cobra.Command {
	c := &cobra.Command{
		Use: "whoami", GroupID: groupHere, Short: "Say who you are to the server, and what you may do", Args: cobra.NoArgs,
		RunE: online(func(d *desk, _ []string) error {
			who, err := d.api.Whoami(d.ctx)
			if err != nil {
				return err
			}
			return d.show(d.cmd, reading{
				data: struct {
					Server string `json:"server"`
					client.Who
				}{d.server, who},
				rows: [][]string{{d.server, who.Kind, who.ID, who.Name, who.Role, strings.Join(who.Scopes, ",")}},
				text: func(p *page) {
					as := who.Name + ", " + who.Role
					if len(who.Scopes) > 0 {
						as += ", with a token for " + strings.Join(who.Scopes, ", ")
					}
					p.line("%s  %s", d.server, as)
					p.line("You may: %s", strings.Join(who.Can, ", "))
				},
			})
		}),
	}
	addReadFlags(c)
	return c
}

// loginFile is where the server and the secret are kept.
func loginFile() string { return filepath.Join(configHome(), "amends", "login.json") }

// configHome is $XDG_CONFIG_HOME, or what stands for it.
func configHome() string {
	if dir := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".config")
}

// readLogin returns what is kept; nothing is no error.
func readLogin() (l login, err error) {
	data, err := os.ReadFile(loginFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return login{}, nil
	case err != nil:
		return login{}, fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be read. Give yourself the right to read it, or remove it and sign in again", loginFile()), err)
	}
	if err := json.Unmarshal(data, &l); err != nil {
		return login{}, fault.Wrap(fault.Invalid, fmt.Sprintf("%s is damaged. Remove it and sign in again", loginFile()), err)
	}
	return l, nil
}

// writeLogin keeps the login in a file that was never readable by others.
func writeLogin(l login) error {
	data, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the login: %w", err)
	}
	return writePrivate(loginFile(), append(data, '\n'))
}

// writePrivate replaces a file that only its owner can read.
func writePrivate(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be made. Give yourself the right to write there", filepath.Dir(path)), err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600 from the first byte
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be written. Give yourself the right to write there", path), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// readSecret reads one line from a file, or from stdin for "-".
func readSecret(c *cobra.Command, file, flag string) (string, error) {
	var data []byte
	var err error
	if file == "-" {
		data, err = io.ReadAll(io.LimitReader(c.InOrStdin(), 64<<10))
	} else {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return "", fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be read. Name another file with %s", file, flag), err)
	}
	text := string(bytes.TrimRight(data, "\r\n"))
	if text == "" || strings.ContainsAny(text, "\r\n") {
		return "", fault.Newf(fault.Invalid, "%s must hold exactly one line", flag)
	}
	return text, nil
}

// askSecret asks for something that is not shown while it is typed.
func (t *terminal) askSecret(c *cobra.Command, what string) (string, error) {
	f, ok := c.InOrStdin().(*os.File)
	if !ok {
		return "", needed(what, "a terminal to type it at")
	}
	fmt.Fprint(t.errs, what+": ")
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(t.errs)
	if err != nil {
		return "", fmt.Errorf("read the %s: %w", strings.ToLower(what), err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
