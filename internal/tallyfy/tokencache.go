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

// tokens is the token that the requests of a client share. One that is not configured is fetched when the first request needs
// it, by one of the requests that wait for it, and serves all that follow until it ends or is refused.
type tokenCache struct {
	mu      sync.Mutex
	current *bearerToken // nil before the first
	fetch  *tokenFetch // nil while nobody fetches
	// refusals are of the kinds of request for which a renewed token was refused as well.
	rejections map[string]*rejection
}

// refusal is what is known of a kind of request whose 401 is perhaps not about the token, but about what the token may do
// (API.md §3.3).
type rejection struct {
	by       *bearerToken // the last renewed token that was refused
	renewals int     // how many were
	answered bool    // since then a request of this kind was not refused
}

const (
	// uselessRenewals is how many renewed tokens may be refused for one kind of request before a 401 to it no longer counts against the
	// token, although other requests of that kind succeed.
	maxUselessRenewals = 3
	// youngToken is the age below which a token has surely not ended by itself.
	minTokenLifetime = time.Minute
)

// bearer is a token in use.
type bearerToken struct {
	*oauth2.Token
	fetched time.Time
	// renewal says that it was fetched because another was refused.
	renewal bool
	// good says that a request with it was answered, and not with 401.
	good atomic.Bool
}

// flight is a token being fetched.
type tokenFetch struct {
	retries int           // of the client that fetches it
	done  chan struct{} // closed when what follows is known
	token   *bearerToken
	err     error
}

// heard notes the response to a request of a kind with the token. renewed reports whether the request had been refused with the token
// before this one.
func (t *tokenCache) record(b *bearerToken, kind string, renewed bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.rejections[kind]
	switch {
	case !hasResponse(err):
	case !hasStatus(err, http.StatusUnauthorized):
		b.good.Store(true)
		if known != nil {
			known.answered = true
		}
	case renewed:
		if known == nil {
			if t.rejections == nil {
				t.rejections = map[string]*rejection{}
			}
			known = &rejection{}
			t.rejections[kind] = known
		}
		if known.by != b { // many requests may be refused with one token
			known.by = b
			known.renewals++
		}
		known.answered = false
	}
}

// suspects reports whether the 401 to a request of a kind may be the token's fault. It is not if another token was refused for the same
// kind of request, until the token is old enough to have ended.
func (t *tokenCache) mayBeInvalid(b *bearerToken, kind string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.rejections[kind]
	return known == nil || known.answered && known.renewals < maxUselessRenewals || time.Since(b.fetched) >= minTokenLifetime || t.current != b
}

// replaceable reports whether another token may do what this one was refused for, with err as the response to a request of a kind: it is
// not the only one, it did not replace a refused one itself without ever having been good for anything, and the refusal may be its fault.
func (c *Client) replaceable(b *bearerToken, kind string, err error) bool {
	return hasStatus(err, http.StatusUnauthorized) && c.credentials != nil && (!b.renewal || b.good.Load()) && c.tokenCache.mayBeInvalid(b, kind)
}

// token gives a token that has not ended and is not the refused one, which may be nil.
func (c *Client) token(ctx context.Context, refused *bearerToken) (*bearerToken, error) {
	for {
		known, flying, leads := c.tokenCache.acquire(refused, c.retries)
		if known != nil {
			return known, nil
		}
		if leads {
			token, err := c.fetchToken(ctx)
			return c.tokenCache.publish(flying, token, err, refused != nil)
		}
		select {
		case <-flying.done:
			if flying.err == nil || !isOutOfTime(flying.err) && flying.retries >= c.retries {
				return flying.token, flying.err
			}
			// The one that fetched it ran out of its own time, or tried less than this one may: that says nothing about this one.
		case <-ctx.Done():
			return nil, c.noTokenInTime(ctx)
		}
	}
}

// board gives the token at hand, or else the flight that will bring one, and whether the caller is to fly it.
func (t *tokenCache) acquire(refused *bearerToken, retries int) (known *bearerToken, flying *tokenFetch, leads bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current != nil && t.current != refused && t.current.Valid() {
		return t.current, nil, false
	}
	if t.fetch == nil {
		t.fetch, leads = &tokenFetch{retries: retries, done: make(chan struct{})}, true
	}
	return nil, t.fetch, leads
}

// land ends a flight for all that wait.
func (t *tokenCache) publish(f *tokenFetch, token *oauth2.Token, err error, renewal bool) (*bearerToken, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.err = err; err == nil {
		f.token = &bearerToken{Token: token, fetched: time.Now(), renewal: renewal}
		t.current = f.token
	}
	t.fetch = nil
	close(f.done)
	return f.token, f.err
}
