// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Outcome is what one attempt means for the requested operation.
type Outcome int

const (
	// Accepted means that Tallyfy responded with 2xx. If there is an error too, the response does
	// not show the task.
	Accepted Outcome = iota
	// NotSent means that the request did not reach Tallyfy, so nothing happened.
	NotSent
	// RejectedForNow means that Tallyfy rejected the request because of other requests (429, 409).
	// Nothing happened.
	RejectedForNow
	// Rejected means that Tallyfy rejected the request (any other 3xx or 4xx). Nothing happened.
	Rejected
	// Unknown means that the request was sent and no response shows its result: a timeout, a reset,
	// 408, 425, any 5xx, and a 2xx to a write that is evidently not from Tallyfy.
	Unknown
)

// OutcomeOf returns the outcome of a call by its error. It is [Accepted] for nil, and [Unknown] for
// errors of other packages.
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

// Error is a failed call. It never contains a token or the client secret.
type Error struct {
	// Method and Path identify the request. The path is relative to the base URL, or a whole URL
	// for a request to another host.
	Method, Path string
	// Outcome is what the failure means for the request.
	Outcome Outcome
	// Status is the HTTP status; 0 if no response came.
	Status int
	// ServerMessage is the server's message in one line, from a body of any shape (API.md §3.2),
	// shortened. It may be empty.
	ServerMessage string
	// Code is the response's code, such as RESOURCE_NOT_FOUND. Only the two codes of a 404 are
	// documented; do not switch on others.
	Code string
	// RequestID is the response's X-Request-Id. It may be empty.
	RequestID string
	// Attempts is how often the request was sent, including attempts to send it.
	Attempts int
	// GaveUp is why the request was not retried, if it could have been; nil otherwise. It wraps
	// [ErrOutOfRetries], [ErrCancelled] or [ErrTimedOut].
	GaveUp error
	// Earlier is the last response to an earlier attempt, if this attempt had none. It may be nil.
	Earlier *Error
	// Cause is the error of the transport or the decoder, or of a request for the token that the
	// call needed. It may be nil.
	Cause error
	// Advice is what to do about the failure, in sentences, if the client knows more than the
	// status shows. It may be empty.
	Advice string
	// TokenSource is the source, from [Config], of the token that was refused (401, 403) or could
	// not be requested. It contains no secret. Empty for any other error, and if Config has none.
	TokenSource string

	retryAfter   time.Duration // from Retry-After; negative if there is none
	generation   int           // the limiter's generation when it was sent
	rateLimited  bool          // the response asks all requests to wait
	truncated    bool          // the response ended in the middle
	notAttempted bool          // there was no attempt: Attempts counts earlier ones
	final        bool          // another attempt would not help
	noToken      bool          // the call was not sent because no token could be fetched; the fetch was already retried
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Error returns one line: the request, its result, why it was not retried, and the advice if there
// is any.
func (e *Error) Error() string {
	var b strings.Builder
	if !e.noToken { // its cause names the request
		fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	}
	came := e.Result()
	b.WriteString(came)
	if e.ServerMessage != "" && !strings.Contains(came, e.ServerMessage) {
		fmt.Fprintf(&b, ": %s", e.ServerMessage)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request ID %s)", e.RequestID)
	}
	if e.GaveUp != nil {
		fmt.Fprintf(&b, "; %s", e.GaveUp)
	}
	if e.Earlier != nil {
		fmt.Fprintf(&b, "; an earlier attempt returned %s", e.Earlier.Result())
	}
	if e.Advice != "" {
		fmt.Fprintf(&b, ". %s", strings.TrimSuffix(e.Advice, "."))
	}
	return b.String()
}

// Response returns in a few words who responded with what, or why there is no response.
func (e *Error) Response() string {
	switch {
	case e.Status == 0, e.Status/100 == 2 && e.Outcome == Unknown:
		return e.Result()
	case e.Status == http.StatusProxyAuthRequired:
		return "the proxy returned " + e.Result()
	}
	return "Tallyfy returned " + e.Result()
}

