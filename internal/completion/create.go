// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Create completes a task that is not recorded yet. A task that is already completed as wanted is recorded and not completed again.
// A nil error means that the result is to be recorded; any error is a [*Failure], and then nothing is.
func (e *Engine) Create(ctx context.Context, want Desired) (Result, error) {
	ctx = tallyfy.WithSecrets(ctx, want.secrets()...)
	unlock, err := e.locks.lock(ctx, want.Task)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	o := readOptions{form: want.hasValues()}
	if e.locks.hasRecorded(want.Task) { // another block of this apply has completed it
		o.until = (*tallyfy.Task).Completed
	}
	before := e.locks.hasTakenBack(want.Task)
	if before.saysCompleted() { // a replacement: the read may still show what was there
		o.until = baselineOf(nil, before).isOpenOrNew
	}
	task, err := e.readBefore(ctx, want.Task, o)
	if err != nil {
		return Result{}, err
	}
	if before.saysCompleted() && task != nil && !baselineOf(nil, before).isOpenOrNew(task) {
		task = withoutCompletion(task)
	}
	if want, err = want.resolved(task); err != nil {
		return Result{}, err
	}
	what := decideCreate(task, want)
	switch what.step {
	case refuse:
		return Result{}, &Failure{Notice: what.refusal}
	case adopt:
		return e.record(want, task, what.warnings), nil
	}
	result, err := e.complete(ctx, baselineOf(task, before), want)
	result.Warnings = append(what.warnings, result.Warnings...)
	return result, err
}

// withoutCompletion returns a task as it is after its reopening, if a read still shows it as it was before.
func withoutCompletion(task *tallyfy.Task) *tallyfy.Task {
	open := *task
	open.Status, open.CompletedAt, open.IsApproved, open.CompleterID, open.CompleterGuestID = "in-progress", "", nil, 0, ""
	return &open
}

// record is the result of a task that is as it should be.
func (e *Engine) record(want Desired, task *tallyfy.Task, warnings []Notice) Result {
	e.locks.record(want.Task)
	return Result{Record: recordOf(Record{}, runOf(want.Task, task).Run, task), Warnings: warnings}
}

// complete saves the values and completes an open task. Any error is a [*Failure].
func (e *Engine) complete(ctx context.Context, base baseline, want Desired) (Result, error) {
	ref := runOf(want.Task, base.task)
	values, err := e.saveValues(ctx, ref, base.task, want)
	if err != nil {
		return Result{}, err
	}
	if len(want.Taskdata) > 0 {
		base, want.kept = base.saved(values.task), values.kept
	}
	done, err := e.send(ctx, ref, base, want)
	if err != nil {
		return Result{}, err
	}
	// From here on Tallyfy has accepted: whatever is wrong can only be a warning.
	e.locks.record(ref)
	var known Record
	if base.task != nil {
		known.Title, known.TaskType = base.task.Title, base.task.Type
	}
	known.RunID = ref.Run
	result := Result{Record: recordOf(known, runOf(ref, done.task).Run, done.task), Warnings: append(values.warnings, done.warnings...)}
	if !values.confirmed || done.task != nil && done.task.Taskdata != nil {
		result.Warnings = append(result.Warnings, valuesUnconfirmed(ref, want, done.task)...)
	}
	return result, nil
}

// valuesUnconfirmed warns of values that only the completion carried, unless the completed task shows them.
func valuesUnconfirmed(ref tallyfy.TaskRef, want Desired, task *tallyfy.Task) []Notice {
	if task == nil || task.Taskdata == nil {
		return []Notice{valuesUnsure(ref, want, false, difference{})}
	}
	if lost := want.compare(task.Taskdata); !lost.none() {
		return []Notice{valuesUnsure(ref, want, true, lost)}
	}
	return nil
}
