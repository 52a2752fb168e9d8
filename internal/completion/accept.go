// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// accepted is what is known of a completion that Tallyfy accepted. task is nil if nothing is.
type accepted struct {
	task     *tallyfy.Task
	warnings []Notice
}

// adoptOwn takes a completion that is found after an attempt whose outcome is unknown for the effect of that attempt. Another
// decision or other values are an error: someone else was probably faster.
func adoptAfterLostResponse(task *tallyfy.Task, want Desired, cause error) (accepted, error) {
	if differs := differing(task, want); len(differs) > 0 {
		return accepted{}, &Failure{Notice: overtaken(task, differs, cause, true)}
	}
	if want.OverrideUser != nil && task.CompleterID != 0 && task.CompleterID != *want.OverrideUser {
		return accepted{task: task, warnings: []Notice{adoptedWithDoubt(task)}}, nil
	}
	return accepted{task: task}, nil
}

// adoptOthers takes a completion that is found after an attempt that was refused, or a reopening: someone else completed the task.
// warning says so, and what became of the request of this apply; cause is what that came back with, nil for nothing worth telling.
func adoptFromOthers(task *tallyfy.Task, want Desired, cause error, warning Notice) (accepted, error) {
	if differs := differing(task, want); len(differs) > 0 {
		return accepted{}, &Failure{Notice: overtaken(task, differs, cause, false)}
	}
	return accepted{task: task, warnings: []Notice{warning}}, nil
}

// verify reads a completion that was accepted if its response leaves something to be known. Only warnings may follow.
func (e *Engine) verify(ctx context.Context, ref tallyfy.TaskRef, base baseline, response *tallyfy.Task, want Desired) accepted {
	if response != nil && response.Completed() {
		task := withType(response, base.task)
		return accepted{task: task, warnings: append(recordedDifferently(task, want), completedBefore(task)...)}
	}
	o := readOptions{form: want.hasValues(), detached: true, until: base.isSettled}
	if response != nil && (response.EveryoneMustComplete || base.everyone()) {
		o.until = nil // that it is open is what one share leaves
	}
	progress(ctx, "Reading %s to see the completion that Tallyfy accepted", notice.TaskRef(ref))
	task, err := e.read(ctx, ref, o)
	switch {
	case err == nil && (isOpen(task) || base.isNew(task)):
	case response != nil && response.Status != "": // its status is all that is known
		task = response
	case err != nil:
		return accepted{warnings: []Notice{unconfirmed(ref, err)}}
	default:
		return accepted{warnings: []Notice{unconfirmed(ref, errStale)}}
	}
	if response != nil && len(task.TasksChangedByRules) == 0 {
		task.TasksChangedByRules = response.TasksChangedByRules // only the response to the completion has them
	}
	if task.Completed() {
		return accepted{task: task, warnings: recordedDifferently(withType(task, base.task), want)}
	}
	return accepted{task: task, warnings: []Notice{leftOpen(ref, task, task.EveryoneMustComplete || base.everyone())}}
}

// slack is how far the clocks of Tallyfy's servers may be apart, with the whole seconds that both times come in.
const slack = 2 * time.Second

// completedBefore warns if a task was completed before the request that its response is to was sent, by the server's own clock.
func completedBefore(task *tallyfy.Task) []Notice {
	at, ok := parseTime(task.CompletedAt)
	if !ok || task.Answered.At.IsZero() || task.Answered.At.Sub(at) <= task.Answered.Took+slack {
		return nil
	}
	return []Notice{completedBeforeRequest(task)}
}

// withType returns the task with the type that was read before, if the response does not show it.
func withType(task, before *tallyfy.Task) *tallyfy.Task {
	if task.Type != "" || before == nil {
		return task
	}
	known := *task
	known.Type = before.Type
	return &known
}
