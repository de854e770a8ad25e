//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"amends.dev/internal/fault"
)

// dirLock holds a SQLite file for one process: group commit and the promise
// watch assume that nobody else writes.
type dirLock struct{ file *os.File }

func lockDir(path string) (*dirLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The directory for the database cannot be written. Choose another with --data, or give this user the right to write there", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		say := "Another amends is using this database. Stop it first, or talk to it through its address"
		return nil, errors.Join(fault.Wrap(fault.Busy, say, fmt.Errorf("lock %s: %w", path, err)), f.Close())
	}
	return &dirLock{f}, nil
}

// release lets the next process in. The kernel does the same when we die.
func (l *dirLock) release() error { return l.file.Close() }
