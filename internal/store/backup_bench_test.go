package store_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"amends.dev/internal/incident"
	"amends.dev/internal/store"
)

// large writes a record of some hundred million bytes: 4,000 incidents of 40
// updates each, every tenth of them published here.
func large(b *testing.B, db *store.DB, c *clock) {
	b.Helper()
	for batch := range 40 {
		var list []store.Past
		for i := range 100 {
			p := past(fmt.Sprint(batch, "/", i), "m_1")
			last := p.Entries[3]
			p.Entries = p.Entries[:3]
			for n := range 40 {
				words := strings.Repeat(fmt.Sprintf("Part %d of incident %d in batch %d is being moved. ", n, i, batch), 12)
				f := incident.Updated{N: 3 + n, Status: incident.Identified, Now: words, Severity: "SEV2", Title: "Pages were slow"}
				p.Entries = append(p.Entries, incident.Entry{At: p.Entries[2].At, By: "m_1", Audience: incident.Public, Fact: f})
			}
			list = append(list, store.Past{External: p.External, Entries: append(p.Entries, last)})
		}
		if _, err := db.Import(ctx, "bench", list); err != nil {
			b.Fatal(err)
		}
	}
	for range 400 {
		id := apply(b, db, 0, incident.Declare{By: "m_1", Title: "Mail is slow"}).Incident
		apply(b, db, id, incident.PostUpdate{By: "m_1", Statement: "We own this.", Now: "Slow.", Plan: "Look.", NextAt: c.now().Add(time.Minute), Seen: -1})
	}
}

func BenchmarkBackupCheckRestore(b *testing.B) {
	for name, database := range databases(b) {
		b.Run(name, func(b *testing.B) {
			c := newClock(noon)
			db := open(b, database, c)
			large(b, db, c)
			for b.Loop() {
				var file bytes.Buffer
				began := time.Now()
				m, err := db.Backup(ctx, &file)
				if err != nil {
					b.Fatal(err)
				}
				backedUp := time.Now()
				if _, audit, err := store.Check(bytes.NewReader(file.Bytes())); err != nil || len(audit.Differences) > 0 {
					b.Fatal(audit, err)
				}
				checked := time.Now()
				into := open(b, databases(b)[name], c)
				opened := time.Now()
				if _, _, err := into.Restore(ctx, bytes.NewReader(file.Bytes())); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(backedUp.Sub(began).Seconds(), "backup-s")
				b.ReportMetric(checked.Sub(backedUp).Seconds(), "check-s")
				b.ReportMetric(time.Since(opened).Seconds(), "restore-s")
				b.ReportMetric(float64(m.Rows), "rows")
				b.ReportMetric(float64(file.Len())/1e6, "file-MB")
				b.ReportMetric(float64(fileSize(database))/1e6, "database-MB")
			}
		})
	}
}
