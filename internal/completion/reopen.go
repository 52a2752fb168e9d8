// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// reopened is what became of a task whose completion was to be taken back.
type reopened struct {
	// task is how the task was seen afterwards; nil if Tallyfy accepted the reopening and does not show the task.
	task *tallyfy.Task
	// anew says that the task is not open, because someone completed it again after it was reopened.
	anew bool
	// gone says that the task is not there any more, neither to be reopened nor to be read.
	gone bool
	// unseen says why the task could not be read after Tallyfy accepted the reopening.
	unseen error
}

// reopen takes a completion back. It ends well when the task is open, whoever reopened it, and when someone has completed it since.
// Before the request is sent again the task is read, with its form if form says so, unless nothing was written. Any error is a
// [*Failure].
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
			return reopened{unseen: readErr}, nil
		case readErr != nil && !unsure && last == nil && tallyfy.IsNoTask(readErr): // a rate limit is believed where tasks are not shown
			continue
		case readErr != nil && last == nil:
			return reopened{}, notReopened(ref, err, unsure)
		case readErr != nil:
			return reopened{gone: isGone(last) && isGone(readErr)}, notReopened(ref, last, unsure)
		case isOpen(task):
			return reopened{task: task}, nil
		case base.isNew(task):
			return reopened{task: task, anew: true}, nil
		case outcome == tallyfy.Accepted:
			return reopened{}, stillCompleted(ref)
		case last != nil:
			return reopened{}, stillAsItWas(ref, last)
		}
	}
}

// notReopened is the failure of a reopening. unsure says that an attempt may have gone through and the task could not be read since.
func notReopened(ref tallyfy.TaskRef, err error, unsure bool) *Failure {
	means := describeUnsent("reopening", err) + ". Nothing else was sent: the task is as it was."
	if unsure || tallyfy.OutcomeOf(err) == tallyfy.Unknown {
		means = "It is not known whether the task is open now. Nothing else was sent."
	}
	return reopeningFailed(ref, means, err)
}

// stillAsItWas is the failure of a reopening after which the task was read, and still has the completion.
func stillAsItWas(ref tallyfy.TaskRef, err error) *Failure {
	return reopeningFailed(ref, "Tallyfy still shows its completion, and nothing else was sent: the task is as it was.", err)
}

func reopeningFailed(ref tallyfy.TaskRef, means string, err error) *Failure {
	return failed(notice.Report{
		Summary:   "Task Could Not Be Reopened",
		Attribute: attrTaskID,
		Action:    "Reopening " + notice.TaskRef(ref),
		Effect:    means,
		Cause:     err,
	})
}

// isGone reports whether Tallyfy responded that there is no such object, and not that there is no such path.
func isGone(err error) bool { return tallyfy.IsNotFound(err) && !tallyfy.IsNoEndpoint(err) }

// notSeenOpen is the failure of an update whose reopening was accepted and could not be confirmed.
func notSeenOpen(ref tallyfy.TaskRef, readErr error) *Failure {
	return failed(notice.Report{
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
			"Reopening "+notice.TaskRef(ref)+": Tallyfy accepted the request, and still shows the completion that was to be taken back.",
			"Nothing else was sent; it is not known whether the task is open now.",
			"Check the task in Tallyfy, then apply again: the provider reads it first."),
	}}
}
