// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// rejectedValues observes form values that are invalid or near a limit, one in each request.
func rejectedValues() scenario {
	return scenario{name: "invalid form values", see: (*observer).seeRejectedValues, observations: []Observation{
		{
			ID: "text-255", Section: "7.17", Question: "Is a text of 255 characters accepted?", How: "PUT, GET with=form_fields",
			Expected: []Expectation{like("422", "[DOC]", `422`), says("200, stored", "[CODE MIG]")},
		},
		{
			ID: "textarea-6001", Section: "7.17", Question: "Is a textarea of 6,001 characters accepted?", How: "PUT, GET with=form_fields",
			Expected: []Expectation{says("200, stored", "[DOC]"), like("422", "[CODE MIG]", `422`)},
		},
		{
			ID: "textarea-number", Section: "1.5", Question: "What does a number in a textarea return?", How: "PUT",
			Expected: []Expectation{like("422", "[SRC]", `422`)},
		},
		{
			ID: "date-number", Section: "1.5", Question: "What does a number of seconds in a date return?", How: "PUT",
			Expected: []Expectation{like("422", "[SRC]", `422`)},
		},
		{
			ID: "dropdown-mismatch", Section: "1.5", Question: "What does a dropdown with the ID of one option and the text of another return?", How: "PUT",
			Expected: []Expectation{like("422 Invalid dropdown choice selected.", "[SRC]", `422 .*Invalid dropdown choice selected`)},
		},
		{
			ID: "file-by-url", Section: "1.5", Question: "Does a file field of a task accept a URL without an upload?", How: "PUT, GET with=form_fields",
			Expected: []Expectation{says("200, stored", "[INF]")},
		},
		{
			ID: "one-off-partial-update", Section: "1.5", Question: "What does an update of a one-off task without title, deadline and owners return?", How: "PUT with taskdata only",
			Expected: []Expectation{like("422", "[DOC]", `422`)},
		},
	}}
}

func (o *observer) seeRejectedValues(ctx context.Context) error {
	task, err := o.newTask(ctx, spec{purpose: "invalid form values", form: []field{
		{label: "Text", kind: "text"},
		{label: "Textarea", kind: "textarea"},
		{label: "Date", kind: "date"},
		{label: "Dropdown", kind: "dropdown", options: []string{"first", "second"}},
		{label: "File", kind: "file"},
	}})
	if err != nil {
		return err
	}
	if _, err := o.form(ctx, task, reply.ok); err != nil {
		return err
	}
	partial, err := o.do(ctx, call{
		method: http.MethodPut, path: o.org(task.scope(pathTasks, task.id)...), body: object{"taskdata": object{task.fields["Text"]: "partial"}},
	})
	if err != nil {
		return err
	}
	o.saw("one-off-partial-update", "%s", partial.outcome())

	accepted := map[string]string{} // the label of the field of each accepted observation
	for _, attempt := range []struct {
		id, label string
		value     any
	}{
		{"text-255", "Text", strings.Repeat("t", 255)},
		{"textarea-6001", "Textarea", strings.Repeat("t", 6001)},
		{"file-by-url", "File", []any{object{"filename": "plan.txt", "source": "url", "url": "https://example.com/plan.txt"}}},
		{"textarea-number", "Textarea", 42},
		{"date-number", "Date", 2064568200},
		{"dropdown-mismatch", "Dropdown", object{"id": 1, "text": "second"}},
	} {
		got, err := o.save(ctx, task, map[string]any{attempt.label: attempt.value})
		if err != nil {
			return err
		}
		o.saw(attempt.id, "%s", got.outcome())
		if got.ok() {
			accepted[attempt.id] = attempt.label
		}
	}
	got, err := o.form(ctx, task, showsValues(slices.Sorted(maps.Values(accepted))...))
	if err != nil {
		return err
	}
	stored := values(got)
	for id, length := range map[string]int{"text-255": 255, "textarea-6001": 6001} {
		if label, ok := accepted[id]; ok {
			o.saw(id, "200, %s", storedLength(stored[label], length))
		}
	}
	if _, ok := accepted["file-by-url"]; ok {
		o.saw("file-by-url", "200, %s", map[bool]string{true: "stored", false: "not stored"}[kindOf(stored["File"]) == "[]"])
	}
	return nil
}

// storedLength returns whether a text has its whole length.
func storedLength(value any, length int) string {
	text, ok := value.(string)
	switch n := utf8.RuneCountInString(text); {
	case !ok:
		return "stored as " + kindOf(value)
	case n == length:
		return "stored"
	default:
		return fmt.Sprintf("cut to %d characters", n)
	}
}
