// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	testSecret = "0123456789abcdef0123"
	testOrg    = "c0ffee00c0ffee00c0ffee00c0ffee00"
	testID     = "5eed0000000000000000000000000001"
	launch     = `{"id":"` + testID + `","completed_at":null,"process-tasks":{"request-the-vpc":"7a5c"}}`
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// newRelay returns a relay whose pipeline starts as the function says, and the processes that it
// was started for.
func newRelay(step string, start func(ctx context.Context) error) (r *relay, started *[]string) {
	started = new([]string)
	return &relay{
		secret: testSecret, organization: testOrg, step: step, seen: map[string]time.Time{},
		start: func(ctx context.Context, processID string) error {
			*started = append(*started, processID)
			return start(ctx)
		},
	}, started
}

// works is a pipeline that starts.
func works(context.Context) error { return nil }

// call sends a payload, and returns the status and the text of the response.
func call(r *relay, payload string, change func(*http.Request)) (int, string) {
	req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/"+testSecret, strings.NewReader(payload))
	req.Header.Set("X-Tallyfy-orgID", testOrg)
	if change != nil {
		change(req)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Code, strings.TrimSpace(w.Body.String())
}

func step(alias, processID string) string {
	return `{"this_task":{"id":"7a5c","alias":"` + alias + `","completed_at":"2035-06-06T12:00:00Z"},"process":{"id":"` + processID + `"},"next_task":[]}`
}

func TestRelay(t *testing.T) {
	for name, test := range map[string]struct {
		step, payload string
		change        func(*http.Request)
		status        int
		says          string
		starts        bool
	}{
		"a launch": {payload: launch, status: 202, says: "started", starts: true},
		"the step": {step: "request-the-vpc", payload: step("request-the-vpc", testID), status: 202, says: "started", starts: true},

		"another step":               {step: "request-the-vpc", payload: step("provision-the-vpc", testID), status: 200, says: "nothing to start"},
		"a step, and launches start": {payload: step("request-the-vpc", testID), status: 200, says: "nothing to start"},
		"a launch, and a step starts": {
			step: "request-the-vpc", payload: launch, status: 200, says: "nothing to start",
		},
		"a completed process": {
			payload: `{"id":"` + testID + `","completed_at":"2035-06-06T12:00:00Z"}`, status: 200, says: "nothing to start",
		},

		"another secret":  {payload: launch, change: func(r *http.Request) { r.URL.Path += "0" }, status: 404, says: "404 page not found"},
		"no secret":       {payload: launch, change: func(r *http.Request) { r.URL.Path = "/" }, status: 404, says: "404 page not found"},
		"another method":  {payload: launch, change: func(r *http.Request) { r.Method = http.MethodGet }, status: 404, says: "404 page not found"},
		"no organization": {payload: launch, change: func(r *http.Request) { r.Header.Del("X-Tallyfy-orgID") }, status: 403, says: "the webhook is of another organization"},
		"another organization": {
			payload: launch, change: func(r *http.Request) { r.Header.Set("X-Tallyfy-orgID", testID) }, status: 403, says: "the webhook is of another organization",
		},

		"not JSON":           {payload: "<html>", status: 400, says: "the payload is not JSON of a webhook"},
		"a list":             {payload: "[]", status: 400, says: "the payload is not JSON of a webhook"},
		"too large":          {payload: `{"id":"` + strings.Repeat("0", maxPayload) + `"}`, status: 400, says: "the payload is not JSON of a webhook"},
		"no ID":              {payload: `{}`, status: 400, says: "the ID of the process is invalid"},
		"an ID with a path":  {payload: `{"id":"../` + testID[3:] + `"}`, status: 400, says: "the ID of the process is invalid"},
		"a long ID":          {payload: `{"id":"` + testID + `0"}`, status: 400, says: "the ID of the process is invalid"},
		"an ID with a line":  {payload: `{"id":"` + testID + `\n"}`, status: 400, says: "the ID of the process is invalid"},
		"a step without one": {step: "a", payload: step("a", ""), status: 400, says: "the ID of the process is invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			r, started := newRelay(test.step, works)
			status, says := call(r, test.payload, test.change)
			if status != test.status || says != test.says {
				t.Errorf("got %d %q, want %d %q", status, says, test.status, test.says)
			}
			if got := strings.Join(*started, " "); got != "" != test.starts || test.starts && got != testID {
				t.Errorf("started %q", got)
			}
		})
	}
}

