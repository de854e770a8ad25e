package lsp_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"amends.dev/internal/lsp"
	"amends.dev/lint"
)

// editor speaks to a server over pipes, as an editor does.
type editor struct {
	t   *testing.T
	in  io.WriteCloser
	out *bufio.Reader
	end chan error
	id  int
}

func start(t *testing.T) *editor {
	t.Helper()
	l, err := lint.New(lint.Config{})
	if err != nil {
		t.Fatal(err)
	}
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	e := &editor{t: t, in: inW, out: bufio.NewReader(outR), end: make(chan error, 1)}
	go func() {
		err := lsp.New(l, lint.Review, "https://amends.dev/rules/").Serve(inR, outW)
		outW.Close()
		e.end <- err
	}()
	return e
}

func (e *editor) write(body string) {
	e.t.Helper()
	if _, err := fmt.Fprintf(e.in, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		e.t.Fatal(err)
	}
}

func (e *editor) notify(method, params string) {
	e.t.Helper()
	e.write(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params))
}

func (e *editor) call(method, params string) {
	e.t.Helper()
	e.id++
	e.write(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, e.id, method, params))
}

func (e *editor) read(into any) string {
	e.t.Helper()
	line, err := e.out.ReadString('\n')
	if err != nil {
		e.t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "Content-Length:")))
	if err != nil {
		e.t.Fatal(err)
	}
	if _, err := e.out.ReadString('\n'); err != nil {
		e.t.Fatal(err)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(e.out, body); err != nil {
		e.t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		e.t.Fatalf("%v in %s", err, body)
	}
	return string(body)
}

type diagnostics struct {
	Params struct {
		URI         string
		Diagnostics []struct {
			Code  string
			Range struct{ Start, End struct{ Line, Character int } }
		}
	}
}

func TestAnEditorGetsDiagnosticsHoverAndActions(t *testing.T) {
	e := start(t)
	var reply struct {
		ID     int
		Result json.RawMessage
		Error  *struct{ Code int }
	}
	e.call("initialize", `{"capabilities":{}}`)
	if body := e.read(&reply); !strings.Contains(body, `"hoverProvider":true`) {
		t.Errorf("initialize answered %s", body)
	}
	e.notify("initialized", `{}`)
	e.notify("textDocument/didOpen", `{"textDocument":{"uri":"file:///a.md","languageId":"markdown","version":1,"text":"Short.\n\n🙂 we utilised it.\n"}}`)
	var d diagnostics
	e.read(&d)
	if len(d.Params.Diagnostics) != 1 || d.Params.Diagnostics[0].Code != "jargon" || d.Params.Diagnostics[0].Range.Start.Line != 2 || d.Params.Diagnostics[0].Range.Start.Character != 6 {
		t.Fatalf("diagnostics %+v, want one of jargon at line 2, character 6", d)
	}
	e.call("textDocument/hover", `{"textDocument":{"uri":"file:///a.md"},"position":{"line":2,"character":8}}`)
	if body := e.read(&reply); !strings.Contains(body, "Words only insiders read") {
		t.Errorf("hover answered %s", body)
	}
	e.call("textDocument/codeAction", `{"textDocument":{"uri":"file:///a.md"},"range":{"start":{"line":2,"character":6},"end":{"line":2,"character":6}},"context":{"diagnostics":[]}}`)
	if body := e.read(&reply); !strings.Contains(body, `"newText":"used"`) || !strings.Contains(body, "amends-ignore jargon: say why") {
		t.Errorf("codeAction answered %s", body)
	}
	e.notify("textDocument/didChange", `{"textDocument":{"uri":"file:///a.md","version":2},"contentChanges":[{"text":"Short.\n"}]}`)
	d = diagnostics{}
	if body := e.read(&d); len(d.Params.Diagnostics) != 0 || !strings.Contains(body, `"diagnostics":[]`) {
		t.Errorf("after the change: %s", body)
	}
	e.call("textDocument/hover", `{"textDocument":{"uri":"file:///a.md"},"position":{"line":0,"character":0}}`)
	if body := e.read(&reply); !strings.Contains(body, `"result":null`) {
		t.Errorf("hover over nothing answered %s", body)
	}
	e.call("workspace/symbol", `{}`)
	e.read(&reply)
	if reply.Error == nil || reply.Error.Code != -32601 {
		t.Errorf("an unknown method answered %+v", reply)
	}
	e.call("shutdown", `null`)
	e.read(&reply)
	e.notify("exit", `null`)
	if err := <-e.end; err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func TestABrokenMessageIsAnsweredAndALyingHeaderEndsTheServer(t *testing.T) {
	e := start(t)
	var reply struct{ Error *struct{ Code int } }
	e.write("{not json")
	e.read(&reply)
	if reply.Error == nil || reply.Error.Code != -32700 {
		t.Errorf("answered %+v, want a parse error", reply)
	}
	if _, err := io.WriteString(e.in, "Content-Length: -5\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-e.end; err == nil || !strings.Contains(err.Error(), "-5") {
		t.Errorf("Serve = %v, want an error that names the length", err)
	}
}
