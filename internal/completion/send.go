// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// send sends the completion until it is known to be accepted or refused, by the table of outcomes. Before it is sent
// again the task is looked at, unless nothing was written: a server may act on a request and answer that it did not.
func (e *Engine) send(ctx context.Context, ref tallyfy.TaskRef, before *tallyfy.Task, want Desired) (accepted, error) {
	body := tallyfy.Completion{TaskID: ref.Task, IsApproved: want.IsApproved, OverrideUser: want.OverrideUser, Taskdata: want.Taskdata}
	budget := e.client.NewBudget()
	var unsure bool // an earlier attempt may have gone through
	for {
		answer, err := e.client.Complete(ctx, ref, body)
		err = budget.Count(err)
		switch tallyfy.OutcomeOf(err) {
		case tallyfy.Accepted:
			return e.verify(ctx, ref, before, answer, want), nil

		case tallyfy.NotSent, tallyfy.RejectedForNow:
			spent := budget.Wait(ctx, err)
			switch {
			case spent != nil && unsure:
				return e.settle(ctx, ref, before, want, spent)
			case spent != nil:
				return accepted{}, notCompleted(ref, spent)
			case tallyfy.OutcomeOf(err) == tallyfy.RejectedForNow:
				task, failure := e.lookAfterRefusal(ctx, ref, before, err)
				if failure != nil {
					return accepted{}, failure
				}
				if task != nil && task.Completed() {
					return adoptOwn(task, want)
				}
			}

		case tallyfy.Rejected:
			if !unsure {
				return accepted{}, notCompleted(ref, err)
			}
			return e.settle(ctx, ref, before, want, err) // it may be refused because the earlier one went through

		case tallyfy.Unknown:
			unsure = true
			// The pause comes before the look: a server that is slow to answer may still be at work on it.
			spent := budget.Wait(ctx, err)
			if spent != nil {
				return e.settle(ctx, ref, before, want, spent)
			}
			task, lookErr := e.lookFor(ctx, ref, completedSince(before))
			if lookErr != nil {
				return accepted{}, nobodyKnows(ref, err, lookErr)
			}
			if task.Completed() {
				return adoptOwn(task, want)
			}
		}
	}
}

// lookAfterRefusal looks at the task before a completion is sent again that was refused for now. A rate limit refuses before
// anything is handled, so that one look is more than enough, and none will do where the server shows no tasks. A 503 may come
// from a proxy and be as untrue as any other 5xx.
func (e *Engine) lookAfterRefusal(ctx context.Context, ref tallyfy.TaskRef, before *tallyfy.Task, refusal error) (*tallyfy.Task, error) {
	if !tallyfy.IsTooManyRequests(refusal) {
		task, err := e.readFor(ctx, e.client.GetTask, ref, completedSince(before))
		if err != nil {
			return nil, nobodyKnows(ref, refusal, err)
		}
		return task, nil
	}
	task, err := e.observe(ctx, ref)
	if err != nil {
		return nil, notLookedAt(ref, refusal, err)
	}
	return task, nil
}

// completedSince tells whether a task was completed after it was seen as before. The completion that an update has taken back
// may still show in a read that lags: by its time it is told from a new one.
func completedSince(before *tallyfy.Task) func(*tallyfy.Task) bool {
	return func(task *tallyfy.Task) bool {
		return task.Completed() && (before == nil || !before.Completed() || !sameTime(task.CompletedAt, before.CompletedAt))
	}
}

// settle ends a series of attempts of which at least one may have gone through: the task itself tells.
func (e *Engine) settle(ctx context.Context, ref tallyfy.TaskRef, before *tallyfy.Task, want Desired, last error) (accepted, error) {
	task, err := e.lookFor(ctx, ref, completedSince(before))
	switch {
	case err != nil:
		return accepted{}, nobodyKnows(ref, last, err)
	case task.Completed():
		return adoptOwn(task, want)
	}
	return accepted{}, stillOpen(task, ref, last)
}

// notActed says what a refusal means for the task.
func notActed(err error) string {
	if tallyfy.OutcomeOf(err) == tallyfy.NotSent {
		return "The completion was not sent: the task is not completed by this run."
	}
	return "By its answer Tallyfy did not act on it: the task is not completed by this run."
}

func notCompleted(ref tallyfy.TaskRef, err error) *Failure {
	return story{
		summary:   "Task Was Not Completed",
		attribute: attrTaskID,
		doing:     "Completing " + where(ref),
		means:     notActed(err),
		cause:     err,
	}.failure()
}

// notLookedAt ends a series whose last attempt was refused for now, and after which the task could not be looked at.
func notLookedAt(ref tallyfy.TaskRef, err, lookErr error) *Failure {
	return story{
		summary:   "Task Was Not Completed",
		attribute: attrTaskID,
		doing:     "Looking at " + where(ref) + " before its completion is sent again",
		means:     "The attempt before was refused (" + notice.CameBack(err) + "). " + notActed(err),
		cause:     lookErr,
	}.failure()
}

func stillOpen(task *tallyfy.Task, ref tallyfy.TaskRef, err error) *Failure {
	next := "Apply again: the provider looks at the task first, and sends nothing if it has been completed meanwhile."
	if tallyfy.OutcomeOf(err) == tallyfy.Rejected {
		next = "" // what the answer advises
	}
	return story{
		summary:   "Task Was Not Completed",
		attribute: attrTaskID,
		doing:     "Completing " + where(ref),
		means: "The answer to an attempt was lost, so the task was looked at afterwards: it is open, Tallyfy shows it as \"" + task.Status + "\". " +
			"An attempt that Tallyfy is still working on may yet complete it.",
		next:  next,
		cause: err,
	}.failure()
}

func nobodyKnows(ref tallyfy.TaskRef, err, lookErr error) *Failure {
	next := "Apply again when Tallyfy answers: the provider looks at the task first, and records it without sending anything if it is completed."
	if tallyfy.IsNoTask(lookErr) {
		next = "Look at the task in Tallyfy before you apply again: where Tallyfy does not show it to the provider, the next apply sends the completion anew."
	}
	failure := story{
		summary:   "Completion May Have Gone Through",
		attribute: attrTaskID,
		doing:     "Completing " + where(ref),
		means: "The completion was sent, and it is not known whether Tallyfy acted on it: looking at the task afterwards brought no answer either (" +
			notice.CameBack(lookErr) + "). It was not sent again, since a second completion could fire webhooks, e-mails and automations twice.",
		next:  next,
		cause: err,
	}.failure()
	failure.Detail = notice.Paragraphs(failure.Detail, notice.SaidBy(lookErr))
	return failure
}
