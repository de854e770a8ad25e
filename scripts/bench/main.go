// Bench measures amends on the machine it runs on, on SQLite and on
// PostgreSQL, and says beside every figure what was aimed at.
//
// In come the path of the built server, a directory on the disk to measure and
// the address of a PostgreSQL server (AMENDS_TEST_POSTGRES): scripts/bench.sh
// brings them. Out go a Markdown document on standard output, the same in
// docs/benchmarks.md unless the run is quick, and what it is at on standard
// error. It exits with 1 when a part could not be measured, never because a
// goal was missed: another machine has another disk.
//
// It never measures what it does not do as a user would: writes go through the
// store's own commands, pages and alerts through the doors of a running
// server, mail through SMTP.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"
)

// bench is one run.
type bench struct {
	amends   string // the built server
	dir      string // on the disk to measure
	postgres string // the server's address
	quick    bool
	largest  int      // incidents, in the growth part
	asked    []string // of our flags, as make bench was given them
	report   report
	made     int // databases so far
}

// part is a group of figures that belong together.
type part struct {
	name, title, says string
	run               func(*bench, context.Context) error
}

var parts = []part{
	{"updates", "Posting updates", "Each update is `store.Apply` of `PostUpdate`: state, timeline entry, two promises, log leaf and job in one commit on disk. A bare commit is two rows of 300 bytes and nothing else, on the same disk, by the same number of callers, in turns with ours.", (*bench).updates},
	{"ingest", "Taking alerts in", "Each alert is a request of its own at `/in/generic` of the built server, answered after the commit. 64 senders, three sources; of ten alerts, one opens an incident, the others repeat a group that fires already. The doors take 1,000 requests a second of a source, so 3,000 is the most.", (*bench).ingest},
	{"watch", "The promise watch", "How long after a promise's time its step was on disk. The job engine works meanwhile and writes every notice into the ledger.", (*bench).lateness},
	{"fan-out", "One update to 10,000 readers", "The built server sends one mail each to 10,000 subscribers, into an SMTP server on loopback that runs inside this program, on the same cores. Times begin when the update's form is posted. With a crowd, this program also asks for the public page at a fixed rate over kept connections; a request's time begins when it was due, not when it could be sent.", (*bench).fanOuts},
	{"start", "Starting and resting", "The built server, as a process.", (*bench).starts},
	{"growth", "Growth", "Medians. The incidents are spread evenly over ten years, each with three updates, a last one and a review, five promises in all, and are brought in by the store's own import; 20 more are open. Imported words have no leaf in the log, and deliveries do not grow with them.", (*bench).growth},
}

func main() {
	b := &bench{postgres: os.Getenv("AMENDS_TEST_POSTGRES")}
	flag.StringVar(&b.amends, "amends", "", "the built server")
	flag.StringVar(&b.dir, "dir", "", "an empty directory on the disk to measure")
	flag.BoolVar(&b.quick, "quick", false, "measure briefly and write no document")
	only := flag.String("only", "", "measure these parts alone, with commas between them: "+names())
	flag.IntVar(&b.largest, "largest", 100_000, "incidents in the largest record of the growth part")
	out := flag.String("out", "docs/benchmarks.md", "where to write the document")
	profile := flag.String("profile", "", "write a processor profile of this program, which holds the store, to this file")
	flag.Parse()
	flag.Visit(func(f *flag.Flag) {
		if f.Name != "amends" && f.Name != "dir" {
			b.asked = append(b.asked, "-"+f.Name+"="+f.Value.String())
		}
	})
	if b.amends == "" || b.dir == "" || b.postgres == "" {
		fmt.Fprintln(os.Stderr, "bench: run it by make bench, which brings a server, a disk and a PostgreSQL")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	end, err := profiled(*profile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	text, err := b.measure(ctx, *only)
	err = errors.Join(err, end())
	if err == nil {
		fmt.Print(text)
		if !b.quick && *only == "" {
			err = os.WriteFile(*out, []byte(text), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// profiled begins a profile; without a file, none.
func profiled(file string) (end func() error, err error) {
	if file == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
}

func names() string {
	var out []string
	for _, p := range parts {
		out = append(out, p.name)
	}
	return strings.Join(out, ", ")
}

// measure runs the parts and returns the document.
func (b *bench) measure(ctx context.Context, only string) (string, error) {
	began := time.Now()
	if err := b.report.describe(ctx, b); err != nil {
		return "", err
	}
	for _, p := range parts {
		if only != "" && !strings.Contains(","+only+",", ","+p.name+",") {
			continue
		}
		b.report.begin(p)
		fmt.Fprintf(os.Stderr, "== %s\n", p.title)
		if err := p.run(b, ctx); err != nil {
			return "", fmt.Errorf("%s: %w", p.name, err)
		}
		b.report.last().ended = load()
	}
	return b.report.markdown(time.Since(began)), nil
}

// times returns how often, or how long, something is measured: the second
// value in a quick run.
func times[T cmp.Ordered](b *bench, full, quick T) T {
	if b.quick {
		return quick
	}
	return full
}
