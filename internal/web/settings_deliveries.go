package web

import (
	"fmt"
	"net/http"

	"amends.dev/internal/store"
)

// deliveryWords say how a delivery stands.
var deliveryWords = map[store.DeliveryState]markWord{
	store.DeliveryQueued: {"unknown", "Waiting"}, store.DeliverySending: {"unknown", "Sending"}, store.DeliverySent: {"ok", "Sent"},
	store.DeliveryRetry: {"degraded", "Trying again"}, store.DeliveryDead: {"outage", "Given up"}, store.DeliveryStopped: {"planned", "Not sent"},
}

func (s *Server) deliveriesPage(c *call) error {
	ctx := c.r.Context()
	v := c.topic("Deliveries", "What went out. A message is tried for 72 hours; then it stands here until somebody sends it again.")
	held, err := s.DB.DeliveriesHeld(ctx)
	if err != nil {
		return err
	}
	f := store.DeliveryFilter{}
	v.Add = []navItem{{Label: "Given up", URL: "/settings/deliveries?state=dead"}, {Label: "All", URL: "/settings/deliveries"}}
	v.Empty = "Nothing has been sent yet."
	if c.r.URL.Query().Get("state") == "dead" {
		f.State, v.Empty = store.DeliveryDead, "Nothing was given up."
	}
	list, err := s.DB.Deliveries(ctx, f)
	if err != nil {
		return err
	}
	counts, err := s.DB.CountDeliveries(ctx, store.DeliveryFilter{})
	if err != nil {
		return err
	}
	if held {
		v.Hint = "Deliveries are held, because this record was restored from a backup. Nothing goes out until you release them."
		v.Acts = append(v.Acts, listAct{Label: "Release and send what waits", Action: "/settings/deliveries/release"}, listAct{Label: "Release and drop what waits", Action: "/settings/deliveries/drop"})
	}
	if n := counts[store.DeliveryDead]; n > 0 {
		v.Acts = append(v.Acts, listAct{Label: "Send " + count(int(n), "message", "messages") + " again", Action: "/settings/deliveries/replay"})
	}
	for _, d := range list {
		item := listItem{
			Name: fmt.Sprintf("INC-%d", d.Incident), URL: fmt.Sprintf("/incidents/%d#e%d", d.Incident, d.Seq), Marks: []markWord{deliveryWords[d.State]},
			Detail: fmt.Sprintf("%s by %s%s", d.Notice, d.Kind, to(d.Address)), When: ptr(c.at(d.CreatedAt)), Trouble: d.Problem,
		}
		if d.State == store.DeliveryDead {
			item.Acts = []listAct{{Label: "Send again", Action: "/settings/deliveries/replay", About: item.Name, Fields: []pair{{"id", d.ID}}}}
		}
		v.Items = append(v.Items, item)
	}
	return c.render("list.html", http.StatusOK, v)
}

func to(address string) string {
	if address == "" {
		return ""
	}
	return " to " + address
}

// actOnDeliveries sends again what was given up, or releases what a restore holds.
func (s *Server) actOnDeliveries(c *call) error {
	ctx := c.r.Context()
	switch c.r.PathValue("act") {
	case "replay":
		n, err := s.DB.ReplayDeliveries(ctx, c.r.PostForm["id"]...)
		if err != nil {
			return err
		}
		return c.saved(count(int(n), "message goes", "messages go")+" out again.", "/settings/deliveries")
	case "release", "drop":
		n, err := s.DB.ReleaseDeliveries(ctx, c.r.PathValue("act") == "drop")
		if err != nil {
			return err
		}
		return c.saved(fmt.Sprintf("Released. %s waited.", count(int(n), "message", "messages")), "/settings/deliveries")
	}
	return errNoPage
}

// outboxView is what the demo would have sent.
type outboxView struct {
	Frame
	Sent []sentView
}

type sentView struct {
	At                         moment
	Channel, To, Subject, Body string
}

func (s *Server) outboxPage(c *call) error {
	if s.Outbox == nil {
		return errNoPage
	}
	v := outboxView{Frame: c.frame("What would have been sent")}
	for _, m := range s.Outbox() {
		v.Sent = append(v.Sent, sentView{c.at(m.At), m.Channel, m.To, m.Subject, m.Body})
	}
	return c.render("outbox.html", http.StatusOK, v)
}
