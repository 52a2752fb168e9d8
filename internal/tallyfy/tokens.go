// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"

	"golang.org/x/oauth2"
)

// tokens is the token that the requests of a client share. One that is not configured is fetched when the first request needs
// it, by one of the requests that wait for it, and serves all that follow until it ends or is refused.
type tokens struct {
	mu      sync.Mutex
	current *bearer // nil before the first
	flight  *flight // nil while nobody fetches
}

// bearer is a token in use.
type bearer struct {
	*oauth2.Token
	// renewal says that it was fetched because another was refused.
	renewal bool
	// good says that a request with it was answered, and not with 401.
	good atomic.Bool
}

// flight is a token being fetched.
type flight struct {
	retries int           // of the client that fetches it
	landed  chan struct{} // closed when what follows is known
	token   *bearer
	err     error
}

// heard notes what a request with the token was answered.
func (b *bearer) heard(err error) {
	if answered(err) && !hasStatus(err, http.StatusUnauthorized) {
		b.good.Store(true)
	}
}

// replaceable tells whether another token may do what this one was answered err for: it was refused, it is not the only one,
// and it did not take the place of a refused one itself without ever having been good for anything.
func (c *Client) replaceable(b *bearer, err error) bool {
	return hasStatus(err, http.StatusUnauthorized) && c.who != nil && (!b.renewal || b.good.Load())
}

// token gives a token that has not ended and is not the refused one, which may be nil.
func (c *Client) token(ctx context.Context, refused *bearer) (*bearer, error) {
	for {
		known, flying, leads := c.tokens.board(refused, c.retries)
		if known != nil {
			return known, nil
		}
		if leads {
			token, err := c.fetchToken(ctx)
			return c.tokens.land(flying, token, err, refused != nil)
		}
		select {
		case <-flying.landed:
			if flying.err == nil || !endedEarly(flying.err) && flying.retries >= c.retries {
				return flying.token, flying.err
			}
			// The one that fetched it ran out of its own time, or tried less than this one may: that says nothing about this one.
		case <-ctx.Done():
			return nil, c.noTokenInTime(ctx)
		}
	}
}

// board gives the token at hand, or else the flight that will bring one, and whether the caller is to fly it.
func (t *tokens) board(refused *bearer, retries int) (known *bearer, flying *flight, leads bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current != nil && t.current != refused && t.current.Valid() {
		return t.current, nil, false
	}
	if t.flight == nil {
		t.flight, leads = &flight{retries: retries, landed: make(chan struct{})}, true
	}
	return nil, t.flight, leads
}

// land ends a flight for all that wait.
func (t *tokens) land(f *flight, token *oauth2.Token, err error, renewal bool) (*bearer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.err = err; err == nil {
		f.token = &bearer{Token: token, renewal: renewal}
		t.current = f.token
	}
	t.flight = nil
	close(f.landed)
	return f.token, f.err
}
