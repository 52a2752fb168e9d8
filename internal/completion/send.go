// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"errors"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// send sends the completion until Tallyfy has accepted or rejected it. Before another attempt it
// reads the task, unless the attempt was not sent, because a server may process a request and
// report a failure. base is what was known before.
func (e *Engine) send(ctx context.Context, ref tallyfy.TaskRef, base baseline, want Desired) (accepted, error) {
	body := tallyfy.Completion{TaskID: ref.Task, IsApproved: want.IsApproved, OverrideUser: want.OverrideUser, Taskdata: want.Taskdata}
	budget := e.client.NewBudget()
	var unsure bool // an attempt may have been processed
	began := time.Now()
	for {
		progress(ctx, "Completing %s", notice.TaskRef(ref))
		response, err := e.processes.write(ctx, ref, func() (*tallyfy.Task, error) { return e.client.Complete(ctx, ref, body) })
		err = budget.Count(err)
		outcome := tallyfy.OutcomeOf(err)
		if outcome == tallyfy.Accepted {
			return e.verify(ctx, ref, base, response, want), nil
		}
		unsure = unsure || outcome == tallyfy.Unknown
		last := err // why there is no further attempt; nil if there is one
		if outcome != tallyfy.Rejected {
			// Pause before the read, because a slow server may still be processing the completion.
			progress(ctx, "Tallyfy did not confirm the completion: %s", notice.Outcome(err))
			last = budget.Wait(ctx, err)
		}
		switch {
		case !unsure && last != nil:
			return accepted{}, notCompleted(ref, last, want.Subject)
		case !unsure && outcome == tallyfy.NotSent:
			continue
		}
		done, settled, failure := e.resolveAttempt(ctx, ref, base, want, attempt{err: err, last: last, unsure: unsure, began: began})
		if failure != nil && unsure {
			e.locks.recordUnknownOutcome(ref)
		}
		if failure != nil || settled {
			return done, failure
		}
	}
}

// attempt is a completion that was sent and not accepted.
type attempt struct {
	// err is the failure. last is why no further attempt follows; nil if one does.
	err, last error
	// unsure reports that this attempt or an earlier one may have been processed.
	unsure bool
	// began is when the first attempt was sent.
	began time.Time
}

// isBefore reports whether a task was completed before the first attempt was sent, by the server's
// own clock.
func (a attempt) isBefore(task *tallyfy.Task) bool {
	at, ok := parseTime(task.CompletedAt)
	return ok && !task.Timing.Date.IsZero() && task.Timing.Date.Sub(at) > time.Since(a.began)+slack
}

// cause returns the error to report: why the attempts ended, or else the failure.
func (a attempt) cause() error {
	if a.last != nil {
		return a.last
	}
	return a.err
}

// resolveAttempt reads the task to determine the outcome of an attempt. settled is false if the
// completion must be sent again. Any error is a [*Failure].
func (e *Engine) resolveAttempt(ctx context.Context, ref tallyfy.TaskRef, base baseline, want Desired, a attempt) (done accepted, settled bool, err error) {
	o := readOptions{form: want.hasValues(), detached: true}
	if a.unsure { // otherwise nothing was processed, and one read is enough
		o.until = base.isSettled
	}
	progress(ctx, "Reading %s to see whether it is completed", notice.TaskRef(ref))
	task, readErr := e.read(ctx, ref, o)
	switch {
	case readErr != nil && a.unsure:
		return accepted{}, true, outcomeUnknown(ref, a.cause(), readErr, want.Subject)
	case tallyfy.IsNoTask(readErr): // the server shows no tasks, and a rate limit is unambiguous
		return accepted{}, false, nil
	case readErr != nil:
		return accepted{}, true, notReadAgain(ref, a.err, readErr, want.Subject)
	case base.isNew(task) && a.unsure && !a.isBefore(task):
		done, err = adoptAfterLostResponse(task, want, a.err)
		return done, true, err
	case base.isNew(task):
		done, err = adoptFromOthers(task, want, a.err, adoptedAfter(task, a.unsure, want.Subject))
		return done, true, err
	case !a.unsure:
		return accepted{}, false, nil
	case task.Completed(): // with the completion that the update has reopened
		return accepted{}, true, outcomeUnknown(ref, a.cause(), errStale, want.Subject)
	case base.hasShare(task):
		return accepted{task: task, warnings: []Notice{leftOpen(ref, task, true, want.Subject)}}, true, nil
	case base.everyone():
		return accepted{}, true, shareUnknown(task, ref, a.cause(), want.Subject)
	case a.last != nil:
		return accepted{}, true, stillOpen(task, ref, a.last, want.Subject)
	}
	return accepted{}, false, nil
}

