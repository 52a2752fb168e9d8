// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// testApprovalWait applies an example that waits for the approval of the seeded process. before is
// the number of tasks that are completed before the approval.
func testApprovalWait(t *testing.T, file string, before int) {
	s := newFixture(t, file)
	stopped := func(why string) {
		t.Helper()
		s.stopsAtPrecondition(why)
		if got := s.server.Count(http.MethodPost, ""); got != before {
			t.Errorf("%s: %d × POST were sent, want %d", why, got, before)
		}
	}
	stopped("open")
	stopped("still open")
	s.server.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(false))
	stopped("rejected")
	s.server.ReopenOutside(sandbox.SeedApprovalTaskID)
	s.server.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(true))
	if s.applyAndDestroy() == 0 {
		t.Error("nothing is completed after the approval")
	}
}

// stopsAtPrecondition applies a configuration that a precondition must stop.
func (f *fixture) stopsAtPrecondition(why string) {
	f.t.Helper()
	command := f.w.Command(f.t.Context(), f.server, f.folder, "apply", "-input=false", "-auto-approve")
	command.Env = append(command.Env, f.env...)
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Resource precondition failed") {
		f.t.Errorf("the approval is %s, and an apply ended with %v:\n%s", why, err, out)
	}
}

// testPolicy applies the example of a policy check with violations, and again without them.
func testPolicy(t *testing.T, file string) {
	s := newFixture(t, file)
	s.mustRun("apply", "-input=false", "-auto-approve", `-var=violations=["S3 bucket logs is public"]`)
	decided := func(want bool, webhooks int) {
		t.Helper()
		task, _ := s.server.Task(sandbox.SeedApprovalTaskID)
		if task.IsApproved == nil || *task.IsApproved != want || s.server.Webhooks(sandbox.SeedApprovalTaskID) != webhooks {
			t.Errorf("the decision is %v after %d webhooks, want %t after %d", task.IsApproved, s.server.Webhooks(sandbox.SeedApprovalTaskID), want, webhooks)
		}
	}
	decided(false, 1)
	s.checkWrites("a rejection", 1)
	s.server.ResetJournal()
	s.mustRun("apply", "-input=false", "-auto-approve")
	decided(true, 2)
	s.checkWrites("another decision", 2)
	if s.server.Count(http.MethodDelete, "completed-tasks") != 1 {
		t.Error("the task was not reopened for it")
	}
	s.server.ResetJournal()
	s.mustRun("apply", "-input=false", "-auto-approve")
	s.checkWrites("the same decision", 0)
}

// A precondition on a decision in its own configuration fails the plan before the rejection is
// sent, which the guide warns about.
func TestOwnDecisionDoesNotWait(t *testing.T) {
	t.Parallel()
	file := written(t, "precondition.tf", `
resource "terraform_data" "production" {
  lifecycle {
    precondition {
      condition     = tallyfy_task_completion.approve_change.is_approved
      error_message = "Rejected."
    }
  }
}
`)
	policy := filepath.Join(examples(t), "guides", "approvals", "policy.tf")
	s := newFixtureOf(t, filepath.Join(examples(t), "provider", "provider.tf"), policy, file)
	s.env = append(s.env, `TF_VAR_violations=["S3 bucket logs is public"]`)
	s.stopsAtPrecondition("rejected by the same configuration")
	s.checkWrites("it", 0)
}
