// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// shape converts a plain value to the form that Tallyfy expects for a field's type (API.md §1.5).
// If the value does not fit, wrong is the end of a sentence that says what the field expects. null
// clears every field but a table.
func shape(field tallyfy.Field, value any) (shaped any, wrong string) {
	if value == nil && field.Type != "table" {
		return nil, ""
	}
	switch field.Type {
	case "text", "textarea":
		return asText(value)
	case "email":
		return asEmail(value)
	case "date":
		text, wrong := asText(value)
		if _, ok := parseTime(text); wrong == "" && text != "" && !ok {
			return nil, expectedDate
		}
		return text, wrong
	case "radio":
		option, wrong := optionOf(field, value)
		return option.Text, wrong
	case "dropdown":
		option, wrong := optionOf(field, value)
		return chosen(option), wrong
	case "multiselect":
		return severalOf(field, value)
	case "table":
		return rowOf(field, value)
	case "assignees_form":
		return assignees(value)
	case "file":
		return filesOf(value)
	}
	return nil, "is of a type that form_fields does not support. Use taskdata instead of form_fields, with a value in the shape in which Tallyfy stores this field."
}

// expectedDate ends a sentence about a field.
const expectedDate = "expects a date: \"2026-11-23\", \"2026-11-23 09:30:00\" or RFC 3339 as timestamp() returns it."

// asEmail accepts one bare email address.
func asEmail(value any) (any, string) {
	text, wrong := asText(value)
	if address, err := mail.ParseAddress(text); wrong == "" && text != "" && (err != nil || address.Address != text) {
		return nil, "expects one email address, such as \"ops@example.com\"."
	}
	return text, wrong
}

// asText converts a number or a Boolean to text, because Tallyfy rejects other types in text
// fields.
func asText(value any) (text, wrong string) {
	switch value := value.(type) {
	case string:
		return value, ""
	case json.Number:
		return value.String(), ""
	case bool:
		return fmt.Sprint(value), ""
	}
	return "", fmt.Sprintf("expects text, but got %s.", describeKind(value))
}

// optionOf returns the option with this text.
func optionOf(field tallyfy.Field, value any) (tallyfy.Option, string) {
	text, wrong := asText(value)
	if wrong != "" {
		return tallyfy.Option{}, fmt.Sprintf("expects the text of one of its options, but got %s.\n\n%s", describeKind(value), listOptions(field))
	}
	var texts []string
	for _, option := range field.Options {
		if tallyfy.NormalizeName(option.Text) == tallyfy.NormalizeName(text) {
			return option, ""
		}
		texts = append(texts, option.Text)
	}
	if len(field.Options) == 0 {
		return tallyfy.Option{}, noOptions
	}
	return tallyfy.Option{}, fmt.Sprintf("does not have the configured option.%s\n\n%s", suggest(text, texts), listOptions(field))
}

// noOptions ends a sentence about a field whose options come from a list of the organization, which
// the form does not show.
const noOptions = "has no options that Tallyfy shows with the form: they probably come from a list of the organization. " +
	"Use taskdata instead of form_fields, with the ID and the text of the option: { id = 3, text = \"Office 365\" }."

func listOptions(field tallyfy.Field) string {
	lines := []string{"Its options are:"}
	for _, option := range field.Options {
		lines = append(lines, fmt.Sprintf("  - %q", option.Text))
	}
	return strings.Join(shortened(lines), "\n")
}

// severalOf returns the options that a list of texts chooses.
func severalOf(field tallyfy.Field, value any) (any, string) {
	texts, ok := value.([]any)
	if !ok {
		return nil, fmt.Sprintf("expects a list of option texts, but got %s.\n\n%s", describeKind(value), listOptions(field))
	}
	all := []any{}
	for _, text := range texts {
		option, wrong := optionOf(field, text)
		if wrong != "" {
			return nil, wrong
		}
		one := chosen(option)
		one["selected"] = true // without it Tallyfy accepts the value and shows it as empty
		all = append(all, one)
	}
	return all, ""
}

