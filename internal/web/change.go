package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// The small forms of an incident ask one question each, on a page of their
// own: they work without scripts and keep the incident's page calm.

// change is one of the small forms: what it asks, and the command it becomes.
type change struct {
	need access.Permission
	page func(c *call, in incident.Incident, v *formView) error
	do   func(c *call, in incident.Incident) (incident.Command, string, error)
}

// changes names the small forms by their place below an incident's address.
var changes = map[string]change{
	"severity": {access.ChangeIncident, askSeverity, changeSeverity},
	"services": {access.ChangeIncident, askServices, changeServices},
	"audience": {access.ChangeIncident, askAudience, changeAudience},
	"backup":   {access.ChangeIncident, askBackup, nameBackup},
	"handover": {access.OfferOwnership, askHandover, offerHandover},
	"ask":      {access.AskHelp, askHelp, sendHelp},
	"review":   {access.PostUpdate, askReview, deliverReview},
	"move":     {access.PostUpdate, askMove, moveReview},
}

func (s *Server) changePage(c *call) error {
	ch, in, err := c.change()
	if err != nil {
		return err
	}
	v := c.form(in.Name()+" "+in.Title, "/incidents/"+fmt.Sprint(in.ID))
	if err := ch.page(c, in, &v); err != nil {
		return err
	}
	v.Title += v.Asks + ", " + in.Name()
	return c.render("form.html", http.StatusOK, v)
}

func (c *call) change() (change, incident.Incident, error) {
	ch, ok := changes[c.r.PathValue("what")]
	if !ok {
		return ch, incident.Incident{}, errNoPage
	}
	if err := c.may(ch.need); err != nil {
		return ch, incident.Incident{}, err
	}
	id, err := c.number("id")
	if err != nil {
		return ch, incident.Incident{}, err
	}
	in, err := c.incident(id)
	return ch, in, err
}

func (s *Server) changeIncident(c *call) error {
	ch, in, err := c.change()
	if err != nil {
		return err
	}
	cmd, said, err := ch.do(c, in)
	if err == nil {
		_, err = c.apply(in.ID, cmd)
	}
	if err != nil {
		return c.again("form", s.changePage, err)
	}
	c.say(saying{Say: said})
	return c.to(fmt.Sprintf("/incidents/%d", in.ID))
}

func askSeverity(c *call, in incident.Incident, v *formView) error {
	v.Asks, v.Button = "Change severity", "Change severity"
	v.Hint = "The promise already made keeps its time. The next one follows the new policy."
	v.Radios = []choiceField{v.Form.Choose("severity", "Severity", choices(incident.Severities, severityWord, in.Severity))}
	v.Texts = []input{v.Form.Field("why", "Why", "For the team's timeline. You may leave it empty.", "")}
	return nil
}

func changeSeverity(c *call, _ incident.Incident) (incident.Command, string, error) {
	to := incident.Severity(c.value("severity"))
	return incident.ChangeSeverity{By: c.person(), To: to, Why: c.value("why")}, "Severity is " + string(to) + " now.", nil
}

func askServices(c *call, in incident.Incident, v *formView) error {
	sv, err := c.services()
	if err != nil {
		return err
	}
	v.Asks, v.Button = "Change affected services", "Change services"
	v.Boxes = []choiceField{v.Form.Choose("services", "Services", sv.choices(in.Services))}
	v.Boxes[0].Empty, v.Boxes[0].EmptyURL = "Name the services that people use", "/settings/services"
	v.Hint = "Readers see them on the status page at once. No mail is sent for this alone."
	return nil
}

func changeServices(c *call, _ incident.Incident) (incident.Command, string, error) {
	return incident.ChangeServices{By: c.person(), Services: c.r.PostForm["services"]}, "Affected services changed.", nil
}

func askAudience(c *call, in incident.Incident, v *formView) error {
	v.Asks, v.Button = "Change who reads this", "Change readers"
	v.Hint = "It counts from the next update on. What has been published stays published, so the circle can grow, and shrink only before the first update."
	v.Radios = []choiceField{v.Form.Choose("audience", "Readers", choices(incident.Audiences, audienceWord, in.Audience))}
	return nil
}

func changeAudience(c *call, _ incident.Incident) (incident.Command, string, error) {
	return incident.ChangeAudience{By: c.person(), To: incident.Audience(c.value("audience"))}, "Readers changed. It counts from the next update on.", nil
}

