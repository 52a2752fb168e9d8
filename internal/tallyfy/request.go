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
const maxAnswer = 8 << 20

var errTooLong = fmt.Errorf("the answer is longer than %d MiB", maxAnswer>>20)

// call is one request to be made.
type call struct {
	method string
	path   []string
	query  url.Values
	body   any // nil for none
	// finish says that an answer must not be missed: once sent, the request outlives its context (see Detach).
	finish bool
}

// answer is a 2xx.
type answer struct {
	body []byte
	// about says which request it answers, with what status and request id: what an error of reading it needs.
	about Error
}

// once sends the call a single time. Any error is an *Error, but for a call that cannot be written.
func (c *Client) once(ctx context.Context, what call) (*answer, error) {
	path, err := escape(what.path)
	if err != nil {
		return nil, err
	}
	var body []byte
	if what.body != nil {
		if body, err = json.Marshal(what.body); err != nil {
			return nil, fmt.Errorf("the request cannot be written as JSON: %w", err)
		}
	}
	failure := &Error{Method: what.method, Path: path, Attempts: 1, retryAfter: -1}
	round, closed := c.gate.pass(ctx)
	if closed != "" {
		failure.Outcome, failure.GaveUp = NotSent, closed
		if ctx.Err() == nil { // it could have been waited for, had there been more time
			failure.Cause = errRefusedForNow
		}
		return nil, failure
	}
	failure.round = round
	if what.finish {
		detached, done := Detach(ctx)
		defer done()
		ctx = detached
	}
	began := time.Now()
	got, err := c.exchange(ctx, what, path, body, failure)
	if failure.Outcome != RejectedForNow {
		c.gate.accept(time.Now())
	}
	c.log(ctx, "Tallyfy request", map[string]any{
		"method": what.method, "path": path, "status": failure.Status, "request_id": failure.RequestID,
		"duration_ms": time.Since(began).Milliseconds(), "failed": err != nil,
	})
	return got, err
}

// exchange sends one request and reads its answer. It fills in failure as it learns, and returns it where there is one.
func (c *Client) exchange(ctx context.Context, what call, path string, body []byte, failure *Error) (*answer, error) {
	tryCtx, cancel := ctx, context.CancelFunc(func() {})
	if c.perTry > 0 {
		tryCtx, cancel = context.WithTimeout(ctx, c.perTry)
	}
	defer cancel()

	// Without a connection, TLS included, nothing can have been written.
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(tryCtx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	target := c.base.String() + path
	if len(what.query) > 0 {
		target += "?" + what.query.Encode()
	}
	req, err := http.NewRequestWithContext(traced, what.method, target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the request cannot be made: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Tallyfy-Client", "APIClient") // mandatory; without it a path can look unknown (tallyfy-api §3.3)
	req.Header.Set("User-Agent", c.agent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}

	resp, err := c.http.Do(req)
	if err != nil {
		failure.Outcome = NotSent
		if connected.Load() {
			failure.Outcome = Unknown
		}
		failure.Cause = c.explain(ctx, tryCtx, err)
		return nil, failure
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or given up: nothing is left to learn
	failure.Status = resp.StatusCode
	failure.RequestID = shorten(c.redact(headerSafe(resp.Header.Get("X-Request-Id"))))
	failure.retryAfter = parseRetryAfter(resp.Header.Get("Retry-After"), time.Now())
	failure.Outcome = classify(resp.StatusCode, failure.retryAfter)

	read, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if failure.Outcome != Accepted {
		said, code := words(read) // what there is of it, even if the rest was lost
		failure.Words, failure.Code = c.redact(said), c.redact(code)
		if location := resp.Header.Get("Location"); location != "" && resp.StatusCode < 400 {
			failure.Words = c.redact(shorten(strings.TrimSuffix("redirects to "+location+"; "+failure.Words, "; ")))
		}
		return nil, failure
	}
	if err != nil {
		failure.Cause = fmt.Errorf("the answer broke off (%w)", c.explain(ctx, tryCtx, err))
		return nil, failure
	}
	if len(read) > maxAnswer {
		failure.Cause = errTooLong
		return nil, failure
	}
	return &answer{body: read, about: *failure}, nil
}

// explain says in words a person knows why no answer came, and keeps the cause.
func (c *Client) explain(ctx, tryCtx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return &interruption{"no answer came before " + stopped(ctx), ctx.Err()}
	case tryCtx.Err() != nil:
		return &interruption{fmt.Sprintf("no answer within %s (request_timeout)", c.perTry), tryCtx.Err()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &interruption{"the connection was closed", err}
	}
	var wrapped *url.Error // repeats the method and the whole URL, which the error already tells
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}

// interruption is a cause in words that a person knows.
type interruption struct {
	words string
	cause error
}

func (i *interruption) Error() string { return i.words }
func (i *interruption) Unwrap() error { return i.cause }

// redact takes the token out of a text that somebody else wrote.
func (c *Client) redact(s string) string {
	return strings.ReplaceAll(s, c.token, "(access token)")
}

// repeat sends a call that may be sent again without harm until it is answered or its budget is spent.
func (c *Client) repeat(ctx context.Context, what call) (*answer, error) {
	budget := c.NewBudget()
	for {
		got, err := c.once(ctx, what)
		err = budget.Count(err)
		if err == nil || !repeatable(err) {
			return got, err
		}
		if err := budget.Wait(ctx, err); err != nil {
			return nil, err
		}
	}
}

// repeatable tells whether a call that changes nothing more when repeated is worth repeating.
func repeatable(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Outcome {
	case NotSent, RejectedForNow:
		return true
	case Accepted: // broke off in the middle: reading or saving it again is harmless
		return !errors.Is(err, errTooLong)
	case Unknown:
		switch e.Status {
		case 0, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
	case Rejected:
	}
	return false
}
