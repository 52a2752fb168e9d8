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

// testWaits runs an example that waits for the approval of the seeded process.
func testWaits(t *testing.T, file, name string) {
	switch {
	case filepath.Ext(file) == ".sh":
		for _, command := range commands(t, file) {
			t.Run(name+"/"+command.address, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t, command.file)
				f.decide(true)
				f.mustRun(command.args...)
				f.mustRun("plan", "-input=false", "-detailed-exitcode", "-target="+command.address)
				f.checkWrites("an import and the plan after it", 0)
			})
		}
	case strings.HasPrefix(filepath.Base(file), "import"):
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, file)
			f.decide(true)
			f.mustRun("apply", "-input=false", "-auto-approve")
			f.mustRun("plan", "-input=false", "-detailed-exitcode")
			f.checkWrites("an import", 0)
		})
	default:
		t.Run(name, func(t *testing.T) { t.Parallel(); testWait(t, file) })
	}
}

// testWait applies an example whose approval is rejected, which stops the apply, and applies it
// again after the approval.
func testWait(t *testing.T, file string) {
	f := newFixture(t, file)
	f.decide(false)
	command := f.w.Command(f.t.Context(), f.server, f.folder, "apply", "-input=false", "-auto-approve")
	out, err := command.CombinedOutput()
	stops := strings.Contains(string(out), "Error: Approval Was Rejected") || strings.Contains(string(out), "Error: Resource precondition failed")
	if err == nil || !stops || strings.Contains(string(out), "terraform_data.production: Creation complete") {
		t.Errorf("the approval is rejected, and an apply ended with %v:\n%s", err, out)
	}

	f = newFixture(t, file)
	f.decide(true)
	f.applyAndDestroy()
}

// decide decides the seeded approval as a person does, and resets the journal.
func (f *fixture) decide(approved bool) {
	f.server.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, &approved)
	f.server.ResetJournal()
}

// TestWaitsOfTheGuideStopInTheMiddle checks that the step before a wait is completed once, whether
// the wait fails or not.
func TestWaitsOfTheGuideStopInTheMiddle(t *testing.T) {
	t.Parallel()
	f := newFixture(t, filepath.Join(examples(t), "guides", "approvals", "wait.tf"))
	f.server.Inject(sandbox.Fault{ // a person rejects the approval after the first step
		Method: http.MethodPost, Handle: true,
		Before: func(*http.Request) {
			f.server.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(false))
		},
	})
	out, err := f.w.Command(t.Context(), f.server, f.folder, "apply", "-input=false", "-auto-approve").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Approval Was Rejected") {
		t.Errorf("an apply ended with %v:\n%s", err, out)
	}
	if f.posts(sandbox.SeedVPCTaskID) != 1 || f.posts(sandbox.SeedPlainTaskID) != 0 {
		t.Errorf("the step before was completed %d times, and the one after %d times", f.posts(sandbox.SeedVPCTaskID), f.posts(sandbox.SeedPlainTaskID))
	}
	f.server.ReopenOutside(sandbox.SeedApprovalTaskID)
	f.server.CompleteOutside(sandbox.SeedApprovalTaskID, sandbox.SeedColleagueID, new(true))
	f.mustRun("apply", "-input=false", "-auto-approve")
	f.mustRun("plan", "-input=false", "-detailed-exitcode")
	if f.posts(sandbox.SeedVPCTaskID) != 1 || f.posts(sandbox.SeedPlainTaskID) != 1 {
		t.Errorf("the step before was completed %d times, and the one after %d times", f.posts(sandbox.SeedVPCTaskID), f.posts(sandbox.SeedPlainTaskID))
	}
}
