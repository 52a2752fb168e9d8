// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"net/http"
)

// meaning is what an HTTP status means for the request.
type meaning struct {
	outcome Outcome
	// repeat reports whether sending a read or a save again can bring another response.
	repeat bool
	// busy reports whether the response asks all requests to wait.
	rateLimited bool
}

// meanings lists what each status means. The first row that covers a status counts; what no row covers is [Unknown], and worth
// repeating: the other 5xx, with 52x and 530 of the edge in front of Tallyfy (API.md §3.2).
var meanings = []struct {
	from, to int
	meaning
}{
	{200, 299, meaning{outcome: Accepted}},
	// Two requests that meet at one object. It says nothing about other requests. See isForGood for the 409 that stays.
	{http.StatusConflict, http.StatusConflict, meaning{outcome: RejectedForNow, repeat: true}},
	{http.StatusTooManyRequests, http.StatusTooManyRequests, meaning{outcome: RejectedForNow, repeat: true, rateLimited: true}},
	// A proxy on the way may say these after it has passed the request on.
	{http.StatusRequestTimeout, http.StatusRequestTimeout, meaning{outcome: Unknown, repeat: true}},
	{http.StatusTooEarly, http.StatusTooEarly, meaning{outcome: Unknown, repeat: true}},
	{300, 499, meaning{outcome: Rejected}},
	{http.StatusNotImplemented, http.StatusNotImplemented, meaning{outcome: Unknown}},
	{http.StatusHTTPVersionNotSupported, http.StatusHTTPVersionNotSupported, meaning{outcome: Unknown}},
}

// meaningOf returns what a status means. asked reports whether the response has a Retry-After: a response that does not say whether
// the server acted, a 503 for example, may ask all requests to wait.
func meaningOf(status int, asked bool) meaning {
	m := meaning{outcome: Unknown, repeat: true}
	for _, row := range meanings {
		if status >= row.from && status <= row.to {
			m = row.meaning
			break
		}
	}
	m.rateLimited = m.rateLimited || m.outcome == Unknown && asked
	return m
}

// isForGood reports whether the body of a 409 is about a limit of the account, such as its seats (API.md §3.1).
func isAccountLimit(body []byte) bool {
	outer, _ := parseObject(body)
	failure, _ := parseObject(outer["error"])
	return failure.text("code") != ""
}

// Repeatable reports whether sending a read or a save again can help after err: it was not sent, rejected for now, or lost, or its
// response broke off. Whether a completion or a reopening may be sent again is not for it to say.
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
