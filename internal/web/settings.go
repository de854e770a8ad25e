package web

import (
	"net/http"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// listView is a page that is a list: every topic of the settings.
type listView struct {
	Frame
	Top     bool // the list of topics itself
	Heading string
	Hint    string
	Add     []navItem
	Secret  *secretView
	Items   []listItem
	Empty   string
	Acts    []listAct
}

// listItem is one line: what it is, how it does, what can be done.
type listItem struct {
	Name, URL, Detail string
	Marks             []markWord
	When              *moment
	Trouble           string
	Links             []navItem
	Acts              []listAct
}

// listAct is a button.
type listAct struct {
	Label, Action, About string // About names what the button is for, to those who cannot see the line
	Fields               []pair
}

// secretView shows a secret the one time that it is seen.
type secretView struct {
	Label, Hint, Value string
	Snippets           []said
}

// topic is a page of the settings, with what it takes to open it.
type topic struct {
	name, url, about string
	need             access.Permission
}

var topics = []topic{
	{"You", "/settings/you", "Your name, time zone and password", access.ManageOwnTokens},
	{"Team", "/settings/team", "Name, time zone, backup, who reads new incidents", access.ChangeSettings},
	{"Services", "/settings/services", "What people use, and what can stop working", access.ManageServices},
	{"Policies", "/settings/policies", "How often you speak, and who hears when you do not", access.ChangePolicy},
	{"Channels", "/settings/channels", "Where words go: chat rooms, webhooks", access.ManageChannels},
	{"Sources", "/settings/sources", "Where alerts come from, and their keys", access.ManageSources},
	{"Members", "/settings/members", "Who can sign in, and what they may do", access.ManageMembers},
	{"Tokens", "/settings/tokens", "Keys for programs that act in your name", access.ManageOwnTokens},
	{"Deliveries", "/settings/deliveries", "What went out, what did not, and sending it again", access.ReplayDeliveries},
	{"Backup", "/settings/backup", "Everything in one file", access.Backup},
}

func (s *Server) settingsPage(c *call) error {
	v := listView{Frame: c.frame("Settings"), Top: true, Heading: "Settings"}
	for _, t := range topics {
		if c.can(t.need) {
			v.Items = append(v.Items, listItem{Name: t.name, URL: t.url, Detail: t.about})
		}
	}
	return c.render("list.html", http.StatusOK, v)
}

// topic starts a page of the settings.
func (c *call) topic(name, hint string) listView {
	return listView{Frame: c.frame(name), Heading: name, Hint: hint}
}

// setting starts a form of the settings. Its title follows its heading.
func (c *call) setting(topic, url, asks, button string) formView {
	v := c.form(topic, url)
	v.Asks, v.Button = asks, button
	v.Title += asks
	return v
}

// saved says what was done and goes back to a topic.
func (c *call) saved(say, url string) error {
	c.say(saying{Say: say})
	return c.to(url)
}

func (s *Server) youPage(c *call) error {
	m, err := s.DB.Member(c.r.Context(), c.who.MemberID)
	if err != nil {
		return err
	}
	v := c.setting("Settings", "/settings", "You", "Save")
	f := v.Form
	v.Lines = []input{
		f.Field("name", "Name", "As your team knows you.", m.Name).As("text", "name"),
		f.Field("zone", "Time zone", "For example Europe/Berlin. Leave it empty to use the browser's.", m.Zone),
		f.Field("old", "Password now", "Only to choose a new one.", "").As("password", "current-password"),
		f.Field("password", "New password", "Leave it empty to keep the one you have. Every other browser is signed out.", "").As("password", "new-password"),
	}
	v.Hint = "You sign in as " + m.Email + "."
	return c.render("form.html", http.StatusOK, v)
}

func (s *Server) saveYou(c *call) error {
	ctx := c.r.Context()
	m, err := s.DB.Member(ctx, c.who.MemberID)
	if err != nil {
		return err
	}
	if c.value("password") != "" {
		if err := s.limits.signIn(s.Address(c.r), m.Email, c.now); err != nil {
			return err
		}
		if _, err := s.DB.CheckPassword(ctx, m.Email, c.value("old")); err != nil {
			return c.again("form", s.youPage, atField(err, "old", "This is not your password. Enter the one you sign in with"))
		}
	}
	m.Name, m.Zone = c.value("name"), c.ownZone()
	if m, err = s.DB.ChangeMember(ctx, m); err != nil {
		return c.again("form", s.youPage, err)
	}
	if c.value("password") != "" {
		if err := s.DB.SetPassword(ctx, m.ID, c.value("password")); err != nil {
			return c.again("form", s.youPage, err)
		}
		if err := c.startSession(m); err != nil {
			return err
		}
	}
	return c.saved("Saved.", "/settings/you")
}

// ownZone is the zone field of a form that asks for one; the browser's, which
// every form carries, is the second of its name.
func (c *call) ownZone() string {
	if values := c.r.PostForm["zone"]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

func (s *Server) teamPage(c *call) error {
	team, err := s.DB.Team(c.r.Context())
	if err != nil {
		return err
	}
	n, err := c.names()
	if err != nil {
		return err
	}
	v := c.setting("Settings", "/settings", "Team", "Save")
	f := v.Form
	v.Lines = []input{
		f.Field("team", "Name", "Readers see it on the status page and in the ownership statement.", or(team.Name, s.TeamName)).As("text", "organization"),
		f.Field("zone", "Time zone", "For times that are typed by people who have not chosen their own.", team.Zone),
	}
	v.Selects = []selectField{
		f.PickOr("backup", "Backup, unless an incident names another", "Nobody", n.others(team.Backup)),
		f.Pick("audience", "Who reads a new incident", choices(incident.Audiences, audienceWord, team.Audience)),
	}
	return c.render("form.html", http.StatusOK, v)
}

func (s *Server) saveTeam(c *call) error {
	err := s.DB.SetTeam(c.r.Context(), store.Team{Name: c.value("team"), Zone: c.ownZone(), Backup: incident.Person(c.value("backup")), Audience: incident.Audience(c.value("audience"))})
	if err != nil {
		return c.again("form", s.teamPage, err)
	}
	s.settings.forget()
	s.public.forget()
	return c.saved("Saved.", "/settings/team")
}

// backupPage says how to keep everything, and hands it over.
func (s *Server) backupPage(c *call) error {
	v := c.topic("Backup", "One file holds everything: incidents, timelines, members, settings and the log. It is made from one instant while the server runs.")
	v.Items = []listItem{
		{Name: "Download", Detail: "Keep it where this server is not.", Links: []navItem{{Label: "Download a backup", URL: "/settings/backup/amends.backup"}}},
		{Name: "From a script", Detail: "amends backup nightly.amends"},
		{Name: "Prove it", Detail: "amends restore --check nightly.amends finds any damaged byte and changes nothing."},
		{Name: "Restore", Detail: "amends restore nightly.amends, into an empty record. Nothing is sent until deliveries are released."},
	}
	return c.render("list.html", http.StatusOK, v)
}

// downloadWithin bounds how long a download may take.
const downloadWithin = 30 * time.Minute

func (s *Server) downloadBackup(c *call) error {
	out := http.NewResponseController(c.w)
	// A writer that knows no deadline is a test's; the server's does.
	_ = out.SetWriteDeadline(time.Now().Add(downloadWithin))
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="amends-`+c.now.Format("2006-01-02-1504")+`.backup"`)
	if _, err := s.DB.Backup(c.r.Context(), c.w); err != nil {
		// The first bytes are gone: a broken connection tells the browser that
		// the file is not whole, which an error page at its end would not.
		s.Log.Error("a backup could not be sent whole", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
