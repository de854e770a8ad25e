package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

func TestAnInstantIsReadInTheReadersZoneFirst(t *testing.T) {
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		zone *time.Location
		at   time.Time
		want string
	}{
		{time.UTC, now.Add(90 * time.Minute), "13:30 UTC"},
		{time.UTC, now.Add(24 * time.Hour), "Mon 23 Nov 12:00 UTC"},
		{time.UTC, now.AddDate(-1, 0, 0), "Sat 22 Nov 2025 12:00 UTC"},
		{kolkata, now.Add(90 * time.Minute), "19:00 (13:30 UTC)"},
		{kolkata, now.Add(8 * time.Hour), "Mon 23 Nov 01:30 (20:00 UTC 22 Nov)"},
	} {
		term := &terminal{now: now, zone: c.zone}
		if got := term.clock(c.at); got != c.want {
			t.Errorf("clock(%s) in %s = %q, want %q", c.at, c.zone, got, c.want)
		}
	}
}

func TestACountdownNeverSaysLateWithinThePromisedMinute(t *testing.T) {
	due := time.Date(2026, 11, 22, 15, 30, 20, 0, time.UTC)
	for _, c := range []struct {
		now  time.Duration // relative to the promised minute
		want string
	}{
		{-12 * time.Minute, "in 12 min"},
		{-11*time.Minute - 30*time.Second, "in 12 min"},
		{-time.Second, "in 1 min"},
		{0, "due now"},
		{59 * time.Second, "due now"},
		{time.Minute, "1 min late"},
		{3*time.Hour + time.Minute, "3 h 1 min late"},
		{-72 * time.Hour, "in 3 days"},
	} {
		term := &terminal{now: due.Truncate(time.Minute).Add(c.now), zone: time.UTC}
		if got := term.due(due); got != c.want {
			t.Errorf("due at %s from the promised minute = %q, want %q", c.now, got, c.want)
		}
	}
}

func TestATextCannotSteerTheTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[31mred":            "a[31mred",
		"over\rwritten":           "overwritten",
		"right \u202eto left":     "right to left",
		"a bell\a and \u009b31m":  "a bell and 31m",
		"two\nlines\tand a tab ü": "two\nlines\tand a tab ü",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestExitCodes(t *testing.T) {
	answered := func(status int, kind string) error {
		return fmt.Errorf("wrapped: %w", &client.Error{Problem: client.Problem{Status: status, Kind: kind}})
	}
	for _, c := range []struct {
		err  error
		want int
	}{
		{context.Canceled, exitInterrupted},
		{usageError{errors.New("x")}, exitUsage},
		{fault.Bad("now", "x"), exitUsage},
		{fault.New(fault.Unknown, "x"), exitSignIn},
		{fault.New(fault.Conflict, "x"), exitFailed},
		{errShown, exitFailed},
		{errors.New("x"), exitFailed},
		{answered(422, "invalid"), exitUsage},
		{answered(401, "unknown"), exitSignIn},
		{answered(403, "forbidden"), exitFailed},
		{answered(502, ""), exitFailed},
		{&client.Error{Err: context.DeadlineExceeded}, exitFailed},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("exitCode(%v) = %d, want %d", c.err, got, c.want)
		}
	}
}

func TestAnErrorNamesTheFlagAndNeverWhatTheServerHides(t *testing.T) {
	root := newRoot()
	c, _, err := root.Find([]string{"update"})
	if err != nil {
		t.Fatal(err)
	}
	many := &client.Error{Problem: client.Problem{Status: 422, Kind: "invalid", Detail: "2 entries", Fields: []client.Field{{Name: "now", Say: "Enter what is true now"}, {Name: "status", Say: "Choose a state"}}}}
	for _, test := range []struct {
		err  error
		want string
	}{
		{many, "amends: 2 inputs need another value\n  --now: Enter what is true now\n  --state: Choose a state\n"},
		{&client.Error{Problem: client.Problem{Status: 404, Detail: "There is no incident 71."}}, "amends: There is no incident 71\n"},
		{hinted{errors.New("x"), "try y"}, "amends: x\nhint: try y\n"},
		{errShown, ""},
		{&client.Error{URL: "https://a.example/api/v1/status", Err: context.DeadlineExceeded}, "amends: no answer from https://a.example after 10 s\nhint: check the address and the network, then try again\n"},
	} {
		var b strings.Builder
		printError(&b, c, test.err)
		if b.String() != test.want {
			t.Errorf("printError(%v) wrote %q, want %q", test.err, b.String(), test.want)
		}
	}
}

func TestAnIncidentIsNamedInSeveralWays(t *testing.T) {
	for in, want := range map[string]int64{"17": 17, "INC-17": 17, "inc17": 17, "#17": 17, "0": 0, "17a": 0, "": 0, "99999999999999999999": 0} {
		if got, ok := number(in); ok != (want != 0) || ok && got != want {
			t.Errorf("number(%q) = %d, %v, want %d", in, got, ok, want)
		}
	}
}

func TestASpreadsheetTakesNoTitleForAFormula(t *testing.T) {
	list := []client.Promise{{Incident: 1, N: 1, Kind: "update", Title: "=HYPERLINK(\"x\")", DueAt: time.Unix(0, 0)}}
	got := string(ledgerCSV(list))
	want := "incident,promise,kind,owner,due_at,outcome,settled_at,title\n1,1,update,nobody,1970-01-01T00:00:00Z,,,\"'=HYPERLINK(\"\"x\"\")\"\n"
	if got != want {
		t.Errorf("ledgerCSV wrote %q, want %q", got, want)
	}
}

func TestBarsFillTheirWidth(t *testing.T) {
	for _, c := range []struct {
		n, most int
		want    string
	}{{0, 10, "...."}, {10, 10, "####"}, {1, 1000, "#..."}, {5, 10, "##.."}, {0, 0, "...."}} {
		if got := bar(c.n, c.most, 4); got != c.want {
			t.Errorf("bar(%d, %d) = %q, want %q", c.n, c.most, got, c.want)
		}
	}
}
