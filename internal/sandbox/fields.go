// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Limits in characters. The sources differ (API.md §7, item 17); these are
// documented.
const (
	maxText     = 200
	maxTextarea = 30_000
)

// check returns what is wrong with a value that is not empty, or "". Empty values
// of a table are checked too.
func (f Field) check(value any) string {
	text, isText := value.(string)
	list, isList := value.([]any)
	fields, isObject := value.(object)
	switch f.Type {
	case "text":
		// Any scalar is accepted; only textarea is known to require a string.
		if isList || isObject {
			return f.Label + " must be a string."
		}
		if utf8.RuneCountInString(text) > maxText {
			return fmt.Sprintf("%s must not be greater than %d characters.", f.Label, maxText)
		}
	case "textarea":
		if !isText {
			return f.Label + " must be a string."
		}
		if utf8.RuneCountInString(text) > maxTextarea {
			return fmt.Sprintf("%s must not be greater than %d characters.", f.Label, maxTextarea)
		}
	case "email":
		// Any value is stored, even an object, which corrupts the field.
	case "date":
		if _, ok := parseDate(text); !ok {
			return f.Label + " is not a valid date."
		}
	case "radio":
		// UNK whether the text must be an option: it must.
		if !isText || !f.offers(text) {
			return f.Label + " must be the text of an option."
		}
	case "dropdown":
		// The message is the same for every error.
		_, isOption := f.option(value)
		if _, hasText := fields["text"].(string); !hasText || (len(f.Options) > 0 && !isOption) {
			return "Invalid dropdown choice selected."
		}
	case "multiselect":
		// UNK the message.
		if !isList || !every(list, f.acceptsItem) {
			return f.Label + " must be a list of options, each with the id and the text of the option."
		}
	case "table":
		// No value clears a table (API.md §1.5).
		switch {
		case !isList && !isObject:
			return "Invalid table field"
		case len(list) == 0 || len(list) != len(f.Columns):
			return "Number of columns does not match required columns"
		}
	case "assignees_form":
		errs := fieldErrors{}
		if !isObject {
			return f.Label + " must hold users, guests and groups."
		}
		if readOwners(value, errs); len(errs) > 0 {
			return f.Label + " must hold users as integers, guests and groups as strings."
		}
	case "file":
		// Production responds to a non-list with 500, its successor with 422
		// (API.md §1.5). UNK the message.
		switch {
		case !isList || !every(list, isFile):
			return f.Label + " must be a list of files, each with an id or a url."
		case !every(list, hasSource):
			return f.Label + " must have a source for each file, local or url."
		}
	}
	return ""
}

// offers reports whether the text is an option. A field without options accepts any.
func (f Field) offers(text string) bool {
	return len(f.Options) == 0 || slices.Contains(f.Options, text)
}

// acceptsItem reports whether a multiselect accepts an item. Without options it
// accepts any ID or text.
func (f Field) acceptsItem(item any) bool {
	if len(f.Options) > 0 {
		_, ok := f.option(item)
		return ok
	}
	option, ok := item.(object)
	return ok && (!isEmpty(option["id"]) || !isEmpty(option["text"]))
}

func isFile(item any) bool {
	file, ok := item.(object)
	return ok && (!isEmpty(file["id"]) || !isEmpty(file["full_url"]) || !isEmpty(file["url"]))
}

// hasSource reports whether a file has the source that an entry with a URL needs.
// An upload has only its ID. The web app shows "filename"; "name" is not read.
func hasSource(item any) bool {
	file, _ := item.(object)
	if isEmpty(file["source"]) {
		return isEmpty(file["full_url"]) && isEmpty(file["url"])
	}
	return file["source"] == "local" || file["source"] == "url"
}

func every(list []any, holds func(any) bool) bool {
	return !slices.ContainsFunc(list, func(item any) bool { return !holds(item) })
}

// checkForm returns what prevents a completion. That such errors are a 422 keyed by
// field ID is likely, but not known (API.md §3.1).
func checkForm(form []Field, values map[string]any) fieldErrors {
	errs := fieldErrors{}
	for _, f := range form {
		value := values[f.ID]
		switch {
		case f.Required && f.isUnanswered(value):
			errs.add(f.ID, "The "+f.Label+" field is required.")
		case f.Type == "multiselect" && f.MustCheckAll && !f.allChecked(value):
			errs.add(f.ID, "All options of "+f.Label+" must be checked.")
		}
	}
	return errs
}

// isUnanswered reports whether a value counts as empty.
func (f Field) isUnanswered(value any) bool {
	if isEmpty(value) {
		return true
	}
	switch f.Type {
	case "multiselect":
		return len(checked(value)) == 0
	case "assignees_form":
		owners := readOwners(value, fieldErrors{})
		return len(owners.Users)+len(owners.Guests)+len(owners.Groups) == 0
	default:
		return false
	}
}

func (f Field) allChecked(value any) bool {
	texts := checked(value)
	return !slices.ContainsFunc(f.Options, func(option string) bool { return !slices.Contains(texts, option) })
}

// checked returns the texts of the selected items of a multiselect. An item without
// "selected" is not selected.
func checked(value any) []string {
	items, _ := value.([]any)
	var texts []string
	for _, item := range items {
		option, _ := item.(object)
		if selected, _ := asBool(option["selected"]); !selected {
			continue
		}
		text, ok := option["text"].(string)
		if !ok {
			text = fmt.Sprint(option["id"])
		}
		texts = append(texts, text)
	}
	return texts
}
