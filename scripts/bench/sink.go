package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// sink is an SMTP server that takes every mail and keeps none.
type sink struct {
	listener net.Listener
	mu       sync.Mutex
	got      int
	from, to time.Time // of the first mail since the last count began, and of the last
	wanted   int
	full     chan struct{} // closed when wanted mails have come
}

func newSink() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed
			}
			go s.talk(c)
		}
	}()
	return s, nil
}

func (s *sink) url() string { return "smtp+plain://" + s.listener.Addr().String() }

// expect begins a new count. The channel is closed when n mails have come.
func (s *sink) expect(n int) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got, s.wanted, s.from, s.full = 0, n, time.Time{}, make(chan struct{})
	return s.full
}

func (s *sink) count() (got int, from, to time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got, s.from, s.to
}

func (s *sink) took() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = time.Now()
	if s.got++; s.got == 1 {
		s.from = s.to
	}
	if s.got == s.wanted {
		close(s.full)
	}
}

// talk speaks as much SMTP as a mail needs.
func (s *sink) talk(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	say := func(line string) error {
		_, err := io.WriteString(c, line+"\r\n")
		return err
	}
	err := say("220 sink")
	for err == nil {
		var line string
		if line, err = in.ReadString('\n'); err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		switch verb {
		case "EHLO":
			err = say("250-sink\r\n250 8BITMIME")
		case "DATA":
			if err = errors.Join(say("354 go on"), skipMail(in)); err == nil {
				s.took()
				err = say("250 taken")
			}
		case "QUIT":
			_ = say("221 bye") // the other end may be gone already
			return
		default:
			err = say("250 fine")
		}
	}
}

func skipMail(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if string(line) == ".\r\n" {
			return nil
		}
	}
}
