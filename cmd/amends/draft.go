package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"amends.dev/client"
	"amends.dev/internal/fault"
)

// draft is an update that did not get out. It keeps the key of its request,
// so that trying again never posts it twice.
type draft struct {
	Server   string      `json:"server"`
	Incident int64       `json:"incident"`
	Key      string      `json:"key"`
	At       time.Time   `json:"at"`
	Post     client.Post `json:"post"`
}

// draftDir is where drafts are kept: state that is worth keeping and is no
// configuration.
func draftDir() string {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "amends", "drafts")
	}
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".local", "state", "amends", "drafts")
}

func draftFile(n int) string { return filepath.Join(draftDir(), strconv.Itoa(n)+".json") }

// draftNumbers returns the numbers of the drafts that are kept.
func draftNumbers() []int {
	entries, err := os.ReadDir(draftDir())
	if err != nil {
		return nil // nothing has been kept yet
	}
	var out []int
	for _, e := range entries {
		if n, err := strconv.Atoi(strings.TrimSuffix(e.Name(), ".json")); err == nil && n > 0 {
			out = append(out, n)
		}
	}
	return out
}

// keepDraft writes a draft under its number; 0 takes the next one that is free.
func keepDraft(n int, d draft) (int, error) {
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("encode the draft: %w", err)
	}
	if n == 0 {
		for _, taken := range draftNumbers() {
			n = max(n, taken)
		}
		n++
	}
	return n, writePrivate(draftFile(n), append(data, '\n'))
}

func readDraft(n int) (d draft, err error) {
	data, err := os.ReadFile(draftFile(n))
	if errors.Is(err, fs.ErrNotExist) {
		if have := draftNumbers(); len(have) > 0 {
			return d, fault.Newf(fault.Missing, "There is no draft %d here. Kept are: %s", n, strings.Trim(fmt.Sprint(have), "[]"))
		}
		return d, fault.Newf(fault.Missing, "There is no draft %d here, and no other. Write the update with --now, --plan and --next", n)
	}
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err != nil || d.Post.Seen == nil {
		return d, fault.Wrap(fault.Invalid, fmt.Sprintf("Draft %d cannot be read. Look at %s", n, draftFile(n)), err)
	}
	return d, nil
}

func dropDraft(n int) error { return os.Remove(draftFile(n)) }
