package store

import "context"

// Replay rebuilds every incident from its timeline and compares all that the
// record says of it: its state byte by byte, its promises, its published words
// against the leaves of the log, and the log against its hashes. It reads one
// snapshot while others go on writing, and changes nothing. Progress is told
// after every incident; nil when nobody wants to know.
func (db *DB) Replay(ctx context.Context, progress func(incidents int64)) (Audit, error) {
	audit := newAuditor(progress)
	if err := db.snapshot(ctx, func(t *tx) error { return t.walk(audit) }); err != nil {
		return Audit{}, err
	}
	return audit.finish(), nil
}
