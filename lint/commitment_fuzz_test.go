package lint_test

import (
	"testing"
	"time"

	"amends.dev/lint"
)

func FuzzCommitments(f *testing.F) {
	for _, s := range []string{
		"Next update at 15:00 UTC.", "We will post in 2-4 hours or by EOD PT on Friday, September 29, 2026.", "by end of Q3 we will fix 1 hour and a half",
		"We will write every 1.5 hours at 9 p.m. EST (UTC) tomorrow noon", "Next update 2026-11-22T15:00Z - 16:00", "will in in in by by by 0 0 0",
		"We will be back within 99999 business days and 31 June 0000", "at 24:00 midnight next sun",
	} {
		f.Add(s)
	}
	posted := time.Date(2026, 2, 28, 23, 59, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, src string) {
		for _, c := range lint.Commitments(src, posted, nil) {
			if c.Start < 0 || c.End > len(src) || c.TimeStart < 0 || c.TimeStart >= c.TimeEnd || c.TimeEnd > len(src) || c.At.IsZero() || c.Confidence <= 0 || c.Confidence > 1 {
				t.Fatalf("Commitments(%q) has %+v", src, c)
			}
		}
	})
}
