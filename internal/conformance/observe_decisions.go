// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"fmt"
)

// decisions observes approvals, and other members of a completion.
func decisions() scenario {
	return scenario{name: "decisions", see: (*observer).seeDecisions, observations: []Observation{
		{
			ID: "approval-without-decision", Section: "7.8", Question: "What does the completion of an approval without is_approved return?", How: "POST completed-tasks",
			Expected: []Expectation{
				like("422 The is approved field is required", "[SRC MCP]", `422 .*is approved field is required`),
				like("200", "[DOC, the page on Postman]", `2\d\d`),
			},
		},
		{
			ID: "rejection", Section: "1.1", Question: "Which decision does a rejected approval show?", How: "POST completed-tasks with is_approved false, GET",
			Expected: []Expectation{like("200, false", "[DOC]", `2\d\d, false`)},
		},
		{
			ID: "decision-change", Section: "8", Question: "Does a second completion change the decision?", How: "POST completed-tasks with the other decision, GET",
		},
		{
			ID: "override-self", Section: "8", Question: "May a user name themselves in override_user?", How: "POST completed-tasks with the caller's ID",
		},
		{
			ID: "completion-comment", Section: "8", Question: "Does a comment in a completion become a comment of the task?", How: "POST completed-tasks with comment, GET with=threads",
		},
	}}
}

func (o *observer) seeDecisions(ctx context.Context) error {
	approval, err := o.newTask(ctx, spec{purpose: "a decision", kind: "approval"})
	if err != nil {
		return err
	}
	without, err := o.complete(ctx, approval, nil)
	if err != nil {
		return err
	}
	o.saw("approval-without-decision", "%s", without.outcome())
	for _, step := range []struct {
		id       string
		approved bool
	}{{"rejection", false}, {"decision-change", true}} {
		got, err := o.complete(ctx, approval, object{"is_approved": step.approved})
		if err != nil {
			return err
		}
		task, err := o.see(ctx, "", approval, showsDecision(step.approved))
		if err != nil {
			return err
		}
		o.saw(step.id, "%s, %s", got.outcome(), absentOr(task.data(), "is_approved"))
	}

	task, err := o.newTask(ctx, spec{purpose: "another completer"})
	if err != nil {
		return err
	}
	got, err := o.complete(ctx, task, object{"override_user": o.user})
	if err != nil {
		return err
	}
	seen := got.outcome()
	if got.ok() {
		seen += ", recorded: " + map[bool]string{true: "yes", false: "no"}[fmt.Sprint(got.data()["completer_id"]) == o.user.String()]
	}
	o.saw("override-self", "%s", seen)
	return o.seeComment(ctx)
}

func (o *observer) seeComment(ctx context.Context) error {
	task, err := o.newTask(ctx, spec{purpose: "a comment"})
	if err != nil {
		return err
	}
	got, err := o.complete(ctx, task, object{"comment": "A comment in a completion."})
	if err != nil {
		return err
	}
	seen := got.outcome()
	got, err = o.see(ctx, "threads", task, func(got reply) bool {
		threads, _ := included(got.data(), "threads")
		return len(threads) > 0
	})
	if err != nil {
		return err
	}
	threads, _ := included(got.data(), "threads")
	switch {
	case absentOr(got.data(), "threads") == "absent":
		seen += ", threads are not shown"
	case len(threads) == 0:
		seen += ", no"
	default:
		seen += ", yes"
	}
	o.saw("completion-comment", "%s", seen)
	return nil
}
