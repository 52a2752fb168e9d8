// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// resolution is what the values of a form, given by the names that people know, become as taskdata.
type resolution struct {
	taskdata map[string]any
	// labels are those of the fields in taskdata, by id.
	labels map[string]string
	// problems are what keeps values from being sent, in the order of their keys.
	problems []Notice
}

// resolve finds the fields that are named by their id, alias or label, and gives each value the shape that its field's type
// takes (tallyfy-api §1.5). A value that is [Unknown] is left out. Notices name fields and what they allow, never values.
func resolve(task *tallyfy.Task, given map[string]any) resolution {
	r := resolution{taskdata: map[string]any{}, labels: map[string]string{}}
	by := map[string]string{} // the key that a field was found by
	for _, key := range sortedKeys(given) {
		fail := func(summary string, parts ...string) {
			r.problems = append(r.problems, Notice{Summary: summary, Attribute: attrFormFields, Key: key, Detail: notice.Paragraphs(parts...)})
		}
		found := named(task.Form, key)
		switch {
		case len(found) == 0:
			fail("Unknown Form Field", fmt.Sprintf("The form of %s has no field %q.%s", lowerFirst(name(task)), key, suggest(key, namesOf(task.Form))), listFields(task.Form))
			continue
		case len(found) > 1:
			fail("Ambiguous Form Field", fmt.Sprintf("The form of %s has %d fields labelled %q. Name the one that is meant by its alias or its id.", lowerFirst(name(task)), len(found), key), listFields(found))
			continue
		}
		field := found[0]
		if other, twice := by[field.ID]; twice {
			fail("Form Field Given Twice", fmt.Sprintf("%q and %q name the same field, %s. Keep one of them.", other, key, describeField(field)))
			continue
		}
		by[field.ID] = key
		if _, later := given[key].(Unknown); later {
			continue
		}
		value, wrong := shape(field, given[key])
		if wrong != "" {
			fail("Invalid Form Value", fmt.Sprintf("Field %q (%s) of %s %s", field.Label, field.Type, lowerFirst(name(task)), wrong))
			continue
		}
		r.taskdata[field.ID], r.labels[field.ID] = value, field.Label
	}
	return r
}

// Unknown stands for a value that is known only after apply.
type Unknown struct{}

// named finds the fields that a key may mean. An id wins over an alias, and an alias over a label: ids and aliases tell one field.
func named(form []tallyfy.Field, key string) []tallyfy.Field {
	for _, is := range []func(tallyfy.Field) string{
		func(f tallyfy.Field) string { return f.ID },
		func(f tallyfy.Field) string { return f.Alias },
		func(f tallyfy.Field) string { return strings.TrimSpace(f.Label) },
	} {
		var found []tallyfy.Field
		for _, field := range form {
			if is(field) != "" && is(field) == strings.TrimSpace(key) {
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

// maxListed bounds how many fields or options an error lists.
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
	return fmt.Sprintf("%q (%s, id %s)", field.Label, strings.Join(parts, ", "), field.ID)
}

func shortened(lines []string) []string {
	if more := len(lines) - 1 - maxListed; more > 0 {
		return append(lines[:maxListed+1], fmt.Sprintf("  - and %d more", more))
	}
	return lines
}

// suggest names the one that was probably meant, if one is near enough.
func suggest(given string, names []string) string {
	best, distance := "", 1+max(2, len(given)/3)
	for _, candidate := range names {
		if d := levenshtein.Distance(strings.ToLower(given), strings.ToLower(candidate), nil); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
