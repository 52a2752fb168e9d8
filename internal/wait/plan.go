// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package wait

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/lookup"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

const (
	// planningTime limits a check, because a plan without a network must not wait long.
	planningTime = 10 * time.Second
	// planningFresh is the maximum age of a list that a plan uses. It is the default interval of a wait, so that the waits of an
	// apply begin with the list of their own check.
	planningFresh = 15 * time.Second
)

// Check predicts what an apply will wait for, or why it would fail. The error is a [*notice.Failure] about the task itself.
// Without a response, Check reports nothing and the checks that follow are skipped, because a plan must work without a network.
func (w *Waits) Check(ctx context.Context, want Wanted) (warnings []notice.Notice, err error) {
	if w.unreachable.Load() {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, planningTime)
	defer cancel()
	task, warning, err := w.planned(ctx, &want)
	switch {
	case lookup.IsAmbiguous(err):
		return nil, err
	case err != nil:
		return w.unchecked(ctx, want, err), nil
	case warning != nil:
		return []notice.Notice{*warning}, nil
	}
	switch verdict := judge(task, want.FailOnRejection); verdict {
	case open:
		return []notice.Notice{waitsFor(task, want)}, nil
	case done:
		return []notice.Notice{isOver(task)}, nil
	case rejected, undecided, archived:
		return nil, refusal(task, verdict, planning)
	}
	return nil, nil
}

// planned returns the task from a list if it is open there, and otherwise by its own GET. The warning reports that there is no
// such task.
func (w *Waits) planned(ctx context.Context, want *Wanted) (*tallyfy.Task, *notice.Notice, error) {
	if want.Run != "" {
		l := w.process(want.TaskRef).poll(ctx, w.client, planningFresh, want.Task == "")
		if want.Task == "" {
			if l.err != nil {
				return nil, nil, l.err
			}
			named, err := lookup.Among(lookup.Wanted{TaskRef: want.TaskRef, Alias: want.Alias}, l.tasks)
			if lookup.IsAmbiguous(err) {
				return nil, nil, err
			} else if err != nil {
				return nil, new(noSuchAlias(err)), nil
			}
			want.Task = named.ID
		}
		switch entry := l.find(want.Task); {
		case l.err != nil && !isForGood(l.err):
			return nil, nil, l.err
		case seemsOpen(entry):
			return entry, nil, nil
		}
	}
	task, err := w.client.GetTask(ctx, want.TaskRef)
	if isAbsent(err) {
		return nil, new(notThere(want.TaskRef, err)), nil
	}
	return task, nil, err
}

// unchecked warns once that Tallyfy refuses to show tasks. Failures that a later apply need not meet are not reported.
func (w *Waits) unchecked(ctx context.Context, want Wanted, err error) []notice.Notice {
	var e *tallyfy.Error
	errors.As(err, &e)
	w.log(ctx, "the check of a planned wait failed", map[string]any{"task_id": want.Task, "run_id": want.Run, "error": err.Error()})
	refused := isForGood(err) || e != nil && e.Status/100 == 2
	switch {
	case refused && e != nil && e.Status != 0:
		if w.refused.Swap(true) {
			return nil
		}
		return []notice.Notice{notShown(want, withoutBudget(err))}
	case e == nil || e.Status == 0:
		w.unreachable.Store(true)
	}
	return nil
}

func waitsFor(task *tallyfy.Task, want Wanted) notice.Notice {
	waits := "waits"
	if want.Timeout > 0 {
		waits = fmt.Sprintf("waits for up to %s", want.Timeout)
	}
	detail := fmt.Sprintf("%s is open: its status is %s%s. Applying this %s until it is completed.", notice.TaskSubject(task), status(task), assignees(task), waits)
	if task.EveryoneMustComplete {
		detail += " Everyone who is assigned must complete it."
	}
	if task.Type == tallyfy.TypeApproval && want.FailOnRejection {
		detail += " A rejection is an error."
	}
	return notice.Notice{Summary: "Apply Waits for a Task", Attribute: attrTaskID, Detail: detail}
}

func isOver(task *tallyfy.Task) notice.Notice {
	what := "completed"
	if task.Type == tallyfy.TypeApproval && task.IsApproved != nil {
		what = map[bool]string{true: "approved", false: "rejected"}[*task.IsApproved]
	}
	return notice.Notice{
		Summary: "Nothing to Wait For", Attribute: attrTaskID,
		Detail: fmt.Sprintf("%s was %s by %s. Applying this records it without a wait, unless the task is reopened before.", notice.TaskSubject(task), what, notice.Completer(task)),
	}
}

// stillMissing describes a wait for a task that a plan does not find.
const stillMissing = "Applying this looks for the task for a minute, and fails unless Tallyfy shows it by then."

func notThere(ref tallyfy.TaskRef, err error) notice.Notice {
	return notice.Notice{
		Summary: "Task Cannot Be Found", Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s while planning: %s. %s", notice.TaskRef(ref), notice.Outcome(withoutBudget(err)), stillMissing),
			"Check organization_id, run_id and task_id.", notice.ServerMessage(err)),
	}
}

func noSuchAlias(err error) notice.Notice {
	detail := err.Error()
	var failure *notice.Failure
	if errors.As(err, &failure) {
		detail = failure.Detail
	}
	return notice.Notice{Summary: "Task Cannot Be Found", Attribute: "alias", Detail: notice.Paragraphs(detail, stillMissing)}
}

func notShown(want Wanted, err error) notice.Notice {
	what := notice.TaskRef(want.TaskRef)
	if want.Task == "" {
		what = "the tasks of process " + want.Run
	}
	next := advice(err, want.TaskRef)
	if next == "" {
		next = notice.Advice(err)
	}
	return notice.Notice{
		Summary: "Planned Wait Could Not Be Checked", Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s while planning: %s. The plan does not say what the apply waits for; the apply fails if Tallyfy still refuses to show the task. "+
				"Other waits of this plan are not reported.", what, notice.Outcome(err)),
			next, notice.ServerMessage(err)),
	}
}
