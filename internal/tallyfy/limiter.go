// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"sync"
	"time"
)

// After the first 429, all requests of the client wait. They then continue one at a time, at a rate
// that is inferred from the limit, because requests that are sent together are rejected together.

const (
	// defaultInterval is that of the rate that Tallyfy documents, 600 requests a minute (API.md
	// §3.4). It applies until the actual limit can be inferred.
	defaultInterval = time.Minute / 600
	// maxInterval limits an interval that is inferred while other clients use up the limit. The
	// lowest documented limit is 100 a minute.
	maxInterval = time.Second
	// minSamples is the number of accepted requests from which an interval is inferred.
	minSamples = 5
	// headroom lengthens an inferred interval by a tenth, because limits are rounded and clocks
	// differ.
	headroom = 10
	// decay is the fraction of the interval by which each accepted request shortens it, so that an
	// interval that was too long does not last. It is small enough to probe the limit about once in
	// fifty requests.
	decay = 256
	// window is how long accepted requests count, the period of the documented limits.
	window = time.Minute
)

// limiter limits the rate of all requests of a client. The zero value does not limit it.
type limiter struct {
	mu          sync.Mutex
	pausedUntil time.Time     // no request is sent before
	next        time.Time     // nor before this, the next slot at the interval
	interval    time.Duration // between two requests; 0 before the first rejection
	generation  int           // counts the pauses; requests that waited through one wait again

	since    time.Time // the start of the count
	accepted int       // how many requests were not rejected since
}

var errRateLimited = errors.New("not sent, because Tallyfy asks to wait (rate limit)")

// wait waits until a request may be sent and returns the current generation. reason is why it may
// not be sent: the context is done, or the wait would outlast it, which is returned immediately. An
// urgent request whose wait does not fit is sent without waiting.
func (l *limiter) wait(ctx context.Context, urgent bool) (generation int, reason error) {
	for {
		if ctx.Err() != nil {
			return 0, stopped(ctx)
		}
		at, generation, late := l.reserve(ctx, time.Now())
		switch {
		case late != nil && urgent:
			return generation, nil
		case late != nil:
			return 0, late
		}
		wait := time.Until(at)
		if wait <= 0 {
			return generation, nil
		}
		if !sleep(ctx, wait) {
			return 0, stopped(ctx)
		}
		if l.isCurrent(generation) {
			return generation, nil
		}
	}
}

// reserve reserves the next slot for a request, unless the wait for it would outlast ctx.
func (l *limiter) reserve(ctx context.Context, now time.Time) (at time.Time, generation int, reason error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at = latest(now, l.pausedUntil, l.next)
	if at.After(now) {
		if late := exceedsDeadline(ctx, at.Sub(now)); late != nil {
			return at, l.generation, late
		}
	}
	l.next = at.Add(l.interval)
	if l.since.IsZero() {
		l.since = now
	}
	return at, l.generation, nil
}

func (l *limiter) isCurrent(generation int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.generation == generation
}

// accept records that a request was not rejected because of the rate, whatever else its result is.
func (l *limiter) accept(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepted++
	l.interval -= l.interval / decay
	if now.Sub(l.since) > window {
		l.since = now.Add(-window / 2)
		l.accepted /= 2
	}
}

// pause stops all requests until the given time, after the rejection of a request that was sent in
// this generation. Later rejections of the same generation were already under way and do not change
// the interval.
func (l *limiter) pause(generation int, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pausedUntil = latest(l.pausedUntil, until)
	if generation != l.generation {
		return
	}
	l.generation++
	switch {
	case l.accepted >= minSamples: // the limit accepts that many from one pause to the next
		l.interval = until.Sub(l.since) / time.Duration(l.accepted)
		l.interval += l.interval / headroom
	case l.interval > 0:
		l.interval *= 2
	default:
		l.interval = defaultInterval
	}
	l.interval = min(l.interval, maxInterval)
	l.next, l.since, l.accepted = until, until, 0
}

func latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}
