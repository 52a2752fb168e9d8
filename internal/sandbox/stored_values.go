// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"encoding/json"
	"strconv"
)

// storedForm returns the value as the server stores it, which differs from the value
// that was sent for multiselects, and for texts if rewrite is set. The value has
// passed check.
func (f Field) storedForm(value any, rewrite func(string) string) any {
	text, isText := value.(string)
	switch {
	case f.Type == "multiselect" && len(f.Options) > 0:
		return f.everyOption(value)
	case isText && rewrite != nil && (f.Type == "text" || f.Type == "textarea"):
		return rewrite(text)
	default:
		return copyValue(value)
	}
}

// everyOption returns the stored form of a multiselect: all options in the order of
// the form, including unselected ones (API.md §1.5). UNK which entry counts if an
// option is sent twice: the last one.
func (f Field) everyOption(value any) []any {
	selected := map[int]bool{}
	entries, _ := value.([]any)
	for _, entry := range entries {
		if i, ok := f.option(entry); ok {
			option, _ := entry.(object)
			selected[i], _ = asBool(option["selected"]) // without "selected" it is not selected
		}
	}
	stored := make([]any, 0, len(f.Options))
	for i, text := range f.Options {
		stored = append(stored, object{
			"id": optionID(i), "text": text, "selected": selected[i], "value": nil, "required": false,
		})
	}
	return stored
}

// option returns the index of the option that a value names by ID and text, both of
// the same option and byte for byte. UNK whether an ID in a string is accepted: it
// is not.
func (f Field) option(value any) (int, bool) {
	sent, _ := value.(object)
	for i, text := range f.Options {
		if sent["id"] == optionID(i) && sent["text"] == text {
			return i, true
		}
	}
	return 0, false
}

// optionID returns the ID of an option, counted from 1.
func optionID(index int) json.Number {
	return json.Number(strconv.Itoa(index + 1))
}
