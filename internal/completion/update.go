// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"errors"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Update changes a recorded completion to what is wanted now. If the decision, the values or the
// completer changed, it reopens the task and completes it again. Otherwise it makes no request.
// known is the record, and before is what was wanted when it was recorded. Any error is a
// [*Failure], and known then stays recorded.
func (e *Engine) Update(ctx context.Context, known Record, before, want Desired) (Result, error) {
	if !Resends(before, want) {
		return Result{Record: known}, nil
	}
	ctx = tallyfy.WithSecrets(ctx, want.secrets()...)
	unlock, err := e.locks.lock(ctx, want.Task, want.Subject)
	if err != nil {
		return Result{}, err
	}
	defer unlock()
	history := e.locks.history(want.Task)
	o := readOptions{form: want.hasValues(), until: history.condition(known.isShown()), detached: history.outcomeUnknown}
	return e.withTask(ctx, want, o, func(ctx context.Context, task *tallyfy.Task) (Result, error) {
		return e.updateFrom(ctx, task, history, known, want)
	})
}

// updateFrom changes a recorded completion from what was read; task is nil if the server does not
// show it. Any error is a [*Failure].
func (e *Engine) updateFrom(ctx context.Context, task *tallyfy.Task, history taskHistory, known Record, want Desired) (Result, error) {
	if doubts := history.reasonNotToSend(task); doubts != "" {
		return Result{}, &Failure{Notice: mayBeSent(want.Task, doubts, want.Subject)}
	}
	task, behind := history.correct(want.Task, task, nil)
	want, err := want.resolved(task)
	if err != nil {
		return Result{}, err
	}
	if history.hasSent(task) {
		return sentAlready(want, history.last)
	}
	decision := decideUpdate(task, want)
	var result Result
	switch decision.step {
	case refuse:
		return Result{}, &Failure{Notice: decision.refusal}
	case adopt:
		result = e.record(want, task, behind, nil)
	case send:
		result, err = e.complete(ctx, history.baselineOf(task, known), want)
	case reopenAndSend:
		result, err = e.completeAgain(ctx, history.baselineOf(task, known), want)
	}
	result.Warnings = append(decision.warnings, result.Warnings...)
	if err == nil && sameTime(result.Record.CompletedAt, known.CompletedAt) { // the same completion, and only its response showed them
		setIfKnown(&result.Record.TasksChangedByRules, known.TasksChangedByRules)
	}
	return result, err
}

// completeAgain reopens a task and completes it. After the reopening it continues when ctx ends,
// for up to [tallyfy.Grace], because an interrupted update must not leave the task open.
func (e *Engine) completeAgain(ctx context.Context, base baseline, want Desired) (Result, error) {
	ref := withRun(want.Task, base.task)
	reopening, err := e.reopen(ctx, ref, base, want.hasValues())
	switch {
	case err != nil:
		return Result{}, err
	case reopening.completedAgain:
		if len(want.Taskdata) > 0 && reopening.task.Taskdata == nil {
			return Result{}, &Failure{Notice: overtaken(reopening.task, []string{want.attribute() + ": Tallyfy does not show the values"}, nil, false, want.Subject)}
		}
		done, err := adoptFromOthers(reopening.task, want, nil, adopted(reopening.task, want.Subject))
		if err != nil {
			return Result{}, err
		}
		return e.record(want, done.task, false, done.warnings), nil
	case reopening.readErr != nil && base.task != nil: // the old completion may still stand, so nothing may be sent
		return Result{}, notSeenOpen(ref, reopening.readErr)
	}
	e.locks.recordReopening(ref, base)
	ctx, done := tallyfy.Detach(ctx)
	defer done()
	result, err := e.complete(ctx, base.reopened(reopening.task), want)
	var failure *Failure
	if errors.As(err, &failure) {
		failure.Detail = notice.Paragraphs(failure.Detail, "The task had been reopened for this change, so its earlier completion no longer stands. "+
			"The next plan shows what is left to do.")
	}
	return result, err
}

// reopened returns the baseline of a task after it was reopened. What a PUT must repeat is taken
// from the new read, and the rest from the earlier read if the response does not show it.
func (b baseline) reopened(task *tallyfy.Task) baseline {
	switch {
	case task == nil:
		b.progress, b.lastUpdated = nil, ""
		return b
	case b.task == nil: // the server shows it after all
		b.progress, b.lastUpdated = task.Progress, task.LastUpdated
		if task.RunID != "" || len(missingEcho(task)) == 0 { // otherwise only the completion can carry the values
			b.task = task
		}
		return b
	}
	now := *b.task
	setIfKnown(&now.Title, task.Title)
	setIfKnown(&now.Deadline, task.Deadline)
	if task.Owners != nil {
		now.Owners = task.Owners
	}
	b.task, b.lastUpdated, b.progress = &now, task.LastUpdated, task.Progress // a reopening may have reset the shares
	return b
}
