package incident_test

import (
	"strings"
	"testing"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// Sunday 22 November 2026, 15:42:10 in Berlin.
func sundayAfternoon(t testing.TB) (time.Time, *time.Location) {
	loc := zone(t, "Europe/Berlin")
	return time.Date(2026, 11, 22, 15, 42, 10, 0, loc), loc
}

func TestParseWhenReadsWhatPeopleType(t *testing.T) {
	now, loc := sundayAfternoon(t)
	for text, want := range map[string]string{
		"16:30":                     "2026-11-22T16:30:00+01:00",
		"by 16:30":                  "2026-11-22T16:30:00+01:00",
		"4:30pm":                    "2026-11-22T16:30:00+01:00",
		"4:30 PM":                   "2026-11-22T16:30:00+01:00",
		"5 pm":                      "2026-11-22T17:00:00+01:00",
		"16:30 UTC":                 "2026-11-22T16:30:00Z",
		"16:30Z":                    "2026-11-22T16:30:00Z",
		"16:30+00:00":               "2026-11-22T16:30:00Z",
		"03:00":                     "2026-11-23T03:00:00+01:00",
		"today 16:30":               "2026-11-22T16:30:00+01:00",
		"today at 09:00":            "2026-11-22T09:00:00+01:00",
		"tomorrow 09:00":            "2026-11-23T09:00:00+01:00",
		"09:00 tomorrow":            "2026-11-23T09:00:00+01:00",
		"Tomorrow, 9am":             "2026-11-23T09:00:00+01:00",
		"in 45 min":                 "2026-11-22T16:27:10+01:00",
		"45m":                       "2026-11-22T16:27:10+01:00",
		"1h30m":                     "2026-11-22T17:12:10+01:00",
		"1 hour 30 minutes":         "2026-11-22T17:12:10+01:00",
		"2 hours":                   "2026-11-22T17:42:10+01:00",
		"in an hour":                "2026-11-22T16:42:10+01:00",
		"half an hour":              "2026-11-22T16:12:10+01:00",
		"2 days":                    "2026-11-24T15:42:10+01:00",
		"1 week":                    "2026-11-29T15:42:10+01:00",
		"2026-11-23 09:00 UTC":      "2026-11-23T09:00:00Z",
		"2026-11-23 09:00":          "2026-11-23T09:00:00+01:00",
		"2026-11-23T09:00":          "2026-11-23T09:00:00+01:00",
		"2026-11-23T09:00Z":         "2026-11-23T09:00:00Z",
		"2026-11-23T09:00:00Z":      "2026-11-23T09:00:00Z",
		"2026-11-23t09:00:00+05:30": "2026-11-23T09:00:00+05:30",
		"2020-01-01T00:00:00Z":      "2020-01-01T00:00:00Z",
		"2026-11-28":                "2026-11-28T17:00:00+01:00",
		"friday 09:00":              "2026-11-27T09:00:00+01:00",
		"Fri 09:00":                 "2026-11-27T09:00:00+01:00",
		"sunday 16:00":              "2026-11-22T16:00:00+01:00",
		"sunday 15:00":              "2026-11-29T15:00:00+01:00",
		"Sat 28 Nov":                "2026-11-28T17:00:00+01:00",
		"Sat 28 Nov 10:00":          "2026-11-28T10:00:00+01:00",
		"28 November 2026 10:00":    "2026-11-28T10:00:00+01:00",
		"Nov 28":                    "2026-11-28T17:00:00+01:00",
		"3 Jan":                     "2027-01-03T17:00:00+01:00",
		"22 Nov":                    "2026-11-22T17:00:00+01:00",
		"next business day":         "2026-11-23T17:00:00+01:00",
		"next working day 10:00":    "2026-11-23T10:00:00+01:00",
	} {
		want, err := time.Parse(time.RFC3339, want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := incident.ParseWhen(text, now, loc); err != nil || !got.Equal(want) {
			t.Errorf("ParseWhen(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseWhenSaysWhatToWriteInstead(t *testing.T) {
	now, loc := sundayAfternoon(t)
	for text, want := range map[string]string{
		"half four":                           `"half four" is not a time I can read. Write 16:30, tomorrow 09:00 or in 45 min`,
		"":                                    "Enter a time, for example 16:30, tomorrow 09:00 or in 45 min",
		"in":                                  "is not a time I can read",
		"45":                                  "is not a time I can read",
		"25:00":                               "is not a time I can read",
		"16:30 17:30":                         "is not a time I can read",
		"tomorrow friday 9am":                 "is not a time I can read",
		"16:30 CET":                           "is not a time I can read",
		"in -5 min":                           "is not a time I can read",
		"99999 weeks":                         "is not a time I can read",
		"11/12/2026":                          "is not a time I can read",
		"28":                                  "is not a time I can read",
		"20 min ago":                          "is not a time I can read",
		"friday":                              `"friday" has no clock time. Write friday 09:00, 16:30 or 45m`,
		"tomorrow":                            "has no clock time",
		"15:30":                               "15:30 has passed. Choose a time after 15:42, or write tomorrow 15:30",
		"09:00 UTC":                           "09:00 has passed. Choose a time after 14:42, or write tomorrow 09:00",
		"Fri 28 Nov 2026":                     "28 Nov 2026 is a Saturday. Write the date or the weekday alone",
		"31 Feb 09:00":                        "February 2027 has no day 31",
		"2027-03-28 02:30":                    "02:30 does not exist on 28 Mar, because clocks go forward",
		strings.Repeat("9", 200) + " minutes": "is not a time I can read",
	} {
		_, err := incident.ParseWhen(text, now, loc)
		kind, say, _ := fault.Public(err)
		if err == nil || kind != fault.Invalid || !strings.Contains(say, want) {
			t.Errorf("ParseWhen(%q) said %q (%v); want %q", text, say, err, want)
		}
	}
}

func TestAClockTimeJustPastMidnightMeansTonight(t *testing.T) {
	loc := zone(t, "Asia/Kolkata")
	now := time.Date(2026, 11, 22, 23, 50, 0, 0, loc)
	want := time.Date(2026, 11, 23, 0, 30, 0, 0, loc)
	if got, err := incident.ParseWhen("00:30", now, loc); err != nil || !got.Equal(want) {
		t.Errorf("ParseWhen(00:30) at 23:50 = %v, %v; want %v", got, err, want)
	}
}

func TestDaysAreCalendarDaysAcrossAChangeOfClocks(t *testing.T) {
	loc := zone(t, "Europe/Berlin")
	now := time.Date(2026, 10, 24, 12, 0, 0, 0, loc) // clocks go back on the 25th
	got, err := incident.ParseWhen("1 day", now, loc)
	if want := time.Date(2026, 10, 25, 12, 0, 0, 0, loc); err != nil || !got.Equal(want) || got.Sub(now) != 25*time.Hour {
		t.Errorf("ParseWhen(1 day) = %v, %v; want %v, 25 hours on", got, err, want)
	}
}

func TestAClockTimeThatComesTwiceIsTheFirstStillToCome(t *testing.T) {
	loc := zone(t, "Europe/Berlin")
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // 02:30 CEST
	for _, c := range []struct{ now, want time.Time }{
		{first.Add(-2 * time.Hour), first},
		{first.Add(20 * time.Minute), first.Add(time.Hour)}, // 02:50 CEST: the second 02:30 is ahead
	} {
		if got, err := incident.ParseWhen("02:30", c.now, loc); err != nil || !got.Equal(c.want) {
			t.Errorf("ParseWhen(02:30) at %v = %v, %v; want %v", c.now, got, err, c.want)
		}
	}
}

func TestParsePastTakesTheLastSuchMoment(t *testing.T) {
	now, loc := sundayAfternoon(t)
	for text, want := range map[string]string{
		"14:20":           "2026-11-22T14:20:00+01:00",
		"16:30":           "2026-11-21T16:30:00+01:00",
		"20 min ago":      "2026-11-22T15:22:10+01:00",
		"2 days ago":      "2026-11-20T15:42:10+01:00",
		"yesterday 09:00": "2026-11-21T09:00:00+01:00",
		"friday 09:00":    "2026-11-20T09:00:00+01:00",
		"24 Dec 10:00":    "2025-12-24T10:00:00+01:00",
	} {
		want, err := time.Parse(time.RFC3339, want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := incident.ParsePast(text, now, loc); err != nil || !got.Equal(want) {
			t.Errorf("ParsePast(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

// Whatever is typed, the answer is an instant or a sentence that names the
// next step, and an undated answer is never in the past.
func FuzzParseWhen(f *testing.F) {
	for _, seed := range []string{"16:30", "4:30pm", "tomorrow 09:00", "in 45 min", "1h30m", "2026-11-23 09:00 UTC",
		"Fri 28 Nov", "next business day", "friday 09:00", "half four", "\xff", "31 feb", "02:30", "2026-11-23t09:00+99:99"} {
		f.Add(seed, int64(1795358530))
	}
	loc := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		now := time.Unix(unix%4e9, 0)
		got, err := incident.ParseWhen(text, now, loc)
		if err != nil {
			if kind, say, _ := fault.Public(err); kind != fault.Invalid || say == "" {
				t.Fatalf("ParseWhen(%q) failed with kind %q, %q", text, kind, say)
			}
			return
		}
		// "0m" is now itself; a date and "today" may lie behind.
		undated := !strings.ContainsAny(text, "-/") && !strings.ContainsAny(strings.ToLower(text), "jfasond")
		if undated && got.Before(now) {
			t.Fatalf("ParseWhen(%q) at %v = %v, which has passed", text, now, got)
		}
	})
}
