// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// RateLimit limits how many requests are served in a period (API.md §3.4). The
// sources differ about the numbers, so there is no default: without Requests or Per
// there is no limit.
//
// The limit applies to requests as they arrive, before routes and tokens. Requests
// above it get 429, Retry-After in whole seconds (rounded up, at least 1) and
// X-RateLimit-Remaining. They have no effect and do not count against the limit.
// Requests of a Fault are neither rejected nor counted. Tallyfy counts by user; the
// sandbox has only one.
type RateLimit struct {
	// Requests is the number of requests in each Per.
	Requests int
	Per      time.Duration

	// Fixed counts in consecutive windows from the first request, so that twice as
	// many may pass around the end of one. Otherwise the window is rolling: no
	// period of length Per has more than Requests.
	Fixed bool
}

// ends returns when a request that was admitted at a time no longer counts.
func (l RateLimit) ends(at, first time.Time) time.Time {
	if !l.Fixed {
		return at.Add(l.Per)
	}
	return first.Add((at.Sub(first)/l.Per + 1) * l.Per)
}

// limiterState is the state of a RateLimit.
type limiterState struct {
	first    time.Time   // the first request, to which fixed windows are aligned
	counting []time.Time // requests that count, oldest first; at most the limit
	refused  int
}

// admit admits a request that has arrived and returns 0, or returns how long until
// one is admitted again. The caller holds s.mu.
func (s *Server) admit() time.Duration {
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

// Refused returns the number of requests that Config.RateLimit has rejected since
// the start. It is never reset, and does not count the 429s of a Fault.
func (s *Server) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.admissions.refused
}

// tooManyRequests has the documented body and headers (API.md §3.4). UNK whether
// other responses contain the remaining number too: they do not.
func tooManyRequests(retryAfter time.Duration) response {
	a := failure(http.StatusTooManyRequests, "Rate limit exceeded", "refused: rate limit")
	seconds := (retryAfter + time.Second - 1) / time.Second // rounded down, the next request would be rejected again
	a.header = http.Header{}
	a.header.Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
	a.header.Set("X-RateLimit-Remaining", "0")
	return a
}
