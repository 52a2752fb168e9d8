// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// forever is longer than any test runs.
const forever = time.Hour

func TestFaultResponse(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.Inject(sandbox.Fault{
		Method: http.MethodPost, PathPart: "completed-tasks", Status: http.StatusTooManyRequests,
		Header: http.Header{"retry-after": {"7"}}, Body: `{"message":"slow down"}`,
	})
	c.expect(http.StatusOK, http.MethodGet, runTask, "") // Another method passes.
	got := c.expect(http.StatusTooManyRequests, http.MethodPost, runPost, completion)
	if got.header.Get("Retry-After") != "7" || got.header.Get("Content-Type") != "application/json" || got.header.Get("X-Request-Id") == "" {
		t.Errorf("headers %v", got.header)
	}
	c.check(got, `"slow down"`, "message")
	if c.Webhooks(task) != 0 {
		t.Error("the request was handled")
	}
	if note := c.lastNote(); note != "fault: sent before handling" {
		t.Errorf("note %q", note)
	}
	c.expect(http.StatusOK, http.MethodPost, runPost, completion) // Once is once.
}

func TestFaultHandledThenReplaced(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.Inject(sandbox.Fault{Handle: true, Status: http.StatusBadGateway, Body: "<html>", Header: http.Header{"X-Request-Id": {"mine"}}})
	got := c.expect(http.StatusBadGateway, http.MethodPost, runPost, completion)
	if got.raw != "<html>" || got.header.Get("X-Request-Id") != "mine" || strings.Contains(got.header.Get("Content-Type"), "json") {
		t.Errorf("got %q with %v", got.raw, got.header)
	}
	if c.Webhooks(task) != 1 || c.lastNote() != "completed; fault: sent after handling" {
		t.Errorf("%d webhooks, note %q", c.Webhooks(task), c.lastNote())
	}
}

func TestFaultOrder(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	c.Inject(sandbox.Fault{Skip: 1, Times: 2, Status: 501})
	c.Inject(sandbox.Fault{PathPart: "nowhere", Times: -1, Status: 599})
	c.Inject(sandbox.Fault{Skip: 1, Times: -1, Status: 502})
	for i, want := range []int{200, 501, 501, 502, 502} {
		if got := c.do(http.MethodGet, runTask, ""); got.status != want {
			t.Errorf("request %d: got %d, want %d", i+1, got.status, want)
		}
	}
}

func TestCalm(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Config{}, processTask())
	c.Inject(sandbox.Fault{Times: -1, Status: 501})
	c.Inject(sandbox.Fault{Skip: 1, Status: 502})
	c.expect(501, http.MethodGet, runTask, "")
	c.Calm()
	for range 3 {
		c.expect(http.StatusOK, http.MethodGet, runTask, "")
	}
	c.Inject(sandbox.Fault{Status: 503})
	c.expect(503, http.MethodGet, runTask, "")
}

// Calm does not affect a request that already matched a fault.
func TestCalmUnderWay(t *testing.T) {
	t.Parallel()
	c := start(t, sandbox.Config{}, processTask())
	c.Inject(sandbox.Fault{Times: 2, Status: 501, Before: func(*http.Request) { c.Calm() }})
	c.expect(501, http.MethodGet, runTask, "")
	c.expect(http.StatusOK, http.MethodGet, runTask, "")
}

func TestFaultDrop(t *testing.T) {
	for _, handle := range []bool{false, true} {
		t.Run(fmt.Sprint(handle), func(t *testing.T) {
			c := start(t, sandbox.Config{}, processTask())
			c.Inject(sandbox.Fault{Method: http.MethodPost, Drop: true, Handle: handle})
			_, err := c.try(c.request(http.MethodPost, runPost, completion))
			if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
				t.Errorf("got %v, want a reset", err)
			}
			want := map[bool]struct {
				webhooks int
				note     string
			}{
				false: {0, "fault: connection dropped before handling"},
				true:  {1, "completed; fault: connection dropped after handling"},
			}[handle]
			entry := c.Journal()[0]
			if c.Webhooks(task) != want.webhooks || entry.Note != want.note || entry.Status != 0 {
				t.Errorf("%d webhooks, %d %q", c.Webhooks(task), entry.Status, entry.Note)
			}
		})
	}
}

