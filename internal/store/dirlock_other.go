//go:build !unix

package store

// dirLock does nothing where there is no flock: SQLite's own lock still keeps
// two writers apart.
type dirLock struct{}

func lockDir(string) (*dirLock, error) { return &dirLock{}, nil }

func (*dirLock) release() error { return nil }
