// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// rateLimitedTransport rejects requests above a rate limit, and returns a completed task for the
// others.
type rateLimitedTransport struct {
	latency time.Duration
	// wait returns how long a request that is sent now has to wait; it counts one that need not.
	wait func(now time.Time) time.Duration

	mu             sync.Mutex
	sent, rejected int
}

func (l *rateLimitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(l.latency / 2)
	l.mu.Lock()
	l.sent++
	wait := l.wait(time.Now())
	if wait > 0 {
		l.rejected++
	}
	l.mu.Unlock()
	time.Sleep(l.latency / 2)
	if wait > 0 {
		seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
		return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {seconds}}, Body: http.NoBody, Request: r}, nil
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(completedTask)), Request: r}, nil
}

// rolling allows n requests in any period.
func rolling(n int, per time.Duration) func(time.Time) time.Duration {
	var taken []time.Time
	return func(now time.Time) time.Duration {
		for len(taken) > 0 && now.Sub(taken[0]) >= per {
			taken = taken[1:]
		}
		if len(taken) >= n {
			return taken[0].Add(per).Sub(now)
		}
		taken = append(taken, now)
		return 0
	}
}

// fixed allows n requests in each period of the clock.
func fixed(n int, per time.Duration) func(time.Time) time.Duration {
	var window time.Time
	taken := 0
	return func(now time.Time) time.Duration {
		if start := now.Truncate(per); !start.Equal(window) {
			window, taken = start, 0
		}
		if taken >= n {
			return window.Add(per).Sub(now)
		}
		taken++
		return 0
	}
}

// bucket allows n requests immediately, and one more whenever a fraction of the period has passed.
func bucket(n int, per time.Duration) func(time.Time) time.Duration {
	each := per / time.Duration(n)
	var full time.Time
	return func(now time.Time) time.Duration {
		if full.Before(now) {
			full = now
		}
		if over := full.Add(each).Sub(now.Add(per)); over > 0 {
			return over
		}
		full = full.Add(each)
		return 0
	}
}

// The limiter infers any kind of limit from few rejected requests, and loses little time.
func TestLimiterInfersTheLimit(t *testing.T) {
	t.Parallel()
	type limit func(int, time.Duration) func(time.Time) time.Duration
	for name, kind := range map[string]limit{"rolling": rolling, "fixed": fixed, "bucket": bucket} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				n, requests, side int
				per, latency      time.Duration
			}{
				{10, 200, 10, time.Second, 0},
				{10, 200, 10, time.Second, 50 * time.Millisecond},
				{10, 200, 10, time.Second, 300 * time.Millisecond},
				{10, 1000, 50, time.Second, 50 * time.Millisecond},
				{3, 200, 10, time.Second, 50 * time.Millisecond},
				{50, 1000, 10, time.Second, 50 * time.Millisecond},
				{600, 2000, 10, time.Minute, 50 * time.Millisecond},
				{100, 300, 10, time.Minute, 50 * time.Millisecond},
			} {
				t.Run(fmt.Sprint(c.n, c.requests, c.side, c.per, c.latency), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						l := &rateLimitedTransport{latency: c.latency, wait: kind(c.n, c.per)}
						client, err := New(Config{BaseURL: "https://tallyfy.test", AccessToken: testToken, MaxRetries: DefaultMaxRetries, Transport: l})
						if err != nil {
							t.Fatal(err)
						}
						began := time.Now()
						work := make(chan struct{})
						var side sync.WaitGroup
						for range c.side {
							side.Go(func() {
								for range work {
									if _, err := client.GetTask(t.Context(), processTask); err != nil {
										t.Error(err)
									}
								}
							})
						}
						for range c.requests {
							work <- struct{}{}
						}
						close(work)
						side.Wait()
						ideal := time.Duration(c.requests) * c.per / time.Duration(c.n)
						if took := time.Since(began); l.rejected*10 >= l.sent || took > 2*ideal {
							t.Errorf("%s, %d in %s, latency %s, %d side by side: %d of %d requests were refused, and it took %s where %s is possible",
								name, c.n, c.per, c.latency, c.side, l.rejected, l.sent, took, ideal)
						}
					})
				})
			}
		})
	}
}

func TestRateLimitDelaysAllRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, w := newScriptedClient(t, 4, reply{status: 429, header: map[string]string{"Retry-After": "30"}}, ok(openTask))
		began := time.Now()
		done := make(chan error)
		get := func() {
			_, err := client.GetTask(context.Background(), processTask)
			done <- err
		}
		go get()
		synctest.Wait() // the first has been refused, and waits
		for range 9 {
			go get()
		}
		for range 10 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for i, r := range w.requests { // one by one after the wait, and not all together
			turn := 30*time.Second + time.Duration(i-1)*defaultInterval*9/10
			if after := r.at.Sub(began); i > 0 && after < turn {
				t.Errorf("request %d was sent after %s", i+1, after)
			}
		}
		if len(w.requests) != 11 {
			t.Errorf("%d requests", len(w.requests))
		}
	})
}
