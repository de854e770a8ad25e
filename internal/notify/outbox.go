package notify

import "context"

// Outgoing is a message as it would have left, for the demo's outbox page.
type Outgoing struct {
	Message Message
	Letter  Letter
	Text    string // the letter as plain text
}

// outbox hands each message to a function and sends nothing anywhere.
type outbox struct {
	keep func(context.Context, Outgoing) error
}

func openOutbox(_ map[string]string, env Env) Channel { return outbox{keep: env.Outbox} }

// Send keeps m. An error of the keeper's store may pass.
func (o outbox) Send(ctx context.Context, m Message) (bool, error) {
	if err := m.check(); err != nil {
		return false, err
	}
	if o.keep == nil {
		return false, unsendable("This server has no outbox. Choose another kind of channel.", nil)
	}
	l := m.Letter()
	if err := o.keep(ctx, Outgoing{Message: m, Letter: l, Text: l.Text()}); err != nil {
		return true, unreached("The outbox did not keep the message. It is tried again.", err)
	}
	return false, nil
}
