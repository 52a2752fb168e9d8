// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// accepted is a completion that Tallyfy has accepted. task is nil if Tallyfy does not show it.
type accepted struct {
	task     *tallyfy.Task
	warnings []Notice
}

// adoptAfterLostResponse attributes a completion, which was found after an attempt with an unknown
// outcome, to that attempt. A different decision or different values are an error, because someone
// else probably completed the task first.
func adoptAfterLostResponse(task *tallyfy.Task, want Desired, cause error) (accepted, error) {
	if differs := differing(task, want); len(differs) > 0 {
		return accepted{}, &Failure{Notice: overtaken(task, differs, cause, true, want.Subject)}
	}
	if want.OverrideUser != nil && task.CompleterID != 0 && task.CompleterID != *want.OverrideUser {
		return accepted{task: task, warnings: []Notice{adoptedWithDoubt(task, want.Subject)}}, nil
	}
	return accepted{task: task}, nil
}

// adoptFromOthers adopts a completion by someone else, which was found after a rejected attempt or
// after a reopening. warning describes it. cause is the failure of this apply's request; nil if it
// is not worth reporting.
func adoptFromOthers(task *tallyfy.Task, want Desired, cause error, warning Notice) (accepted, error) {
	if differs := differing(task, want); len(differs) > 0 {
		return accepted{}, &Failure{Notice: overtaken(task, differs, cause, false, want.Subject)}
	}
	return accepted{task: task, warnings: []Notice{warning}}, nil
}

// verify returns the facts of an accepted completion. It reads the task if the response does not
// show all of them. Only warnings may follow.
func (e *Engine) verify(ctx context.Context, ref tallyfy.TaskRef, base baseline, response *tallyfy.Task, want Desired) accepted {
	completed := response != nil && response.Completed()
	shared := response != nil && (response.EveryoneMustComplete || base.everyone())
	var before []Notice
	if completed {
		before = completedBefore(response, want.Subject)
		if !shared && !lacksValues(response, want) {
			task := withType(response, base.task)
			return accepted{task: task, warnings: append(recordedDifferently(task, want), before...)}
		}
	}
	o := readOptions{form: want.hasValues(), detached: true, until: base.isSettled}
	if shared && !completed {
		o.until = nil // one share leaves the task open
	}
	progress(ctx, "Reading %s to see the completion that Tallyfy accepted", notice.TaskRef(ref))
	task, err := e.read(ctx, ref, o)
	switch {
	case err == nil && (isOpen(task) && (shared || !completed) || base.isNew(task)):
	case completed, response != nil && response.Status != "": // nothing else is known
		task = response
	case err != nil:
		return accepted{warnings: []Notice{unconfirmed(ref, err, want.Subject)}}
	default:
		return accepted{warnings: []Notice{unconfirmed(ref, errStale, want.Subject)}}
	}
	if response != nil && len(task.TasksChangedByRules) == 0 {
		task.TasksChangedByRules = response.TasksChangedByRules // only the response to the completion shows them
	}
	if task.Completed() {
		task = withType(task, base.task)
		return accepted{task: task, warnings: append(recordedDifferently(task, want), before...)}
	}
	return accepted{task: task, warnings: []Notice{leftOpen(ref, task, task.EveryoneMustComplete || base.everyone(), want.Subject)}}
}

// lacksValues reports whether a response shows none of the values that it should have. PHP encodes
// an empty taskdata as [], and whether a response that has one is complete is unknown (API.md §2).
func lacksValues(response *tallyfy.Task, want Desired) bool {
	return len(want.Taskdata) > 0 && response.Taskdata != nil && len(response.Taskdata) == 0
}

// slack is the tolerated difference between the clocks of Tallyfy's servers. It includes the
// rounding of both times to seconds.
const slack = 2 * time.Second

// completedBefore returns a warning if the response to a completion shows, by the server's own
// clock, that the task was completed before the request was sent.
func completedBefore(task *tallyfy.Task, s Subject) []Notice {
	at, ok := parseTime(task.CompletedAt)
	if !ok || task.Timing.Date.IsZero() || task.Timing.Date.Sub(at) <= task.Timing.Took+slack {
		return nil
	}
	return []Notice{completedBeforeRequest(task, s)}
}

// withType returns the task with the type from an earlier read, if the response does not show the
// type.
func withType(task, before *tallyfy.Task) *tallyfy.Task {
	if task.Type != "" || before == nil {
		return task
	}
	known := *task
	known.Type = before.Type
	return &known
}
