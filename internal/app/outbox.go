package app

import (
	"slices"
	"sync"
	"time"
)

// outbox keeps what the demo would have sent.
type outbox struct {
	mu   sync.Mutex
	sent []unsent
}

type unsent struct {
	at                         time.Time
	channel, to, subject, body string
}

// outboxKeeps bounds the outbox; the oldest go first.
const outboxKeeps = 500

func (o *outbox) keep(u unsent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, u)
	if extra := len(o.sent) - outboxKeeps; extra > 0 {
		o.sent = slices.Delete(o.sent, 0, extra)
	}
}

// list returns what was kept, the newest first.
func (o *outbox) list() []unsent {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := slices.Clone(o.sent)
	slices.Reverse(out)
	return out
}
