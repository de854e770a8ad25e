package api

import (
	"context"

	"amends.dev/client"
	"amends.dev/internal/access"
	"amends.dev/internal/store"
)

func sourceOf(v store.Source) client.Source {
	return client.Source{ID: v.ID, Name: v.Name, Kind: v.Kind, Hint: v.Hint, Rules: v.Rules, CreatedAt: v.CreatedAt, UsedAt: v.UsedAt, RevokedAt: v.RevokedAt}
}

// inbox returns where a sender of a kind posts. PagerDuty's senders carry the
// key in the body; the others may have no way to set a header.
func (s *server) inbox(kind, key string) string {
	if kind == "pagerduty" {
		return s.BaseURL + "/in/pagerduty/v2/enqueue"
	}
	return s.BaseURL + "/in/" + kind + "/" + key
}

func (s *server) listSources(ctx context.Context, _ *call, _ *struct{}) (*body[client.Sources], error) {
	list, err := s.DB.Sources(ctx)
	out := client.Sources{Sources: make([]client.Source, 0, len(list))}
	for _, v := range list {
		out.Sources = append(out.Sources, sourceOf(v))
	}
	return answer(out, err)
}

// sourceFrom reads what is said about a source and checks its rules.
func (s *server) sourceFrom(ctx context.Context, c *call, id string, b client.SourceChange) (store.Source, error) {
	if s.CheckRules == nil {
		return store.Source{}, closed()
	}
	rules, err := s.CheckRules(ctx, b.Kind, b.Rules, c.person())
	return store.Source{ID: id, Name: b.Name, Kind: b.Kind, Rules: rules}, err
}

func (s *server) addSource(ctx context.Context, c *call, in *body[client.SourceChange]) (*body[client.MadeSource], error) {
	v, err := s.sourceFrom(ctx, c, "", in.Body)
	if err != nil {
		return nil, err
	}
	v, key, err := s.DB.AddSource(ctx, v)
	return s.madeSource(v, key, err)
}

func (s *server) madeSource(v store.Source, key access.Secret, err error) (*body[client.MadeSource], error) {
	return answer(client.MadeSource{Source: sourceOf(v), Key: key.Reveal(), URL: s.inbox(v.Kind, key.Reveal())}, err)
}

func (s *server) source(ctx context.Context, id string, err error) (*body[client.Source], error) {
	if err != nil {
		return nil, err
	}
	v, err := s.DB.Source(ctx, id)
	return answer(sourceOf(v), err)
}

func (s *server) changeSource(ctx context.Context, c *call, in *change[client.SourceChange]) (*body[client.Source], error) {
	old, err := s.DB.Source(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if len(in.Body.Rules) == 0 {
		in.Body.Rules = old.Rules
	}
	v, err := s.sourceFrom(ctx, c, in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return s.source(ctx, in.ID, s.DB.ChangeSource(ctx, v))
}

func (s *server) newSourceKey(ctx context.Context, _ *call, in *Named) (*body[client.MadeSource], error) {
	key, err := s.DB.NewSourceKey(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := s.DB.Source(ctx, in.ID)
	return s.madeSource(v, key, err)
}

func (s *server) revokeSource(ctx context.Context, _ *call, in *Named) (*body[client.Source], error) {
	return s.source(ctx, in.ID, s.DB.RevokeSource(ctx, in.ID))
}
