package job

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"

	"amends.dev/internal/notify"
	"amends.dev/internal/store"
)

// openChannels keeps channels open between messages, by what they were opened with.
type openChannels struct {
	Deps
	mu   sync.Mutex
	open map[string]*openChannel
}

type openChannel struct {
	kind    string
	options map[string]string
	channel notify.Channel
}

func newOpenChannels(d Deps) *openChannels {
	return &openChannels{Deps: d, open: map[string]*openChannel{}}
}

// channel returns the channel that a delivery leaves through, or the reason why
// it leaves through none.
func (o *openChannels) channel(d store.Delivery, p people) (c notify.Channel, stop string, err error) {
	if d.Channel == store.MailChannel {
		if o.Mail == nil {
			return nil, noMail, nil
		}
		return o.Mail, "", nil
	}
	kind, options := d.Kind, map[string]string{"url": d.Address}
	if d.Recipient == d.Channel {
		channel, ok := p.channel(d.Channel)
		switch {
		case !ok:
			return nil, "The channel was removed before the message left.", nil
		case !channel.PausedAt.IsZero():
			return nil, "The channel was paused before the message left.", nil
		}
		kind, options = channel.Kind, channel.Options
	}
	c, err = o.opened(placeOf(d), kind, options)
	return c, "", err
}

func (o *openChannels) opened(place, kind string, options map[string]string) (notify.Channel, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	old := o.open[place]
	if old != nil && old.kind == kind && maps.Equal(old.options, options) {
		return old.channel, nil
	}
	channel, err := o.Open(kind, options)
	if err != nil {
		return nil, err
	}
	o.open[place] = &openChannel{kind, maps.Clone(options), channel}
	if old != nil {
		if err := old.close(); err != nil {
			o.Log.Warn("a channel was opened anew, and its old connections did not close", "error", err)
		}
	}
	return channel, nil
}

func (c *openChannel) close() error {
	closer, ok := c.channel.(io.Closer)
	if !ok {
		return nil
	}
	if err := closer.Close(); err != nil {
		return fmt.Errorf("close a channel of kind %s: %w", c.kind, err)
	}
	return nil
}

func (o *openChannels) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var errs []error
	for _, c := range o.open {
		errs = append(errs, c.close())
	}
	o.open = map[string]*openChannel{}
	return errors.Join(errs...)
}