// TestRelayRepeated receives events more than once.
func TestRelayRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, started := newRelay("", works)
		check := func(payload string, status int, starts int) {
			t.Helper()
			if got, _ := call(r, payload, nil); got != status || len(*started) != starts {
				t.Errorf("got %d after %d starts, want %d after %d", got, len(*started), status, starts)
			}
		}
		check(launch, 202, 1)
		check(launch, 200, 1)
		check(strings.Replace(launch, testID, testOrg, 1), 202, 2)
		time.Sleep(remembered + time.Second)
		check(launch, 202, 3)
		if len(r.seen) != 1 {
			t.Errorf("%d events are remembered", len(r.seen))
		}

		r, started = newRelay("a", works)
		check(step("a", testID), 202, 1)
		check(step("a", testID), 200, 1)
		if _, says := call(r, step("a", testID), nil); says != "already received" {
			t.Errorf("it says %q, but the start may be under way, or fail", says)
		}
		check(strings.Replace(step("a", testID), "12:00", "13:00", 1), 202, 2) // reopened, and completed again
	})
}

// TestRelayGone has a caller that does not wait for the response. The pipeline starts nevertheless.
func TestRelayGone(t *testing.T) {
	r, _ := newRelay("", func(ctx context.Context) error { return ctx.Err() })
	gone, leave := context.WithCancel(t.Context())
	leave()
	if status, _ := call(r, launch, func(req *http.Request) { *req = *req.WithContext(gone) }); status != 202 || len(r.seen) != 1 {
		t.Errorf("got %d, and %d events are remembered", status, len(r.seen))
	}
}

func TestSecret(t *testing.T) {
	for secret, valid := range map[string]bool{
		testSecret: true, "with-and_without.~0123": true, "short": false, "": false,
		testSecret + "\n": false, testSecret + "/": false, testSecret + "?a": false, testSecret + "%2F": false,
	} {
		if validSecret.MatchString(secret) != valid {
			t.Errorf("%q", secret)
		}
	}
}

// TestRelayFailing starts a pipeline whose CI system fails. The event can start it later.
func TestRelayFailing(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(io.Discard)
	errDown := errors.New("down")
	for name, test := range map[string]struct {
		start  func(ctx context.Context, attempt int) error
		status int
		starts int
	}{
		"once":    {func(_ context.Context, n int) error { return map[bool]error{true: errDown}[n == 1] }, 202, 2},
		"always":  {func(context.Context, int) error { return errDown }, 502, attempts},
		"refuses": {func(context.Context, int) error { return errRefused }, 502, 1},
		"hangs":   {func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() }, 502, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				r, started := newRelay("", func(ctx context.Context) error { n++; return test.start(ctx, n) })
				begun := time.Now()
				if status, _ := call(r, launch, nil); status != test.status || len(*started) != test.starts {
					t.Errorf("got %d after %d starts, want %d after %d", status, len(*started), test.status, test.starts)
				}
				if took := time.Since(begun); took > startTime {
					t.Errorf("the webhook waited for %s", took)
				}
				if failed := test.status == 502; failed != (len(r.seen) == 0) || failed == strings.Contains(logged.String(), "process "+testID+": started") {
					t.Errorf("%d events are remembered, and the log has %q", len(r.seen), logged.String())
				}
				logged.Reset()
			})
		})
	}
}
