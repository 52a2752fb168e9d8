// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"fmt"
)

// completionAgain observes requests to a task in the wrong state: a second completion, an update,
// and reopening twice.
func completionAgain() scenario {
	return scenario{name: "a second completion", see: (*observer).seeCompletionAgain, observations: []Observation{
		{
			ID: "second-completion", Section: "7.2", Question: "What does the completion of a completed task return?", How: "POST completed-tasks twice",
			Expected: []Expectation{like("200, completed_at unchanged", "[SRC MCP]", `2\d\d, completed_at unchanged`), like("an error", "[DOC]", `4\d\d`)},
		},
		{
			ID: "second-completion-updated", Section: "7.2", Question: "Does a second completion move last_updated?", How: "GET before and after it",
		},
		{
			ID: "update-completed", Section: "3.1", Question: "What does an update of a completed task return?", How: "PUT a completed task",
			Expected: []Expectation{like("422", "[DOC]", `422`)},
		},
		{
			ID: "reopen-status", Section: "1.2", Question: "What does reopening return?", How: "DELETE completed-tasks",
			Expected: []Expectation{says("200", "[DOC]")},
		},
		{
			ID: "reopened-word", Section: "7.5", Question: "Which status does a reopened task have?", How: "GET after the reopening",
			Expected: []Expectation{says("in-progress", "[DOC reopen-task]"), says("active", "[DOC, an older page]"), says("incomplete", "[DOC, an older page]")},
		},
		{
			ID: "reopened-facts", Section: "1.2", Question: "Which facts of the completion remain after reopening?", How: "GET after the reopening",
			Expected: []Expectation{says("none", "[DOC]")},
		},
		{
			ID: "reopen-open", Section: "8", Question: "What does reopening an open task return?", How: "DELETE completed-tasks twice",
			Expected: []Expectation{like("an error", "[DOC]", `4\d\d`)},
		},
	}}
}

func (o *observer) seeCompletionAgain(ctx context.Context) error {
	task, err := o.newTask(ctx, spec{purpose: "a second completion"})
	if err != nil {
		return err
	}
	first, err := o.complete(ctx, task, nil)
	if err == nil {
		err = first.mustBeOK()
	}
	if err != nil {
		return err
	}
	before, err := o.see(ctx, "", task, showsDone)
	if err != nil {
		return err
	}
	second, err := o.complete(ctx, task, nil)
	if err != nil {
		return err
	}
	after, err := o.see(ctx, "", task, func(got reply) bool {
		return change(before, got, "completed_at") == "changed" || change(before, got, "last_updated") == "changed"
	})
	if err != nil {
		return err
	}
	seen := second.outcome()
	if second.ok() {
		seen += ", completed_at " + change(before, after, "completed_at")
	}
	o.saw("second-completion", "%s", seen)
	o.saw("second-completion-updated", "%s", change(before, after, "last_updated"))

	updated, err := o.save(ctx, task, nil)
	if err != nil {
		return err
	}
	o.saw("update-completed", "%s", updated.outcome())
	return o.seeReopening(ctx, task)
}

func (o *observer) seeReopening(ctx context.Context, task *fixture) error {
	reopened, err := o.reopen(ctx, task)
	if err != nil {
		return err
	}
	o.saw("reopen-status", "%s", reopened.outcome())
	got, err := o.see(ctx, "", task, showsOpen)
	if err != nil {
		return err
	}
	status, _ := got.data()["status"].(string)
	o.saw("reopened-word", "%s", status)
	remaining := "none"
	for _, name := range []string{"completed_at", "completer_id", "completer_guest_id"} {
		if got.data()[name] != nil {
			remaining = name
		}
	}
	o.saw("reopened-facts", "%s", remaining)
	again, err := o.reopen(ctx, task)
	if err != nil {
		return err
	}
	o.saw("reopen-open", "%s", again.outcome())
	return nil
}

// change returns whether a member differs between two reads of a task.
func change(before, after reply, member string) string {
	was, is := before.data()[member], after.data()[member]
	switch {
	case was == nil && is == nil:
		return "absent"
	case fmt.Sprint(was) == fmt.Sprint(is):
		return "unchanged"
	default:
		return "changed"
	}
}