func askBackup(c *call, in incident.Incident, v *formView) error {
	n, err := c.names()
	if err != nil {
		return err
	}
	v.Asks, v.Button = "Name a backup", "Name backup"
	v.Hint = "The backup hears of a promise that is missed, and steps in."
	v.Selects = []selectField{v.Form.PickOr("backup", "Backup", "Choose a person", n.others(in.Backup, in.Owner))}
	return nil
}

func nameBackup(c *call, _ incident.Incident) (incident.Command, string, error) {
	return incident.NameBackup{By: c.person(), Backup: incident.Person(c.value("backup"))}, "Backup named.", nil
}

func askHandover(c *call, in incident.Incident, v *formView) error {
	n, err := c.names()
	if err != nil {
		return err
	}
	v.Asks, v.Button = "Offer a hand-over", "Offer it"
	v.Hint = "You own it until the other person accepts."
	v.Selects = []selectField{v.Form.PickOr("to", "Hand over to", "Choose a person", n.others("", in.Owner))}
	v.Texts = []input{v.Form.Field("note", "What they should know", "What is promised, what you tried, what you would do next.", "")}
	return nil
}

func offerHandover(c *call, _ incident.Incident) (incident.Command, string, error) {
	return incident.OfferHandover{By: c.person(), To: incident.Person(c.value("to")), Note: c.value("note")}, "Offered. You own it until they accept.", nil
}

func askHelp(c *call, _ incident.Incident, v *formView) error {
	n, err := c.names()
	if err != nil {
		return err
	}
	v.Asks, v.Button = "Ask for help", "Ask for help"
	v.Texts = []input{v.Form.Field("what", "What do you need help with?", "", "")}
	v.Lines = []input{v.Form.Field("expertise", "Which expertise?", "For example PostgreSQL replication. You may leave it empty when you name a person.", "")}
	v.Selects = []selectField{v.Form.PickOr("from", "From whom", "Anybody who knows", n.others("", c.person()))}
	return nil
}

func sendHelp(c *call, _ incident.Incident) (incident.Command, string, error) {
	return incident.AskHelp{By: c.person(), What: c.value("what"), Expertise: c.value("expertise"), From: incident.Person(c.value("from"))}, "Asked for help.", nil
}

func askReview(c *call, in incident.Incident, v *formView) error {
	v.Asks, v.Button = "Deliver the review", "Deliver review"
	v.Hint = "Readers see it. It settles the promise."
	v.Lines = []input{v.Form.Field("where", "Where can it be read?", "An address, or a sentence that says where.", "")}
	return nil
}

func deliverReview(c *call, _ incident.Incident) (incident.Command, string, error) {
	return incident.DeliverReview{By: c.person(), Where: c.value("where")}, "Review delivered.", nil
}

func askMove(c *call, in incident.Incident, v *formView) error {
	v.Asks, v.Button = "Move the review", "Move review"
	v.Hint = "A promise moves only before it falls due, and the move stays visible."
	v.Lines = []input{v.Form.Field("review_by", "When does it come?", "For example 28 Nov 17:00, friday 09:00 or next business day.", "").Narrow()}
	v.Texts = []input{v.Form.Field("why", "Why does it come later?", "Readers see this.", "")}
	return nil
}

func moveReview(c *call, _ incident.Incident) (incident.Command, string, error) {
	cmd := incident.MoveReview{By: c.person(), Why: c.value("why")}
	var at time.Time
	var err error
	if text := c.value("review_by"); strings.TrimSpace(text) != "" {
		at, err = incident.ParseWhen(text, c.now, c.zone())
	}
	cmd.To = at
	return cmd, "Review moved.", named(err, "review_by")
}

// addNote appends a line for the team.
func (s *Server) addNote(c *call) error {
	id, err := c.number("id")
	if err != nil {
		return err
	}
	if _, err := c.apply(id, incident.AddNote{By: c.person(), Text: c.value("text")}); err != nil {
		return c.again("note", s.incidentPage, err)
	}
	c.say(saying{Say: "Note added.", Confirmed: fmt.Sprintf("note-%d", id)})
	return c.to(fmt.Sprintf("/incidents/%d#timeline", id))
}

