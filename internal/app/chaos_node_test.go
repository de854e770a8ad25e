package app_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Node is the program that the tests kill: the whole server and a door for
// commands. It is built once, as it is shipped: without cgo and without the
// race detector.
var nodeBinary = sync.OnceValues(func() (string, error) { return build("node", "./testdata/node") })

// builds is where the programs are; TestMain removes it.
var builds string

func TestMain(m *testing.M) {
	var err error
	if builds, err = os.MkdirTemp("", "amends-chaos-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(builds); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func build(name, from string) (string, error) {
	path := filepath.Join(builds, name)
	cmd := exec.Command("go", "build", "-o", path, from)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", from, err, out)
	}
	return path, nil
}

// startsWithin is how long a node may take until its door is open.
const startsWithin = 20 * time.Second

// node is a running server.
type node struct {
	cmd    *exec.Cmd
	door   string // its address
	took   time.Duration
	stderr *tail
	ended  chan struct{} // closed when the process is gone
	err    error         // how it ended, after ended
}

// spawn starts a node on what the variables say and returns at once. Ready
// waits for its door.
func spawn(t testing.TB, env []string) (n *node, ready func() error) {
	t.Helper()
	path, err := nodeBinary()
	if err != nil {
		t.Fatal(err)
	}
	n = &node{cmd: exec.Command(path), stderr: &tail{}, ended: make(chan struct{})}
	n.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + builds}, env...)
	n.cmd.Stderr = n.stderr
	stdout, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make(chan string, 1)
	go func() {
		out := bufio.NewReader(stdout)
		text, _ := out.ReadString('\n')
		line <- strings.TrimSpace(text)
		io.Copy(io.Discard, out)
		n.err = n.cmd.Wait()
		close(n.ended)
	}()
	t.Cleanup(n.kill)
	return n, func() error {
		select {
		case n.door = <-line:
			n.took = time.Since(began)
			if n.door == "" {
				<-n.ended
				return fmt.Errorf("the node ended before its door was open: %w\n%s", errors.Join(n.err), n.stderr)
			}
			return nil
		case <-time.After(startsWithin):
			return fmt.Errorf("the node was not ready within %v\n%s", startsWithin, n.stderr)
		}
	}
}

// startNode starts a node and waits until its door is open.
func startNode(t testing.TB, env []string) *node {
	t.Helper()
	n, ready := spawn(t, env)
	if err := ready(); err != nil {
		t.Fatal(err)
	}
	return n
}

// alive reports whether the process runs or is frozen.
func (n *node) alive() bool {
	select {
	case <-n.ended:
		return false
	default:
		return true
	}
}

// kill ends the process as a power cut of the program would: nothing in it
// runs any more. It returns when the process is gone.
func (n *node) kill() {
	if n.alive() {
		n.cmd.Process.Signal(syscall.SIGKILL) // an error means that it is gone
	}
	<-n.ended
}

// freeze stops the process where it stands; thaw lets it go on as if nothing
// had been.
func (n *node) freeze(t testing.TB) { n.signal(t, syscall.SIGSTOP) }
func (n *node) thaw(t testing.TB)   { n.signal(t, syscall.SIGCONT) }

func (n *node) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		t.Fatalf("send %v: %v", s, err)
	}
}

// stop asks the process to end and waits until it has.
func (n *node) stop(t testing.TB) {
	t.Helper()
	n.signal(t, syscall.SIGTERM)
	select {
	case <-n.ended:
	case <-time.After(30 * time.Second):
		t.Fatalf("the node did not stop within 30 s\n%s", n.stderr)
	}
	if n.err != nil {
		t.Errorf("the node stopped with %v\n%s", n.err, n.stderr)
	}
}

// tail keeps the end of what a process wrote.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailKeeps = 8 << 10

// Write implements io.Writer.
func (k *tail) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.text = append(k.text, p...)
	if extra := len(k.text) - tailKeeps; extra > 0 {
		k.text = append([]byte(nil), k.text[extra:]...)
	}
	return len(p), nil
}

// String returns what is kept.
func (k *tail) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return string(bytes.TrimSpace(k.text))
}

// pause waits for d or for the end of ctx, whichever comes first. It is how
// the players of these tests take their time; nothing is concluded from it.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
