package app_test

import (
	"strings"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// delivered sees to it that every row ends, and that what ended as sent has
// arrived.
func (c *checker) delivered(arrivals []arrival) {
	copies := map[string]int{}
	for _, a := range arrivals {
		copies[a.key]++
	}
	for _, d := range c.deliveries {
		if d.ID != store.DeliveryID(d) {
			c.breach("delivered", "delivery %s has an id that its content does not give", d.ID)
		}
		switch d.State {
		case store.DeliverySent:
			if copies[d.ID] == 0 {
				c.breach("delivered", "delivery %s (%s, entry %d of incident %d, to %s) is recorded as sent, and nothing arrived", d.ID, d.Notice, d.Seq, d.Incident, d.Recipient)
			}
		case store.DeliveryDead, store.DeliveryStopped:
			if d.Problem == "" {
				c.breach("delivered", "delivery %s is %s, and does not say why", d.ID, d.State)
			}
		default:
			if d.CreatedAt.Before(c.settled) {
				c.breach("delivered", "delivery %s (%s) rests as %s since %v, attempts %d", d.ID, d.Notice, d.State, d.CreatedAt, d.Attempts)
			}
		}
	}
	for state, n := range c.jobs {
		switch state {
		case "completed", "available", "running", "scheduled", "retryable", "pending": // the later ones belong to what came after
		default:
			c.breach("delivered", "%d jobs are %s", n, state)
		}
	}
}

// keyed sees to it that what arrives has its row, goes where the row says, and
// comes again only with the same key.
func (c *checker) keyed(arrivals []arrival) {
	rows := map[string]store.Delivery{}
	for _, d := range c.deliveries {
		rows[d.ID] = d
	}
	type word struct{ place, token string }
	copies, places, keys := map[string]int{}, map[string]string{}, map[word]string{}
	for _, a := range arrivals {
		d, known := rows[a.key]
		if !known {
			c.breach("keyed", "%s arrived at %s and is in no row: %s", a.key, a.place, a.tokens)
			continue
		}
		if before, again := places[a.key]; again && before != a.place {
			c.breach("keyed", "%s arrived at %s and at %s", a.key, before, a.place)
		}
		places[a.key] = a.place
		if copies[a.key]++; copies[a.key] == d.Attempts+1 {
			c.breach("keyed", "%s was tried %d times and arrived more often", a.key, d.Attempts)
		}
		if d.Notice != incident.NoticeUpdate {
			continue
		}
		e, _ := c.at(d.Incident, d.Seq)
		token := tokens(words(e))
		if !strings.Contains(a.tokens, token) {
			c.breach("keyed", "%s is about %s, and says %s", a.key, token, a.tokens)
		}
		if key, again := keys[word{a.place, token}]; again && key != a.key {
			c.breach("keyed", "%s came to %s as %s and as %s", token, a.place, key, a.key)
		}
		keys[word{a.place, token}] = a.key
	}
}

// ordered sees to it that readers get updates in order. A copy of what came
// before does not count: its key says that it is one. Nor does a mail that
// left in order and that its mail server took long to accept.
func (c *checker) ordered(arrivals []arrival) {
	rows := map[string]store.Delivery{}
	for _, d := range c.deliveries {
		rows[d.ID] = d
	}
	type lane struct {
		place    string
		incident int64
	}
	latest, seen := map[lane]int64{}, map[string]bool{}
	for _, a := range arrivals {
		d := rows[a.key]
		if d.Notice != incident.NoticeUpdate || d.Kind == "webhook" || seen[a.key] || c.slow[a.key] == a.sink {
			continue
		}
		seen[a.key] = true
		in := lane{a.place, d.Incident}
		if d.Seq < latest[in] {
			c.breach("ordered", "%s got entry %d of incident %d after entry %d", a.place, d.Seq, d.Incident, latest[in])
		}
		latest[in] = max(latest[in], d.Seq)
	}
}
