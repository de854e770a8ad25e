package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// hook is a channel that is one POST of JSON to one endpoint. The adapters
// fill it in; what differs between them is the form of the body and how they
// read the answer.
type hook struct {
	client *Client
	label  string // "Slack", for sentences
	url    string
	header http.Header // may be nil
	form   func(Message, Letter) any
	// read judges an answer outside 2xx; nil takes refused.
	read func(hook, answer) (retry bool, err error)
}

// Send posts m in the platform's form.
func (h hook) Send(ctx context.Context, m Message) (bool, error) {
	if err := m.check(); err != nil {
		return false, err
	}
	body, err := json.Marshal(h.form(m, m.Letter()))
	if err != nil {
		return false, fmt.Errorf("write %s for %s: %w", m.Key, h.label, err)
	}
	a, retry, err := h.client.post(ctx, h.url, h.header, body)
	if err != nil {
		return retry, err
	}
	if a.ok() {
		return false, nil
	}
	if h.read != nil {
		return h.read(h, a)
	}
	return h.refused(a)
}

// refused judges by the status alone.
func (h hook) refused(a answer) (bool, error) {
	if a.busy() {
		return true, a.refusal(fmt.Sprintf("%s is busy (status %d). The message is tried again.", h.label, a.status))
	}
	if a.status == http.StatusGone {
		return false, a.refusal(fmt.Sprintf("%s says that this place is gone for good. Remove the channel, or enter a new address.", h.label))
	}
	return false, a.refusal(fmt.Sprintf("%s refused the message (status %d). Check the channel's options, send a test message, then replay the delivery.", h.label, a.status))
}
