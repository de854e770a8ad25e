package lint_test

import (
	"strings"
	"testing"
	"time"

	"amends.dev/lint"
	"amends.dev/prose"
)

const update2K = `**What is true now.** Since 14:02 UTC about 1 in 9 card payments fails for customers in Europe. Bank transfer works, and so do
payments that were started before 14:00. We deployed a change to the routing table at 13:58 that we had not tested with the second provider,
and the requests that it sent there were rejected. We rolled it back at 14:20; the error rate fell from 11 % to 4 %, measured at the checkout.

What we do not know yet is why the remaining 4 % still fail. The logs of the second provider suggest that it keeps an old certificate. We are
comparing the settings of the two regions and we have asked the provider for the list of rejected requests.

- 13:58 Routing table changed
- 14:02 First alert
- 14:20 Change rolled back

We moved the remaining traffic to the first provider at 14:31. Some orders were charged twice: 214 customers are affected, and we will refund
each of them by tomorrow, 12:00 UTC. You do not have to do anything. If your order shows as open, do not pay again.

We are sorry: this was our change, and it should not have reached you. Next update at 15:30 UTC, whatever we know by then. We will say what we
found in the settings, how many payments still fail, and when the refunds are out. A review with the causes and with what we change in our release
process follows by Friday; you can subscribe to it on this page. The team that owns the routing table has stopped all other releases until the
cause is understood. The status of each service is listed below, and every number on this page comes from the payment log, which we count once
a minute. The next line is for those who read the feed: the identifier of this incident stays the same for all updates, so that your tools
can follow it without a second lookup.

For those who keep shops on our platform: the totals of today will be wrong until the refunds are booked, and the export of 18:00 leaves the
open orders out. We marked them in the list of orders with a grey dot. If a customer of yours asks, this page is the place to send them; it needs
no account, and it shows the same numbers that we see.
`

func BenchmarkCheckUpdate(b *testing.B) {
	l, err := lint.New(lint.Config{})
	if err != nil {
		b.Fatal(err)
	}
	src := []byte(update2K)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		l.Check(src, lint.Update)
	}
}

func BenchmarkCommitments(b *testing.B) {
	now := time.Date(2026, 1, 7, 14, 40, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		lint.Commitments(update2K, now, time.UTC)
	}
}

func BenchmarkCheckLong(b *testing.B) {
	l, err := lint.New(lint.Config{})
	if err != nil {
		b.Fatal(err)
	}
	src := []byte(strings.Repeat(update2K+"\n\n", 100))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		l.CheckFormat(src, prose.Markdown, lint.Review)
	}
}
