// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// readOptions control how a task is read.
type readOptions struct {
	// form includes the form with its values, which a plain GET need not show (API.md §1.3).
	form bool
	// until is the expected effect of an earlier write; nil reads the task once. If a read does not
	// show the effect, the task is read again until reads can no longer lag, because nothing less
	// proves that the write had no effect.
	until func(*tallyfy.Task) bool
	// detached is for a read after a write. The read continues after ctx has ended, for up to
	// [tallyfy.Grace]. It does not give up if Tallyfy asks for a long wait, so that the write is
	// recorded.
	detached bool
	// forPlan is for a read whose failure fails the whole plan (see [tallyfy.Client.ForPlan]).
	forPlan bool
}

// pauses are the pauses between reads of a task that does not show an expected effect. Lists may
// be served by replicas that lag; whether single tasks are is unknown (API.md §1.4, §8). The sum is
// several times the usual lag, and shorter than the grace period of a cancelled operation.
var pauses = []time.Duration{time.Second, 4 * time.Second}

// read reads a task. The engine reads tasks in no other way. It returns the last read if no time is
// left for another one. The error is the client's.
func (e *Engine) read(ctx context.Context, ref tallyfy.TaskRef, o readOptions) (*tallyfy.Task, error) {
	client := e.client
	if o.forPlan {
		client = client.ForPlan()
	}
	if o.detached {
		detached, done := tallyfy.Detach(ctx)
		defer done()
		ctx, client = detached, client.Urgent()
	}
	get := client.GetTask
	if o.form {
		get = client.GetTaskWithForm
	}
	task, err := get(ctx, ref)
	for _, pause := range pauses {
		if err != nil || o.until == nil || o.until(task) || tallyfy.Sleep(ctx, pause) != nil {
			break
		}
		task, err = get(ctx, ref)
	}
	return task, err
}

// readBefore reads a task before the engine decides. If the server responds that there is no such
// task or no such path, the task is nil without an error, because the POST is authoritative. Any
// error is a [*Failure].
func (e *Engine) readBefore(ctx context.Context, ref tallyfy.TaskRef, s Subject, o readOptions) (*tallyfy.Task, error) {
	task, err := e.read(ctx, ref, o)
	switch {
	case err == nil:
		return task, nil
	case tallyfy.IsNoTask(err):
		return nil, nil // not shown, which is not a failure
	}
	return nil, s.failed(notice.Report{
		Summary:   "Task Could Not Be Read",
		Attribute: attrTaskID,
		Action:    "Reading " + notice.TaskRef(ref) + " before anything is sent",
		Effect:    "Nothing was sent: the task is as it was.",
		Cause:     err,
	})
}

// longestLag is the longest assumed lag of a read behind a write.
const longestLag = time.Minute

// mayLag reports whether a read without a completion may be older than that completion, by the
// server's own clock. A lag of seconds cannot hide a completion from months ago.
func mayLag(completedAt string, task *tallyfy.Task) bool {
	at, ok := parseTime(completedAt)
	if !ok || task.Timing.Date.IsZero() {
		return true
	}
	return task.Timing.Date.Sub(at) < longestLag
}

// isShown returns the condition that a read shows the recorded completion, or is too recent to lag
// behind it.
func (r Record) isShown() func(*tallyfy.Task) bool {
	return func(task *tallyfy.Task) bool {
		return task.Completed() || !r.saysCompleted() || !mayLag(r.CompletedAt, task)
	}
}

func isOpen(task *tallyfy.Task) bool { return !task.Completed() }
