// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import "context"

// creation observes a new one-off task and a plain GET of it.
func creation() scenario {
	return scenario{name: "a new task", see: (*observer).seeCreation, observations: []Observation{
		{
			ID: "creation-status", Section: "1.6", Question: "What does the creation of a one-off task return?", How: "POST tasks",
			Expected: []Expectation{says("201", "[DOC]")},
		},
		{
			ID: "creation-run", Section: "1.6", Question: "Is run_id of a new one-off task null?", How: "POST tasks",
			Expected: []Expectation{says("null", "[DOC]"), says("a process", "[CODE MCP]")},
		},
		{
			ID: "creation-deadline", Section: "1.5", Question: "Is a deadline on a Saturday moved to a working day?", How: "POST tasks with a deadline on a Saturday",
			Expected: []Expectation{says("moved", "[DOC] [CODE MCP]")},
		},
		{
			ID: "open-status", Section: "7.6", Question: "Which status does a new task have?", How: "GET a new task",
			Expected: []Expectation{says("not-started", "[CODE MCP]"), says("in-progress", "[CODE MCP]"), says("active", "[DOC]")},
		},
		{
			ID: "open-approval", Section: "7.9", Question: "What is is_approved of an open approval?", How: "GET a new approval",
			Expected: []Expectation{says("null", "[DOC reopen-task]"), says("false", "[DOC get-task]")},
		},
		{
			ID: "plain-get-form", Section: "1.3", Question: "Does a GET without \"with\" show form_fields?", How: "GET a task with a form",
			Expected: []Expectation{says("absent", "[MEAS]")},
		},
		{
			ID: "owners-in-get", Section: "7.11", Question: "How does a GET show the users among the owners?", How: "GET a new task",
			Expected: []Expectation{says("integers", "[DOC get-task]"), says("objects", "[DOC update-task]")},
		},
		{
			ID: "request-id", Section: "3.2", Question: "Do responses have an X-Request-Id?", How: "GET a new task",
			Expected: []Expectation{says("yes", "[CODE CLI, MCP]")},
		},
		{
			ID: "rate-limit-headers", Section: "3.4", Question: "Which headers about rate limits does an accepted request have?", How: "GET a new task",
			Expected: []Expectation{like("X-RateLimit-Remaining", "[DOC, the page on Postman]", `(?i).*X-RateLimit-Remaining`), says("none", "[DOC, all other pages]")},
		},
	}}
}

func (o *observer) seeCreation(ctx context.Context) error {
	task, err := o.newTask(ctx, spec{purpose: "a new task", form: []field{{label: "Note", kind: "text"}}})
	if err != nil {
		return err
	}
	o.saw("creation-status", "%d", task.status)
	run := "null"
	if task.run != "" {
		run = "a process"
	}
	o.saw("creation-run", "%s", run)
	moved := "unchanged"
	if deadline, _ := task.answer["deadline"].(string); !sameInstant(deadline, saturday) {
		moved = "moved"
	}
	o.saw("creation-deadline", "%s", moved)

	got, err := o.see(ctx, "", task, reply.ok)
	if err == nil {
		err = got.mustBeOK()
	}
	if err != nil {
		return err
	}
	status, _ := got.data()["status"].(string)
	o.saw("open-status", "%s", status)
	o.saw("plain-get-form", "%s", absentOr(got.data(), "form_fields"))
	o.saw("owners-in-get", "%s", ownersKind(got.data()))
	requestID := "no"
	if got.header.Get("X-Request-Id") != "" {
		requestID = "yes"
	}
	o.saw("request-id", "%s", requestID)
	o.saw("rate-limit-headers", "%s", limitHeaders(got.header))

	approval, err := o.newTask(ctx, spec{purpose: "an open approval", kind: "approval"})
	if err != nil {
		return err
	}
	got, err = o.see(ctx, "", approval, reply.ok)
	if err != nil {
		return err
	}
	o.saw("open-approval", "%s", absentOr(got.data(), "is_approved"))
	return nil
}
