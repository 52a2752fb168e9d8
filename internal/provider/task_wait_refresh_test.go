// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// A recorded approval whose decision is no longer shown does not pass, as in an apply.
func TestTaskWaitForAnApprovalWithoutADecision(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.decided(true)
	d := h.waiter(nil)
	d.waits(approvalBlock(nil))
	h.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { task.IsApproved, task.CompletedAt = nil, "2026-11-25T10:00:00Z" })
	said, err := d.Refresh(t.Context())
	if err != nil || d.State != nil || !strings.Contains(said.String(), "Approval Was Revoked") || !strings.Contains(said.String(), "without a decision") {
		t.Errorf("recorded: %t, %v\n%s", d.State != nil, err, said)
	}
}

// A refresh reports what others have done to a recorded task.
func TestTaskWaitIsRefreshed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		block   attributes
		happens func(*harness)
		action  prototest.Action
		says    []string // none for nothing
		kept    bool
	}{
		"nothing": {action: prototest.NoOp, kept: true},
		"renamed": {happens: func(h *harness) { h.RenameOutside(sandbox.SeedApprovalTaskID, "Approve it") }, action: prototest.NoOp, kept: true},
		"archived": {
			happens: func(h *harness) {
				h.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { task.Archived = true })
			}, action: prototest.NoOp, kept: true,
		},
		"reopened": {
			happens: func(h *harness) { h.ReopenOutside(sandbox.SeedApprovalTaskID) }, action: prototest.Create,
			says: []string{"Warning: Task Was Reopened: Approve the change", `task "Approve the change" (` + sandbox.SeedApprovalTaskID + ")", "an apply of this configuration waits until the task is completed again"},
		},
		"rejected": {
			happens: func(h *harness) { h.ReopenOutside(sandbox.SeedApprovalTaskID); h.decided(false) }, action: prototest.Create,
			says: []string{"Warning: Approval Was Revoked: Approve the change", "rejected by user 1002", "fails unless the task shows an approval by then"},
		},
		"rejected, and accepted": {
			block:   attributes{"fail_on_rejection": false},
			happens: func(h *harness) { h.ReopenOutside(sandbox.SeedApprovalTaskID); h.decided(false) }, action: prototest.NoOp, kept: true,
		},
		"approved once more": {
			happens: func(h *harness) { h.ReopenOutside(sandbox.SeedApprovalTaskID); h.decided(true) }, action: prototest.NoOp, kept: true,
		},
		"hidden": {
			happens: func(h *harness) {
				h.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { task.Hidden, task.Status, task.CompletedAt = true, "", "" })
			}, action: prototest.NoOp, kept: true,
			says: []string{"Warning: Completed Task Is Hidden: Approve the change", `"auto-skipped"`, "The wait stays recorded"},
		},
		"deleted": {
			happens: func(h *harness) { h.DeleteTask(sandbox.SeedApprovalTaskID) }, action: prototest.NoOp, kept: true,
			says: []string{
				`Warning: Completed Task Cannot Be Found: Approve the change: Reading task "Approve the change" (` + sandbox.SeedApprovalTaskID + "), which was waited for: Tallyfy returned 404",
				"may be deleted or archived", "The wait stays recorded", "Nothing waits again",
			},
		},
		"API not found": {
			happens: func(h *harness) {
				h.Inject(sandbox.Fault{Status: 404, Body: `{"code":"ENDPOINT_NOT_FOUND"}`, Times: -1})
			}, action: prototest.NoOp, kept: true,
			says: []string{"Warning: Completed Task Cannot Be Found", "check base_url", "The wait stays recorded"},
		},
		"refused": {
			happens: func(h *harness) { h.Inject(sandbox.Fault{Status: 403, Body: "{}", Times: -1}) }, action: prototest.NoOp, kept: true,
			says: []string{"Error: Task Could Not Be Read", "Refreshing the wait for task", "The state stays as it was", "may see the task"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.Update(sandbox.SeedApprovalTaskID, func(task *sandbox.Task) { // long ago, so that no read can lag behind it
				task.Status, task.CompletedAt, task.CompleterID, task.IsApproved = "completed", "2026-05-20T17:00:00.000Z", sandbox.SeedColleagueID, new(true)
			})
			d := h.waiter(attributes{"preflight": false})
			if said := d.waits(approvalBlock(c.block)); said != "" {
				t.Fatalf("it says %q", said)
			}
			if c.happens != nil {
				c.happens(h)
			}
			action, said := d.plans(approvalBlock(c.block))
			if action != c.action || (said == "") != (len(c.says) == 0) || (d.State != nil) != c.kept {
				t.Errorf("the plan is to %q, the state is kept: %t, and it says %q", action, d.State != nil, said)
			}
			for _, part := range c.says {
				if !strings.Contains(said, part) {
					t.Errorf("%q is missing in %q", part, said)
				}
			}
			if err := h.writes(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A refresh of a hundred waits of a process sends one GET of a task, and reads the list of the
// process.
func TestTaskWaitsAreRefreshedByAList(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	var blocks strings.Builder
	for n := range 100 {
		id := fmt.Sprintf("7a5c%028d", 4000+n)
		h.AddTask(sandbox.Task{ID: id, RunID: sandbox.SeedRunID, Status: "completed", CompletedAt: "2026-05-20T17:00:00.000Z"})
		fmt.Fprintf(&blocks, "resource \"tallyfy_task_wait\" \"w%d\" {\n  run_id = %q\n  task_id = %q\n}\n", n, sandbox.SeedRunID, id)
	}
	config := h.config(blocks.String())
	h.run(
		resource.TestStep{Config: config},
		resource.TestStep{PreConfig: h.ResetJournal, RefreshState: true},
	)
	pages, tasks := 0, 0
	for _, entry := range h.Journal() {
		if strings.HasSuffix(entry.Path, "/tasks") {
			pages++
		} else {
			tasks++
		}
	}
	if refreshes := 4; tasks > refreshes || pages > 2*refreshes { // the test framework refreshes a few times; 100 tasks and the seeded ones are two pages
		t.Errorf("%d pages and %d tasks were read", pages, tasks)
	}
}
