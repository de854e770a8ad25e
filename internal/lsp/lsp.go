// Package lsp is a language server over the linter.
//
// In come messages of the Language Server Protocol 3.17 on a reader; out go
// diagnostics, hovers and code actions on a writer. Documents live in memory
// as the editor sends them, whole. The server reads no file, opens no network
// connection, and never changes a document but by a code action that the
// person chose. It ends with the exit notification or the end of its input.
package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"

	"amends.dev/lint"
	"amends.dev/prose"
)

// maxMessage bounds one message, in bytes.
const maxMessage = 32 << 20

// Server answers one editor. Make it with New.
type Server struct {
	linter  *lint.Linter
	context lint.Context
	docs    string // the address that rule pages stand under
	w       io.Writer
	open    map[string]document // by URI
}

type document struct {
	text     []byte
	format   prose.Format
	findings []lint.Finding
}

// New returns a server. context is what documents are for; 0 leaves out the
// rules about missing parts. docs is the address that rule pages stand under;
// "" leaves links out.
func New(l *lint.Linter, context lint.Context, docs string) *Server {
	return &Server{linter: l, context: context, docs: docs, open: map[string]document{}}
}

type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  any             `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
}

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Serve answers until the editor says exit or the input ends.
func (s *Server) Serve(r io.Reader, w io.Writer) error {
	s.w = w
	in := bufio.NewReader(r)
	for {
		body, err := readMessage(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var m message
		if err := json.Unmarshal(body, &m); err != nil {
			if err := s.send(message{ID: json.RawMessage("null"), Error: &rpcError{-32700, "this is no JSON message"}}); err != nil {
				return err
			}
			continue
		}
		if m.Method == "exit" {
			return nil
		}
		if err := s.handle(m); err != nil {
			return err
		}
	}
}

func readMessage(in *bufio.Reader) ([]byte, error) {
	header, err := textproto.NewReader(in).ReadMIMEHeader()
	if err != nil {
		if len(header) == 0 && errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("read header: %w", err)
	}
	n, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil || n < 0 || n > maxMessage {
		return nil, fmt.Errorf("read header: a content length of %q is none", header.Get("Content-Length"))
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	return body, nil
}

func (s *Server) send(m message) error {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	if _, err := fmt.Fprintf(s.w, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return nil
}

// null is a result that is there and empty: omitempty would drop nil.
var null = json.RawMessage("null")

func (s *Server) handle(m message) error {
	var p params
	if len(m.Params) > 0 {
		if err := json.Unmarshal(m.Params, &p); err != nil {
			if m.ID == nil {
				return nil
			}
			return s.send(message{ID: m.ID, Error: &rpcError{-32602, "these parameters have another shape than " + m.Method + " asks for"}})
		}
	}
	var result any = null
	switch m.Method {
	case "initialize":
		result = capabilities()
	case "shutdown": // nothing is kept that could be lost
	case "textDocument/didOpen":
		return s.change(p.Document.URI, p.Document.Language, p.Document.Text)
	case "textDocument/didChange":
		if n := len(p.Changes); n > 0 {
			return s.change(p.Document.URI, "", p.Changes[n-1].Text)
		}
		return nil
	case "textDocument/didClose":
		delete(s.open, p.Document.URI)
		return s.publish(p.Document.URI, nil)
	case "textDocument/hover":
		if h := s.hover(p.Document.URI, p.Position); h != nil {
			result = h
		}
	case "textDocument/codeAction":
		result = s.actions(p.Document.URI, p.Range)
	default:
		if m.ID == nil {
			return nil // a notification that we do not know
		}
		return s.send(message{ID: m.ID, Error: &rpcError{-32601, "amends does not know " + m.Method}})
	}
	if m.ID == nil {
		return nil
	}
	return s.send(message{ID: m.ID, Result: result})
}

func capabilities() any {
	return map[string]any{
		"capabilities": map[string]any{
			"textDocumentSync":   1, // whole documents
			"hoverProvider":      true,
			"codeActionProvider": map[string]any{"codeActionKinds": []string{"quickfix"}},
			"positionEncoding":   "utf-16",
		},
		"serverInfo": map[string]string{"name": "amends"},
	}
}

// change checks a document anew and publishes what was found.
func (s *Server) change(uri, language, text string) error {
	d, known := s.open[uri]
	if !known || language != "" {
		d.format = formatOf(language, uri)
	}
	d.text = []byte(text)
	d.findings = s.linter.CheckFormat(d.text, d.format, s.context).Findings
	s.open[uri] = d
	return s.publish(uri, d.findings)
}

func formatOf(language, uri string) prose.Format {
	switch {
	case language == "html" || strings.HasSuffix(uri, ".html") || strings.HasSuffix(uri, ".htm"):
		return prose.HTML
	case language == "plaintext" || language == "text" || language == "gitcommit" || strings.HasSuffix(uri, ".txt"):
		return prose.Plain
	}
	return prose.Markdown
}

func (s *Server) publish(uri string, findings []lint.Finding) error {
	out := []diagnostic{}
	for _, f := range findings {
		out = append(out, s.diagnostic(f))
	}
	body, err := json.Marshal(map[string]any{"uri": uri, "diagnostics": out})
	if err != nil {
		return fmt.Errorf("write diagnostics: %w", err)
	}
	return s.send(message{Method: "textDocument/publishDiagnostics", Params: body})
}
