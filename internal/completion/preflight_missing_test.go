// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// A plan for a task that Tallyfy does not show predicts what the apply sends, for an unknown task
// and for an unknown path.
func TestPreflightPredictsTheApplyOfATaskThatIsNotShown(t *testing.T) {
	t.Parallel()
	named := map[string]any{"VPC id": "vpc-1"}
	for name, c := range map[string]struct {
		want    func(*harness) Desired
		unknown []string
		update  bool
		says    string // of a task that is not there
		never   string
		writes  []string // of an apply that finds the task in the same state
	}{
		"no values":           {(*harness).want, nil, false, "sends the completion anyway, and fails unless Tallyfy", "form_fields", []string{post}},
		"by ID":               {func(h *harness) Desired { return h.wantValue("vpc-1") }, nil, false, "sends the completion anyway, and fails unless Tallyfy", "form_fields", []string{put, post}},
		"by name":             {func(h *harness) Desired { return Desired{Task: h.ref(), FormFields: named} }, nil, false, "sends nothing and fails unless Tallyfy", "sends the completion", nil},
		"a secret by name":    {func(h *harness) Desired { return Desired{Task: h.ref(), SecretFormFields: named} }, nil, false, "sends nothing and fails unless Tallyfy", "sends the completion", nil},
		"by unknown names":    {(*harness).want, []string{attrFormFields}, false, "Applying this fails unless Tallyfy", "sends", []string{post}},
		"update by ID":        {func(h *harness) Desired { return h.wantValue("vpc-1") }, nil, true, "sends the reopening anyway, and fails unless Tallyfy", "the completion anyway", []string{del}},
		"update by name":      {func(h *harness) Desired { return Desired{Task: h.ref(), FormFields: named} }, nil, true, "sends nothing and fails unless Tallyfy", "anyway", nil},
		"update to no values": {(*harness).want, nil, true, "sends the reopening anyway, and fails unless Tallyfy", "the completion anyway", []string{del}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), nil, func(h *harness) {
				h.server.DeleteTask(taskID)
				plan := Planned{Desired: c.want(h), Unknown: c.unknown}
				if c.update {
					plan = h.update(plan.Desired)
				}
				f := h.engine.Preflight().Check(h.ctx, plan)
				h.wantFindings(f, "", "Task Cannot Be Found")
				text := details(Result{Warnings: f.Warnings})
				h.wantText(text, c.says)
				if strings.Contains(text, c.never) {
					h.Errorf("it says %q:\n%s", c.never, text)
				}
				h.server.ResetJournal()
				h.restart()
				if err := h.applyPlan(plan); err == nil {
					h.Error("the apply succeeds")
				}
				if got := h.writes(); !slices.Equal(got, c.writes) {
					h.Errorf("the apply sends %q, want %q", got, c.writes)
				}
			})
		})
	}
}

// applyPlan applies a plan.
func (h *harness) applyPlan(plan Planned) error {
	var err error
	if plan.Recorded == nil {
		_, err = h.engine.Create(h.ctx, plan.Desired)
	} else {
		_, err = h.engine.Update(h.ctx, Record{RunID: runID, Status: "completed"}, *plan.Recorded, plan.Desired)
	}
	return err
}

// writes returns the methods of the requests that may change something, in order.
func (h *harness) writes() (methods []string) {
	for _, entry := range h.server.Journal() {
		if entry.Method != http.MethodGet {
			methods = append(methods, entry.Method)
		}
	}
	return methods
}

