// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"fmt"
	"strings"
)

// readForm parses the form_fields of a creation. Each entry must have label,
// field_type and required; a choice without options is accepted (API.md §1.6).
// Options and columns get new IDs, counted from 1.
func readForm(value any, errs fieldErrors) []Field {
	if isEmpty(value) {
		return nil
	}
	entries, ok := value.([]any)
	if !ok {
		errs.add("form_fields", "The form fields must be an array.")
		return nil
	}
	var form []Field
	for i, entry := range entries {
		sent, _ := entry.(object)
		f := Field{Options: textsOf(sent["options"], "text"), Columns: textsOf(sent["columns"], "label")}
		var isBool bool
		f.Label, _ = sent["label"].(string)
		f.Type, _ = sent["field_type"].(string)
		f.Required, isBool = asBool(sent["required"])
		for name, missing := range map[string]bool{"label": f.Label == "", "field_type": f.Type == "", "required": !isBool} {
			if missing {
				path := fmt.Sprintf("form_fields.%d.%s", i, name)
				errs.add(path, "The "+path+" field is required.")
			}
		}
		f.Alias = strings.ReplaceAll(strings.ToLower(f.Label), " ", "-")
		form = append(form, f)
	}
	return form
}

// textsOf returns a member of each object of a list.
func textsOf(list any, member string) []string {
	items, _ := list.([]any)
	var texts []string
	for _, item := range items {
		o, _ := item.(object)
		if text, ok := o[member].(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// readable returns the name of an input as the framework's messages write it.
func readable(name string) string { return strings.ReplaceAll(name, "_", " ") }
