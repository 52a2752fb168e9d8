// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// These tests run TestAccConformance in a process of its own, as "make testacc" does.

// envPanic makes the process of a test panic in the middle of the suite.
const envPanic = "CONFORMANCE_TEST_PANIC"

// accProcess returns a command that runs a test of this binary with the environment of "make
// testacc".
func accProcess(t *testing.T, base, pattern string, more ...string) (command *exec.Cmd, report string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	report = t.TempDir()
	command = exec.CommandContext(t.Context(), self, "-test.run="+pattern, "-test.v") //nolint:gosec // this test
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TALLYFY_") && !strings.HasPrefix(variable, "TF_ACC") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env,
		envEnabled+"=1", envBaseURL+"="+base, envAccessToken+"="+sandbox.DefaultToken, envOrganization+"="+sandbox.DefaultOrganization,
		envConfirmation+"="+sandbox.DefaultOrganization, envInterval+"=0s", envReport+"="+report)
	command.Env = append(command.Env, more...)
	return command, report
}

// TestPanicInProcess panics in the middle of a suite, if the environment of the process asks for
// it.
func TestPanicInProcess(t *testing.T) {
	if os.Getenv(envPanic) == "" {
		t.Skip("this is for the process of TestPanic")
	}
	settings, err := ReadSettings(os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	broken := creation()
	see := broken.see
	broken.see = func(o *observer, ctx context.Context) error {
		if err := see(o, ctx); err != nil {
			t.Error(err)
		}
		panic("a mistake in a scenario")
	}
	suite := &Suite{Settings: settings, scenarios: []scenario{broken}}
	suite.begin(t.Context(), t)
	t.Run("observations", func(t *testing.T) { suite.makeObservations(t.Context(), t) })
}

func TestPanic(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	command, dir := accProcess(t, server.URL(), "^TestPanicInProcess$", envPanic+"=1")
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "a mistake in a scenario") {
		t.Errorf("it ended with %v:\n%s", err, out)
	}
	checkRemoved(t, server)
	if report, _ := readReport(t, dir); report.NotRemoved != 0 {
		t.Errorf("the report has %d that were not removed", report.NotRemoved)
	}
}

// TestInterrupt interrupts the suite while it makes observations, and while the CLI applies.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pattern string
		path    string // of the requests that are counted
		number  int    // of the request at which the suite is interrupted
	}{
		"observations": {"^TestAccConformance$/^observations$", "/tasks", 3},
		"an apply":     {"^TestAccConformance$", "/completed-tasks", 3}, // two are the suite's own
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reached, once, number := make(chan struct{}), sync.Once{}, 0
			server := seeded(t, sandbox.Config{Watch: func(e sandbox.Entry) {
				if e.Method == http.MethodPost && strings.HasSuffix(e.Path, test.path) {
					if number++; number == test.number {
						once.Do(func() { close(reached) })
					}
				}
			}})
			command, dir := accProcess(t, server.URL(), test.pattern, envInterval+"=20ms")
			var out bytes.Buffer
			command.Stdout, command.Stderr = &out, &out
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- command.Wait() }()
			select {
			case <-reached:
			case err := <-ended:
				t.Fatalf("it ended before, with %v:\n%s", err, &out)
			}
			if err := command.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err == nil {
				t.Errorf("it ended well:\n%s", &out)
			}
			checkRemoved(t, server)
			report, _ := readReport(t, dir)
			if report.Ended != "interrupted" || report.NotRemoved != 0 {
				t.Errorf("the report says %q, and %d were not removed:\n%s", report.Ended, report.NotRemoved, &out)
			}
			for _, p := range report.Promises {
				if p.Result != resultSkipped {
					t.Errorf("%s: %s", p.Name, p.Result)
				}
			}
		})
	}
}

