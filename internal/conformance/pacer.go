// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// unknownRetryAfter is how long all requests wait after a 429 without a Retry-After.
	unknownRetryAfter = 10 * time.Second
	// maxRetryAfter limits how long a Retry-After makes them wait.
	maxRetryAfter = 5 * time.Minute
)

// pacer spaces and counts the requests of the suite and of the provider. It is an
// [http.RoundTripper], which follows no redirects.
type pacer struct {
	transport http.RoundTripper
	interval  time.Duration
	max       int // of requests; 0 for no limit

	mu      sync.Mutex
	next    time.Time // no request is sent before
	sent    int
	limited int // responses with 429
}

// errSpent ends the suite before its clean-up, which is not limited.
var errSpent = errors.New("the limit of requests is reached")

// unsent is an error of a request that was not sent.
type unsent struct{ error }

func (u unsent) Unwrap() error { return u.error }

// isUnsent reports whether an error shows that the server has not received a request.
func isUnsent(err error) bool {
	var network *net.OpError
	return errors.As(err, &unsent{}) || errors.As(err, &network) && network.Op == "dial"
}

// newPacer returns a pacer whose responses may take the timeout.
func newPacer(s Settings, timeout time.Duration) *pacer {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // it is a Transport unless a program replaces it
	// Bodies pass through the proxy as the server sends them.
	transport.DisableCompression = true
	// It begins once the request was sent, unlike the timeout of an http.Client, which includes the
	// wait for its turn.
	transport.ResponseHeaderTimeout = timeout
	return &pacer{transport: transport, interval: s.Interval, max: s.MaxRequests}
}

// RoundTrip sends a request when it is its turn. After a 429, all later requests wait.
func (p *pacer) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := p.wait(r.Context()); err != nil {
		return nil, unsent{err}
	}
	response, err := p.transport.RoundTrip(r)
	if err == nil && response.StatusCode == http.StatusTooManyRequests {
		p.pause(response.Header, time.Now())
	}
	return response, err
}

// wait returns when the next request may be sent.
func (p *pacer) wait(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.mu.Lock()
		now := time.Now()
		delay := p.next.Sub(now)
		if p.max > 0 && p.sent >= p.max {
			p.mu.Unlock()
			return fmt.Errorf("%w: %d", errSpent, p.max)
		}
		if delay <= 0 {
			p.sent++
			p.next = now.Add(p.interval)
			p.mu.Unlock()
			return nil
		}
		p.mu.Unlock()
		timer := time.NewTimer(delay)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// pause makes all requests wait for what a 429 asks for.
func (p *pacer) pause(header http.Header, now time.Time) {
	delay := unknownRetryAfter
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		delay = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		delay = at.Sub(now)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limited++
	if until := now.Add(min(max(delay, 0), maxRetryAfter)); until.After(p.next) {
		p.next = until
	}
}

// unlimit removes the limit of requests, for the clean-up. Their interval stays.
func (p *pacer) unlimit() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.max = 0
}

// counts returns how many requests were sent, and how many of them got a 429.
func (p *pacer) counts() (sent, limited int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent, p.limited
}
