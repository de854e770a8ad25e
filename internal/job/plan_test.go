package job

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

var team = people{
	members: []store.Member{
		{ID: "m_priya", Email: "priya@x.example", Role: access.Responder},
		{ID: "m_ana", Email: "ana@x.example", Role: access.Responder},
		{ID: "m_lee", Email: "lee@x.example", Role: access.Lead},
		{ID: "m_kim", Email: "kim@x.example", Role: access.Admin},
		{ID: "m_gone", Email: "gone@x.example", Role: access.Lead, DisabledAt: time.Unix(1, 0)},
	},
	channels: []store.Channel{
		{ID: "c_room", Kind: "slack", Audience: incident.Team},
		{ID: "c_late", Kind: "ntfy", Audience: incident.Team, Events: []string{"missed"}},
		{ID: "c_partner", Kind: "webhook", Audience: incident.Stakeholders},
		{ID: "c_world", Kind: "webhook", Audience: incident.Public},
		{ID: "c_off", Kind: "slack", Audience: incident.Team, PausedAt: time.Unix(1, 0)},
	},
}

func TestThePlanTellsThoseWhomTheNoticeIsFor(t *testing.T) {
	roles := func(r ...incident.Role) []incident.Role { return r }
	for _, c := range []struct {
		name     string
		notice   incident.Notice
		by       incident.Person
		owner    incident.Person
		audience incident.Audience
		alone    bool // no leads
		want     string
	}{
		{"declared by the owner", incident.Notice{Kind: "declared", To: roles("owner", "team")}, "m_priya", "m_priya", "team", false, "c_room"},
		{"declared by an alert", incident.Notice{Kind: "declared", To: roles("owner", "team")}, "system", "m_priya", "team", false, "m_priya c_room"},
		{"public update", incident.Notice{Kind: "update", To: roles("team", "reader")}, "m_priya", "m_priya", "public", false, "c_room c_partner c_world"},
		{"update for stakeholders", incident.Notice{Kind: "update", To: roles("team", "reader")}, "m_priya", "m_priya", "stakeholders", false, "c_room c_partner"},
		{"update for the team", incident.Notice{Kind: "update", To: roles("team", "reader")}, "m_priya", "m_priya", "team", false, "c_room"},
		{"correction", incident.Notice{Kind: "correction", To: roles("team", "reader")}, "m_priya", "m_priya", "public", false, "c_room c_partner c_world"},
		{"reminder", incident.Notice{Kind: "reminder", To: roles("owner")}, "system", "m_priya", "team", false, "m_priya"},
		{"reminder to nobody reachable", incident.Notice{Kind: "reminder", To: roles("owner")}, "system", "m_gone", "team", false, "m_lee"},
		{"missed", incident.Notice{Kind: "missed", To: roles("owner", "backup")}, "system", "m_priya", "team", false, "m_priya m_ana c_room c_late"},
		{"still missed", incident.Notice{Kind: "missed", To: roles("lead")}, "system", "m_priya", "team", false, "m_lee c_room c_late"},
		{"missed without leads", incident.Notice{Kind: "missed", To: roles("lead")}, "system", "m_priya", "team", true, "m_kim c_room c_late"},
		{"missed by a lead, once", incident.Notice{Kind: "missed", To: roles("owner", "lead")}, "system", "m_lee", "team", false, "m_lee c_room c_late"},
		{"hand-over", incident.Notice{Kind: "handover", Person: "m_ana"}, "m_priya", "m_priya", "team", false, "m_ana"},
		{"help from a person", incident.Notice{Kind: "help", Person: "m_ana"}, "m_priya", "m_priya", "team", false, "m_ana"},
		{"help from anybody", incident.Notice{Kind: "help", To: roles("team", "lead")}, "m_priya", "m_priya", "team", false, "m_lee c_room"},
	} {
		f := store.NoticeFacts{
			Incident: incident.Incident{ID: 7, Owner: c.owner, Backup: "m_ana"},
			Entry:    incident.Entry{By: c.by, Audience: c.audience},
		}
		p := team
		if c.alone {
			p.members = slices.DeleteFunc(slices.Clone(p.members), func(m store.Member) bool { return m.Role == access.Lead })
		}
		var got []string
		for _, d := range plan(c.notice, f, p) {
			got = append(got, d.Recipient)
			if d.ID == "" || d.Incident != 7 || d.State != store.DeliveryQueued {
				t.Errorf("%s: delivery = %+v, want it complete", c.name, d)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: told %v, want %s", c.name, got, c.want)
		}
	}
}

func TestEveryKindOfNoticeHasARule(t *testing.T) {
	for _, k := range []incident.NoticeKind{
		incident.NoticeDeclared, incident.NoticeUpdate, incident.NoticeCorrection, incident.NoticeReminder,
		incident.NoticeMissed, incident.NoticeHandover, incident.NoticeHelp,
	} {
		if _, ok := rules[k]; !ok {
			t.Errorf("no rule says who hears of %s", k)
		}
	}
}
