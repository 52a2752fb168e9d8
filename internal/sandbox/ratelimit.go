// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// RateLimit bounds how many requests are answered in a time (API.md §3.4).
// Sources differ about the numbers, so there is no default: without Requests or
// without Per there is no limit.
//
// The limit looks at requests as they arrive, before routes and tokens. What is
// above it is answered with 429, Retry-After in whole seconds (rounded up, at
// least 1) and X-RateLimit-Remaining; it has no effect, and does not count
// against the limit itself. Requests that a Fault takes are neither refused nor
// counted. Tallyfy counts by user; the sandbox has only the one.
type RateLimit struct {
	// Requests is how many are answered in each Per.
	Requests int
	Per      time.Duration

	// Fixed counts in windows that follow one another from the first request
	// on, so that twice as many may pass around the end of one. Without it the
	// window rolls: no stretch of Per has more than Requests in it.
	Fixed bool
}

// ends is when a request that was admitted at a time no longer counts.
func (l RateLimit) ends(at, first time.Time) time.Time {
	if !l.Fixed {
		return at.Add(l.Per)
	}
	return first.Add((at.Sub(first)/l.Per + 1) * l.Per)
}

// admissions is what a RateLimit remembers.
type admissions struct {
	first    time.Time   // the first ever, which fixed windows are aligned to
	counting []time.Time // those that count at present, oldest first; never more than the limit
	refused  int
}

// throttle admits a request that has arrived and returns 0, or refuses it and
// returns how long until one is admitted again. The caller holds s.mu.
func (s *Server) throttle() time.Duration {
	limit, a := s.cfg.RateLimit, &s.admissions
	if limit.Requests <= 0 || limit.Per <= 0 {
		return 0
	}
	now := s.cfg.Now()
	if a.first.IsZero() {
		a.first = now
	}
	a.counting = slices.DeleteFunc(a.counting, func(at time.Time) bool { return !limit.ends(at, a.first).After(now) })
	if len(a.counting) < limit.Requests {
		a.counting = append(a.counting, now)
		return 0
	}
	a.refused++
	return limit.ends(a.counting[0], a.first).Sub(now)
}

// Refused tells how many requests Config.RateLimit has refused since the start.
// Unlike the journal it is never reset, and 429s that a Fault answers are not
// in it.
func (s *Server) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.admissions.refused
}

// tooManyRequests has the documented body and headers (API.md §3.4). UNK
// whether other answers tell what remains too: they do not.
func tooManyRequests(retryAfter time.Duration) answer {
	a := failure(http.StatusTooManyRequests, "Rate limit exceeded", "refused: rate limit")
	seconds := (retryAfter + time.Second - 1) / time.Second // Rounded down, it would invite a second refusal.
	a.header = http.Header{}
	a.header.Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
	a.header.Set("X-RateLimit-Remaining", "0")
	return a
}
