package web

import (
	"net/http"
	"slices"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// channelEvents are the kinds of news that a channel can be limited to.
var channelEvents = []choice{
	{Value: string(incident.NoticeDeclared), Label: "Declared"}, {Value: string(incident.NoticeUpdate), Label: "Updates"},
	{Value: string(incident.NoticeCorrection), Label: "Corrections"}, {Value: string(incident.NoticeMissed), Label: "Missed promises"},
	{Value: string(incident.NoticeHelp), Label: "Requests for help"},
}

func (s *Server) channelsPage(c *call) error {
	all, err := s.DB.Channels(c.r.Context())
	if err != nil {
		return err
	}
	v := c.topic("Channels", "Where words go out: chat rooms and webhooks. Mail to members and subscribers goes through the mail server that the server was started with.")
	for _, k := range s.ChannelKinds {
		v.Add = append(v.Add, navItem{Label: "Add " + k.Label, URL: "/settings/channels/new?kind=" + k.Kind})
	}
	v.Empty = "No channels yet. Add the room where your team talks, so that it hears of an incident at once."
	for _, ch := range all {
		at := "/settings/channels/" + ch.ID
		item := listItem{Name: ch.Name, Detail: s.kind(ch.Kind).Label + ", " + readersOf(ch.Audience), Links: []navItem{{Label: "Change", URL: at}}}
		switch {
		case ch.TestError != "":
			item.Marks, item.Trouble = []markWord{{"outage", "Not working"}}, ch.TestError
		case !ch.TestedAt.IsZero():
			item.Marks, item.When = []markWord{{"ok", "Working"}}, ptr(c.at(ch.TestedAt))
			item.Detail += ", tested"
		default:
			item.Marks = []markWord{{"unknown", "Not tested"}}
		}
		if s.TestChannel != nil {
			item.Acts = append(item.Acts, listAct{Label: "Test", Action: at + "/test", About: ch.Name})
		}
		if ch.PausedAt.IsZero() {
			item.Acts = append(item.Acts, listAct{Label: "Pause", Action: at + "/pause", About: ch.Name})
		} else {
			item.Marks = append(item.Marks, markWord{"planned", "Paused"})
			item.Acts = append(item.Acts, listAct{Label: "Use again", Action: at + "/resume", About: ch.Name}, listAct{Label: "Remove", Action: at + "/remove", About: ch.Name})
		}
		v.Items = append(v.Items, item)
	}
	return c.render("list.html", http.StatusOK, v)
}

func readersOf(a incident.Audience) string {
	switch a {
	case incident.Public:
		return "public words only"
	case incident.Stakeholders:
		return "words for stakeholders"
	}
	return "everything the team reads"
}

func (s *Server) kind(name string) ChannelKind {
	if i := slices.IndexFunc(s.ChannelKinds, func(k ChannelKind) bool { return k.Kind == name }); i >= 0 {
		return s.ChannelKinds[i]
	}
	return ChannelKind{Kind: name, Label: name}
}

func (c *call) channelNamed() (store.Channel, error) {
	id := c.r.PathValue("cid")
	if id != "new" {
		return c.s.DB.Channel(c.r.Context(), id)
	}
	kind := c.s.kind(c.r.FormValue("kind"))
	if len(kind.Options) == 0 {
		return store.Channel{}, errNoPage
	}
	return store.Channel{Kind: kind.Kind, Audience: incident.Team}, nil
}

func (s *Server) channelPage(c *call) error {
	ch, err := c.channelNamed()
	if err != nil {
		return err
	}
	kind := s.kind(ch.Kind)
	asks, button := "Change "+ch.Name, "Save"
	if ch.ID == "" {
		asks, button = "Add "+kind.Label, "Add channel"
	}
	v := c.setting("Channels", "/settings/channels", asks, button)
	f := v.Form
	v.Hidden = []pair{{"kind", ch.Kind}}
	v.Lines = []input{f.Field("name", "Name", "As it stands beside the Post button: “#incidents”.", ch.Name)}
	for _, o := range kind.Options {
		hint, value := o.Help, ch.Options[o.Name]
		if o.Secret && value != "" {
			hint, value = hint+" Leave it empty to keep the one that is set.", ""
		}
		in := f.Field("option_"+o.Name, o.Label, hint, value)
		in.Error = or(in.Error, f.Error(o.Name))
		if o.Secret {
			in = in.As("password", "off")
		}
		v.Lines = append(v.Lines, in)
	}
	v.Selects = []selectField{f.Pick("audience", "What it gets", choices(incident.Audiences, readersOf, ch.Audience))}
	events := slices.Clone(channelEvents)
	for i := range events {
		events[i].Chosen = len(ch.Events) == 0 || slices.Contains(ch.Events, events[i].Value)
	}
	v.Boxes = []choiceField{f.Choose("events", "News that it gets", events)}
	return c.render("form.html", http.StatusOK, v)
}

func (s *Server) saveChannel(c *call) error {
	ch, err := c.channelNamed()
	if err != nil {
		return err
	}
	options := map[string]string{}
	for _, o := range s.kind(ch.Kind).Options {
		value := c.value("option_" + o.Name)
		if value == "" && o.Secret {
			value = ch.Options[o.Name]
		}
		if value != "" {
			options[o.Name] = value
		}
	}
	ch.Name, ch.Options, ch.Audience, ch.Events = c.value("name"), options, incident.Audience(c.value("audience")), c.r.PostForm["events"]
	if len(ch.Events) == len(channelEvents) {
		ch.Events = nil // all of them, and those that are still to be invented
	}
	if s.CheckChannel != nil {
		err = s.CheckChannel(ch.Kind, options)
	}
	if err == nil && ch.ID == "" {
		ch, err = s.DB.AddChannel(c.r.Context(), ch)
	} else if err == nil {
		err = s.DB.ChangeChannel(c.r.Context(), ch)
	}
	if err != nil {
		return c.again("form", s.channelPage, optionFields(err, s.kind(ch.Kind)))
	}
	return c.saved(ch.Name+" is saved. Send a test to see that it works.", "/settings/channels")
}

// optionFields leads errors about options to their inputs.
func optionFields(err error, kind ChannelKind) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	_, _, fields := fault.Public(err)
	out := slices.Clone(fields)
	for i, f := range out {
		if slices.ContainsFunc(kind.Options, func(o ChannelOption) bool { return o.Name == f.Name }) {
			out[i].Name = "option_" + f.Name
		}
	}
	return &fault.Error{Kind: fault.Invalid, Fields: out}
}

