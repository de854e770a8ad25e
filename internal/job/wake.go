package job

import (
	"context"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// wakingDriver is River's SQLite driver, woken from inside the process. The
// driver's own listener asks the database every 50 ms; a commit knows better.
type wakingDriver struct {
	*riversqlite.Driver
	wake <-chan struct{}
}

// SupportsListenNotify is false: nobody writes notifications that nobody reads.
func (wakingDriver) SupportsListenNotify() bool { return false }

// GetListener returns what waits for the next commit with jobs.
func (d wakingDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return listener{d.wake}
}

// listener implements riverdriver.Listener over a channel.
type listener struct{ wake <-chan struct{} }

func (listener) Close(context.Context) error            { return nil }
func (listener) Connect(context.Context) error          { return nil }
func (listener) Listen(context.Context, string) error   { return nil }
func (listener) Ping(context.Context) error             { return nil }
func (listener) Schema() string                         { return "" }
func (listener) SetAfterConnectExec(string)             {}
func (listener) Unlisten(context.Context, string) error { return nil }

// WaitForNotification returns River's word for "there are jobs" when there are.
func (l listener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.wake:
		return &riverdriver.Notification{Topic: "river_insert", Payload: `{"queue":"default"}`}, nil
	}
}
