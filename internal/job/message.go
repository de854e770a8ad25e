package job

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/notify"
	"amends.dev/internal/store"
)

// letter is everything that a message to one recipient is made of.
type letter struct {
	delivery store.Delivery
	facts    store.NoticeFacts
	people   people
	reader   store.DeliveryReader // for a subscriber
	known    bool                 // the subscriber still exists
	site     string               // what readers know the team by
	zone     string               // the team's
	base     string               // the server's address
}

// message returns what the recipient is told, or the reason why there is
// nothing to tell them any more.
func (l letter) message() (m notify.Message, stop string) {
	if stop := l.moot(); stop != "" {
		return m, stop
	}
	d, in, e := l.delivery, l.facts.Incident, l.facts.Entry
	m = notify.Message{Key: d.ID, At: e.At, Site: l.site, By: l.people.name(e.By), Why: l.why()}
	m.Incident = notify.Incident{
		Number: int(in.ID), Title: in.Title, Severity: string(in.Severity),
		Status: statusWord(in.Status), State: stateWord(in.Status, in.Severity),
		URL: l.page(), Services: l.services(in.Services, in.Status),
	}
	l.address(&m)
	l.tell(&m)
	return m, ""
}

// moot returns why there is nothing to tell any more.
func (l letter) moot() string {
	d := l.delivery
	if l.toSubscriber() {
		switch {
		case !l.known:
			return "The subscription was removed before the message left."
		case !l.reader.StoppedAt.IsZero():
			return "The reader stopped these messages before this one left."
		}
	}
	if d.Notice != incident.NoticeReminder {
		return ""
	}
	for _, p := range l.facts.Incident.Promised() {
		if p.N == d.Promise {
			return ""
		}
	}
	return "The promise was settled before the reminder left."
}

func (l letter) toSubscriber() bool {
	return l.delivery.Role == incident.RoleReader && l.delivery.Recipient != l.delivery.Channel
}

// inside reports whether the recipient belongs to the team.
func (l letter) inside() bool { return l.delivery.Role != incident.RoleReader }

// page is the incident's page for this reader.
func (l letter) page() string {
	path := "/status/"
	if l.inside() {
		path = "/incidents/"
	}
	return l.base + path + strconv.FormatInt(l.facts.Incident.ID, 10)
}

func (l letter) address(m *notify.Message) {
	d, zone := l.delivery, l.zone
	m.To.Address = d.Address
	switch {
	case l.toSubscriber():
		if l.reader.Zone != "" {
			zone = l.reader.Zone
		}
		m.StopURL = l.base + "/unsubscribe/" + url.PathEscape(l.reader.Stop)
		m.OneClickURL = m.StopURL
	default:
		if member, ok := l.people.member(incident.Person(d.Recipient)); ok {
			m.To.Name = member.Name
			if member.Zone != "" {
				zone = member.Zone
			}
		}
	}
	if at, err := time.LoadLocation(zone); err == nil {
		m.To.Zone = at
	}
}

// why completes "You get this because …"; empty takes the kind's own reason.
func (l letter) why() string {
	d, in := l.delivery, l.facts.Incident
	switch d.Role {
	case incident.RoleReader:
		if l.toSubscriber() {
			return "you asked " + l.site + " for updates"
		}
		return "this channel gets the published updates of " + l.site
	case incident.RoleTeam:
		return "this channel gets the incidents of " + l.site
	case incident.RoleBackup:
		return "you are the backup for " + in.Name()
	case incident.RoleOwner:
		return "you own " + in.Name()
	case incident.RoleLead:
		if d.Notice == incident.NoticeMissed || d.Notice == incident.NoticeReminder {
			return "you answer for " + in.Name() + " when its owner and backup cannot"
		}
		return "you lead the team"
	}
	return ""
}

func (l letter) services(ids []string, status incident.Status) []notify.Service {
	var list []notify.Service
	for _, id := range ids {
		list = append(list, notify.Service{Name: l.service(id), State: stateWord(status, l.facts.Incident.Severity)})
	}
	return list
}

func (l letter) service(id string) string {
	if name := l.facts.Services[id]; name != "" {
		return name
	}
	return id
}

// tell fills in what the entry says.
func (l letter) tell(m *notify.Message) {
	switch f := l.facts.Entry.Fact.(type) {
	case incident.Declared:
		m.Kind = notify.KindDeclared
		if f.First != nil {
			m.Promise = notify.Promise{DueAt: f.First.DueAt, By: l.people.name(f.Owner)}
		}
	case incident.Updated:
		l.tellUpdate(m, f)
	case incident.Corrected:
		m.Kind = notify.KindCorrection
		m.Update = notify.Update{Number: f.N, Corrects: f.N, Now: f.Now, Plan: f.Plan, PostedAt: l.facts.Entry.At, Author: l.author()}
		if latest := l.facts.Incident.Latest; latest != nil && latest.N == f.N {
			m.Update.NextAt, m.Update.NoTime = latest.NextAt, latest.NoTime
		}
	case incident.ReviewMoved:
		l.say(m, "The review comes later than promised: "+f.Why)
		m.Update.NextAt = f.Review.DueAt
	case incident.ReviewDelivered:
		l.say(m, "The review can be read: "+f.Where)
	default:
		l.tellInside(m)
	}
}

