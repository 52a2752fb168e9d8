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
	// firstDelay and longestDelay bound the pauses between tries where Tallyfy names none: those of Tallyfy's own
	// command line client (API.md §3.4).
	minDelay   = 500 * time.Millisecond
	maxDelay = 8 * time.Second
	// longestAsked keeps an absurd Retry-After from overflowing; no operation's time-out is longer.
	maxRetryAfter = 365 * 24 * time.Hour
)

// A Budget is how often one thing may still be tried. It belongs to one caller and is not safe for concurrent use.
type Budget struct {
	client *Client
	attempts  int
	lastResponse   *Error // the last answer that came
}

// NewBudget gives a budget of the client's number of retries.
func (c *Client) NewBudget() *Budget { return &Budget{client: c} }

// Count tells in the error of an attempt which one it was, and what the last answer was where it brought none, so that
// whatever ends the series says how many there were and what came back.
func (b *Budget) Count(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	counted := *e
	if counted.noToken { // what was counted is the tries to get one
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

// Wait is called after a failed attempt that may be repeated, with what [Budget.Count] returned. It returns nil when it is time for
// the next one. If there is none – no retries left, the context done, a wait that would outlast it, or a failure that another attempt
// cannot change – it returns the failure immediately, with the number of attempts and the reason. A pause is as long as Tallyfy asks
// for, and never shorter than it would be otherwise. If Tallyfy asks to wait, the other requests of the client wait too.
func (b *Budget) Wait(ctx context.Context, failed error) error {
	failure := copyError(failed)
	if failure.notAttempted || failure.noToken || failure.final { // held back, which has been waited for already, or without hope
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
		return failure.stop(stopped(ctx))
	case b.attempts > b.client.retries:
		failure.GaveUp = fmt.Sprintf("gave up after %s (max_retries = %d)", attemptCount(b.attempts), b.client.retries)
		return failure
	}
	if late := exceedsDeadline(ctx, delay); late != "" {
		return failure.stop(late)
	}
	if !sleep(ctx, delay) {
		return failure.stop(stopped(ctx))
	}
	return nil
}

// insist tries what may be done again without harm until it brings something, its budget is spent, or it fails in a way that is
// not worth another try.
func retry[T any](ctx context.Context, budget *Budget, worth func(error) bool, try func() (T, error)) (T, error) {
	for {
		got, err := try()
		err = budget.Count(err)
		if err == nil || !worth(err) {
			return got, err
		}
		if err := budget.Wait(ctx, err); err != nil {
			return got, err
		}
	}
}

// describe gives a copy of err's description that may be written to.
func copyError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		known := *e
		return &known
	}
	return &Error{Outcome: Unknown, Cause: err, retryAfter: -1, final: true}
}

// backoff is the pause after the given number of tries: it doubles from firstDelay up to longestDelay, and a random
// half of it keeps requests that failed together from coming back together.
func backoff(tries int) time.Duration {
	delay := maxDelay
	if tries < 16 { // beyond that the shift would overflow, and the bound has long been reached
		delay = min(maxDelay, minDelay<<(tries-1))
	}
	return delay/2 + rand.N(delay/2+1) //nolint:gosec // spreads load, guards nothing
}

// tooLate says why a wait is not worth beginning, or nothing if it is.
func exceedsDeadline(ctx context.Context, delay time.Duration) string {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return ""
	}
	left := time.Until(deadline)
	if delay <= left {
		return ""
	}
	return fmt.Sprintf("the next attempt would have to wait %s, and only %s of the operation's timeout is left",
		roundDuration(delay), roundDuration(max(0, left)))
}

// readable leaves out the fractions that say nothing.
func roundDuration(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}

const (
	// Cancelled is the [Error.GaveUp] of a request whose context was cancelled, as a user's interrupt does.
	Cancelled = "the operation was cancelled"
	// TimedOut is the [Error.GaveUp] of a request whose context reached its deadline.
	TimedOut = "the operation's timeout passed"
)

// Stopped returns the failure of what was not begun because ctx is done. advice says what to do about it if its time was over; it may
// be empty.
func Stopped(ctx context.Context, advice string) error {
	failure := &Error{Outcome: NotSent, GaveUp: stopped(ctx), retryAfter: -1, notAttempted: true}
	if failure.GaveUp == TimedOut {
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

// Pause waits before a caller asks again. It ends at once with the reason where the wait would outlast ctx.
func (c *Client) Pause(ctx context.Context, d time.Duration) error {
	failure := &Error{Outcome: NotSent, GaveUp: exceedsDeadline(ctx, d), retryAfter: -1, notAttempted: true}
	if failure.GaveUp == "" && !sleep(ctx, d) {
		failure.GaveUp = stopped(ctx)
	}
	if failure.GaveUp == "" {
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

// parseRetryAfter reads both forms of the header, seconds and HTTP date. now is the time by the clock of whoever wrote the header.
// The result is negative if the header says nothing.
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
