// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// checkShape returns a value of taskdata as it is sent. It only changes the texts of options to
// Tallyfy's spelling, because Tallyfy compares them byte for byte. wrong is the end of a sentence
// about a value that Tallyfy is known to reject or to corrupt (API.md §1.5). Tallyfy validates all
// other values.
func checkShape(field tallyfy.Field, value any) (sent any, wrong string) {
	list, isList := value.([]any)
	object, isObject := value.(map[string]any)
	_, isText := value.(string)
	switch {
	case field.Type == "table":
		return checkRow(field, value, list)
	case isBlank(value):
		return value, "" // clears the field
	}
	switch field.Type {
	case "text", "email":
		if isList || isObject {
			return nil, fmt.Sprintf("expects text, but got %s.", describeKind(value))
		}
		if isZero(value) {
			return nil, "expects text in quotes: Tallyfy clears the field for the number 0 and for false. Put the value in quotes, or set null to clear the field."
		}
	case "textarea":
		if !isText {
			return nil, fmt.Sprintf("expects text in quotes, but got %s.", describeKind(value))
		}
	case "date":
		if !isText {
			return nil, expectedDate
		}
	case "radio":
		if len(field.Options) > 0 {
			option, wrong := optionOf(field, value)
			return option.Text, wrong
		}
	case "dropdown":
		if !isObject {
			return nil, `expects an object with the ID and the text of one option, such as { id = 3, text = "Office 365" }, but got ` + describeKind(value) + "."
		}
		return checkOption(field, object)
	case "multiselect":
		if !isList {
			return nil, `expects a list of objects, such as [{ id = 1, text = "Slack", selected = true }], but got ` + describeKind(value) + "."
		}
		return checkOptions(field, list)
	case "assignees_form":
		if !isObject {
			return nil, fmt.Sprintf("%s, but got %s.", expectedPeople, describeKind(value))
		}
	case "file":
		if !isList || slices.ContainsFunc(list, func(file any) bool { return !isFile(file) }) {
			return nil, "expects a list of objects, each with an id, a url or a full_url."
		}
	}
	return value, ""
}

// isZero reports whether a value is the number 0 or false, for which Tallyfy clears a field (API.md
// §1.5).
func isZero(value any) bool {
	number, isNumber := value.(json.Number)
	if !isNumber {
		return value == false
	}
	zero, err := number.Float64()
	return err == nil && zero == 0
}

// checkRow checks a table row. A table cannot be cleared: Tallyfy rejects null, "" and [] in it.
func checkRow(field tallyfy.Field, value any, list []any) (any, string) {
	if _, isObject := value.(map[string]any); !isObject && isBlank(value) {
		return nil, "is a table, which Tallyfy cannot clear. Remove its key to leave it as it is."
	}
	if len(list) != len(field.Columns) && len(field.Columns) > 0 {
		return nil, fmt.Sprintf("expects a list with one entry for each column (number of columns: %d).", len(field.Columns))
	}
	return value, ""
}

// checkOption returns the option that an object names by ID and text, which must belong to the same
// option.
func checkOption(field tallyfy.Field, given map[string]any) (any, string) {
	if len(field.Options) == 0 { // from a list of the organization
		return given, ""
	}
	id, _ := textOf(given["id"])
	text, _ := given["text"].(string)
	for _, option := range field.Options {
		sameID := option.ID == 0 || id == fmt.Sprint(option.ID)
		if sameID && tallyfy.NormalizeName(option.Text) == tallyfy.NormalizeName(text) {
			return merged(given, map[string]any{"text": option.Text}), ""
		}
	}
	lines := "Its options are:"
	for i, option := range field.Options {
		if i == maxListed {
			lines += fmt.Sprintf("\n  - and %d more", len(field.Options)-maxListed)
			break
		}
		lines += fmt.Sprintf("\n  - { id = %d, text = %q }", option.ID, option.Text)
	}
	return nil, "has no option with this ID and this text; both must belong to the same option.\n\n" + lines
}

func checkOptions(field tallyfy.Field, list []any) (any, string) {
	sent := []any{}
	for _, element := range list {
		object, ok := element.(map[string]any)
		if !ok {
			return nil, `expects a list of objects, such as [{ id = 1, text = "Slack", selected = true }], but got ` + describeKind(element) + " in it."
		}
		option, wrong := checkOption(field, object)
		if wrong != "" {
			return nil, wrong
		}
		if object["selected"] == nil { // Tallyfy accepts it and shows nothing (API.md §1.5)
			return nil, "needs selected = true or selected = false in each object. Without it, Tallyfy does not select the option."
		}
		sent = append(sent, option)
	}
	return sent, ""
}

func isFile(v any) bool {
	file, ok := v.(map[string]any)
	return ok && (!isBlank(file["id"]) || addressOf(file) != "")
}

// chosen returns an option in the shape of a dropdown value.
func chosen(option tallyfy.Option) map[string]any {
	return map[string]any{"id": json.Number(fmt.Sprint(option.ID)), "text": option.Text}
}
