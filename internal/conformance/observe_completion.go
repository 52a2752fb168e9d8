// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"net/http"
	"net/url"
)

// completionOnce observes a completion, and how soon reads show it.
func completionOnce() scenario {
	return scenario{name: "a completion", see: (*observer).seeCompletionOnce, observations: []Observation{
		{
			ID: "completion-status", Section: "7.3", Question: "Which status does a completion return?", How: "POST completed-tasks",
			Expected: []Expectation{says("200", "[DOC]"), says("201", "[DOC 2025]")},
		},
		{
			ID: "completed-word", Section: "2.2", Question: "Which status does a completed task have?", How: "POST completed-tasks",
			Expected: []Expectation{says("completed", "[DOC] [CODE MCP]")},
		},
		{
			ID: "completer-guest-member", Section: "7.12", Question: "What is the member for a guest who completed the task called?", How: "POST completed-tasks",
			Expected: []Expectation{says("completer_guest_id", "[DOC]"), says("completer_guest", "[CODE SDK]")},
		},
		{
			ID: "one-off-rules", Section: "2.1", Question: "What is tasks_changed_by_rules of a one-off task?", How: "POST completed-tasks",
			Expected: []Expectation{says("absent", "[DOC]")},
		},
		{
			ID: "read-lag", Section: "8", Question: "How many GETs of the task does it take until one shows the completion?", How: "GET after the completion",
		},
		{
			ID: "list-lag", Section: "1.4", Question: "How many lists does it take until one shows the completion?", How: "GET tasks after the completion",
			Expected: []Expectation{like("1 or more", "[MEAS MCP]", `\d|more`)},
		},
	}}
}

func (o *observer) seeCompletionOnce(ctx context.Context) error {
	task, err := o.newTask(ctx, spec{purpose: "a completion"})
	if err != nil {
		return err
	}
	got, err := o.complete(ctx, task, nil)
	if err != nil {
		return err
	}
	o.saw("completion-status", "%s", got.outcome())
	if err := got.mustBeOK(); err != nil {
		return err
	}
	status, _ := got.data()["status"].(string)
	o.saw("completed-word", "%s", status)
	o.saw("one-off-rules", "%s", absentOr(got.data(), "tasks_changed_by_rules"))

	reads, last, err := o.until(ctx, func() (reply, bool, error) {
		got, err := o.get(ctx, "", pathTasks, task.id)
		return got, isDone(got.data()), err
	})
	if err != nil {
		return err
	}
	o.saw("read-lag", "%s", reads)
	member := "neither"
	for _, name := range []string{"completer_guest", "completer_guest_id"} {
		if _, ok := last.data()[name]; ok {
			member = name
		}
	}
	o.saw("completer-guest-member", "%s", member)

	lists, _, err := o.until(ctx, func() (reply, bool, error) {
		got, err := o.ours(ctx, url.Values{"status": {"all"}})
		for _, row := range got.rows() {
			if row["id"] == task.id {
				return got, isDone(row), err
			}
		}
		return got, false, err
	})
	if err != nil {
		return err
	}
	o.saw("list-lag", "%s", lists)
	return nil
}

// ours lists the one-off tasks that this suite created, as far as the search finds them, with more
// filters.
func (o *observer) ours(ctx context.Context, filters url.Values) (reply, error) {
	query := url.Values{"q": {o.stamp}, "is_oneoff": {"true"}, "per_page": {"100"}}
	for name, value := range filters {
		query[name] = value
	}
	return o.do(ctx, call{method: http.MethodGet, path: o.org(pathTasks), query: query})
}
