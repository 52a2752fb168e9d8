// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"cmp"
	"encoding/json"
)

// Field is a field of a task's form, with its value (API.md §1.3). A zero value means that the
// response did not include it.
type Field struct {
	// ID is the key of the field's value in taskdata. It does not change when the field is renamed.
	ID string
	// Label is what users see; labels may repeat. Alias is a slug. Whether it follows the label is
	// contradictory (API.md §5).
	Label, Alias string
	// Type is one of the field types of API.md §1.5, such as text or dropdown.
	Type string
	// Required fields must have a value before the task can be completed.
	Required bool
	// Options are the options of a radio, a dropdown or a multiselect.
	Options []Option
	// Columns are the headings of a table.
	Columns []string
	// Value is the value as encoding/json decodes it with UseNumber; nil if there is none.
	Value any
}

// Option is an option of a field.
type Option struct {
	// ID is 0 if the response does not show it.
	ID   int64
	Text string
}

// formFrom parses an included form, wrapped or not; nil if there is none.
func formFrom(raw json.RawMessage) []Field {
	entries, ok := parseList(raw)
	if !ok {
		return nil
	}
	form := make([]Field, 0, len(entries))
	for _, entry := range entries {
		f, _ := parseObject(entry)
		value, ok := f["field_value"] // or value: sources disagree (API.md §1.3)
		if !ok {
			value = f["value"]
		}
		field := Field{
			ID: f.text("id"), Label: f.text("label"), Alias: f.text("alias"), Type: f.text("field_type"),
			Required: isTrue(f.boolean("required")), Options: optionsFrom(f["options"]), Columns: columnsFrom(f["columns"]),
			Value: decode(value),
		}
		if field.ID != "" {
			form = append(form, field)
		}
	}
	return form
}

// optionsFrom parses options, whose entries are objects or texts. The text of an option is its
// text, label or value.
func optionsFrom(raw json.RawMessage) []Option {
	var options []Option
	entries, _ := parseList(raw)
	for _, entry := range entries {
		f, isObject := parseObject(entry)
		if !isObject {
			f = jsonObject{"text": entry}
		}
		if text := cmp.Or(f.text("text"), f.text("label"), f.text("value")); text != "" {
			options = append(options, Option{ID: f.integer("id"), Text: text})
		}
	}
	return options
}

// columnsFrom parses the headings of a table, whose entries are objects or texts. A column without
// a heading counts too.
func columnsFrom(raw json.RawMessage) []string {
	var columns []string
	entries, _ := parseList(raw)
	for _, entry := range entries {
		f, isObject := parseObject(entry)
		if !isObject {
			f = jsonObject{"label": entry}
		}
		columns = append(columns, f.text("label"))
	}
	return columns
}