// errStale reports that a read is older than the reopening of the task.
var errStale = errors.New("Tallyfy still shows the completion that was reopened") //nolint:staticcheck // a name begins it

// rejectionEffect returns what a rejection means for the task.
func rejectionEffect(err error) string {
	return describeUnsent("completion", err) + ": this apply has not completed the task."
}

// describeUnsent begins the sentence on a request, named by what, that was rejected or not sent.
func describeUnsent(what string, err error) string {
	switch {
	case tallyfy.OutcomeOf(err) != tallyfy.NotSent:
		return "Tallyfy rejected the request"
	case hasEarlier(err):
		return "Tallyfy rejected the previous attempt, and the last one was not sent"
	}
	return "The " + what + " was not sent"
}

// hasEarlier reports whether an earlier attempt had a response.
func hasEarlier(err error) bool {
	var e *tallyfy.Error
	return errors.As(err, &e) && e.Earlier != nil
}

func notCompleted(ref tallyfy.TaskRef, err error, s Subject) *Failure {
	return s.failed(notice.Report{
		Summary:   "Task Was Not Completed",
		Attribute: attrTaskID,
		Action:    "Completing " + notice.TaskRef(ref),
		Effect:    rejectionEffect(err),
		Cause:     err,
	})
}

// notReadAgain is the failure of a read between attempts, after Tallyfy asked to retry later.
func notReadAgain(ref tallyfy.TaskRef, err, readErr error, s Subject) *Failure {
	return s.failed(notice.Report{
		Summary:   "Task Was Not Completed",
		Attribute: attrTaskID,
		Action:    "Reading " + notice.TaskRef(ref) + " before sending its completion again",
		Effect:    "The previous attempt was rejected (" + notice.Outcome(err) + "). " + rejectionEffect(err),
		Cause:     readErr,
	})
}

func stillOpen(task *tallyfy.Task, ref tallyfy.TaskRef, err error, s Subject) *Failure {
	next := s.againFirst() + ": the provider reads the task first, and sends nothing if it has been completed meanwhile."
	if tallyfy.OutcomeOf(err) == tallyfy.Rejected {
		next = "" // the response decides what to do
	}
	return s.failed(notice.Report{
		Summary:   "Task Was Not Completed",
		Attribute: attrTaskID,
		Action:    "Completing " + notice.TaskRef(ref),
		Effect: "The outcome of an attempt is unknown, so the provider read the task afterwards, and it is open. Tallyfy shows it as \"" + task.Status + "\". " +
			"An attempt that Tallyfy is still working on may yet complete it.",
		Remedy: next,
		Cause:  err,
	})
}

// shareUnknown is the failure of an attempt at a task that everyone must complete. Such a task
// stays open after a share, so a read does not show the outcome.
func shareUnknown(task *tallyfy.Task, ref tallyfy.TaskRef, err error, s Subject) *Failure {
	return s.failed(notice.Report{
		Summary:   "Completion May Have Gone Through",
		Attribute: attrTaskID,
		Action:    "Completing " + notice.TaskRef(ref),
		Effect: "Everyone who is assigned must complete this task, so it stays open after one share of it, and Tallyfy shows no sign of this one: it is \"" +
			task.Status + "\". The share was not sent again, because a second one could fire webhooks and emails twice.",
		Remedy: "Check in Tallyfy whether the share is there before you " + s.again() + ": " + s.next() + " sends it again unless the task is completed by then.",
		Cause:  err,
	})
}

func outcomeUnknown(ref tallyfy.TaskRef, err, readErr error, s Subject) *Failure {
	next := s.againFirst() + " when Tallyfy responds: the provider reads the task first, and " + s.choose("records it without sending anything", "sends nothing") + " if it is completed as configured."
	if tallyfy.IsNoTask(readErr) {
		next = "Check the task in Tallyfy before you " + s.again() + ": if Tallyfy does not show it to the provider, " + s.next() + " sends the completion again."
	}
	failure := s.failed(notice.Report{
		Summary:   "Completion May Have Gone Through",
		Attribute: attrTaskID,
		Action:    "Completing " + notice.TaskRef(ref),
		Effect: "The completion was sent, and it is unknown whether Tallyfy processed it. Reading the task afterwards did not show it either (" +
			notice.Outcome(readErr) + "). It was not sent again, because a second completion could fire webhooks and emails twice.",
		Remedy: next,
		Cause:  err,
	})
	failure.Detail = notice.Paragraphs(failure.Detail, notice.ServerMessage(readErr))
	return failure
}
