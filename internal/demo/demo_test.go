// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestMain(m *testing.M) { os.Exit(clitest.Around(m)) }

func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := demo(t.Context(), &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, part := range []string{
		"init -input=false", "4 to add", "No changes.", "Destroy Does Not Reopen the Task",
		"Paths below /api/organizations/" + sandbox.DefaultOrganization,
		"POST    /completed-tasks", "completed, approved", "saved 4 values", "Each task was completed once",
		"Error: Approval Was Rejected", "rejected by", "The step behind it was completed once, after the approval.",
	} {
		t.Run(part, func(t *testing.T) {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%q is not shown", part)
			}
		})
	}
	if strings.Contains(out.String(), "\033") {
		t.Error("the output has escape sequences, although it is not a terminal")
	}
	if strings.Contains(out.String(), sandbox.DefaultToken) {
		t.Error("it shows the access token")
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

// TestRunFails checks that the demo fails if a command or a request is not as expected.
func TestRunFails(t *testing.T) {
	t.Parallel()
	w, err := clitest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		fault sandbox.Fault
		want  string
	}{
		"the CLI fails": {
			sandbox.Fault{Method: http.MethodPost, Status: http.StatusForbidden, Body: `{"message":"No."}`},
			"apply exited with code 1",
		},
		"a request too many": {
			sandbox.Fault{Method: http.MethodPost, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}},
			"apply should have sent 3 × POST, and sent 4",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := sandbox.Start(sandbox.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			sandbox.Seed(server)
			server.Inject(test.fault)
			var out bytes.Buffer
			s := demoRunner{out: &out, installation: w, server: server}
			err = s.run(t.Context(), filepath.Join(t.TempDir(), "demo"))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q\n%s", err, test.want, out.String())
			}
		})
	}
}

// TestWaitForApprovalFails completes a task of the demo too early: the approval, or the task that
// follows it.
func TestWaitForApprovalFails(t *testing.T) {
	t.Parallel()
	w, err := clitest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		happens func(*sandbox.Server)
		want    string
	}{
		"approved before": {func(s *sandbox.Server) {
			s.CompleteOutside(sandbox.SeedSecurityTaskID, sandbox.SeedColleagueID, nil)
		}, "apply should have failed"},
		"rejected before": {func(s *sandbox.Server) {
			s.CompleteOutside(sandbox.SeedSecurityTaskID, sandbox.SeedColleagueID, new(false))
		}, "apply should have waited for a task, and did not"},
		"completed by the pipeline too": {func(s *sandbox.Server) {
			s.CompleteOutside(sandbox.SeedPlainTaskID, sandbox.SeedColleagueID, nil)
		}, "apply should have sent 1 × POST, and sent 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := sandbox.Start(sandbox.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			sandbox.Seed(server)
			test.happens(server)
			var out bytes.Buffer
			r := demoRunner{out: &out, installation: w, server: server}
			err = r.waitForApproval(t.Context(), filepath.Join(t.TempDir(), "wait"))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q\n%s", err, test.want, out.String())
			}
		})
	}
}

// TestCheckTasks omits one effect of the apply at a time.
func TestCheckTasks(t *testing.T) {
	fill := func(task string, fields ...string) func(*sandbox.Server) {
		return func(s *sandbox.Server) {
			s.Update(task, func(t *sandbox.Task) {
				for _, field := range fields {
					t.Taskdata[field] = "x"
				}
			})
		}
	}
	complete := func(task string) func(*sandbox.Server) {
		return func(s *sandbox.Server) { s.CompleteOutside(task, sandbox.CallerID, nil) }
	}
	steps := []func(*sandbox.Server){
		fill(sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, sandbox.SeedVPCDateField, sandbox.SeedVPCRegionField, sandbox.SeedVPCChecksField),
		fill(sandbox.SeedOneOffTaskID, sandbox.SeedKeyField),
		complete(sandbox.SeedVPCTaskID),
		complete(sandbox.SeedApprovalTaskID),
		complete(sandbox.SeedOneOffTaskID),
	}
	after := func(left int, more ...func(*sandbox.Server)) error {
		server := sandbox.New(sandbox.Config{})
		sandbox.Seed(server)
		for i, step := range steps {
			if i != left {
				step(server)
			}
		}
		for _, step := range more {
			step(server)
		}
		return checkTasks(server)
	}
	if err := after(-1); err != nil {
		t.Errorf("with all steps: %v", err)
	}
	for left := range steps {
		if after(left) == nil {
			t.Errorf("it does not notice that step %d is missing", left)
		}
	}
	if after(-1, func(s *sandbox.Server) { s.ReopenOutside(sandbox.SeedVPCTaskID) }, complete(sandbox.SeedVPCTaskID)) == nil {
		t.Error("it does not notice that webhooks fired twice")
	}
	if after(-1, func(s *sandbox.Server) {
		s.Update(sandbox.SeedOneOffTaskID, func(t *sandbox.Task) { t.Owners.Guests = nil })
	}) == nil {
		t.Error("it does not notice that an owner was lost")
	}
}

func TestSupportsColor(t *testing.T) {
	if supportsColor(&bytes.Buffer{}) {
		t.Error("a buffer is not a terminal")
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	if supportsColor(file) {
		t.Error("a file is not a terminal")
	}
}
