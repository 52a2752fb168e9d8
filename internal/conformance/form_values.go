// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// minPoll is the shortest poll_interval of the provider.
const minPoll = time.Second

// valueForm returns a form with a field of each type. email is left out, because MCP says that the
// web app cannot show it (API.md §1.5), and file is observed separately.
func valueForm() []field {
	return []field{
		{label: "Text", kind: "text"},
		{label: "Textarea", kind: "textarea"},
		{label: "Date", kind: "date"},
		{label: "Radio", kind: "radio", options: []string{"left", "right"}},
		{label: "Dropdown", kind: "dropdown", options: []string{"first", "second"}},
		{label: "Multiselect", kind: "multiselect", options: []string{"one", "two", "three"}},
		{label: "Table", kind: "table", columns: []string{"Zone", "Range"}},
		{label: "Assignees", kind: "assignees_form"},
	}
}

// formFields returns the values of that form as a configuration has them.
func formFields(user json.Number) object {
	return object{
		"Text": "vpc-0b7d2c41", "Textarea": "first line\nsecond line", "Date": sentDate, "Radio": "right", "Dropdown": "second",
		"Multiselect": []string{"one", "three"}, "Table": []string{"a", "10.20.0.0/20"}, "Assignees": object{"users": []any{user}},
	}
}

// compareValues returns an error if the task does not have these values, in the forms of API.md
// §1.5.
func compareValues(form reply, user json.Number) error {
	stored := values(form)
	text := func(value any) string {
		s, _ := value.(string)
		return strings.ReplaceAll(strings.TrimSpace(s), "\r\n", "\n")
	}
	member := func(value any, name string) any {
		o, _ := value.(object)
		return o[name]
	}
	var selected []string
	options, _ := stored["Multiselect"].([]any)
	for _, option := range objects(options) {
		if option["selected"] == true || option["selected"] == json.Number("1") {
			selected = append(selected, fmt.Sprint(option["text"]))
		}
	}
	dateIsSame := sameInstant(text(stored["Date"]), sentDate)
	users, _ := member(stored["Assignees"], "users").([]any)
	for _, c := range []struct {
		label string
		equal bool
	}{
		{"Text", text(stored["Text"]) == "vpc-0b7d2c41"},
		{"Textarea", text(stored["Textarea"]) == "first line\nsecond line"},
		{"Date", dateIsSame},
		{"Radio", text(stored["Radio"]) == "right"},
		{"Dropdown", member(stored["Dropdown"], "text") == "second"},
		{"Multiselect", strings.Join(selected, ",") == "one,three"},
		{"Table", fmt.Sprint(stored["Table"]) == "[a 10.20.0.0/20]"},
		{"Assignees", len(users) == 1 && strings.Contains(fmt.Sprint(users[0]), user.String())},
	} {
		if !c.equal {
			return fmt.Errorf("the value of the field %q came back differently: %v", c.label, stored[c.label])
		}
	}
	return nil
}
