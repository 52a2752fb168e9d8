// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// GetTask reads a task (API.md §1.3). If ref does not name a process, it finds one-off tasks and
// tasks of a process, and the result names the process. The request is retried; the error is an
// [*Error].
func (c *Client) GetTask(ctx context.Context, ref TaskRef) (*Task, error) {
	return c.readTask(ctx, ref, nil)
}

// GetTaskWithForm is [Client.GetTask] with the form included. Its form values are complete even if
// the task alone does not include them.
func (c *Client) GetTaskWithForm(ctx context.Context, ref TaskRef) (*Task, error) {
	return c.readTask(ctx, ref, url.Values{"with": {"form_fields"}})
}

// TaskUpdate is what [Client.UpdateTask] saves (API.md §1.5). Zero values are not sent.
type TaskUpdate struct {
	// Taskdata are the form values by the ID of their field. Tallyfy drops unknown IDs without an
	// error.
	Taskdata map[string]any
	// OneOff repeats what Tallyfy requires whenever a one-off task is saved; nil for a task of a
	// process.
	OneOff *OneOff
}

// OneOff is what every update of a one-off task must include.
type OneOff struct {
	Title string
	// Deadline is sent as it was read; an empty one is sent as null.
	Deadline string
	// Owners replace all assignees.
	Owners Owners
}

// UpdateTask saves form values. It sends the request exactly once, because what it repeats of a
// one-off task may be outdated by the next attempt; the caller decides about another one, see
// [Repeatable]. It returns the updated task. An [*Error] with [Accepted] means that the values were
// saved and the response does not show the task.
func (c *Client) UpdateTask(ctx context.Context, ref TaskRef, update TaskUpdate) (*Task, error) {
	body := map[string]any{}
	if len(update.Taskdata) > 0 {
		body["taskdata"] = update.Taskdata
	}
	if update.OneOff != nil {
		body["title"] = update.OneOff.Title
		body["deadline"] = nil
		if update.OneOff.Deadline != "" {
			body["deadline"] = update.OneOff.Deadline
		}
		body["owners"] = update.OneOff.Owners
	}
	return c.sendTask(ctx, request{method: http.MethodPut, path: ref.task(), body: body}, ref)
}

// Completion is the body of a completion request (API.md §1.1). Members that are nil or empty are
// not sent.
type Completion struct {
	TaskID string `json:"task_id"`
	// IsApproved is the decision of an approval. On expiring tasks false records EXPIRED.
	IsApproved *bool `json:"is_approved,omitempty"`
	// OverrideUser is the ID of the user who is recorded as the completer instead of the caller.
	OverrideUser *int64 `json:"override_user,omitempty"`
	// Taskdata is saved by older versions of the API. What today's does with it is not known
	// (API.md §1.1).
	Taskdata map[string]any `json:"taskdata,omitempty"`
}

// Complete sends the completion exactly once. Tallyfy may accept a repetition and fire webhooks and
// emails again (API.md §3.1), so the caller decides about another attempt, see [OutcomeOf]. It does
// not start once ctx is done. Once sent, the request outlives ctx for a short time (see [Detach]),
// so that no completion is orphaned.
func (c *Client) Complete(ctx context.Context, ref TaskRef, completion Completion) (*Task, error) {
	return c.sendTask(ctx, request{method: http.MethodPost, path: ref.completions(), body: completion, finish: true}, ref)
}

// Reopen reopens a completed task (API.md §1.2). It sends the request exactly once, and waits for
// the response as [Client.Complete] does. An error with [Accepted] is still a success: the response
// need not show the task.
func (c *Client) Reopen(ctx context.Context, ref TaskRef) (*Task, error) {
	return c.sendTask(ctx, request{method: http.MethodDelete, path: ref.completion(), finish: true}, ref)
}

// readTask reads a task with retries.
func (c *Client) readTask(ctx context.Context, ref TaskRef, query url.Values) (*Task, error) {
	return retry(ctx, c.NewBudget(), c.shouldRetry(), func() (*Task, error) {
		return c.sendTask(ctx, request{method: http.MethodGet, path: ref.task(), query: query}, ref)
	})
}

// sendTask sends a request once and returns the task in the response. A 2xx to a write counts only
// if it can be Tallyfy's: a page of a proxy or a sign-in page does not show whether the request
// took effect.
func (c *Client) sendTask(ctx context.Context, req request, ref TaskRef) (*Task, error) {
	task, err := c.sendTaskOnce(ctx, req, ref)
	outcome := OutcomeOf(err)
	if err == nil || req.method != http.MethodGet && (outcome == Accepted || outcome == Unknown) {
		writeDeadlineOf(ctx).lift()
	}
	return task, err
}

// sendTaskOnce is [Client.sendTask] without the [WriteDeadline].
func (c *Client) sendTaskOnce(ctx context.Context, req request, ref TaskRef) (*Task, error) {
	got, err := c.do(ctx, req)
	if err != nil {
		return nil, err
	}
	task, err := readTask(got, ref.Task)
	var problem *unreadable
	if errors.As(err, &problem) {
		failure := got.origin
		failure.Cause, failure.ServerMessage, failure.truncated = problem, problem.message, problem.truncated
		if req.method != http.MethodGet && !problem.genuine {
			failure.Outcome = Unknown
		}
		return nil, &failure
	}
	task.Ref, task.Timing = ref, got.timing
	task.TasksChangedByRules = withoutValues(task.TasksChangedByRules, got.redact)
	return task, nil
}
