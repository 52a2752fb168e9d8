// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"errors"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Create completes a task that is not recorded yet. A task that is completed already as wanted is recorded and not
// completed again. A nil error means that the result is to be recorded; any error is a [*Failure], and then nothing is.
func (e *Engine) Create(ctx context.Context, want Desired) (Result, error) {
	leave, err := e.turns.take(ctx, want.Task)
	if err != nil {
		return Result{}, err
	}
	defer leave()
	task, want, err := e.prepare(ctx, want, e.turns.hasCompleted(want.Task))
	if err != nil {
		return Result{}, err
	}
	return e.carryOut(ctx, task, want, decideCreate(task, want))
}

// Update brings a recorded completion to what is wanted now. Where the decision, the values or the completer changed, that
// means to reopen the task and to complete it again; otherwise no request is made. known is what is recorded, before
// what was wanted when it was. Any error is a [*Failure], and known then stays recorded.
func (e *Engine) Update(ctx context.Context, known Record, before, want Desired) (Result, error) {
	if !Resends(before, want) {
		return Result{Record: known}, nil
	}
	leave, err := e.turns.take(ctx, want.Task)
	if err != nil {
		return Result{}, err
	}
	defer leave()
	task, want, err := e.prepare(ctx, want, false)
	if err != nil {
		return Result{}, err
	}
	result, err := e.carryOut(ctx, task, want, decideUpdate(task, want))
	if sameTime(result.Record.CompletedAt, known.CompletedAt) { // the same completion, whose answer alone told them
		keep(&result.Record.TasksChangedByRules, known.TasksChangedByRules)
	}
	return result, err
}

// prepare looks at the task, and finds the fields that values are given for. Any error is a [*Failure].
func (e *Engine) prepare(ctx context.Context, want Desired, just bool) (*tallyfy.Task, Desired, error) {
	task, err := e.observeFor(ctx, want, just)
	if err != nil {
		return nil, want, unread(want.Task, err)
	}
	want, err = want.resolved(task)
	return task, want, err
}

// carryOut does what was decided about the task that was observed.
func (e *Engine) carryOut(ctx context.Context, task *tallyfy.Task, want Desired, what decision) (Result, error) {
	switch what.step {
	case refuse:
		return Result{}, &Failure{Notice: what.refusal}
	case adopt:
		return Result{Record: recordOf(Record{}, runOf(want.Task, task).Run, task), Warnings: what.warnings}, nil
	case reopenAndSend:
		ref := runOf(want.Task, task)
		if err := e.reopen(ctx, ref); err != nil {
			return Result{}, notReopened(ref, err)
		}
	case send:
	}
	result, err := e.fulfil(ctx, task, want)
	result.Warnings = append(what.warnings, result.Warnings...)
	var failure *Failure
	if what.step == reopenAndSend && errors.As(err, &failure) {
		failure.Detail = notice.Paragraphs(failure.Detail, "The task had been reopened for this change, and its earlier completion is taken back. "+
			"The next plan shows what is left to do.")
	}
	return result, err
}

// Read looks at a recorded completion. Result.Reopened says that it was taken back; a task that can no longer be found
// stays recorded, since a completion is an event that a deleted task does not undo. Any error is a [*Failure], and known
// then stays recorded.
func (e *Engine) Read(ctx context.Context, ref tallyfy.TaskRef, known Record) (Result, error) {
	if e.confirmed(ctx, ref, known) {
		return Result{Record: known}, nil
	}
	task, err := e.readFor(ctx, e.client.GetTask, ref, func(task *tallyfy.Task) bool {
		return task.Completed() || !known.saysCompleted()
	})
	switch {
	case tallyfy.IsNoTask(err):
		return Result{Record: known, Warnings: []Notice{cannotBeSeen(ref, err)}}, nil
	case err != nil:
		return Result{}, story{
			summary:   "Task Could Not Be Read",
			attribute: attrTaskID,
			doing:     "Refreshing the completion of " + where(ref),
			means:     "The state stays as it was, and nothing was sent.",
			cause:     err,
		}.failure()
	case !task.Completed() && known.saysCompleted():
		return Result{Reopened: true, Warnings: []Notice{takenBack(task)}}, nil
	}
	now := recordOf(known, runOf(ref, task).Run, task)
	return Result{Record: now, Changed: !now.equal(known)}, nil
}

// Import finds the completion of a task that is not recorded yet. A task that cannot be found or is not completed is a
// [*Failure]: there is nothing to import.
func (e *Engine) Import(ctx context.Context, ref tallyfy.TaskRef) (Result, error) {
	task, err := e.client.GetTask(ctx, ref)
	switch {
	case err != nil:
		return Result{}, story{
			summary: "Task Could Not Be Imported",
			doing:   "Reading " + where(ref) + " of organization " + ref.Organization + " to import it",
			means:   "Nothing was imported, and nothing was sent.",
			cause:   err,
		}.failure()
	case !task.Completed():
		return Result{}, &Failure{Notice: openToImport(task)}
	}
	return Result{Record: recordOf(Record{}, runOf(ref, task).Run, task)}, nil
}

// Delete reopens a task, for configurations that ask for it. A task that is open or gone already is fine. Any error is
// a [*Failure].
func (e *Engine) Delete(ctx context.Context, ref tallyfy.TaskRef) error {
	leave, err := e.turns.take(ctx, ref)
	if err != nil {
		return err
	}
	defer leave()
	task, err := e.readFor(ctx, e.client.GetTask, ref, (*tallyfy.Task).Completed)
	switch {
	case tallyfy.IsNoTask(err): // the DELETE has the last word
		task = nil
	case err != nil:
		return unread(ref, err)
	case isOpen(task):
		return nil
	}
	ref = runOf(ref, task)
	if err := e.reopen(ctx, ref); err != nil && !tallyfy.IsNotFound(err) {
		return notReopened(ref, err)
	}
	return nil
}

func notReopened(ref tallyfy.TaskRef, err error) *Failure {
	means := "Tallyfy did not act on it, and nothing else was sent: the task is as it was."
	if tallyfy.OutcomeOf(err) == tallyfy.Unknown {
		means = "It is not known whether the task is open now. Nothing else was sent."
	}
	return story{
		summary:   "Task Could Not Be Reopened",
		attribute: attrTaskID,
		doing:     "Reopening " + where(ref),
		means:     means,
		cause:     err,
	}.failure()
}

func openToImport(task *tallyfy.Task) Notice {
	return Notice{
		Summary: "Task Is Not Completed",
		Detail: notice.Paragraphs(
			name(task)+" is not completed: Tallyfy shows it as \""+task.Status+"\". There is no completion to import.",
			"To complete it, leave the import out and apply. In the place of a moved block put a removed block with destroy = false."),
	}
}
