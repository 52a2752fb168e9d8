// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// The values that storedValues sends.
const (
	sentDate = "2035-06-04 09:30:00"
	sentHTML = `a <b>bold</b> & "quoted" text`
	sentCRLF = "first\r\nsecond"
	sentPad  = "  padded  "
)

// unknownID has the form of an ID, and nothing has it.
const unknownID = "00000000000000000000000000000000"

// storedValues observes how accepted form values come back.
func storedValues() scenario {
	return scenario{name: "form values", see: (*observer).seeStoredValues, observations: []Observation{
		{
			ID: "update-status", Section: "1.5", Question: "What does an update of form values return?", How: "PUT the task with taskdata",
			Expected: []Expectation{says("200", "[DOC]")},
		},
		{
			ID: "unknown-field", Section: "1.5", Question: "What does taskdata with an unknown key do?", How: "PUT with a key that is not a field",
			Expected: []Expectation{says("dropped without an error", "[DOC]")},
		},
		{
			ID: "plain-get-taskdata", Section: "1.3", Question: "Does a GET without \"with\" show taskdata?", How: "GET a task that has values",
		},
		{
			ID: "include-envelope", Section: "7.10", Question: "Is the include form_fields wrapped in data?", How: "GET with=form_fields",
			Expected: []Expectation{says("wrapped", "[DOC] [MEAS]"), says("bare", "[DOC, the pages on lists]")},
		},
		{
			ID: "answer-member", Section: "7.10", Question: "Which member of a form field has the answer?", How: "GET with=form_fields",
			Expected: []Expectation{says("field_value", "[MEAS MCP]"), says("value", "[DOC get-task]")},
		},
		{
			ID: "value-multiselect", Section: "1.5", Question: "How does a multiselect come back of which one of three options was sent?", How: "PUT, GET with=form_fields",
			Expected: []Expectation{says("3 options, 1 selected", "[DOC update-task]"), says("1 option, 1 selected", "[MEAS N8N, at a launch]")},
		},
		{
			ID: "value-dropdown", Section: "1.5", Question: "How does the option of a dropdown come back?", How: "PUT, GET with=form_fields",
			Expected: []Expectation{like("an object with id, text", "[DOC]", `an object with id, text`)},
		},
		{
			ID: "value-date", Section: "7.17", Question: "How does the date \"" + sentDate + "\" come back? Digits are shown as 9.", How: "PUT, GET with=form_fields",
		},
		{
			ID: "value-html", Section: "1.5", Question: "How does a textarea with HTML come back?", How: "PUT, GET with=form_fields",
		},
		{
			ID: "value-line-breaks", Section: "1.5", Question: "How does a textarea with CRLF come back?", How: "PUT, GET with=form_fields",
		},
		{
			ID: "value-whitespace", Section: "1.5", Question: "How does a text with outer spaces come back?", How: "PUT, GET with=form_fields",
		},
		{
			ID: "update-ignores-status", Section: "1.5", Question: "Does an update with a status complete the task?", How: "PUT with status completed",
			Expected: []Expectation{like("200, still open", "[SRC MCP]", `2\d\d, still open`)},
		},
	}}
}

