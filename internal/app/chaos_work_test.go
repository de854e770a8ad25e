package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// op is one write that a client asked for, and what it was told. Clients ask
// again with the same key until a server answers, as client libraries do.
type op struct {
	Kind     string // of the command, or "alerts"
	Key      string
	Token    string // stands in what is written; empty for an answer without words
	Incident int64  // 0: declares
	Command  any
	Asked    int       // times sent; more than once means that a server died over it
	At       time.Time // when the answer was there

	Refused string // why; empty when it was done
	Result  store.Result
	Group   string // of an alert
	Told    []store.Ingested
}

// work is what the clients share: where the server is now, and what they were
// told so far.
type work struct {
	people map[string]incident.Person
	pace   time.Duration // the longest that a client thinks between two writes

	mu      sync.Mutex
	door    string
	moved   chan struct{} // closed when the door moves
	acks    []op
	answer  chan struct{}  // closed when the next answer comes; nil while nobody asks
	trouble map[string]int // answers that were no answers, by their text
	file    *os.File
	done    sync.WaitGroup
}

func newWork(people map[string]incident.Person, pace time.Duration, file *os.File) *work {
	return &work{people: people, pace: pace, moved: make(chan struct{}), trouble: map[string]int{}, file: file}
}

// end closes more and waits until every client has its last answer. A server
// that ended by itself gives none.
func (w *work) end(t testing.TB, more chan struct{}, servers ...*node) {
	t.Helper()
	close(more)
	ended := make(chan struct{})
	go func() { w.done.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		for _, n := range servers {
			t.Errorf("a server lives: %v, and said\n%s", n.alive(), n.stderr)
		}
		t.Fatal("the clients still wait for answers after a minute")
	}
}

// at tells the clients where the server is; empty: nowhere.
func (w *work) at(door string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.door = door
	close(w.moved)
	w.moved = make(chan struct{})
}

// find waits for a server.
func (w *work) find(ctx context.Context) (string, error) {
	for {
		w.mu.Lock()
		door, moved := w.door, w.moved
		w.mu.Unlock()
		if door != "" {
			return door, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// told writes an answer down: on disk first, so that a run that ends badly can
// be looked at.
func (w *work) told(o op) {
	o.At = time.Now()
	line, err := json.Marshal(o)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		_, err = w.file.Write(append(line, '\n'))
	}
	if err != nil {
		w.trouble["write the file of answers: "+err.Error()]++
	}
	w.acks = append(w.acks, o)
	if w.answer != nil {
		close(w.answer)
		w.answer = nil
	}
}

// next returns a channel that is closed when the next answer comes.
func (w *work) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answer == nil {
		w.answer = make(chan struct{})
	}
	return w.answer
}

func (w *work) stumbled(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble[text]++
}

// client is one writer, who does one thing after the other.
type client struct {
	*work
	ctx  context.Context // ends everything
	name string
	rand *rand.Rand
	http *http.Client
	n    int
	seen int // the last update that this client knows of
}

// begin starts a client, which plays until more is closed and its last write
// has been answered.
func (w *work) begin(ctx context.Context, name string, seed uint64, more <-chan struct{}, play func(*client)) {
	c := &client{work: w, ctx: ctx, name: name, rand: rand.New(rand.NewPCG(seed, 7)), http: &http.Client{Transport: &http.Transport{}}}
	w.done.Go(func() {
		defer c.http.CloseIdleConnections()
		for {
			select {
			case <-more:
				return
			case <-ctx.Done():
				return
			default:
			}
			play(c)
			c.think()
		}
	})
}

func (c *client) think() { pause(c.ctx, time.Duration(c.rand.Int64N(int64(c.pace)))) }

// token returns a mark that stands in nothing else.
func (c *client) token() string {
	c.n++
	return fmt.Sprintf("w-%s-%d-", c.name, c.n)
}

// do applies a command, with a key, until it is answered.
func (c *client) do(kind string, id int64, token string, cmd incident.Command) op {
	if token == "" {
		c.n++
	}
	o := op{Kind: kind, Key: fmt.Sprintf("%s/%d", c.name, c.n), Token: token, Incident: id, Command: cmd}
	body := map[string]any{"Incident": id, "Key": o.Key, "Command": cmd}
	if c.ask(&o, "/apply/"+kind, body, &o.Result) {
		c.told(o)
	}
	return o
}

// alert says that a group fires or is over.
func (c *client) alert(group, key string, firing bool, declare incident.Declare) op {
	o := op{Kind: "alerts", Group: group, Command: firing}
	signal := store.AlertSignal{GroupKey: group, AlertKey: key, Firing: firing, Summary: "said by " + c.name, Declare: declare}
	if c.ask(&o, "/alerts", map[string]any{"Source": "src", "Signals": []store.AlertSignal{signal}}, &o.Told) {
		c.told(o)
	}
	return o
}

// ask returns true when there was an answer.
func (c *client) ask(o *op, path string, body, into any) bool {
	data, err := json.Marshal(body)
	if err != nil {
		c.stumbled(err.Error())
		return false
	}
	for c.ctx.Err() == nil {
		door, err := c.find(c.ctx)
		if err != nil {
			break
		}
		o.Asked++
		status, text, err := c.post(door+path, data)
		switch {
		case err != nil: // the server died, or is about to be
			pause(c.ctx, 5*time.Millisecond)
		case status == http.StatusConflict:
			o.Refused = text
			return true
		case status != http.StatusOK:
			c.stumbled(text)
			pause(c.ctx, 20*time.Millisecond)
		default:
			if err := json.Unmarshal([]byte(text), into); err == nil {
				return true
			}
			c.stumbled("an answer that cannot be read: " + text)
		}
	}
	c.stumbled("no answer: " + o.Kind + " " + o.Key)
	return false
}

func (c *client) post(url string, data []byte) (int, string, error) {
	ctx, cancel := context.WithTimeout(c.ctx, 40*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(data))
	if err != nil {
		return 0, "", err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, "", err
	}
	text, err := io.ReadAll(response.Body)
	if err := response.Body.Close(); err != nil {
		return 0, "", err
	}
	return response.StatusCode, string(text), err
}
