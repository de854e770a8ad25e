package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"amends.dev/internal/fault"
)

func TestPublicHidesWhatIsNotOurs(t *testing.T) {
	kind, say, _ := fault.Public(errors.New("pq: password authentication failed"))
	if kind != fault.Internal || say == "" || say == "pq: password authentication failed" {
		t.Errorf("Public(driver error) = %q, %q; want internal and a sentence of our own", kind, say)
	}
}

func TestPublicShowsAWrappedFaultButNotItsCause(t *testing.T) {
	err := fmt.Errorf("load: %w", fault.Wrap(fault.Missing, "There is no incident 71", errors.New("sql: no rows")))
	kind, say, _ := fault.Public(err)
	if kind != fault.Missing || say != "There is no incident 71" {
		t.Errorf("Public = %q, %q", kind, say)
	}
}

func TestChecksAnswersWithEveryFieldInOrder(t *testing.T) {
	var c fault.Checks
	if c.Err() != nil {
		t.Fatal("no checks failed, yet Err is not nil")
	}
	c.Need(false, "now", "Enter what is true now")
	c.Need(true, "plan", "never shown")
	c.Addf("next_at", "%s has passed", "14:10")
	_, say, fields := fault.Public(c.Err())
	if len(fields) != 2 || fields[0].Name != "now" || fields[1].Say != "14:10 has passed" || say == "" {
		t.Errorf("fields = %+v, say = %q", fields, say)
	}
}
