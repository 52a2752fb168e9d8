// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"slices"
)

// completionForms observes completions of tasks with a form.
func completionForms() scenario {
	return scenario{name: "completions with a form", see: (*observer).seeCompletionForms, observations: []Observation{
		{
			ID: "completion-taskdata", Section: "7.1", Question: "Is taskdata in a completion saved?", How: "POST completed-tasks with taskdata, GET with=form_fields",
			Expected: []Expectation{says("ignored", "[INF]"), says("saved", "[DOC 2025]"), like("rejected", "[DOC]", `4\d\d`)},
		},
		{
			ID: "required-field", Section: "3.1", Question: "What does a completion without a required value return?", How: "POST completed-tasks",
			Expected: []Expectation{says("422, errors by the ID of the field", "[DOC]"), like("422", "[DOC]", `422`)},
		},
	}}
}

func (o *observer) seeCompletionForms(ctx context.Context) error {
	task, err := o.newTask(ctx, spec{purpose: "values with a completion", form: []field{{label: "Text", kind: "text"}}})
	if err != nil {
		return err
	}
	if _, err := o.form(ctx, task, reply.ok); err != nil {
		return err
	}
	got, err := o.complete(ctx, task, object{"taskdata": object{task.fields["Text"]: "with the completion"}})
	if err != nil {
		return err
	}
	seen := got.outcome()
	if got.ok() {
		form, err := o.form(ctx, task, showsValues("Text"))
		if err != nil {
			return err
		}
		seen = "ignored"
		if values(form)["Text"] == "with the completion" {
			seen = "saved"
		}
	}
	o.saw("completion-taskdata", "%s", seen)

	required, err := o.newTask(ctx, spec{purpose: "a required field", form: []field{{label: "Text", kind: "text", required: true}}})
	if err != nil {
		return err
	}
	if _, err := o.form(ctx, required, reply.ok); err != nil {
		return err
	}
	got, err = o.complete(ctx, required, nil)
	if err != nil {
		return err
	}
	seen = got.outcome()
	body, _ := got.body.(object)
	if errs, ok := body["errors"].(object); ok && slices.Contains(keys(errs), required.fields["Text"]) {
		seen = "422, errors by the ID of the field"
	}
	o.saw("required-field", "%s", seen)
	return nil
}
