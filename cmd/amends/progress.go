package main

import (
	"fmt"
	"strings"
	"time"
)

// Progress is drawn over one line of a screen, and only after a second: what
// is fast needs none, and a log needs none at all.
const progressAfter = time.Second

// progress returns a func that draws how far something is: n of total.
func (t *terminal) progress(what string) func(n, total int) {
	began, drawn := time.Now(), false
	return func(n, total int) {
		if !t.drawn || t.quiet || total == 0 || time.Since(began) < progressAfter && !drawn {
			return
		}
		drawn = true
		fmt.Fprintf(t.errs, "\r[%s] %3d %%  %d of %d %s", bar(n, total, 30), 100*n/total, n, total, what)
		if n >= total {
			fmt.Fprint(t.errs, "\r"+strings.Repeat(" ", 60+len(what))+"\r")
		}
	}
}

// counter returns a func that draws how many there were, where nobody knows
// how many there will be.
func (t *terminal) counter(what string) func(n int64) {
	began := time.Now()
	return func(n int64) {
		if t.drawn && !t.quiet && time.Since(began) >= progressAfter {
			fmt.Fprintf(t.errs, "\r%d %s", n, what)
		}
	}
}
