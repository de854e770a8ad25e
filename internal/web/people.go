package web

import (
	"slices"
	"strings"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// names says what people are called.
type names struct {
	me   incident.Person
	by   map[incident.Person]string
	able []store.Member // who can own an incident, by name
}

// names reads the members once for a page.
func (c *call) names() (*names, error) {
	members, err := c.s.DB.Members(c.r.Context())
	if err != nil {
		return nil, err
	}
	n := &names{me: c.person(), by: map[incident.Person]string{}}
	for _, m := range members {
		n.by[incident.Person(m.ID)] = m.Name
		if m.Active() && m.Role >= access.Responder {
			n.able = append(n.able, m)
		}
	}
	return n, nil
}

// of returns somebody's name.
func (n *names) of(p incident.Person) string {
	if p == incident.System {
		return "amends"
	}
	if name, ok := n.by[p]; ok {
		return name
	}
	return "somebody who left"
}

// you returns "you" for the reader, and a name for everybody else.
func (n *names) you(p incident.Person) string {
	if p == n.me && p != "" {
		return "you"
	}
	return n.of(p)
}

// others offers everybody who can own an incident, except some.
func (n *names) others(chosen incident.Person, except ...incident.Person) []choice {
	var out []choice
	for _, m := range n.able {
		if id := incident.Person(m.ID); !slices.Contains(except, id) {
			out = append(out, choice{Value: m.ID, Label: m.Name, Chosen: id == chosen})
		}
	}
	return out
}

// services says what services are called.
type services struct {
	all []store.Service
	by  map[string]string
}

func (c *call) services() (services, error) {
	all, err := c.s.DB.Services(c.r.Context(), c.who)
	if err != nil {
		return services{}, err
	}
	s := services{by: map[string]string{}}
	for _, v := range all {
		s.by[v.ID] = v.Name
		if v.ArchivedAt.IsZero() {
			s.all = append(s.all, v)
		}
	}
	return s, nil
}

// list names services that the reader may know of: "Payments, Checkout".
func (s services) list(ids []string) string {
	var out []string
	for _, id := range ids {
		if name, ok := s.by[id]; ok { // one that the reader may not know of stays unnamed
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

func (s services) name(id string) string { return or(s.by[id], id) }

// choices offers every service, with some chosen.
func (s services) choices(chosen []string) []choice {
	out := make([]choice, 0, len(s.all))
	for _, v := range s.all {
		out = append(out, choice{Value: v.ID, Label: v.Name, Chosen: slices.Contains(chosen, v.ID)})
	}
	return out
}