// rowOf returns the entries of a table row, one for each column in order. A row is a list, or an
// object keyed by column headings, and may be the only element of a list. Several rows are
// rejected, because their shape is not documented.
func rowOf(field tallyfy.Field, value any) (any, string) {
	headings := "its columns are \"" + strings.Join(field.Columns, "\", \"") + "\"."
	if rows, ok := value.([]any); ok && len(rows) > 0 && !isScalar(rows[0]) {
		if len(rows) > 1 {
			return nil, "expects one row, because Tallyfy does not document how several are sent; " + headings + " If you know what Tallyfy accepts, use taskdata instead of form_fields."
		}
		value = rows[0]
	}
	if _, isObject := value.(map[string]any); !isObject && isBlank(value) { // a table cannot be cleared (API.md §1.5)
		return nil, "is a table, which Tallyfy cannot clear. Remove its key to leave it as it is; " + headings
	}
	var entries []any
	switch row := value.(type) {
	case []any:
		entries = row
	case map[string]any:
		for _, heading := range field.Columns {
			entry, there := member(row, heading)
			if !there {
				return nil, fmt.Sprintf("has no entry for column %q; %s", heading, headings)
			}
			entries = append(entries, entry)
		}
		for _, key := range slices.Sorted(maps.Keys(row)) {
			if !slices.ContainsFunc(field.Columns, func(heading string) bool { return tallyfy.NormalizeName(heading) == tallyfy.NormalizeName(key) }) {
				return nil, fmt.Sprintf("has no column %q;%s %s", key, suggest(key, field.Columns), headings)
			}
		}
	default:
		return nil, fmt.Sprintf("expects a list with one entry for each column, but got %s; %s", describeKind(value), headings)
	}
	if len(entries) != len(field.Columns) {
		return nil, fmt.Sprintf("expects one entry for each column, but got %d; %s", len(entries), headings)
	}
	shaped := []any{}
	for _, entry := range entries {
		text, wrong := asText(entry)
		if wrong != "" && entry != nil {
			return nil, fmt.Sprintf("expects text in each column, but got %s; %s", describeKind(entry), headings)
		}
		shaped = append(shaped, text)
	}
	return shaped, ""
}

// expectedPeople ends a sentence about a field.
const expectedPeople = `expects an object such as { users = [1001], guests = ["a@example.com"], groups = ["<group ID>"] }`

// assignees returns the three kinds of people in a field of assignees.
func assignees(value any) (any, string) {
	const expects = expectedPeople
	given, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Sprintf("%s, but got %s.", expects, describeKind(value))
	}
	shaped := map[string]any{"users": []any{}, "guests": []any{}, "groups": []any{}}
	for _, bucket := range slices.Sorted(maps.Keys(given)) {
		if _, known := shaped[bucket]; !known {
			return nil, fmt.Sprintf("%s, which has no member %q.", expects, bucket)
		}
		people, ok := given[bucket].([]any)
		if given[bucket] != nil && !ok {
			return nil, fmt.Sprintf("%s: %s is a list.", expects, bucket)
		}
		list := []any{}
		for _, person := range people {
			text, wrong := asText(person)
			if _, isBool := person.(bool); wrong != "" || isBool || text == "" {
				return nil, fmt.Sprintf("%s: each entry of %s must be a string or a number, but got %s.", expects, bucket, describeKind(person))
			}
			if bucket == "users" {
				if !sameNumber(text, text) || strings.ContainsAny(text, ".eE") {
					return nil, expects + ": each entry of users must be a whole number."
				}
				list = append(list, json.Number(text))
				continue
			}
			list = append(list, text)
		}
		shaped[bucket] = list
	}
	return shaped, ""
}

func isScalar(value any) bool {
	_, ok := textOf(value)
	return ok || value == nil
}

// describeKind names the type of a value for the user.
func describeKind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "a Boolean"
	case []any:
		return "a list"
	}
	return "an object"
}
