package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// readyPath answers when a server is ready.
const readyPath = "/readyz"

// server is the built amends as a process.
type server struct {
	cmd   *exec.Cmd
	port  string
	ready time.Duration // from its start to its first answer
	log   strings.Builder
}

var greeted = regexp.MustCompile(`http://localhost:(\d+)/`)

// serve starts the built server on a database of a kind and waits until it is
// ready.
func (b *bench) serve(ctx context.Context, kind, database string, args ...string) (*server, error) {
	where := []string{"--database", database}
	if kind == onSQLite {
		where = []string{"--data", strings.TrimSuffix(database, "/amends.db")}
	}
	s := &server{}
	s.cmd = exec.CommandContext(ctx, b.amends, append(append([]string{"serve", "--addr", "127.0.0.1:0", "--log-level", "warn"}, where...), args...)...)
	s.cmd.Env = []string{"HOME=" + b.dir, "PATH=" + os.Getenv("PATH")} // nobody's options but ours
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	for lines := bufio.NewScanner(out); s.port == "" && lines.Scan(); {
		if m := greeted.FindStringSubmatch(lines.Text()); m != nil {
			s.port = m[1]
		}
	}
	if s.port == "" {
		return nil, errors.Join(fmt.Errorf("the server did not say where it listens: %s", s.log.String()), s.stop())
	}
	if err := s.answers(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	s.ready = time.Since(began)
	return s, nil
}

func (s *server) answers(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url(readyPath), nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("ask whether the server is ready: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: it answers %s", answer.Status)
	}
	return nil
}

func (s *server) url(path string) string { return "http://" + s.host() + path }

func (s *server) host() string { return "127.0.0.1:" + s.port }

// stop ends the server as a person would, and waits.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended with %w: %s", err, s.log.String())
	}
	return nil
}

// resident returns the server's resident memory in MB: now, and at its most.
func (s *server) resident() (now, most float64, err error) {
	file := fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid)
	read := func(name string) float64 {
		kb, convErr := strconv.ParseFloat(strings.TrimSuffix(field(file, name), " kB"), 64)
		if convErr != nil {
			err = fmt.Errorf("read %s of the server: %w", name, convErr)
		}
		return kb / 1024
	}
	return read("VmRSS"), read("VmHWM"), err
}
