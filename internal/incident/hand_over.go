package incident

import (
	"time"

	"amends.dev/internal/fault"
)

// OfferHandover asks somebody to become the owner. Until they accept, the
// offerer owns it.
type OfferHandover struct {
	By   Person
	To   Person
	Note string // what the receiver should know
}

// Decide implements Command.
func (c OfferHandover) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	if c.By != in.Owner {
		return Change{}, fault.Newf(fault.Forbidden, "Only the owner can hand %s over. Ask the owner to offer it to you", in.Name())
	}
	var v fault.Checks
	v.Need(c.To != "" && c.To != System, "to", "Name the person to hand over to")
	v.Need(c.To != in.Owner, "to", "Name somebody else. This person owns it already")
	note := text(&v, "note", c.Note, "")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	if in.Offer != nil {
		return Change{}, fault.New(fault.Conflict, "A hand-over is waiting for an answer. Withdraw it before you make another")
	}
	ch := begin(in, c.By, now)
	seq := ch.add(Team, HandoverOffered{To: c.To, Note: note})
	ch.tell(Notice{Kind: NoticeHandover, Seq: seq, Person: c.To})
	return ch.out, nil
}

// AnswerHandover accepts or declines an offer.
type AnswerHandover struct {
	By     Person
	Accept bool
	Reason string // for declining; may be empty
}

// Decide implements Command.
func (c AnswerHandover) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustBeOpen(in); err != nil {
		return Change{}, err
	}
	switch {
	case in.Offer == nil:
		return Change{}, fault.Newf(fault.Conflict, "No hand-over of %s is waiting. It may have been withdrawn. Reload the page", in.Name())
	case in.Offer.To != c.By:
		return Change{}, fault.New(fault.Forbidden, "This hand-over was offered to somebody else. Ask the owner to withdraw it and offer it to you")
	}
	var v fault.Checks
	reason := text(&v, "reason", c.Reason, "")
	if err := v.Err(); err != nil {
		return Change{}, err
	}
	from := in.Offer.From
	ch := begin(in, c.By, now)
	var seq int64
	if c.Accept {
		seq = ch.add(Team, HandoverAccepted{From: from})
		if p := ch.out.Incident.Next; p != nil && p.Outcome == "" {
			ch.row(*p)
		}
		if ch.out.Incident.Backup == c.By {
			ch.add(Team, BackupNamed{Backup: from}) // the two change places
		}
	} else {
		seq = ch.add(Team, HandoverDeclined{Reason: reason})
	}
	ch.tell(Notice{Kind: NoticeHandover, Seq: seq, Person: from})
	return ch.out, nil
}

// WithdrawHandover takes an offer back.
type WithdrawHandover struct{ By Person }

// Decide implements Command.
func (c WithdrawHandover) Decide(in Incident, now time.Time) (Change, error) {
	if err := mustExist(in); err != nil {
		return Change{}, err
	}
	switch {
	case in.Offer == nil:
		return Change{}, fault.Newf(fault.Conflict, "No hand-over of %s is waiting. It may have been answered. Reload the page", in.Name())
	case in.Offer.From != c.By:
		return Change{}, fault.New(fault.Forbidden, "Only the person who offered the hand-over can withdraw it. Ask them to")
	}
	to := in.Offer.To
	ch := begin(in, c.By, now)
	seq := ch.add(Team, HandoverWithdrawn{})
	ch.tell(Notice{Kind: NoticeHandover, Seq: seq, Person: to})
	return ch.out, nil
}