func TestFaultRaw(t *testing.T) {
	for raw, test := range map[string]struct {
		status int
		err    string
	}{
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":": {200, "unexpected EOF"},
		"what is this": {0, "malformed HTTP"},
	} {
		t.Run(raw, func(t *testing.T) {
			c := start(t, sandbox.Config{}, processTask())
			c.Inject(sandbox.Fault{Method: http.MethodPost, Handle: true, Raw: []byte(raw)})
			_, err := c.try(c.request(http.MethodPost, runPost, completion))
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %v, want %s", err, test.err)
			}
			if entry := c.Journal()[0]; entry.Status != test.status || entry.Note != "completed; fault: raw bytes sent after handling" {
				t.Errorf("journal: %d %q", entry.Status, entry.Note)
			}
		})
	}
}

// TestFaultBefore blocks a request and reads the state meanwhile.
func TestFaultBefore(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	arrived, release := make(chan string), make(chan struct{})
	c.Inject(sandbox.Fault{Method: http.MethodPost, Before: func(r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.Update(task, func(t *sandbox.Task) { t.Title = "changed meanwhile" })
		arrived <- string(body)
		<-release
	}})

	var wg sync.WaitGroup
	wg.Go(func() {
		got, err := c.try(c.request(http.MethodPost, runPost, completion))
		if err != nil || got.at("data", "title") != `"changed meanwhile"` || got.at("data", "status") != `"completed"` {
			t.Errorf("%v, %s", err, got.raw)
		}
	})
	if body := <-arrived; body != completion {
		t.Errorf("the hook read %q", body)
	}
	if c.Count(http.MethodPost, "completed-tasks") != 1 || c.Journal()[0].Status != 0 || c.Webhooks(task) != 0 {
		t.Errorf("while it is blocked: %+v", c.Journal()[0])
	}
	c.expect(http.StatusOK, http.MethodGet, runTask, "") // Nobody else is blocked.
	close(release)
	wg.Wait()
	if entry := c.Journal()[0]; entry.Status != http.StatusOK || entry.Note != "completed" {
		t.Errorf("afterwards: %d %q", entry.Status, entry.Note)
	}
}

// finished returns a Config.Watch, and a function that waits for the next entry
// it gets.
func finished() (watch func(sandbox.Entry), wait func() sandbox.Entry) {
	entries := make(chan sandbox.Entry, 10)
	return func(e sandbox.Entry) { entries <- e }, func() sandbox.Entry { return <-entries }
}

// TestFaultDelayOutlastsClient is a timeout, with and without an effect.
func TestFaultDelayOutlastsClient(t *testing.T) {
	for _, handle := range []bool{false, true} {
		t.Run(fmt.Sprint(handle), func(t *testing.T) {
			watch, wait := finished()
			c := start(t, sandbox.Config{Watch: watch}, processTask())
			ctx, cancel := context.WithCancel(t.Context())
			c.Inject(sandbox.Fault{Handle: handle, Delay: forever, Before: func(*http.Request) { cancel() }})

			_, err := c.try(c.request(http.MethodPost, runPost, completion).WithContext(ctx))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			entry := wait()
			want := map[bool]string{
				false: "fault: the client went away while it waited",
				true:  "completed; fault: the client went away while it waited",
			}[handle]
			if entry.Note != want || entry.Status != 0 || (c.Webhooks(task) == 1) != handle {
				t.Errorf("handle %v: %d %q, %d webhooks", handle, entry.Status, entry.Note, c.Webhooks(task))
			}
		})
	}
}

// A delay ends when the server closes, so that Close never hangs.
func TestFaultDelayEndsWithServer(t *testing.T) {
	watch, wait := finished()
	c := start(t, sandbox.Config{Watch: watch}, processTask())
	arrived := make(chan struct{})
	c.Inject(sandbox.Fault{Delay: forever, Before: func(*http.Request) { close(arrived) }})
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := c.try(c.request(http.MethodGet, runTask, "")); err == nil {
			t.Error("got a response")
		}
	})
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wg.Wait()
	wait()
}

func TestFaultDelayed(t *testing.T) {
	for _, handle := range []bool{false, true} {
		t.Run(fmt.Sprint(handle), func(t *testing.T) {
			c := start(t, sandbox.Config{}, processTask())
			c.Inject(sandbox.Fault{Handle: handle, Delay: time.Millisecond})
			c.expect(http.StatusOK, http.MethodPost, runPost, completion)
			if c.lastNote() != "completed; fault: delayed" || c.Webhooks(task) != 1 {
				t.Errorf("note %q, %d webhooks", c.lastNote(), c.Webhooks(task))
			}
		})
	}
}

func TestRequestTooLarge(t *testing.T) {
	c := start(t, sandbox.Config{}, processTask())
	r := c.request(http.MethodPost, runPost, `{"task_id":"`+strings.Repeat("a", 9<<20)+`"}`)
	if got, err := c.try(r); err == nil {
		t.Errorf("got %d", got.status)
	}
	contains(t, c.lastNote(), "too large")
}
