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
	steadyPace = time.Minute / 600
	// slowestPace bounds what is made of a limit that others have used up. The lowest documented one is 100 a minute.
	slowestPace = time.Second
	// enough is the number of accepted requests that a pace can be reckoned from.
	enough = 5
	// spare is the part of a reckoned pace that is added to it, since limits round and clocks differ: a tenth.
	spare = 10
	// easing is the part of the pace that each accepted request takes off it, so that a pace which was too slow does not last:
	// small enough to probe the limit once in about fifty requests.
	easing = 256
	// memory is how far back accepted requests count, the period of the documented limits.
	memory = time.Minute
)

// gate is where all requests of a client pass. The zero value lets everything through at once.
type gate struct {
	mu    sync.Mutex
	opens time.Time     // nothing passes before
	next  time.Time     // nor before this, the next turn at the pace
	pace  time.Duration // from one request to the next; 0 before the first refusal
	round int           // counts the refusals that were heard; turns given before one are given anew

	since    time.Time // when the counting began
	accepted int       // how many requests were not refused since
}

var errRefusedForNow = errors.New("not sent, because Tallyfy asks to wait (rate limit)")

// pass waits for a request's turn and returns the round that it is sent in. closed says why there is no turn: the context is done,
// or the wait would outlast it, which is said immediately. An urgent request is sent without its turn then.
func (g *gate) pass(ctx context.Context, urgent bool) (round int, closed string) {
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
		if g.isRound(round) {
			return round, ""
		}
	}
}

// reserve gives a request the next turn, unless it would come too late for it.
func (g *gate) reserve(ctx context.Context, now time.Time) (at time.Time, round int, late string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at = latest(now, g.opens, g.next)
	if at.After(now) {
		if late := tooLate(ctx, at.Sub(now)); late != "" {
			return at, g.round, late
		}
	}
	g.next = at.Add(g.pace)
	if g.since.IsZero() {
		g.since = now
	}
	return at, g.round, ""
}

func (g *gate) isRound(round int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.round == round
}

// accept notes that a request was not refused for now, whatever else became of it.
func (g *gate) accept(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accepted++
	g.pace -= g.pace / easing
	if now.Sub(g.since) > memory {
		g.since = now.Add(-memory / 2)
		g.accepted /= 2
	}
}

// refuse closes the gate until then, after a refusal of a request that was sent in this round. Refusals of requests that
// were under way when the first of them was heard say nothing new about the pace.
func (g *gate) refuse(round int, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opens = latest(g.opens, until)
	if round != g.round {
		return
	}
	g.round++
	switch {
	case g.accepted >= enough: // so many in the time until the next are accepted: that is the limit
		g.pace = until.Sub(g.since) / time.Duration(g.accepted)
		g.pace += g.pace / spare
	case g.pace > 0:
		g.pace *= 2
	default:
		g.pace = steadyPace
	}
	g.pace = min(g.pace, slowestPace)
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
