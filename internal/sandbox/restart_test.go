// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// restart does so, and sends what follows to the new address.
func (c *client) restart() {
	c.t.Helper()
	if err := c.Restart(); err != nil {
		c.t.Fatal(err)
	}
	c.base = c.URL()
}

func TestRestartKeepsEverything(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Config{RateLimit: sandbox.RateLimit{Requests: 2, Per: time.Minute}}, processTask())
	c.Inject(sandbox.Fault{Method: http.MethodDelete, Times: 2, Status: http.StatusBadGateway})
	c.expect(http.StatusBadGateway, http.MethodDelete, runPost+"/"+task, "")
	c.expect(http.StatusOK, http.MethodPost, runPost, completion)

	old := c.URL()
	c.Close()
	if c.URL() != old {
		t.Errorf("closed, the URL is %s", c.URL())
	}
	c.restart()

	c.check(c.expect(http.StatusOK, http.MethodGet, runTask, ""), `"completed"`, "data", "status")
	c.expect(http.StatusBadGateway, http.MethodDelete, runPost+"/"+task, "")
	got := c.expect(http.StatusTooManyRequests, http.MethodGet, runTask, "")
	if c.Webhooks(task) != 1 || len(c.Journal()) != 5 || got.header.Get("X-Request-Id") != "sandbox-000005" {
		t.Errorf("%d webhooks, %d entries, request %s", c.Webhooks(task), len(c.Journal()), got.header.Get("X-Request-Id"))
	}
}

// The old port is in use by another server.
func TestRestartFreePort(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Config{}, processTask())
	addr := strings.TrimSuffix(strings.TrimPrefix(c.URL(), "http://"), "/api")
	c.Close()
	if second, err := sandbox.StartOn(addr, sandbox.Config{}); err == nil { // Else someone else has it, which is as good.
		defer second.Close()
	}
	c.restart()
	if c.URL() == "http://"+addr+"/api" || !strings.HasPrefix(c.URL(), "http://127.0.0.1:") {
		t.Errorf("unexpected URL %s", c.URL())
	}
	c.expect(http.StatusOK, http.MethodGet, runTask, "")
}

func TestRestartMistakes(t *testing.T) {
	t.Parallel()
	refuses := func(s *sandbox.Server, why string) {
		t.Helper()
		if err := s.Restart(); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("got %v, want %q", err, why)
		}
	}
	refuses(sandbox.New(sandbox.Config{}), "never listened")

	c := start(t, sandbox.Config{}, processTask())
	url := c.URL()
	refuses(c.Server, "still listens at "+url)
	c.expect(http.StatusOK, http.MethodGet, runTask, "")
	if err := c.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.restart()
	refuses(c.Server, "still listens at "+c.URL())
	c.Close()
	c.restart() // As often as one likes.
	c.expect(http.StatusOK, http.MethodGet, runTask, "")
}

// If Close waited for the request that calls it, this test would not end.
func TestCloseWhileHandling(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   sandbox.Fault
		restart bool // from within
		note    string
	}{
		"before the effect": {sandbox.Fault{Drop: true}, false, "fault: connection dropped before handling"},
		"after the effect":  {sandbox.Fault{Drop: true, Handle: true}, false, "completed; fault: connection dropped after handling"},
		"with a response":   {sandbox.Fault{}, false, "completed"},
		"restarted within":  {sandbox.Fault{Drop: true}, true, "fault: connection dropped before handling"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			watch, wait := finished()
			c := start(t, sandbox.Config{Watch: watch}, processTask())
			test.fault.Before = func(*http.Request) {
				c.Close()
				if test.restart {
					if err := c.Restart(); err != nil {
						t.Error(err)
					}
				}
			}
			c.Inject(test.fault)
			if got, err := c.try(c.request(http.MethodPost, runPost, completion)); err == nil {
				t.Errorf("got %d from a server that is down", got.status)
			}
			if entry := wait(); entry.Note != test.note {
				t.Errorf("note %q, want %q", entry.Note, test.note)
			}
			if !test.restart {
				c.restart()
			}
			c.base = c.URL()
			completed := strings.HasPrefix(test.note, "completed")
			if (c.Webhooks(task) == 1) != completed || c.Count(http.MethodPost, "") != 1 {
				t.Errorf("%d webhooks after %d requests", c.Webhooks(task), c.Count(http.MethodPost, ""))
			}
			c.expect(http.StatusOK, http.MethodPost, runPost, completion)
		})
	}
}
