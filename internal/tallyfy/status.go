// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"net/http"
)

// meaning is what an HTTP status means for a request.
type meaning struct {
	outcome Outcome
	// repeat reports whether another attempt of a read or a save can help.
	repeat bool
	// rateLimited reports whether the response asks all requests to wait.
	rateLimited bool
}

// meanings lists what each status means. The first row that covers a status applies. Statuses
// without a row are [Unknown] and worth another attempt: the other 5xx, including 52x and 530,
// which Cloudflare returns: the edge in front of Tallyfy is one of its workers (API.md §3.2).
var meanings = []struct {
	from, to int
	meaning
}{
	{200, 299, meaning{outcome: Accepted}},
	// Two requests change the same object. This does not affect other requests. See isAccountLimit
	// for the permanent 409.
	{http.StatusConflict, http.StatusConflict, meaning{outcome: RejectedForNow, repeat: true}},
	{http.StatusTooManyRequests, http.StatusTooManyRequests, meaning{outcome: RejectedForNow, repeat: true, rateLimited: true}},
	// A proxy may return these after it has forwarded the request.
	{http.StatusRequestTimeout, http.StatusRequestTimeout, meaning{outcome: Unknown, repeat: true}},
	{http.StatusTooEarly, http.StatusTooEarly, meaning{outcome: Unknown, repeat: true}},
	{300, 499, meaning{outcome: Rejected}},
	{http.StatusNotImplemented, http.StatusNotImplemented, meaning{outcome: Unknown}},
	{http.StatusHTTPVersionNotSupported, http.StatusHTTPVersionNotSupported, meaning{outcome: Unknown}},
}

// meaningOf returns what a status means. hasRetryAfter reports whether the response has a
// Retry-After header: a response that does not show whether the server acted, such as a 503, may
// then ask all requests to wait.
func meaningOf(status int, hasRetryAfter bool) meaning {
	m := meaning{outcome: Unknown, repeat: true}
	for _, row := range meanings {
		if status >= row.from && status <= row.to {
			m = row.meaning
			break
		}
	}
	m.rateLimited = m.rateLimited || m.outcome == Unknown && hasRetryAfter
	return m
}

// isAccountLimit reports whether the body of a 409 is about a limit of the account, such as its
// seats (API.md §3.1).
func isAccountLimit(body []byte) bool {
	outer, _ := parseObject(body)
	failure, _ := parseObject(outer["error"])
	return failure.text("code") != ""
}

// Repeatable reports whether another attempt of a read or a save can help after err: the request
// was not sent, rejected for now or lost, or its response broke off. It does not decide whether a
// completion or a reopening may be sent again.
func Repeatable(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.final {
		return false
	}
	switch e.Outcome {
	case NotSent, RejectedForNow:
		return true
	case Unknown:
		return e.Status == 0 || e.Status/100 == 2 || meaningOf(e.Status, false).repeat
	case Accepted:
		return e.truncated
	case Rejected:
	}
	return false
}
