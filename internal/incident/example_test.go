package incident_test

import (
	"fmt"
	"time"

	"amends.dev/internal/fault"
	"amends.dev/internal/incident"
)

// An update settles the promise that stands and makes the next one. What does
// not hold is refused field by field, and nothing changes.
func ExamplePostUpdate() {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	in := incident.Incident{ID: 17, Policies: incident.DefaultPolicies()}
	declared, err := incident.Declare{By: "priya", Title: "Card payments fail"}.Decide(in, noon)
	if err != nil {
		fmt.Println(err)
		return
	}
	update := incident.PostUpdate{
		By:        "priya",
		Statement: "We are responsible for the failing card payments.",
		Now:       "1 in 6 card payments fails.",
		Plan:      "Switch to the second provider.",
		NextAt:    noon.Add(2 * time.Hour),
	}
	_, err = update.Decide(declared.Incident, noon.Add(10*time.Minute))
	_, say, _ := fault.Public(err)
	fmt.Println(say)

	update.NextAt = noon.Add(40 * time.Minute)
	change, err := update.Decide(declared.Incident, noon.Add(10*time.Minute))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range change.Entries {
		fmt.Println(e.Seq, e.Fact.FactKind(), "by", e.By)
	}
	for _, p := range change.Promises {
		fmt.Printf("promise %d, due %s: %q\n", p.N, p.DueAt.Format("15:04"), p.Outcome)
	}
	// Output:
	// SEV2 incidents need an update within 30 min. Choose a time before 12:41 UTC, or change the severity
	// 2 owned by priya
	// 3 update by priya
	// promise 1, due 12:15: "kept"
	// promise 2, due 12:40: ""
}

// The timeline alone leads to the state: here nobody writes, and the promise
// watch looks once, an hour late.
func ExampleReplay() {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	in := incident.Incident{ID: 17, Policies: incident.DefaultPolicies()}
	var timeline []incident.Entry
	for _, step := range []struct {
		after time.Duration
		cmd   incident.Command
	}{
		{0, incident.Declare{By: "priya", Backup: "ana", Title: "Card payments fail"}},
		{75 * time.Minute, incident.WatchPromise{N: 1}},
	} {
		change, err := step.cmd.Decide(in, noon.Add(step.after))
		if err != nil {
			fmt.Println(err)
			return
		}
		in = change.Incident
		timeline = append(timeline, change.Entries...)
	}

	again, err := incident.Replay(timeline)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again.Name(), again.Status, "since", again.DeclaredAt.Format("15:04"))
	fmt.Printf("the update due %s is %s\n", again.Next.DueAt.Format("15:04"), again.Next.Outcome)
	before, _ := in.Bytes()
	after, _ := again.Bytes()
	fmt.Println("the same, byte for byte:", string(before) == string(after))
	// Output:
	// INC-17 investigating since 12:00
	// the update due 12:15 is broken
	// the same, byte for byte: true
}
