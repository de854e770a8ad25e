package job

import (
	"slices"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// rule says who hears of a kind of notice besides those that the notice names.
type rule struct {
	team    bool // the team's channels
	outside bool // channels for readers outside the team, within its audience
	duty    bool // somebody must hear: the leads, then the admins, when nobody named can be reached
}

// rules has a row for every kind of notice. What each kind names:
//
//	declared     the owner (unless it was they who declared it), the team's channels
//	update       the team's channels, readers: subscribers and channels of the audience
//	correction   like update
//	reminder     the owner, by mail: nobody else sees a promise that can still be kept
//	missed       owner, backup and lead by mail as the ladder says, and the team's channels
//	handover     the person who is offered the incident, or who offered it
//	help         the person who is asked, or who asked; else the team's channels and leads
var rules = map[incident.NoticeKind]rule{
	incident.NoticeDeclared:   {},
	incident.NoticeUpdate:     {outside: true},
	incident.NoticeCorrection: {outside: true},
	incident.NoticeReminder:   {duty: true},
	incident.NoticeMissed:     {team: true, duty: true},
	incident.NoticeHandover:   {},
	incident.NoticeHelp:       {},
}

// people is whom a notice can reach, as they are now.
type people struct {
	members  []store.Member
	channels []store.Channel
}

func (p people) member(id incident.Person) (store.Member, bool) {
	i := slices.IndexFunc(p.members, func(m store.Member) bool { return m.ID == string(id) })
	if i < 0 {
		return store.Member{}, false
	}
	return p.members[i], true
}

// name returns what a person is called; their id when nobody knows them.
func (p people) name(id incident.Person) string {
	if id == incident.System {
		return ""
	}
	if m, ok := p.member(id); ok {
		return m.Name
	}
	return string(id)
}

func (p people) channel(id string) (store.Channel, bool) {
	i := slices.IndexFunc(p.channels, func(c store.Channel) bool { return c.ID == id })
	if i < 0 {
		return store.Channel{}, false
	}
	return p.channels[i], true
}

func (p people) inRole(r access.Role) []store.Member {
	return slices.DeleteFunc(slices.Clone(p.members), func(m store.Member) bool { return m.Role != r || !m.Active() })
}

// plan returns a delivery for everybody whom a notice is for, but subscribers:
// they come in pages of their own. It is pure, and the same for the same facts.
func plan(n incident.Notice, f store.NoticeFacts, p people) []store.Delivery {
	r := rules[n.Kind]
	out := planPeople(n, f, p, r)
	for _, c := range p.channels {
		if c.PausedAt.IsZero() && wants(c, n, f.Entry.Audience, r) {
			role := incident.RoleReader
			if c.Audience == incident.Team {
				role = incident.RoleTeam
			}
			out = append(out, delivery(n, f, store.Delivery{Channel: c.ID, Kind: c.Kind, Recipient: c.ID, Role: role}))
		}
	}
	return out
}

// wants reports whether a channel gets a notice about an entry.
func wants(c store.Channel, n incident.Notice, audience incident.Audience, r rule) bool {
	if len(c.Events) > 0 && !slices.Contains(c.Events, string(n.Kind)) {
		return false
	}
	if c.Audience == incident.Team {
		return r.team || slices.Contains(n.To, incident.RoleTeam)
	}
	return r.outside && slices.Contains(n.To, incident.RoleReader) && sees(c.Audience, audience)
}

// sees reports whether readers of one audience may read what is for another.
func sees(reader, words incident.Audience) bool {
	at := slices.Index(incident.Audiences, words)
	return at >= 0 && at >= slices.Index(incident.Audiences, reader)
}

func planPeople(n incident.Notice, f store.NoticeFacts, p people, r rule) []store.Delivery {
	var out []store.Delivery
	told := map[string]bool{}
	tell := func(m store.Member, role incident.Role) {
		if m.Active() && m.Email != "" && !told[m.ID] {
			told[m.ID] = true
			out = append(out, delivery(n, f, store.Delivery{
				Channel: store.MailChannel, Kind: "email", Recipient: m.ID, Role: role, Address: m.Email,
			}))
		}
	}
	if m, ok := p.member(n.Person); ok {
		tell(m, "")
	}
	in, needed := f.Incident, r.duty
	for _, role := range n.To {
		switch role {
		case incident.RoleOwner:
			if n.Kind == incident.NoticeDeclared && f.Entry.By == in.Owner {
				continue
			}
			if m, ok := p.member(in.Owner); ok {
				tell(m, role)
			}
		case incident.RoleBackup:
			if m, ok := p.member(in.Backup); ok {
				tell(m, role)
			}
		case incident.RoleLead:
			needed = true
			for _, m := range p.inRole(access.Lead) {
				tell(m, role)
			}
		}
	}
	for _, role := range []access.Role{access.Lead, access.Admin} {
		if needed && len(out) == 0 {
			for _, m := range p.inRole(role) {
				tell(m, incident.RoleLead)
			}
		}
	}
	return out
}

// delivery completes a row of the ledger.
func delivery(n incident.Notice, f store.NoticeFacts, d store.Delivery) store.Delivery {
	d.Incident, d.Seq, d.Notice, d.Promise = f.Incident.ID, n.Seq, n.Kind, n.Promise
	d.State = store.DeliveryQueued
	d.ID = store.DeliveryID(d)
	return d
}