func (l letter) tellUpdate(m *notify.Message, f incident.Updated) {
	m.Kind = notify.KindUpdate
	m.Incident.Title, m.Incident.Severity = f.Title, string(f.Severity)
	m.Incident.Status, m.Incident.State = statusWord(f.Status), stateWord(f.Status, f.Severity)
	m.Incident.Services = append(l.services(f.Services, f.Status), l.services(f.Works, incident.Resolved)...)
	m.Update = notify.Update{
		Number: f.N, Now: f.Now, Plan: f.Plan, NoTime: f.NoTime, PostedAt: l.facts.Entry.At, Author: l.author(),
	}
	switch {
	case f.Status == incident.Resolved:
		m.Kind = notify.KindResolved
		if f.Review != nil {
			m.Update.NextAt = f.Review.DueAt
		}
	case f.Next != nil:
		m.Update.NextAt = f.Next.DueAt
	}
}

// author is named inside the team only.
func (l letter) author() string {
	if l.inside() {
		return l.people.name(l.facts.Entry.By)
	}
	return ""
}

// say tells one sentence in the form of an update.
func (l letter) say(m *notify.Message, sentence string) {
	m.Kind = notify.KindUpdate
	m.Update = notify.Update{Now: sentence, PostedAt: l.facts.Entry.At, Author: l.author()}
}

// answer tells somebody what came of what they began.
func (l letter) answer(m *notify.Message, sentence, why string) {
	l.say(m, strings.TrimSpace(sentence))
	m.Why = why
}

// tellInside fills in what only the team is told.
func (l letter) tellInside(m *notify.Message) {
	in := l.facts.Incident
	who := l.people.name(l.facts.Entry.By)
	switch f := l.facts.Entry.Fact.(type) {
	case incident.PromiseReminded:
		m.Kind, m.ActURL = notify.KindReminder, l.composer()
		m.Promise = notify.Promise{DueAt: f.DueAt, By: l.promiser(f.N)}
	case incident.PromiseMissed:
		l.tellMissed(m, f.N, f.DueAt)
	case incident.PromiseBroken:
		l.tellMissed(m, f.N, f.DueAt)
	case incident.HandoverOffered:
		m.Kind, m.Note, m.ActURL = notify.KindHandover, f.Note, l.page()
		l.asThingsStand(m)
	case incident.HandoverAccepted:
		l.answer(m, who+" took "+in.Name()+" over.", "you offered it")
	case incident.HandoverDeclined:
		l.answer(m, who+" cannot take "+in.Name()+". It stays with "+l.people.name(in.Owner)+". "+f.Reason, "you offered it")
	case incident.HandoverWithdrawn:
		l.answer(m, who+" took the offer of "+in.Name()+" back. You need not answer it.", "it was offered to you")
	case incident.HelpAsked:
		m.Kind, m.Note = notify.KindHelp, f.What
		if f.Expertise != "" {
			m.Note += " (" + f.Expertise + ")"
		}
		l.asThingsStand(m)
	case incident.HelpAnswered:
		answer := who + " cannot help with " + in.Name() + ". "
		if f.Accepted {
			answer = who + " helps with " + in.Name() + ". "
		}
		l.answer(m, answer+f.Reason, "you asked for help")
	default:
		l.answer(m, "Something changed. Open "+in.Name()+" to read it.", "you have a part in it")
	}
}

func (l letter) tellMissed(m *notify.Message, n int, due time.Time) {
	m.Kind, m.ActURL = notify.KindOverdue, l.composer()
	if l.delivery.Role == incident.RoleLead {
		m.Kind = notify.KindEscalation
	}
	m.Promise = notify.Promise{DueAt: due, By: l.promiser(n), Late: l.facts.Entry.At.Sub(due)}
}

// promiser names who answers for a promise: the owner, unless the promise says
// somebody else.
func (l letter) promiser(n int) string {
	for _, p := range l.facts.Incident.Promised() {
		if p.N == n {
			return l.people.name(p.By)
		}
	}
	return l.people.name(l.facts.Incident.Owner)
}

// asThingsStand adds what a person needs who comes to the incident new.
func (l letter) asThingsStand(m *notify.Message) {
	in := l.facts.Incident
	if in.Latest != nil {
		m.Update.Now = in.Latest.Now
	}
	if in.Next != nil && in.Next.Outcome == "" {
		m.Promise = notify.Promise{DueAt: in.Next.DueAt, By: l.people.name(in.Next.By)}
	}
}

// composer is where the update is written.
func (l letter) composer() string { return l.page() + "#update" }