// TestLeftovers has a server that archives no task but the first. The suite fails, and names what
// is left.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	base := changed(t, server, func(*http.Request, string, *httptest.ResponseRecorder) {})
	server.Inject(sandbox.Fault{Method: http.MethodDelete, PathPart: "/tasks/", Skip: 1, Times: 1000, Status: http.StatusForbidden, Body: `{"message":"Not allowed."}`})
	command, dir := accProcess(t, base, "^TestAccConformance$/^observations$/^(a_new_task|refused_requests)$")
	out, err := command.CombinedOutput()
	if err == nil {
		t.Errorf("it ended well:\n%s", out)
	}
	report, text := readReport(t, dir)
	left := server.Listed(titlePrefix)
	if len(left) == 0 || report.NotRemoved != len(left) {
		t.Errorf("%d are left, and the report says %d", len(left), report.NotRemoved)
	}
	for _, title := range left {
		if !strings.Contains(string(out), title) {
			t.Errorf("the output does not name %q:\n%s", title, out)
		}
	}
	if !strings.Contains(string(out), "403 Not allowed.") {
		t.Errorf("the output does not say why:\n%s", out)
	}
	checkRedacted(t, text, base)
}

// TestMake checks what "make testacc" runs, and that "make test" does not.
func TestMake(t *testing.T) {
	t.Parallel()
	root, err := clitest.SourceRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string][]string{
		"testacc": {"TF_ACC=1 ", "go test ./internal/conformance -run '^TestAccConformance$' ", "-timeout=0"},
		"test":    {"TF_ACC= "},
	} {
		command := exec.CommandContext(t.Context(), "make", "--dry-run", "--directory="+root, target) //nolint:gosec // of this table
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, part := range want {
			if !strings.Contains(string(out), part) {
				t.Errorf("make %s does not run %q:\n%s", target, part, out)
			}
		}
	}
}

// TestSpent ends at the limit of requests, and cleans up nevertheless.
func TestSpent(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	command, dir := accProcess(t, server.URL(), "^TestAccConformance$/^observations$", envMaxRequests+"=30")
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the limit of requests is reached: 30") {
		t.Errorf("it ended with %v:\n%s", err, out)
	}
	checkRemoved(t, server)
	report, _ := readReport(t, dir)
	if !strings.HasSuffix(report.Ended, "the limit of requests is reached: 30") || report.Requests <= 30 || report.NotRemoved != 0 {
		t.Errorf("the report says %q after %d requests", report.Ended, report.Requests)
	}
	if last := report.Observations[len(report.Observations)-1]; last.Verdict != NotObserved || last.Note != "the suite ended before" {
		t.Errorf("the last observation is %+v", last)
	}
}

// TestRefusedToken has nothing to clean up, and does not print the token.
func TestRefusedToken(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	command, _ := accProcess(t, server.URL(), "^TestAccConformance$", envAccessToken+"=another-token")
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "nothing was created, because the user of the token could not be read: GET /me: 401 Unauthenticated.") {
		t.Errorf("it ended with %v:\n%s", err, out)
	}
	if strings.Contains(string(out), "another-token") || server.Count("", "") != 1 {
		t.Errorf("%d requests:\n%s", server.Count("", ""), out)
	}
}

// TestUnconfirmed sends nothing without a confirmation.
func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	command, _ := accProcess(t, server.URL(), "^TestAccConformance$", envConfirmation+"=")
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "TALLYFY_ACC_ORGANIZATION is not set") || server.Count("", "") != 0 {
		t.Errorf("it ended with %v after %d requests:\n%s", err, server.Count("", ""), out)
	}
}

// TestWaitNeverEnds has a server that does not let the suite complete the task that the provider
// waits for. The suite ends the apply, and says nothing about the promises.
func TestWaitNeverEnds(t *testing.T) {
	t.Parallel()
	server := seeded(t, sandbox.Config{})
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var body struct {
			Task string `json:"task_id"`
		}
		if json.Unmarshal(raw, &body) == nil {
			if task, _ := server.Task(body.Task); strings.HasSuffix(task.Title, ": wait") {
				http.Error(w, `{"message":"Somebody else must complete it."}`, http.StatusForbidden)
				return
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(between.Close)
	command, dir := accProcess(t, between.URL+"/api", "^TestAccConformance$/^promises$")
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "the first apply: completing the task that is waited for: POST") {
		t.Errorf("it ended with %v:\n%s", err, out)
	}
	report, _ := readReport(t, dir)
	for _, p := range report.Promises {
		if p.Result != resultSkipped || !strings.Contains(p.Note, "403 Somebody else must complete it.") {
			t.Errorf("%s: %s %s", p.Name, p.Result, p.Note)
		}
	}
	checkRemoved(t, server)
}