// actOnChannel tests, pauses, resumes or removes a channel.
func (s *Server) actOnChannel(c *call) error {
	ctx := c.r.Context()
	ch, err := s.DB.Channel(ctx, c.r.PathValue("cid"))
	if err != nil {
		return err
	}
	var said string
	switch c.r.PathValue("act") {
	case "test":
		return s.testChannel(c, ch)
	case "pause":
		err, said = s.DB.PauseChannel(ctx, ch.ID, true), ch.Name+" is paused."
	case "resume":
		err, said = s.DB.PauseChannel(ctx, ch.ID, false), ch.Name+" is in use again."
	case "remove":
		err, said = s.DB.RemoveChannel(ctx, ch.ID), ch.Name+" is removed. What it was sent stays on record."
	default:
		return errNoPage
	}
	if err != nil {
		return err
	}
	return c.saved(said, "/settings/channels")
}

func (s *Server) testChannel(c *call, ch store.Channel) error {
	if s.TestChannel == nil {
		return errNoPage
	}
	problem := ""
	if err := s.TestChannel(c.r.Context(), ch); err != nil {
		_, problem, _ = fault.Public(err)
		s.Log.Info("a channel's test did not arrive", "channel", ch.ID, "error", err)
	}
	if err := s.DB.RecordChannelTest(c.r.Context(), ch.ID, problem); err != nil {
		return err
	}
	if problem != "" {
		c.say(saying{Say: "The test did not arrive. " + problem, Trouble: true})
		return c.to("/settings/channels")
	}
	return c.saved("A test went to "+ch.Name+". Look there for it.", "/settings/channels")
}
