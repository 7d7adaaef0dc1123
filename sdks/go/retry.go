package ringdown

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 2 * time.Second
	mostTries    = 10
)

// pauseAfter returns the delay after a number of attempts: the one that the server requests, or else an exponential backoff
// with jitter.
func pauseAfter(made int, failure *Error) time.Duration {
	if failure.RetryDelay > 0 {
		return failure.RetryDelay
	}
	most := min(longestPause, firstPause<<min(made-1, 10))
	return most/2 + rand.N(most/2)
}

// wait waits. It returns false if the context ended first.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// tries are the attempts of a unary RPC, within a deadline.
type tries struct {
	made int
	most int
}

// after returns the delay before the next attempt, and whether there is one.
func (tries *tries) after(ctx context.Context, failure *Error) (time.Duration, bool) {
	tries.made++
	if !failure.isAway() || tries.made >= tries.most {
		return 0, false
	}
	pause := pauseAfter(tries.made, failure)
	deadline, has := ctx.Deadline()
	return pause, !has || pause < time.Until(deadline)
}

// outage is the time since a stream was lost, and how long to keep reconnecting.
type outage struct {
	patience time.Duration
	since    time.Time
	made     int
}

// over records a response of the server. It is known to be available from now on.
func (outage *outage) over(reconnectFor time.Duration) {
	outage.since = time.Time{}
	outage.made = 0
	outage.patience = reconnectFor
}

// after returns the delay before the next attempt, and whether there is one.
func (outage *outage) after(failure *Error) (time.Duration, bool) {
	if !failure.isLostConnection() {
		return 0, false
	}
	if outage.since.IsZero() {
		outage.since = time.Now()
	}
	outage.made++
	pause := pauseAfter(outage.made, failure)
	return pause, time.Since(outage.since)+pause < outage.patience
}
