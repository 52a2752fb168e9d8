// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// This file parses structured values: options, people, rows and files.

// choice is an option of a field: its ID and its text, if known.
type choice struct{ id, text string }

// choiceOf returns the option that a value names: an object with an ID or a text, or a bare text or
// ID. Missing parts come from the field's options.
func choiceOf(field tallyfy.Field, v any) choice {
	var c choice
	if object, ok := v.(map[string]any); ok {
		c.id, _ = textOf(object["id"])
		c.text = optionText(object)
	} else {
		text, _ := textOf(v)
		c.text = tallyfy.NormalizeName(text)
	}
	for _, option := range field.Options {
		known := choice{text: tallyfy.NormalizeName(option.Text)}
		if option.ID != 0 {
			known.id = fmt.Sprint(option.ID)
		}
		if c.id != "" && c.id == known.id || c.id == "" && c.text == known.text {
			return known
		}
	}
	if _, isNumber := v.(json.Number); isNumber { // no option has this text
		for _, option := range field.Options {
			if c.text == fmt.Sprint(option.ID) {
				return choice{c.text, tallyfy.NormalizeName(option.Text)}
			}
		}
	}
	return c
}

// optionText returns the text of an option under any of its names (API.md §1.5).
func optionText(option map[string]any) string {
	for _, name := range []string{"text", "label", "value"} {
		if text, ok := textOf(option[name]); ok && text != "" {
			return tallyfy.NormalizeName(text)
		}
	}
	return ""
}

// equal reports whether both are the same option. It compares the IDs if both have one, because
// texts can be changed.
func (c choice) equal(other choice) bool {
	if c.id != "" && other.id != "" {
		return c.id == other.id
	}
	return c.text == other.text
}

// selected returns the selected options of a multiselect. A stored value lists the others too, with
// "selected": false.
func selected(field tallyfy.Field, v any) []choice {
	var chosen []choice
	for _, element := range elements(v) {
		if isSelected(element) {
			chosen = append(chosen, choiceOf(field, element))
		}
	}
	return chosen
}

// isSelected reports whether an element of a multiselect is selected. A bare text always is. An
// object is only if its member "selected" is true.
func isSelected(element any) bool {
	object, ok := element.(map[string]any)
	if !ok {
		return !isBlank(element)
	}
	text, _ := textOf(object["selected"])
	return text == "true" || text == "1"
}

// buckets are the three kinds of people in a field of assignees (API.md §1.5).
var buckets = []string{"users", "guests", "groups"}

// sameAssignees compares the three buckets as sets. A missing bucket is empty.
func sameAssignees(want, held any) bool {
	a, ok := want.(map[string]any)
	b, okToo := held.(map[string]any)
	if !ok || !okToo {
		return false
	}
	for _, bucket := range buckets {
		if !sameSet(people(a[bucket], bucket), people(b[bucket], bucket), strings.EqualFold) {
			return false
		}
	}
	return true
}

// people returns what names the entries of a bucket, which are bare or objects (API.md §2.1): the
// email address of a guest, the ID of a user or group, or the other one if that is missing.
func people(v any, bucket string) []string {
	name, other := "id", "email"
	if bucket == "guests" {
		name, other = other, name
	}
	var names []string
	for _, element := range elements(v) {
		if object, ok := element.(map[string]any); ok {
			element = object[name]
			if text, ok := textOf(element); !ok || text == "" {
				element = object[other]
			}
		}
		text, _ := textOf(element)
		names = append(names, text)
	}
	return names
}

// entriesOf returns the entries of a table row in the order of its columns. A row is a list, or an
// object keyed by column headings, and may be the only element of a list.
func entriesOf(field tallyfy.Field, v any) []any {
	if rows, ok := v.([]any); ok && len(rows) == 1 && !isScalar(rows[0]) {
		v = rows[0]
	}
	row, ok := v.(map[string]any)
	if !ok {
		return elements(v)
	}
	var entries []any
	for _, heading := range field.Columns {
		entry, _ := member(row, heading)
		entries = append(entries, entry)
	}
	return entries
}

// member returns the member of an object with this name, compared by [tallyfy.NormalizeName].
func member(object map[string]any, name string) (value any, there bool) {
	for key, value := range object {
		if tallyfy.NormalizeName(key) == tallyfy.NormalizeName(name) {
			return value, true
		}
	}
	return nil, false
}

// sameFile compares two files by ID, or else by URL and name (API.md §1.5).
func sameFile(want, held any) bool {
	a, ok := want.(map[string]any)
	b, okToo := held.(map[string]any)
	if !ok || !okToo {
		return sameScalar(want, held)
	}
	id, hasID := textOf(a["id"])
	other, hasIDToo := textOf(b["id"])
	if hasID && hasIDToo {
		return id == other
	}
	address, otherAddress := addressOf(a), addressOf(b)
	name, hasName := textOf(a["filename"])
	otherName, hasNameToo := textOf(b["filename"])
	return address != "" && address == otherAddress && (!hasName || !hasNameToo || name == otherName)
}

func addressOf(file map[string]any) string {
	for _, name := range []string{"url", "full_url"} {
		if address, ok := textOf(file[name]); ok && address != "" {
			return address
		}
	}
	return ""
}
