// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
)

// tokenCache holds the token that the requests of a client share. If it is not configured, the
// first request that needs a token fetches it for all that wait, and it is used until it expires or
// is rejected.
type tokenCache struct {
	mu      sync.Mutex
	current *bearerToken // nil before the first
	fetch   *tokenFetch  // nil if none is in progress
	// rejections are by the kind of request for which a renewed token was rejected too.
	rejections map[string]*rejection
}

// rejection is what is known of a kind of request whose 401 may not be about the token, but about
// its permissions (API.md §3.3).
type rejection struct {
	by       *bearerToken // the last renewed token that was rejected
	renewals int          // how many renewed tokens were rejected
	accepted bool         // a later request of this kind was not rejected
}

const (
	// maxUselessRenewals is how many renewed tokens may be rejected for one kind of request before
	// its 401 no longer counts against the token, even if other requests of that kind succeed.
	maxUselessRenewals = 3
	// minTokenLifetime is the age below which a token has not expired.
	minTokenLifetime = time.Minute
)

// bearerToken is a token in use.
type bearerToken struct {
	*oauth2.Token
	fetched time.Time
	// renewal reports whether it was fetched because another token was rejected.
	renewal bool
	// good reports whether a request with it had a response other than 401.
	good atomic.Bool
}

// tokenFetch is the fetch of a token in progress.
type tokenFetch struct {
	retries int           // of the fetching client
	done    chan struct{} // closed when token and err are set
	token   *bearerToken
	err     error
}

// record records the response to a request of a kind with the token. renewed reports whether the
// request was rejected with the previous token.
func (c *tokenCache) record(b *bearerToken, kind string, renewed bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.rejections[kind]
	switch {
	case !hasResponse(err):
	case StatusOf(err) != http.StatusUnauthorized:
		b.good.Store(true)
		if known != nil {
			known.accepted = true
		}
	case renewed:
		if known == nil {
			if c.rejections == nil {
				c.rejections = map[string]*rejection{}
			}
			known = &rejection{}
			c.rejections[kind] = known
		}
		if known.by != b { // many requests may be refused with one token
			known.by = b
			known.renewals++
		}
		known.accepted = false
	}
}

// mayBeInvalid reports whether an invalid token may be the cause of a 401 to a request of a kind.
// It is not if another token was rejected for the same kind of request, until the token is old
// enough to have expired.
func (c *tokenCache) mayBeInvalid(b *bearerToken, kind string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.rejections[kind]
	return known == nil || known.accepted && known.renewals < maxUselessRenewals || time.Since(b.fetched) >= minTokenLifetime || c.current != b
}

// replaceable reports whether another token may succeed after err, the response to a request of a
// kind with this token: the token is not configured, it is not itself an unproven replacement of a
// rejected token, and it may be the cause.
func (c *Client) replaceable(b *bearerToken, kind string, err error) bool {
	return StatusOf(err) == http.StatusUnauthorized && c.credentials != nil && (!b.renewal || b.good.Load()) && c.tokenCache.mayBeInvalid(b, kind)
}

// token returns a token that has not expired and is not the rejected one, which may be nil.
func (c *Client) token(ctx context.Context, rejected *bearerToken) (*bearerToken, error) {
	for {
		token, fetch, isFetcher := c.tokenCache.acquire(rejected, c.retries)
		if token != nil {
			return token, nil
		}
		if isFetcher {
			token, err := c.fetchToken(ctx)
			return c.tokenCache.publish(fetch, token, err, rejected != nil)
		}
		select {
		case <-fetch.done:
			if c.shares(fetch) {
				return fetch.token, fetch.err
			}
		case <-ctx.Done():
			return nil, c.noTokenInTime(ctx)
		}
	}
}

// shares reports whether the result of another request's fetch is also this client's. A failure is
// not if that request ran out of its own time, or had fewer retries than this client has.
func (c *Client) shares(f *tokenFetch) bool {
	switch {
	case f.err == nil:
		return true
	case isOutOfTime(f.err), isOutage(f.err) && !c.forPlan:
		return false
	}
	return f.retries >= c.retries
}

// acquire returns the current token, or the fetch in progress and whether the caller must perform
// it.
func (c *tokenCache) acquire(rejected *bearerToken, retries int) (token *bearerToken, fetch *tokenFetch, isFetcher bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil && c.current != rejected && c.current.Valid() {
		return c.current, nil, false
	}
	if c.fetch == nil {
		c.fetch, isFetcher = &tokenFetch{retries: retries, done: make(chan struct{})}, true
	}
	return nil, c.fetch, isFetcher
}

// publish ends a fetch with its result, for all that wait.
func (c *tokenCache) publish(f *tokenFetch, token *oauth2.Token, err error, renewal bool) (*bearerToken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.err = err; err == nil {
		f.token = &bearerToken{Token: token, fetched: time.Now(), renewal: renewal}
		c.current = f.token
	}
	c.fetch = nil
	close(f.done)
	return f.token, f.err
}
