// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"net/http"
	"net/url"
)

// GetTask reads a task (tallyfy-api §1.3). Without a run in ref it finds one-off and process tasks alike, and the
// answer tells the run. It is repeated where that can help; the error is an [*Error].
func (c *Client) GetTask(ctx context.Context, ref TaskRef) (*Task, error) {
	what := call{method: http.MethodGet, path: ref.task()}
	got, err := c.repeat(ctx, what)
	return taskIn(got, err, ref)
}

// GetTaskWithForm is [Client.GetTask] with the form included, for an answer that shows the fields' values even
// where the task alone does not.
func (c *Client) GetTaskWithForm(ctx context.Context, ref TaskRef) (*Task, error) {
	what := call{method: http.MethodGet, path: ref.task(), query: url.Values{"with": {"form_fields"}}}
	got, err := c.repeat(ctx, what)
	return taskIn(got, err, ref)
}

// TaskUpdate is what [Client.UpdateTask] saves (tallyfy-api §1.5). What is zero is not sent.
type TaskUpdate struct {
	// Taskdata holds values of the form's fields by their id. Tallyfy drops unknown ids without a word.
	Taskdata map[string]any
	// OneOff echoes what Tallyfy demands each time a one-off task is saved; nil for a task of a run.
	OneOff *OneOff
}

// OneOff is what a one-off task must be sent each time it is saved.
type OneOff struct {
	Title string
	// Deadline is sent as it was read; empty is sent as null.
	Deadline string
	// Owners replace all that are assigned.
	Owners Owners
}

// UpdateTask saves field values. It is repeated where that can help, since saving the same again changes nothing.
// The task that it gives is the updated one; an [*Error] with [Accepted] means that it was saved but the answer shows no task.
func (c *Client) UpdateTask(ctx context.Context, ref TaskRef, update TaskUpdate) (*Task, error) {
	fields := map[string]any{}
	if len(update.Taskdata) > 0 {
		fields["taskdata"] = update.Taskdata
	}
	if update.OneOff != nil {
		fields["title"] = update.OneOff.Title
		fields["deadline"] = nil
		if update.OneOff.Deadline != "" {
			fields["deadline"] = update.OneOff.Deadline
		}
		fields["owners"] = update.OneOff.Owners
	}
	what := call{method: http.MethodPut, path: ref.task(), body: fields}
	got, err := c.repeat(ctx, what)
	return taskIn(got, err, ref)
}

// Completion is the body of a completion (tallyfy-api §1.1). What is nil or empty is not sent.
type Completion struct {
	TaskID string `json:"task_id"`
	// IsApproved is the decision of an approval. On expiring tasks false records EXPIRED.
	IsApproved *bool `json:"is_approved,omitempty"`
	// OverrideUser is the user recorded as completer in place of the caller.
	OverrideUser *int64 `json:"override_user,omitempty"`
	// Taskdata is saved by older versions of the API and ignored by today's.
	Taskdata map[string]any `json:"taskdata,omitempty"`
}

// Complete sends the completion exactly once: Tallyfy may accept a repeat and fire webhooks, e-mails and automations
// again (tallyfy-api §3.1), so whether to send another is the caller's to decide. See [OutcomeOf]. It is not begun once
// ctx is done; once sent, its answer is waited for a little longer (see [Detach]), so that a completion is not orphaned.
func (c *Client) Complete(ctx context.Context, ref TaskRef, completion Completion) (*Task, error) {
	what := call{method: http.MethodPost, path: ref.completions(), body: completion, finish: true}
	got, err := c.once(ctx, what)
	return taskIn(got, err, ref)
}

// Reopen takes a completion back (tallyfy-api §1.2), sending the request exactly once, and waiting for its answer as
// [Client.Complete] does. [Accepted] with an error is still a success: the answer need not show the task.
func (c *Client) Reopen(ctx context.Context, ref TaskRef) (*Task, error) {
	what := call{method: http.MethodDelete, path: ref.completion(), finish: true}
	got, err := c.once(ctx, what)
	return taskIn(got, err, ref)
}

// taskIn reads the task out of an answer, or passes on why there is none.
func taskIn(got *answer, err error, ref TaskRef) (*Task, error) {
	if err != nil {
		return nil, err
	}
	task, err := readTask(got.body, ref.Task)
	if err != nil {
		failure := got.about
		failure.Cause = err
		return nil, &failure
	}
	return task, nil
}
