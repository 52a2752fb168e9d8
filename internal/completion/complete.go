// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// fulfil saves the values and completes an open task. task is what was observed of it, nil if nothing was.
func (e *Engine) fulfil(ctx context.Context, task *tallyfy.Task, want Desired) (Result, error) {
	ref := runOf(want.Task, task)
	saved, err := e.saveValues(ctx, ref, task, want)
	if err != nil {
		return Result{}, err
	}
	done, err := e.send(ctx, ref, task, want)
	if err != nil {
		return Result{}, err
	}
	// From here on Tallyfy has accepted: whatever is wrong can only be a warning.
	e.turns.note(ref)
	result := Result{Record: recordOf(recordOf(Record{}, ref.Run, task), runOf(ref, done.task).Run, done.task), Warnings: done.warnings}
	if !saved {
		shown := done.task != nil && done.task.Taskdata != nil
		var lost difference
		if shown {
			lost = compare(want.Taskdata, done.task.Taskdata)
		}
		if !shown || !lost.none() {
			result.Warnings = append(result.Warnings, valuesUnsure(ref, want, shown, lost))
		}
	}
	return result, nil
}

// accepted is what is known of a completion that Tallyfy accepted. task is nil where nothing is.
type accepted struct {
	task     *tallyfy.Task
	warnings []Notice
}

// adoptOwn takes a task that is found completed after an attempt whose answer was lost for the effect of that attempt.
// Only another decision tells that somebody else was faster.
func adoptOwn(task *tallyfy.Task, want Desired) (accepted, error) {
	if want.IsApproved != nil && decides(task) && task.IsApproved != nil && *task.IsApproved != *want.IsApproved {
		return accepted{}, &Failure{Notice: overtaken(task, *want.IsApproved)}
	}
	return accepted{task: task, warnings: decidedOtherwise(task, want)}, nil
}

// verify looks closer at a completion that was accepted, where its answer leaves something to be known.
func (e *Engine) verify(ctx context.Context, ref tallyfy.TaskRef, before, answer *tallyfy.Task, want Desired) accepted {
	if answer != nil && answer.Completed() {
		return accepted{task: answer, warnings: decidedOtherwise(withType(answer, before), want)}
	}
	// Unreadable, or still open: replicas lag (tallyfy-api §1.4), so the task is read once more, and more often where that may
	// show the completion that was taken back for this one.
	look := e.look
	if before != nil && before.Completed() {
		look = func(ctx context.Context, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
			return e.lookFor(ctx, ref, completedSince(before))
		}
	}
	task, err := look(ctx, ref)
	switch {
	case err != nil && answer == nil:
		return accepted{warnings: []Notice{unconfirmed(ref, err)}}
	case err != nil:
		task = answer
	case answer != nil && len(task.TasksChangedByRules) == 0:
		task.TasksChangedByRules = answer.TasksChangedByRules // only the completion's answer tells them
	}
	if task.Completed() {
		return accepted{task: task, warnings: decidedOtherwise(withType(task, before), want)}
	}
	if before != nil {
		task.EveryoneMustComplete = task.EveryoneMustComplete || before.EveryoneMustComplete
	}
	return accepted{task: task, warnings: []Notice{leftOpen(task)}}
}

// withType is the task with the type that an earlier look found, where the answer does not tell it.
func withType(task, before *tallyfy.Task) *tallyfy.Task {
	if task.Type != "" || before == nil {
		return task
	}
	known := *task
	known.Type = before.Type
	return &known
}
