// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// ofCreate returns what a create may tell the user, by a name for each.
func ofCreate() map[string]Notice {
	ref := tallyfy.TaskRef{Run: runID, Task: taskID}
	task := &tallyfy.Task{ID: taskID, Title: "Approve", Type: tallyfy.TypeApproval, Status: "completed", CompletedAt: longAgo, CompleterID: 7, IsApproved: new(true)}
	failed, gone := errors.New("the connection was reset"), &tallyfy.Error{Status: 404}
	another := recordedDifferently(task, Desired{IsApproved: new(false), OverrideUser: new(int64(8))})
	share := &tallyfy.Task{ID: taskID, Status: "in-progress"}
	return map[string]Notice{
		"archived": archived(task), "decision missing": decisionMissing(task), "decision expires": decisionExpires(task), "decision ignored": decisionIgnored(task),
		"adopted": adopted(task), "will be adopted": willBeAdopted(task, Planned{}), "not there": notThere(Planned{Desired: Desired{Task: ref}}, "", gone), "not shown yet": notShownYet(task),
		"sent by another": sentByAnother(ref), "sent differently": sentDifferently(ref, []string{attrIsApproved}), "may be sent": mayBeSent(ref, "Tallyfy does not show the task."),
		"completed otherwise": completedDifferently(task, []string{attrIsApproved}), "overtaken": overtaken(task, []string{attrIsApproved}, failed, false),
		"left open": leftOpen(ref, share, false), "a share": leftOpen(ref, share, true), "adopted, unsure": adoptedWithDoubt(task), "another's": completedBeforeRequest(task),
		"unconfirmed": unconfirmed(ref, failed), "values unsure": valuesUnsure(ref, Desired{}, false, difference{}), "another decision": another[0], "another completer": another[1],
		"not completed": notCompleted(ref, failed).Notice, "not read again": notReadAgain(ref, failed, failed).Notice, "still open": stillOpen(share, ref, failed).Notice,
		"share unknown": shareUnknown(share, ref, failed).Notice, "nobody knows": outcomeUnknown(ref, failed, failed).Notice, "nobody can know": outcomeUnknown(ref, failed, gone).Notice,
		"will be adopted, perhaps": willBeAdopted(task, Planned{Unknown: []string{attrIsApproved}}), "differs in plan": differsInPlan(task, []string{attrIsApproved}),
		"required empty": requiredEmpty(task, []tallyfy.Field{{ID: "f", Label: "VPC"}}), "not checked": notChecked(ref, failed),
		"contradicts": contradicts(task, []string{attrIsApproved}, "The second fails."), "form hidden": formHidden(Desired{Task: ref}),
	}
}

// TestNoticesOfActions looks for what is not true of an action: that it keeps a record, and that an apply invokes it again.
func TestNoticesOfActions(t *testing.T) {
	t.Parallel()
	recorded := regexp.MustCompile(`(?i)\brecorded (as|without|for)|is recorded|\brecords (it|this)\b|\brefresh|next plan|\bthe state\b|\bimport\b|an update|will (not )?be sent (again|for it)`)
	repeated := regexp.MustCompile(`(?i)apply again|next apply|\band apply\b`)
	for name, n := range ofCreate() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if found := recorded.FindString(PlannedAction(n).Detail); found != "" {
				t.Errorf("%q is not true of an action:\n%s", found, PlannedAction(n).Detail)
			}
			invoked := InvokedAction(n)
			if found := recorded.FindString(invoked.Detail) + repeated.FindString(invoked.Detail); found != "" {
				t.Errorf("%q is not true of an action:\n%s", found, invoked.Detail)
			}
			if invoked.Summary != n.Summary || invoked.Attribute != n.Attribute {
				t.Errorf("the title or the attribute changed: %+v", invoked)
			}
		})
	}
}

// TestNoticesOfActionsKeepWords leaves Tallyfy's own words as they are.
func TestNoticesOfActionsKeepWords(t *testing.T) {
	t.Parallel()
	n := Notice{Detail: notice.Paragraphs("Correct it and apply again.", "Tallyfy said: apply again")}
	if got := InvokedAction(n).Detail; got != "Correct it and invoke the action again.\n\nTallyfy said: apply again" {
		t.Errorf("got %q", got)
	}
}

// TestProgress reads the steps of operations.
func TestProgress(t *testing.T) {
	t.Parallel()
	where := "task " + taskID + " of process " + runID
	for name, c := range map[string]struct {
		config sandbox.Config
		fault  *sandbox.Fault
		value  any
		want   []string
	}{
		"plain":  {want: []string{"Reading " + where, "Completing " + where}},
		"values": {value: "vpc-1", want: []string{"Reading " + where, "Saving the field values of " + where, "Completing " + where}},
		"rate limit": {fault: &sandbox.Fault{Method: "POST", Status: 429}, want: []string{
			"Reading " + where, "Completing " + where, "Tallyfy did not confirm the completion: Tallyfy returned 429 Too Many Requests",
			"Reading " + where + " to see what became of the completion", "Completing " + where,
		}},
		"values, unavailable": {fault: &sandbox.Fault{Method: "PUT", Status: 502}, value: "vpc-1", want: []string{
			"Reading " + where, "Saving the field values of " + where, "Tallyfy did not confirm the field values: Tallyfy returned 502 Bad Gateway",
			"Saving the field values of " + where, "Completing " + where,
		}},
		"empty response": {fault: &sandbox.Fault{Method: "POST", Status: 200, Handle: true}, want: []string{
			"Reading " + where, "Completing " + where, "Reading " + where + " to see the completion that Tallyfy accepted",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, c.config, nil, func(h *harness) {
				if c.fault != nil {
					h.server.Inject(*c.fault)
				}
				var steps []string
				h.ctx = WithProgress(h.ctx, func(step string) { steps = append(steps, step) })
				want := h.want()
				if c.value != nil {
					want = h.wantValue(c.value)
				}
				h.create(want)
				if got := strings.Join(steps, "\n"); got != strings.Join(c.want, "\n") {
					t.Errorf("got\n%s\nwant\n%s", got, strings.Join(c.want, "\n"))
				}
			})
		})
	}
}
