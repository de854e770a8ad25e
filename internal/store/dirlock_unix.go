//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

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
	if err := flock(f); err != nil {
		say := "Another amends is using this database. Stop it first, or talk to it through its address"
		return nil, errors.Join(fault.Wrap(fault.Busy, say, fmt.Errorf("lock %s: %w", path, err)), f.Close())
	}
	return &dirLock{f}, nil
}

// lockWithin is how long a dying process may take to let go: the kernel frees
// its lock when the last of its descriptors is gone.
const lockWithin = 2 * time.Second

func flock(f *os.File) error {
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Since(began) > lockWithin {
			return err
		}
	}
}

// release lets the next process in. The kernel does the same when we die.
func (l *dirLock) release() error { return l.file.Close() }
