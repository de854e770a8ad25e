package api

import (
	"context"
	"maps"
	"slices"

	"amends.dev/client"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// channelOf returns a channel without what is secret of it.
func (s *server) channelOf(ch store.Channel) client.Channel {
	options := maps.Clone(ch.Options)
	secrets := slices.Collect(maps.Keys(options))
	if s.ChannelSecrets != nil {
		secrets = s.ChannelSecrets(ch.Kind)
	}
	for _, name := range secrets {
		if options[name] != "" {
			options[name] = client.Hidden
		}
	}
	if options == nil {
		options = map[string]string{}
	}
	return client.Channel{
		ID: ch.ID, Name: ch.Name, Kind: ch.Kind, Options: options, Audience: string(ch.Audience), Events: texts(ch.Events),
		CreatedAt: ch.CreatedAt, PausedAt: ch.PausedAt, TestedAt: ch.TestedAt, TestError: ch.TestError,
	}
}

func (s *server) channel(ctx context.Context, id string, err error) (*body[client.Channel], error) {
	if err != nil {
		return nil, err
	}
	ch, err := s.DB.Channel(ctx, id)
	return answer(s.channelOf(ch), err)
}

func (s *server) listChannels(ctx context.Context, _ *call, _ *struct{}) (*body[client.Channels], error) {
	list, err := s.DB.Channels(ctx)
	out := client.Channels{Channels: make([]client.Channel, 0, len(list))}
	for _, ch := range list {
		out.Channels = append(out.Channels, s.channelOf(ch))
	}
	return answer(out, err)
}

// channelFrom reads what is said about a channel and checks it.
func (s *server) channelFrom(id string, b client.ChannelChange, had map[string]string) (store.Channel, error) {
	if s.CheckChannel == nil {
		return store.Channel{}, closed()
	}
	ch := store.Channel{ID: id, Name: b.Name, Kind: b.Kind, Options: map[string]string{}, Audience: incident.Audience(b.Audience), Events: b.Events}
	if ch.Audience == "" {
		ch.Audience = incident.Public
	}
	for name, value := range b.Options {
		if value == client.Hidden && had[name] != "" {
			value = had[name]
		}
		ch.Options[name] = value
	}
	return ch, s.CheckChannel(ch.Kind, ch.Options)
}

// closed answers an operation that this instance was not given the means for.
func closed() error {
	return fault.New(fault.Conflict, "This server was started without this. Do it on the server itself")
}

func (s *server) addChannel(ctx context.Context, _ *call, in *body[client.ChannelChange]) (*body[client.Channel], error) {
	ch, err := s.channelFrom("", in.Body, nil)
	if err != nil {
		return nil, err
	}
	ch, err = s.DB.AddChannel(ctx, ch)
	return answer(s.channelOf(ch), err)
}

func (s *server) changeChannel(ctx context.Context, _ *call, in *change[client.ChannelChange]) (*body[client.Channel], error) {
	old, err := s.DB.Channel(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Kind != old.Kind {
		return nil, fault.Bad("kind", "The kind of a channel stays as it is. Add another channel")
	}
	ch, err := s.channelFrom(in.ID, in.Body, old.Options)
	if err != nil {
		return nil, err
	}
	return s.channel(ctx, in.ID, s.DB.ChangeChannel(ctx, ch))
}

func (s *server) pauseChannel(ctx context.Context, _ *call, in *change[client.Pause]) (*body[client.Channel], error) {
	return s.channel(ctx, in.ID, s.DB.PauseChannel(ctx, in.ID, in.Body.Paused))
}

func (s *server) testChannel(ctx context.Context, _ *call, in *Named) (*body[client.Channel], error) {
	if s.TestChannel == nil {
		return nil, closed()
	}
	ch, err := s.DB.Channel(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	problem := ""
	if err := s.TestChannel(ctx, ch); err != nil {
		if _, problem, _ = fault.Public(err); !isOurs(err) {
			problem = "The message was not taken. Look at the address and the secret of the channel"
		}
	}
	return s.channel(ctx, in.ID, s.DB.RecordChannelTest(ctx, in.ID, problem))
}

// isOurs reports whether an error has words that may be shown.
func isOurs(err error) bool {
	kind, _, _ := fault.Public(err)
	return kind != fault.Internal
}

func (s *server) removeChannel(ctx context.Context, _ *call, in *Named) (*done, error) {
	return finished(s.DB.RemoveChannel(ctx, in.ID))
}