// answerHandover accepts, declines or withdraws an offer.
func (s *Server) answerHandover(c *call) error {
	id, err := c.number("id")
	if err != nil {
		return err
	}
	var cmd incident.Command
	var said string
	switch c.value("answer") {
	case "accept":
		cmd, said = incident.AnswerHandover{By: c.person(), Accept: true}, "You own it now. What was promised is yours to keep."
	case "decline":
		cmd, said = incident.AnswerHandover{By: c.person(), Reason: c.value("reason")}, "Declined. It stays with whoever offered it."
	case "withdraw":
		cmd, said = incident.WithdrawHandover{By: c.person()}, "Taken back. You still own it."
	default:
		return fault.New(fault.Invalid, "Choose to accept, decline or withdraw. Open the incident and try again")
	}
	return c.answered(id, "offer", cmd, said)
}

// answerHelp accepts, declines or records a request for help.
func (s *Server) answerHelp(c *call) error {
	id, err := c.number("id")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.r.PathValue("n"))
	if err != nil {
		return errNoPage
	}
	var cmd incident.Command
	var said string
	switch c.value("answer") {
	case "accept":
		cmd, said = incident.AnswerHelp{By: c.person(), N: n, Accept: true}, "You are helping. Say what it changed when you are done."
	case "decline":
		cmd, said = incident.AnswerHelp{By: c.person(), N: n, Reason: c.value("reason")}, "Declined."
	case "record":
		cmd, said = incident.RecordHelp{By: c.person(), N: n, Changed: c.value("changed")}, "Recorded."
	default:
		return fault.New(fault.Invalid, "Choose to accept, decline or record. Open the incident and try again")
	}
	return c.answered(id, "help", cmd, said)
}

func (c *call) answered(id int64, form string, cmd incident.Command, said string) error {
	if _, err := c.apply(id, cmd); err != nil {
		return c.again(form, c.s.incidentPage, err)
	}
	c.say(saying{Say: said})
	return c.to(fmt.Sprintf("/incidents/%d", id))
}

// correctPage shows an update beside the form that corrects it.
func (s *Server) correctPage(c *call) error {
	in, f, err := c.published()
	if err != nil {
		return err
	}
	v := c.form(in.Name()+" "+in.Title, "/incidents/"+fmt.Sprint(in.ID))
	v.Asks, v.Button = fmt.Sprintf("Correct update %d", f.N), "Post correction"
	v.Hint = "Published words stay. The correction stands beside them, and goes to everybody who was told."
	v.Title += v.Asks + ", " + in.Name()
	v.Original = texts("Now", f.Now, "Until next", f.Plan)
	v.Texts = []input{v.Form.Field("now", "What was true", "", f.Now), v.Form.Field("plan", "What we would do until the next update", "", f.Plan),
		v.Form.Field("why", "What was wrong", "Readers see this.", "")}
	return c.render("form.html", http.StatusOK, v)
}

// published finds the update that an address names.
func (c *call) published() (incident.Incident, incident.Updated, error) {
	id, err := c.number("id")
	if err != nil {
		return incident.Incident{}, incident.Updated{}, err
	}
	n, err := c.number("n")
	if err != nil {
		return incident.Incident{}, incident.Updated{}, err
	}
	in, err := c.incident(id)
	if err != nil {
		return in, incident.Updated{}, err
	}
	entries, err := c.s.DB.Timeline(c.r.Context(), c.who, id)
	if err != nil {
		return in, incident.Updated{}, err
	}
	for _, e := range entries {
		if f, ok := e.Fact.(incident.Updated); ok && int64(f.N) == n {
			return in, f, nil
		}
	}
	return in, incident.Updated{}, fault.Newf(fault.Missing, "%s has no update %d. See all its updates", in.Name(), n)
}

func (s *Server) correct(c *call) error {
	in, f, err := c.published()
	if err != nil {
		return err
	}
	cmd := incident.CorrectUpdate{By: c.person(), N: f.N, Now: c.value("now"), Plan: c.value("plan"), Why: c.value("why")}
	if _, err := c.apply(in.ID, cmd); err != nil {
		return c.again("form", s.correctPage, err)
	}
	c.say(saying{Say: fmt.Sprintf("Correction of update %d posted.", f.N)})
	return c.to(fmt.Sprintf("/incidents/%d#timeline", in.ID))
}
