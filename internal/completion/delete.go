// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"fmt"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Delete reopens a task, for configurations that ask for it. known is what is recorded of it. A task that is open or gone already is
// fine. A task whose completion this process has just recorded for another block, as create_before_destroy and a renamed block make
// it, is left as it is, also if the outcome of that completion is not known. So is one that someone completes anew meanwhile; a warning
// says so. Any error is a [*Failure].
func (e *Engine) Delete(ctx context.Context, ref tallyfy.TaskRef, known Record) (warnings []Notice, err error) {
	unlock, err := e.locks.lock(ctx, ref)
	if err != nil {
		return nil, err
	}
	defer unlock()
	history := e.locks.history(ref)
	if history.last != nil || history.outcomeUnknown {
		return []Notice{takenOver(ref, history.outcomeUnknown)}, nil
	}
	task, err := e.readBefore(ctx, ref, readOptions{until: history.condition(known.isShown())})
	if err != nil {
		return nil, err
	}
	if task, _ = history.correct(ref, task, nil); task != nil && isOpen(task) {
		return nil, nil
	}
	ref = withRun(ref, task)
	base := history.baselineOf(task, known)
	seen, err := e.reopen(ctx, ref, base, false)
	switch {
	case seen.gone: // there is no task to reopen any more
		return nil, nil
	case err != nil:
		return nil, err
	case seen.anew:
		return []Notice{completedAnew(seen.task)}, nil
	}
	e.locks.recordReopening(ref, base)
	return nil, nil
}

// takenOver warns of a task that was not reopened, because another block has its completion now. doubtful says that it may have it.
func takenOver(ref tallyfy.TaskRef, doubtful bool) Notice {
	what := fmt.Sprintf("completed %s or found it completed", notice.TaskRef(ref))
	if doubtful {
		what = fmt.Sprintf("sent a completion of %s whose outcome is not known", notice.TaskRef(ref))
	}
	return Notice{
		Summary:   "Task Was Not Reopened",
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("Another block of this configuration has just %s, so destroying this one did not reopen the task. "+
			"Nothing was sent. Use a moved block when you rename a block.", what),
	}
}

// completedAnew warns of a task that was reopened and is completed all the same.
func completedAnew(task *tallyfy.Task) Notice {
	return Notice{
		Summary:   "Task Was Completed Again",
		Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s was to be reopened, and Tallyfy shows a newer completion of it, by %s. Someone completed it meanwhile; it was left as it is.",
			notice.TaskSubject(task), notice.Completer(task)),
	}
}
