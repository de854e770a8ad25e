package incident_test

import (
	"testing"

	"amends.dev/internal/incident"
)

func TestWhatIsNotTextIsKeptOutOfTheRecord(t *testing.T) {
	r := start(t).do("14:20:00", incident.Declare{By: "priya", Title: " Card\x00 payments\r\nfail \xff", Services: []string{" web ", "web", "\x00"}})
	if want := "Card payments fail \uFFFD"; r.in.Title != want {
		t.Errorf("title = %q, want %q", r.in.Title, want)
	}
	if got := r.in.Services; len(got) != 1 || got[0] != "web" {
		t.Errorf("services = %q, want web alone", got)
	}
	r.do("14:31:00", incident.PostUpdate{
		By: "priya", Statement: "We own this.", Now: "One.\r\nTwo\x07.\t3.", Plan: "\xc3(", NoTime: "\x1bThe provider\r\nnames none.",
	})
	u := r.in.Latest
	if u.Now != "One.\nTwo.\t3." || u.Plan != "\uFFFD(" || u.NoTime != "The provider\nnames none." {
		t.Errorf("latest = %q, %q, %q, want text with plain line ends", u.Now, u.Plan, u.NoTime)
	}
	r.replayed()
}
