package notify

import "time"

// The retry schedule. Every pause is drawn evenly between one second and a
// ceiling, so that deliveries which failed together do not come back together.
// The ceiling is a minute at first: an endpoint that was away for ten minutes
// has everything within a minute of its return. Later it is a quarter of the
// time since the first attempt, which makes the pauses grow exponentially, up
// to four hours. About 90 attempts fit into the 72 hours.
const (
	retryFor     = 72 * time.Hour
	retryFloor   = time.Second
	retryCeiling = time.Minute
	retryLevel   = 12 * time.Minute // as long as the first ceiling holds
	retryMost    = 4 * time.Hour
	askedMost    = 24 * time.Hour
)

// Retry returns the pause before the next attempt, and false when there is to
// be none because the message has been tried for 72 hours. elapsed is the time
// since the first attempt; asked is the pause that the other end asked for (0:
// none), which is never undercut; random is a fresh number in [0, 1).
func Retry(elapsed, asked time.Duration, random float64) (time.Duration, bool) {
	if elapsed >= retryFor {
		return 0, false
	}
	ceiling := retryCeiling
	if elapsed >= retryLevel {
		ceiling = min(elapsed/4, retryMost)
	}
	pause := retryFloor + time.Duration(random*float64(ceiling-retryFloor))
	if asked > 0 {
		pause += min(asked, askedMost)
	}
	return pause, true
}
