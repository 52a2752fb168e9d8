// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Outcome is what one try means for the thing that was asked for.
type Outcome int

const (
	// Accepted means that Tallyfy responded with 2xx. With an error beside it, the response does not show the task.
	Accepted Outcome = iota
	// NotSent means that the request did not reach Tallyfy, so nothing happened.
	NotSent
	// RejectedForNow means that Tallyfy refused because too much is going on (429, 409). Nothing happened.
	RejectedForNow
	// Rejected means that Tallyfy refused (any other 3xx or 4xx). Nothing happened.
	Rejected
	// Unknown means that the request was sent and no response says what became of it: a timeout, a reset, 408, 425, any 5xx, and a 2xx
	// to a write that is evidently not from Tallyfy.
	Unknown
)

// OutcomeOf classifies what a call returned. nil is [Accepted]. An error of another package says nothing about a request, so that
// it is [Unknown].
func OutcomeOf(err error) Outcome {
	var e *Error
	switch {
	case err == nil:
		return Accepted
	case errors.As(err, &e):
		return e.Outcome
	default:
		return Unknown
	}
}

// Error is a call that did not bring what it was made for. It never holds a token or the client secret.
type Error struct {
	// Method and Path say which request it was; the path is relative to the base URL, and a whole URL for one elsewhere.
	Method, Path string
	// Outcome says what it means.
	Outcome Outcome
	// Status is the HTTP status, 0 where no answer came.
	Status int
	// Words are the server's own, of whatever shape its answer had (API.md §3.2), shortened. May be empty.
	ServerMessage string
	// Code is the answer's `code`, such as RESOURCE_NOT_FOUND. Only the two 404 codes are documented; do not switch on others.
	Code string
	// RequestID is the answer's X-Request-Id. May be empty.
	RequestID string
	// Attempts counts how often the request was sent, or tried to be.
	Attempts int
	// GaveUp says why it was not tried again, where it might have been.
	GaveUp string
	// Earlier is the last answer to an earlier attempt, where this one brought none. May be nil.
	Earlier *Error
	// Cause is the transport's or the decoder's error, or that of a request for the token that the call needed. May be nil.
	Cause error
	// Advice says what to do about it, in sentences, where the client knows that better than the status tells. May be empty.
	Advice string

	retryAfter time.Duration // what Retry-After said; negative if it said nothing
	generation      int           // the gate's, when it was sent
	rateLimited       bool          // the response asks all requests to wait
	truncated   bool          // the response ended in the middle
	notAttempted       bool          // no attempt was made: what Attempts counts were earlier ones
	final      bool          // another attempt cannot do better
	outOfTime      bool          // GaveUp is the end of the caller's time, not of what there is to try
	noToken    bool          // the call was not sent for want of a token, which has been asked for as often as is worth it
}

// Unwrap gives the transport's or the decoder's error.
func (e *Error) Unwrap() error { return e.Cause }

// Error is one line: the request, what came back, why it was not tried again, and what to do if that is known.
func (e *Error) Error() string {
	var b strings.Builder
	if !e.noToken { // which names the request by itself
		fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	}
	came := e.Result()
	b.WriteString(came)
	if e.ServerMessage != "" && !strings.Contains(came, e.ServerMessage) {
		fmt.Fprintf(&b, ": %s", e.ServerMessage)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request id %s)", e.RequestID)
	}
	if e.GaveUp != "" {
		fmt.Fprintf(&b, "; %s", e.GaveUp)
	}
	if e.Earlier != nil {
		fmt.Fprintf(&b, "; an earlier attempt was answered %s", e.Earlier.Result())
	}
	if e.Advice != "" {
		fmt.Fprintf(&b, ". %s", strings.TrimSuffix(e.Advice, "."))
	}
	return b.String()
}

// Response says in a few words who responded with what, or why there is no response.
func (e *Error) Response() string {
	switch {
	case e.Status == 0, e.Status/100 == 2 && e.Outcome == Unknown:
		return e.Result()
	case e.Status == http.StatusProxyAuthRequired:
		return "the proxy answered " + e.Result()
	}
	return "Tallyfy answered " + e.Result()
}

// Came says in a few words what came back: the status, or why there is none.
func (e *Error) Result() string {
	switch {
	case e.Status == 0 && e.Cause != nil:
		return e.Cause.Error()
	case e.Status == 0:
		return "not sent"
	case e.Status/100 == 2 && e.Cause != nil:
		return fmt.Sprintf("%s, but %s", statusText(e.Status), e.Cause)
	default:
		return statusText(e.Status)
	}
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("%d %s", status, text)
	}
	return fmt.Sprintf("%d", status)
}

// unwritable returns the failure of a call that cannot be written, which no further attempt changes.
func encodeError(method string, path []string, cause error) *Error {
	return &Error{Method: method, Path: "/" + strings.Join(path, "/"), Outcome: NotSent, Cause: cause, retryAfter: -1, notAttempted: true, final: true}
}

// stop gives up for want of the caller's time.
func (e *Error) stop(why string) *Error {
	e.GaveUp, e.outOfTime = why, true
	return e
}

// endedEarly tells whether err is the end of the caller's time, so that another caller may fare better.
func isOutOfTime(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.outOfTime
}

// answered tells whether Tallyfy answered the call, whatever it said.
func hasResponse(err error) bool {
	var e *Error
	return err == nil || errors.As(err, &e) && e.Status != 0
}

// IsNotFound tells whether err is a 404 of any kind.
func IsNotFound(err error) bool { return hasStatus(err, http.StatusNotFound) }

// IsNoTask tells whether Tallyfy answered that there is no such task, or no such call (404, 405).
func IsNoTask(err error) bool {
	return hasStatus(err, http.StatusNotFound, http.StatusMethodNotAllowed)
}

// IsNoEndpoint reports whether the 404 is of the path and not of the task, as a wrong base URL makes it, or a proxy that removes the
// X-Tallyfy-Client header (API.md §3.3).
func IsNoEndpoint(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.noEndpoint()
}

// noEndpoint recognizes the 404 of a path by its code or, if it has none, by its words.
func (e *Error) noEndpoint() bool {
	if e.Status != http.StatusNotFound || e.Code != "" {
		return e.Status == http.StatusNotFound && e.Code == "ENDPOINT_NOT_FOUND"
	}
	said := strings.ToLower(strings.TrimRight(e.ServerMessage, ". "))
	return said == "endpoint not found" || said == "api endpoint not found" || strings.Contains(said, "apsh546")
}

// IsNotMade reports whether no request was made, because the caller's time was over while it waited its turn or before. That says
// nothing about the network, or about Tallyfy.
func IsNotMade(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.notAttempted && e.Cause == nil
}

// IsTooManyRequests tells whether err is a 429.
func IsTooManyRequests(err error) bool { return hasStatus(err, http.StatusTooManyRequests) }

// IsRateLimited reports whether Tallyfy asks to wait: by a 429, by a response of unknown effect with Retry-After, or by an earlier
// response, so that the request was held back.
func IsRateLimited(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.rateLimited || e.Status == http.StatusTooManyRequests) || errors.Is(err, errRateLimited)
}

func hasStatus(err error, statuses ...int) bool {
	var e *Error
	return errors.As(err, &e) && slices.Contains(statuses, e.Status)
}
