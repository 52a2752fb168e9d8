// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// shape gives a plain value the form that Tallyfy takes for a field's type (tallyfy-api §1.5). Where the value does not fit,
// wrong is a sentence's end that says what the field takes. null clears any field.
func shape(field tallyfy.Field, value any) (shaped any, wrong string) {
	if value == nil && field.Type != "file" {
		return nil, ""
	}
	switch field.Type {
	case "text", "textarea":
		return asText(value)
	case "email":
		text, wrong := asText(value)
		if address, err := mail.ParseAddress(text); wrong == "" && text != "" && (err != nil || address.Address != text) {
			return nil, "takes one e-mail address, such as \"ops@example.com\"."
		}
		return text, wrong
	case "date":
		text, wrong := asText(value)
		if _, ok := instant(text); wrong == "" && text != "" && !ok {
			return nil, "takes a date: \"2026-11-23\", \"2026-11-23 09:30:00\" or ISO 8601 as timestamp() gives it."
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
		return nil, "is a file, which form_fields cannot fill. Upload the file to Tallyfy, and give taskdata what Tallyfy tells of it, in place of form_fields."
	}
	return nil, "is of a type that form_fields does not know. Use taskdata in place of form_fields, with the shape that Tallyfy gives this field."
}

// asText takes a number or a bool for the text that it is written as: Tallyfy refuses others in fields of text.
func asText(value any) (text, wrong string) {
	switch value := value.(type) {
	case string:
		return value, ""
	case json.Number:
		return value.String(), ""
	case bool:
		return fmt.Sprint(value), ""
	}
	return "", fmt.Sprintf("takes text, and was given %s.", kind(value))
}

// optionOf finds the option with this text.
func optionOf(field tallyfy.Field, value any) (tallyfy.Option, string) {
	text, wrong := asText(value)
	if wrong != "" {
		return tallyfy.Option{}, fmt.Sprintf("takes the text of one of its options, and was given %s.\n\n%s", kind(value), listOptions(field))
	}
	var texts []string
	for _, option := range field.Options {
		if option.Text == text {
			return option, ""
		}
		texts = append(texts, option.Text)
	}
	return tallyfy.Option{}, fmt.Sprintf("has no such option.%s\n\n%s", suggest(text, texts), listOptions(field))
}

func listOptions(field tallyfy.Field) string {
	lines := []string{"Its options are:"}
	for _, option := range field.Options {
		lines = append(lines, fmt.Sprintf("  - %q", option.Text))
	}
	if len(field.Options) == 0 {
		return "It has no options."
	}
	return strings.Join(shortened(lines), "\n")
}

// chosen is an option as a dropdown takes it.
func chosen(option tallyfy.Option) map[string]any {
	return map[string]any{"id": json.Number(fmt.Sprint(option.ID)), "text": option.Text}
}

// severalOf gives the options that a list of texts chooses.
func severalOf(field tallyfy.Field, value any) (any, string) {
	texts, ok := value.([]any)
	if !ok {
		return nil, fmt.Sprintf("takes a list of the texts of its options, and was given %s.\n\n%s", kind(value), listOptions(field))
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

// rowOf gives the entries of a table, one for each column in order. A row is a list, or an object keyed by the columns' headings,
// and may stand in a list of its own. The shape of several rows is not documented, so that they are refused.
func rowOf(field tallyfy.Field, value any) (any, string) {
	headings := "its columns are \"" + strings.Join(field.Columns, "\", \"") + "\"."
	if rows, ok := value.([]any); ok && len(rows) > 0 && !isScalar(rows[0]) {
		if len(rows) > 1 {
			return nil, "takes one row, since Tallyfy does not document how several are sent; " + headings + " Use taskdata in place of form_fields for what you know Tallyfy to take."
		}
		value = rows[0]
	}
	var entries []any
	switch row := value.(type) {
	case []any:
		entries = row
	case map[string]any:
		for _, heading := range field.Columns {
			entry, there := row[heading]
			if !there {
				return nil, fmt.Sprintf("lacks an entry for column %q; %s", heading, headings)
			}
			entries = append(entries, entry)
		}
		for _, key := range sortedKeys(row) {
			if !slices.Contains(field.Columns, key) {
				return nil, fmt.Sprintf("has no column %q;%s %s", key, suggest(key, field.Columns), headings)
			}
		}
	default:
		return nil, fmt.Sprintf("takes a list with one entry for each column, and was given %s; %s", kind(value), headings)
	}
	if len(entries) != len(field.Columns) {
		return nil, fmt.Sprintf("takes one entry for each of its %d columns, and was given %d; %s", len(field.Columns), len(entries), headings)
	}
	shaped := []any{}
	for _, entry := range entries {
		text, wrong := asText(entry)
		if wrong != "" && entry != nil {
			return nil, fmt.Sprintf("takes text in each column, and was given %s; %s", kind(entry), headings)
		}
		shaped = append(shaped, text)
	}
	return shaped, ""
}

// assignees gives the three kinds of people that a field of assignees holds.
func assignees(value any) (any, string) {
	const takes = `takes an object such as { users = [1001], guests = ["a@example.com"], groups = ["<group id>"] }`
	given, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Sprintf("%s, and was given %s.", takes, kind(value))
	}
	shaped := map[string]any{"users": []any{}, "guests": []any{}, "groups": []any{}}
	for _, bucket := range sortedKeys(given) {
		if _, known := shaped[bucket]; !known {
			return nil, fmt.Sprintf("%s, and has no member %q.", takes, bucket)
		}
		people, ok := given[bucket].([]any)
		if given[bucket] != nil && !ok {
			return nil, fmt.Sprintf("%s: %s is a list.", takes, bucket)
		}
		list := []any{}
		for _, person := range people {
			text, wrong := asText(person)
			if _, isBool := person.(bool); wrong != "" || isBool || text == "" {
				return nil, fmt.Sprintf("%s: %s holds ids, and was given %s.", takes, bucket, kind(person))
			}
			if bucket == "users" {
				if !sameNumber(text, text) || strings.ContainsAny(text, ".eE") {
					return nil, takes + ": users holds whole numbers."
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
	_, ok := scalar(value)
	return ok || value == nil
}

// kind says in words what a value is.
func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	}
	return "an object"
}