// Result returns in a few words the status of the response, or why there is none.
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

// IsConnectionRejected reports whether err is an untrusted certificate or a proxy's refusal, so
// that no request can be sent until someone changes a setting. It does not unwrap the cause of err.
func IsConnectionRejected(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Outcome == NotSent && e.Status == 0 && e.final && !e.notAttempted
}

// encodeError returns the failure of a request that cannot be encoded. Another attempt would not
// change it.
func encodeError(method string, path []string, cause error) *Error {
	return &Error{Method: method, Path: "/" + strings.Join(path, "/"), Outcome: NotSent, Cause: cause, retryAfter: -1, notAttempted: true, final: true}
}

// giveUp records why there is no further attempt, and returns e.
func (e *Error) giveUp(why error) *Error {
	e.GaveUp = why
	return e
}

// isOutOfTime reports whether err is the end of the caller's time, so that another caller may
// succeed.
func isOutOfTime(err error) bool {
	var e *Error
	return errors.As(err, &e) && (errors.Is(e.GaveUp, ErrCancelled) || errors.Is(e.GaveUp, ErrTimedOut))
}

// isOutage reports whether err is a read that only a client for a plan does not repeat.
func isOutage(err error) bool {
	var e *Error
	return errors.As(err, &e) && errors.Is(e.GaveUp, errOutage)
}

// hasResponse reports whether Tallyfy responded to the call, with any status.
func hasResponse(err error) bool {
	var e *Error
	return err == nil || errors.As(err, &e) && e.Status != 0
}

// StatusOf returns the HTTP status of the response that err is about; 0 if there was no response,
// or no error.
func StatusOf(err error) int {
	var e *Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Status
}

// IsNotFound reports whether err is a 404 for the object of the path, such as a task, and not for
// the path itself. See [IsNoEndpoint].
func IsNotFound(err error) bool {
	return StatusOf(err) == http.StatusNotFound && !IsNoEndpoint(err)
}

// IsNoTask reports whether Tallyfy responded that there is no such task or no such path (404, 405).
func IsNoTask(err error) bool {
	status := StatusOf(err)
	return status == http.StatusNotFound || status == http.StatusMethodNotAllowed
}

// IsNoResource reports whether Tallyfy itself responded that the object of the path does not exist
// or is not visible (404 with the code RESOURCE_NOT_FOUND, API.md §3.2). A server without the path
// responds differently, and so does a proxy.
func IsNoResource(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.Code == "RESOURCE_NOT_FOUND"
}

// IsNoEndpoint reports whether err is a 404 for the path and not for the task. Its causes are a
// wrong base URL, or a proxy that removes the X-Tallyfy-Client header (API.md §3.3).
func IsNoEndpoint(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.noEndpoint()
}

// noEndpoint recognizes the 404 of a path by its code or, if it has none, by its message.
func (e *Error) noEndpoint() bool {
	if e.Status != http.StatusNotFound || e.Code != "" {
		return e.Status == http.StatusNotFound && e.Code == "ENDPOINT_NOT_FOUND"
	}
	message := strings.ToLower(strings.TrimRight(e.ServerMessage, ". "))
	return message == "endpoint not found" || message == "api endpoint not found" || strings.Contains(message, "apsh546")
}

// IsNotAttempted reports whether no request was sent because the caller's time was over, before it
// or while it waited for the limiter. That says nothing about the network or about Tallyfy.
func IsNotAttempted(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.notAttempted && e.Cause == nil
}

// IsRateLimited reports whether Tallyfy asks to wait: by a 429, by a response of unknown effect
// with Retry-After, or by an earlier response, so that the request was held back.
func IsRateLimited(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.rateLimited || e.Status == http.StatusTooManyRequests) || errors.Is(err, errRateLimited)
}
