// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"net/http"
)

// archived observes an archived one-off task.
func archived() scenario {
	return scenario{name: "an archived task", see: (*observer).seeArchived, observations: []Observation{
		{
			ID: "archive-status", Section: "1.6", Question: "What does archiving a one-off task return?", How: "DELETE the task",
			Expected: []Expectation{says("204", "[DOC]")},
		},
		{
			ID: "archived-get", Section: "8", Question: "What does a GET of an archived one-off task return?", How: "GET the task",
		},
		{
			ID: "archived-completion", Section: "8", Question: "What does the completion of an archived one-off task return?", How: "POST completed-tasks",
		},
	}}
}

func (o *observer) seeArchived(ctx context.Context) error {
	task, err := o.newTask(ctx, spec{purpose: "an archived task"})
	if err != nil {
		return err
	}
	got, err := o.do(ctx, call{method: http.MethodDelete, path: o.org(pathTasks, task.id)})
	if err != nil {
		return err
	}
	o.saw("archive-status", "%s", got.outcome())
	if err := got.mustBeOK(); err != nil {
		return err
	}
	task.removed = true
	got, err = o.see(ctx, "", task, func(got reply) bool { return !got.ok() || isArchived(got.data()) })
	if err != nil {
		return err
	}
	seen := got.outcome()
	if got.ok() {
		seen += ", archived_at " + map[bool]string{true: "set", false: "not set"}[got.data()["archived_at"] != nil]
	}
	o.saw("archived-get", "%s", seen)
	if got, err = o.complete(ctx, task, nil); err != nil {
		return err
	}
	o.saw("archived-completion", "%s", got.outcome())
	return nil
}
