// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

const (
	reopensSummary = "Update Reopens the Task and Completes It Again"
	nothingSummary = "Task Is Already as Configured"
)

// update is the plan of a recorded completion that was for the value vpc-0.
func (h *harness) update(want Desired) Planned {
	before := h.wantValue("vpc-0")
	return Planned{Desired: want, Recorded: &before, Title: "Provision the VPC"}
}

// wantFindings fails the test unless a check has these summaries.
func (h *harness) wantFindings(f Findings, problems, warnings string) {
	h.Helper()
	for _, warning := range f.Warnings {
		if !strings.Contains(warning.Summary, ": ") {
			h.Errorf("the summary %q does not name the task", warning.Summary)
		}
	}
	if f.Err != nil || summaries(f.Problems) != problems || summaries(f.Warnings) != warnings {
		h.Errorf("got %q, %q and %v, want %q and %q", summaries(f.Problems), summaries(f.Warnings), f.Err, problems, warnings)
	}
}

// heldValue changes the task to one that was completed with a value.
func heldValue(value string) func(*sandbox.Task) {
	return func(k *sandbox.Task) {
		k.Status, k.CompletedAt, k.CompleterID, k.Taskdata = "completed", longAgo, sandbox.CallerID, map[string]any{field: value}
	}
}

// Updates and new completions of a process share its list: one request for a hundred of them.
func TestPreflightOfUpdatesSharesTheList(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		p := h.engine.Preflight()
		var all sync.WaitGroup
		for n := range 90 {
			task := sandbox.Task{ID: fmt.Sprintf("7a5c%028d", n), RunID: runID, Title: "T", Fields: []sandbox.Field{{ID: field, Label: "VPC id", Type: "text"}}}
			warnings := ""
			if n%2 == 0 {
				heldValue("vpc-0")(&task)
				warnings = reopensSummary
			}
			h.server.AddTask(task)
			p.Expect(h.refTo(task.ID))
			all.Go(func() {
				time.Sleep(time.Second) // until all have been added
				want := h.wantValue("vpc-1")
				want.Task.Task = task.ID
				plan := Planned{Desired: want}
				if n%2 == 0 {
					plan = h.update(want)
				}
				h.wantFindings(p.Check(h.ctx, plan), "", warnings)
			})
		}
		all.Wait()
		h.wantRequests(get)
	})
}

// An error, and the prediction that nothing is sent, are based on the task itself, because a list
// may lag.
func TestPreflightOfAnUpdateConfirmsWhatAListShows(t *testing.T) {
	t.Parallel()
	const unknown = "f1e1d0000000000000000000000000aa"
	for name, c := range map[string]struct {
		config   sandbox.Config
		late     func(*harness) // what the list does not show yet, if it lags
		value    map[string]any
		problems string
		warnings string
		requests []string
	}{
		"nothing to send": {today(), nil, map[string]any{field: "vpc-1"}, "", nothingSummary, []string{get, get}},
		"another value":   {today(), nil, map[string]any{field: "vpc-2"}, "", reopensSummary, []string{get}},
		"unknown field":   {today(), nil, map[string]any{unknown: "x"}, "Unknown Form Field", "", []string{get, get}},
		"a field that is new": {sandbox.Config{ListLag: 1}, func(h *harness) {
			h.server.Update(taskID, func(k *sandbox.Task) {
				k.Fields = append(k.Fields, sandbox.Field{ID: unknown, Label: "New", Type: "text"})
			})
		}, map[string]any{unknown: "x"}, "", reopensSummary, []string{get, get}},
		"a value that is new": {sandbox.Config{ListLag: 1}, func(h *harness) {
			h.server.Update(taskID, func(k *sandbox.Task) { k.Taskdata = map[string]any{field: "vpc-3"} })
		}, map[string]any{field: "vpc-1"}, "", reopensSummary, []string{get, get}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, c.config, heldValue("vpc-1"), func(h *harness) {
				if c.late != nil {
					c.late(h)
				}
				want := h.want()
				want.Taskdata = c.value
				h.wantFindings(h.listingPreflight().Check(h.ctx, h.update(want)), c.problems, c.warnings)
				h.wantRequests(c.requests...)
			})
		})
	}
}

// A plan of an update predicts what the engine does, with as few requests as possible.
func TestPreflightPredictsTheApplyOfAnUpdate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   func(*sandbox.Task)
		want     func(*harness) Desired
		problems string
		warnings string
		apply    []string // the requests; a single read means an error
	}{
		"reopens":         {heldValue("vpc-0"), func(h *harness) Desired { return h.wantValue("vpc-1") }, "", reopensSummary, []string{get, del, put, post}},
		"nothing to send": {heldValue("vpc-1"), func(h *harness) Desired { return h.wantValue("vpc-1") }, "", nothingSummary, []string{get}},
		"no values":       {heldValue("vpc-1"), func(h *harness) Desired { return h.want() }, "", nothingSummary, []string{get}},
		"open":            {nil, func(h *harness) Desired { return h.wantValue("vpc-1") }, "", "Update Completes the Open Task", []string{get, put, post}},
		"required field": {func(k *sandbox.Task) {
			heldValue("vpc-0")(k)
			k.Fields = append(k.Fields, sandbox.Field{ID: "f1e1d0000000000000000000000000aa", Label: "Needed", Type: "text", Required: true})
		}, func(h *harness) Desired { return h.wantValue("vpc-1") }, "Required Field Is Empty", "", []string{get}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), c.change, func(h *harness) {
				plan := h.update(c.want(h))
				h.wantFindings(h.engine.Preflight().Check(h.ctx, plan), c.problems, c.warnings)
				h.restart()
				h.server.ResetJournal()
				known := Record{RunID: runID, Status: h.task().Status, CompletedAt: h.task().CompletedAt}
				_, err := h.engine.Update(h.ctx, known, *plan.Recorded, plan.Desired)
				h.wantRequests(c.apply...)
				if (err != nil) != (c.problems != "") {
					h.Errorf("the plan says %q, and the apply %v", c.problems, err)
				}
			})
		})
	}
}

