// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// resolveNames finds the fields that are named by ID, alias or label. It converts each value to the
// shape of its field's type (API.md §1.5). Notices name fields and what they accept, never values.
func (v *formValues) resolveNames(task *tallyfy.Task, want Desired) {
	given := merged(want.FormFields, want.SecretFormFields)
	keys := map[string]string{} // the key of each field, by field ID
	for _, key := range slices.Sorted(maps.Keys(given)) {
		at := Notice{Attribute: attrFormFields, Key: key}
		if _, secret := want.SecretFormFields[key]; secret {
			at.Attribute = attrSecretFormFields
		}
		fail := func(summary string, parts ...string) {
			at.Summary, at.Detail = summary, notice.Paragraphs(parts...)
			v.problems = append(v.problems, at)
		}
		found := fieldsNamed(task.Form, key)
		switch {
		case len(found) == 0:
			fail("Unknown Form Field", fmt.Sprintf("The form of %s has no field %q.%s", notice.Task(task), key, suggest(key, namesOf(task.Form))), listFields(task.Form))
			continue
		case len(found) > 1:
			fail("Ambiguous Form Field", fmt.Sprintf("The form of %s has %d fields labelled %q. Use the alias or the ID of the one you mean.", notice.Task(task), len(found), key), listFields(found))
			continue
		}
		field := found[0]
		if other, twice := keys[field.ID]; twice {
			fail("Form Field Is Set Twice", fmt.Sprintf("%q and %q name the same field, %s. Keep one of them.", other, key, describeField(field)))
			continue
		}
		keys[field.ID] = key
		v.labels[field.ID] = field.Label
		v.set(task, field, at, given[key], shape)
	}
}

// fieldsNamed returns the fields that a key may name. An ID wins over an alias and an alias over a
// label, because that is the more specific name.
func fieldsNamed(form []tallyfy.Field, key string) []tallyfy.Field {
	key = tallyfy.NormalizeName(key)
	for _, is := range []func(tallyfy.Field) bool{
		func(f tallyfy.Field) bool { return strings.EqualFold(f.ID, key) },
		func(f tallyfy.Field) bool { return tallyfy.NormalizeName(f.Alias) == key },
		func(f tallyfy.Field) bool { return tallyfy.NormalizeName(f.Label) == key },
	} {
		var found []tallyfy.Field
		for _, field := range form {
			if key != "" && is(field) {
				found = append(found, field)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func namesOf(form []tallyfy.Field) []string {
	var names []string
	for _, field := range form {
		names = append(names, field.Label)
		if field.Alias != "" {
			names = append(names, field.Alias)
		}
	}
	return names
}

// maxListed is the maximum number of fields or options in an error.
const maxListed = 30

func listFields(form []tallyfy.Field) string {
	lines := []string{"Its fields are:"}
	for _, field := range form {
		lines = append(lines, "  - "+describeField(field))
	}
	if len(form) == 0 {
		return "It has no fields."
	}
	return strings.Join(shortened(lines), "\n")
}

func describeField(field tallyfy.Field) string {
	parts := []string{field.Type}
	if field.Required {
		parts = append(parts, "required")
	}
	if field.Alias != "" {
		parts = append(parts, "alias "+field.Alias)
	}
	return fmt.Sprintf("%q (%s, ID %s)", field.Label, strings.Join(parts, ", "), field.ID)
}

func shortened(lines []string) []string {
	if more := len(lines) - 1 - maxListed; more > 0 {
		return append(lines[:maxListed+1], fmt.Sprintf("  - and %d more", more))
	}
	return lines
}

// suggest returns a sentence that suggests the nearest name, with a space before it. It is empty if
// none is near.
func suggest(given string, names []string) string {
	if meant := notice.Nearest(given, names); meant != "" {
		return fmt.Sprintf(" Did you mean %q?", meant)
	}
	return ""
}
