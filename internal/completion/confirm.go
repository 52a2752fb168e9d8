// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// confirmed tells whether a list shows the very completion that is recorded, so that the task need not be looked at by itself.
// Since lists may be behind, this is all that they are believed: an open task, another time or another decision may be what
// was before an update of ours. Nor is a list asked for the first task that is looked at: it may be the only one.
func (e *Engine) confirmed(ctx context.Context, ref tallyfy.TaskRef, known Record) bool {
	if !known.saysCompleted() || known.CompletedAt == "" {
		return false
	}
	list := e.rosters.known(withForms(ref), ref.Task) // which is for tasks to be completed, and shows the others too
	if list == nil {
		first := false
		if list, first = e.rosters.of(ofCompleted(ref), ref.Task); first {
			return false
		}
	}
	task, err := list.look(ctx, e.client.WithRateLimitRetriesOnly().TasksPage, ref.Task)
	return err == nil && task != nil && known.isOf(task, runOf(ref, task).Run)
}

// isOf tells whether a task that was found in a run shows just what is recorded. Words of its status may differ, and so may a
// decision that is not recorded.
func (r Record) isOf(task *tallyfy.Task, run string) bool {
	if task.CompletedAt == "" { // which alone tells one completion from another
		return false
	}
	shown := recordOf(r, run, task)
	shown.Status = r.Status
	if r.IsApproved == nil {
		shown.IsApproved = nil
	}
	return shown.equal(r)
}

// ofCompleted is the list of the completed tasks of a run, or of one-off tasks where there is none. The filter only keeps it
// short: one that the server does not know has no effect (tallyfy-api §1.4). Runs are archived once they are over, and their
// completions stay in states for long.
func ofCompleted(ref tallyfy.TaskRef) tallyfy.List {
	return tallyfy.List{Organization: ref.Organization, Run: ref.Run, OneOff: ref.Run == "", Status: "complete", Archived: true}
}

// withForms is the list of all tasks of a run with what there is to fill in.
func withForms(ref tallyfy.TaskRef) tallyfy.List {
	return tallyfy.List{Organization: ref.Organization, Run: ref.Run, WithForm: true}
}
