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
	task := e.listed(ctx, ref)
	return task != nil && known.isOf(task, runOf(ref, task).Run)
}

// listed returns a task as a list shows it that all who look at a task of its run share. It is nil if the list does not show the task,
// or if this is the first look: the task may be the only one, and then a list takes no fewer requests.
func (e *Engine) listed(ctx context.Context, ref tallyfy.TaskRef) *tallyfy.Task {
	list := e.rosters.known(withForms(ref), ref.Task) // which is for tasks to be completed, and shows the others too
	if list == nil {
		first := false
		if list, first = e.rosters.of(Completed(ref.Organization, ref.Run), ref.Task); first {
			return nil
		}
	}
	task, err := list.look(ctx, e.client.Hasty().TasksPage, ref.Task)
	if err != nil {
		return nil
	}
	return task
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

// withForms is the list of all tasks of a run with what there is to fill in.
func withForms(ref tallyfy.TaskRef) tallyfy.List {
	return tallyfy.List{Organization: ref.Organization, Run: ref.Run, WithForm: true}
}
