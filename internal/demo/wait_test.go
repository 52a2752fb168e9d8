// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// testWaits runs an example that waits for the approval of the seeded process.
func testWaits(t *testing.T, file, name string) {
	switch {
	case filepath.Ext(file) == ".sh":
		for _, command := range commands(t, file) {
			t.Run(name+"/"+command.address, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, command.file)
				s.decide(true)
				s.mustRun(command.args...)
				s.mustRun("plan", "-input=false", "-detailed-exitcode", "-target="+command.address)
				s.checkWrites("an import and the plan after it", 0)
			})
		}
	case strings.HasPrefix(filepath.Base(file), "import"):
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, file)
			s.decide(true)
			s.mustRun("apply", "-input=false", "-auto-approve")
			s.mustRun("plan", "-input=false", "-detailed-exitcode")
			s.checkWrites("an import", 0)
		})
	default:
		t.Run(name, func(t *testing.T) { t.Parallel(); testWait(t, file) })
	}
}

// testWait applies an example whose approval is rejected, so that it stops, and once more when it is approved.
func testWait(t *testing.T, file string) {
	s := newScene(t, file)
	s.decide(false)
	command := s.w.Command(s.t.Context(), s.server, s.folder, "apply", "-input=false", "-auto-approve")
	out, err := command.CombinedOutput()
	stops := strings.Contains(string(out), "Error: Approval Was Rejected") || strings.Contains(string(out), "Error: Resource precondition failed")
	if err == nil || !stops || strings.Contains(string(out), "terraform_data.production: Creation complete") {
		t.Errorf("the approval is rejected, and an apply ended with %v:\n%s", err, out)
	}

	s = newScene(t, file)
	s.decide(true)
	s.cycle()
}

// decide decides the seeded approval as a person does, and forgets the requests until then.
func (s *scene) decide(approved bool) {
	s.server.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, &approved)
	s.server.ResetJournal()
}

// TestWaitsOfTheGuideStopInTheMiddle shows that the step before a wait is completed once, whatever becomes of the wait.
func TestWaitsOfTheGuideStopInTheMiddle(t *testing.T) {
	t.Parallel()
	s := newScene(t, filepath.Join(examples(t), "guides", "approvals", "wait.tf"))
	s.server.Inject(sandbox.Fault{ // a person rejects what the first step has brought
		Method: http.MethodPost, Handle: true,
		Before: func(*http.Request) {
			s.server.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(false))
		},
	})
	out, err := s.w.Command(t.Context(), s.server, s.folder, "apply", "-input=false", "-auto-approve").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Approval Was Rejected") {
		t.Errorf("an apply ended with %v:\n%s", err, out)
	}
	if s.posts(sandbox.SeedVPCTaskID) != 1 || s.posts(sandbox.SeedPlainTaskID) != 0 {
		t.Errorf("the step before was completed %d times, and the one after %d times", s.posts(sandbox.SeedVPCTaskID), s.posts(sandbox.SeedPlainTaskID))
	}
	s.server.ReopenOutside(sandbox.SeedApprovalTaskID)
	s.server.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(true))
	s.mustRun("apply", "-input=false", "-auto-approve")
	s.mustRun("plan", "-input=false", "-detailed-exitcode")
	if s.posts(sandbox.SeedVPCTaskID) != 1 || s.posts(sandbox.SeedPlainTaskID) != 1 {
		t.Errorf("the step before was completed %d times, and the one after %d times", s.posts(sandbox.SeedVPCTaskID), s.posts(sandbox.SeedPlainTaskID))
	}
}
