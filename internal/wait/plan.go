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
	// planningFresh is the maximum age of a list that a plan uses. It is the default interval of a
	// wait, so that the waits of an apply begin with the list of their own check.
	planningFresh = 15 * time.Second
)

// Check predicts what an apply will wait for, or why it would fail. The error is a
// [*notice.Failure] about the task itself, or that of a read that failed. Then nothing is known,
// and the plan continues, because it must work without a network.
func (w *Waits) Check(ctx context.Context, want Wanted) (warnings []notice.Notice, err error) {
	ctx, cancel := context.WithTimeout(ctx, planningTime)
	defer cancel()
	task, warning, err := w.planned(ctx, &want)
	switch {
	case err != nil:
		return nil, err
	case warning != nil:
		return []notice.Notice{*warning}, nil
	}
	switch verdict := judge(task, want.FailOnRejection); verdict {
	case open:
		return []notice.Notice{waitsFor(task, want)}, nil
	case done:
		return []notice.Notice{isOver(task, want)}, nil
	case rejected, undecided, archived:
		return nil, refusal(task, want, verdict, planning)
	}
	return nil, nil
}

// planned returns the task from a list if it is open there, and otherwise by its own GET. The
// warning reports that there is no such task.
func (w *Waits) planned(ctx context.Context, want *Wanted) (*tallyfy.Task, *notice.Notice, error) {
	if want.Run != "" {
		l := w.process(want.TaskRef).poll(ctx, w.client, planningFresh, want.Task == "")
		if want.Task == "" {
			if tallyfy.IsNotFound(l.err) {
				return nil, new(notThere(*want, l.err)), nil
			}
			if l.err != nil {
				return nil, nil, l.err
			}
			named, err := lookup.Match(lookup.Wanted{TaskRef: want.TaskRef, Alias: want.Alias}, l.tasks)
			if lookup.IsAmbiguous(err) {
				return nil, nil, err
			} else if err != nil {
				return nil, new(noSuchAlias(*want, err)), nil
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
	if tallyfy.IsNotFound(err) {
		return nil, new(notThere(*want, err)), nil
	}
	return task, nil, err
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
	return notice.Notice{Summary: notice.TaskSummary(task, "Apply Waits for a Task"), Attribute: want.attribute(), Detail: detail}
}

func isOver(task *tallyfy.Task, want Wanted) notice.Notice {
	what := "completed"
	if task.Type == tallyfy.TypeApproval && task.IsApproved != nil {
		what = map[bool]string{true: "approved", false: "rejected"}[*task.IsApproved]
	}
	return notice.Notice{
		Summary: notice.TaskSummary(task, "Nothing to Wait For"), Attribute: want.attribute(),
		Detail: fmt.Sprintf("%s was %s by %s. Applying this records it without a wait, unless the task is reopened before.", notice.TaskSubject(task), what, notice.Completer(task)),
	}
}

// named returns the task as far as its summary is concerned: with the ID or the alias as its title.
func (w Wanted) named() *tallyfy.Task { return &tallyfy.Task{ID: w.Task, Title: w.Alias} }

// stillMissing describes a wait for a task that a plan does not find.
func stillMissing(want Wanted) string {
	patience := want.patience()
	switch {
	case want.Timeout == 0:
		return fmt.Sprintf("Applying this searches for the task for about %s, or until timeouts.create is over, and fails unless Tallyfy shows it by then.", patience)
	case want.Timeout <= patience:
		return fmt.Sprintf("Applying this searches for the task until timeouts.create (%s) is over, and fails unless Tallyfy shows it by then.", want.Timeout)
	}
	return fmt.Sprintf("Applying this searches for the task for about %s, and fails unless Tallyfy shows it by then.", patience)
}

func notThere(want Wanted, err error) notice.Notice {
	what, check := notice.TaskRef(want.TaskRef), "Check organization_id, run_id and task_id."
	if want.Task == "" {
		what, check = "the tasks of process "+want.Run, "Check organization_id and run_id."
	}
	return notice.Notice{
		Summary: notice.TaskSummary(want.named(), "Task Cannot Be Found"), Attribute: want.attribute(),
		Detail: notice.Paragraphs(
			fmt.Sprintf("Reading %s while planning: %s. %s", what, notice.Outcome(withoutBudget(err)), stillMissing(want)),
			check, notice.ServerMessage(err)),
	}
}

func noSuchAlias(want Wanted, err error) notice.Notice {
	detail := err.Error()
	var failure *notice.Failure
	if errors.As(err, &failure) {
		detail = failure.Detail
	}
	return notice.Notice{Summary: notice.TaskSummary(want.named(), "Task Cannot Be Found"), Attribute: attrAlias, Detail: notice.Paragraphs(detail, stillMissing(want))}
}
