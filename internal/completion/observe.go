// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// observe reads the task before anything is decided. Where the server answers that there is no such task or no such
// call, task is nil and that is no failure: the POST has the last word.
func (e *Engine) observe(ctx context.Context, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	return shown(e.client.GetTask(ctx, ref))
}

// observeFor is observe with what the values need: the form, where they name its fields. just says that a completion of the task
// was accepted just now, which a look that lags need not show.
func (e *Engine) observeFor(ctx context.Context, want Desired, just bool) (*tallyfy.Task, error) {
	read := e.client.GetTask
	if want.byName() {
		read = e.client.GetTaskWithForm
	}
	if just {
		return shown(e.readFor(ctx, read, want.Task, (*tallyfy.Task).Completed))
	}
	return shown(read(ctx, want.Task))
}

func shown(task *tallyfy.Task, err error) (*tallyfy.Task, error) {
	switch {
	case err == nil:
		return task, nil
	case tallyfy.IsNoTask(err):
		return nil, nil // no task, and no failure: see above
	}
	return nil, err
}

// look reads the task after a write, even when the run has been cancelled since: what was done must be recorded.
func (e *Engine) look(ctx context.Context, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	detached, done := tallyfy.Detach(ctx)
	defer done()
	return e.client.GetTask(detached, ref)
}

// lookFor is look for what a write should have made of the task. A task that is otherwise is looked at again until it has
// been so for as long as a read may lag, since nothing less tells that the write had no effect.
func (e *Engine) lookFor(ctx context.Context, ref tallyfy.TaskRef, effect func(*tallyfy.Task) bool) (*tallyfy.Task, error) {
	detached, done := tallyfy.Detach(ctx)
	defer done()
	return e.readFor(detached, e.client.GetTask, ref, effect)
}

// readFor is [Engine.lookFor] by any way to read a task, and ends with ctx.
func (e *Engine) readFor(ctx context.Context, read reading, ref tallyfy.TaskRef, effect func(*tallyfy.Task) bool) (*tallyfy.Task, error) {
	task, err := read(ctx, ref)
	for _, pause := range pauses {
		if err != nil || effect(task) {
			break
		}
		if err = e.client.Pause(ctx, pause); err == nil {
			task, err = read(ctx, ref)
		}
	}
	return task, err
}

// reading is one of the client's ways to read a task.
type reading func(context.Context, tallyfy.TaskRef) (*tallyfy.Task, error)

// pauses are those between looks at a task that is not as a write should have made it. Lists are known to be answered by
// replicas that lag, and whether single tasks are is not (tallyfy-api §1.4, §8). Together they are several times what a
// replica is usually behind, and shorter than the grace of a run that was cancelled.
var pauses = []time.Duration{time.Second, 4 * time.Second}

// unread is the failure of the first look.
func unread(ref tallyfy.TaskRef, err error) *Failure {
	return story{
		summary:   "Task Could Not Be Read",
		attribute: attrTaskID,
		doing:     "Looking at " + where(ref) + " before anything is sent",
		means:     "Nothing was sent: the task is as it was.",
		cause:     err,
	}.failure()
}
