// Command node is one server with one door more, for the tests that kill and
// freeze it.
//
// In come the variables that configure amends, and commands as JSON at the
// door, whose address is the first line on stdout. Out goes the answer to each
// command, after its commit and never before. It must do nothing that
// "amends serve" does not do, besides opening that door.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"amends.dev/internal/app"
	"amends.dev/internal/config"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "node:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	cfg, err := config.Load(config.Input{Environ: os.Environ(), System: os.DevNull})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
	a, err := app.Start(ctx, cfg, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, a.Stop())
	}
	door := &http.Server{Handler: handler(a.DB())}
	go door.Serve(listener) //nolint:errcheck // it ends with the process
	fmt.Printf("http://%s\n", listener.Addr())
	select {
	case <-ctx.Done():
	case err = <-a.Failed():
	}
	return errors.Join(err, door.Close(), a.Stop())
}

// handler takes commands in: POST /apply/KIND with the request's incident, key
// and command, and POST /alerts with what a source said. GET /backup writes a
// backup of the record.
func handler(db *store.DB) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /apply/{kind}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			answer(w, nil, err)
			return
		}
		request, err := read(r.PathValue("kind"), body)
		if err != nil {
			answer(w, nil, err)
			return
		}
		result, err := db.Apply(r.Context(), request)
		answer(w, result, err)
	})
	mux.HandleFunc("POST /alerts", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Source  string
			Signals []store.AlertSignal
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			answer(w, nil, err)
			return
		}
		result, err := db.Ingest(r.Context(), in.Source, in.Signals)
		answer(w, result, err)
	})
	mux.HandleFunc("GET /backup", func(w http.ResponseWriter, r *http.Request) {
		if _, err := db.Backup(r.Context(), w); err != nil {
			panic(http.ErrAbortHandler) // so that nobody takes what came for the whole
		}
	})
	return mux
}

// commands makes an empty command of every kind that the door takes.
var commands = map[string]func() incident.Command{
	"declare":         func() incident.Command { return &incident.Declare{} },
	"post-update":     func() incident.Command { return &incident.PostUpdate{} },
	"add-note":        func() incident.Command { return &incident.AddNote{} },
	"offer-handover":  func() incident.Command { return &incident.OfferHandover{} },
	"answer-handover": func() incident.Command { return &incident.AnswerHandover{} },
	"resolve":         func() incident.Command { return &incident.Resolve{} },
}

func read(kind string, body []byte) (store.Request, error) {
	blank, ok := commands[kind]
	if !ok {
		return store.Request{}, fault.Newf(fault.Invalid, "This door takes no %q. Send one of the kinds in its table", kind)
	}
	in := struct {
		Incident int64
		Key      string
		Command  incident.Command
	}{Command: blank()}
	if err := json.Unmarshal(body, &in); err != nil {
		return store.Request{}, err
	}
	return store.Request{Incident: in.Incident, Key: in.Key, Digest: string(body), Command: in.Command}, nil
}

// answer says 200 and the result, 409 and why it was refused, or 500.
func answer(w http.ResponseWriter, result any, err error) {
	if err == nil {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(result) //nolint:errcheck // the asker is gone
		return
	}
	status := http.StatusInternalServerError
	if kind, _, _ := fault.Public(err); kind != fault.Internal && kind != fault.Busy {
		status = http.StatusConflict
	}
	http.Error(w, err.Error(), status)
}
