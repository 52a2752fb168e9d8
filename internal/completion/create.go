// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Create completes a task that is not recorded yet. If the task is already completed as wanted,
// Create records it and sends no completion. If the error is nil, the caller must record the
// result. Any error is a [*Failure], and nothing is recorded then.
func (e *Engine) Create(ctx context.Context, want Desired) (Result, error) {
	ctx = tallyfy.WithSecrets(ctx, want.secrets()...)
	unlock, err := e.locks.lock(ctx, want.Task, want.Subject)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	history := e.locks.history(want.Task)
	o := readOptions{form: want.hasValues(), until: history.condition(nil), detached: history.outcomeUnknown}
	return e.withTask(ctx, want, o, func(ctx context.Context, task *tallyfy.Task) (Result, error) {
		return e.createFrom(ctx, task, history, want)
	})
}

// createFrom completes a task from what was read; task is nil if the server does not show it. Any
// error is a [*Failure].
func (e *Engine) createFrom(ctx context.Context, task *tallyfy.Task, history taskHistory, want Desired) (Result, error) {
	if doubts := history.reasonNotToSend(task); doubts != "" {
		return Result{}, &Failure{Notice: mayBeSent(want.Task, doubts, want.Subject)}
	}
	task, behind := history.correct(want.Task, task, merged(want.Taskdata, want.SecretTaskdata))
	want, err := want.resolved(task)
	if err != nil {
		return Result{}, err
	}
	if history.hasSent(task) {
		return sentAlready(want, history.last)
	}
	decision := decideCreate(task, want)
	switch decision.step {
	case refuse:
		return Result{}, &Failure{Notice: decision.refusal}
	case adopt:
		return e.record(want, task, behind, decision.warnings), nil
	}
	result, err := e.complete(ctx, history.baselineOf(task, Record{}), want)
	result.Warnings = append(decision.warnings, result.Warnings...)
	return result, err
}

// record returns the result of a task that is completed as wanted. behind reports that reads do not
// show the completion yet.
func (e *Engine) record(want Desired, task *tallyfy.Task, behind bool, warnings []Notice) Result {
	record := recordOf(Record{}, withRun(want.Task, task).Run, task)
	if behind { // the record for the other block stays valid
		return Result{Record: record, Warnings: append(warnings, notShownYet(task, want.Subject))}
	}
	e.locks.record(want, record)
	return Result{Record: record, Warnings: warnings}
}

// sentAlready returns the result of a task that is still open although another block of this apply
// has completed it. The error is a [*Failure] that lists the differences between the blocks.
func sentAlready(want Desired, earlier *recordedCompletion) (Result, error) {
	if differs := earlier.differing(want); len(differs) > 0 {
		return Result{}, &Failure{Notice: sentDifferently(want.Task, differs, want.Subject)}
	}
	return Result{Record: earlier.record, Warnings: []Notice{sentByAnother(want.Task, want.Subject)}}, nil
}

// complete saves the values and completes an open task. Any error is a [*Failure].
func (e *Engine) complete(ctx context.Context, base baseline, want Desired) (Result, error) {
	ref := withRun(want.Task, base.task)
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
	// Tallyfy has accepted the completion, so only warnings may follow.
	var known Record
	if base.task != nil {
		known.Title, known.TaskType = base.task.Title, base.task.Type
	}
	known.RunID = ref.Run
	result := Result{Record: recordOf(known, withRun(ref, done.task).Run, done.task), Warnings: append(values.warnings, done.warnings...)}
	e.locks.record(want, result.Record)
	if !values.confirmed || done.task != nil && done.task.Taskdata != nil && !lacksValues(done.task, want) {
		result.Warnings = append(result.Warnings, valuesUnconfirmed(ref, want, done.task)...)
	}
	return result, nil
}

// valuesUnconfirmed warns about values that were sent only with the completion, unless the
// completed task shows them.
func valuesUnconfirmed(ref tallyfy.TaskRef, want Desired, task *tallyfy.Task) []Notice {
	if task == nil || task.Taskdata == nil {
		return []Notice{valuesUnsure(ref, want, false, difference{})}
	}
	if lost := want.compare(task.Taskdata); !lost.none() {
		return []Notice{valuesUnsure(ref, want, true, lost)}
	}
	return nil
}
