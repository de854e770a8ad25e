package job

import (
	"context"
	"slices"
	"sync"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// readersPage is how many subscribers one job writes deliveries for. The first
// page's mails leave while the next page is written.
const readersPage = 1000

// fanOut writes a delivery for everybody whom a notice is for. The first job
// of a notice writes people, channels and the first page of subscribers; each
// page's transaction holds its rows, the jobs that send them, and the job that
// writes the next page.
func (e *Engine) fanOut(ctx context.Context, args noticeArgs) error {
	f, err := e.DB.NoticeFacts(ctx, args.Incident, args.Notice.Seq)
	if err != nil {
		return err
	}
	var rows []store.Delivery
	if args.After == "" {
		p, err := e.people(ctx)
		if err != nil {
			return err
		}
		rows = plan(args.Notice, f, p)
	}
	var jobs []store.Job
	if slices.Contains(args.Notice.To, incident.RoleReader) && f.Entry.Audience != incident.Team {
		page, err := e.DB.SubscribersFor(ctx, f.Entry.Audience, f.Touched, f.Entry.At, args.After, readersPage)
		if err != nil {
			return err
		}
		for _, s := range page {
			rows = append(rows, toSubscriber(args.Notice, f, s))
		}
		if len(page) == readersPage {
			args.After = page[len(page)-1].ID
			next, err := encode(args)
			if err != nil {
				return err
			}
			jobs = append(jobs, next)
		}
	}
	if e.Mail == nil {
		stopMail(rows)
	}
	send, err := deliverJobs(rows)
	if err != nil {
		return err
	}
	if len(rows) == 0 && len(jobs) == 0 {
		return nil
	}
	_, err = e.DB.AddDeliveries(ctx, rows, append(send, jobs...))
	return err
}

func toSubscriber(n incident.Notice, f store.NoticeFacts, s store.Subscriber) store.Delivery {
	channel := s.Kind
	if s.Kind == "email" {
		channel = store.MailChannel
	}
	return delivery(n, f, store.Delivery{
		Channel: channel, Kind: s.Kind, Recipient: s.ID, Role: incident.RoleReader, Address: s.Address,
	})
}

const noMail = "No mail server is configured. Set smtp_url, and the next messages go out."

// stopMail settles mail that cannot leave. It stays in the ledger, to be seen.
func stopMail(rows []store.Delivery) {
	for i := range rows {
		if rows[i].Channel == store.MailChannel {
			rows[i].State, rows[i].Problem = store.DeliveryStopped, noMail
		}
	}
}

// deliverJobs returns the jobs that send what is queued, a destination at a time.
func deliverJobs(rows []store.Delivery) ([]store.Job, error) {
	byPlace, places := map[string][]string{}, []string(nil)
	for _, d := range rows {
		if d.State != store.DeliveryQueued {
			continue
		}
		place := placeOf(d)
		if byPlace[place] == nil {
			places = append(places, place)
		}
		byPlace[place] = append(byPlace[place], d.ID)
	}
	var jobs []store.Job
	for _, place := range places {
		for part := range slices.Chunk(byPlace[place], store.MaxClaim) {
			j, err := DeliverJob(part)
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, j)
		}
	}
	return jobs, nil
}

// knownPeople spares every job two questions. People and channels change
// rarely; a change is seen within a second.
type knownPeople struct {
	mu     sync.Mutex
	have   people
	readAt time.Time
}

const peopleKeep = time.Second

func (e *Engine) people(ctx context.Context) (people, error) {
	k := &e.known
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.readAt.IsZero() && time.Since(k.readAt) < peopleKeep {
		return k.have, nil
	}
	members, err := e.DB.Members(ctx)
	if err != nil {
		return people{}, err
	}
	channels, err := e.DB.Channels(ctx)
	if err != nil {
		return people{}, err
	}
	k.have, k.readAt = people{members, channels}, time.Now()
	return k.have, nil
}
