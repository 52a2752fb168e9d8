// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A rate limit is heard once. While Tallyfy refuses requests for now, all requests of the client wait; afterwards they go on
// one by one, at a pace that the limit itself has told, since requests that come back together are refused together.

const (
	// steadyPace keeps to the rate that Tallyfy documents, 600 requests a minute (API.md §3.4). It holds until enough is
	// known of the limit that is in force.
	defaultInterval = time.Minute / 600
	// slowestPace bounds what is made of a limit that others have used up. The lowest documented one is 100 a minute.
	maxInterval = time.Second
	// enough is the number of accepted requests that a pace can be reckoned from.
	minSamples = 5
	// spare is the part of a reckoned pace that is added to it, since limits round and clocks differ: a tenth.
	headroom = 10
	// easing is the part of the pace that each accepted request takes off it, so that a pace which was too slow does not last:
	// small enough to probe the limit once in about fifty requests.
	decay = 256
	// memory is how far back accepted requests count, the period of the documented limits.
	window = time.Minute
)

// gate is where all requests of a client pass. The zero value lets everything through at once.
type limiter struct {
	mu    sync.Mutex
	pausedUntil time.Time     // nothing passes before
	next  time.Time     // nor before this, the next turn at the pace
	interval  time.Duration // from one request to the next; 0 before the first refusal
	generation int           // counts the refusals that were heard; turns given before one are given anew

	since    time.Time // when the counting began
	accepted int       // how many requests were not refused since
}

var errRateLimited = errors.New("not sent, because Tallyfy asks to wait (rate limit)")

// pass waits for a request's turn and returns the round that it is sent in. closed says why there is no turn: the context is done,
// or the wait would outlast it, which is said immediately. An urgent request is sent without its turn then.
func (g *limiter) wait(ctx context.Context, urgent bool) (round int, closed string) {
	for {
		if ctx.Err() != nil {
			return 0, stopped(ctx)
		}
		at, round, late := g.reserve(ctx, time.Now())
		switch {
		case late != "" && urgent:
			return round, ""
		case late != "":
			return 0, late
		}
		wait := time.Until(at)
		if wait <= 0 {
			return round, ""
		}
		if !sleep(ctx, wait) {
			return 0, stopped(ctx)
		}
		if g.isCurrent(round) {
			return round, ""
		}
	}
}

// reserve gives a request the next turn, unless it would come too late for it.
func (g *limiter) reserve(ctx context.Context, now time.Time) (at time.Time, round int, late string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at = latest(now, g.pausedUntil, g.next)
	if at.After(now) {
		if late := exceedsDeadline(ctx, at.Sub(now)); late != "" {
			return at, g.generation, late
		}
	}
	g.next = at.Add(g.interval)
	if g.since.IsZero() {
		g.since = now
	}
	return at, g.generation, ""
}

func (g *limiter) isCurrent(round int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.generation == round
}

// accept notes that a request was not refused for now, whatever else became of it.
func (g *limiter) accept(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accepted++
	g.interval -= g.interval / decay
	if now.Sub(g.since) > window {
		g.since = now.Add(-window / 2)
		g.accepted /= 2
	}
}

// refuse closes the gate until then, after a refusal of a request that was sent in this round. Refusals of requests that
// were under way when the first of them was heard say nothing new about the pace.
func (g *limiter) pause(round int, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pausedUntil = latest(g.pausedUntil, until)
	if round != g.generation {
		return
	}
	g.generation++
	switch {
	case g.accepted >= minSamples: // so many in the time until the next are accepted: that is the limit
		g.interval = until.Sub(g.since) / time.Duration(g.accepted)
		g.interval += g.interval / headroom
	case g.interval > 0:
		g.interval *= 2
	default:
		g.interval = defaultInterval
	}
	g.interval = min(g.interval, maxInterval)
	g.next, g.since, g.accepted = until, until, 0
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
