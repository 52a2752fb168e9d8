// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// readOptions says how a task is read.
type readOptions struct {
	// form includes the form, and with it the values: a plain GET need not show them (API.md §1.3).
	form bool
	// until is what a write should have made of the task; nil reads it once. A task that is otherwise is read again until it has been
	// so for as long as a read may lag, because nothing less shows that the write had no effect.
	until func(*tallyfy.Task) bool
	// detached is for a read after a write: it goes on when ctx has ended, for up to [tallyfy.Grace], and is not given up because
	// Tallyfy asks for a long wait, so that what was done is recorded.
	detached bool
}

// pauses are those between reads of a task that is not as a write should have made it. Lists are known to be answered by replicas
// that lag, and whether single tasks are is not known (API.md §1.4, §8). Together they are several times what a replica is
// usually behind, and shorter than the grace of an operation that was cancelled.
var pauses = []time.Duration{time.Second, 4 * time.Second}

// read reads a task. It is the one way in which the engine does. The error is the client's. If there is no time to read a task again,
// read returns it as it was read last.
func (e *Engine) read(ctx context.Context, ref tallyfy.TaskRef, o readOptions) (*tallyfy.Task, error) {
	client := e.client
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
		if err != nil || o.until == nil || o.until(task) || client.Pause(ctx, pause) != nil {
			break
		}
		task, err = get(ctx, ref)
	}
	return task, err
}

// readBefore reads a task before anything is decided about it. If the server answers that there is no such task or no such call, task
// is nil and that is not a failure: the POST has the last word. Any error is a [*Failure].
func (e *Engine) readBefore(ctx context.Context, ref tallyfy.TaskRef, o readOptions) (*tallyfy.Task, error) {
	task, err := e.read(ctx, ref, o)
	switch {
	case err == nil:
		return task, nil
	case tallyfy.IsNoTask(err):
		return nil, nil // not shown, and not a failure: see above
	}
	return nil, failed(notice.Report{
		Summary:   "Task Could Not Be Read",
		Attribute: attrTaskID,
		Action:    "Reading " + notice.TaskRef(ref) + " before anything is sent",
		Effect:    "Nothing was sent: the task is as it was.",
		Cause:     err,
	})
}

// longestLag is more than a read is ever taken to lag behind a write.
const longestLag = time.Minute

// mayLag reports whether a read that does not show a completion may be older than the completion, by the server's own clock. A lag of
// seconds cannot hide a completion of months ago.
func mayLag(completedAt string, task *tallyfy.Task) bool {
	at, ok := parseTime(completedAt)
	if !ok || task.Answered.At.IsZero() {
		return true
	}
	return task.Answered.At.Sub(at) < longestLag
}

// shows returns the condition that a read shows the recorded completion, or is too new not to.
func (r Record) isShown() func(*tallyfy.Task) bool {
	return func(task *tallyfy.Task) bool {
		return task.Completed() || !r.saysCompleted() || !mayLag(r.CompletedAt, task)
	}
}

func isOpen(task *tallyfy.Task) bool { return !task.Completed() }
