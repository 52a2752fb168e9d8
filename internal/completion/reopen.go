// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// reopened is the result of a reopening.
type reopened struct {
	// task is the task as it was read afterwards; nil if Tallyfy accepted the reopening and does
	// not show the task.
	task *tallyfy.Task
	// completedAgain reports that the task is completed, because someone completed it again after
	// it was reopened.
	completedAgain bool
	// gone reports that the task no longer exists.
	gone bool
	// readErr is why the task could not be read after Tallyfy accepted the reopening.
	readErr error
}

// reopen reopens a task. It succeeds if the task is open afterwards, no matter who reopened it, and
// if someone has completed it again since. Before another attempt it reads the task, with its form
// if form is true, unless the attempt was not sent. Any error is a [*Failure].
func (e *Engine) reopen(ctx context.Context, ref tallyfy.TaskRef, base baseline, form bool) (reopened, error) {
	budget := e.client.NewBudget()
	var unsure bool // an earlier attempt may have gone through
	for {
		response, err := e.processes.write(ctx, ref, func() (*tallyfy.Task, error) { return e.client.Reopen(ctx, ref) })
		err = budget.Count(err)
		outcome := tallyfy.OutcomeOf(err)
		if outcome == tallyfy.Accepted && response != nil && isOpen(response) {
			return reopened{task: response}, nil
		}
		unsure = unsure || outcome == tallyfy.Unknown
		last := err // why there is no further attempt; nil if there is one
		if outcome != tallyfy.Rejected && outcome != tallyfy.Accepted {
			last = budget.Wait(ctx, err)
		}
		if outcome == tallyfy.NotSent && !unsure {
			if last != nil {
				return reopened{}, notReopened(ref, last, false)
			}
			continue
		}
		o := readOptions{form: form, detached: true}
		if outcome != tallyfy.RejectedForNow || unsure {
			o.until = base.isOpenOrNew
		}
		task, readErr := e.read(ctx, ref, o)
		switch {
		case readErr != nil && outcome == tallyfy.Accepted:
			return reopened{readErr: readErr}, nil
		case readErr != nil && !unsure && last == nil && tallyfy.IsNoTask(readErr): // the server shows no tasks, and a rate limit is unambiguous
			continue
		case readErr != nil && last == nil:
			return reopened{}, notReopened(ref, err, unsure)
		case readErr != nil:
			return reopened{gone: tallyfy.IsNotFound(last) && tallyfy.IsNotFound(readErr)}, notReopened(ref, last, unsure)
		case isOpen(task):
			return reopened{task: task}, nil
		case base.isNew(task):
			return reopened{task: task, completedAgain: true}, nil
		case outcome == tallyfy.Accepted:
			return reopened{}, stillCompleted(ref)
		case last != nil:
			return reopened{}, stillAsItWas(ref, last)
		}
	}
}

// notReopened is the failure of a reopening. unsure reports that an attempt may have been
// processed, and that the task could not be read since.
func notReopened(ref tallyfy.TaskRef, err error, unsure bool) *Failure {
	effect := describeUnsent("reopening", err) + ". Nothing else was sent: the task is as it was."
	if unsure || tallyfy.OutcomeOf(err) == tallyfy.Unknown {
		effect = "It is not known whether the task is open now. Nothing else was sent."
	}
	return reopeningFailed(ref, effect, err)
}

// stillAsItWas is the failure of a reopening after which a read still shows the completion.
func stillAsItWas(ref tallyfy.TaskRef, err error) *Failure {
	return reopeningFailed(ref, "Tallyfy still shows its completion, and nothing else was sent: the task is as it was.", err)
}

func reopeningFailed(ref tallyfy.TaskRef, effect string, err error) *Failure {
	return Resource.failed(notice.Report{
		Summary:   "Task Could Not Be Reopened",
		Attribute: attrTaskID,
		Action:    "Reopening " + notice.TaskRef(ref),
		Effect:    effect,
		Cause:     err,
	})
}

// notSeenOpen is the failure of an update whose reopening was accepted and could not be confirmed.
func notSeenOpen(ref tallyfy.TaskRef, readErr error) *Failure {
	return Resource.failed(notice.Report{
		Summary:   "Task Could Not Be Reopened",
		Attribute: attrTaskID,
		Action:    "Reading " + notice.TaskRef(ref) + " after Tallyfy accepted its reopening",
		Effect:    "It is not known whether the task is open now. Nothing else was sent.",
		Remedy:    "Apply again when Tallyfy responds: the provider reads the task first.",
		Cause:     readErr,
	})
}

// stillCompleted is the failure of a reopening that Tallyfy accepted and did not carry out.
func stillCompleted(ref tallyfy.TaskRef) *Failure {
	return &Failure{Notice: Notice{
		Summary:   "Task Could Not Be Reopened",
		Attribute: attrTaskID,
		Detail: notice.Paragraphs(
			"Reopening "+notice.TaskRef(ref)+": Tallyfy accepted the request, and still shows the completion.",
			"Nothing else was sent; it is not known whether the task is open now.",
			"Check the task in Tallyfy, then apply again: the provider reads it first."),
	}}
}