// The plan of an update whose task is not checked warns that it may reopen the task, without a
// request.
func TestPreflightOfAnUpdateWithoutAResponse(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Status: 502, Times: -1})
		f := h.engine.Preflight().Check(h.ctx, h.update(h.wantValue("vpc-1")))
		if f.Err == nil || summaries(f.Warnings) != "Update May Reopen the Task and Complete It Again" {
			h.Fatalf("got %+v", f)
		}
		h.wantText(f.Warnings[0].Detail, `task "Provision the VPC" (`+taskID+")", "not checked while planning", "nothing is sent. Otherwise")
	})
	if Unchecked(Planned{}) != nil {
		t.Error("a new completion that is not checked has a warning")
	}
}

// Terraform plans a replacement twice: as an update, and as a new resource. The task is read once
// for both, and once for two blocks.
func TestPreflightReadsATaskOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), heldValue("vpc-1"), func(h *harness) {
		p := h.listingPreflight()
		for range 3 {
			h.wantFindings(p.Check(h.ctx, Planned{Desired: h.wantValue("vpc-1")}), "", "Task Is Already Completed")
		}
		h.wantRequests(get, get) // the list, and the task because the list may lag
	})
	inBubble(t, today(), nil, func(h *harness) {
		want := h.want()
		want.Task.Task = "7a5c000000000000000000000000dead"
		p := h.listingPreflight()
		for range 2 {
			h.wantFindings(p.Check(h.ctx, Planned{Desired: want}), "", "Task Cannot Be Found")
		}
		h.wantRequests(get, get, get)
	})
}

// A replacement by -replace is first planned as an update. Terraform drops the warnings of the
// second plan, so a refusal is reported again in one whose warnings are kept.
func TestPreflightOfAForcedReplacement(t *testing.T) {
	t.Parallel()
	for _, reopens := range []bool{true, false} {
		t.Run(fmt.Sprintf("reopen_on_destroy %t", reopens), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), heldValue("vpc-9"), func(h *harness) {
				p, before := h.engine.Preflight(), h.wantValue("vpc-1")
				if warnings := p.Keep(Planned{Desired: before, Recorded: &before, ReopenOnDestroy: reopens}); len(warnings) > 0 {
					h.Errorf("got %q", summaries(warnings))
				}
				after := Planned{Desired: before, ReopenOnDestroy: !reopens} // the state decides, not the configuration
				f := p.Check(h.ctx, after)
				if reopens {
					h.wantFindings(f, "", "Task Is Already Completed Differently")
				} else {
					h.wantFindings(f, "Task Is Already Completed Differently", "")
				}
			})
		})
	}
	inBubble(t, today(), nil, func(h *harness) {
		h.server.Inject(sandbox.Fault{Status: 401, Times: -1})
		p, before := h.engine.Preflight(), h.want()
		p.Keep(Planned{Desired: before, Recorded: &before})
		other := h.want()
		other.Task.Task = "7a5c0000000000000000000000000043"
		for _, want := range []Desired{before, other} {
			if f := p.Check(h.ctx, Planned{Desired: want}); summaries(f.Warnings) != "Tasks Could Not Be Checked" {
				h.Errorf("got %q", summaries(f.Warnings))
			}
		}
	})
}

// An apply plans each block again. The check ignores a task that the apply has already completed,
// although reads lag.
func TestPreflightWhileApplying(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ReadLag: time.Minute}, nil, func(h *harness) {
		known := h.recorded(h.wantValue("vpc-1"))
		time.Sleep(2 * time.Minute)
		if result, err := h.destroy(h.ctx, known); err != nil || len(result.Warnings) > 0 {
			h.Fatal(result, err)
		}
		h.server.ResetJournal()
		h.wantFindings(h.engine.Preflight().Check(h.ctx, Planned{Desired: h.wantValue("vpc-2")}), "", "")
		h.wantRequests()
	})
}

// Terraform plans a replacement by -replace as an update first, and keeps only the warnings of that
// plan.
func TestPreflightOfAnUpdateThatMayBeAReplacement(t *testing.T) {
	t.Parallel()
	for _, reopen := range []bool{false, true} {
		for value, says := range map[string]string{
			"vpc-1": "no completion is sent, unless -replace or replace_triggered_by makes this a replacement",
			"vpc-2": "If -replace or replace_triggered_by makes this a replacement with create_before_destroy, the apply fails instead.",
		} {
			t.Run(fmt.Sprintf("%s, reopen_on_destroy %t", value, reopen), func(t *testing.T) {
				t.Parallel()
				inBubble(t, today(), heldValue("vpc-1"), func(h *harness) {
					update := h.update(h.wantValue(value))
					update.ReopenOnDestroy = reopen
					f := h.engine.Preflight().Check(h.ctx, update)
					if len(f.Warnings) != 1 || strings.Contains(f.Warnings[0].Detail, says) != reopen {
						h.Errorf("got %+v", f)
					}
				})
			})
		}
	}
}
