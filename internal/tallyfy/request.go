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

// letter is a call as it is written, so that it can be sent more than once.
type letter struct {
	method string
	path   string // below the base URL
	url    string
	body   []byte // nil for none
	finish bool
}

// write writes a call. The error is a call that cannot be written.
func (c *Client) write(what call) (*letter, error) {
	path, err := escape(what.path)
	if err != nil {
		return nil, err
	}
	l := &letter{method: what.method, path: path, url: c.base.String() + path, finish: what.finish}
	if len(what.query) > 0 {
		l.url += "?" + what.query.Encode()
	}
	if what.body != nil {
		if l.body, err = json.Marshal(what.body); err != nil {
			return nil, fmt.Errorf("the request cannot be written as JSON: %w", err)
		}
	}
	return l, nil
}

// once sends the call a single time. Where its token is refused (401), so that nothing was done, and another can be had, it is
// sent with that one in its place. Any error is an *Error, but for a call that cannot be written.
func (c *Client) once(ctx context.Context, what call) (*answer, error) {
	l, err := c.write(what)
	if err != nil {
		return nil, err
	}
	token, err := c.token(ctx, nil)
	if err != nil {
		return nil, err
	}
	got, err := c.send(ctx, l, token)
	if !c.replaceable(token, err) {
		return got, c.advise(err)
	}
	another, failed := c.token(ctx, token)
	if failed != nil {
		return nil, following(err, failed)
	}
	got, err = c.send(ctx, l, another)
	return got, c.advise(err)
}

// repeat sends a call that may be sent again without harm until it is answered or its budget is spent.
func (c *Client) repeat(ctx context.Context, what call) (*answer, error) {
	worth := repeatable
	if c.hasty {
		worth = func(err error) bool { return OutcomeOf(err) == RejectedForNow }
	}
	return insist(ctx, c.NewBudget(), worth, func() (*answer, error) { return c.once(ctx, what) })
}

// send sends a letter a single time, with this token.
func (c *Client) send(ctx context.Context, l *letter, token *bearer) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, l.method, l.url, bytes.NewReader(l.body))
	if err != nil {
		return nil, fmt.Errorf("the request cannot be made: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	if l.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	got, err := c.deliver(req, l.path, l.finish)
	token.heard(err)
	return got, err
}

// deliver sends a request a single time, in its turn and until its context ends, and logs it. path is what it is called by.
func (c *Client) deliver(req *http.Request, path string, finish bool) (*answer, error) {
	ctx := req.Context()
	failure := &Error{Method: req.Method, Path: path, Attempts: 1, retryAfter: -1}
	round, closed := c.gate.pass(ctx)
	if closed != "" {
		failure.Outcome = NotSent
		if ctx.Err() == nil { // it could have been waited for, had there been more time
			failure.Cause = errRefusedForNow
		}
		return nil, failure.stop(closed)
	}
	failure.round = round
	if finish {
		detached, done := Detach(ctx)
		defer done()
		ctx = detached
	}
	began := time.Now()
	got, err := c.exchange(ctx, req, failure)
	if failure.Outcome != RejectedForNow {
		c.gate.accept(time.Now())
	}
	c.log(ctx, "Tallyfy request", map[string]any{
		"method": req.Method, "path": c.redact(path), "status": failure.Status, "request_id": failure.RequestID,
		"duration_ms": time.Since(began).Milliseconds(), "failed": err != nil,
	})
	return got, err
}

// exchange sends one request and reads its answer. It fills in failure as it learns, and returns it where there is one.
func (c *Client) exchange(ctx context.Context, req *http.Request, failure *Error) (*answer, error) {
	tryCtx, cancel := ctx, context.CancelFunc(func() {})
	if c.perTry > 0 {
		tryCtx, cancel = context.WithTimeout(ctx, c.perTry)
	}
	defer cancel()

	// Without a connection, TLS included, nothing can have been written.
	var connected atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(tryCtx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Tallyfy-Client", "APIClient") // mandatory; without it a path can look unknown (tallyfy-api §3.3)
	req.Header.Set("User-Agent", c.agent)

	resp, err := c.http.Do(req) //nolint:gosec // where requests go is the configuration's to say
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
		// What there is of it, even if the rest was lost. A secret in it must be known before it is shortened, and after it is decoded.
		said, code := words([]byte(c.redact(string(read))))
		failure.Words, failure.Code = c.redact(said), c.redact(code)
		if location := resp.Header.Get("Location"); location != "" && resp.StatusCode < 400 {
			failure.Words = shorten(c.redact(strings.TrimSuffix("redirects to "+location+"; "+failure.Words, "; ")))
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

// redact takes the secrets out of a text that somebody else wrote.
func (c *Client) redact(s string) string { return c.secrets.redact(s) }
