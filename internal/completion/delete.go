// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Delete reopens a task, for configurations with reopen_on_destroy. known is the record of the
// completion. Delete succeeds if the task is open afterwards. It sends nothing for a task that
// Tallyfy does not show, and warns. In two cases it leaves the task completed, with a warning: this
// process has just recorded or sent another block's completion of the task, as with
// create_before_destroy and renamed blocks; or someone completes the task again in the meantime.
// Any error is a [*Failure].
func (e *Engine) Delete(ctx context.Context, ref tallyfy.TaskRef, known Record) (warnings []Notice, err error) {
	unlock, err := e.locks.lock(ctx, ref, Resource)
	if err != nil {
		return nil, err
	}
	defer unlock()
	defer e.recent.end(ref)
	history := e.locks.history(ref)
	if history.last != nil || history.outcomeUnknown {
		return []Notice{takenOver(ref, history.outcomeUnknown)}, nil
	}
	task, err := e.readBefore(ctx, ref, Resource, readOptions{until: history.condition(known.isShown())})
	if err != nil {
		return nil, err
	}
	if task == nil { // a task that two reads do not find is gone; otherwise the DELETE is authoritative
		again, err := e.read(ctx, ref, readOptions{})
		switch {
		case tallyfy.IsNoResource(err):
			return []Notice{nothingToReopen(ref, "Reading "+notice.TaskRef(ref)+" before reopening it", "Nothing was sent", err)}, nil
		case err == nil:
			task = again
		}
	}
	if task, _ = history.correct(ref, task, nil); task != nil && isOpen(task) {
		return nil, nil
	}
	ref = withRun(ref, task)
	base := history.baselineOf(task, known)
	result, err := e.reopen(ctx, ref, base, false)
	switch {
	case result.gone != nil: // no task is left to reopen
		return []Notice{nothingToReopen(ref, "Reopening "+notice.TaskRef(ref), "Tallyfy rejected the reopening", result.gone)}, nil
	case err != nil:
		return nil, err
	case result.completedAgain:
		return []Notice{completedAgain(result.task)}, nil
	}
	e.locks.recordReopening(ref, base)
	return nil, nil
}

// takenOver warns that a task was not reopened, because its completion belongs to another block
// now. doubtful reports that the outcome of that completion is unknown.
func takenOver(ref tallyfy.TaskRef, doubtful bool) Notice {
	what := fmt.Sprintf("completed %s or found it completed", notice.TaskRef(ref))
	if doubtful {
		what = fmt.Sprintf("sent a completion of %s whose outcome is not known", notice.TaskRef(ref))
	}
	return Notice{
		Summary:   notice.TaskSummary(&tallyfy.Task{ID: ref.Task}, "Task Was Not Reopened"),
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("Another block of this configuration has just %s, so destroying this one did not reopen the task. "+
			"Nothing was sent. Use a moved block when you rename a block.", what),
	}
}

// nothingToReopen warns that Tallyfy does not show the task to reopen. action is the request that
// found that out, and effect what it means.
func nothingToReopen(ref tallyfy.TaskRef, action, effect string, err error) Notice {
	return Notice{
		Summary:   notice.TaskSummary(&tallyfy.Task{ID: ref.Task}, "Task Was Not Reopened"),
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("%s: %s. %s", action, notice.Outcome(err), notice.NotShown),
			effect+". The completion is removed from the state.",
			notice.ServerMessage(err)),
	}
}

// completedAgain warns that someone completed a task again after it was reopened.
func completedAgain(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   notice.TaskSummary(task, "Task Was Completed Again"),
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("While %s was being reopened, someone completed it again: Tallyfy shows a newer completion, by %s. This completion was left as it is.",
			notice.TaskSubject(task), notice.Completer(task)),
	}
}
