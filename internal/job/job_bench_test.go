package job

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"amends.dev/internal/notify"
	"amends.dev/internal/store"
	"amends.dev/internal/store/storetest"
)

// letterbox is a mail server on loopback that counts and forgets.
type letterbox struct {
	got  atomic.Int64
	want int64
	full chan struct{}
}

type letterboxSession struct{ box *letterbox }

func (letterboxSession) Mail(string, *smtp.MailOptions) error { return nil }
func (letterboxSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (letterboxSession) Reset()                               {}
func (letterboxSession) Logout() error                        { return nil }
func (s letterboxSession) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	if s.box.got.Add(1) == s.box.want {
		close(s.box.full)
	}
	return err
}

// newLetterbox starts the server and opens mail through it.
func newLetterbox(t testing.TB, want int64) (*letterbox, notify.Channel) {
	t.Helper()
	box := &letterbox{want: want, full: make(chan struct{})}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return letterboxSession{box}, nil }))
	server.Domain = "sink.example"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(l) }() // ends with an error when it is closed
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	_, port, _ := net.SplitHostPort(l.Addr().String())
	client := notify.NewClient(notify.Guard{Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	mail, err := notify.Open("email", map[string]string{
		"host": "127.0.0.1", "port": port, "tls": "none", "from": "Northwind status <status@example.com>",
	}, notify.Env{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return box, mail
}

// BenchmarkOneUpdateToManySubscribers measures from the acknowledged update to
// the last mail that the server took, and to the last row of the ledger.
func BenchmarkOneUpdateToManySubscribers(b *testing.B) {
	const readers = 10_000
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				database := storetest.SQLite
				if kind == "postgres" {
					database = storetest.Postgres
				}
				h := newHouse(b, database(b))
				box, mail := newLetterbox(b, readers)
				h.engine.Mail, h.engine.sender.open.Mail = mail, mail
				h.subscribe(b, readers)
				id := h.declare(b)
				b.StartTimer()
				h.update(b, id, "1 in 6 payments fails.")
				start := time.Now()
				<-box.full
				b.ReportMetric(time.Since(start).Seconds(), "s-to-last-mail")
				h.settled(b, map[store.DeliveryState]int{store.DeliverySent: readers})
				b.ReportMetric(time.Since(start).Seconds(), "s-to-ledger")
				b.ReportMetric(resident(b), "MB-peak")
			}
		})
	}
}

// resident returns the most memory that this process ever held.
func resident(b *testing.B) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("this system does not say how much memory a process holds")
	}
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			var n float64
			if _, err := fmt.Sscan(kb, &n); err == nil {
				return n / 1024
			}
		}
	}
	return 0
}
