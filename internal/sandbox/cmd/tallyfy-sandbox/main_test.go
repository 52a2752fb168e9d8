// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// screen is an output that can be read while it is written to.
type screen struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{} // buffers one value; written to after each change
}

func newScreen() *screen {
	return &screen{changed: make(chan struct{}, 1)}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// waitFor returns what the pattern finds, once it does.
func (s *screen) waitFor(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		if found := re.FindString(s.String()); found != "" {
			return found
		}
		select {
		case <-s.changed:
		case <-t.Context().Done():
			t.Fatalf("%s never came:\n%s", pattern, s)
		}
	}
}

func TestRun(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	receiver := httptest.NewServer(http.NotFoundHandler())
	defer receiver.Close()
	stdout, stderr := newScreen(), newScreen()
	code := make(chan int)
	go func() {
		code <- run(ctx, []string{"-listen", "127.0.0.1:0", "-vintage", "legacy", "-latency", "1ms", "-webhook", receiver.URL}, stdout, stderr)
	}()

	stdout.waitFor(t, "Requests:\n")
	url := strings.TrimPrefix(stdout.waitFor(t, `TALLYFY_BASE_URL=\S+`), "TALLYFY_BASE_URL=")
	for _, part := range []string{
		"export TALLYFY_ACCESS_TOKEN=" + sandbox.DefaultToken + "\n",
		"export TALLYFY_ORG_ID=" + sandbox.DefaultOrganization + "\n",
		"export TALLYFY_API_TOKEN=" + sandbox.DefaultToken + "\ntallyfy task list --org " + sandbox.DefaultOrganization + "\n",
		sandbox.SeedTemplateID,
		"export TALLYFY_CLIENT_ID=" + sandbox.DefaultClientID + "\n",
		"export TALLYFY_CLIENT_SECRET=" + sandbox.DefaultClientSecret + "\n",
		"export TALLYFY_TOKEN_URL=" + url + "/oauth/token\n",
		"Provision the VPC", sandbox.SeedRunID, sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, "(one-off)", sandbox.SeedKeyField,
	} {
		t.Run(part, func(t *testing.T) {
			if !strings.Contains(stdout.String(), part) {
				t.Errorf("%q is not shown", part)
			}
		})
	}

	path := "/organizations/" + sandbox.DefaultOrganization + "/runs/" + sandbox.SeedRunID + "/completed-tasks"
	for _, want := range []int{http.StatusOK, http.StatusUnprocessableEntity} { // The second shows that legacy is set.
		if got, _ := complete(t, url+path); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
	stdout.waitFor(t, `   1  POST    /api/organizations/\w+/runs/\w+/completed-tasks +200  completed\n`)
	stdout.waitFor(t, `   2  POST    \S+ +422  refused: already completed\n`)

	stdout.waitFor(t, `      webhook, step completed: Announce the maintenance window: 404\n`)

	interrupt()
	if got := <-code; got != 0 || stderr.String() != "" {
		t.Errorf("ended with %d: %s", got, stderr)
	}
	if !strings.HasSuffix(stdout.String(), "Stopping.\n") {
		t.Error("it does not say that it stops")
	}
}

// TestRunRateLimit continues until a request comes within a second of the one
// before, which on a slow machine need not be the second.
func TestRunRateLimit(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	stdout, stderr := newScreen(), newScreen()
	code := make(chan int)
	go func() { code <- run(ctx, []string{"-listen", "127.0.0.1:0", "-rate-limit", "1"}, stdout, stderr) }()
	url := strings.TrimPrefix(stdout.waitFor(t, `TALLYFY_BASE_URL=\S+`), "TALLYFY_BASE_URL=")

	path := "/organizations/" + sandbox.DefaultOrganization + "/runs/" + sandbox.SeedRunID + "/completed-tasks"
	got, retryAfter := complete(t, url+path)
	if got != http.StatusOK {
		t.Errorf("the first got %d", got)
	}
	for tries := 0; got == http.StatusOK && tries < 100; tries++ {
		got, retryAfter = complete(t, url+path)
	}
	if got != http.StatusTooManyRequests || retryAfter != "1" {
		t.Errorf("the last got %d with Retry-After %q", got, retryAfter)
	}
	interrupt()
	if got := <-code; got != 0 {
		t.Errorf("ended with %d: %s", got, stderr)
	}
}

// complete completes the plain task, and returns the status and Retry-After.
func complete(t *testing.T, url string) (status int, retryAfter string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(`{"task_id":"`+sandbox.SeedPlainTaskID+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	r.Header.Set("X-Tallyfy-Client", "APIClient")
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, resp.Header.Get("Retry-After")
}

func TestRunMistakes(t *testing.T) {
	taken, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()

	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"busy port":    {[]string{"-listen", taken.Addr().String()}, 1, "is in use by another program"},
		"not loopback": {[]string{"-listen", "0.0.0.0:0"}, 1, "not a loopback address"},
		"vintage":      {[]string{"-vintage", "1997"}, 2, `today or legacy, not "1997"`},
		"rate limit":   {[]string{"-rate-limit", "-1"}, 2, "or 0 for no limit, not -1"},
		"latency":      {[]string{"-latency", "-1s"}, 2, "a time such as 50ms, not -1s"},
		"webhook":      {[]string{"-webhook", "127.0.0.1:1/x"}, 2, "a URL such as http://127.0.0.1:8080/secret"},
		"argument":     {[]string{"serve"}, 2, `"serve" is not a flag`},
		"flag":         {[]string{"-port", "1"}, 2, "not defined: -port"},
		"help":         {[]string{"-help"}, 0, "-vintage today or legacy"},
		"help on rate": {[]string{"-help"}, 0, "-rate-limit requests"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			if got := run(t.Context(), test.args, &stdout, &stderr); got != test.code {
				t.Errorf("ended with %d, want %d", got, test.code)
			}
			if !strings.Contains(stderr.String(), test.says) {
				t.Errorf("said %q, want %q", stderr.String(), test.says)
			}
			if stdout.Len() > 0 {
				t.Errorf("and on stdout %q", stdout.String())
			}
		})
	}
}
