package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// crowd is readers who ask for one page over kept connections.
type crowd struct {
	host, path string
	conns      int
	rate       float64 // requests a second, together; 0: as fast as they can
}

// seen is what the crowd got.
type seen struct {
	rate  float64
	took  []float64 // seconds, from when a request was due to its last byte
	bytes int       // of one answer's body
}

// watch asks until stop is closed.
func (c crowd) watch(stop <-chan struct{}) (seen, error) {
	var mu sync.Mutex
	var out seen
	began := time.Now()
	err := callers(c.conns, func(i int) error {
		took, size, err := c.reader(i, began, stop)
		mu.Lock()
		defer mu.Unlock()
		out.took, out.bytes = append(out.took, took...), max(size, out.bytes)
		return err
	})
	out.rate = float64(len(out.took)) / time.Since(began).Seconds()
	return out, err
}

// reader is one of the crowd.
func (c crowd) reader(i int, began time.Time, stop <-chan struct{}) (took []float64, size int, err error) {
	conn, err := net.Dial("tcp", c.host)
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 32<<10)
	request := []byte("GET " + c.path + " HTTP/1.1\r\nHost: " + c.host + "\r\nAccept-Encoding: gzip\r\n\r\n")
	due := began
	if c.rate > 0 {
		due = due.Add(time.Duration(float64(i) / c.rate * float64(time.Second)))
	}
	for {
		select {
		case <-stop:
			return took, size, nil
		default:
		}
		if c.rate == 0 {
			due = time.Now()
		} else {
			time.Sleep(time.Until(due))
		}
		if _, err := conn.Write(request); err != nil {
			return took, size, fmt.Errorf("ask for %s: %w", c.path, err)
		}
		if size, err = readAnswer(in); err != nil {
			return took, size, fmt.Errorf("read %s: %w", c.path, err)
		}
		took = append(took, time.Since(due).Seconds())
		if c.rate > 0 {
			due = due.Add(time.Duration(float64(c.conns) / c.rate * float64(time.Second)))
		}
	}
}

// readAnswer reads one answer with a length and returns it.
func readAnswer(in *bufio.Reader) (int, error) {
	size := -1
	for n := 0; ; n++ {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimSpace(line)
		if n == 0 && !bytes.Contains(line, []byte(" 200 ")) {
			return 0, fmt.Errorf("the answer is %s", line)
		}
		if len(line) == 0 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if size, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		}
	}
	if size < 0 {
		return 0, fmt.Errorf("the answer has no length")
	}
	_, err := io.CopyN(io.Discard, in, int64(size))
	return size, err
}
