package api

import (
	"context"
	"fmt"
	"net/url"

	"amends.dev/client"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

type subscribersIn struct {
	After string `query:"after" maxLength:"100" doc:"The last id of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

type subscribersOut struct {
	Link string `header:"Link"`
	Body client.SubscriberPage
}

func (s *server) listSubscribers(ctx context.Context, _ *call, in *subscribersIn) (*subscribersOut, error) {
	rows, err := s.DB.Subscribers(ctx, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &subscribersOut{Body: client.SubscriberPage{Subscribers: []client.Subscriber{}}}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		out.Body.After = rows[in.Limit-1].ID
		q := url.Values{"after": {out.Body.After}, "limit": {fmt.Sprint(in.Limit)}}
		out.Link = fmt.Sprintf(`<%s%s/subscribers?%s>; rel="next"`, s.BaseURL, client.Prefix, q.Encode())
	}
	for _, r := range rows {
		out.Body.Subscribers = append(out.Body.Subscribers, client.Subscriber{
			ID: r.ID, Kind: r.Kind, Address: r.Address, Audience: string(r.Audience), Services: texts(r.Services), Zone: r.Zone, CreatedAt: r.CreatedAt,
		})
	}
	out.Body.Total, err = s.DB.CountSubscribers(ctx)
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *server) addSubscribers(ctx context.Context, c *call, in *body[client.NewSubscribers]) (*body[client.Count], error) {
	r := s.read(ctx, c, "UTC")
	var list []store.Subscriber
	for _, b := range in.Body.Subscribers {
		list = append(list, store.Subscriber{
			Kind: "email", Address: b.Address, Audience: incident.Audience(b.Audience), Services: r.services("services", b.Services, nil), Zone: b.Zone,
		})
	}
	if r.fails != nil {
		return nil, r.fails
	}
	if err := r.v.Err(); err != nil {
		return nil, err
	}
	n, err := s.DB.AddSubscribers(ctx, list)
	return answer(client.Count{N: int64(n)}, err)
}

func (s *server) removeSubscriber(ctx context.Context, _ *call, in *Named) (*done, error) {
	return finished(s.DB.RemoveSubscriber(ctx, in.ID))
}

type importIn struct {
	Dry     bool   `query:"dry" doc:"Only say what would come"`
	RawBody []byte `contentType:"application/json"`
}

func (s *server) importStatuspage(ctx context.Context, _ *call, in *importIn) (*body[client.Imported], error) {
	if s.ImportStatuspage == nil {
		return nil, closed()
	}
	return answer(s.ImportStatuspage(ctx, in.RawBody, in.Dry))
}