// A server without reads completes tasks whose values need no form, and the plan predicts that.
func TestPreflightPredictsTheApplyOnAServerWithoutReads(t *testing.T) {
	t.Parallel()
	for _, byName := range []bool{false, true} {
		t.Run(fmt.Sprintf("by name %t", byName), func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Config{CompletionOnly: true}, nil, func(h *harness) {
				plan := Planned{Desired: h.want()}
				if byName {
					plan.FormFields = map[string]any{"VPC id": "vpc-1"}
				}
				f := h.engine.Preflight().Check(h.ctx, plan)
				if summaries(f.Warnings) != "Tasks Could Not Be Checked" {
					h.Fatalf("got %+v", f)
				}
				h.wantText(f.Warnings[0].Detail, "An apply sends completions even if it cannot read their tasks, and the responses decide", "Completions with form_fields fail without a request")
				err := h.applyPlan(plan)
				if (err != nil) != byName || (len(h.writes()) == 0) != byName {
					h.Errorf("the apply: %v, %q", err, h.writes())
				}
			})
		})
	}
}

// A process that the token must not see does not stop the checks of other processes.
func TestPreflightOfAProcessThatIsForbidden(t *testing.T) {
	t.Parallel()
	const other = "5eed0000000000000000000000000043"
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{PathPart: "/runs/" + other, Status: http.StatusForbidden, Times: -1})
		p := h.engine.Preflight()
		forbidden := Planned{Desired: h.want()}
		forbidden.Task.Run, forbidden.Task.Task = other, "7a5c0000000000000000000000001111"
		f := p.Check(h.ctx, forbidden)
		if summaries(f.Warnings) != "Tasks Could Not Be Checked" {
			h.Fatalf("got %+v", f)
		}
		h.wantText(f.Warnings[0].Detail, "This task was not checked, nor any other of this plan that Tallyfy refuses to show.")
		unknown := Planned{Desired: h.want()}
		unknown.FormFields = map[string]any{"Nix": "x"}
		h.wantFindings(p.Check(h.ctx, unknown), "Unknown Form Field", "")
	})
}

// A task_id that is a title, an alias or nearly another ID is reported as a mistake.
func TestPreflightOfAMistypedTask(t *testing.T) {
	t.Parallel()
	const other = "5eed0000000000000000000000000043"
	for name, c := range map[string]struct {
		task, run string
		problem   bool
		says      []string
	}{
		"a digit":         {"7a5c0000000000000000000000000041", runID, true, []string{"has no task with this ID", "Did you mean", taskID + `, the ID of "Provision the VPC"`}},
		"a digit missing": {taskID[:31], runID, true, []string{taskID + ", the ID of"}},
		"the alias":       {"provision-the-vpc", runID, true, []string{taskID + ", the ID of", "not its title or alias"}},
		"another process": {"7a5c0000000000000000000000001111", runID, true, []string{"it belongs to process " + other, "Fix run_id, or remove it"}},
		"a one-off task":  {"7a5c0000000000000000000000002222", runID, true, []string{"a one-off task", "Remove run_id"}},
		"no process":      {taskID, "5eed0000000000000000000000000099", true, []string{"it belongs to process " + runID}},
		"nothing":         {"7a5c000000000000000000000000dead", runID, false, []string{"sends the completion anyway", "no task with this ID (tasks in it: 1)"}},
		"no run":          {"7a5c0000000000000000000000000041", "", false, []string{"sends the completion anyway"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), func(k *sandbox.Task) { k.Alias = "provision-the-vpc" }, func(h *harness) {
				h.server.AddTask(sandbox.Task{ID: "7a5c0000000000000000000000001111", RunID: other, Title: "Elsewhere"})
				h.server.AddTask(sandbox.Task{ID: "7a5c0000000000000000000000002222", Title: "Alone"})
				f := h.engine.Preflight().Check(h.ctx, Planned{Desired: Desired{Task: tallyfy.TaskRef{Organization: sandbox.DefaultOrganization, Run: c.run, Task: c.task}}})
				all := append(f.Problems, f.Warnings...)
				if f.Err != nil || len(all) != 1 || (len(f.Problems) == 1) != c.problem || !strings.HasPrefix(all[0].Summary, "Task Cannot Be Found: ") {
					h.Fatalf("got %+v", f)
				}
				h.wantText(all[0].Detail, c.says...)
				h.wantText(all[0].Detail, "404 Not Found")
			})
		})
	}
}
