// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// GetTask reads a task (API.md §1.3). Without a run in ref it finds one-off and process tasks alike, and the
// answer tells the run. It is repeated where that can help; the error is an [*Error].
func (c *Client) GetTask(ctx context.Context, ref TaskRef) (*Task, error) {
	return c.readTask(ctx, ref, nil)
}

// GetTaskWithForm is [Client.GetTask] with the form included, for an answer that shows the fields' values even
// where the task alone does not.
func (c *Client) GetTaskWithForm(ctx context.Context, ref TaskRef) (*Task, error) {
	return c.readTask(ctx, ref, url.Values{"with": {"form_fields"}})
}

// TaskUpdate is what [Client.UpdateTask] saves (API.md §1.5). What is zero is not sent.
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

// UpdateTask saves field values, sending the request exactly once: what it echoes of a one-off task may be outdated by the time that
// another attempt is worth it. Whether to send another is the caller's to decide, see [Repeatable]. It returns the updated task; an
// [*Error] with [Accepted] means that the values were saved and the response does not show the task.
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
	return c.sendTask(ctx, request{method: http.MethodPut, path: ref.task(), body: fields}, ref)
}

// Completion is the body of a completion (API.md §1.1). What is nil or empty is not sent.
type Completion struct {
	TaskID string `json:"task_id"`
	// IsApproved is the decision of an approval. On expiring tasks false records EXPIRED.
	IsApproved *bool `json:"is_approved,omitempty"`
	// OverrideUser is the user recorded as completer in place of the caller.
	OverrideUser *int64 `json:"override_user,omitempty"`
	// Taskdata is saved by older versions of the API and ignored by today's.
	Taskdata map[string]any `json:"taskdata,omitempty"`
}

// Complete sends the completion exactly once: Tallyfy may accept a repeat and fire webhooks and emails again
// (API.md §3.1), so whether to send another is the caller's to decide. See [OutcomeOf]. It is not begun once
// ctx is done; once sent, its response is waited for a little longer (see [Detach]), so that a completion is not orphaned.
func (c *Client) Complete(ctx context.Context, ref TaskRef, completion Completion) (*Task, error) {
	return c.sendTask(ctx, request{method: http.MethodPost, path: ref.completions(), body: completion, finish: true}, ref)
}

// Reopen reopens a completed task (API.md §1.2), sending the request exactly once, and waiting for its response as
// [Client.Complete] does. [Accepted] with an error is still a success: the response need not show the task.
func (c *Client) Reopen(ctx context.Context, ref TaskRef) (*Task, error) {
	return c.sendTask(ctx, request{method: http.MethodDelete, path: ref.completion(), finish: true}, ref)
}

// readTask reads a task, repeating the request while that can help.
func (c *Client) readTask(ctx context.Context, ref TaskRef, query url.Values) (*Task, error) {
	return retry(ctx, c.NewBudget(), c.shouldRetry(), func() (*Task, error) {
		return c.sendTask(ctx, request{method: http.MethodGet, path: ref.task(), query: query}, ref)
	})
}

// sendTask sends a call a single time and returns the task in the response. A 2xx to a write is believed only if it can be Tallyfy's:
// a page of a proxy or a sign-in page says nothing of what became of the request.
func (c *Client) sendTask(ctx context.Context, what request, ref TaskRef) (*Task, error) {
	got, err := c.do(ctx, what)
	if err != nil {
		return nil, err
	}
	task, err := readTaskOf(got, ref.Task)
	var problem *unreadable
	if errors.As(err, &problem) {
		failure := got.about
		failure.Cause, failure.ServerMessage, failure.truncated = problem, problem.message, problem.truncated
		if what.method != http.MethodGet && !problem.genuine {
			failure.Outcome = Unknown
		}
		return nil, &failure
	}
	task.Answered = got.answered
	task.TasksChangedByRules = withoutValues(task.TasksChangedByRules, got.redact)
	return task, nil
}
