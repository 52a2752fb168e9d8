// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// maxResponse limits how much of a response is read, in bytes. It is many times the largest page of
// tasks.
const maxResponse = 8 << 20

var errTooLong = fmt.Errorf("the response is longer than %d MiB", maxResponse>>20)

// request describes one request to the API.
type request struct {
	method string
	path   []string
	query  url.Values
	body   any // nil for none
	// finish reports whether the response must not be missed: once sent, the request outlives its
	// context (see [Detach]).
	finish bool
}

// response is a 2xx response.
type response struct {
	body []byte
	// readErr is why the body is incomplete; nil if it is complete.
	readErr error
	// origin describes the request and the response's status and request ID, for an error about its
	// body.
	origin Error
	timing Timing
	// redact removes secrets from text of the response.
	redact func(string) string
}

// Timing is when Tallyfy responded and how long it took.
type Timing struct {
	// Sent is when the request was sent, by this machine's clocks.
	Sent time.Time
	// Date is the time by the server's clock, from the Date header in whole seconds; zero if there
	// is none.
	Date time.Time
	// Took is how long the request took by this machine's monotonic clock, without waiting for the
	// limiter or for a token.
	Took time.Duration
}

// checkComplete returns an error if the body is incomplete.
func (r *response) checkComplete() error {
	if r.readErr == nil {
		return nil
	}
	failure := r.origin
	failure.Cause, failure.truncated = r.readErr, !errors.Is(r.readErr, errTooLong)
	return &failure
}

// encodedRequest is a request in the form in which it is sent, possibly more than once.
type encodedRequest struct {
	method string
	kind   string // the method and the path without IDs
	path   string // below the base URL
	url    string
	body   []byte // nil for none
	finish bool
}

// encode encodes a request. The error is an [*Error] with [NotSent]; another attempt would not
// change it.
func (c *Client) encode(req request) (*encodedRequest, error) {
	path, err := escape(req.path)
	if err != nil {
		return nil, encodeError(req.method, req.path, err)
	}
	encoded := &encodedRequest{method: req.method, kind: requestKind(req), path: path, url: c.base.String() + path, finish: req.finish}
	if len(req.query) > 0 {
		encoded.url += "?" + req.query.Encode()
	}
	if req.body != nil {
		if encoded.body, err = json.Marshal(req.body); err != nil {
			return nil, encodeError(req.method, req.path, fmt.Errorf("the request cannot be written as JSON: %w", err))
		}
	}
	return encoded, nil
}

// requestKind returns the method and the path of a request without its IDs, which are every other
// part. Requests of one kind need the same permissions.
func requestKind(req request) string {
	kind := req.method
	for i := 0; i < len(req.path); i += 2 {
		kind += "/" + req.path[i]
	}
	return kind
}

// do sends a request once. If its token is rejected (401), so that nothing was done, and another
// token can be fetched, do sends the request with that token. Any error is an [*Error].
func (c *Client) do(ctx context.Context, req request) (*response, error) {
	encoded, err := c.encode(req)
	if err != nil {
		return nil, err
	}
	token, err := c.token(ctx, nil)
	if err != nil {
		return nil, err
	}
	got, err := c.sendWithToken(ctx, encoded, token, false)
	if !c.replaceable(token, encoded.kind, err) {
		return got, c.advise(err)
	}
	another, failed := c.token(ctx, token)
	if failed != nil {
		return nil, afterRejection(err, failed)
	}
	got, err = c.sendWithToken(ctx, encoded, another, true)
	return got, c.advise(err)
}

// doWithRetries sends a request that may be repeated, until it succeeds or its budget is spent.
func (c *Client) doWithRetries(ctx context.Context, req request) (*response, error) {
	return retry(ctx, c.NewBudget(), c.shouldRetry(), func() (*response, error) {
		got, err := c.do(ctx, req)
		if err != nil {
			return nil, err
		}
		if !json.Valid(got.body) { // such a body is quoted, not parsed
			got.body = []byte(got.redact(string(got.body)))
		}
		return got, got.checkComplete()
	})
}

// shouldRetry returns the function that reports whether this client retries a read after an error.
func (c *Client) shouldRetry() func(error) bool {
	if c.rateLimitRetriesOnly {
		return func(err error) bool { return OutcomeOf(err) == RejectedForNow || IsRateLimited(err) }
	}
	return Repeatable
}

// sendWithToken sends a request once with this token. renewed reports whether another token was
// rejected for the request.
func (c *Client) sendWithToken(ctx context.Context, encoded *encodedRequest, token *bearerToken, renewed bool) (*response, error) {
	req, err := http.NewRequestWithContext(ctx, encoded.method, encoded.url, bytes.NewReader(encoded.body))
	if err != nil {
		return nil, encodeError(encoded.method, []string{strings.TrimPrefix(encoded.path, "/")}, fmt.Errorf("the request cannot be made: %w", err))
	}
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	if encoded.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	got, err := c.send(req, encoded.path, encoded.finish)
	c.tokenCache.record(token, encoded.kind, renewed, err)
	return got, err
}

