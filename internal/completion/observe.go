// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"context"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// observe reads the task before anything is decided. Where the server answers that there is no such task or no such
// call, task is nil and that is no failure: the POST has the last word.
func (e *Engine) observe(ctx context.Context, ref tallyfy.TaskRef) (*tallyfy.Task, error) {
	task, err := e.client.GetTask(ctx, ref)
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
	detached, done := e.detach(ctx)
	defer done()
	return e.client.GetTask(detached, ref)
}

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
