// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// Two blocks of one plan that configure a task differently are reported. A block never contradicts
// itself.
func TestPreflightOfContradictingBlocks(t *testing.T) {
	t.Parallel()
	const contradict = "Blocks Contradict Each Other"
	fields := func(k *sandbox.Task) {
		k.Type = "approval"
		k.Fields = append(k.Fields, sandbox.Field{ID: "f1e1d0000000000000000000000000aa", Label: "Notes", Type: "text"})
		k.Taskdata = map[string]any{field: "held"}
	}
	approve := func(yes bool, values map[string]any) Planned {
		return Planned{Desired: Desired{IsApproved: &yes, FormFields: values}}
	}
	for name, c := range map[string]struct {
		first, second Planned
		problem       bool
		says          []string // empty if there is no contradiction
	}{
		"the same":                    {approve(true, map[string]any{"VPC id": "x"}), approve(true, map[string]any{"VPC id": "x"}), false, nil},
		"the same, by ID":             {approve(true, map[string]any{"VPC id": "x"}), Planned{Desired: Desired{IsApproved: new(true), Taskdata: map[string]any{field: " x"}}}, false, nil},
		"another decision":            {approve(true, nil), approve(false, nil), true, []string{"is_approved: rejected here, and approved there", "The other one fails, unless the task then holds what it configures", "one block for each task"}},
		"decision comes later":        {approve(true, nil), Planned{Unknown: []string{attrIsApproved}}, false, nil},
		"another value":               {approve(true, map[string]any{"VPC id": "x"}), approve(true, map[string]any{"VPC id": "y"}), true, []string{`field "VPC id"`, "has another value"}},
		"value comes later":           {approve(true, map[string]any{"VPC id": "x"}), approve(true, map[string]any{"VPC id": Unknown{}}), false, nil},
		"value only here":             {approve(true, nil), approve(true, map[string]any{"Notes": "y"}), true, []string{`field "Notes"`, "only here"}},
		"value only there":            {approve(true, map[string]any{"Notes": "y"}), approve(true, nil), true, []string{"only there"}},
		"value that it holds":         {approve(true, map[string]any{"VPC id": "held"}), approve(true, nil), false, nil},
		"value that it holds, second": {approve(true, nil), approve(true, map[string]any{"VPC id": "held"}), false, nil},
		"values come later":           {approve(true, map[string]any{"Notes": "y"}), Planned{Desired: Desired{IsApproved: new(true)}, Unknown: []string{attrFormFields}}, false, nil},
		"the completer":               {approve(true, nil), Planned{Desired: Desired{IsApproved: new(true), OverrideUser: new(int64(7))}}, false, nil},
		"a secret, never quoted":      {Planned{Desired: Desired{IsApproved: new(true), SecretFormFields: map[string]any{"Notes": "s3cr3t"}}}, approve(true, map[string]any{"Notes": "y"}), true, []string{`field "Notes"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), fields, func(h *harness) {
				c.first.Task, c.second.Task = h.ref(), h.ref()
				p := h.engine.Preflight()
				h.wantFindings(p.Check(h.ctx, c.first), "", "")
				h.wantFindings(p.Check(h.ctx, c.first), "", "")
				f := p.Check(h.ctx, c.second)
				if got := summaries(f.Problems) + summaries(f.Warnings); got != map[bool]string{true: contradict}[c.says != nil] || (len(f.Problems) > 0) != c.problem {
					h.Fatalf("got %+v", f)
				}
				text := details(Result{Warnings: f.Problems})
				h.wantText(text, c.says...)
				if strings.Contains(text, "s3cr3t") {
					h.Error(text)
				}
			})
		})
	}
}

// One of the blocks may be recorded and unchanged.
func TestPreflightOfAContradictionWithARecordedBlock(t *testing.T) {
	t.Parallel()
	for _, keptFirst := range []bool{true, false} {
		t.Run(fmt.Sprintf("kept first %t", keptFirst), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), heldValue("vpc-0"), func(h *harness) {
				p, before := h.engine.Preflight(), h.wantValue("vpc-0")
				kept, update := Planned{Desired: before, Recorded: &before}, h.update(h.wantValue("vpc-2"))
				var first, second []Notice
				if keptFirst {
					first, second = p.Keep(kept), p.Check(h.ctx, update).Warnings
				} else {
					first, second = p.Check(h.ctx, update).Warnings, p.Keep(kept)
				}
				if got := summaries(append(first, second...)); !strings.Contains(got, "Blocks Contradict Each Other") || !strings.Contains(got, reopensSummary) || len(first)+len(second) != 2 {
					h.Errorf("got %q", got)
				}
				h.wantRequests(get)
			})
		})
	}
	for _, updateFirst := range []bool{true, false} {
		t.Run(fmt.Sprintf("update first %t", updateFirst), func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), heldValue("vpc-0"), func(h *harness) { // a new block for the task that the other one updates
				p, update, adopts := h.engine.Preflight(), h.update(h.wantValue("vpc-2")), Planned{Desired: h.wantValue("vpc-0")}
				plans := []Planned{adopts, update}
				if updateFirst {
					plans = []Planned{update, adopts}
				}
				first, second := p.Check(h.ctx, plans[0]), p.Check(h.ctx, plans[1])
				if strings.Contains(summaries(first.Warnings), "Contradict") || !strings.Contains(summaries(second.Warnings), "Blocks Contradict Each Other") || len(first.Problems)+len(second.Problems) > 0 {
					h.Errorf("got %+v and %+v", first, second)
				}
			})
		})
	}
}

// A block that -replace names is planned as recorded and as new. It does not contradict itself.
func TestPreflightOfAReplacementDoesNotContradictItself(t *testing.T) {
	t.Parallel()
	inBubble(t, today(), heldValue("vpc-0"), func(h *harness) {
		p, update := h.engine.Preflight(), h.update(h.wantValue("vpc-2"))
		update.ReopenOnDestroy = true
		h.wantFindings(p.Check(h.ctx, update), "", reopensSummary)
		h.wantFindings(p.Check(h.ctx, Planned{Desired: update.Desired}), "", "Task Is Already Completed Differently")
	})
}

// A contradiction may depend on the values of the task, and a list may lag behind them.
func TestPreflightOfAContradictionThatAListShows(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Config{ListLag: 1}, func(k *sandbox.Task) { k.Taskdata = map[string]any{field: "old"} }, func(h *harness) {
		h.server.Update(taskID, func(k *sandbox.Task) { k.Taskdata = map[string]any{field: "held"} })
		p := h.listingPreflight()
		h.wantFindings(p.Check(h.ctx, Planned{Desired: h.wantValue("held")}), "", "")
		h.wantFindings(p.Check(h.ctx, Planned{Desired: h.want()}), "", "")
		h.wantRequests(get, get)
	})
}

// A list alone does not justify an error: if the task itself cannot be read, the contradiction is a
// warning.
func TestPreflightOfAContradictionThatOnlyAListShows(t *testing.T) {
	t.Parallel()
	const contradict = "Blocks Contradict Each Other"
	for name, fault := range map[string]sandbox.Fault{
		"no response": {Method: get, PathPart: "/tasks/", Drop: true, Times: -1},
		"forbidden":   {Method: get, PathPart: "/tasks/", Status: 403, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, today(), func(k *sandbox.Task) { k.Taskdata = map[string]any{field: "held"} }, func(h *harness) {
				p := h.listingPreflight()
				h.wantFindings(p.Check(h.ctx, Planned{Desired: h.wantValue("x")}), "", "")
				h.server.Inject(fault)
				f := p.Check(h.ctx, Planned{Desired: h.wantValue("y")})
				h.wantFindings(f, "", contradict)
				h.wantText(details(Result{Warnings: f.Warnings}), "has another value", "Keep one block for each task.")
				h.wantRequests(get, get) // the list and the task
			})
		})
	}
}