// send sends a request once, as soon as the limiter allows, and logs it. path names the request in
// errors and logs. If finish is set, the request outlives its context (see [Detach]).
func (c *Client) send(req *http.Request, path string, finish bool) (*response, error) {
	ctx := req.Context()
	failure := &Error{Method: req.Method, Path: path, Attempts: 1, retryAfter: -1}
	generation, reason := c.limiter.wait(ctx, c.urgent)
	if reason != nil {
		failure.Outcome, failure.notAttempted = NotSent, true
		if ctx.Err() == nil { // the wait exceeds the time that is left
			failure.Cause = errRateLimited
		}
		return nil, failure.giveUp(reason)
	}
	failure.generation = generation
	if writeDeadlineOf(ctx).rejects(req.Method) { // after every wait, right before the request is sent
		failure.Outcome, failure.notAttempted, failure.Cause = NotSent, true, errReadTooOld
		return nil, failure
	}
	if finish {
		detached, done := Detach(ctx)
		defer done()
		ctx = detached
	}
	start := time.Now()
	got, err := c.roundTrip(ctx, req, failure)
	if failure.Status != 0 {
		c.outage.Store(false)
	}
	if !failure.rateLimited {
		c.limiter.accept(time.Now())
	}
	c.log(ctx, "Tallyfy request", map[string]any{
		"method": req.Method, "path": c.redactor(ctx)(path), "status": failure.Status, "request_id": failure.RequestID,
		"duration_ms": time.Since(start).Milliseconds(), "failed": err != nil || got.readErr != nil,
	})
	return got, err
}

// roundTrip sends one request and reads its response. It fills in failure with what it learns, and
// returns it if the request failed.
func (c *Client) roundTrip(ctx context.Context, req *http.Request, failure *Error) (*response, error) {
	attemptCtx, cancel := ctx, context.CancelFunc(func() {})
	if c.requestTimeout > 0 {
		attemptCtx, cancel = context.WithTimeout(ctx, c.requestTimeout)
	}
	defer cancel()
	redact := c.redactor(ctx)

	// Without a connection, including TLS, nothing can have been written.
	var connected atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(attemptCtx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Tallyfy-Client", "APIClient") // without it, the server may report an unknown path (API.md §3.3)
	req.Header.Set("User-Agent", c.userAgent)

	start := time.Now()
	resp, err := c.http.Do(req) //nolint:gosec // the configuration chooses the host
	if err != nil {
		failure.Outcome = NotSent
		failure.Cause = c.explain(ctx, attemptCtx, err)
		switch {
		case connected.Load():
			failure.Outcome = Unknown
		case attemptCtx.Err() == nil:
			failure.diagnose(req, err)
		}
		failure.Cause = redactError(failure.Cause, redact)
		return nil, failure
	}
	defer resp.Body.Close() //nolint:errcheck // the body was read or is not needed
	return c.readResponse(resp, failure, start, func(err error) error { return c.explain(ctx, attemptCtx, err) }, redact)
}

// readResponse reads the response to a request that was sent at start. It fills in failure, and
// returns it unless the response is a 2xx. explain describes an error of reading.
func (c *Client) readResponse(resp *http.Response, failure *Error, start time.Time, explain func(error) error, redact func(string) string) (*response, error) {
	failure.Status = resp.StatusCode
	failure.RequestID = oneLine(resp.Header.Get("X-Request-Id"), redact)
	date, _ := http.ParseTime(resp.Header.Get("Date"))
	clock := date
	if date.IsZero() {
		clock = time.Now()
	}
	failure.retryAfter = parseRetryAfter(resp.Header.Get("Retry-After"), clock)
	means := meaningOf(resp.StatusCode, failure.retryAfter >= 0)
	failure.Outcome, failure.rateLimited = means.outcome, means.rateLimited

	read, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse+1))
	if failure.Outcome != Accepted {
		// The message is in what was read, even if the rest was lost.
		failure.ServerMessage, failure.Code = serverMessage(read, redact)
		if location := resp.Header.Get("Location"); location != "" && resp.StatusCode < 400 {
			failure.ServerMessage = oneLine(strings.TrimSuffix("redirects to "+redact(location)+"; "+failure.ServerMessage, "; "), redact)
		}
		switch {
		case failure.Status == http.StatusUnauthorized, failure.Status == http.StatusForbidden:
			failure.TokenSource = c.tokenSource
		case failure.Status == http.StatusConflict && isAccountLimit(read):
			failure.Outcome = Rejected
		case failure.Status == http.StatusProxyAuthRequired:
			failure.Advice = proxyCredentials(c.proxyOf(resp.Request))
		}
		return nil, failure
	}
	got := &response{body: read, origin: *failure, timing: Timing{Sent: start, Date: date, Took: time.Since(start)}, redact: redact}
	switch {
	case len(read) > maxResponse:
		got.readErr = errTooLong
	case err != nil:
		got.readErr = fmt.Errorf("the response broke off (%w)", redactError(explain(err), redact))
	}
	return got, nil
}

// explain returns why no response came, in words for users, and keeps the cause.
func (c *Client) explain(ctx, attemptCtx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return &describedError{"no response came before " + stopped(ctx).Error(), ctx.Err()}
	case attemptCtx.Err() != nil:
		return &describedError{fmt.Sprintf("no response within %s (request_timeout)", c.requestTimeout), attemptCtx.Err()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &describedError{"the connection was closed", err}
	}
	var wrapped *url.Error // repeats the method and the URL, which the error already contains
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}

// describedError is an error with a text for users.
type describedError struct {
	text  string
	cause error
}

func (e *describedError) Error() string { return e.text }
func (e *describedError) Unwrap() error { return e.cause }
