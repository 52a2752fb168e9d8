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

// maxAnswer bounds how much of an answer is read, in bytes: many times the largest page of tasks.
const maxResponse = 8 << 20

var errTooLong = fmt.Errorf("the response is longer than %d MiB", maxResponse>>20)

// call is one request to be made.
type request struct {
	method string
	path   []string
	query  url.Values
	body   any // nil for none
	// finish says that an answer must not be missed: once sent, the request outlives its context (see Detach).
	finish bool
}

// answer is a 2xx.
type response struct {
	body []byte
	// cut says why there is no more of the body; nil if it is whole.
	readErr error
	// about says which request it answers, with what status and request id: what an error of reading it needs.
	about    Error
	answered Answered
	// redact takes secrets out of a text that comes from the response.
	redact func(string) string
}

// Answered is when and how fast Tallyfy responded.
type Answered struct {
	// At is the time by the server's clock, from the Date header in whole seconds; zero without one.
	At time.Time
	// Took is how long the request took, by this machine's monotonic clock, without what it waited for its turn or for a token.
	Took time.Duration
}

// whole returns an error if the body is not whole.
func (a *response) checkComplete() error {
	if a.readErr == nil {
		return nil
	}
	failure := a.about
	failure.Cause, failure.truncated = a.readErr, !errors.Is(a.readErr, errTooLong)
	return &failure
}

// letter is a call as it is written, so that it can be sent more than once.
type encodedRequest struct {
	method string
	kind   string // the method and the path without IDs
	path   string // below the base URL
	url    string
	body   []byte // nil for none
	finish bool
}

// write writes a call. The error is an [*Error] with [NotSent], which no further attempt changes.
func (c *Client) encode(what request) (*encodedRequest, error) {
	path, err := escape(what.path)
	if err != nil {
		return nil, encodeError(what.method, what.path, err)
	}
	l := &encodedRequest{method: what.method, kind: requestKind(what), path: path, url: c.base.String() + path, finish: what.finish}
	if len(what.query) > 0 {
		l.url += "?" + what.query.Encode()
	}
	if what.body != nil {
		if l.body, err = json.Marshal(what.body); err != nil {
			return nil, encodeError(what.method, what.path, fmt.Errorf("the request cannot be written as JSON: %w", err))
		}
	}
	return l, nil
}

// kindOf returns the method and the path of a call without its IDs, which stand in every other place. Calls of one kind need the same
// rights.
func requestKind(what request) string {
	kind := what.method
	for i := 0; i < len(what.path); i += 2 {
		kind += "/" + what.path[i]
	}
	return kind
}

// once sends the call a single time. If its token is refused (401), so that nothing was done, and another can be had, it is
// sent with that one instead. Any error is an *Error.
func (c *Client) do(ctx context.Context, what request) (*response, error) {
	l, err := c.encode(what)
	if err != nil {
		return nil, err
	}
	token, err := c.token(ctx, nil)
	if err != nil {
		return nil, err
	}
	got, err := c.sendWithToken(ctx, l, token, false)
	if !c.replaceable(token, l.kind, err) {
		return got, c.advise(err)
	}
	another, failed := c.token(ctx, token)
	if failed != nil {
		return nil, afterRejection(err, failed)
	}
	got, err = c.sendWithToken(ctx, l, another, true)
	return got, c.advise(err)
}

// repeat sends a call that may be sent again without harm until it is answered or its budget is spent.
func (c *Client) doWithRetries(ctx context.Context, what request) (*response, error) {
	return retry(ctx, c.NewBudget(), c.shouldRetry(), func() (*response, error) {
		got, err := c.do(ctx, what)
		if err != nil {
			return nil, err
		}
		if !json.Valid(got.body) { // which is quoted, not read
			got.body = []byte(got.redact(string(got.body)))
		}
		return got, got.checkComplete()
	})
}

// worth returns what reports whether this client sends a read again.
func (c *Client) shouldRetry() func(error) bool {
	if c.rateLimitRetriesOnly {
		return func(err error) bool { return OutcomeOf(err) == RejectedForNow || IsRateLimited(err) }
	}
	return Repeatable
}

// send sends a letter a single time, with this token. renewed reports whether another one was refused for it.
func (c *Client) sendWithToken(ctx context.Context, l *encodedRequest, token *bearerToken, renewed bool) (*response, error) {
	req, err := http.NewRequestWithContext(ctx, l.method, l.url, bytes.NewReader(l.body))
	if err != nil {
		return nil, encodeError(l.method, []string{strings.TrimPrefix(l.path, "/")}, fmt.Errorf("the request cannot be made: %w", err))
	}
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	if l.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	got, err := c.send(req, l.path, l.finish)
	c.tokenCache.record(token, l.kind, renewed, err)
	return got, err
}

