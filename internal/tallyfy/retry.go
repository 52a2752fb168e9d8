// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// minDelay and maxDelay limit the wait between attempts if Tallyfy does not ask for one. They
	// are those of Tallyfy's command line client (API.md §3.4).
	minDelay = 500 * time.Millisecond
	maxDelay = 8 * time.Second
	// maxRetryAfter keeps an absurd Retry-After from overflowing. No operation has a longer
	// timeout.
	maxRetryAfter = 365 * 24 * time.Hour
)

// A Budget limits the attempts of one operation. It belongs to one caller and is not safe for
// concurrent use.
type Budget struct {
	client       *Client
	attempts     int
	lastResponse *Error // the last response
}

// NewBudget returns a budget of the client's number of retries.
func (c *Client) NewBudget() *Budget { return &Budget{client: c} }

// Count returns the error of an attempt with the number of attempts and, if the attempt had no
// response, the last response before it.
func (b *Budget) Count(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	counted := *e
	if counted.noToken { // the attempts are those to fetch the token
		if counted.Earlier == nil {
			counted.Earlier = b.lastResponse
		}
		return &counted
	}
	counted.Attempts = b.attempts + 1
	if counted.notAttempted {
		counted.Attempts = b.attempts
	}
	if counted.Status != 0 {
		b.lastResponse = &counted
		return &counted
	}
	counted.Earlier = b.lastResponse
	return &counted
}

// Wait is called after a failed attempt that may be repeated, with the error that [Budget.Count]
// returned. It returns nil when it is time for the next attempt. If there is none – no retries
// left, the context done, a wait that would outlast it, or a failure that another attempt would not
// change – it returns the failure immediately, with the number of attempts and the reason. A wait
// is as long as Tallyfy asks for, and at least the backoff. If Tallyfy asks to wait, the other
// requests of the client wait too.
func (b *Budget) Wait(ctx context.Context, failed error) error {
	failure := copyError(failed)
	if failure.notAttempted || failure.noToken || failure.final { // it has already waited, or another attempt would not help
		return failure
	}
	b.attempts++
	failure.Attempts = b.attempts
	delay := max(failure.retryAfter, backoff(b.attempts))
	if failure.rateLimited {
		b.client.limiter.pause(failure.generation, time.Now().Add(delay))
	}
	switch {
	case ctx.Err() != nil:
		return failure.giveUp(stopped(ctx))
	case b.isOutage():
		return failure.giveUp(errOutage)
	case b.attempts > b.client.retries:
		if b.client.forPlan && b.lastResponse == nil {
			b.client.outage.Store(true)
		}
		return failure.giveUp(&describedError{
			fmt.Sprintf("gave up after %s (max_retries = %d)", attemptCount(b.attempts), b.client.retries), ErrOutOfRetries,
		})
	}
	if reason := exceedsDeadline(ctx, delay); reason != nil {
		return failure.giveUp(reason)
	}
	if !sleep(ctx, delay) {
		return failure.giveUp(stopped(ctx))
	}
	return nil
}

// errOutage is why a client for a plan does not repeat a read.
var errOutage = &describedError{"no further attempt was made, because another read got no response to any of its attempts", ErrOutOfRetries}

// isOutage reports whether the read is for a plan that has failed without a response already, and
// has had no response either.
func (b *Budget) isOutage() bool {
	return b.client.forPlan && b.lastResponse == nil && b.client.outage.Load()
}

// retry calls do until it succeeds, its budget is spent, or the error is not retryable.
func retry[T any](ctx context.Context, budget *Budget, retryable func(error) bool, do func() (T, error)) (T, error) {
	for {
		got, err := do()
		err = budget.Count(err)
		if err == nil || !retryable(err) {
			return got, err
		}
		if err := budget.Wait(ctx, err); err != nil {
			return got, err
		}
	}
}

// copyError returns a copy of the [*Error] in err, or a new one for any other error.
func copyError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		known := *e
		return &known
	}
	return &Error{Outcome: Unknown, Cause: err, retryAfter: -1, final: true}
}

// backoff returns the wait after the given number of attempts. It doubles from minDelay up to
// maxDelay. A random half of it spreads requests that failed together.
func backoff(attempts int) time.Duration {
	delay := maxDelay
	if attempts < 16 { // a larger shift would overflow; maxDelay is reached before
		delay = min(maxDelay, minDelay<<(attempts-1))
	}
	return delay/2 + rand.N(delay/2+1) //nolint:gosec // spreads load and protects nothing
}

// exceedsDeadline returns why a wait would outlast ctx, as an error that wraps [ErrTimedOut]; nil
// if it would not.
func exceedsDeadline(ctx context.Context, delay time.Duration) error {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return nil
	}
	left := time.Until(deadline)
	if delay <= left {
		return nil
	}
	return &describedError{fmt.Sprintf("the next attempt would have to wait %s, and only %s of the operation's timeout is left",
		roundDuration(delay), roundDuration(max(0, left))), ErrTimedOut}
}

// roundDuration rounds a duration for a message.
func roundDuration(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}

// The reasons for [Error.GaveUp].
var (
	// ErrOutOfRetries means that no retries are left.
	ErrOutOfRetries = errors.New("no retries are left")
	// ErrCancelled means that the context of the operation was cancelled, as a user's interrupt
	// does.
	ErrCancelled = errors.New("the operation was cancelled")
	// ErrTimedOut means that the context of the operation has reached its deadline, or that the
	// wait for another attempt would exceed it.
	ErrTimedOut = errors.New("the operation's timeout passed")
)

// Stopped returns the failure of an operation that was not started because ctx is done. advice is
// what to do about a timeout; it may be empty.
func Stopped(ctx context.Context, advice string) error {
	failure := &Error{Outcome: NotSent, GaveUp: stopped(ctx), retryAfter: -1, notAttempted: true}
	if errors.Is(failure.GaveUp, ErrTimedOut) {
		failure.Advice = advice
	}
	return failure
}

func attemptCount(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}

// Sleep waits for d. If that would outlast ctx, it returns an error with the reason immediately.
func Sleep(ctx context.Context, d time.Duration) error {
	failure := &Error{Outcome: NotSent, GaveUp: exceedsDeadline(ctx, d), retryAfter: -1, notAttempted: true}
	if failure.GaveUp == nil && !sleep(ctx, d) {
		failure.GaveUp = stopped(ctx)
	}
	if failure.GaveUp == nil {
		return nil
	}
	return failure
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// parseRetryAfter parses both forms of the header, seconds and HTTP date. now is the time by the
// clock of the server that wrote the header. The result is negative if there is no valid header.
func parseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return -1
}
