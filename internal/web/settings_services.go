package web

import (
	"net/http"
	"slices"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

func (s *Server) servicesPage(c *call) error {
	all, err := s.DB.Services(c.r.Context(), c.who)
	if err != nil {
		return err
	}
	v := c.topic("Services", "What people use, in their words. Their state is never typed in: it follows from the latest updates.")
	v.Add = []navItem{{Label: "Add a service", URL: "/settings/services/new"}}
	v.Empty = "No services yet. Name what people use, so that an incident can say what is affected."
	for i, service := range all {
		at := "/settings/services/" + service.ID
		item := listItem{Name: service.Name, Detail: service.Description, Links: []navItem{{Label: "Change", URL: at}}}
		if service.Audience != incident.Public {
			item.Marks = append(item.Marks, markWord{"unknown", audienceWord(service.Audience)})
		}
		if service.Group != "" {
			item.Marks = append(item.Marks, markWord{"ok", service.Group})
		}
		act := func(label, what string) {
			item.Acts = append(item.Acts, listAct{Label: label, Action: at + "/" + what, About: service.Name})
		}
		if i > 0 {
			act("Up", "up")
		}
		if service.ArchivedAt.IsZero() {
			act("Archive", "archive")
		} else {
			item.Marks = append(item.Marks, markWord{"unknown", "Archived"})
			act("Use again", "restore")
		}
		v.Items = append(v.Items, item)
	}
	return c.render("list.html", http.StatusOK, v)
}

// serviceNamed finds the service that an address names; "new" is none yet.
func (c *call) serviceNamed() (store.Service, error) {
	id := c.r.PathValue("sid")
	if id == "new" {
		return store.Service{Audience: incident.Public}, nil
	}
	all, err := c.s.DB.Services(c.r.Context(), c.who)
	if err != nil {
		return store.Service{}, err
	}
	i := slices.IndexFunc(all, func(s store.Service) bool { return s.ID == id })
	if i < 0 {
		return store.Service{}, fault.New(fault.Missing, "There is no such service. See all services under Settings, Services")
	}
	return all[i], nil
}

func (s *Server) servicePage(c *call) error {
	service, err := c.serviceNamed()
	if err != nil {
		return err
	}
	asks, button := "Change a service", "Save"
	if service.ID == "" {
		asks, button = "Add a service", "Add service"
	}
	v := c.setting("Services", "/settings/services", asks, button)
	f := v.Form
	v.Lines = []input{
		f.Field("name", "Name", "As the people who use it know it: “Card payments”, not “psp-gw-3”.", service.Name),
		f.Field("group", "Group", "A heading that it stands under. You may leave it empty.", service.Group),
		f.Field("description", "Description", "", service.Description),
	}
	v.Selects = []selectField{f.Pick("audience", "Who may know that it exists", choices(incident.Audiences, audienceWord, service.Audience))}
	return c.render("form.html", http.StatusOK, v)
}

func (s *Server) saveService(c *call) error {
	service, err := c.serviceNamed()
	if err != nil {
		return err
	}
	service.Name, service.Group, service.Description, service.Audience = c.value("name"), c.value("group"), c.value("description"), incident.Audience(c.value("audience"))
	if service.ID == "" {
		_, err = s.DB.AddService(c.r.Context(), service)
	} else {
		err = s.DB.ChangeService(c.r.Context(), service)
	}
	if err != nil {
		return c.again("form", s.servicePage, err)
	}
	s.public.forget()
	return c.saved(or(service.Name, "The service")+" is saved.", "/settings/services")
}

// actOnService archives a service, takes it back, or moves it up the list.
func (s *Server) actOnService(c *call) error {
	service, err := c.serviceNamed()
	if err != nil || service.ID == "" {
		return orError(err, errNoPage)
	}
	ctx, said := c.r.Context(), ""
	switch c.r.PathValue("act") {
	case "archive":
		err, said = s.DB.ArchiveService(ctx, service.ID, true), service.Name+" is archived."
	case "restore":
		err, said = s.DB.ArchiveService(ctx, service.ID, false), service.Name+" is in use again."
	case "up":
		err, said = c.moveUp(service.ID), service.Name+" moved up."
	default:
		return errNoPage
	}
	if err != nil {
		return err
	}
	s.public.forget()
	return c.saved(said, "/settings/services")
}

func (c *call) moveUp(id string) error {
	all, err := c.s.DB.Services(c.r.Context(), c.who)
	if err != nil {
		return err
	}
	var ids []string
	for _, service := range all {
		ids = append(ids, service.ID)
	}
	if i := slices.Index(ids, id); i > 0 {
		ids[i-1], ids[i] = ids[i], ids[i-1]
	}
	return c.s.DB.OrderServices(c.r.Context(), ids)
}

func orError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// atField puts an error of a kind that forms do not show at a field.
func atField(err error, field, say string) error {
	if fault.Is(err, fault.Unknown) {
		return fault.Bad(field, say)
	}
	return err
}
