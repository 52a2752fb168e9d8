// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// PlainValues returns the values of a form as form_fields accepts them, keyed by label and keyed by
// alias, in the form of [tallyfy.NormalizeName]. Values are strings, json.Number, []any and
// map[string]any. It leaves out empty fields, ambiguous keys, files, and values that form_fields
// would convert to something else. The result can be used for another form with the same fields.
func PlainValues(form []tallyfy.Field) (byLabel, byAlias map[string]any) {
	byLabel, byAlias = map[string]any{}, map[string]any{}
	for _, field := range form {
		value, ok := plainValue(field)
		if !ok {
			continue
		}
		for key, values := range map[string]map[string]any{field.Label: byLabel, field.Alias: byAlias} {
			if found := fieldsNamed(form, key); len(found) == 1 && found[0].ID == field.ID {
				values[tallyfy.NormalizeName(key)] = value
			}
		}
	}
	return byLabel, byAlias
}

// plainValue is the inverse of [shape]. ok is false for an empty field, and for a value that shape
// would not restore.
func plainValue(field tallyfy.Field) (value any, ok bool) {
	held := field.Value
	if isEmpty(field, held) {
		return nil, false
	}
	switch field.Type {
	case "text", "textarea":
		if value, ok = held.(string); !ok {
			value, _ = textOf(held)
		}
	case "email", "date":
		value, _ = textOf(held)
	case "radio", "dropdown":
		value = optionTextOf(field, choiceOf(field, held))
	case "multiselect":
		var texts []any
		for _, option := range selected(field, held) {
			texts = append(texts, optionTextOf(field, option))
		}
		value = texts
	case "table":
		var entries []any
		for _, entry := range entriesOf(field, held) {
			text, _ := textOf(entry)
			entries = append(entries, text)
		}
		value = entries
	case "assignees_form":
		value = plainPeople(held)
	default:
		return nil, false
	}
	shaped, wrong := shape(field, value)
	return value, wrong == "" && equal(field, shaped, held)
}

// optionTextOf returns the text of an option in the form's spelling.
func optionTextOf(field tallyfy.Field, c choice) string {
	if option, ok := fieldOption(field, c); ok {
		return option.Text
	}
	return c.text
}

// plainPeople returns the three buckets of a field of assignees, with users by number.
func plainPeople(held any) map[string]any {
	given, _ := held.(map[string]any)
	value := map[string]any{}
	for _, bucket := range buckets {
		list := []any{}
		for _, name := range people(given[bucket], bucket) {
			if bucket == "users" {
				list = append(list, json.Number(name))
			} else {
				list = append(list, name)
			}
		}
		value[bucket] = list
	}
	return value
}
