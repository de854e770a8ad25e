package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/app"
	"amends.dev/internal/fault"
)

// desk is what a command works at that talks to a server.
type desk struct {
	*terminal
	cmd    *cobra.Command
	ctx    context.Context
	api    *client.Client
	server string
}

// online makes the body of a command from a func that talks to a server.
func online(run func(d *desk, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		to, err := whichServer(c)
		if err != nil {
			return err
		}
		return run(newDesk(c, to), args)
	}
}

func newDesk(c *cobra.Command, to login) *desk {
	d := &desk{terminal: newTerminal(c), cmd: c, ctx: c.Context(), api: client.New(to.Server, to.Token), server: to.Server}
	d.api.Agent = "amends/" + app.Version
	d.api.Timeout = patience(c)
	return d
}

// addServerFlags defines the flags that say which server, and as whom.
func addServerFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.String("server", "", "Talk to the server at this `URL` (AMENDS_SERVER); the one of amends login otherwise")
	flags.Duration("timeout", client.DefaultTimeout, "How long to wait for the server's answer")
	flags.String("token-file", "", "Read the token from this `FILE`; - reads it from stdin. In CI AMENDS_TOKEN may hold it")
}

// whichServer finds out which server is meant and with which token: flags,
// then variables, then what amends login kept. A token that was kept for one
// server is sent to no other.
func whichServer(c *cobra.Command) (login, error) {
	kept, err := readLogin()
	if err != nil {
		return login{}, err
	}
	to := login{Server: kept.Server, Email: kept.Email}
	if env := os.Getenv("AMENDS_SERVER"); env != "" {
		to.Server = env
	}
	if flag, _ := c.Flags().GetString("server"); flag != "" {
		to.Server = flag
	}
	if to.Server == "" {
		return login{}, fault.New(fault.Unknown, "No server is known here. Sign in with amends login https://…, or name one with --server")
	}
	if to.Server, err = serverURL(to.Server); err != nil {
		return login{}, err
	}
	switch file, _ := c.Flags().GetString("token-file"); {
	case file != "":
		to.Token, err = readSecret(c, file, "--token-file")
	case os.Getenv("AMENDS_TOKEN") != "":
		to.Token = strings.TrimSpace(os.Getenv("AMENDS_TOKEN"))
	case kept.Server == to.Server:
		to.Token = kept.Token
	}
	if err == nil && to.Token == "" {
		err = fault.Newf(fault.Unknown, "You are not signed in to %s. Sign in with amends login %s", to.Server, to.Server)
	}
	return to, err
}

// serverURL checks an address of a server and writes it the one way.
func serverURL(text string) (string, error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" || u.User != nil {
		return "", fault.Newf(fault.Invalid, "%q is not the address of a server. Write it like https://amends.example.org", text)
	}
	return strings.ToLower(u.Scheme + "://" + u.Host), nil
}

// exposed reports whether a token would travel unencrypted to another machine.
func exposed(server string) bool {
	u, err := url.Parse(server)
	if err != nil || u.Scheme == "https" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

// unanswered reports whether err says that the server gave no answer, so that
// nobody knows whether it did what was asked.
func unanswered(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Problem.Status == 0
}

// noAnswer says in one sentence that a server did not answer, and why.
func noAnswer(e *client.Error, waited time.Duration) string {
	at := e.URL
	if u, err := url.Parse(e.URL); err == nil {
		at = u.Scheme + "://" + u.Host
	}
	if errors.Is(e.Err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer from %s after %g s", at, waited.Seconds())
	}
	if cause, ok := errors.AsType[*net.DNSError](e.Err); ok {
		return fmt.Sprintf("no answer from %s: there is no host %s", at, cause.Name)
	}
	if errors.Is(e.Err, syscall.ECONNREFUSED) {
		return fmt.Sprintf("no answer from %s: nothing listens there", at)
	}
	cause := e.Err
	if inner, ok := errors.AsType[*url.Error](cause); ok {
		cause = inner.Err
	}
	return fmt.Sprintf("no answer from %s: %v", at, cause)
}
