// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// arrival is a request some time after the first, and the Retry-After that it
// should get; "" where it should be let through.
type arrival struct {
	at         time.Duration
	retryAfter string
}

func TestRateLimitWindows(t *testing.T) {
	t.Parallel()
	const s, ms = time.Second, time.Millisecond
	for name, test := range map[string]struct {
		limit    sandbox.RateLimit
		arrivals []arrival
	}{
		"none":         {sandbox.RateLimit{}, []arrival{{0, ""}, {0, ""}, {0, ""}}},
		"no time":      {sandbox.RateLimit{Requests: 1, Fixed: true}, []arrival{{0, ""}, {0, ""}}},
		"no number":    {sandbox.RateLimit{Per: time.Minute}, []arrival{{0, ""}, {0, ""}}},
		"rolling":      {sandbox.RateLimit{Requests: 2, Per: 10 * s}, []arrival{{0, ""}, {6 * s, ""}, {9 * s, "1"}, {10 * s, ""}, {11 * s, "5"}, {16 * s, ""}}},
		"fixed":        {sandbox.RateLimit{Requests: 2, Per: 10 * s, Fixed: true}, []arrival{{0, ""}, {6 * s, ""}, {9 * s, "1"}, {10 * s, ""}, {11 * s, ""}, {12 * s, "8"}}},
		"fixed, idle":  {sandbox.RateLimit{Requests: 1, Per: 10 * s, Fixed: true}, []arrival{{0, ""}, {38 * s, ""}, {39 * s, "1"}, {40 * s, ""}}},
		"rounded up":   {sandbox.RateLimit{Requests: 1, Per: 10 * s}, []arrival{{0, ""}, {1 * ms, "10"}, {8999 * ms, "2"}, {9 * s, "1"}, {9999 * ms, "1"}}},
		"refusals":     {sandbox.RateLimit{Requests: 1, Per: 2 * s}, []arrival{{0, ""}, {s, "1"}, {s, "1"}, {1999 * ms, "1"}, {2 * s, ""}}},
		"below second": {sandbox.RateLimit{Requests: 1, Per: 20 * ms}, []arrival{{0, ""}, {0, "1"}, {20 * ms, ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{RateLimit: test.limit}, func(c *client) {
				first, refused := time.Now(), 0
				for i, a := range test.arrivals {
					time.Sleep(a.at - time.Since(first))
					want := http.StatusOK
					if a.retryAfter != "" {
						want = http.StatusTooManyRequests
						refused++
					}
					got := c.do(http.MethodGet, runTask, "")
					if got.status != want || got.header.Get("Retry-After") != a.retryAfter {
						t.Errorf("request %d, after %v: got %d with Retry-After %q, want %d with %q",
							i+1, a.at, got.status, got.header.Get("Retry-After"), want, a.retryAfter)
					}
				}
				if c.Refused() != refused {
					t.Errorf("counted %d refusals, want %d", c.Refused(), refused)
				}
			}, processTask())
		})
	}
}

func TestRateLimitClock(t *testing.T) {
	t.Parallel()
	now := noon
	limited := sandbox.Config{
		RateLimit: sandbox.RateLimit{Requests: 1, Per: time.Hour},
		Now:       func() time.Time { return now },
	}
	inBubble(t, limited, func(c *client) {
		c.expect(http.StatusOK, http.MethodGet, runTask, "")
		time.Sleep(2 * time.Hour) // Which the sandbox's own clock knows nothing of.
		c.expect(http.StatusTooManyRequests, http.MethodGet, runTask, "")
		now = now.Add(time.Hour)
		c.expect(http.StatusOK, http.MethodGet, runTask, "")
	}, processTask())
}

func TestRateLimitRefusal(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: 1, Per: time.Minute}}, processTask())
	c.expect(http.StatusOK, http.MethodGet, runTask, "")

	got := c.expect(http.StatusTooManyRequests, http.MethodPost, runPost, completion)
	if want := `{"code":"RATE_LIMIT_EXCEEDED","error":true,"message":"Rate limit exceeded"}`; got.raw != want {
		t.Errorf("got %s, want %s", got.raw, want)
	}
	for header, want := range map[string]string{
		"Retry-After":           "60",
		"X-RateLimit-Remaining": "0",
		"X-Request-Id":          "sandbox-000002",
		"Content-Type":          "application/json",
	} {
		t.Run(header, func(t *testing.T) {
			if got.header.Get(header) != want {
				t.Errorf("got %q, want %q", got.header.Get(header), want)
			}
		})
	}
	if c.state().CompletedAt != "" || c.Webhooks(task) != 0 {
		t.Error("a refused completion had an effect")
	}
	entry := c.Journal()[1]
	if entry.Status != http.StatusTooManyRequests || entry.Note != "refused: rate limit" || string(entry.Body) != completion {
		t.Errorf("journal: %d %q %s", entry.Status, entry.Note, entry.Body)
	}
}

// Requests without a valid route, token or organization count too, and are rejected before these
// are checked.
func TestRateLimitEveryArrival(t *testing.T) {
	t.Parallel()
	stray := func(c *client) []*http.Request {
		noToken := c.request(http.MethodGet, runTask, "")
		noToken.Header.Del("Authorization")
		return []*http.Request{
			c.request(http.MethodGet, "/nowhere", ""),
			c.request(http.MethodGet, "/organizations/another/tasks/"+task, ""),
			c.request(http.MethodPatch, runTask, ""),
			noToken,
		}
	}
	limit := sandbox.RateLimit{Requests: 4, Per: time.Minute}
	c := start(t, sandbox.Config{RateLimit: limit}, processTask())
	for _, r := range stray(c) {
		if got := c.send(r); got.status == http.StatusTooManyRequests {
			t.Errorf("%s was refused too early", r.URL.Path)
		}
	}
	for _, r := range stray(c) {
		if got := c.send(r); got.status != http.StatusTooManyRequests {
			t.Errorf("%s: got %d", r.URL.Path, got.status)
		}
	}
}

// Requests of a fault neither use up the limit nor are rejected.
func TestRateLimitFaultsComeFirst(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: 1, Per: time.Minute}}, processTask())
	c.Inject(sandbox.Fault{Method: http.MethodGet, Times: 2, Status: http.StatusTooManyRequests, Body: "busy"})
	c.Inject(sandbox.Fault{Method: http.MethodPost, Before: func(*http.Request) {}})
	c.expect(http.StatusTooManyRequests, http.MethodGet, runTask, "")
	if got := c.expect(http.StatusTooManyRequests, http.MethodGet, runTask, ""); got.raw != "busy" {
		t.Errorf("got %s", got.raw)
	}
	c.expect(http.StatusOK, http.MethodGet, runTask, "")
	if c.Refused() != 0 {
		t.Errorf("counted %d refusals", c.Refused())
	}
	c.expect(http.StatusTooManyRequests, http.MethodGet, runTask, "")
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)
	if c.Refused() != 1 || c.Webhooks(task) != 1 {
		t.Errorf("%d refusals, %d webhooks", c.Refused(), c.Webhooks(task))
	}
}
