package lint_test

import (
	"testing"
	"time"

	"amends.dev/lint"
)

func TestCommitmentsAreResolvedToInstants(t *testing.T) {
	posted := time.Date(2026, 11, 18, 14, 10, 0, 0, time.UTC) // a Wednesday
	tests := []struct {
		text string
		want string // kind and instant, or "" for none
	}{
		{"Next update at 15:00 UTC.", "next-update 2026-11-18T15:00"},
		{"Next update by 3pm PT.", "next-update 2026-11-18T23:00"},
		{"We will provide another update within 30 minutes.", "next-update 2026-11-18T14:40"},
		{"Next update in 2-4 hours.", "next-update 2026-11-18T18:10"},
		{"We'll post again in about an hour.", "next-update 2026-11-18T15:10"},
		{"We will share more in half an hour.", "next-update 2026-11-18T14:40"},
		{"We will update you in an hour and a half.", "next-update 2026-11-18T15:40"},
		{"Next update: 1 hour 30 minutes.", "next-update 2026-11-18T15:40"},
		{"We expect to restore service by end of day PT.", "fix 2026-11-19T02:00"},
		{"A fix will be deployed by 17:30.", "fix 2026-11-18T17:30"},
		{"We will publish a review by Sep 29.", "follow-up 2026-09-29T23:59"},
		{"We will publish the post-mortem within five business days.", "follow-up 2026-11-25T14:10"},
		{"We will publish a full report by Friday, November 20.", "follow-up 2026-11-20T23:59"},
		{"We will provide an update tomorrow morning.", "next-update 2026-11-19T12:00"},
		{"Further information will follow at 1600 GMT.", "next-update 2026-11-18T16:00"},
		{"Next update by Thursday, 2026-11-19 at 02:00 US/Pacific.", "next-update 2026-11-19T10:00"},
		{"We will provide updates every 30 minutes.", "next-update 2026-11-18T14:40"},
		{"Next update at 2026-11-18T16:00Z.", "next-update 2026-11-18T16:00"},
		{"We will provide an update by 11:00 AM EST tomorrow.", "next-update 2026-11-19T16:00"},
		{"ETA for the fix is 45 min.", "fix 2026-11-18T14:55"},
		{"We hope to have a patch deployed by the end of the week.", "fix 2026-11-20T18:00"},
		{"We will write again tonight at 22:00PDT.", "next-update 2026-11-19T05:00"},
		{"We will provide an update as soon as possible.", ""},
		{"Our provider says they will finish by 17:00.", ""},
		{"The shop was slow due to traffic at 17:00.", ""},
		{"Expected downtime: 10 minutes.", ""},
		{"We restored the service within 30 minutes.", ""},
		{"The outage lasted 30 minutes.", ""},
		{"Customers will see errors for up to 30 minutes.", ""},
		{"We will share more in the next few hours.", ""},
		{"In the coming weeks we will review our processes.", ""},
		{"At 14:05 UTC we deployed a change.", ""},
		{"Requests older than 15 minutes will be dropped.", ""},
	}
	for _, tt := range tests {
		got := ""
		for _, c := range lint.Commitments(tt.text, posted, time.UTC) {
			if got != "" {
				got += " + "
			}
			got += c.Kind.String() + " " + c.At.UTC().Format("2006-01-02T15:04")
			if c.Confidence <= 0 || c.Confidence > 1 || c.Start > c.TimeStart || c.TimeEnd > c.End {
				t.Errorf("Commitments(%q) = %+v", tt.text, c)
			}
		}
		if got != tt.want {
			t.Errorf("Commitments(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