func (o *observer) seeStoredValues(ctx context.Context) error {
	task, err := o.newTask(ctx, spec{purpose: "form values", form: []field{
		{label: "Text", kind: "text"},
		{label: "HTML", kind: "textarea"},
		{label: "Lines", kind: "textarea"},
		{label: "Date", kind: "date"},
		{label: "Dropdown", kind: "dropdown", options: []string{"first", "second"}},
		{label: "Multiselect", kind: "multiselect", options: []string{"one", "two", "three"}},
	}})
	if err != nil {
		return err
	}
	if _, err := o.form(ctx, task, reply.ok); err != nil {
		return err
	}
	saved, err := o.save(ctx, task, map[string]any{
		"Text": sentPad, "HTML": sentHTML, "Lines": sentCRLF, "Date": sentDate,
		"Dropdown":    object{"id": 2, "text": "second"},
		"Multiselect": []any{object{"id": 2, "text": "two", "selected": true}},
		unknownID:     "nobody",
	})
	if err != nil {
		return err
	}
	o.saw("update-status", "%s", saved.outcome())
	if !saved.ok() {
		o.saw("unknown-field", "%s", saved.outcome())
		return saved.mustBeOK()
	}
	unknown := "dropped without an error"
	if taskdata, _ := saved.data()["taskdata"].(object); taskdata[unknownID] != nil {
		unknown = "stored"
	}
	o.saw("unknown-field", "%s", unknown)
	got, err := o.form(ctx, task, showsValues("Text", "HTML", "Lines", "Date", "Dropdown", "Multiselect"))
	if err != nil {
		return err
	}
	plain, err := o.get(ctx, "", pathTasks, task.id)
	if err != nil {
		return err
	}
	o.saw("plain-get-taskdata", "%s", absentOr(plain.data(), "taskdata"))
	o.seeForm(got)
	stored := values(got)
	o.saw("value-multiselect", "%s", describeOptions(stored["Multiselect"]))
	o.saw("value-dropdown", "%s", describeObject(stored["Dropdown"]))
	o.saw("value-date", "%s", describeDate(stored["Date"]))
	o.saw("value-html", "%s", compareText(stored["HTML"], sentHTML))
	o.saw("value-line-breaks", "%s", compareText(stored["Lines"], sentCRLF))
	o.saw("value-whitespace", "%s", compareText(stored["Text"], sentPad))

	put, err := o.do(ctx, call{method: http.MethodPut, path: o.org(task.scope(pathTasks, task.id)...), body: object{
		"status": "completed", "title": task.title, "deadline": task.answer["deadline"], "owners": object{"users": []any{o.user}, "guests": []any{}, "groups": []any{}},
	}})
	if err != nil {
		return err
	}
	got, err = o.see(ctx, "", task, showsDone)
	if err != nil {
		return err
	}
	end := "still open"
	if isDone(got.data()) {
		end = "completed"
	}
	o.saw("update-ignores-status", "%s, %s", put.outcome(), end)
	return nil
}

// seeForm records the shape of a form.
func (o *observer) seeForm(got reply) {
	entries, wrapped := formFieldsOf(got.data())
	shape, member := "bare", "neither"
	if wrapped {
		shape = "wrapped"
	}
	for _, entry := range entries {
		_, hasFieldValue := entry["field_value"]
		_, hasValue := entry["value"]
		switch {
		case hasFieldValue && hasValue:
			member = "both"
		case hasFieldValue:
			member = "field_value"
		case hasValue:
			member = "value"
		}
	}
	o.saw("include-envelope", "%s", shape)
	o.saw("answer-member", "%s", member)
}

// describeOptions returns how many options a multiselect has and how many of them are selected.
func describeOptions(value any) string {
	list, ok := value.([]any)
	if !ok {
		return kindOf(value)
	}
	selected := 0
	for _, option := range objects(list) {
		if option["selected"] == true || option["selected"] == json.Number("1") {
			selected++
		}
	}
	noun := "options"
	if len(list) == 1 {
		noun = "option"
	}
	return fmt.Sprintf("%d %s, %d selected", len(list), noun, selected)
}

func describeObject(value any) string {
	o, ok := value.(object)
	if !ok {
		return kindOf(value)
	}
	return "an object with " + strings.Join(keys(o), ", ")
}

var digit = regexp.MustCompile(`\d`)

// describeDate returns the form of a date, and whether it is the instant that was sent.
func describeDate(value any) string {
	text, ok := value.(string)
	if !ok {
		return kindOf(value)
	}
	instant := "the same instant in UTC"
	if !sameInstant(text, sentDate) {
		instant = "another instant"
	}
	return digit.ReplaceAllString(text, "9") + ", " + instant
}

// compareText says in which way a text differs from what was sent.
func compareText(value any, sent string) string {
	text, ok := value.(string)
	switch {
	case !ok:
		return kindOf(value)
	case text == sent:
		return "as sent"
	case text == strings.TrimSpace(sent):
		return "trimmed"
	case text == strings.ReplaceAll(sent, "\r\n", "\n"):
		return "with LF"
	case strings.Contains(text, "&lt;"):
		return "escaped"
	case !strings.Contains(text, "<"):
		return "without tags"
	default:
		return "changed"
	}
}

// sameInstant reports whether two times are the same. One without a zone is in UTC.
func sameInstant(a, b string) bool {
	first, ok := parseTime(a)
	second, ok2 := parseTime(b)
	return ok && ok2 && first.Equal(second)
}

func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