// deliver sends a request a single time, in its turn and until its context ends, and logs it. path is what it is called by.
func (c *Client) send(req *http.Request, path string, finish bool) (*response, error) {
	ctx := req.Context()
	failure := &Error{Method: req.Method, Path: path, Attempts: 1, retryAfter: -1}
	round, closed := c.limiter.wait(ctx, c.urgent)
	if closed != "" {
		failure.Outcome, failure.notAttempted = NotSent, true
		if ctx.Err() == nil { // it could have been waited for, had there been more time
			failure.Cause = errRateLimited
		}
		return nil, failure.stop(closed)
	}
	failure.generation = round
	if finish {
		detached, done := Detach(ctx)
		defer done()
		ctx = detached
	}
	began := time.Now()
	got, err := c.roundTrip(ctx, req, failure)
	if !failure.rateLimited {
		c.limiter.accept(time.Now())
	}
	c.log(ctx, "Tallyfy request", map[string]any{
		"method": req.Method, "path": c.redactor(ctx)(path), "status": failure.Status, "request_id": failure.RequestID,
		"duration_ms": time.Since(began).Milliseconds(), "failed": err != nil || got.readErr != nil,
	})
	return got, err
}

// exchange sends one request and reads its response. It fills in failure as it learns, and returns it if there is one.
func (c *Client) roundTrip(ctx context.Context, req *http.Request, failure *Error) (*response, error) {
	tryCtx, cancel := ctx, context.CancelFunc(func() {})
	if c.requestTimeout > 0 {
		tryCtx, cancel = context.WithTimeout(ctx, c.requestTimeout)
	}
	defer cancel()
	redact := c.redactor(ctx)

	// Without a connection, TLS included, nothing can have been written.
	var connected atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(tryCtx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Tallyfy-Client", "APIClient") // mandatory; without it a path can look unknown (API.md §3.3)
	req.Header.Set("User-Agent", c.userAgent)

	began := time.Now()
	resp, err := c.http.Do(req) //nolint:gosec // where requests go is the configuration's to say
	if err != nil {
		failure.Outcome = NotSent
		failure.Cause = c.explain(ctx, tryCtx, err)
		switch {
		case connected.Load():
			failure.Outcome = Unknown
		case tryCtx.Err() == nil:
			failure.diagnose(req, err)
		}
		failure.Cause = redactError(failure.Cause, redact)
		return nil, failure
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or given up: nothing is left to learn
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
		// What there is of it, even if the rest was lost.
		failure.ServerMessage, failure.Code = serverMessage(read, redact)
		if location := resp.Header.Get("Location"); location != "" && resp.StatusCode < 400 {
			failure.ServerMessage = oneLine(strings.TrimSuffix("redirects to "+redact(location)+"; "+failure.ServerMessage, "; "), redact)
		}
		switch {
		case failure.Status == http.StatusConflict && isAccountLimit(read):
			failure.Outcome = Rejected
		case failure.Status == http.StatusProxyAuthRequired:
			failure.Advice = proxyCredentials(c.proxyOf(req))
		}
		return nil, failure
	}
	got := &response{body: read, about: *failure, answered: Answered{At: date, Took: time.Since(began)}, redact: redact}
	switch {
	case len(read) > maxResponse:
		got.readErr = errTooLong
	case err != nil:
		got.readErr = fmt.Errorf("the response broke off (%w)", redactError(c.explain(ctx, tryCtx, err), redact))
	}
	return got, nil
}

// explain says in words a person knows why no response came, and keeps the cause.
func (c *Client) explain(ctx, tryCtx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return &describedError{"no response came before " + stopped(ctx), ctx.Err()}
	case tryCtx.Err() != nil:
		return &describedError{fmt.Sprintf("no response within %s (request_timeout)", c.requestTimeout), tryCtx.Err()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &describedError{"the connection was closed", err}
	}
	var wrapped *url.Error // repeats the method and the whole URL, which the error already tells
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}

// interruption is a cause in words that a person knows.
type describedError struct {
	text string
	cause error
}

func (i *describedError) Error() string { return i.text }
func (i *describedError) Unwrap() error { return i.cause }
